"""The acts of calls and returns, and what they do to variables that live shorter than the play."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from comfyvn.domain.expressions import Code, Value, show
from comfyvn.domain.expressions.calls import Binding
from comfyvn.domain.playthrough.acts import Site, Way, end_of, is_open
from comfyvn.domain.playthrough.machine import Act, Failed, Frame, Machine
from comfyvn.domain.playthrough.outputs import Ended
from comfyvn.domain.playthrough.state import Kept

MAX_CALLS = 10_000
"""Calls that have not returned."""

RETURNED = "_return"
"""The variable that holds the value of the last return."""


class Target(NamedTuple):
    """Where a computed jump or call leads: the place, the variables that begin anew there, and what it binds."""

    place: int
    fresh: Mapping[str, Value] | None
    binding: Binding | None


def call(site: Site, ways: tuple[Way, ...], bindings: Mapping[str, Binding]) -> Act:
    """Return the act of a call: like a branch, and a `leave` comes back to the place after it.

    `bindings` are, by way, what the parameters of its target get.
    """

    def run(m: Machine) -> int:
        for way in ways:
            if is_open(m, way):
                place = end_of(way)
                if way.target:
                    _enter(m, site, way.fresh, bindings.get(way.id))
                return place
        return site.after

    return run


def compute(site: Site, name: Code, find: Callable[[str], Target | None], *, returns: bool) -> Act:
    """Return the act of a jump, or of a call that returns, to the label that an expression names."""

    def run(m: Machine) -> int:
        label = name(m.variables)
        target = find(label) if isinstance(label, str) else None
        if target is None:
            raise Failed(f"This leads to {show(label)}, which is not there.")
        if returns:
            _enter(m, site, target.fresh, target.binding)
        elif target.fresh:
            m.variables = m.variables.update(target.fresh)
        return target.place

    return run


def _enter(m: Machine, site: Site, fresh: Mapping[str, Value] | None, binding: Binding | None) -> None:
    if len(m.calls) >= MAX_CALLS:
        raise Failed(f"More than {MAX_CALLS} calls have not returned.")
    if not fresh and binding is None:
        m.calls.append(Frame(site.here, site.after))
        return
    bound = {} if binding is None else binding.values(m.variables)
    m.calls.append(Frame(site.here, site.after, _kept(m, {**(fresh or {}), **bound})))
    m.variables = m.variables.update({**(fresh or {}), **bound})


def _kept(m: Machine, names: Collection[str]) -> Kept:
    values = {name: m.variables[name] for name in names if name in m.variables}
    return Kept(values, frozenset(name for name in names if name not in values))


def leave(scene: str, node: str | None, here: int, value: Code | None) -> Act:
    """Return the act of a return, or of the end of a scene that leads nowhere: back after the call, or the end."""

    def run(m: Machine) -> int:
        returned = None if value is None else value(m.variables)
        if m.calls:
            frame = m.calls.pop()
            if frame.kept is not None:
                m.variables = frame.kept.restored(m.variables)
        else:
            frame = None
        if returned is not None or m.variables.get(RETURNED) is not None or value is not None:
            m.variables = m.variables.set(RETURNED, returned)
        if frame is not None:
            return frame.after
        m.end(Ended("end", scene, node))
        return here

    return run
