"""Our own exports come back: unedited they change nothing, edited they change what was edited."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comfyvn.application.exports import story_view
from comfyvn.application.imports import Imported, import_pack
from comfyvn.application.ports import Ref
from comfyvn.application.sample import bring_in_sample
from comfyvn.application.studio import Request
from comfyvn.domain.story import Node, Scene, walk
from comfyvn.domain.story.commands import RewordLine, WriteLine
from comfyvn.infrastructure.exports.renpy import bundle, export
from comfyvn.infrastructure.exports.renpy.echo import echo
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from tests.application.test_imports import MemoryBlobs
from tests.desks import Desk
from tests.infrastructure.exports.seals import sealed

SOURCE = 1
"""The event that tells what the export held."""


class Shuttle:
    """A desk with the sample story, and an export of it that people edit."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.folder, self.blobs = Desk(), folder, MemoryBlobs()

    def out(self, name: str = "out") -> Path:
        target = self.folder / name
        view = story_view(self.desk.studio, self.desk.main)
        export(view, target, self.blobs.open, seal=sealed(self.desk.studio, view))
        return target / "game" / "tram_nine.rpy"

    def back(self, name: str = "out") -> Imported:
        incoming = RenpyReader().read(Files(self.folder / name))
        return import_pack(
            self.desk.studio,
            self.blobs,
            self.desk.main,
            incoming.pack,
            incoming.open_member,
            Request(),
            echo_of=echo,
        )

    def lines(self) -> dict[str, tuple[str, Node]]:
        """Return all nodes by id, each with its scene."""
        found = {}
        for ref, scene in self.desk.studio.store.load_all(self.desk.main, "scene").items():
            found |= {i: (ref.id, node) for i, node in scene.nodes.items()}
        return found

    def find(self, text: str) -> tuple[str, str]:
        ((node_id, (scene_id, _)),) = [(i, at) for i, at in self.lines().items() if at[1].content == text]
        return scene_id, node_id

    def said(self, scene: str) -> list[str]:
        state = self.desk.state(Ref("scene", scene))
        assert isinstance(state, Scene)
        return [node.content for _, node in walk(state) if node.type == "text"]


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Shuttle]:
    found = Shuttle(tmp_path)
    bring_in_sample(found.desk.studio, found.desk.main, Request())
    yield found
    assert found.desk.studio.store.verify().first_bad is None
    found.desk.studio.store.close()


def test_unedited_it_changes_nothing(sample: Shuttle) -> None:
    sample.out()
    head = sample.desk.head()
    done = sample.back()
    assert (done.conflicts, done.events, done.commits, sample.desk.head()) == ((), 0, 0, head)


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def line_of(file: Path, words: str) -> str:
    """Return the line of a script that holds some words, with its newline."""
    (found,) = [line for line in file.read_text("utf-8").splitlines(keepends=True) if words in line]
    return found


def text(words: str, said: str) -> Callable[[Path], None]:
    return lambda file: edit(file, (words, said))


def moved(words: str, before: str) -> Callable[[Path], None]:
    def move(file: Path) -> None:
        line, there = line_of(file, words), line_of(file, before)
        indent = there[: len(there) - len(there.lstrip(" "))]
        edit(file, (line, ""))
        edit(file, (there, indent + line.lstrip(" ") + there))

    return move


