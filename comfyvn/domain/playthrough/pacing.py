r"""How the words of a line come: piece by piece, with speed and pauses as the text tags of Ren'Py say.

``{w}`` waits for a click and ``{w=2}`` two seconds, ``{p}`` does so and begins a new paragraph, ``{cps=20}`` to
``{/cps}`` is the speed in characters per second (``{cps=*2}`` twice the reader's own), ``{fast}`` shows all before it
at once, ``{nw}`` goes on without a click (``{nw=2}`` after two seconds), ``{done}`` shows nothing of what follows.
Other tags are left to whoever draws the text. A tag with a number that is none has no effect.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

MAX_PIECE: Final = 12
"""Characters of a piece; words are whole up to this length."""
MAX_PAUSE: Final = 3600.0
MAX_SPEED: Final = 10_000.0

_TOKEN: Final = re.compile(r"\{\{|\{(?P<tag>[^{}]*)\}|(?P<word>[^\s{]+\s*|\s+)|\{")
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{0,6})?|\.\d{1,6}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a line from `start` on, tags included; put together the pieces are the line.

    `shown` is what is read of them. `speed` is in characters per second, 0: at once, None: as the reader likes it,
    times `factor`. After it there is a `pause` in seconds, or a `click` is waited for.
    """

    start: int
    text: str
    shown: str
    speed: float | None = None
    factor: float = 1.0
    pause: float = 0.0
    click: bool = False

    @property
    def end(self) -> int:
        """Where the next piece begins."""
        return self.start + len(self.text)

    def seconds(self, liked: float) -> float:
        """Return how long it takes with its pause for a reader who likes a speed (0: at once)."""
        speed = (liked if self.speed is None else self.speed) * self.factor
        return min((len(self.shown) / speed if speed else 0.0) + self.pause, MAX_PAUSE)


@dataclass(frozen=True, slots=True)
class Paced:
    """The pieces of a line, and in how many seconds it is gone after the last one (None: it waits for the reader)."""

    pieces: tuple[Piece, ...]
    gone: float | None = None


def paced(text: str) -> Paced:
    """Return how a line comes."""
    pieces: list[Piece] = []
    speeds: list[tuple[float | None, float]] = [(None, 1.0)]
    hidden = done = False
    gone: float | None = None
    for found in _TOKEN.finditer(text):
        tag, speed = found["tag"], speeds[-1]
        start = found.start()
        if tag is None:
            shown = "" if hidden or done else "{" if found[0] == "{{" else found[0]
            pieces += _pieces(start, found[0], shown, speed)
            continue
        name, _, value = tag.partition("=")
        pause, click, shown = 0.0, False, ""
        match name.strip():
            case "w" | "p" as kind:
                shown = "\n" if kind == "p" and not (hidden or done) else ""
                click = "=" not in tag
                pause = _number(value, MAX_PAUSE) or 0.0
            case "nw":
                gone = _number(value, MAX_PAUSE) if "=" in tag else 0.0
            case "cps":
                speeds.append(_speed(value, speed))
            case "/cps" if len(speeds) > 1:
                speeds.pop()
            case "fast":
                pieces = [replace(piece, speed=0.0, factor=1.0, pause=0.0, click=False) for piece in pieces]
                gone = None
            case "alt" | "/alt" as kind:
                hidden = kind == "alt"
            case "done":
                done = True
            case _:
                pass
        pieces.append(Piece(start, found[0], shown, *speed, pause, click))
    return Paced(tuple(pieces), gone)


def after(pieces: tuple[Piece, ...], start: int) -> Iterator[Piece]:
    """Yield what is still to come where `start` characters came already."""
    for piece in pieces:
        if piece.start >= start:
            yield piece
        elif piece.end > start:
            done = start - piece.start
            shown = piece.shown[done:] if piece.shown == piece.text else ""
            yield replace(piece, start=start, text=piece.text[done:], shown=shown)


def _pieces(start: int, text: str, shown: str, speed: tuple[float | None, float]) -> Iterator[Piece]:
    if shown != text:
        yield Piece(start, text, shown, *speed)
        return
    for at in range(0, len(text), MAX_PIECE):
        part = text[at : at + MAX_PIECE]
        yield Piece(start + at, part, part, *speed)


def _speed(value: str, now: tuple[float | None, float]) -> tuple[float | None, float]:
    speed, factor = now
    if value.strip().startswith("*"):
        times = _number(value.strip()[1:], MAX_SPEED)
        return (speed, min(max(factor * times, 1 / MAX_SPEED), MAX_SPEED)) if times else now
    wanted = _number(value, MAX_SPEED)
    return now if wanted is None else (wanted, 1.0)


def _number(text: str, most: float) -> float | None:
    found = _NUMBER.fullmatch(text.strip())
    return min(float(found[0]), most) if found else None
