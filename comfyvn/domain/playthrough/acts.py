"""What each node does, as a closure over what was known when the story was compiled.

An act changes the machine and returns the place where the play goes on. One that gives the reader something to
look at, or needs a pick, halts the machine as well.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from immutables import Map

from comfyvn.domain.chance import source_of
from comfyvn.domain.expressions import Assignment, Code, Value, apply, show
from comfyvn.domain.interpolation import substitute
from comfyvn.domain.kernel import Json
from comfyvn.domain.playthrough.machine import Act, Failed, Machine
from comfyvn.domain.playthrough.outputs import (
    Ended,
    LineSaid,
    MenuShown,
    RawSkipped,
    StageChanged,
    canonical,
)
from comfyvn.domain.playthrough.stage import directed, spoken
from comfyvn.domain.playthrough.state import Menu, Said

MAX_LINE = 100_000
"""Characters of one line, with all that was added to it by ``extend``."""

FAST = "{fast}"
"""What the source engine puts between a line and its extension: the text before it is shown at once."""


class Site(NamedTuple):
    """Where a node stands: its scene, its id, its own place and the place after it."""

    scene: str
    node: str
    here: int
    after: int


class Way(NamedTuple):
    """An edge: its id and words, when it is open (None: always), its weight, and where it leads.

    `target` names the target, "" for an edge that leads through its own block; `place` is None where there is none.
    `fresh` are the variables that begin anew where it enters a scene.
    """

    id: str
    text: str
    condition: Code | None
    weight: float
    place: int | None
    target: str = ""
    fresh: Mapping[str, Value] | None = None


def is_open(m: Machine, way: Way) -> bool:
    """Tell whether the condition of a way holds."""
    return way.condition is None or bool(way.condition(m.variables))


def end_of(way: Way) -> int:
    """Return where a way leads."""
    if way.place is None:
        raise Failed(f"This leads to {way.target!r}, which is not there.")
    return way.place


def taken(m: Machine, way: Way) -> int:
    """Take a way: enter a scene where it leads to one, and return the place."""
    place = end_of(way)
    if way.fresh:
        m.variables = m.variables.update(way.fresh)
    return place


def guarded(act: Act, conditions: tuple[Code, ...], after: int) -> Act:
    """Return an act that is passed over unless all conditions hold."""
    if not conditions:
        return act

    if len(conditions) == 1:
        (only,) = conditions
        return lambda m: act(m) if only(m.variables) else after

    def run(m: Machine) -> int:
        return act(m) if all(condition(m.variables) for condition in conditions) else after

    return run


def _say(m: Machine, site: Site, said: Said, characters: Mapping[str, str]) -> None:
    name = characters.get(said.speaker, said.name or said.speaker) if said.speaker else said.name
    who = substitute(name, m.variables, percent=False) if name else None
    if len(said.text) > MAX_LINE:
        raise Failed(f"The line is longer than {MAX_LINE} characters.")
    m.put(LineSaid(who, substitute(said.text, m.variables), site.node, said.speaker, site.scene))


class Pose(NamedTuple):
    """What a line does to the image of its speaker: the image's tag and the attributes that it gets."""

    tag: str
    attributes: Sequence[str]


def fixed_line(site: Site, said: Said, characters: Mapping[str, str]) -> "Act | None":
    """Return the act of a text node whose words are always the same; None where something is filled in."""
    name = characters.get(said.speaker, said.name or said.speaker) if said.speaker else said.name
    if "[" in said.text or "%" in said.text or "[" in (name or "") or len(said.text) > MAX_LINE:
        return None
    output = LineSaid(name or None, said.text, site.node, said.speaker, site.scene)
    spelt = canonical(output)

    def run(m: Machine) -> int:
        m.put(output, spelt)
        m.said = said
        m.halted = True
        return site.after

    return run


