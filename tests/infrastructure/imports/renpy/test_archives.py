"""Games in zip files and archives are the games of the folder; hostile archives are refused and touch nothing."""

import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.containers import container
from comfyvn.infrastructure.imports.containers import rpa as archive
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.packing import files_of, rpa, with_index, zipped
from tests.renpy_engine import engine

SCRIPT = b"""define e = Character("E")
label start:
    scene bg
    play music "a.ogg"
    e "Hi"
    menu:
        "A":
            pass
"""
GAME = {"script.rpy": SCRIPT, "images/bg.png": b"picture" * 99, "a.ogg": b"song", "tl/x/script.rpy": b"# x\n"}


def put(folder: Path, name: str, data: bytes) -> Path:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


def refused(path: Path) -> str:
    with pytest.raises(Refused) as refusal:
        pack = paths.read(path)
        for member in pack.members:
            list(paths.open_member(path, member.name))
    return refusal.value.code


def test_every_container_gives_the_same_game(tmp_path: Path) -> None:
    for name, data in GAME.items():
        put(tmp_path / "folder/game", name, data)
    inside = {f"game/{name}": data for name, data in GAME.items()}
    packed = {
        "game.zip": zipped(inside),
        "top.zip": zipped(inside, "My Game-1.0/"),
        "flat.zip": zipped(GAME),
        "nested.zip": zipped({"readme.txt": b"", "inner.zip": zipped(inside)}),
        "archive.zip": zipped({"g/game/archive.rpa": rpa(GAME)}),
        **{
            f"{v}-{p}.rpa": rpa(GAME, v, prefix=p) for v in ("2.0", "3.0", "3.2") for p in (0, 4) if v != "2.0" or not p
        },
        **{f"p{protocol}.rpa": rpa(GAME, prefix=3, protocol=protocol) for protocol in range(6)},
        "packed/game/data.rpa": rpa(GAME),
    }
    expected = paths.read(tmp_path / "folder")
    assert {m.name for m in expected.members} == {"images/bg.png", "a.ogg"}
    for name, data in packed.items():
        place = put(tmp_path, name, data)
        path = tmp_path / "packed" if name.startswith("packed") else place
        pack = paths.read(path)
        assert (pack.scenes, pack.members, pack.characters) == (expected.scenes, expected.members, expected.characters)
        assert b"".join(paths.open_member(path, "images/bg.png")) == GAME["images/bg.png"]
        assert paths.probe(path).confidence > 0


@pytest.mark.engine
def test_the_question_packed(tmp_path: Path) -> None:
    folder = engine.game("the_question")
    expected = paths.read(folder)
    files = files_of(folder / "game")
    for name, data in {"q.zip": zipped(files, "the_question/game/"), "q.rpa": rpa(files, prefix=16)}.items():
        path = put(tmp_path, name, data)
        pack = paths.read(path)
        assert (pack.scenes, pack.members, pack.title) == (expected.scenes, expected.members, expected.title)
        taken = RenpyReader().read(Files(path))
        for member in pack.members[:20]:
            assert b"".join(taken.open_member(member.name)) == files[member.name]


def test_files_on_the_disk_hide_those_in_archives(tmp_path: Path) -> None:
    put(tmp_path, "game/script.rpy", SCRIPT)
    put(tmp_path, "game/A.ogg", b"disk")
    put(tmp_path, "game/a.rpa", rpa({"x.png": b"first", "a.ogg": b"archive", "script.rpyc": b"old"}))
    put(tmp_path, "game/b.rpa", rpa({"x.png": b"second"}))
    pack = paths.read(tmp_path)
    assert [m.name for m in pack.members] == ["A.ogg", "x.png"]
    assert b"".join(paths.open_member(tmp_path, "x.png")) == b"second"
    assert [(w.code, w.file) for w in pack.warnings] == [("archive_read", "b.rpa"), ("archive_read", "a.rpa")]


def test_an_archive_of_an_unknown_version_is_kept(tmp_path: Path) -> None:
    put(tmp_path, "game/script.rpy", SCRIPT)
    put(tmp_path, "game/x.rpa", b"ZiX-12B" + bytes(99))
    pack = paths.read(tmp_path)
    assert "x.rpa" in {m.name for m in pack.members}
    assert ("archive_unread", "x.rpa") in {(w.code, w.file) for w in pack.warnings}


class Hostile:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (self.command,))


