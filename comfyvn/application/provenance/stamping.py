"""Stamps: what a file that leaves the studio says of its own origin, in a place that its format has for such words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from comfyvn.domain.kernel import Refused

FORM = "comfyvn"
"""The name of our stamp among the forms in which files tell of their origin."""

Piece = bytes | tuple[int, int]
"""New bytes, or the bytes from a start to a stop (not included) of another file."""
Read = Callable[[int, int], Iterator[bytes]]
"""Yields the bytes from a start to a stop (not included)."""


class StampUnfit(Refused):
    """A file cannot carry a stamp; the words say why."""

    def __init__(self, message: str, code: str = "stamp_unfit") -> None:
        super().__init__(code, message)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp says.

    `asset` is the asset's id, `sha256` the hash of its content without the stamp. `licence` is an SPDX expression,
    `credit` who is to be named, `source` the short name of an IPTC digital source type, `tool` what made the content.
    `project` and `commit` are where the content got its present form. What is not known is empty and not written.
    """

    asset: str
    sha256: str
    licence: str = ""
    credit: str = ""
    source: str = ""
    tool: str = ""
    project: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Recut:
    """A file told as pieces of another one, so that neither need be in memory."""

    pieces: tuple[Piece, ...]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(_length(piece) for piece in self.pieces))

    def cut(self, start: int, stop: int) -> Iterator[Piece]:
        """Yield the pieces that are between two places of this file."""
        at = 0
        for piece in self.pieces:
            length = _length(piece)
            low, high = max(start - at, 0), min(stop - at, length)
            if low < high:
                yield piece[low:high] if isinstance(piece, bytes) else (piece[0] + low, piece[0] + high)
            at += length

    def part(self, read: Read, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes between two places of this file; `read` reads the other one."""
        for piece in self.cut(start, stop):
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from read(*piece)


class Stamps(Protocol):
    """Puts stamps into files and takes them out; pixels, samples and everything else stay as they are.

    The laws: what was stamped and is stripped has the bytes that it had, and a second stamp replaces the first.
    """

    def stamped(self, file: BinaryIO, stamp: Stamp) -> Recut:
        """Return a file with a stamp; raise StampUnfit where it cannot carry one."""

    def stripped(self, file: BinaryIO) -> Recut | None:
        """Return a file without our stamp; None where it has none."""


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
