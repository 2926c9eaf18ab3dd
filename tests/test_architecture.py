"""House rules that no other tool checks: size and names of modules, names of events, dangerous calls."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from comfyvn.domain.kernel import COMMAND_TYPES, EVENT_TYPES

CHECKOUT = Path(__file__).parent.parent
MODULES = sorted([*(CHECKOUT / "comfyvn").rglob("*.py"), CHECKOUT / "run_comfyvn.py"])
DOMAIN = CHECKOUT / "comfyvn" / "domain"
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core", "service"}
DANGEROUS = {"eval", "exec", "compile", "__import__"}
DANGEROUS_MODULES = {"pickle", "marshal", "shelve", "dill"}

modules = pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(CHECKOUT)))


@pytest.fixture(scope="module", autouse=True)
def domain() -> None:
    """Import the whole domain, so that all events and commands are known."""
    for path in DOMAIN.rglob("*.py"):
        importlib.import_module(".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__"))


@modules
def test_a_module_has_at_most_500_lines_and_a_docstring(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    assert source.count("\n") <= 500
    assert ast.get_docstring(ast.parse(source))


@modules
def test_a_module_has_a_name_that_says_something(module: Path) -> None:
    assert not EMPTY_NAMES & set(module.relative_to(CHECKOUT).with_suffix("").parts)


@modules
def test_a_module_runs_no_text_as_code(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                assert name not in DANGEROUS, f"line {node.lineno}"
            case ast.keyword(arg="shell", value=ast.Constant(value=shell)):
                assert not shell, "shell=True"
            case ast.Import(names=names):
                assert not DANGEROUS_MODULES & {alias.name.split(".")[0] for alias in names}, f"line {node.lineno}"
            case ast.ImportFrom(module=str(name)):
                assert name.split(".")[0] not in DANGEROUS_MODULES, f"line {node.lineno}"


def test_events_are_named_after_what_happened_in_the_story() -> None:
    assert EVENT_TYPES
    for name, event in EVENT_TYPES.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", name), name
        for said in (name, event.__name__.lower()):
            assert not said.endswith(("updated", "saved", "modified")), f"{name} does not say what happened"


def test_commands_are_named_after_what_is_asked_for() -> None:
    assert COMMAND_TYPES
    for name in COMMAND_TYPES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", name), name
