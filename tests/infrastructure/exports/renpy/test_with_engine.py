"""The real engine finds nothing wrong with exported projects, and plays them as the originals."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.provenance.stamping import Stamp
from comfyvn.application.sample import bring_in_sample
from comfyvn.application.studio import Request
from comfyvn.domain.assets import Asset
from comfyvn.domain.credentials import Collection, Credentials, Work
from comfyvn.infrastructure.credentials.signing import C2paSigning
from comfyvn.infrastructure.exports.renpy import export
from tests.desks import Desk
from tests.infrastructure.exports.renpy.stories import everything
from tests.infrastructure.imports.renpy.paths import open_member, read
from tests.renpy_engine import engine

pytestmark = pytest.mark.engine

SEEDS = range(10)


def imported(game: Path) -> tuple[StoryView, dict[str, bytes]]:
    """Return the story of a game and the contents of its files by their hash."""
    pack = read(game)
    contents: dict[str, bytes] = {}
    assets: dict[str, Asset] = {}
    for member in pack.members:
        content = b"".join(open_member(game, member.name))
        digest = hashlib.sha256(content).hexdigest()
        contents[digest] = content
        assets[member.name] = Asset(member.type, member.name, digest, len(content))  # type: ignore[arg-type]
    view = StoryView(pack.title, pack.scenes, pack.characters, pack.variables, assets, pack.start, pack.translations)
    return view, contents


def no_blobs(digest: str) -> Iterator[bytes]:
    raise AssertionError(digest)


def clean(folder: Path) -> engine.Lint:
    """Expect that the engine finds nothing, and return its report."""
    found = engine.lint(folder)
    assert found.code == 0, found.report
    return found


def plays(folder: Path, seeds: range = SEEDS) -> list[list[engine.Record]]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda seed: engine.play(folder, seed=seed, stage=True), seeds))


def picked(records: list[engine.Record]) -> set[tuple[str, str]]:
    """Return the items of menus that a play has picked."""
    menus = [record for record in records if record["kind"] == "menu"]
    return {(str(record["choices"]), record["choices"][record["pick"]]) for record in menus}


def without_places(records: list[engine.Record]) -> list[engine.Record]:
    return [{key: value for key, value in record.items() if key != "at"} for record in records]


def test_the_question_plays_as_before(tmp_path: Path) -> None:
    game = engine.game("the_question")
    view, contents = imported(game)
    view = replace(view, stamps={i: Stamp(i, asset.hash, "MIT", "PyTom") for i, asset in view.assets.items()})
    works = {i: Work(i, asset.path, asset.hash, "human") for i, asset in view.assets.items()}
    view = replace(view, credentials=Credentials(works, Collection("The Question", False, "p", "b", 1, "c")))
    signing = C2paSigning(tmp_path / "keys")
    done = export(view, tmp_path / "out", lambda digest: iter([contents[digest]]), signing=signing)
    assert (done.lines, done.warnings) == (70, ())
    stamped = [a.path for a in view.assets.values() if b"comfyvn" in (tmp_path / "out/game" / a.path).read_bytes()]
    assert sum(path.endswith((".png", ".jpg", ".webp", ".ogg", ".mp3", ".opus")) for path in stamped) > 5
    beside = [path for path in done.files if path.endswith(".c2pa")]
    signed = [path for path in stamped if b"c2pa" in (tmp_path / "out/game" / path).read_bytes()]
    assert (len(signed) > 5, len(beside) > 0) == (True, True)
    original = engine.lint(game).report.splitlines()[1:]
    assert clean(tmp_path / "out").report.splitlines()[1:] == original
    before, after = plays(game), plays(tmp_path / "out")
    assert [*map(without_places, after)] == [*map(without_places, before)]
    assert len(set().union(*map(picked, after))) == 4


def test_a_story_with_everything_plays_to_its_end(tmp_path: Path) -> None:
    export(everything(), tmp_path / "out", no_blobs)
    clean(tmp_path / "out")
    found = plays(tmp_path / "out", range(2))
    assert all(records[-1]["why"] == "finished" for records in found)
    spoken = {record["what"] for records in found for record in records if record["kind"] == "say"}
    assert 'Two  blanks, "quotes", \\ a\nnew line ' in spoken
    assert "Hello, Bear! {b}100%{/b}" in spoken


def test_the_sample_plays_through_all_its_choices(tmp_path: Path) -> None:
    desk = Desk()
    bring_in_sample(desk.studio, desk.main, Request())
    view = story_view(desk.studio, desk.main)
    export(view, tmp_path / "out", no_blobs)
    clean(tmp_path / "out")
    options = sum(len(node.next) for s in view.scenes.values() for node in s.nodes.values() if node.type == "choice")
    reached: set[tuple[str, str]] = set()
    captions: set[str] = set()
    play = partial(engine.play, tmp_path / "out")
    for seed in range(30):
        records = play(seed=seed)
        assert records[-1]["why"] == "finished", records[-1]
        reached |= picked(records)
        captions = {caption for _, caption in reached}
        if len(captions) == options:
            break
    assert len(captions) == options
