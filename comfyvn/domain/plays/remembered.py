"""Values that outlive a playthrough: what a variable holds for all plays of a project. The id is its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from comfyvn.domain.documents import JSON
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Remembered:
    """The value, packed as JSON."""

    value: Json = None


@event("plays.value_remembered")
@dataclass(frozen=True, slots=True)
class ValueRemembered:
    value: Json = None


@event("plays.value_changed")
@dataclass(frozen=True, slots=True)
class ValueChanged:
    value: Json


@event("plays.value_forgotten")
@dataclass(frozen=True, slots=True)
class ValueForgotten:
    """The variable has its default again."""


@command("plays.remember-value")
@dataclass(frozen=True, slots=True)
class RememberValue:
    """Remember a value where none is."""

    value: Json = None


@command("plays.change-value")
@dataclass(frozen=True, slots=True)
class ChangeValue:
    value: Json


@command("plays.forget-value")
@dataclass(frozen=True, slots=True)
class ForgetValue:
    pass


@command("plays.save-value")
@dataclass(frozen=True, slots=True)
class SaveValue:
    """Make what is remembered equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


REMEMBERED: Final[Decider[Any, Remembered, Any]] = decider(
    Requests(
        kind="value",
        record=Record(
            state=Remembered,
            begun=ValueRemembered,
            ended=ValueForgotten,
            scalars={("value",): ValueChanged},
        ),
        opens=RememberValue,
        saves=SaveValue,
        ends=ForgetValue,
        sets={ChangeValue: ValueChanged},
        fields={"value": JSON},
        shown={"name": lambda entity_id, _: entity_id},
    )
)
