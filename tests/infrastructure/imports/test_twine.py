"""Twine stories: the same one in four formats, as Twee and as HTML; what is no story stays code."""

import html
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.playthrough import compile_story, play, to_json
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.twine.reader import reader
from comfyvn.infrastructure.imports.twine.story import TwineStory, from_html, from_twee

HARLOWE = """
:: Inn [room] {"position":"100,100"}
(set: $coins to 2)You have $coins coins and ''one'' bed. (if: $coins > 1)[It is warm](else:)[It is cold], 100% [sure].

[[Pay->Stairs]]
(if: $coins > 5)[ [[Bribe|Secret]] ](else:)[ [[Leave]] ]
<!-- a note -->

:: Stairs
(set: $coins to it - 1)(link: "Up")[(set: $tired to true)(goto: "Bed")]
(text-style: "bold")[Creak!]

:: Bed
(if: $tired is true and not ($coins is 0))[Sleep.](unless: $tired)[Awake.]

:: Leave
Rain.
"""
SUGARCUBE = """
:: Inn [room]
<<set $coins to 2>>You have $coins coins and ''one'' bed. \
<<if $coins gt 1>>It is warm<<else>>It is cold<</if>>, 100% [sure].

[[Pay|Stairs]]
<<if $coins gt 5>>[[Bribe|Secret]]<<else>>[[Leave]]<</if>>
/* a note */

:: Stairs
<<set $coins to $coins - 1>><<link "Up" "Bed">><<set $tired to true>><</link>>
<<audio "creak" play>>Creak!

:: Bed
<<if $tired is true and not ($coins eq 0)>>Sleep.<</if>><<if not $tired>>Awake.<</if>>

:: Leave
Rain.
"""
CHAPBOOK = """
:: Inn
coins: 2
--
You have {coins} coins and **one** bed.
[if coins > 1]
It is warm, 100% sure.
[else]
It is cold.
[continue]
[[Pay->Stairs]]
[[Leave]]
[note to self]

:: Stairs
coins: coins - 1
--
[after 1 second]
Creak!
[[Bed]]

:: Bed
Sleep.

:: Leave
Rain.
"""
SNOWMAN = """
:: Inn
<% s.coins = 2 %>You have <%= s.coins %> coins and **one** bed. <% _.shuffle([1]) %>

[[Pay->Bed]]

:: Bed
Sleep.
"""


def twee(body: str, story_format: str) -> str:
    data = f'{{"ifid":"D674C58C-DEFA-4F70-B7A2-27742230C0FC","format":"{story_format}","start":"Inn"}}'
    return f":: StoryTitle\nThe Inn\n\n:: StoryData\n{data}\n{body}"


def page(story: TwineStory) -> str:
    """Return a story as Twine publishes it, written from its specification."""
    passages = "".join(
        f'<tw-passagedata pid="{n}" name="{html.escape(p.name)}" tags="{html.escape(" ".join(p.tags))}">'
        f"{html.escape(p.text)}</tw-passagedata>"
        for n, p in enumerate(story.passages, 1)
    )
    start = 1 + [p.name for p in story.passages].index(story.start or "")
    head = f'name="{html.escape(story.title)}" startnode="{start}" format="{story.format}" ifid="{story.ifid}"'
    scripts = '<script role="script" type="text/twine-javascript">if (1 < 2) "<tw-passagedata>"</script>'
    return f"<!DOCTYPE html><html><body><tw-storydata {head} hidden>{scripts}{passages}</tw-storydata></body></html>"


def read(path: Path) -> Pack:
    found = reader()
    assert found.probe(Files(path)).confidence > 0.5
    return found.read(Files(path)).pack


@pytest.fixture
def story(tmp_path: Path) -> Any:
    def write(text: str, name: str = "inn.twee") -> Pack:
        (tmp_path / name).write_text(text, "utf-8")
        return read(tmp_path / name)

    return write


def played(pack: Pack, *choices: int) -> list[Any]:
    program = compile_story(pack.scenes, {name: v.default for name, v in pack.variables.items()}, {})
    told = filter(None, map(to_json, play(program, seed=0, choices=choices, start_at=pack.start)))
    return [body.get("what") or body.get("options") or body.get("reason") for body in told]


@pytest.mark.parametrize(("body", "name"), [(HARLOWE, "Harlowe"), (SUGARCUBE, "SugarCube")])
def test_one_story_in_two_formats_is_played_the_same(story: Any, body: str, name: str) -> None:
    pack = story(twee(body, name))
    begin = "You have 2 coins and {b}one{/b} bed. "
    warm = f"{begin}{{fast}}It is warm"
    assert played(pack, 0, 0) == [
        begin,
        warm,
        f"{warm}{{fast}}, 100% [sure].",
        ["Pay", "Leave"],
        "Creak!",
        ["Up"],
        "Sleep.",
        "end",
    ]
    assert played(pack, 1)[-2:] == ["Rain.", "end"]
    assert (pack.title, pack.start, pack.variables["tired"].type) == ("The Inn", "inn", "bool")
    assert pack.scenes["inn"].meta == ({"tags": ["room"]})
    assert [warning.code for warning in pack.warnings] == ["passage_missing"]
    assert list(pack.raw_kinds) == [{"Harlowe": "macro text-style", "SugarCube": "macro audio"}[name]]
    assert pack.total - pack.recognised == 1


