"""The graph of a story: every way between scenes, and what it is."""

from pathlib import Path

from comfyvn.application.exports import StoryView
from comfyvn.application.graph import Graph, graph_of
from tests.domain.stories import act, scene, text, way
from tests.infrastructure.imports.renpy.games import read

SCRIPT = """\
label main_menu:
    return
label start:
    "One"
    if True:
        jump far
    call aside(1)
    menu:
        "Go":
            jump expression "f" + "ar"
        "Stay":
            call expression where pass (1)
        "Named":
            call expression 'aside' pass (1)
    $ renpy.call("aside", 2)
    $ renpy.jump(where)
    jump nowhere
label aside(n):
    "Two"
label far:
    menu again:
        "More":
            jump again
        "Local":
            jump .inner
    label .inner:
    return
screen map():
    textbutton "Far" action [Hide("map"), Jump("far")]
    textbutton "Aside" action Call('aside', 3)
"""


def imported(folder: Path) -> Graph:
    pack = read(folder, SCRIPT)
    return graph_of(StoryView("A", pack.scenes, {}, {}, {}, pack.start))


def test_ways_of_a_game(tmp_path: Path) -> None:
    graph = imported(tmp_path)
    told = [(way.kind, way.scene, way.to, way.target, way.dynamic, way.in_code) for way in graph.ways]
    code = next(scene.id for scene in graph.scenes if scene.role == "code")
    assert told == [
        ("jump", "start", "far", "far", False, False),
        ("call", "start", "aside", "aside", False, False),
        ("jump", "start", '"f" + "ar"', None, True, False),
        ("call", "start", "where", None, True, False),
        ("call", "start", "aside", "aside", False, False),
        ("call", "start", "aside", "aside", False, True),
        ("jump", "start", "nowhere", None, False, False),
        ("falls", "aside", "far", "far", False, False),
        ("jump", "far", "far", "far", False, False),
        ("jump", "far", "far", "far", False, False),
        ("jump", code, "far", "far", False, True),
        ("call", code, "aside", "aside", False, True),
    ]
    assert all(way.node for way in graph.ways if way.kind != "falls")
    begins = {scene.label: scene.begins for scene in graph.scenes if scene.role == "story"}
    assert begins == {"main_menu": "engine", "start": "start", "aside": None, "far": None}


def test_ways_of_a_story_of_one_s_own() -> None:
    scenes = {
        "a": scene(text("Hi"), act("jump", "", way(scene="b")), title="A"),
        "b": scene(act("branch", "", way(scene="a", condition="True"), way(scene="gone")), title="B"),
    }
    graph = graph_of(StoryView("Own", scenes, {}, {}, {}, "b"))
    assert [(way.scene, way.to, way.target) for way in graph.ways] == [
        ("a", "b", "b"),
        ("b", "a", "a"),
        ("b", "gone", None),
    ]
    assert [(scene.id, scene.begins) for scene in graph.scenes] == [("a", None), ("b", "start")]
