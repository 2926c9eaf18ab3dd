"""Maps: nobody stands on anybody, ways lead to the right, and what stands somewhere stays there."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.domain.layout import ACROSS, DOWN, FEW, Point, layout

SIZE = 40
graphs = st.integers(1, SIZE).flatmap(
    lambda n: st.tuples(
        st.just([f"n{i}" for i in range(n)]),
        st.lists(st.tuples(*[st.integers(0, n - 1).map(lambda i: f"n{i}")] * 2), max_size=2 * n),
    )
)


@given(graphs, st.data())
@settings(max_examples=60, deadline=None)
def test_everything_has_a_place_of_its_own_and_keeps_it(
    graph: tuple[list[str], list[tuple[str, str]]], data: st.DataObject
) -> None:
    nodes, edges = graph
    first = layout(nodes, edges)
    assert list(first) == nodes
    assert len(set(first.values())) == len(nodes)
    assert layout(nodes, edges) == first
    known = {node: first[node] for node in data.draw(st.sets(st.sampled_from(nodes)))}
    again = layout(nodes, edges, known)
    assert {node: again[node] for node in known} == known
    assert len(set(again.values())) == len(nodes)


def test_ways_lead_to_the_right_and_circles_do_no_harm() -> None:
    found = layout(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "a"), ("a", "d"), ("d", "c"), ("a", "nowhere")])
    assert [found[n].x for n in "abdc"] == [0, ACROSS, ACROSS, 2 * ACROSS]
    assert abs(found["b"].y - found["d"].y) == DOWN


def test_a_long_story_is_folded_into_rows() -> None:
    nodes = [f"n{i}" for i in range(200)]
    found = layout(nodes, list(pairwise(nodes)))
    assert max(point.x for point in found.values()) < 40 * ACROSS
    assert len({point.y for point in found.values()}) > 4


def test_a_new_node_comes_beside_what_leads_to_it() -> None:
    known = {"a": Point(1000, 500), "b": Point(1260, 500)}
    found = layout(["a", "b", "c", "d"], [("a", "b"), ("a", "c"), ("d", "a")], known)
    assert (found["c"].x, found["d"].x) == (5 * ACROSS, 3 * ACROSS)
    assert abs(found["c"].y - 500) <= 2 * DOWN


def test_what_leads_nowhere_stands_in_a_square_below() -> None:
    found = layout([f"n{i}" for i in range(10)], [], {"n0": Point(0, 0)})
    assert all(found[f"n{i}"].y >= DOWN for i in range(1, 10))
    assert len({found[f"n{i}"].y for i in range(1, 10)}) > 2


def test_many_new_nodes_get_an_area_of_their_own() -> None:
    nodes = [f"n{i}" for i in range(FEW + 2)]
    found = layout(nodes, list(pairwise(nodes)), {"n0": Point(0, 0)})
    assert all(found[node].y >= DOWN for node in nodes[1:])
