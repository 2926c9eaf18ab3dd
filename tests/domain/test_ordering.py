import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.ordering import between, sequence, settled, sort_key, spread, valid
from tests.strategies import keys

bounds = st.tuples(st.none() | keys, st.none() | keys).filter(lambda pair: None in pair or pair[0] != pair[1])


def _in_order(low: str | None, high: str | None) -> tuple[str | None, str | None]:
    return (high, low) if low is not None and high is not None and low > high else (low, high)


@given(bounds)
def test_a_key_fits_between_any_two(pair: tuple[str | None, str | None]) -> None:
    low, high = _in_order(*pair)
    key = between(low, high)
    assert valid(key)
    assert low is None or low < key
    assert high is None or key < high


@given(bounds, st.integers(0, 300))
def test_many_keys_fit_between_any_two_and_stay_short(pair: tuple[str | None, str | None], count: int) -> None:
    low, high = _in_order(*pair)
    found = spread(low, high, count)
    assert len(found) == count
    assert [k for k in (low, *found, high) if k is not None] == sorted(
        {k for k in (low, *found, high) if k is not None}
    )
    assert all(map(valid, found))
    longest = max(len(low or ""), len(high or ""))
    assert all(len(key) <= longest + 5 for key in found)


@given(keys, keys)
def test_there_is_no_room_in_the_wrong_order(a: str, b: str) -> None:
    with pytest.raises(ValueError, match="fits between"):
        between(max(a, b), min(a, b))


@pytest.mark.parametrize("wrong", ["", "A0", "0", "a-b", "é"])
def test_what_is_no_key_is_told_apart(wrong: str) -> None:
    assert not valid(wrong)
    for low, high in ((wrong, None), (None, wrong), ("1", wrong), (wrong, "zz")):
        with pytest.raises(ValueError, match="is no key"):
            between(low, high)


@pytest.mark.parametrize("count", [0, 1, 2, 60, 61, 62, 63, 3720, 3782, 3843, 5000])
def test_a_sequence_rises_and_its_keys_have_one_length(count: int) -> None:
    found = list(sequence(count))
    assert len(found) == count
    assert found == sorted(set(found))
    assert all(map(valid, found))
    assert len({len(key) for key in found}) <= 1


def test_appending_and_prepending_a_thousand_times_keeps_keys_short() -> None:
    last = first = between(None, None)
    for _ in range(1000):
        last, first = between(last, None), between(None, first)
    assert len(last) < 20
    assert len(first) < 20


@given(st.lists(st.tuples(st.just("") | keys, st.uuids().map(str)), max_size=30, unique_by=lambda t: t[1]))
def test_settled_keys_follow_the_list(wanted: list[tuple[str, str]]) -> None:
    found = settled(wanted)
    things = [sort_key(key, name) for key, (_, name) in zip(found, wanted, strict=True)]
    assert things == sorted(things)
    assert all(map(valid, found))
    assert settled([(key, name) for key, (_, name) in zip(found, wanted, strict=True)]) == found


@given(st.lists(keys, min_size=2, max_size=30, unique=True), st.data())
def test_moving_one_thing_changes_one_key(found: list[str], data: st.DataObject) -> None:
    things = [(key, f"id{n}") for n, key in enumerate(sorted(found))]
    moved = things.pop(data.draw(st.integers(0, len(things) - 1)))
    things.insert(data.draw(st.integers(0, len(things))), moved)
    changed = [key for key, (was, _) in zip(settled(things), things, strict=True) if key != was]
    assert len(changed) <= 1


def test_things_with_one_key_make_room() -> None:
    assert settled([("B", "x"), ("B", "y"), ("C", "z")]) == ["B", "B", "C"]
    found = settled([("B", "x"), ("", "new"), ("B", "y"), ("C", "z")])
    assert found[0] == "B"
    assert found[3] == "C"
    assert found == sorted(set(found))
