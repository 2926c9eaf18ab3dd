"""Shows a file in the file manager of the person who sits at this machine."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from comfyvn.domain.kernel import Missing


def command(file: Path, platform: str = sys.platform) -> list[str]:
    """Return what shows a file in its folder: selected where the system can, else only the folder.

    Raises Missing("file_manager_missing").
    """
    if platform == "win32":
        return ["explorer", f"/select,{file}"]
    if platform == "darwin":
        return ["open", "-R", str(file)]
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    opener = shutil.which("xdg-open") if screen else None
    if opener is None:
        message = f"This machine has no file manager that can be opened; the file is {file}."
        raise Missing("file_manager_missing", message, path=str(file))
    return [opener, str(file.parent)]


def show(file: Path) -> None:
    """Show a file; it is never opened itself. Raises Missing: ``file_manager_missing``, ``view_missing``."""
    if not file.is_file():
        raise Missing("view_missing", f"There is no file at {file}; `comfyvn assets rebuild` makes it again.")
    opened = subprocess.Popen(  # noqa: S603 - no word of it comes from a client
        command(file), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    threading.Thread(target=opened.wait, name="file-manager", daemon=True).start()
