"""Programs are registered with licence, source and hash, acknowledged, downloaded as pinned, and told of by imports."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.extractors import (
    INPUT,
    OUTPUT,
    Download,
    Extractor,
    Installation,
    KnownExtractor,
    Registration,
)
from comfyvn.application.intake import Aim, take_in
from comfyvn.application.ports import Ref
from comfyvn.application.reading import Reading
from comfyvn.application.studio import Request
from comfyvn.application.versions import asset_id
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.infrastructure.extractors.catalogue import CATALOGUE
from comfyvn.infrastructure.extractors.toolbox import Toolbox
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.system import SystemClock
from comfyvn.main.readers import read
from tests.desks import Desk
from tests.infrastructure.extractors.programs import LIMITS, registered, script, toolbox
from tests.infrastructure.imports.renpy.packing import zipped

STORY = {"inn/story.twee": b":: Start\nRain.\n", "inn/art/bar.png": b"picture", "inn/LICENSE": b"CC0"}
HOME = "https://example.org/"


def code(refusal: Any) -> str:
    return str(refusal.value.code)


def test_the_catalogue_tells_licence_source_and_what_is_acknowledged() -> None:
    assert len({known.name for known in CATALOGUE}) == len({known.licence_id for known in CATALOGUE}) == len(CATALOGUE)
    for known in CATALOGUE:
        assert known.licence in known.licence_text
        assert known.source in known.licence_text
        assert known.source.startswith("https://")
        assert known.licence_id == hashlib.sha256(known.licence_text.encode()).hexdigest()[:16]
        assert " ".join(known.argv).count(INPUT) == 1
        assert " ".join(known.argv).count(OUTPUT) <= 1


@pytest.mark.engine
@pytest.mark.parametrize("name", ["unzip", "bsdtar"])
def test_a_real_program_is_installed_and_unpacks(tmp_path: Path, name: str) -> None:
    tools = toolbox(tmp_path)
    known = next(one for one in tools.known() if one.name == name)
    path = f"/usr/bin/{name}"
    for asked in (Installation(name, path), Installation(name, path, True, "0" * 16)):
        with pytest.raises(Refused) as refusal:
            tools.install(asked)
        assert code(refusal) == "licence_not_acknowledged"
        assert refusal.value.details == {
            "licence_id": known.licence_id,
            "licence": known.licence,
            "source": known.source,
            "text": known.licence_text,
        }
    assert tools.registered() == ()
    made = tools.install(Installation(name, path, True, known.licence_id))
    assert tools.registered() == (made,)
    assert made.version.lower().startswith(name)
    assert (made.state, made.acknowledged, made.licence) == ("ready", known.licence_id, known.licence)
    assert made.hash == hashlib.sha256(Path(path).read_bytes()).hexdigest()
    (tmp_path / "a b.zip").write_bytes(zipped(STORY))
    incoming = read(tmp_path / "a b.zip", None, Reading(extractor=name), lambda *_: None, tools)
    pack = incoming.pack
    assert (pack.engine, pack.title, [member.name for member in pack.members]) == ("twine", "a b", ["inn/art/bar.png"])
    assert pack.extraction is not None
    assert (pack.extraction.tool, pack.extraction.version, pack.extraction.source) == (name, made.version, "a b.zip")
    assert pack.extraction.confinement["whole"] is True
    assert b"".join(incoming.open_member("inn/art/bar.png")) == b"picture"
    del incoming
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.engine
def test_an_import_records_who_unpacked_it(tmp_path: Path) -> None:
    tools = toolbox(tmp_path)
    tool = registered(tools, script(tmp_path, 'cat "$1" > story.twee; echo x > a.png; echo oops; exit 2'))
    (tmp_path / "game.dat").write_bytes(b":: Start\nRain.\n")
    desk = Desk()

    def bring_in() -> Any:
        incoming = read(tmp_path / "game.dat", None, Reading(extractor="tool"), lambda *_: None, tools)
        return take_in(desk.studio, FileBlobs(tmp_path / "blobs"), incoming, Aim("G"), Request())

    done = bring_in()
    assert [(w.code, "exit code 2; something may be missing: oops" in w.message) for w in done.warnings] == [
        ("format_missing", False),
        ("tool_complained", True),
    ]
    (commit,) = [c for c in desk.studio.store.commits_at([done.position]).values() if c.kind == "import"]
    assert isinstance(commit.body, dict)
    told = commit.body["extraction"]
    source = hashlib.sha256(b":: Start\nRain.\n").hexdigest()
    assert (told["tool"], told["program_hash"], told["source_hash"]) == ("tool", tool.hash, source)
    assert told["confinement"]["kind"] == "bubblewrap"
    project = next(p for p in desk.studio.store.projects() if p.name == "G")
    fact = desk.studio.store.load(project.main, Ref("provenance", f"unpacked-{asset_id('a.png')}")).state
    assert (fact.subject, fact.tool, fact.source, fact.source_hash) == (
        f"asset:{asset_id('a.png')}",
        "tool",
        "game.dat",
        source,
    )
    assert fact.details == {"file": "a.png", "program": tool.hash}
    assert bring_in().events == 0


def test_a_registration_is_checked(tmp_path: Path) -> None:
    program = script(tmp_path, ":")
    tools = toolbox(tmp_path, LIMITS)
    sound = Registration("tool", str(program), (INPUT,), "MIT", HOME)
    wrong: list[tuple[Registration, str]] = [
        (replace(sound, name="Tool"), "tool_malformed"),
        (replace(sound, name="../x"), "tool_malformed"),
        (replace(sound, argv=("-x",)), "tool_malformed"),
        (replace(sound, argv=(INPUT, INPUT)), "tool_malformed"),
        (replace(sound, argv=(INPUT, "a\0b")), "tool_malformed"),
        (replace(sound, licence=" "), "tool_malformed"),
        (replace(sound, source=""), "tool_malformed"),
        (replace(sound, warnings=("x" * 501,)), "tool_malformed"),
        (replace(sound, path="tool.sh"), "tool_unusable"),
        (replace(sound, path=str(tmp_path)), "tool_unusable"),
        (replace(sound, path=str(tmp_path / "none")), "tool_unusable"),
        (replace(sound, path="/\0"), "tool_unusable"),
        (replace(sound, name="krkrextract"), "tool_runs_games"),
        (replace(sound, path=str(script(tmp_path, ":", "KrkrExtract.exe"))), "tool_runs_games"),
    ]
    for asked, expected in wrong:
        with pytest.raises(Refused) as refusal:
            tools.register(asked)
        assert code(refusal) == expected, asked
    made = tools.register(replace(sound, licence="my own words"))
    assert (made.version, made.licence) == ("", "LicenseRef-my-own-words")
    with pytest.raises(Conflict):
        tools.register(sound)


def test_a_program_that_changed_is_not_run(tmp_path: Path) -> None:
    tools = toolbox(tmp_path, LIMITS)
    program = script(tmp_path, "echo x > x")
    registered(tools, program, unconfined=True)
    (tmp_path / "game.dat").write_bytes(b"")
    program.write_text("#!/bin/sh\necho other > y\n", "utf-8")
    assert tools.find("tool").state == "changed"
    with pytest.raises(Refused) as refusal:
        tools.unpack("tool", tmp_path / "game.dat", lambda *_: None)
    assert code(refusal) == "tool_changed"
    program.unlink()
    assert [tool.state for tool in tools.registered()] == ["missing"]
    with pytest.raises(Refused) as refusal:
        tools.unpack("tool", tmp_path / "game.dat", lambda *_: None)
    assert code(refusal) == "tool_missing"
    tools.remove("tool")
    assert tools.registered() == ()
    for act in (tools.find, tools.remove, lambda name: tools.unpack(name, tmp_path, lambda *_: None)):
        with pytest.raises(Missing):
            act("tool")


def test_a_folder_is_not_unpacked_and_a_file_that_is_no_program_is_told(tmp_path: Path) -> None:
    tools = toolbox(tmp_path, LIMITS)
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nothing")
    broken.chmod(0o755)
    registered(tools, broken, unconfined=True)
    with pytest.raises(Refused) as refusal:
        tools.unpack("tool", tmp_path, lambda *_: None)
    assert code(refusal) == "tool_needs_file"
    (tmp_path / "game.dat").write_bytes(b"")
    with pytest.raises(Refused) as refusal:
        tools.unpack("tool", tmp_path / "game.dat", lambda *_: None)
    assert code(refusal) in ("tool_failed", "tool_unusable")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_list_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "extractors.json").write_text("[", "utf-8")
    with pytest.raises(Refused) as refusal:
        registered(toolbox(tmp_path, LIMITS), script(tmp_path, ":"))
    assert code(refusal) == "settings_unreadable"
    assert (tmp_path / "config" / "extractors.json").read_text("utf-8") == "["


PROGRAM = b'#!/bin/sh\necho "thing 1.2"\n'


@contextmanager
def served(body: bytes, moved: str = "") -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if moved else 200)
            self.send_header("Location", moved)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/files/thing-1.2"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def install(folder: Path, url: str, digest: str) -> Extractor:
    known = KnownExtractor("thing", "Thing", "MIT", HOME, (), (INPUT,), download=Download(url, digest), licence_id="id")
    places = (folder / "config", folder / "scratch", folder / "programs")
    tools = Toolbox(*places, SystemClock(), catalogue=(known,), held=lambda: LIMITS)
    return tools.install(Installation("thing", None, True, "id", unconfined=True))


def test_a_download_is_what_is_pinned_or_nothing(tmp_path: Path) -> None:
    digest = hashlib.sha256(PROGRAM).hexdigest()
    with served(PROGRAM) as url:
        with pytest.raises(Refused) as refusal:
            install(tmp_path, url, "0" * 64)
        assert (code(refusal), refusal.value.details["hash"]) == ("tool_download_wrong", digest)
        assert not (tmp_path / "programs" / "thing").exists()
        made = install(tmp_path, url, digest)
    assert (made.version, made.hash, Path(made.path).name) == ("thing 1.2", digest, "thing-1.2")
    toolbox(tmp_path).remove("thing")
    assert not Path(made.path).exists()
    for address in (url, "http://example.org/x", "file:///etc/passwd", "ftp://127.0.0.1/x"):
        with pytest.raises(Refused) as refusal:
            install(tmp_path, address, digest)
        assert code(refusal) == "tool_download_failed"
    with served(b"", moved="file:///etc/passwd") as url, pytest.raises(Refused) as refusal:
        install(tmp_path, url, digest)
    assert code(refusal) == "tool_download_failed"
    assert json.loads((tmp_path / "config" / "extractors.json").read_text("utf-8")) == {}


def test_what_is_not_pinned_is_not_downloaded(tmp_path: Path) -> None:
    tools = toolbox(tmp_path)
    known = next(one for one in tools.known() if one.name == "arc_unpacker")
    with pytest.raises(Refused) as refusal:
        tools.install(Installation(known.name, None, True, known.licence_id))
    assert code(refusal) == "tool_not_pinned"
    with pytest.raises(Missing):
        tools.install(Installation("nothing", None, True, ""))