@pytest.mark.parametrize("protocol", range(6))
def test_an_index_that_asks_for_code_to_run(tmp_path: Path, protocol: int) -> None:
    sign = tmp_path / "sign"
    data = pickle.dumps({"script.rpy": Hostile(f"touch {sign}")}, protocol)
    assert refused(put(tmp_path, "x.rpa", with_index(data))) == "archive_index_hostile"
    assert refused(put(tmp_path, "game/x.rpa", with_index(data)).parent) == "archive_index_hostile"
    assert not sign.exists()


@pytest.mark.parametrize(
    "name", ["../x.rpy", "a/../../x.rpy", "/etc/x.rpy", "C:x.rpy", "\\\\host\\x.rpy", "..\\x.rpy", ""]
)
def test_names_that_lead_out(tmp_path: Path, name: str) -> None:
    files = {"script.rpy": SCRIPT, name: b"x"}
    assert refused(put(tmp_path, "x.rpa", rpa(files))) == "member_name_unsafe"
    if name:
        assert refused(put(tmp_path, "x.zip", zipped(files))) == "member_name_unsafe"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted({"x.rpa", "x.zip"} if name else {"x.rpa"})


def test_links_in_a_zip_are_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("script.rpy", SCRIPT)
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    pack = paths.read(tmp_path / "x.zip")
    assert [m.name for m in pack.members] == []
    assert "link_passed_over" in {w.code for w in pack.warnings}


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"script.rpy": SCRIPT, "x.png": bytes(64 << 20)})
    tracemalloc.start()
    assert refused(put(tmp_path, "ratio.zip", bomb)) == "archive_bomb"
    assert refused(put(tmp_path, "nested.zip", zipped({"inner.zip": bomb}))) == "archive_bomb"
    index = with_index(bytes(archive.MAX_INDEX + 1))
    assert refused(put(tmp_path, "index.rpa", index)) == "archive_bomb"
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()
    small = put(tmp_path, "small.zip", zipped(GAME))
    for limit in ("MAX_MEMBER", "MAX_TOTAL", "MAX_MEMBERS"):
        with monkeypatch.context() as patch:
            patch.setattr(container, limit, 2)
            patch.setattr(container.Budget.__init__, "__defaults__", (container.MAX_MEMBERS, container.MAX_TOTAL))
            assert refused(small) == "archive_bomb"


def test_archives_in_archives_have_an_end(tmp_path: Path) -> None:
    data = zipped({"script.rpy": SCRIPT})
    for depth in range(1, 6):
        if depth > container.MAX_DEPTH:
            assert refused(put(tmp_path, "x.zip", data)) == "archive_too_deep"
        else:
            assert paths.read(put(tmp_path, "x.zip", data)).start
        data = zipped({"inner.zip": data})


def test_an_encrypted_zip_is_named_as_such(tmp_path: Path) -> None:
    data = bytearray(zipped({"script.rpy": SCRIPT}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(put(tmp_path, "x.zip", bytes(data))) == "archive_encrypted"


def test_a_zip_without_a_game(tmp_path: Path) -> None:
    assert refused(put(tmp_path, "x.zip", zipped({"a.txt": b"x"}))) == "not_a_game"


def test_a_file_outside_of_its_archive(tmp_path: Path) -> None:
    for stretch in ((-5, 2), (0, 10**9), (10**9, 1), (1, -1), ("a", 1), (1,), None):
        data = with_index(pickle.dumps({"script.rpy": [stretch]}))
        assert refused(put(tmp_path, "x.rpa", data)) == "archive_malformed"


@pytest.mark.parametrize("kind", ["zip", "rpa"])
def test_cut_off_at_every_byte(tmp_path: Path, kind: str) -> None:
    files = {"script.rpy": b"label start:\n    return\n", "a.png": b"abc"}
    data = zipped(files) if kind == "zip" else rpa(files, prefix=2)
    for end in range(len(data)):
        assert refused(put(tmp_path, "x", data[:end])) in {"archive_malformed", "not_a_game"}


@settings(max_examples=150, deadline=None)
@given(st.booleans(), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_archives_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, as_zip: bool, changes: list[tuple[int, int]]
) -> None:
    files = {"script.rpy": b"label start:\n    return\n", "a.png": b"abc"}
    data = bytearray(zipped({"game/x.rpa": rpa(files)}) if as_zip else rpa(files, prefix=2))
    for place, value in changes:
        data[place % len(data)] = value
    path = put(tmp_path_factory.getbasetemp(), "damaged", bytes(data))
    try:
        pack = paths.read(path)
        for member in pack.members:
            list(paths.open_member(path, member.name))
    except Refused as refusal:
        assert refusal.code  # being read is as good


def test_one_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    data = rpa({"script.rpy": b'"' + b"a" * 100_000_000 + b'"'})
    assert refused(put(tmp_path, "x.rpa", data)) == "file_too_large"
