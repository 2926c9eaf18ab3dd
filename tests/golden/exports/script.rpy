label cvn_away:
    "You are away." id cvn_away_n1
    label cvn_away.at_middle:
    "This is the middle." id cvn_away_middle
    hide ann
    stop music fadeout 1.0
    $ renpy.pause(0)
    if trust:
        pass
    jump cvn_the_end

label start:
    # The beginning.
    scene bg room with fade
    show ann happy at left zorder 2:
        linear 1.0 alpha 1.0
    # play music "theme.ogg" fadein 1.0
    # queue music "theme.ogg"
    # play weather "rain.ogg"
    # voice "ann1.ogg"
    a happy "Hello, [nick]! {b}100%%{/b}" id cvn_begin_n8
    a @ sad "…" id cvn_begin_n9
    extend " And more." id cvn_begin_n10
    bo_the_nick "Two \ blanks, \"quotes\", \\ a\nnew line " id cvn_begin_n11
    bo_the_nick near "Now you see me." id cvn_begin_n12
    "Stranger [nick]" "A stranger speaks." id cvn_begin_n13
    "It is [cvn_menu]." (what_color="#fff") with dissolve id cvn_begin_n14
    window hide
    pause 0.1
    with dissolve
    window show
    camera at left
    nvl clear
    $ trust = 1
    $ trust += 2
    $ persistent.seen = True
    if (trust > 1) and (not cvn_menu):
        "Only sometimes." id cvn_begin_n24
    $ cvn_way = cvn_draw(1.0, 2.0 if trust else 0.0)
    if cvn_way == 0:
        "Heads." id cvn_begin_n26
    elif cvn_way == 1:
        "Tails." id cvn_begin_n27
    label again:
    menu:
        "What now?"
        "Is it?":
            "Yes it is." id cvn_begin_n30
            $ cvn_menu = True
        "Nothing happens.":
            pass
        "Never" if trust > 99:
            pass
        "Away" if cvn_menu:
            jump cvn_away
        "To the middle":
            jump cvn_away.at_middle
    if trust > 2:
        "High." id cvn_begin_n33
    elif persistent.seen:
        "Low." id cvn_begin_n34
    else:
        pass
    while trust > 0:
        $ trust -= 1
    call cvn_class() from cvn_back_begin_n37
    menu fork:
        a "Which way?" id cvn_begin_n38
        "On":
            jump cvn_away
        "Back" if trust > 99:
            pass
    return

label cvn_the_end:
    jump cvn_the_end.at_last
    "Never said." id cvn_end_n2
    label cvn_the_end.at_last:
    "The end." id cvn_end_last
    return

label cvn_class:
    define sub_done = True
    "In between." id cvn_sub_n2
    return
