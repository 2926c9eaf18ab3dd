"""A changed game comes in again: only the difference is recorded, lines stay who they are, edits of people stay."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comfyvn.application.conflicts import Settled
from comfyvn.application.exports import story_view
from comfyvn.application.imports import Imported, import_pack
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import Node, Scene, in_block, walk
from comfyvn.domain.story.commands import MoveNode, ReattributeLine, RemoveNode, RewordLine, WriteLine
from comfyvn.infrastructure.exports.renpy import export
from comfyvn.infrastructure.storage.blobs import FileBlobs
from tests.desks import Desk
from tests.infrastructure.exports.seals import sealed
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.games import write

SCRIPT = """
define e = Character("Eileen")
define l = Character("Lucy")

label start:
    scene room
    e "It was a dark and stormy night."
    e happy "Nobody expected any visitors."
    l "Then somebody knocked at the door."
    menu:
        "Open the door":
            e "Who could that be?"
            jump garden
        "Stay in bed":
            e "Not at this hour, please."
    return

label garden:
    l "The garden was full of roses."
    e "What a lovely smell."
    return
"""

SOURCE = 1
"""The event that tells which version of the source was the last one."""


class Importer:
    """A desk, and one game whose script changes."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.folder, self.blobs = Desk(), folder, FileBlobs(folder / "blobs")

    def bring(self, script: str, settled: Settled | None = None, **files: str) -> Imported:
        write(self.folder / "game", {"script.rpy": script, **files})
        return self.take(paths.read(self.folder / "game"), settled)

    def take(self, pack: Pack, settled: Settled | None = None) -> Imported:
        return import_pack(
            self.desk.studio,
            self.blobs,
            self.desk.main,
            pack,
            lambda name: paths.open_member(self.folder / "game", name),
            Request(),
            settled=settled,
        )

    def scene(self, scene_id: str = "start") -> Scene:
        found = self.desk.state(Ref("scene", scene_id))
        assert isinstance(found, Scene)
        return found

    def find(self, text: str) -> tuple[str, str]:
        """Return the scene and the id of the one line that says `text`."""
        (found,) = [(s, i) for s, i, node in self.lines() if node.content == text]
        return found

    def lines(self) -> Iterator[tuple[str, str, Node]]:
        for ref, scene in self.desk.studio.store.load_all(self.desk.main, "scene").items():
            for node_id, node in walk(scene):
                yield ref.id, node_id, node


@pytest.fixture
def game(tmp_path: Path) -> Iterator[Importer]:
    found = Importer(tmp_path)
    assert found.bring(SCRIPT).commits == 1
    yield found
    assert found.desk.studio.store.verify().first_bad is None
    found.desk.studio.store.close()


def test_the_same_again_is_no_change(game: Importer) -> None:
    assert game.bring(SCRIPT).events == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('e "It was a dark and stormy night."', 'e "It was a dark, stormy night."', "It was a dark, stormy night."),
        ('l "Then somebody', 'e "Then somebody', "Then somebody knocked at the door."),
        ("e happy", "e sad", "Nobody expected any visitors."),
        ("e happy", "e happy @ laughing", "Nobody expected any visitors."),
        ('"Open the door":', '"Open that door":', "Who could that be?"),
    ],
)
def test_a_line_stays_who_it_is(game: Importer, old: str, new: str, said: str) -> None:
    before = [i for _, i, _ in game.lines()]
    assert old in SCRIPT
    done = game.bring(SCRIPT.replace(old, new))
    assert (done.conflicts, [i for _, i, _ in game.lines()]) == ((), before)
    assert done.events <= 3 + SOURCE
    assert game.find(said)[0] == "start"
    assert game.bring(SCRIPT.replace(old, new)).events == 0


def test_a_line_put_in_is_one_change(game: Importer) -> None:
    before = {i for _, i, _ in game.lines()}
    done = game.bring(SCRIPT.replace("    scene room\n", '    scene room\n    "The end is near."\n'))
    assert done.events == 1 + SOURCE
    assert before == {i for _, i, _ in game.lines()} - {game.find("The end is near.")[1]}


def test_a_line_keeps_its_id_in_another_scene_and_through_an_edit_there(game: Importer) -> None:
    line = '    l "Then somebody knocked at the door."\n'
    _, node_id = game.find("Then somebody knocked at the door.")
    moved = SCRIPT.replace(line, "").replace("label garden:\n", f"label garden:\n{line}")
    game.bring(moved)
    assert game.find("Then somebody knocked at the door.") == ("garden", node_id)
    back = moved.replace(line, "").replace("    menu:", line.replace("somebody", "someone") + "    menu:")
    game.bring(back)
    assert game.find("Then someone knocked at the door.") == ("start", node_id)


