"""Archives and compiled scripts as other programs write them, made without any code of ours."""

import io
import pickle
import struct
import sys
import types
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RPA3_HEADER = 40


def rpa(
    files: Mapping[str, bytes], version: str = "3.0", key: int = 0xDEADBEEF, prefix: int = 0, protocol: int = 2
) -> bytes:
    """Return an archive with the files; the first `prefix` bytes of each stand in the index."""
    key = 0 if version == "2.0" else key
    place = 60
    body = b""
    index: dict[str, list[tuple[Any, ...]]] = {}
    for name, content in files.items():
        first, rest = content[:prefix], content[prefix:]
        entry = (place + len(body) ^ key, len(content) ^ key)
        index[name] = [entry if version == "2.0" else (*entry, first)]
        body += rest
    return with_index(pickle.dumps(index, protocol), version, key, body, place)


def with_index(index: bytes, version: str = "3.0", key: int = 0, body: bytes = b"", place: int = 60) -> bytes:
    """Return an archive whose index is these pickled bytes."""
    offset = place + len(body)
    numbers = {"2.0": "", "3.0": f" {key:08x}", "3.2": f" 00000000 {key:08x}"}[version]
    header = f"RPA-{version} {offset:016x}{numbers}\n".encode()
    return header.ljust(place, b"\0") + body + zlib.compress(index)


def zipped(files: Mapping[str, bytes], top: str = "") -> bytes:
    """Return a zip file with the files below a folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return made.getvalue()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by name."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


class Expression(str):
    """Stands in for the engine's strings of code."""

    def __new__(cls, source: str, *_where: object) -> "Expression":
        return super().__new__(cls, source)

    def __getnewargs__(self) -> tuple[str, str, int, int]:
        return (str(self), "game/script.rpy", 1, 3)


class Node:
    """Stands in for the engine's statements."""

    def __init__(self, linenumber: int = 0, **fields: Any) -> None:
        self.linenumber = linenumber
        self.__dict__ |= fields


class Code:
    """Stands in for the engine's pieces of code."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __getstate__(self) -> tuple[Any, ...]:
        return (1, self.source, ("game/script.rpy", 1), "exec", 3)


@contextmanager
def stand_ins(*names: str) -> Iterator[types.SimpleNamespace]:
    """Give classes of these names that pickle as if they were the engine's."""
    module: Any = types.ModuleType("renpy.ast")
    for name, base in {**dict.fromkeys(names, Node), "PyExpr": Expression, "PyCode": Code}.items():
        setattr(module, name, type(name, (base,), {"__module__": "renpy.ast"}))
    sys.modules |= {"renpy": types.ModuleType("renpy"), "renpy.ast": module}
    try:
        yield module
    finally:
        del sys.modules["renpy"], sys.modules["renpy.ast"]


def rpyc(statements: list[Any], protocol: int = 2, old: bool = False) -> bytes:
    """Return a compiled script; `old` is the layout without slots."""
    data = zlib.compress(pickle.dumps(({"version": 5003000, "key": "unlocked"}, statements), protocol))
    if old:
        return data
    start = 10 + 3 * 12
    slots = struct.pack("<9I", 1, start, len(data), 0, 0, 0, 0, 0, 0)
    return b"RENPY RPC2" + slots + data + b"\0" * 16
