from typing import Any

import pytest

from comfyvn.domain import variables
from comfyvn.domain.variables import VARIABLE, DeclareVariable, SaveVariable, VariableDeclared, fits
from tests.given import Given

POINTS = Given(VARIABLE).given(VariableDeclared("int", 3, "global", description="Points"))

CHANGES: list[tuple[Any, Any]] = [
    (variables.GiveDefault(4), variables.DefaultGiven(4)),
    (variables.RescopeVariable("scene"), variables.VariableRescoped("scene")),
    (variables.SettleConstancy(True), variables.ConstancySettled(True)),
    (variables.DescribeVariable("Score"), variables.VariableDescribed("Score")),
    (variables.AnnotateVariable("origin", "a.rpy"), variables.VariableAnnotated("origin", "a.rpy")),
    (variables.RetypeVariable("float", 3), variables.VariableRetyped("float")),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    POINTS.when(command).then_settled(fact)
    Given(VARIABLE).when(command).refused("variable_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES}
    assert tested | {DeclareVariable, variables.DiscardVariable, SaveVariable} == set(VARIABLE.commands)


def test_a_variable_is_declared_once_and_withdrawn() -> None:
    Given(VARIABLE).when(DeclareVariable("list", [1])).then(VariableDeclared("list", [1], "session"))
    POINTS.when(DeclareVariable("int", 1)).refused("variable_exists")
    POINTS.when(variables.DiscardVariable()).then(variables.VariableWithdrawn())


def test_another_type_comes_with_a_default_that_fits() -> None:
    POINTS.when(variables.RetypeVariable("text", "3")).then_settled(
        variables.VariableRetyped("text"), variables.DefaultGiven("3")
    )
    POINTS.when(variables.RetypeVariable("text", 3)).refused("variable_malformed")


def test_true_is_another_value_than_one() -> None:
    flag = Given(VARIABLE).given(VariableDeclared("any", 1, "global"))
    flag.when(variables.GiveDefault(True)).then_settled(variables.DefaultGiven(True))
    flag.when(variables.GiveDefault(1.0)).then_settled(variables.DefaultGiven(1.0))


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        ("bool", [True, False], [0, 1, None, "true"]),
        ("int", [0, -5], [True, 1.0, "1", None]),
        ("float", [0, 1.5], [True, "1", None]),
        ("text", ["", "x"], [1, None, []]),
        ("list", [[], [1]], [(), {}, "x"]),
        ("map", [{}, {"a": 1}], [[], None]),
        ("any", [None, True, 1, "x", [], {}], []),
    ],
)
def test_values_fit_their_type(type_: str, right: list[Any], wrong: list[Any]) -> None:
    assert all(fits(value, type_) for value in right)
    assert not any(fits(value, type_) for value in wrong)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"type": "int"}, "default"),
        ({"type": "number"}, "type"),
        ({"scope": "galaxy"}, "scope"),
        ({"constant": 1}, "constant"),
        ({"colour": "red"}, "colour"),
    ],
    ids=str,
)
def test_a_malformed_document_is_refused(document: Any, where: str) -> None:
    assert Given(VARIABLE).when(SaveVariable(document)).refused("variable_malformed").details == {"where": where}


def test_the_name_of_a_variable_is_its_id() -> None:
    state = VARIABLE.fold(POINTS.facts)
    assert state is not None
    document = VARIABLE.to_document("points", state)
    assert (document["id"], document["name"], document["default"]) == ("points", "points", 3)
    POINTS.when(SaveVariable({**document, "default": 5})).then_settled(variables.DefaultGiven(5))
