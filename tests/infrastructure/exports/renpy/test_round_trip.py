"""A script that is imported and exported comes back line for line, but for blank lines and one way of spelling."""

from dataclasses import replace
from pathlib import Path

from comfyvn.application.exports import StoryView
from comfyvn.infrastructure.exports.renpy import compose
from tests.infrastructure.imports.renpy.paths import read

SCRIPT = '''\
# Above everything.
define a = Character(_("Ann"), color="#fff",
    what_prefix="«", what_suffix="»")
define config.name = "A game"
default seen = False
image ann happy:
    "ann.png"
    linear 1.0 alpha 0.5
init python:
    text = """one
two
   three"""
    def f(x):
        return [x,
  2]
screen map(x):
    textbutton "Go" action Jump("two")
label start:
    # A comment,
    # on two lines.
    scene bg room at left, right with fade
    show ann happy as x behind b onlayer master zorder 2
    show expression f(1) as y:
        linear 1.0 xalign 0.5
    hide ann with dissolve
    play music "a.ogg" fadein 1.0 loop
    queue music ["b.ogg", "c.ogg"]
    stop music fadeout 1.0
    play ambience "rain.ogg"
    voice "v.ogg"
    a happy -sad @ wry "Hello, [name!t] {b}100%%{/b} \\"you\\"." (what_size=9) with dissolve id hello_1
    extend " More."
    "Stranger" "Two \\ blanks\\nand a line."
    a.friend "Computed."
    narrator "Told."
    $ seen = True
    $ renpy.pause(0.5, hard=True)
    python:
        x = """keep
  this"""
        y = 2
    window hide dissolve
    pause 1.0
    nvl clear
    camera at far
    show screen map(1)
    if seen and f(2):
        "Yes."
    elif not seen:
        pass
    else:
        while True:
            jump .inner
    label .inner:
    menu fork (screen="x"):
        set done
        with dissolve
        a "Which?"
        "First" (icon="i") if seen:
            # Inside.
            call two(1, x=2) from _call_two_1
        "Second":
            call expression "two" pass (1) from _call_two_2
    menu:
        "A caption."
        "Left":
            pass
        "Another caption."
        "Right":
            return
    jump expression where
label two(n, x=1):
    "In two."
    label three hide:
    "In three."
    return n + 1
translate german start_1:
    # "Hello"
    "Hallo"
label last:
    "Falls off the file."
    return
'''
SPELLINGS = {"label .inner:": "label start.inner:", "jump .inner": "jump start.inner"}


def imported(folder: Path, script: str) -> StoryView:
    (folder / "game").mkdir()
    (folder / "game" / "script.rpy").write_text(script, "utf-8")
    pack = read(folder)
    return StoryView(pack.title, pack.scenes, pack.characters, pack.variables, {}, pack.start, pack.translations)


def lines(story: StoryView) -> list[str]:
    return [line for line in compose(story).texts["game/script.rpy"].decode().splitlines() if line.strip()]


def test_a_script_comes_back(tmp_path: Path) -> None:
    expected = SCRIPT.splitlines()
    for spelling, full in SPELLINGS.items():
        expected = [line.replace(spelling, full) for line in expected]
    story = imported(tmp_path, SCRIPT)
    assert lines(story) == expected
    assert compose(story).warnings == ()
    assert "game/definitions.rpy" not in compose(story).texts


def test_only_what_was_edited_changes(tmp_path: Path) -> None:
    story = imported(tmp_path, SCRIPT)
    before = lines(story)
    node_id, told = next((i, n) for i, n in story.scenes["two"].nodes.items() if n.content == "In two.")
    scene = replace(
        story.scenes["two"], nodes=story.scenes["two"].nodes.set(node_id, replace(told, content='Now "here".'))
    )
    edited = replace(
        story,
        scenes={**story.scenes, "two": scene},
        characters={"a": replace(story.characters["a"], name="Anne")},
        variables={"seen": replace(story.variables["seen"], default=True)},
    )
    changes = [(old, new) for old, new in zip(before, lines(edited), strict=True) if old != new]
    assert changes == [
        ('define a = Character(_("Ann"), color="#fff",', 'define a = Character(_("Anne"), color="#fff",'),
        ("default seen = False", "default seen = True"),
        ('    "In two."', '    "Now \\"here\\"."'),
    ]


def test_a_menu_that_is_jumped_to_keeps_its_name_alone(tmp_path: Path) -> None:
    source = """\
define a = Character("Ann")
label start:
    "Before."
    menu again:
        a "Which?"
        "This":
            jump again
        "That":
            pass
    jump again
"""
    assert lines(imported(tmp_path, source)) == source.splitlines()