def line(site: Site, said: Said, characters: Mapping[str, str], *, extends: bool, pose: Pose | None = None) -> Act:
    """Return the act of a text node. An extension repeats the line before it and is said by the same speaker."""

    def run(m: Machine) -> int:
        now = said
        if extends:
            before = m.said or Said(None, None, "")
            now = before._replace(text=before.text + FAST + said.text)
        if pose is not None:
            m.stage = spoken(m.stage, pose.tag, pose.attributes)
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

    With a memory, an option that was picked is not shown again. Without a pick one is drawn, by the weights of the
    options. A pick takes the draw's place: what is drawn later is the same either way.
    """
    by_id = {way.id: way for way in ways}
    source = source_of(site.scene, site.node)

    def ask(m: Machine) -> int:
        if prompt.text:
            _say(m, site, prompt, characters)
            if prompt.speaker:
                m.said = prompt
        past = () if memory is None else memory.read(m.variables)
        if not isinstance(past, tuple | list | set):
            raise Failed(f"What the choice remembers is {show(past)} and not a list or a set.")
        new = (way for way in ways if way.text not in past and is_open(m, way))
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
        weights = [by_id[edge_id].weight if edge_id in by_id else 0.0 for edge_id, _ in menu.options]
        drawn = m.draw(source, weights if any(weights) else [1.0] * len(weights))
        picked, m.pick = drawn if m.pick is None else m.pick, None
        edge_id, _ = menu.options[picked]
        if edge_id not in by_id:
            raise Failed("The option that was picked is not there any more.")
        m.put(MenuShown(tuple(text for _, text in menu.options), picked, site.node, site.scene, menu.caption))
        if memory is not None:
            memory.add(m, by_id[edge_id].text)
        return taken(m, by_id[edge_id])

    always = None if memory is not None else _fixed_menu(prompt, ways)
    return run if always is None else _fixed_choice(site, always, ways, run, fixed_line(site, prompt, characters))


def _fixed_menu(prompt: Said, ways: Sequence[Way]) -> Menu | None:
    """Return the menu of a choice that is always the same; None where something is filled in, or may not be open."""
    texts = [prompt.text, *(way.text for way in ways)]
    if not any(way.weight for way in ways) or any(way.condition is not None for way in ways):
        return None
    if any("[" in text or "%" in text for text in texts):
        return None
    return Menu(prompt.text, tuple((way.id, way.text) for way in ways))


def _fixed_choice(site: Site, menu: Menu, ways: Sequence[Way], usual: Act, prompt: "Act | None") -> Act:
    """Return the act of a choice whose menu is always `menu`; `usual` is the act for any other, `prompt` its line."""
    if menu.caption and prompt is None:
        return usual
    texts = tuple(text for _, text in menu.options)
    shown = [MenuShown(texts, picked, site.node, site.scene, menu.caption) for picked in range(len(ways))]
    spelt = [*map(canonical, shown)]
    weights = [way.weight for way in ways]
    source = source_of(site.scene, site.node)

    def run(m: Machine) -> int:
        if m.menu is None:
            if prompt is not None and menu.caption:
                said = m.said
                prompt(m)
                m.said = m.said if m.said is not None and m.said.speaker else said
            m.menu = menu
            m.halted = True
            return site.here
        if m.menu is not menu and m.menu != menu:
            return usual(m)
        m.menu = None
        drawn = m.draw(source, weights)
        picked, m.pick = drawn if m.pick is None else m.pick, None
        m.put(shown[picked], spelt[picked])
        return taken(m, ways[picked])

    return run


def branch(site: Site, ways: tuple[Way, ...]) -> Act:
    """Return the act of a branch, a jump or a loop: take the first way that is open, else go past."""

    def run(m: Machine) -> int:
        for way in ways:
            if is_open(m, way):
                return taken(m, way)
        return site.after

    return run


def straight(place: int) -> Act:
    """Return the act that only goes on at `place`."""
    return lambda m: place


def onward(way: Way) -> Act:
    """Return the act that takes a way."""
    return lambda m: taken(m, way)


def random(site: Site, ways: tuple[Way, ...]) -> Act:
    """Return the act of a random node: draw one of the open ways by weight; go past where none can be drawn."""
    source = source_of(site.scene, site.node)

    def run(m: Machine) -> int:
        drawn = [way for way in ways if way.weight > 0 and is_open(m, way)]
        if not drawn:
            return site.after
        return taken(m, drawn[m.draw(source, [way.weight for way in drawn])])

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
    spelt = canonical(output)

    def run(m: Machine) -> int:
        m.stage = directed(m.stage, verb, content, directives)
        m.put(output, spelt)
        return site.after

    return run


def skip(site: Site, code: str) -> Act:
    """Return the act of code that is not run: it is reported and passed over."""
    output = RawSkipped(site.node, code, site.scene)

    def run(m: Machine) -> int:
        m.put(output)
        return site.after

    return run


def stand_in(site: Site, changes: Sequence[Assignment]) -> Act:
    """Return the act of a stub: its assignments in their order."""

    def run(m: Machine) -> int:
        for change in changes:
            m.variables = Map(apply(change, m.variables))
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
