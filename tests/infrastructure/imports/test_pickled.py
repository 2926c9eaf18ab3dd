"""Pickles are read as data: equal to what was written, and nothing in them runs."""

import os
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports import pickled
from comfyvn.infrastructure.imports.pickled import Inert, load

PROTOCOLS = range(6)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.binary() | st.integers(-9, 9), inner, max_size=4)
    ),
)


class Hostile:
    """Asks for a command to be run when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (self.command,))


class Plain:
    """An object like any other."""


@given(plain, st.sampled_from(PROTOCOLS))
def test_plain_data_is_read_as_it_was_written(value: Any, protocol: int) -> None:
    assert load(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_would_run_is_refused(protocol: int, tmp_path: Any) -> None:
    sign = tmp_path / "sign"
    data = pickle.dumps({"a": Hostile(f"touch {sign}")}, protocol)
    with pytest.raises(Refused) as refusal:
        load(data)
    assert refusal.value.code == "pickle_hostile"
    assert data[refusal.value.details["offset"]] in b"c\x93"
    found = load(data, inert=True)["a"]
    assert (found.name.partition(".")[2], found.args) == ("system", (f"touch {sign}",))
    assert not sign.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"(ios\nsystem\n.",
        b"(cos\nsystem\nS'x'\no.",
        b"cos\nsystem\n(S'x'\ntR.",
        b"c_codecs\nencode\n(S'x'\nS'zip'\ntR.",
        b"Pid\n.",
        b"NQ.",
        b"\x82\x01.",
        b"N}b.",
        b"\x8c\x02os\x8c\x06system\x93.",
        b"\x97.",
    ],
)
def test_opcodes_that_reach_outside_are_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        load(data)
    assert refusal.value.code == "pickle_hostile"


@pytest.mark.parametrize("data", [b"Pid\n.", b"NQ.", b"\x82\x01.", b"\x97."])
def test_opcodes_without_a_meaning_are_refused_everywhere(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        load(data, inert=True)
    assert refusal.value.code == "pickle_hostile"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_objects_stay_inert(protocol: int) -> None:
    plain_object = Plain()
    plain_object.__dict__["a"] = [1, {2}]
    found = load(pickle.dumps(plain_object, protocol), inert=True)
    assert isinstance(found, Inert)
    assert found.name.endswith("test_pickled.Plain")
    assert found.state["a"][0] == 1
    assert found.state["a"][1].name.endswith("set")


@pytest.mark.parametrize(
    "data", [b"", b".", b"N", b"0.", b"t.", b"h\x01.", b"X\xff\xff\xff\xffa.", b"I" + b"9" * 99 + b"\n."]
)
def test_broken_pickles(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        load(data)
    assert refusal.value.code == "pickle_malformed"


@given(
    plain, st.sampled_from(PROTOCOLS), st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255))), st.booleans()
)
def test_damaged_pickles_are_read_or_refused(value: Any, protocol: int, flips: list[Any], inert: bool) -> None:
    data = bytearray(pickle.dumps(value, protocol))
    for place, bits in flips:
        data[place % len(data)] ^= bits
    try:
        load(bytes(data), inert=inert)
    except Refused as refusal:
        assert refusal.code.startswith("pickle_")  # being read is as good


def test_parts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, data in (
        ("MAX_STEPS", b"N" * 99),
        ("MAX_CONTAINERS", b"]" * 99),
        ("MAX_REMEMBERED", b"N" + b"\x94" * 99),
    ):
        with monkeypatch.context() as patch, pytest.raises(Refused) as refusal:
            patch.setattr(pickled, name, 50)
            load(data + b".")
        assert refusal.value.code == "pickle_too_large"
