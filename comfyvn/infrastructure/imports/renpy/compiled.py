"""Compiled scripts (``.rpyc``, ``.rpymc``) back to source text. What they hold is read as inert data; nothing runs.

Two layouts, as the engine's loader reads them: ``RENPY RPC2``, then slots of three 32-bit numbers (slot, start, size),
ended by a zero, each slot zlib-packed; or, in old games, the zlib data alone. Slot 1 holds the statements as they were
parsed, slot 2 the same after the engine added translation marks. The data is a pickle of (table, statements).
"""

import struct
import zlib
from dataclasses import dataclass

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports import pickled
from comfyvn.infrastructure.imports.renpy.recovered import Recovery

MAGIC = b"RENPY RPC2"
MAX_SLOTS = 16
MAX_DATA = 48 << 20
"""Bytes of an unpacked slot."""

_SLOT = struct.Struct("<III")


@dataclass(frozen=True, slots=True)
class Recovered:
    """The source text of a compiled script, and what could not be brought back."""

    text: str
    warnings: tuple[Warned, ...]


def recover(data: bytes, file: str) -> Recovered:
    """Return the source of a compiled script. Comments and layout are gone; statements keep their lines.

    Raises Refused: ``script_compiled_malformed``, ``script_compiled_too_large``.
    """
    try:
        value = pickled.load(_unpacked(data, file), inert=True)
    except Refused as refusal:
        if not refusal.code.startswith("pickle_"):
            raise
        raise _malformed(file, str(refusal)) from refusal
    if not (isinstance(value, tuple | list) and len(value) == 2 and isinstance(value[1], list)):
        raise _malformed(file, "It holds no list of statements.")
    recovery = Recovery(file.removesuffix("c"))
    recovery.file_of(value[1])
    return Recovered(recovery.text, tuple(recovery.warnings))


def _malformed(file: str, why: str) -> Refused:
    return Refused("script_compiled_malformed", f"The compiled script {file} cannot be read. {why}", file=file)


def _unpacked(data: bytes, file: str) -> bytes:
    if not data.startswith(MAGIC):
        return _inflated(data, file)
    slots: dict[int, tuple[int, int]] = {}
    for number in range(MAX_SLOTS):
        at = len(MAGIC) + number * _SLOT.size
        if len(data) < at + _SLOT.size:
            raise _malformed(file, "It ends too early.")
        slot, start, length = _SLOT.unpack_from(data, at)
        if not slot:
            break
        slots[slot] = (start, length)
    start, length = slots.get(1) or slots.get(2) or (0, 0)
    if not length or start + length > len(data):
        raise _malformed(file, "It ends too early.")
    return _inflated(data[start : start + length], file)


def _inflated(data: bytes, file: str) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data, MAX_DATA + 1)
    except zlib.error as error:
        raise _malformed(file, "Its data cannot be unpacked.") from error
    if len(unpacked) > MAX_DATA:
        message = f"The compiled script {file} has more than {MAX_DATA} bytes unpacked."
        raise Refused("script_compiled_too_large", message, file=file)
    if not unpacker.eof:
        raise _malformed(file, "It ends too early.")
    return unpacked
