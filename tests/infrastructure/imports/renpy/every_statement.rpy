# A comment on top, and every statement in every form that the engine (8.0.3) reads.

label start:
    "hello" # said by nobody
    "narration \"quoted\" \u00e9 \n with {b}tags{/b} [x] %% \[ \{ \%"
    e "text" with dissolve
    e happy -sad @ vhappy -old "x" (what_size=3, *a) with dissolve id foo nointeract
    "Lucy" "a string speaks"
    'Single' 'quotes'
    `back` `ticks`
    e.x[3].y("q") "complex"
    (e) "in parentheses"
    r"raw \n"
    e r"raw \n"
    extend " more"
    e "# no comment" # comment
    e "continued \
line"
    e \
      "continued"

label paragraphs:
    e """
    One {b}x{/b}

    two.
    """ (what_size=3)
    rpy monologue single
    """narrator
    again"""
    if x:
        rpy monologue double
        'Lucy' '''one
        and one

        two'''
    # indented like the block

label a(x, y=(1, 2), *args, **kw) hide:
    jump .local
label .local:
    jump expression "a" + b
label a.other:
    call start
    call start(1, b=")") from _call_1
    call expression foo.bar pass (1) from x2
    call .local from .back
    return
init label late:
    return (1, 2)

menu:
    "caption"
    # between
    "Choice one" if x > 3 and y["a:b"]:
        jump start

    "Choice two" (a=1) if True:
        pass
menu named (screen="x"):
    e happy @ sad "say it"
    with dissolve
    set seen
    "":
        menu:
            "B":
                pass
            ""

if x == "a:b" and {1: 2}[1]:
    "x"
# before elif
elif not (y or
          z):
    "y"

else:
    while True:
        $ x += 1
        pass
$ y = [1, # one
    3]
$ d["k"] = lambda: 1

python:
    def f(a):
        return a  # c

    x = """
long # text
"""
# inside the block, at the margin
    y = 1
python early hide:
    z = 1
python hide in foo.bar:
    z = 1
init python in foo:
    a = 1
init -5 python hide:
    b = 2
init 3:
    $ c = 1
    image x = "y"
    define inside = 1
init offset = -3
init image y = "z"
init -1 init 2 python early:
    pass

define e = Character("Eileen", color="#fff")
define -2 a.b.c = 3
define d["k"] += 4
define f |= {1}
default x = 0
default persistent.y = None
default 3 z = {
    "a": 1,
}

image eileen happy = "e.png"
image bg room 2 = Solid("#fff")
image anim:
    "a.png"
    pause 1
    repeat
transform t(a, b=2):
    xpos a
transform 2 u:
    pause 1

label stage:
    scene
    scene bg room
    scene bg room with fade
    scene bg at left, right onlayer master as q behind a, b zorder 3 with dissolve
    scene onlayer top
    scene black:
        alpha .5
    show eileen -happy 2 at left
    show eileen happy at left with dissolve:
        xpos 3
    show expression "x" + y as z at foo(1), bar
    show text "Hello" at truecenter
    show image x
    show layer master at foo
    show layer master:
        xpos 3
    show x at f( # c
        1,
        2)
    camera
    camera at foo, bar
    camera foo:
        zoom 2
    hide eileen
    hide eileen with dissolve
    hide expression x onlayer q
    with None
    with Dissolve(0.5)

style foo is bar
style foo:
    color "#fff"
    size 3
style foo clear take bar
screen s(a):
    text "x"
screen simple():
    pass

label registered:
    play music "a.ogg" fadein 1 fadeout 2 loop
    play sound ["a", "b"] volume .5
    play ambient "x" noloop if_changed
    queue music "a"
    queue sfx "b" loop
    stop music fadeout 2.0
    stop ambient
    pause
    pause 1.5
    voice "x.ogg"
    voice sustain
    window show
    window hide dissolve
    window auto
    window auto show dissolve
    nvl show dissolve
    nvl hide
    nvl clear
    show screen foo(1, a=2) with dissolve
    call screen bar
    hide screen foo with x
    call screen expression n pass (2) nopredict
layeredimage augustina:
    always "x"

translate french start_1234abcd:
    # e "hello"
    e "bonjour"
translate french strings:
    # script.rpy:3
    old "a"
    new 'b\n'

    old """c"""
    new "d"
translate None python:
    x = 1
translate german style foo:
    color "#f00"
testcase t:
    "x"
