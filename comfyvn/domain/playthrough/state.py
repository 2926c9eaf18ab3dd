"""Where a play stands: one frozen value that JSON can hold, and from which the play goes on as if never stopped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from immutables import Map

from comfyvn.domain.expressions import EvaluationFailed, Value, show
from comfyvn.domain.expressions.values import bounded, in_order
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.playthrough.stage import Stage, stage_from_json, stage_to_json

Luck: TypeAlias = Map[tuple[str, str], int]
"""The states of the generators of all nodes, (scene, node), that have drawn so far."""


class Said(NamedTuple):
    """The last line that can be extended: its speaker as the story names them, and its text before interpolation."""

    speaker: str | None
    name: str | None
    text: str


class Menu(NamedTuple):
    """A menu that waits for a pick: the caption, and the (edge id, text) of each option that is shown."""

    caption: str
    options: tuple[tuple[str, str], ...]


class Kept:
    """What a return gives back to the variables: the values of some, and the names of those that were not there.

    Equal where no story can tell two of them apart.
    """

    __slots__ = ("_spelt", "gone", "values")

    def __init__(self, values: Mapping[str, Value], gone: frozenset[str] = frozenset()) -> None:
        self.values = values
        self.gone = gone
        self._spelt: tuple[tuple[str, str], ...] | None = None

    def restored(self, variables: Map[str, Value]) -> Map[str, Value]:
        """Return the variables with these as they were."""
        draft = variables.mutate()
        draft.update(self.values)
        for name in self.gone:
            if name in draft:
                del draft[name]
        return draft.finish()

    def _key(self) -> tuple[tuple[str, str], ...]:
        if self._spelt is None:
            spelt = [(name, show(value)) for name, value in self.values.items()]
            self._spelt = tuple(sorted([*spelt, *((name, "") for name in self.gone)]))
        return self._spelt

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Kept({self._key()!r})"


class Call(NamedTuple):
    """A call that has not returned: its scene and node, and what its return gives back."""

    scene: str
    node: str
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A moment of a play, between two outputs.

    The next node to take place is `node` of `scene` (None: the end of the scene). `seed` and `luck` decide all draws
    to come. `calls` are the calls that have not returned, the outermost first. `steps` counts the nodes passed so
    far; `trace` is the running SHA-256 over all outputs, hex. `ended` is the reason why the play is over, None while
    it goes on.
    """

    scene: str
    node: str | None
    variables: Map[str, Value]
    seed: int
    luck: Luck = field(default_factory=Map)
    calls: tuple[Call, ...] = ()
    stage: Stage = field(default_factory=Stage)
    said: Said | None = None
    menu: Menu | None = None
    steps: int = 0
    trace: str = ""
    ended: str | None = None


_KEYS: Final = frozenset(State.__slots__)
_TAGS: Final[Mapping[str, Callable[[list[Value]], Value]]] = {
    "tuple": tuple,
    "set": set,
    "dict": dict,
}


def to_json(state: State) -> Json:
    """Return a state as JSON."""
    return {
        "scene": state.scene,
        "node": state.node,
        "variables": {name: pack(state.variables[name]) for name in sorted(state.variables)},
        "seed": state.seed,
        "luck": [[*node, luck] for node, luck in sorted(state.luck.items())],
        "calls": [_call_to_json(call) for call in state.calls],
        "stage": stage_to_json(state.stage),
        "said": list(state.said) if state.said else None,
        "menu": {"caption": state.menu.caption, "options": [list(option) for option in state.menu.options]}
        if state.menu
        else None,
        "steps": state.steps,
        "trace": state.trace,
        "ended": state.ended,
    }


def from_json(body: Json) -> State:
    """Return the state that `to_json` gave; raise `Refused("state_malformed")` for anything else."""
    try:
        if body.keys() != _KEYS:
            raise ValueError("keys are missing or unknown")
        return State(
            scene=_text(body["scene"]),
            node=_text_or_none(body["node"]),
            variables=Map({_text(name): bounded(unpack(value)) for name, value in body["variables"].items()}),
            seed=_count(body["seed"], 1 << 64),
            luck=Map({(_text(s), _text(n)): _count(luck, 1 << 64) for s, n, luck in body["luck"]}),
            calls=tuple(_call(*call) for call in body["calls"]),
            stage=stage_from_json(body["stage"]),
            said=None if body["said"] is None else _said(*body["said"]),
            menu=None if body["menu"] is None else _menu(**body["menu"]),
            steps=_count(body["steps"], 1 << 64),
            trace=bytes.fromhex(_text(body["trace"])).hex(),
            ended=_text_or_none(body["ended"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, EvaluationFailed) as error:
        raise Refused("state_malformed", f"This is not the state of a play: {error}.") from error


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} stands where a text belongs")
    return value


def _text_or_none(value: Json) -> str | None:
    return None if value is None else _text(value)


def _count(value: Json, end: int) -> int:
    if not isinstance(value, int) or not 0 <= value < end:
        raise ValueError(f"a number is not a whole one from 0 to {end - 1}")
    return value


def _call_to_json(call: Call) -> Json:
    if call.kept is None:
        return [call.scene, call.node]
    values = {name: pack(value) for name, value in sorted(call.kept.values.items())}
    return [call.scene, call.node, values, sorted(call.kept.gone)]


def _call(scene: Json, node: Json, values: Json = None, gone: Json = ()) -> Call:
    if values is None:
        return Call(_text(scene), _text(node))
    kept = {_text(name): bounded(unpack(value)) for name, value in values.items()}
    return Call(_text(scene), _text(node), Kept(kept, frozenset(map(_text, gone))))


def _said(speaker: Json, name: Json, text: Json) -> Said:
    return Said(_text_or_none(speaker), _text_or_none(name), _text(text))


def _menu(caption: Json, options: Json) -> Menu:
    if not options:
        raise ValueError("a menu has no options")
    return Menu(_text(caption), tuple((_text(edge), _text(text)) for edge, text in options))


def pack(value: Value) -> Json:
    """Return a value as JSON; a tuple, a set or a dict with other keys than texts as ``{"$": kind, "items": …}``."""
    match value:
        case list():
            return [pack(item) for item in value]
        case tuple():
            return {"$": "tuple", "items": [pack(item) for item in value]}
        case set() | frozenset():
            return {"$": "set", "items": [pack(item) for item in in_order(value)]}
        case dict() if "$" in value or not all(isinstance(key, str) for key in value):
            return {"$": "dict", "items": [[pack(key), pack(item)] for key, item in value.items()]}
        case dict():
            return {key: pack(item) for key, item in value.items()}
        case _:
            return value


def unpack(body: Json) -> Value:
    """Return the value that `pack` gave."""
    match body:
        case list():
            return [unpack(item) for item in body]
        case dict() if "$" in body:
            return _TAGS[body["$"]]([unpack(item) for item in body["items"]])
        case dict():
            return {key: unpack(item) for key, item in body.items()}
        case _:
            return body
