"""Stand-ins for code of the source engine, so that a play can go on where it would have to skip or stop.

A table of stubs maps the code, or a beginning of it with ``*`` at the end, to ``{"set": [assignments]}`` (what a
statement does) or ``{"value": JSON}`` (what an expression is worth). The project keeps it in its meta entry ``stubs``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comfyvn.domain.expressions import Assignment, ExpressionError, Value, parse_assignment
from comfyvn.domain.expressions.values import bounded
from comfyvn.domain.kernel import Json, Refused

MAX_STUBS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Stub:
    """What stands in for code: assignments for a statement, a value for an expression; None: not for such."""

    changes: tuple[Assignment, ...] | None = None
    value: tuple[Value] | None = None


@dataclass(frozen=True, slots=True)
class Stubs:
    """All stubs of a project: by whole code, and by beginnings, the longest first."""

    whole: Mapping[str, Stub] = field(default_factory=dict)
    beginnings: tuple[tuple[str, Stub], ...] = ()

    def find(self, code: str) -> Stub | None:
        """Return what stands in for `code`, if something does."""
        code = code.strip()
        found = self.whole.get(code)
        if found is not None or not self.beginnings:
            return found
        return next((stub for start, stub in self.beginnings if code.startswith(start)), None)

    def changes(self, code: str) -> tuple[Assignment, ...] | None:
        """Return the assignments that stand in for a statement."""
        found = self.find(code)
        return None if found is None else found.changes

    def value(self, code: str) -> tuple[Value] | None:
        """Return the value that stands in for an expression, in a tuple."""
        found = self.find(code)
        return None if found is None else found.value


NONE: Final = Stubs()


def read_stubs(table: Json) -> Stubs:
    """Return the stubs that a table of JSON spells. Raises Refused("stubs_malformed")."""
    if not isinstance(table, Mapping) or len(table) > MAX_STUBS:
        raise _malformed("", f"the table is an object with at most {MAX_STUBS} entries")
    read = {key: _stub(key, body) for key, body in table.items()}
    starts = sorted((k for k in read if k.endswith("*")), key=lambda k: (-len(k), k))
    return Stubs(
        {key.strip(): stub for key, stub in read.items() if not key.endswith("*")},
        tuple((key[:-1].lstrip(), read[key]) for key in starts),
    )


def _stub(key: str, body: Json) -> Stub:
    if not key.strip(" *") or not isinstance(body, Mapping) or body.keys() not in ({"set"}, {"value"}):
        raise _malformed(key, 'a stub is {"set": [assignments]} or {"value": JSON} for some code')
    try:
        if "value" in body:
            return Stub(value=(bounded(body["value"]),))
        sources = body["set"]
        if not isinstance(sources, list | tuple) or not all(isinstance(source, str) for source in sources):
            raise _malformed(key, "set is a list of assignments")
        changes = [parse_assignment(source) for source in sources]
    except ExpressionError as error:
        raise _malformed(key, str(error)) from error
    if None in changes:
        raise _malformed(key, "set holds something that is no assignment")
    return Stub(changes=tuple(change for change in changes if change is not None))


def _malformed(key: str, what: str) -> Refused:
    return Refused("stubs_malformed", f"The table of stubs is malformed at {key[:80]!r}: {what}.", where=key[:200])
