"""Laws that hold for every kind of entity, whatever its states."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.merge import merge3, same
from comfyvn.infrastructure.storage.mapper import EventMapper
from tests.strategies import STATES, values

every_kind = pytest.mark.parametrize("kind", KINDS)
some = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def test_every_kind_has_random_states() -> None:
    assert STATES.keys() == KINDS.keys()


@every_kind
@some
@given(data=st.data())
def test_reconcile_leads_from_any_state_to_any_other(kind: str, data: st.DataObject) -> None:
    decider, states = KINDS[kind], st.none() | STATES[kind]
    a, b = data.draw(states), data.draw(states)
    facts = decider.reconcile(a, b)
    assert same(decider.fold(facts, a), b)
    assert decider.reconcile(b, b) == ()
    assert bool(facts) is not same(a, b)


@every_kind
@some
@given(data=st.data())
def test_facts_mean_the_same_after_they_were_stored(kind: str, data: st.DataObject) -> None:
    decider = KINDS[kind]
    a, b = data.draw(STATES[kind]), data.draw(STATES[kind])
    mapper = EventMapper()
    facts = (*decider.reconcile(None, a), *decider.reconcile(a, b))
    again = [mapper.decode(*mapper.encode(fact)) for fact in facts]
    assert same(again, list(facts))
    assert same(decider.fold(again), b)


@every_kind
@some
@given(data=st.data())
def test_parts_are_the_whole_state(kind: str, data: st.DataObject) -> None:
    decider = KINDS[kind]
    state = data.draw(STATES[kind])
    parts = decider.parts(state)
    assert same(decider.assemble(parts), state)
    assert same(decider.assemble(orjson.loads(orjson.dumps(parts))), state)
    assert decider.parts(None) == {}


@every_kind
@some
@given(data=st.data())
def test_events_touch_no_other_part_than_they_say(kind: str, data: st.DataObject) -> None:
    decider = KINDS[kind]
    a, b = data.draw(STATES[kind]), data.draw(STATES[kind])
    facts = decider.reconcile(a, b)
    assume(same(decider.fold(facts[:1], a), None) is False)
    before, after = decider.parts(a), decider.parts(b)
    changed = {name for name in before.keys() | after.keys() if not same(before.get(name), after.get(name))}
    assert changed == {decider.part_of(fact) for fact in facts}


@every_kind
@some
@given(data=st.data())
def test_an_unchanged_document_records_nothing(kind: str, data: st.DataObject) -> None:
    decider = KINDS[kind]
    state = data.draw(STATES[kind])
    document = orjson.loads(orjson.dumps(decider.to_document("id", state)))
    assert decider.decide(state, decider.save(document)) == ()
    again = decider.intend(None, decider.save(document))
    assert again is not None
    assert same(decider.to_document("id", again).keys(), decider.to_document("id", state).keys())
    assert decider.decide(state, decider.save({})) == ()


@every_kind
@some
@given(data=st.data())
def test_a_malformed_document_is_refused_or_means_a_valid_state(kind: str, data: st.DataObject) -> None:
    decider = KINDS[kind]
    state = data.draw(STATES[kind])
    document = orjson.loads(orjson.dumps(decider.to_document("id", data.draw(STATES[kind]))))
    spoilt = _spoil(document, data.draw)
    try:
        desired = decider.intend(state, decider.save(spoilt))
    except Refused as refusal:
        assert refusal.code == f"{kind}_malformed" or refusal.code in {"branch_main", "value_unfit"}
        assert "where" in refusal.details or refusal.code == "branch_main"
        return
    assert same(decider.fold(decider.reconcile(state, desired), state), desired)
    assert decider.decide(desired, decider.save(decider.to_document("id", desired))) == ()


def _spoil(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Any:
    """Put something random somewhere into a JSON value."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _spoil(value[key], draw)}
    if isinstance(value, list) and value and draw(st.booleans()):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], _spoil(value[at], draw), *value[at + 1 :]]
    return draw(values | st.just([value]) | st.just({"id": value}))


@every_kind
@some
@given(data=st.data())
def test_merging_what_one_side_or_both_did(kind: str, data: st.DataObject) -> None:
    base, x = data.draw(STATES[kind]), data.draw(STATES[kind])
    base_again, x_again = _copy(kind, base), _copy(kind, x)
    for sides in ((base, x, base_again), (base, base_again, x), (base, x, x_again), (x, x_again, x)):
        merged, conflicts = merge3(*sides)
        assert same(merged, x)
        assert conflicts == ()


def _copy(kind: str, state: Any) -> Any:
    """Return an equal state that shares nothing with this one."""
    return KINDS[kind].assemble(orjson.loads(orjson.dumps(KINDS[kind].parts(state))))


@every_kind
@some
@given(data=st.data())
def test_undo_gives_back_what_was(kind: str, data: st.DataObject) -> None:
    before, after = data.draw(STATES[kind]), data.draw(STATES[kind])
    undone, conflicts = merge3(base=after, ours=after, theirs=before)
    assert same(undone, before)
    assert conflicts == ()


@every_kind
@some
@given(data=st.data())
def test_merging_is_the_same_from_both_sides(kind: str, data: st.DataObject) -> None:
    base, x, y = (data.draw(STATES[kind]) for _ in range(3))
    one, conflicts = merge3(base, x, y)
    other, mirrored = merge3(base, y, x)
    assert [(c.path, c.ours, c.theirs) for c in conflicts] == [(c.path, c.theirs, c.ours) for c in mirrored]
    assert conflicts or same(one, other)


@every_kind
@some
@given(data=st.data())
def test_choices_settle_every_conflict(kind: str, data: st.DataObject) -> None:
    base, x, y = (data.draw(STATES[kind]) for _ in range(3))
    unsettled, conflicts = merge3(base, x, y)
    ours, left = merge3(base, x, y, {c.path: "ours" for c in conflicts})
    assert left == ()
    assert same(ours, unsettled)
    theirs, left = merge3(base, x, y, {c.path: "theirs" for c in conflicts})
    mirrored, _ = merge3(base, y, x, {c.path: "ours" for c in conflicts})
    assert left == ()
    assert same(theirs, mirrored)


@every_kind
@some
@given(data=st.data())
def test_changes_of_different_fields_always_merge(kind: str, data: st.DataObject) -> None:
    base, x, y = (data.draw(STATES[kind]) for _ in range(3))
    names = [f.name for f in fields(base)]
    mine = data.draw(st.sets(st.sampled_from(names)))
    ours = replace(base, **{name: getattr(x, name) for name in mine})
    theirs = replace(base, **{name: getattr(y, name) for name in names if name not in mine})
    merged, conflicts = merge3(base, ours, theirs)
    assert conflicts == ()
    assert same(merged, replace(theirs, **{name: getattr(x, name) for name in mine}))
