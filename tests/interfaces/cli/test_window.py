"""`serve --window`: a window of its own, and the server ends with it."""

import socket
import sys
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from comfyvn.main import cli


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_window_shows_the_studio_and_the_server_ends_with_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def create_window(title: str, url: str, **_: object) -> None:
        seen.append(title)
        with urllib.request.urlopen(url + "health") as answer:
            seen.append(answer.read().decode())

    toolkit = SimpleNamespace(create_window=create_window, start=lambda private_mode: seen.append(str(private_mode)))
    monkeypatch.setitem(sys.modules, "webview", toolkit)
    port = free_port()
    assert cli(["serve", "--window", "--port", str(port)]) == 0
    assert seen == ["ComfyVN", '{"status":"ok"}', "False"]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_without_the_toolkit_a_person_is_told_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "webview", None)
    assert cli(["serve", "--window"]) == 4
    assert "comfyvn[window]" in capsys.readouterr().err
