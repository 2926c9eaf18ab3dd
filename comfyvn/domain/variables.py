"""Variables: what a story remembers, declared with type, default and scope. The id of a variable is its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from comfyvn.domain.documents import FLAG, JSON, OBJECT, TEXT, one_of
from comfyvn.domain.kernel import Decider, Json, Refused, command, event
from comfyvn.domain.records import Record, Requests, decider

VariableType = Literal["bool", "int", "float", "text", "list", "map", "any"]
Scope = Literal["global", "session", "scene"]
"""How long a value lives: across all playthroughs, through one of them, or while one scene plays."""

_FITS: Final[dict[str, type[Any] | tuple[type[Any], ...]]] = {
    "bool": bool,
    "int": int,
    "float": (int, float),
    "text": str,
    "list": list,
    "map": Mapping,
    "any": object,
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable. A `constant` is never assigned."""

    type: VariableType = "any"
    default: Json = None
    scope: Scope = "session"
    constant: bool = False
    description: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("variables.variable_declared", schema=2)
@dataclass(frozen=True, slots=True)
class VariableDeclared:
    """Schema 1 had no `scope`: every variable was global."""

    type: VariableType
    default: Json
    scope: Scope
    constant: bool = False
    description: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("variables.variable_retyped")
@dataclass(frozen=True, slots=True)
class VariableRetyped:
    type: VariableType


@event("variables.default_given")
@dataclass(frozen=True, slots=True)
class DefaultGiven:
    default: Json


@event("variables.variable_rescoped")
@dataclass(frozen=True, slots=True)
class VariableRescoped:
    scope: Scope


@event("variables.constancy_settled")
@dataclass(frozen=True, slots=True)
class ConstancySettled:
    """The variable became a constant, or assignable again."""

    constant: bool


@event("variables.variable_described")
@dataclass(frozen=True, slots=True)
class VariableDescribed:
    description: str


@event("variables.variable_annotated")
@dataclass(frozen=True, slots=True)
class VariableAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("variables.variable_withdrawn")
@dataclass(frozen=True, slots=True)
class VariableWithdrawn:
    pass


@command("variables.declare-variable")
@dataclass(frozen=True, slots=True)
class DeclareVariable:
    type: VariableType = "any"
    default: Json = None
    scope: Scope = "session"
    constant: bool = False
    description: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("variables.retype-variable")
@dataclass(frozen=True, slots=True)
class RetypeVariable:
    """Give a variable another type, with a default that fits it."""

    type: VariableType
    default: Json


@command("variables.give-default")
@dataclass(frozen=True, slots=True)
class GiveDefault:
    default: Json


@command("variables.rescope-variable")
@dataclass(frozen=True, slots=True)
class RescopeVariable:
    scope: Scope


@command("variables.settle-constancy")
@dataclass(frozen=True, slots=True)
class SettleConstancy:
    constant: bool


@command("variables.describe-variable")
@dataclass(frozen=True, slots=True)
class DescribeVariable:
    description: str


@command("variables.annotate-variable")
@dataclass(frozen=True, slots=True)
class AnnotateVariable:
    key: str
    value: Json = None
    present: bool = True


@command("variables.discard-variable")
@dataclass(frozen=True, slots=True)
class DiscardVariable:
    pass


@command("variables.save-variable")
@dataclass(frozen=True, slots=True)
class SaveVariable:
    """Make the variable equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def fits(value: Json, type_: str) -> bool:
    """Tell whether a JSON value is of a variable type. Whole numbers are floats too; true and false are no numbers."""
    if isinstance(value, bool):
        return type_ in ("bool", "any")
    return isinstance(value, _FITS[type_])


def _default_fits(variable: Variable) -> None:
    if not fits(variable.default, variable.type):
        message = f"The default does not fit the type {variable.type!r}."
        raise Refused("variable_malformed", message, where="default")


def _retyped(variable: Variable, request: RetypeVariable) -> Variable:
    return replace(variable, type=request.type, default=request.default)


VARIABLE: Final[Decider[Any, Variable, Any]] = decider(
    Requests(
        kind="variable",
        record=Record(
            state=Variable,
            begun=VariableDeclared,
            ended=VariableWithdrawn,
            scalars={
                ("type",): VariableRetyped,
                ("default",): DefaultGiven,
                ("scope",): VariableRescoped,
                ("constant",): ConstancySettled,
                ("description",): VariableDescribed,
            },
            maps={"meta": VariableAnnotated},
        ),
        opens=DeclareVariable,
        saves=SaveVariable,
        ends=DiscardVariable,
        sets={
            GiveDefault: DefaultGiven,
            RescopeVariable: VariableRescoped,
            SettleConstancy: ConstancySettled,
            DescribeVariable: VariableDescribed,
            AnnotateVariable: VariableAnnotated,
        },
        works={RetypeVariable: _retyped},
        fields={
            "type": one_of(*get_args(VariableType)),
            "default": JSON,
            "scope": one_of(*get_args(Scope)),
            "constant": FLAG,
            "description": TEXT,
            "meta": OBJECT,
        },
        shown={"name": lambda entity_id, _: entity_id},
        rule=_default_fits,
    )
)