def test_an_edited_line_takes_the_edit_to_its_new_scene(game: Importer) -> None:
    line = '    l "Then somebody knocked at the door."\n'
    _, node_id = game.find("Then somebody knocked at the door.")
    game.desk.do(RewordLine(node_id, "A knock!"), Ref("scene", "start"))
    done = game.bring(SCRIPT.replace(line, "").replace("label garden:\n", f"label garden:\n{line}"))
    assert (done.conflicts, game.find("A knock!")) == ((), ("garden", node_id))


def test_a_label_that_is_called_otherwise_is_the_same_scene(game: Importer) -> None:
    before = {(s, i) for s, i, _ in game.lines()}
    done = game.bring(SCRIPT.replace("garden:", "park:").replace("jump garden", "jump park"))
    assert ({(s, i) for s, i, _ in game.lines()}, game.scene("garden").label) == (before, "park")
    assert done.events == 4 + SOURCE  # label, title, and the source of label and jump
    assert game.bring(SCRIPT.replace("garden:", "park:").replace("jump garden", "jump park")).events == 0


def test_text_that_comes_back_is_no_other_line(game: Importer) -> None:
    """An id is made of the first words of a line; when these come anew, they belong to another line."""
    _, node_id = game.find("It was a dark and stormy night.")
    edited = SCRIPT.replace("dark and stormy night", "dark and rainy night")
    game.bring(edited)
    first = '    e "It was a dark and rainy night."\n'
    both = edited.replace(first, f'    e "It was a dark and stormy night."\n{first}')
    game.bring(both)
    assert game.find("It was a dark and rainy night.") == ("start", node_id)
    assert game.find("It was a dark and stormy night.")[1] != node_id


def test_edits_of_people_stay_in_every_later_import(game: Importer) -> None:
    scene = Ref("scene", "start")
    _, reworded = game.find("Who could that be?")
    game.desk.do(RewordLine(reworded, "Who is there?"), scene)
    game.desk.do(WriteLine("mine", "A line of my own."), scene)
    game.desk.do(RemoveNode(game.find("Nobody expected any visitors.")[1]), scene)
    for script in (SCRIPT.replace("dark and stormy", "dark"), SCRIPT, SCRIPT.replace("roses", "weeds")):
        done = game.bring(script)
        assert (done.conflicts, done.commits) == ((), 1)
        assert game.find("Who is there?") == ("start", reworded)
        assert game.find("A line of my own.") == ("start", "mine")
        assert not [n for _, _, n in game.lines() if "visitors" in n.content]
    assert game.find("The garden was full of weeds.")[0] == "garden"


def test_both_edited_the_same_line(game: Importer) -> None:
    _, node_id = game.find("Who could that be?")
    game.desk.do(RewordLine(node_id, "Who is there?"), Ref("scene", "start"))
    changed = SCRIPT.replace("Who could that be?", "Who might that be?").replace("roses", "weeds")
    head = game.desk.head()
    asked = game.bring(changed)
    assert (asked.commits, asked.events, game.desk.head()) == (0, 0, head)
    (item,) = asked.conflicts
    assert (item.code, item.path) == ("changed_on_both_sides", ("nodes", node_id, "content"))
    assert (item.base, item.ours, item.theirs) == ("Who could that be?", "Who is there?", "Who might that be?")
    done = game.bring(changed, settled={item.id: "ours"})
    assert (done.commits, game.find("Who is there?")[1], game.find("The garden was full of weeds.")[0]) == (
        *(1, node_id),
        "garden",
    )
    again = game.bring(changed)
    assert (again.conflicts, again.events) == ((), 0)


def test_their_side_of_a_conflict(game: Importer) -> None:
    _, node_id = game.find("Who could that be?")
    game.desk.do(RewordLine(node_id, "Who is there?"), Ref("scene", "start"))
    changed = SCRIPT.replace("Who could that be?", "Who might that be?")
    (item,) = game.bring(changed).conflicts
    game.bring(changed, settled={item.id: "theirs"})
    assert game.find("Who might that be?") == ("start", node_id)


def test_what_vanishes_is_discarded_unless_it_was_edited(game: Importer) -> None:
    gone = SCRIPT[: SCRIPT.index("label garden")].replace("jump garden", "return")
    assert game.bring(gone).conflicts == ()
    assert Ref("scene", "garden") not in game.desk.studio.store.load_all(game.desk.main, "scene")
    game.bring(SCRIPT)
    _, node_id = game.find("What a lovely smell.")
    game.desk.do(RewordLine(node_id, "It smells."), Ref("scene", "garden"))
    (item,) = game.bring(gone).conflicts
    assert (item.code, item.entity) == ("removed_and_changed", "scene:garden")


def test_an_import_that_was_taken_back_comes_in_again(game: Importer) -> None:
    before = list(game.lines())
    game.desk.undo(actor="local")
    assert list(game.lines()) == []
    game.bring(SCRIPT)
    assert list(game.lines()) == before


