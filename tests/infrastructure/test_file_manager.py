"""What shows a file in the file manager of each system."""

import os
from pathlib import Path

import pytest

from comfyvn.domain.kernel import Missing
from comfyvn.infrastructure.file_manager import command, show
from tests.patience import until

FILE = Path("views") / "rain" / "a.png"


def test_each_system_has_its_own_way() -> None:
    assert command(FILE, "win32") == ["explorer", f"/select,{FILE}"]
    assert command(FILE, "darwin") == ["open", "-R", str(FILE)]


def test_the_folder_is_opened_and_the_file_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "$@" > {said}.new && mv {said}.new {said}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":7")
    file = tmp_path / "folder" / "a.png"
    with pytest.raises(Missing, match="rebuild"):
        show(file)
    file.parent.mkdir()
    file.touch()
    show(file)
    until(said.exists)
    assert said.read_text() == f"{file.parent}\n"


def test_without_a_screen_the_path_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Missing) as missing:
        command(FILE, "linux")
    assert (missing.value.code, missing.value.details["path"]) == ("file_manager_missing", str(FILE))
