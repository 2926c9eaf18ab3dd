"""What programs of other people wrote is read as they meant it."""

from pathlib import Path

import pytest

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.infrastructure.imports.files import Files
from comfyvn.main.readers import READERS
from tests import other_writers, tyrano_parser
from tests.infrastructure.imports import test_twine
from tests.samples import kag

SAMPLES = Path(kag.__file__).parent
SCRIPTS = {
    "first.ks": kag.FIRST,
    "second.ks": kag.SECOND,
    "odd.ks": (tyrano_parser.HERE / "odd.ks").read_text("utf-8"),
}


def _read(path: Path, engine: str) -> Pack:
    assert max(READERS, key=lambda name: READERS[name].probe(Files(path)).confidence) == engine
    return READERS[engine].read(Files(path)).pack


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A game packed by Electron's own packer, and its files."""
    folder = tmp_path_factory.mktemp("packed")
    kag.tyrano(folder / "game")
    extra = {"data/empty.png": b"", "data/fgimage/青い 鳥.png": b"bird" * 99, "data/big.png": bytes(3 << 20)}
    for name, content in extra.items():
        (folder / "game" / name).write_bytes(content)
    (folder / "game" / "data" / "out.webm").write_bytes(b"\x1aE\xdf\xa3")
    (folder / "game" / "data" / "link.png").symlink_to("big.png")
    archive = other_writers.asar(folder / "game", folder / "app.asar", "*.webm")
    return archive, {**kag.tyrano_files(), **extra, "data/out.webm": b"\x1aE\xdf\xa3"}


def test_an_archive_of_electron_is_read_byte_by_byte(packed: tuple[Path, dict[str, bytes]]) -> None:
    archive, files = packed
    held = Files(archive)
    assert {entry.name: b"".join(held.open(entry.name)) for entry in held.entries} == files
    assert [(w.code, w.file) for w in held.warnings] == [("link_passed_over", "data/link.png")]
    pack, folder = _read(archive, "tyranoscript"), _read(archive.parent / "game", "tyranoscript")
    assert (pack.scenes, pack.start, pack.characters) == (folder.scenes, folder.start, folder.characters)


def test_a_file_that_is_not_the_packed_one_is_refused(packed: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    archive, files = packed
    whole = archive.read_bytes()
    at = whole.index(b"bird" * 99)
    (tmp_path / "app.asar").write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    held = Files(tmp_path / "app.asar")
    with pytest.raises(Refused) as refusal:
        list(held.open("data/fgimage/青い 鳥.png"))
    assert refusal.value.code == "archive_malformed"
    assert {(w.code, w.file) for w in held.warnings} >= {("file_missing", "data/out.webm")}
    assert {entry.name for entry in held.entries} == files.keys() - {"data/out.webm"}


def test_an_archive_of_kirikiri_is_read_byte_by_byte() -> None:
    held = Files(SAMPLES / "plain.xp3")
    assert {entry.name: b"".join(held.open(entry.name)) for entry in held.entries} == kag.kag_files()
    assert all(map(held.sound, kag.kag_files()))
    assert _read(SAMPLES / "plain.xp3", "kirikiri").recognised > 5


def test_an_archive_that_a_game_encrypts_is_told() -> None:
    with pytest.raises(Refused) as refusal:
        _read(SAMPLES / "encrypted.xp3", "kirikiri")
    assert refusal.value.code == "archive_encrypted"


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_parser_of_tyranoscript_finds_the_same(name: str) -> None:
    theirs, ours = tyrano_parser.by_tyrano()[name], tyrano_parser.by_us(SCRIPTS[name])
    assert ours == theirs
    assert len(theirs["tags"]) > 2


@pytest.mark.parametrize("body", ["HARLOWE", "SUGARCUBE", "CHAPBOOK"])
def test_a_twine_story_is_the_same_in_all_its_forms(body: str, tmp_path: Path) -> None:
    source = tmp_path / "inn.twee"
    source.write_text(test_twine.twee(getattr(test_twine, body), body.capitalize()), "utf-8")
    page = other_writers.twine(source, tmp_path / "page" / "inn.html")
    again = other_writers.twine(page, tmp_path / "again" / "inn.twee")
    one, other, third = (_read(path, "twine") for path in (source, page, again))
    assert _graph(one) == _graph(other) == _graph(third)
    assert (one.title, one.recognised, one.total) == (other.title, other.recognised, other.total)
    assert len(one.scenes) > 3


def _graph(pack: Pack) -> object:
    """Return the scenes and ways of a pack without files and lines."""
    nodes = {
        scene_id: [(n.place, n.type, n.verb, n.content, n.conditions, n.next) for n in scene.nodes.values()]
        for scene_id, scene in pack.scenes.items()
    }
    return pack.start, {scene_id: sorted(map(repr, found)) for scene_id, found in nodes.items()}, pack.variables
