"""The decider of playthroughs: what may follow what, and the document of a playthrough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeAlias

from immutables import Map

from comfyvn.domain.documents import MAX_NAME, fit
from comfyvn.domain.kernel import WHOLE, Conflict, Decider, Json, Missing, Refused, command
from comfyvn.domain.merge import same, with_fields
from comfyvn.domain.plays.events import (
    Move,
    PlayDiscarded,
    PlayEnded,
    PlayRetitled,
    PlayStarted,
)
from comfyvn.domain.plays.state import HEADER, MOVES, Playthrough, in_order, move_from_json, move_to_json, part_name

MAX_MOVES: Final = 1_000_000
MAX_COUNT: Final = 1_000_000
"""Lines, or steps, of one move."""
MAX_SEED: Final = 2**63 - 1


@command("plays.start-play")
@dataclass(frozen=True, slots=True)
class StartPlay:
    branch: str
    position: int
    seed: int = 0
    start: str | None = None
    given: Mapping[str, Json] = field(default_factory=dict)
    title: str = ""


@command("plays.retitle-play")
@dataclass(frozen=True, slots=True)
class RetitlePlay:
    title: str


@command("plays.discard-play")
@dataclass(frozen=True, slots=True)
class DiscardPlay:
    pass


@command("plays.record-moves")
@dataclass(frozen=True, slots=True)
class RecordMoves:
    """Add what happened: moves as in the document, such as ``{"move": "choose", "edge": "e1"}``."""

    moves: tuple[Mapping[str, Json], ...]


@command("plays.save-play")
@dataclass(frozen=True, slots=True)
class SavePlay:
    """Make the playthrough equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


PlayCommand: TypeAlias = StartPlay | RetitlePlay | DiscardPlay | RecordMoves | SavePlay
PlayEvent: TypeAlias = PlayStarted | PlayRetitled | PlayDiscarded | Move


def _intend(state: Playthrough | None, asked: PlayCommand) -> Playthrough | None:
    fit(asked)
    match asked:
        case SavePlay():
            return _saved(state, asked.document)
        case StartPlay():
            if state is not None:
                raise Conflict("playthrough_exists", "The playthrough exists already.")
            return _checked(Playthrough(**{name: getattr(asked, name) for name in HEADER}))
        case _ if state is None:
            raise Missing("playthrough_unknown", "There is no such playthrough.")
        case DiscardPlay():
            return None
        case RetitlePlay():
            return _checked(replace(state, title=asked.title))
        case RecordMoves():
            return _continued(state, asked.moves)


def _continued(state: Playthrough, moves: Any) -> Playthrough:
    if state.ended:
        raise Conflict("playthrough_ended", "The playthrough is put away; fork it to go on.")
    draft = state.moves.mutate()
    for step, body in enumerate(moves, len(state.moves)):
        draft[part_name(step)] = _move(step, body)
    return _checked(replace(state, moves=draft.finish()))


def _move(step: int, body: Any) -> Move:
    where = f"moves[{step}]"
    if step >= MAX_MOVES:
        raise _malformed(where, f"is one more than {MAX_MOVES}")
    if not isinstance(body, Mapping) or not isinstance(body.get("move"), str) or body["move"] not in MOVES:
        raise _malformed(where, f"is an object whose move is one of: {', '.join(MOVES)}")
    names = {f.name for f in fields(MOVES[body["move"]])} - {"step"}
    if body.keys() - {"move"} - names or (names - body.keys()) - {"lines"}:
        raise _malformed(where, f"has exactly: {', '.join(['move', *sorted(names)])}")
    for name in names & body.keys() - {"value"}:
        value = body[name]
        if name in ("lines", "steps"):
            good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_COUNT
        else:
            good = isinstance(value, str) and 1 <= len(value) <= MAX_NAME
        if not good:
            raise _malformed(f"{where}.{name}", "is a text that is not empty, or a whole number above 0")
    return move_from_json(step, body)


