"""A window of its own for the studio, by pywebview, which an installation may leave out."""

import importlib
import threading
from collections.abc import Callable
from typing import Any

from comfyvn.domain.kernel import Refused

SIZE = (1440, 900)


def windows() -> Any:
    """Return pywebview. Raises Refused("window_missing") where it is not installed."""
    try:
        return importlib.import_module("webview")
    except ImportError:
        message = (
            "A window needs pywebview: pip install 'comfyvn[window]'. Without --window a browser shows the studio."
        )
        raise Refused("window_missing", message) from None


def show(toolkit: Any, url: str) -> None:
    """Show a server in a window until it is closed; systems want that on the main thread."""
    width, height = SIZE
    toolkit.create_window("ComfyVN", url, width=width, height=height, text_select=True)
    toolkit.start(private_mode=False)  # what is written while the server is away must be kept


def beside_window(toolkit: Any, url: str, run: Callable[[], None], answers: Callable[[str], bool]) -> threading.Thread:
    """Run a server in a thread, and show it in a window until that is closed; return the thread."""
    thread = threading.Thread(target=run, name="server")
    thread.start()
    if answers(url):
        show(toolkit, url)
    return thread
