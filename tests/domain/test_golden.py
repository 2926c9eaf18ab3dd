"""Every event that was ever written can be read for ever: one sample for each event and each schema it has had."""

from pathlib import Path

import orjson
import pytest

from comfyvn.domain.kernel import EVENT_SCHEMAS, EVENT_TYPES
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.variables import VariableDeclared
from comfyvn.infrastructure.storage.mapper import EventMapper

SAMPLES = sorted((Path(__file__).parents[1] / "golden" / "events").glob("*.json"))


def _schema(path: Path) -> tuple[str, int]:
    name, _, number = path.stem.rpartition(".")
    return name, int(number)


def test_every_schema_of_every_event_has_a_sample() -> None:
    assert KINDS
    wanted = {(name, n) for name, schema in EVENT_SCHEMAS.items() for n in range(1, schema + 1)}
    assert set(map(_schema, SAMPLES)) == wanted


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read(path: Path) -> None:
    name, schema = _schema(path)
    stored = path.read_bytes().rstrip(b"\n")
    fact = EventMapper().decode(path.stem, stored)
    assert type(fact) is EVENT_TYPES[name]
    topic, again = EventMapper().encode(fact)
    assert topic == f"{name}.{EVENT_SCHEMAS[name]}"
    if schema == EVENT_SCHEMAS[name]:
        assert orjson.loads(again) == orjson.loads(stored)


def test_a_variable_declared_before_there_were_scopes_is_global() -> None:
    path = next(path for path in SAMPLES if path.stem == "variables.variable_declared.1")
    fact = EventMapper().decode(path.stem, path.read_bytes())
    assert isinstance(fact, VariableDeclared)
    assert (fact.scope, fact.type, fact.default) == ("global", "list", ["key", 1])
