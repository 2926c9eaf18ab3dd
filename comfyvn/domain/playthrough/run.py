"""Playing a compiled story: begin, go on to the next thing the reader meets, or play to the end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from comfyvn.domain.expressions import Value
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.playthrough.machine import Failed, Frame, Machine, OutsideSubset
from comfyvn.domain.playthrough.outputs import Ended, EndReason, Output
from comfyvn.domain.playthrough.program import START, Program
from comfyvn.domain.playthrough.stage import Stage, silenced
from comfyvn.domain.playthrough.state import Call, State
from comfyvn.domain.playthrough.warping import stage_at

MAX_STEPS: Final = 1_000_000
"""Nodes that a play passes before it is stopped."""


def start(program: Program, seed: int, scene: str | None = None, forced: Mapping[str, Value] | None = None) -> State:
    """Return the state before the first node.

    A play begins at `scene`: the id of a scene, a label, or ``SCENE:NODE`` for a node, where it finds the stage that
    the directions above set. Without it, it begins at the label ``start``, and where there is none at the first scene
    in reading order. The seed counts modulo 2**64. `forced` are variables that begin with another value than declared.
    Raises Missing: ``scene_unknown``, ``story_empty``.
    """
    place = program.find(scene if scene is not None else START)
    if place is None and scene is not None:
        raise Missing("scene_unknown", f"There is no scene, label or SCENE:NODE {scene!r} to start at.")
    if place is None:
        if program.first is None:
            raise Missing("story_empty", "The story has no scenes to play.")
        place = program.entries[program.first]
    scene_id, node_id = program.positions[place]
    return State(
        scene=scene_id,
        node=node_id,
        variables=program.variables.update(forced or {}),
        seed=seed % (1 << 64),
        stage=Stage() if node_id is None else stage_at(program.units[scene_id].scene, node_id),
    )


def step(
    program: Program, state: State, pick: int | None = None, *, limit: int | None = None
) -> tuple[State, tuple[Output, ...]]:
    """Go on to the next line, menu or end; return the state there and all that happened on the way.

    Where a menu waits (``state.menu``), `pick` counts its shown options from 0; None lets the seed pick. The play
    ends with "max_steps" when it has passed `limit` nodes in all; by default `MAX_STEPS` after `state`.
    Raises Refused: ``pick_unasked`` (no menu waits), ``pick_unknown`` (no such option), ``position_unknown`` (the
    story has no such node any more). A play that is over stays as it is.
    """
    if pick is not None and state.menu is None:
        raise Refused("pick_unasked", "No menu waits for a pick here.")
    if state.ended is not None:
        return state, ()
    machine = _thawed(program, state)
    _check_pick(machine, pick)
    machine.pick = pick
    _advance(program, machine, state.steps + MAX_STEPS if limit is None else limit)
    return _frozen(program, machine), tuple(machine.outputs)


def play(
    program: Program,
    *,
    seed: int,
    choices: Sequence[int] = (),
    max_steps: int = MAX_STEPS,
    start_at: State | str | None = None,
    forced: Mapping[str, Value] | None = None,
) -> Iterator[Output]:
    """Yield all that happens in a play. `choices` are picked at the first menus, the seed picks at all others.

    `start_at` is a scene id or label, or a state to go on from (then `seed` and `forced` do not count).
    Raises as `start` and `step` do.
    """
    state = start_at if isinstance(start_at, State) else start(program, seed, start_at, forced)
    machine = _thawed(program, state)
    left = iter(choices)
    while machine.ended is None:
        if machine.menu is not None:
            machine.pick = next(left, None)
            _check_pick(machine, machine.pick)
        _advance(program, machine, max_steps)
        yield from machine.outputs
        machine.outputs.clear()


def _check_pick(machine: Machine, pick: int | None) -> None:
    if pick is not None and machine.menu is not None and not 0 <= pick < len(machine.menu.options):
        options = len(machine.menu.options)
        raise Refused("pick_unknown", f"The menu has {options} options; there is no option {pick}.", options=options)


def _advance(program: Program, machine: Machine, limit: int) -> None:
    """Run until the reader has something to look at or to decide, or the play is over."""
    acts = program.acts
    place, steps = machine.place, machine.steps
    machine.halted = False
    if steps:
        machine.stage = silenced(machine.stage)
    try:
        while not machine.halted:
            if steps >= limit:
                _end(program, machine, place, "max_steps")
                break
            steps += 1
            place = acts[place](machine)
    except OutsideSubset as stopped:
        _end(program, machine, place, "raw", str(stopped))
    except (Refused, Failed) as error:
        _end(program, machine, place, "error", str(error))
    machine.place, machine.steps = place, steps


def _end(program: Program, machine: Machine, place: int, reason: EndReason, message: str = "") -> None:
    scene, node = program.positions[place]
    machine.end(Ended(reason, scene, node, message))


def _thawed(program: Program, state: State) -> Machine:
    here = _place(program, (state.scene, state.node))
    if state.menu is not None and here not in program.choices:
        raise Refused("position_unknown", f"Node {state.node!r} is not a choice any more.")
    return Machine(
        here,
        state.variables,
        state.seed,
        state.luck,
        calls=[_frame(program, call) for call in state.calls],
        stage=state.stage,
        said=state.said,
        menu=state.menu,
        steps=state.steps,
        trace=bytes.fromhex(state.trace),
        ended=state.ended,
    )


def _frame(program: Program, call: Call) -> Frame:
    site = _place(program, (call.scene, call.node))
    return Frame(site, program.after[site], call.kept)


def _called(program: Program, frame: Frame) -> Call:
    scene, node = program.positions[frame.site]
    return Call(scene, node or "", frame.kept)


def _place(program: Program, at: tuple[str, str | None]) -> int:
    place = program.places.get(at)
    if place is None:
        scene, node = at
        raise Refused("position_unknown", f"The story has no node {node!r} in scene {scene!r} any more.")
    return place


def _frozen(program: Program, machine: Machine) -> State:
    scene, node = program.positions[machine.place]
    return State(
        scene=scene,
        node=node,
        variables=machine.variables,
        seed=machine.seed,
        luck=machine.luck,
        calls=tuple(_called(program, frame) for frame in machine.calls),
        stage=machine.stage,
        said=machine.said,
        menu=machine.menu,
        steps=machine.steps,
        trace=machine.trace.hex(),
        ended=machine.ended,
    )
