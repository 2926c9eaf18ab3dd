"""What a play gives out, one value for each thing that happens, and its JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from comfyvn.domain.kernel import Json

EndReason: TypeAlias = Literal["end", "max_steps", "raw", "error"]


@dataclass(frozen=True, slots=True)
class LineSaid:
    """A line as the reader meets it. `who` is a display name (None: the narrator), `speaker` the character's id."""

    who: str | None
    what: str
    node: str
    speaker: str | None
    scene: str


@dataclass(frozen=True, slots=True)
class MenuShown:
    """The options that were shown, and the index of the one that was picked."""

    options: tuple[str, ...]
    picked: int
    node: str
    scene: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class StageChanged:
    """A stage direction took place: something else is seen or heard."""

    verb: str
    content: str
    node: str
    scene: str
    directives: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawSkipped:
    """Code of the source engine stood here and was not run."""

    node: str
    code: str
    scene: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The play is over: at its ``end``, out of steps, at ``raw`` code that decides the way, or by an ``error``."""

    reason: EndReason
    scene: str
    node: str | None = None
    message: str = ""


Output: TypeAlias = LineSaid | MenuShown | StageChanged | RawSkipped | Ended

TRACE_FORMAT: Final = 2
"""Counts the changes after which the same seed and picks give another trace. Since 2 every node draws for itself."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False)


def to_json(output: Output, *, every: bool = False) -> dict[str, Json] | None:
    """Return a line, menu or end as a JSON object; stage changes and skipped code too where `every` is asked."""
    place: dict[str, Json] = {"node": output.node, "scene": output.scene}
    match output:
        case LineSaid():
            return {"type": "line", "who": output.who, "what": output.what, "speaker": output.speaker, **place}
        case MenuShown():
            options = list(output.options)
            return {"type": "menu", "options": options, "picked": output.picked, "caption": output.caption, **place}
        case Ended():
            end = {"type": "end", "reason": output.reason, **place}
            return {**end, "message": output.message} if output.message else end
        case RawSkipped():
            return {"type": "raw", "code": output.code, **place} if every else None
        case StageChanged():
            stage = {"verb": output.verb, "content": output.content, "directives": dict(output.directives)}
            return {"type": "stage", **stage, **place} if every else None


def canonical(output: Output) -> bytes:
    """Return the bytes of an output that a trace is hashed from: JSON in ASCII, keys sorted, no blanks."""
    return _ENCODER.encode(to_json(output, every=True)).encode("ascii")
