"""What each node does, as a closure over what was known when the story was compiled.

An act changes the machine and returns the place where the play goes on. One that gives the reader something to
look at, or needs a pick, halts the machine as well.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from comfyvn.domain.expressions import Code, show
from comfyvn.domain.interpolation import substitute
from comfyvn.domain.kernel import Json
from comfyvn.domain.playthrough.machine import Act, Failed, Machine
from comfyvn.domain.playthrough.outputs import (
    Ended,
    LineSaid,
    MenuShown,
    RawSkipped,
    StageChanged,
)
from comfyvn.domain.playthrough.stage import directed
from comfyvn.domain.playthrough.state import Menu, Said

MAX_LINE = 100_000
"""Characters of one line, with all that was added to it by ``extend``."""

MAX_CALLS = 10_000
"""Calls that have not returned."""

FAST = "{fast}"
"""What the source engine puts between a line and its extension: the text before it is shown at once."""

RETURNED = "_return"
"""The variable that holds the value of the last return."""


class Site(NamedTuple):
    """Where a node stands: its scene, its id, its own place and the place after it."""

    scene: str
    node: str
    here: int
    after: int


class Way(NamedTuple):
    """An edge: its id and words, when it is open (None: always), its weight, and where it leads.

    `target` names the target, "" for an edge that leads through its own block; `place` is None where there is none.
    """

    id: str
    text: str
    condition: Code | None
    weight: float
    place: int | None
    target: str = ""


def _open(m: Machine, way: Way) -> bool:
    return way.condition is None or bool(way.condition(m.variables))


def _end_of(way: Way) -> int:
    if way.place is None:
        raise Failed(f"This leads to {way.target!r}, which is not there.")
    return way.place


def guarded(act: Act, conditions: tuple[Code, ...], after: int) -> Act:
    """Return an act that is passed over unless all conditions hold."""
    if not conditions:
        return act

    def run(m: Machine) -> int:
        return act(m) if all(condition(m.variables) for condition in conditions) else after

    return run


def _say(m: Machine, site: Site, said: Said, characters: Mapping[str, str]) -> None:
    name = characters.get(said.speaker, said.name or said.speaker) if said.speaker else said.name
    who = substitute(name, m.variables, percent=False) if name else None
    if len(said.text) > MAX_LINE:
        raise Failed(f"The line is longer than {MAX_LINE} characters.")
    m.put(LineSaid(who, substitute(said.text, m.variables), site.node, said.speaker, site.scene))


def line(site: Site, said: Said, characters: Mapping[str, str], *, extends: bool) -> Act:
    """Return the act of a text node. An extension repeats the line before it and is said by the same speaker."""

    def run(m: Machine) -> int:
        now = said
        if extends:
            before = m.said or Said(None, None, "")
            now = before._replace(text=before.text + FAST + said.text)
        _say(m, site, now, characters)
        m.said = now
        m.halted = True
        return site.after

    return run


class Memory(NamedTuple):
    """Where a choice keeps the texts of the options that were picked: how to read it, and how to add one to it."""

    read: Code
    add: Callable[[Machine, str], None]


def choice(
    site: Site, prompt: Said, ways: tuple[Way, ...], characters: Mapping[str, str], memory: Memory | None
) -> Act:
    """Return the act of a choice: say the prompt, halt for a pick, then (entered again) take the way picked.

    With a memory, an option that was picked is not shown again.
    """
    by_id = {way.id: way for way in ways}

    def ask(m: Machine) -> int:
        if prompt.text:
            _say(m, site, prompt, characters)
            if prompt.speaker:
                m.said = prompt
        past = () if memory is None else memory.read(m.variables)
        if not isinstance(past, tuple | list | set):
            raise Failed(f"What the choice remembers is {show(past)} and not a list or a set.")
        new = (way for way in ways if way.text not in past and _open(m, way))
        shown = tuple((way.id, substitute(way.text, m.variables)) for way in new)
        if not shown:
            return site.after
        m.menu = Menu(substitute(prompt.text, m.variables), shown)
        m.halted = True
        return site.here

    def run(m: Machine) -> int:
        if m.menu is None:
            return ask(m)
        menu, m.menu = m.menu, None
        picked, m.pick = m.pick, None
        if picked is None:
            picked = m.draw_choice(len(menu.options))
        edge_id, _ = menu.options[picked]
        if edge_id not in by_id:
            raise Failed("The option that was picked is not there any more.")
        m.put(MenuShown(tuple(text for _, text in menu.options), picked, site.node, site.scene, menu.caption))
        if memory is not None:
            memory.add(m, by_id[edge_id].text)
        return _end_of(by_id[edge_id])

    return run


def branch(site: Site, ways: tuple[Way, ...]) -> Act:
    """Return the act of a branch, a jump or a loop: take the first way that is open, else go past."""

    def run(m: Machine) -> int:
        for way in ways:
            if _open(m, way):
                return _end_of(way)
        return site.after

    return run


def straight(place: int) -> Act:
    """Return the act that only goes on at `place`."""
    return lambda m: place


def call(site: Site, ways: tuple[Way, ...]) -> Act:
    """Return the act of a call: like a branch, and a `leave` comes back to the place after it."""

    def run(m: Machine) -> int:
        for way in ways:
            if _open(m, way):
                place = _end_of(way)
                if way.target:
                    _will_return(m, site)
                return place
        return site.after

    return run


def compute(site: Site, name: Code, find: Callable[[str], int | None], *, returns: bool) -> Act:
    """Return the act of a jump, or of a call that returns, to the label that an expression names."""

    def run(m: Machine) -> int:
        target = name(m.variables)
        place = find(target) if isinstance(target, str) else None
        if place is None:
            raise Failed(f"This leads to {show(target)}, which is not there.")
        if returns:
            _will_return(m, site)
        return place

    return run


def _will_return(m: Machine, site: Site) -> None:
    if len(m.calls) >= MAX_CALLS:
        raise Failed(f"More than {MAX_CALLS} calls have not returned.")
    m.calls.append((site.here, site.after))


def leave(scene: str, node: str | None, here: int, value: Code | None) -> Act:
    """Return the act of a return, or of the end of a scene that leads nowhere: back after the call, or the end."""

    def run(m: Machine) -> int:
        if value is not None:
            m.variables = m.variables.set(RETURNED, value(m.variables))
        elif m.variables.get(RETURNED) is not None:
            m.variables = m.variables.set(RETURNED, None)
        if m.calls:
            return m.calls.pop()[1]
        m.end(Ended("end", scene, node))
        return here

    return run


def random(site: Site, ways: tuple[Way, ...]) -> Act:
    """Return the act of a random node: draw one of the open ways by weight; go past where none can be drawn."""

    def run(m: Machine) -> int:
        drawn = [way for way in ways if way.weight > 0 and _open(m, way)]
        if not drawn:
            return site.after
        return _end_of(drawn[m.draw_weighted([way.weight for way in drawn])])

    return run


def assign(site: Site, change: Callable[[Machine], None]) -> Act:
    """Return the act of an assignment."""

    def run(m: Machine) -> int:
        change(m)
        return site.after

    return run


def direct(site: Site, verb: str, content: str, directives: Mapping[str, Json]) -> Act:
    """Return the act of a stage direction."""
    output = StageChanged(verb, content, site.node, site.scene, directives)

    def run(m: Machine) -> int:
        m.stage = directed(m.stage, verb, content, directives)
        m.put(output)
        return site.after

    return run


def skip(site: Site, code: str) -> Act:
    """Return the act of code that is not run: it is reported and passed over."""
    output = RawSkipped(site.node, code, site.scene)

    def run(m: Machine) -> int:
        m.put(output)
        return site.after

    return run


def both(first: Act, second: Act) -> Act:
    """Return the act that does one thing and then another, and goes on where the second leads."""

    def run(m: Machine) -> int:
        first(m)
        return second(m)

    return run


def stop_at_code(site: Site, code: str) -> Act:
    """Return the act of code that decides where the play goes: it is reported, and the play is over."""
    output = RawSkipped(site.node, code, site.scene)

    def run(m: Machine) -> int:
        m.put(output)
        m.end(Ended("raw", site.scene, site.node, "Code that is not run decides the way from here."))
        return site.here

    return run


def fail(message: str) -> Act:
    """Return the act of a node that leads nowhere: the play ends with an error."""

    def run(m: Machine) -> int:
        raise Failed(message)

    return run
