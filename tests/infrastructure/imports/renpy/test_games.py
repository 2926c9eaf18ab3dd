"""Real games: The Question to the last line, the tutorial without losing one."""

from collections import defaultdict
from pathlib import Path

import pytest

from comfyvn.application.imports import import_pack
from comfyvn.application.studio import Request
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.renpy.game import SCRIPTS
from comfyvn.infrastructure.storage.blobs import FileBlobs
from tests.desks import Desk
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.games import nodes, of
from tests.renpy_engine import engine

pytestmark = pytest.mark.engine


def test_the_question_is_complete() -> None:
    pack = paths.read(engine.game("the_question"))
    assert (pack.engine, pack.title, pack.start) == ("renpy", "The Question", "start")
    assert (len(of(pack, "text")), len(of(pack, "choice"))) == (70, 2)
    told = {i: s for i, s in pack.scenes.items() if s.role == "story"}
    assert sorted(told) == ["book", "game", "later", "marry", "rightaway", "start"]
    assert {(i, s.falls_to) for i, s in told.items()} == {(i, None) for i in told}
    assert sorted(e.scene or "" for n in of(pack, "jump") for e in n.next.values()) == [
        *("book", "game", "later", "marry", "marry", "rightaway")
    ]
    assert {i: (c.name, c.colour) for i, c in pack.characters.items()} == {
        "s": ("Sylvie", "#c8ffc8"),
        "m": ("Me", "#c8c8ff"),
    }
    assert pack.variables["book"].default is False
    members = {m.name: m.type for m in pack.members}
    assert members["illurock.opus"] == "music"
    shown = {n.content for verb in ("scene", "show") for n in of(pack, verb)} - {"black"}
    images = {name.removeprefix("images/").rpartition(".")[0] for name in members if name.startswith("images/")}
    assert len(shown) == 11
    assert shown <= images
    assert [n.content for n in of(pack, "set")] == ["book = True"]
    assert pack.warnings == ()
    assert not [n for i in told for _, n in walk(pack.scenes[i]) if n.verb == "raw"]


@pytest.mark.parametrize("name", ["the_question", "demo"])
def test_no_line_of_the_source_is_lost(name: str) -> None:
    folder = engine.game(name)
    pack = paths.read(folder)
    kept: dict[str, set[str]] = defaultdict(set)
    for _, scene, _, node in nodes(pack):
        assert node.source is not None
        texts = (node.content, node.source.raw or "", node.directives.get("atl", ""))
        kept[scene.group].update(line.strip() for text in texts for line in text.split("\n"))
    for scene in pack.scenes.values():
        kept[scene.group].update(scene.meta.get("source", {}).get("raw", "").split("\n"))
    scripts = [file for file in (folder / "game").rglob("*") if file.suffix in SCRIPTS]
    assert scripts
    for file in scripts:
        group = file.relative_to(folder / "game").as_posix()
        lines = {line.strip() for line in file.read_text("utf-8-sig").split("\n")} - {""}
        assert lines <= kept[group], group


def test_every_node_of_the_tutorial_has_an_id_of_its_own() -> None:
    pack = paths.read(engine.game("demo"))
    ids = [i for _, _, node_id, node in nodes(pack) for i in (node_id, *node.next)]
    assert len(ids) == len(set(ids)) > 10_000
    assert pack.recognised / pack.total > 0.1
    assert sum(pack.raw_kinds.values()) == len(of(pack, "raw"))


def test_importing_the_question_twice_adds_nothing(tmp_path: Path) -> None:
    folder = engine.game("the_question")
    desk, blobs = Desk(), FileBlobs(tmp_path)
    done = [
        import_pack(
            desk.studio,
            blobs,
            desk.main,
            paths.read(folder),
            lambda name: paths.open_member(folder, name),
            Request(),
        )
        for _ in range(2)
    ]
    assert (done[0].scenes, done[0].lines, done[0].choices, done[0].characters, done[0].assets) == (6, 70, 2, 2, 61)
    assert (done[0].commits, done[1].commits, done[1].events) == (1, 0, 0)
    assets = desk.studio.store.load_all(desk.main, "asset")
    for asset in assets.values():
        assert b"".join(blobs.open(asset.hash)) == (folder / "game" / asset.path).read_bytes()
    desk.studio.store.close()