FORTY = "Forty-one. Between a box of spectacles and a canoe."
FORTY_ID = "depot-09"
EDITS: dict[str, tuple[Callable[[Path], None], str, str, str | None, dict[str, object], int]] = {
    "text": (
        text("Between a box of spectacles", "Among the spectacles"),
        "depot",
        "Forty-one. Among the spectacles and a canoe.",
        "ines",
        {},
        1,
    ),
    "another text": (text(FORTY, "Nothing of what stood here."), "depot", "Nothing of what stood here.", "ines", {}, 1),
    "speaker": (text(f'ines "{FORTY}', f'olek "{FORTY}'), "depot", FORTY, "olek", {}, 1),
    "narrator": (text(f'ines "{FORTY}', f'"{FORTY}'), "depot", FORTY, None, {}, 1),
    "moved": (moved(FORTY, "I ask whose it is."), "depot", FORTY, "ines", {}, 1),
    "another scene": (moved(FORTY, "Describe it."), "visitor", FORTY, "ines", {}, 2),
    "into an option": (moved(FORTY, "I expect nothing."), "depot", FORTY, "ines", {}, 1),
    "into a draw": (moved(FORTY, "The stamp sticks."), "form", FORTY, "ines", {}, 4),
    "side image": (text(f'ines "{FORTY}', f'ines wry "{FORTY}'), "depot", FORTY, "ines", {"attributes": ["wry"]}, 1),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_line_is_the_same_line(sample: Shuttle, name: str) -> None:
    act, scene, said, speaker, directives, events = EDITS[name]
    before = sample.lines()
    act(sample.out())
    done = sample.back()
    now = sample.lines()
    assert (done.conflicts, now.keys()) == ((), before.keys())
    there, node = now[FORTY_ID]
    assert (there, node.content, node.speaker, node.directives, node.source) == (scene, said, speaker, directives, None)
    assert {i: known for i, known in now.items() if i != FORTY_ID} == {
        i: known for i, known in before.items() if i != FORTY_ID
    }
    assert done.events <= events + SOURCE
    assert sample.back().events == 0


@pytest.mark.parametrize(
    ("before", "scene"),
    [
        ("    scene bg lost property\n", "depot"),
        ('    ines "If I knew that', "depot"),
        ("label visitor:\n", "depot"),
        ("            jump quiet_hours\n", "visitor"),
        ("                olek \"That's right.", "visitor"),
        ('        olek "Under \\"condition\\" the last', "form"),
    ],
)
def test_a_new_line_is_all_that_is_new(sample: Shuttle, before: str, scene: str) -> None:
    file, was = sample.out(), sample.lines()
    indent = before[: len(before) - len(before.lstrip(" "))] or "    "
    edit(file, (before, f'{indent}ines "Quite new."\n{before}'))
    done = sample.back()
    now = sample.lines()
    assert (done.conflicts, sample.find("Quite new.")[0]) == ((), scene)
    fresh = now.keys() - was.keys()
    assert {now[i][1].content for i in fresh} <= {"Quite new.", ""}  # a jump that stood alone is one beside it now
    assert done.events <= 3 + SOURCE
    assert sample.back().events == 0
    sample.out("again")
    assert sample.back("again").events == 0


def test_edits_come_together_and_later_ones_are_added(sample: Shuttle) -> None:
    file, before = sample.out(), sample.lines()
    text("Between a box of spectacles", "Among the spectacles")(file)
    text('olek "Is somebody', 'ines "Is somebody')(file)
    moved("I ask whose it is.", "Describe it.")(file)
    moved("It might be a compliment.", "And below that")(file)
    assert sample.back().conflicts == ()
    edit(file, ("Among the spectacles", "Beside the spectacles"), ("Describe it.", "Describe it, please."))
    edit(file, ("    show hanneke\n", '    show hanneke\n    ines "Quite new."\n'))
    assert sample.back().conflicts == ()
    _, fresh = sample.find("Quite new.")
    edit(file, ("Quite new.", "Quite new indeed."))
    done = sample.back()
    assert (done.conflicts, done.events) == ((), 1 + SOURCE)
    now = sample.lines()
    assert now.keys() == before.keys() | {fresh}
    assert now[fresh][1].content == "Quite new indeed."
    assert now[FORTY_ID][1].content == "Forty-one. Beside the spectacles and a canoe."
    assert (now["depot-21"][1].speaker, now["depot-06"][0], now["visitor-05"][1].content) == (
        *("ines", "visitor"),
        "Describe it, please.",
    )
    told = [line[:14] for line in sample.said("depot")]
    assert told.index("It might be a ") + 1 == told.index("And below that")


def test_two_lines_that_change_places_keep_their_ids(sample: Shuttle) -> None:
    file, before = sample.out(), sample.lines()
    first, second = line_of(file, FORTY), line_of(file, "I ask who loses a canoe")
    edit(file, (first + second, second + first))
    done = sample.back()
    assert (done.conflicts, done.events) == ((), 1 + SOURCE)
    assert {i: at[1].content for i, at in sample.lines().items()} == {i: at[1].content for i, at in before.items()}


def test_what_people_did_meanwhile_stays(sample: Shuttle) -> None:
    file, depot = sample.out(), Ref("scene", "depot")
    sample.desk.do(WriteLine("mine", "A line of my own.", after=FORTY_ID), depot)
    sample.desk.do(RewordLine("depot-07", "No idea."), depot)
    edit(file, ("Forty-one. Between", "Forty-two. Between"))
    assert sample.back().conflicts == ()
    assert sample.find("No idea.") == ("depot", "depot-07")
    assert sample.find("A line of my own.") == ("depot", "mine")
    assert sample.lines()[FORTY_ID][1].content.startswith("Forty-two")
    edit(file, ("If I knew that,", "If we knew that,"))
    (item,) = sample.back().conflicts
    assert (item.code, item.path) == ("changed_on_both_sides", ("nodes", "depot-07", "content"))
    assert item.base == "If I knew that, it would be somewhere else."


def test_a_line_taken_out_and_a_way_that_leads_elsewhere(sample: Shuttle) -> None:
    file, before = sample.out(), sample.lines()
    edit(file, (line_of(file, FORTY), ""), ("jump lot_41", "jump quiet_hours"))
    done = sample.back()
    assert (done.conflicts, before.keys() - sample.lines().keys()) == ((), {FORTY_ID})
    choice = next(node for _, node in sample.lines().values() if "Three minutes to midnight." in node.content)
    ways = {edge.text: edge.scene for edge in choice.next.values()}
    assert ways == {
        "Give her the tuba.": "quiet-hours",
        "Keep to the rules.": "quiet-hours",
        "Ring up 9 Kettle Lane.": "not-in-service",
    }
    assert done.events == 2 + SOURCE


def test_characters_and_new_scenes(sample: Shuttle) -> None:
    file = sample.out()
    edit(file.with_name("definitions.rpy"), ('Character("Olek"', 'Character("Olaf"'))
    edit(file, ("label lot_41:", 'label attic:\n    olek "It is dark."\n    return\n\nlabel lot_41:'))
    done = sample.back()
    assert done.conflicts == ()
    olek = sample.desk.state(Ref("character", "olek"))
    assert olek is not None and olek.name == "Olaf"
    attic = sample.desk.state(Ref("scene", "attic"))
    assert isinstance(attic, Scene)
    assert attic.group == sample.desk.state(Ref("scene", "depot")).group
    scenes = [ref.id for ref in sample.desk.studio.store.load_all(sample.desk.main, "scene")]
    assert sorted(scenes) == ["attic", "depot", "form", "lot-41", "not-in-service", "quiet-hours", "visitor"]


def test_what_each_export_makes_anew_is_not_taken_over_and_told(sample: Shuttle) -> None:
    file = sample.out()
    screens = file.with_name("screens.rpy")
    text = screens.read_text("utf-8")
    screens.write_text(text.replace("screen say(", "screen said(", 1), "utf-8")
    done = sample.back()
    assert (done.conflicts, done.events) == ((), 0)
    assert [w.code for w in done.warnings if w.code == "generated_edited"] == ["generated_edited"]


def test_a_bundle_comes_back(sample: Shuttle) -> None:
    view = story_view(sample.desk.studio, sample.desk.main)
    bundle(view, sample.folder / "a.zip", sample.blobs.open, seal=sealed(sample.desk.studio, view))
    assert sample.back("a.zip").events == 0


def test_in_another_project_it_is_a_game_like_any_other(sample: Shuttle, tmp_path: Path) -> None:
    sample.out()
    other = Shuttle(tmp_path / "other")
    other.desk.open(Ref("scene", "mine"))
    other.folder = sample.folder
    done = other.back()
    assert done.commits == 1
    assert Ref("scene", "visitor") in other.desk.studio.store.load_all(other.desk.main, "scene")
    other.desk.studio.store.close()