def test_a_scene_of_that_name_is_not_written_over(tmp_path: Path) -> None:
    game = Importer(tmp_path)
    game.desk.open(Ref("scene", "start"))
    done = game.bring(SCRIPT)
    assert [(c.code, c.entity) for c in done.conflicts] == [("changed_on_both_sides", "scene:start")]
    assert done.commits == 0
    game.desk.studio.store.close()


def test_moves_inside_the_studio_and_new_lines_in_the_source(game: Importer) -> None:
    start = Ref("scene", "start")
    _, moved = game.find("It was a dark and stormy night.")
    _, after = game.find("Then somebody knocked at the door.")
    game.desk.do(MoveNode(moved, after=after), start)
    done = game.bring(SCRIPT.replace("    scene room\n", '    scene room\n    "The end is near."\n'))
    assert (done.conflicts, done.events) == ((), 1 + SOURCE)
    said = [node.content for _, node in in_block(game.scene()) if node.type == "text"]
    assert said == [
        "The end is near.",
        "Nobody expected any visitors.",
        "Then somebody knocked at the door.",
        "It was a dark and stormy night.",
    ]


def test_an_export_that_comes_in_again_is_no_change_of_lines(tmp_path: Path) -> None:
    game = Importer(tmp_path)
    named = 'define config.name = "A novel"\n' + SCRIPT
    game.bring(named)
    start = Ref("scene", "start")
    _, first = game.find("It was a dark and stormy night.")
    game.desk.do(WriteLine("mine", "A line of my own.", after=first), start)
    game.desk.do(RewordLine(game.find("Who could that be?")[1], "Hello?"), start)
    game.desk.do(ReattributeLine(game.find("Nobody expected any visitors.")[1], "l"), start)
    before = {i: (s, node.content, node.speaker) for s, i, node in game.lines()}
    view = story_view(game.desk.studio, game.desk.main)
    game.folder = tmp_path / "out"
    export(view, game.folder / "game", game.blobs.open, seal=sealed(game.desk.studio, view))
    again = paths.read(game.folder / "game")
    done = game.take(again)
    assert done.conflicts == ()
    now = {i: (s, node.content, node.speaker) for s, i, node in game.lines()}
    assert {i: now[i] for i in before} == before
    assert [node.content for s, _, node in game.lines() if node.type == "text" and s == "start"].count("Hello?") == 1
    assert game.take(again).events == 0
    game.desk.studio.store.close()


WORDS = "amber birch cedar dawn ember fable grove harbour iris jade kelp lantern maple north opal pearl".split()


def story(chance: Random, lines: int) -> list[list[str]]:
    """Return scenes of different lines."""
    said = [f"{n} " + " ".join(chance.choices(WORDS, k=8)) for n in range(lines)]
    return [said[n::3] for n in range(3)]


def script(scenes: list[list[str]]) -> str:
    return "\n".join(
        f"label part{n}:\n" + "".join(f'    "{line}"\n' for line in lines) + "    return\n"
        for n, lines in enumerate(scenes)
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.lists(st.sampled_from(["typo", "move", "insert", "delete"]), min_size=1, max_size=6))
def test_changes_are_in_proportion_to_the_edits(
    tmp_path_factory: pytest.TempPathFactory, seed: int, edits: list[str]
) -> None:
    chance = Random(seed)
    scenes = story(chance, 60)
    game = Importer(tmp_path_factory.mktemp("game"))
    game.bring(script(scenes))
    ids = {node.content: i for _, i, node in game.lines() if node.type == "text"}
    was = {line: line for lines in scenes for line in lines}
    for n, edit in enumerate(edits):
        lines = chance.choice([s for s in scenes if len(s) > 3])
        place = chance.randrange(len(lines))
        if edit == "typo":
            words = lines[place].split(" ")
            words[chance.randrange(1, len(words))] = f"typo{n}"
            if lines[place] in was:
                was[" ".join(words)] = was.pop(lines[place])
            lines[place] = " ".join(words)
        elif edit == "move":
            line = lines.pop(place)
            there = chance.choice(scenes)
            there.insert(chance.randint(0, len(there)), line)
        elif edit == "insert":
            lines.insert(place, f"new {n} {chance.random()}")
        else:
            was.pop(lines.pop(place), None)
    done = game.bring(script(scenes))
    assert done.conflicts == ()
    assert done.events <= 3 * len(edits) + SOURCE
    now = {node.content: i for _, i, node in game.lines() if node.type == "text"}
    said = [node.content for ref in range(3) for _, node in in_block(game.scene(f"part{ref}")) if node.type == "text"]
    assert said == [line for lines in scenes for line in lines]
    kept = {text: old for text, old in was.items() if text in now and not old.startswith("new")}
    assert {text: now[text] for text in kept} == {text: ids[old] for text, old in kept.items()}
    game.desk.studio.store.close()
