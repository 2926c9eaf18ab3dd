"""Where a play stands: one frozen value that JSON can hold, and from which the play goes on as if never stopped."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, NamedTuple

from immutables import Map

from comfyvn.domain.chance import Generator
from comfyvn.domain.expressions import EvaluationFailed, Value
from comfyvn.domain.expressions.values import bounded, in_order
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.playthrough.stage import Stage


class Said(NamedTuple):
    """The last line that can be extended: its speaker as the story names them, and its text before interpolation."""

    speaker: str | None
    name: str | None
    text: str


class Menu(NamedTuple):
    """A menu that waits for a pick: the caption, and the (edge id, text) of each option that is shown."""

    caption: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class State:
    """A moment of a play, between two outputs.

    The next node to take place is `node` of `scene` (None: the end of the scene). `calls` are the (scene, node) of
    the calls that have not returned, the outermost first. `steps` counts the nodes passed so far; `trace` is the
    running SHA-256 over all outputs, hex. `ended` is the reason why the play is over, None while it goes on.
    """

    scene: str
    node: str | None
    variables: Map[str, Value]
    choice: Generator
    chance: Generator
    calls: tuple[tuple[str, str], ...] = ()
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
        "choice": [state.choice.state, state.choice.stream],
        "chance": [state.chance.state, state.chance.stream],
        "calls": [list(call) for call in state.calls],
        "stage": {name: dict(v) if isinstance(v, Mapping) else v for name, v in asdict(state.stage).items()},
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
            choice=_generator(*body["choice"]),
            chance=_generator(*body["chance"]),
            calls=tuple((_text(scene), _text(node)) for scene, node in body["calls"]),
            stage=_stage(**body["stage"]),
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


def _generator(state: Json, stream: Json) -> Generator:
    return Generator(_count(state, 1 << 64), _count(stream, 1 << 63))


def _said(speaker: Json, name: Json, text: Json) -> Said:
    return Said(_text_or_none(speaker), _text_or_none(name), _text(text))


def _menu(caption: Json, options: Json) -> Menu:
    if not options:
        raise ValueError("a menu has no options")
    return Menu(_text(caption), tuple((_text(edge), _text(text)) for edge, text in options))


def _stage(images: Json, sounds: Json, window: Json) -> Stage:
    shown, heard = ({_text(k): _text(v) for k, v in entries.items()} for entries in (images, sounds))
    return Stage(shown, heard, _text(window))


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