def test_chapbook_and_snowman(story: Any) -> None:
    pack = story(twee(CHAPBOOK, "Chapbook"))
    assert played(pack, 0, 0) == [
        "You have 2 coins and {b}one{/b} bed.",
        "It is warm, 100% sure.",
        ["Pay", "Leave"],
        "Creak!",
        ["Bed"],
        "Sleep.",
        "end",
    ]
    assert dict(pack.raw_kinds) == {"modifier after": 1}
    pack = story(twee(SNOWMAN, "Snowman"))
    assert played(pack) == ["You have 2 coins and {b}one{/b} bed. ", ["Pay"], "Sleep.", "end"]
    assert dict(pack.raw_kinds) == {"template": 1}


@pytest.mark.parametrize(
    ("body", "name"), [(HARLOWE, "Harlowe"), (SUGARCUBE, "SugarCube"), (CHAPBOOK, "Chapbook"), (SNOWMAN, "Snowman")]
)
def test_twee_and_published_page_give_the_same_scenes(story: Any, body: str, name: str) -> None:
    source = twee(body, name)
    (published,) = from_html(page(from_twee(source)))
    assert published.passages == [type(p)(p.name, p.text, p.tags) for p in from_twee(source).passages]
    one, other = story(source), story(page(from_twee(source)), "inn.html")
    assert one.start == other.start
    for scene_id, scene in one.scenes.items():
        nodes = [(i, n.type, n.verb, n.content, n.next, n.directives) for i, n in walk(scene)]
        assert [(i, n.type, n.verb, n.content, n.next, n.directives) for i, n in walk(other.scenes[scene_id])] == nodes


def test_lines_know_where_they_stood(story: Any) -> None:
    source = twee(HARLOWE, "Harlowe")
    rows = source.split("\n")
    for scene in story(source).scenes.values():
        for node in scene.nodes.values():
            if node.type == "text" and not node.directives:
                assert node.content.split("{")[0].split("[")[0].strip() in rows[node.source.line - 1]


def test_a_folder_with_media_and_a_zip_file(tmp_path: Path) -> None:
    folder = tmp_path / "inn"
    folder.mkdir()
    (folder / "a.twee").write_text(twee(HARLOWE, "Harlowe"), "utf-8")
    (folder / "b.twee").write_text(":: Secret\nHush.\n", "utf-8")
    (folder / "rain.ogg").write_bytes(b"OggS")
    pack = read(folder)
    assert ([m.name for m in pack.members], pack.members[0].type) == (["rain.ogg"], "sound")
    assert pack.warnings == ()
    with zipfile.ZipFile(tmp_path / "inn.zip", "w") as packed:
        for file in folder.iterdir():
            packed.write(file, f"inn/{file.name}")
    again = read(tmp_path / "inn.zip")
    assert again.scenes.keys() == pack.scenes.keys()
    assert b"".join(Files(tmp_path / "inn.zip").open("inn/rain.ogg")) == b"OggS"


def test_code_that_runs_first_runs_first(story: Any) -> None:
    start = ":: StoryInit\n<<set $coins to 7>>\n\n:: Inn\n$coins\n\n:: Style [stylesheet]\nbody {color: red}\n"
    pack = story(twee(start, "SugarCube"))
    assert played(pack) == ["7", "end"]
    assert pack.scenes["style"].role == "code"


def test_what_is_no_story_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Hello</p>", "utf-8")
    assert reader().probe(Files(tmp_path / "a.html")).confidence == 0
    with pytest.raises(Refused) as refusal:
        reader().read(Files(tmp_path / "a.html"))
    assert refusal.value.code == "not_a_game"


BITS = st.sampled_from(
    "[[ ]] -> <- | (if: (set: $x to 1) (else:)[ ] ) ( << >> <<if $x>> <</if>> <<set $x = 1>> <% %> <%= { } '' // __ "
    "\n :: <!-- --> /* */ ` `` $x $ \" ' \\ -- [if [else] [continue] a b <br> <b> 1 + == tw".split(" ")
)


@pytest.mark.parametrize("name", ["Harlowe", "SugarCube", "Chapbook", "Snowman"])
@given(parts=st.lists(BITS, max_size=40))
def test_any_text_is_read_and_played(tmp_path_factory: pytest.TempPathFactory, name: str, parts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{name}.twee"
    path.write_text(twee(":: Inn\n" + " ".join(parts), name), "utf-8")
    pack = read(path)
    program = compile_story(pack.scenes, {n: v.default for n, v in pack.variables.items()}, {})
    assert sum(1 for _ in play(program, seed=1, start_at=pack.start, max_steps=200)) >= 0


@pytest.mark.parametrize("name", ["Harlowe", "SugarCube", "Chapbook", "Snowman"])
@pytest.mark.parametrize(
    "bit", ["[[", "(if: 1)[", "<<if 1>>", '<<a "', "<!--", "''", "`", "<%", "/*", "((", "$", "[if x]\n"]
)
def test_hostile_repetition_takes_bounded_time(story: Any, name: str, bit: str) -> None:
    begun = time.process_time()
    story(twee(":: Inn\n" + bit * (100_000 // len(bit)), name))
    assert time.process_time() - begun < 20
