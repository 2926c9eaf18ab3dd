"""Following recorded inputs through a program, and finding where another program parts from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

from comfyvn.domain.expressions import Value
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.domain.plays.path import Chosen, Forced, Input, ReadOn
from comfyvn.domain.playthrough.outputs import Ended, LineSaid, MenuShown, Output, RawSkipped, StageChanged, canonical
from comfyvn.domain.playthrough.program import Program
from comfyvn.domain.playthrough.run import start, step
from comfyvn.domain.playthrough.state import State, unpack

STEP_LIMIT: Final = 100_000
"""Nodes that one input may pass."""


class Moment(NamedTuple):
    """Where a play stands, and what happened on the way there from the moment before."""

    state: State
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """How a play begins: seed, scene or label (None: where the story begins), and values packed as JSON."""

    seed: int
    start: str | None
    given: Mapping[str, Json]


def begun(program: Program, opening: Opening) -> State:
    """Return the state before the first node. Raises as `start` does."""
    given: dict[str, Value] = {name: unpack(value) for name, value in opening.given.items()}
    return start(program, opening.seed, opening.start, given)


def opened(program: Program, opening: Opening) -> Moment:
    """Return the first line, menu or end. Raises as `start` does."""
    return Moment(*step(program, begun(program, opening), limit=STEP_LIMIT))


def followed(program: Program, state: State, given: Input) -> Moment:
    """Return the moment after one input. A menu that waits is asked anew where a variable was forced.

    Raises Conflict: ``choice_needed``, ``choice_unasked``, ``play_over``; Missing: ``option_unknown``; and as `step`.
    """
    match given:
        case Forced(name, value):
            forced = replace(state, variables=state.variables.set(name, unpack(value)), menu=None)
            if state.menu is None:
                return Moment(forced, ())
            return Moment(*step(program, forced, limit=state.steps + STEP_LIMIT))
        case _ if state.ended is not None:
            raise Conflict("play_over", f"The play is over: {state.ended}.", reason=state.ended)
        case ReadOn():
            if state.menu is not None:
                options = [{"edge": edge, "text": text} for edge, text in state.menu.options]
                raise Conflict("choice_needed", "A menu waits for a choice.", options=options)
            pick = None
        case Chosen(edge):
            pick = _option(state, edge)
    return Moment(*step(program, state, pick, limit=state.steps + STEP_LIMIT))


def _option(state: State, edge: str) -> int:
    if state.menu is None:
        raise Conflict("choice_unasked", "No menu waits for a choice here.", node=state.node)
    shown = [edge_id for edge_id, _ in state.menu.options]
    if edge not in shown:
        raise Missing("option_unknown", f"The menu has no option {edge!r}.", option=edge, options=shown)
    return shown.index(edge)


def follow(program: Program, opening: Opening, inputs: Iterable[Input]) -> Iterator[Moment]:
    """Yield the opening moment and the one after each input. Raises as `opened` and `followed` do."""
    moment = opened(program, opening)
    yield moment
    for given in inputs:
        moment = followed(program, moment.state, given)
        yield moment


Sight: TypeAlias = Callable[[Moment], Json]
"""What of a moment has to stay the same."""


def words(moment: Moment) -> Json:
    """See every output and every option, byte for byte."""
    shown = [] if moment.state.menu is None else list(moment.state.menu)
    return [[canonical(output).decode() for output in moment.outputs], shown]


def route(moment: Moment) -> Json:
    """See where the play comes by and which options there are, whatever their words and the scenery."""
    shown = [] if moment.state.menu is None else [edge for edge, _ in moment.state.menu.options]
    return [[_stop(output) for output in moment.outputs if not isinstance(output, StageChanged | RawSkipped)], shown]


def _stop(output: LineSaid | MenuShown | Ended) -> Json:
    reason = output.reason if isinstance(output, Ended) else ""
    return [type(output).__name__, output.scene, output.node, reason]


class Divergence(NamedTuple):
    """The first moment that is not the same: after `step` inputs, at a node; what was met before and what is met now.

    `message` says why nothing is met where the play cannot go on.
    """

    step: int
    scene: str
    node: str | None
    before: Moment
    now: Moment | None
    message: str = ""


def divergence(
    before: Sequence[Moment], program: Program, opening: Opening, inputs: Sequence[Input], sight: Sight = words
) -> Divergence | None:
    """Return where a program parts from the moments that were met before; None where it never does."""
    now = follow(program, opening, inputs)
    for number, expected in enumerate(before):
        scene, node = _where(expected)
        try:
            moment = next(now)
        except Refused as refusal:
            return Divergence(number, scene, node, expected, None, str(refusal))
        if sight(moment) != sight(expected):
            return Divergence(number, scene, node, expected, moment)
    return None


def _where(moment: Moment) -> tuple[str, str | None]:
    for output in moment.outputs:
        if isinstance(output, LineSaid | MenuShown | Ended):
            return output.scene, output.node
    return moment.state.scene, moment.state.node
