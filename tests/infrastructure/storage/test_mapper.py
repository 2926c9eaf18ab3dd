"""Events survive being stored, and hashes are the ones that others compute."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kinds import KINDS
from comfyvn.domain.merge import same
from comfyvn.domain.merkle import merkle_root
from comfyvn.domain.story.events import LineReworded, SceneOpened
from comfyvn.infrastructure.storage.hashing import event_leaf
from comfyvn.infrastructure.storage.mapper import EventMapper, Recorded, UnknownEvent
from comfyvn.infrastructure.storage.shapes import reader
from comfyvn.infrastructure.storage.states import VERSIONS, States
from comfyvn.infrastructure.storage.upcasts import upcast
from tests import strategies

MAPPER = EventMapper()
STATES: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("character", strategies.characters),
    ("timeline", strategies.timelines),
    ("template", strategies.templates),
    ("world", strategies.worlds),
    ("asset", strategies.assets),
    ("variable", strategies.variables()),
]


@pytest.mark.parametrize(("kind", "states"), STATES, ids=[kind for kind, _ in STATES])
@given(data=st.data())
def test_every_event_is_read_as_it_was_written(kind: str, states: st.SearchStrategy[Any], data: st.DataObject) -> None:
    before, after = data.draw(st.none() | states), data.draw(st.none() | states)
    for version, fact in enumerate(KINDS[kind].reconcile(before, after), 1):
        recorded = Recorded(f"main/{kind}:x", version, fact)
        stored = MAPPER.to_stored_event(recorded)
        again = MAPPER.to_domain_event(stored)
        assert (again.originator_id, again.originator_version) == (recorded.originator_id, version)
        assert same(again.fact, fact)
        assert MAPPER.to_stored_event(again) == stored


def test_what_equals_its_default_is_left_out() -> None:
    assert MAPPER.encode(SceneOpened("One")) == ("story.scene_opened.1", b'{"title":"One"}')
    assert MAPPER.encode(LineReworded("n1", ""))[1] == b'{"node_id":"n1","text":""}'


@pytest.mark.parametrize(
    "topic", ["story.nothing.1", "story.scene_opened.2", "story.scene_opened.0", "x", "", "story.scene_opened.x"]
)
def test_unknown_topics(topic: str) -> None:
    with pytest.raises(UnknownEvent):
        MAPPER.decode(topic, b"{}")
    with pytest.raises(UnknownEvent):
        MAPPER.encode(object())


def test_an_upcast_is_registered_once() -> None:
    with pytest.raises(ValueError, match="already"):
        upcast("variables.variable_declared", 1)(lambda body: body)


@pytest.mark.parametrize("annotation", [bytes, set[str], SceneOpened | LineReworded])
def test_annotations_without_a_reader(annotation: Any) -> None:
    with pytest.raises(TypeError):
        reader(annotation)


def naive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_the_merkle_root(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == naive_root(leaves)


def test_fields_of_an_event_do_not_run_together() -> None:
    leaves = {event_leaf("ab", "c", 1, b"x"), event_leaf("a", "bc", 1, b"x"), event_leaf("ab", "c", 1, b"y")}
    assert len(leaves | {event_leaf("ab", "c", 2, b"x")}) == 4


def test_known_states_are_bounded_and_the_nearest_is_found() -> None:
    states = States()
    for version in range(1, 200):
        states.put("main", "scene:s", version, f"v{version}")
    assert states.nearest("main", "scene:s", 10**9) == (199, "v199")
    version, state = states.nearest("main", "scene:s", 150)
    assert state == (f"v{version}" if version else None)
    assert states.nearest("main", "scene:other", 5) == (0, None)
    known = {states.nearest("main", "scene:s", n) for n in range(1, 200)}
    assert len(known) <= VERSIONS + 1
