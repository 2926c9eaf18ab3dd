"""Downloads of programs: from an address that the catalogue pins, with the hash that it pins."""

import http.client
import shutil
import tempfile
import urllib.error
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from comfyvn.application.extractors import Download
from comfyvn.domain.kernel import Refused

MAX_BYTES: Final = 512 << 20
SECONDS: Final = 30.0
"""How long the other side may be silent."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def download(pinned: Download, folder: Path) -> Path:
    """Fetch a program into a folder and return it. Nothing stays that has not the hash that is pinned.

    Raises Refused: ``tool_download_failed``, ``tool_download_wrong``.
    """
    _check(pinned.url)
    folder.mkdir(parents=True, exist_ok=True)
    name = urlsplit(pinned.url).path.rpartition("/")[2]
    target = folder / ("".join(sign for sign in name if sign.isalnum() or sign in "._-").lstrip(".") or "program")
    found, size = sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        new = Path(file.name)
        try:
            with urllib.request.urlopen(pinned.url, timeout=SECONDS) as answer:  # noqa: S310 - checked, also where it leads
                _check(answer.geturl())
                while piece := answer.read(1 << 18):
                    size += len(piece)
                    if size > MAX_BYTES:
                        raise _failed(pinned, f"it has more than {MAX_BYTES} bytes")
                    found.update(piece)
                    file.write(piece)
            if found.hexdigest() != pinned.hash:
                message = f"What came from {pinned.url} is not what is pinned: its SHA-256 is {found.hexdigest()}."
                raise Refused("tool_download_wrong", message, url=pinned.url, hash=found.hexdigest())
        except urllib.error.HTTPError as error:
            error.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise _failed(pinned, f"the answer is {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise _failed(pinned, str(error)) from error
        except Refused:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    new.chmod(0o700)
    new.replace(target)
    return target.resolve()


def _check(url: str) -> None:
    """See that nobody on the way can change what comes (the hash would tell), nor ask this machine for its files."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Refused("tool_download_failed", f"{url} is no address that is downloaded from.", url=url)


def _failed(pinned: Download, why: str) -> Refused:
    return Refused("tool_download_failed", f"{pinned.url} could not be downloaded: {why}.", url=pinned.url)
