"""The exports that lie below a folder, by what their manifests say: which of them hold an asset, and which content."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import orjson

from comfyvn.application.assets.exported import InExport
from comfyvn.infrastructure.exports.manifest import RECORD

MAX_BYTES: Final = 64 << 20
"""Of a manifest; a larger one is passed over."""
MAX_KEPT: Final = 100
"""Exports that are looked at, the newest of them, and kept in memory."""

_FOLDERS: Final = ("*", "*/*")
_ZIPS: Final = ("*.zip", "*/*.zip")


@dataclass(frozen=True, slots=True)
class _Read:
    """A manifest as far as it is needed; `stamp` tells the file that it was read from."""

    stamp: tuple[int, int]
    head: dict[str, Any]
    assets: dict[str, tuple[str | None, str]]


class KeptExports:
    """Reads manifests below a folder, each again only where it changed. What is no manifest of ours is passed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: OrderedDict[Path, _Read] = OrderedDict()
        self._turn = Lock()

    def __call__(self, project: str, asset: str) -> Iterator[InExport]:
        """Yield the exports of a project that hold an asset, the newest first."""
        with self._turn:
            found = list(self._reads())
        for place, read in found:
            if read.head["project"] == project and asset in read.assets:
                path, digest = read.assets[asset]
                head = {key: read.head[key] for key in ("target", "branch", "position", "commit")}
                yield InExport(place=place, path=path, hash=digest, **head)

    def _reads(self) -> Iterator[tuple[str, _Read]]:
        files = [file for pattern in _FOLDERS for file in self._folder.glob(f"{pattern}/{RECORD}")]
        files += [file for pattern in _ZIPS for file in self._folder.glob(pattern)]
        stamped = [(stamp, file) for file in set(files) if (stamp := _stamp(file))]
        for stamp, file in sorted(stamped, reverse=True)[:MAX_KEPT]:
            read = self._kept.pop(file, None)
            if read is None or read.stamp != stamp:
                read = _read(file, stamp)
            if read is not None:
                self._kept[file] = read
                place = file if file.suffix == ".zip" else file.parent
                yield place.relative_to(self._folder).as_posix(), read
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(file: Path, stamp: tuple[int, int]) -> _Read | None:
    try:
        said = orjson.loads(_content(file))
        assets = {str(one["id"]): (one["path"], str(one["hash"])) for one in said["assets"]}
        head = {key: said[key] for key in ("project", "target", "branch", "position", "commit")}
    except (OSError, BadZipFile, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError):
        return None
    return _Read(stamp, head, assets)


def _content(file: Path) -> bytes:
    if file.suffix != ".zip":
        with file.open("rb") as opened:
            return _limited(opened.read(MAX_BYTES + 1))
    with ZipFile(file) as bundle:
        names = [name for name in bundle.namelist() if name.rpartition("/")[2] == RECORD and name.count("/") <= 1]
        with bundle.open(min(names, key=len)) as opened:
            return _limited(opened.read(MAX_BYTES + 1))


def _limited(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise ValueError("the manifest is too large")
    return content