def _saved(state: Playthrough | None, document: Any) -> Playthrough:
    if not isinstance(document, Mapping):
        raise _malformed("", "is an object")
    if unknown := sorted(map(str, document.keys() - {"id", "moves", *HEADER})):
        raise _malformed(unknown[0], "is unknown")
    given = {name: document[name] for name in HEADER if name in document}
    if state is None:
        if missing := [name for name in ("branch", "position") if name not in given]:
            raise _malformed(missing[0], "is missing")
        saved = Playthrough(**given)
    else:
        saved = replace(state, **given)
    if "moves" in document:
        moves = document["moves"]
        if not isinstance(moves, list | tuple):
            raise _malformed("moves", "is a list")
        saved = replace(saved, moves=Map({part_name(n): _move(n, body) for n, body in enumerate(moves)}))
    saved = _checked(saved)
    if any(isinstance(move, PlayEnded) for move in in_order(saved)[:-1]):
        raise _malformed("moves", "go on after the end")
    return saved


def _checked(state: Playthrough) -> Playthrough:
    rules = {
        "branch": _text(state.branch, 1, MAX_NAME),
        "position": _whole(state.position),
        "seed": _whole(state.seed),
        "start": state.start is None or _text(state.start, 1, MAX_NAME),
        "given": isinstance(state.given, Mapping),
        "title": _text(state.title, 0, MAX_NAME),
    }
    for name, holds in rules.items():
        if not holds:
            raise _malformed(name, "is of another type or size than a playthrough has")
    return state


def _text(value: Any, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEED


def _malformed(where: str, what: str) -> Refused:
    return Refused("playthrough_malformed", f"The playthrough is malformed: {where or 'it'} {what}.", where=where)


def _reconcile(current: Playthrough | None, desired: Playthrough | None) -> tuple[PlayEvent, ...]:
    return tuple(_steps(current, desired))


def _steps(current: Playthrough | None, desired: Playthrough | None) -> Iterator[PlayEvent]:
    if current is desired:
        return
    if desired is None:
        yield PlayDiscarded()
        return
    if current is not None and _goes_on(current, desired):
        if current.title != desired.title:
            yield PlayRetitled(desired.title)
        yield from (desired.moves[part_name(n)] for n in range(len(current.moves), len(desired.moves)))
        return
    if current is not None:
        yield PlayDiscarded()
    yield PlayStarted(**{name: getattr(desired, name) for name in HEADER})
    yield from in_order(desired)


def _goes_on(current: Playthrough, desired: Playthrough) -> bool:
    """Tell whether a playthrough began like another, and its moves begin with those of the other."""
    begun = all(same(getattr(current, name), getattr(desired, name)) for name in HEADER if name != "title")
    if not begun or len(current.moves) > len(desired.moves):
        return False
    return all(move is desired.moves[name] or same(move, desired.moves[name]) for name, move in current.moves.items())


def _evolve(state: Playthrough | None, fact: PlayEvent) -> Playthrough | None:
    match fact:
        case PlayStarted():
            return Playthrough(**{name: getattr(fact, name) for name in HEADER})
        case PlayDiscarded():
            return None
        case _ if state is None:
            return None
        case PlayRetitled():
            return with_fields(state, title=fact.title)
        case _:
            return with_fields(state, moves=state.moves.set(part_name(fact.step), fact))


def _part(state: Playthrough, name: str) -> Json | None:
    if name == WHOLE:
        return {key: getattr(state, key) for key in HEADER}
    move = state.moves.get(name)
    return None if move is None else move_to_json(move)


def _assemble(parts: Mapping[str, Json]) -> Playthrough:
    moves = {name: move_from_json(int(name), body) for name, body in parts.items() if name != WHOLE}
    return Playthrough(**{key: parts[WHOLE][key] for key in HEADER}, moves=Map(moves))


def _part_of(fact: PlayEvent) -> str:
    return WHOLE if isinstance(fact, PlayStarted | PlayRetitled | PlayDiscarded) else part_name(fact.step)


def _to_document(play_id: str, state: Playthrough) -> dict[str, Json]:
    header = {key: getattr(state, key) for key in HEADER}
    return {"id": play_id, **header, "moves": [move_to_json(move) for move in in_order(state)]}


PLAYTHROUGH: Final[Decider[Any, Playthrough, Any]] = Decider(
    kind="playthrough",
    intend=_intend,
    reconcile=_reconcile,
    evolve=_evolve,
    part=_part,
    part_names=lambda state: (WHOLE, *state.moves),
    assemble=_assemble,
    part_of=_part_of,
    to_document=_to_document,
    save=SavePlay,
    commands=(StartPlay, RetitlePlay, RecordMoves, DiscardPlay, SavePlay),
)
