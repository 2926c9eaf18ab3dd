"""kill -9 while files come in or thumbnails are made: no asset without its content, and all well after a restart."""

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

from comfyvn.application.assets.checking import Checked, check
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request
from tests.journeys.processes import CHECKOUT, served
from tests.journeys.registrar import BATCH, open_registry
from tests.patience import PATIENCE, until

FILES = 64


@pytest.fixture
def home(home: Path) -> Path:
    """Return a home folder with a project."""
    registry = open_registry(str(home))
    found_project(registry.studio, "Rain", Request(actor="ada"))
    registry.studio.store.close()
    return home


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder of pictures, no two alike."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for n in range(FILES):
        Image.effect_noise((320, 240), 40 + n).save(folder / f"{n:02}.png")
    return folder


@contextmanager
def registrar(home: Path, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tests.journeys.registrar", str(home), *arguments]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def heard(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def looked(home: Path) -> tuple[Checked, list[str]]:
    """Return the report on a home folder, and the hashes of its assets."""
    registry = open_registry(str(home))
    found = check(registry, lambda *_: None, deep=True)
    hashes = [content.body["hash"] for content in registry.named.contents()]
    registry.studio.store.close()
    return found, hashes


def finished(home: Path, *arguments: str) -> None:
    with registrar(home, *arguments) as process:
        while heard(process) != "done":
            assert process.poll() is None


def main_branch(home: Path) -> str:
    registry = open_registry(str(home))
    branch = registry.studio.store.projects()[0].main
    registry.studio.store.close()
    return branch


def test_killed_while_a_folder_is_registered(home: Path, pictures: Path) -> None:
    branch = main_branch(home)
    kept = 0
    for nap in (0.0, 0.01, 0.03, 0.05):
        with registrar(home, "add", branch, str(pictures)) as process:
            while heard(process) not in (str(kept + BATCH), "done"):
                assert process.poll() is None
            time.sleep(nap)
            process.kill()
        found, hashes = looked(home)
        assert found.ok, found.flaws
        assert len(hashes) % BATCH == 0
        assert len(hashes) >= kept
        kept = len(hashes)
    assert 0 < kept < FILES
    finished(home, "add", branch, str(pictures))
    finished(home, "thumbnails")
    found, hashes = looked(home)
    assert (found.ok, found.flaws, len(hashes)) == (True, (), FILES)


def test_killed_while_thumbnails_are_made(home: Path, pictures: Path) -> None:
    finished(home, "add", main_branch(home), str(pictures))
    pictures_made = []
    for _ in range(3):
        with registrar(home, "thumbnails") as process:
            for _ in range(3):
                assert heard(process) == "."
            process.kill()
        found, _ = looked(home)
        assert found.ok
        pending = {flaw.code for flaw in found.flaws}
        assert pending == {"thumb_missing"}
        pictures_made.append(FILES - len(found.flaws))
    assert sorted(set(pictures_made)) == pictures_made
    finished(home, "thumbnails")
    assert looked(home)[0].flaws == ()


def memory(process: "subprocess.Popen[bytes]") -> int:
    """Return the most memory that a process has held, in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024


def test_an_upload_beyond_the_limit_is_refused_in_little_memory(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = int(os.environ.get("COMFYVN_TEST_LARGE", 128)) << 20
    monkeypatch.setenv("COMFYVN_MAX_ASSET_BYTES", str(limit))
    with served(home) as (process, port):
        before = memory(process)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.putrequest("POST", "/assets/upload")
        line.putheader("Content-Type", "multipart/form-data; boundary=x")
        line.putheader("Transfer-Encoding", "chunked")
        line.endheaders()
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
        line.send(b"%x\r\n" % len(head) + head + b"\r\n")
        sent, block = 0, bytes(1 << 20)
        with suppress(ConnectionError):
            while sent < limit + limit // 4:
                line.send(b"100000\r\n" + block + b"\r\n")
                sent += len(block)
        answer = line.getresponse()
        assert (answer.status, json.load(answer)["code"]) == (413, "asset_too_large")
        line.close()
        told = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        told.putrequest("POST", "/assets/upload")
        told.putheader("Content-Type", "multipart/form-data; boundary=x")
        told.putheader("Content-Length", str(limit * 5 // 4))
        told.endheaders()
        answer = told.getresponse()
        assert (answer.status, json.load(answer)["code"]) == (413, "body_too_large")
        told.close()
        assert memory(process) - before < 48
        blobs = home / "data" / "blobs"
        assert [file for file in blobs.rglob("*") if file.is_file()] == []
    assert looked(home)[1] == []


def half_uploaded(port: int) -> http.client.HTTPConnection:
    """Send the begin of an upload and return when the server has read much of it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    line.putrequest("POST", "/assets/upload")
    line.putheader("Content-Type", "multipart/form-data; boundary=x")
    line.putheader("Transfer-Encoding", "chunked")
    line.endheaders()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
    for block in (head, *(os.urandom(1 << 20) for _ in range(20))):
        line.send(b"%x\r\n" % len(block) + block + b"\r\n")
    return line


def test_killed_while_a_file_is_uploaded(home: Path) -> None:
    with served(home) as (process, port):
        line = half_uploaded(port)
        incoming = home / "data" / "blobs" / "incoming"
        until(lambda: any(file.stat().st_size > 1 << 20 for file in incoming.glob("*")))
        process.kill()
        process.wait()
        line.close()
    found, hashes = looked(home)
    assert (found.ok, found.flaws, hashes) == (True, (), [])
    with (
        served(home) as (_, port),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/assets", timeout=PATIENCE) as answer,
    ):
        assert json.load(answer)["total"] == 0


def test_a_client_that_goes_away_leaves_nothing(home: Path) -> None:
    with served(home) as (_, port):
        half_uploaded(port).close()
        blobs = home / "data" / "blobs"
        until(lambda: blobs.is_dir() and not any(file.is_file() for file in blobs.rglob("*")))
    assert looked(home)[1] == []
