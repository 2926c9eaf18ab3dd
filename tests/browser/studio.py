"""A server in a process of its own, as people start it, and a page of the studio as they see it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from comfyvn.interfaces.studio.building import PACKAGES
from tests.patience import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")
SAMPLE = "/p/the-tuba-on-tram-nine/main"


class Server:
    """A server with the sample story, in a home of its own; it can be killed, and begun again at the same port."""

    def __init__(self, home: Path) -> None:
        self._home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("COMFYVN_")}
        environ |= {"COMFYVN_HOME": str(self._home), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "comfyvn", "serve", "--port", str(self.port), "--no-browser"]
        self._process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self._process.poll() is None, "the server ended"
            try:
                self.get("/health")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def get(self, path: str) -> Any:
        """Return what it answers."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            return json.load(answer)

    def post(self, path: str, body: Any, actor: str = "ann") -> Any:
        """Ask it to do something, as another person."""
        headers = {"Content-Type": "application/json", "X-Actor": actor}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def scene(self, scene: str, project: str = "the-tuba-on-tram-nine", branch: str = "main") -> Any:
        """Return a scene as a document."""
        return self.get(f"/api/projects/{project}/branches/{branch}/scenes/{scene}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What axe finds wrong with a page."""

    rule: str
    impact: str
    where: str


def findings(page: Page, rules: Sequence[str] | None = None) -> list[Finding]:
    """Return what axe finds wrong with what a page shows now and is serious or critical; by all rules, or some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        Finding(violation["id"], violation["impact"], f"{node['html']} {node.get('failureSummary')}")
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
