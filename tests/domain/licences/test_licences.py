"""Licences by themselves: names, trees, what they ask for, which go together, and what is wrong in a project."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.licences import (
    AllOf,
    AnyOf,
    Conditions,
    Expression,
    Term,
    Work,
    alias,
    alternatives,
    clash,
    computed,
    conditions,
    flows,
    joined,
    judge,
    reference,
    rendered,
    terms,
)

KEYS = (
    "MIT",
    "CC0-1.0",
    "Apache-2.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-3.0-DE",
    "CC-BY-SA-4.0",
    "CC-BY-NC-SA-4.0",
    "LAL-1.3",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "AGPL-3.0-only",
    "LGPL-2.1-only",
    "LicenseRef-Mine",
)
KEY = st.sampled_from(KEYS)
EXPRESSION: st.SearchStrategy[Expression] = st.recursive(
    KEY.map(Term),
    lambda below: st.builds(
        lambda make, parts: make(tuple(parts)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(below, min_size=2, max_size=3, unique=True),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cc by 4", "CC-BY-4.0"),
        ("CC-BY 4.0", "CC-BY-4.0"),
        ("Creative Commons Attribution-ShareAlike 3.0 Unported", "CC-BY-SA-3.0"),
        ("CC BY-ND-NC 2.5", "CC-BY-NC-ND-2.5"),
        ("http://www.creativecommons.org/licenses/by-nc/4.0/legalcode", "CC-BY-NC-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC0", "CC0-1.0"),
        ("Public Domain", "LicenseRef-Public-Domain"),
        ("GPLv3", "GPL-3.0-only"),
        ("GNU General Public License v3", "GPL-3.0-only"),
        ("gpl v2+", "GPL-2.0-or-later"),
        ("OFL", "OFL-1.1"),
        ("SIL Open Font License 1.1", "OFL-1.1"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("my own work", "LicenseRef-Own-Work"),
        ("CC BY", None),
        ("CC NC 4.0", None),
        ("BSD", None),
        ("https://example.org/licenses/by/4.0", None),
        ("", None),
    ],
)
def test_names_with_one_meaning_are_known(written: str, meant: str | None) -> None:
    assert alias(written) == meant


@given(st.text())
def test_any_words_can_be_kept(written: str) -> None:
    made = reference(written)
    assert made.startswith("LicenseRef-")
    assert set(made.removeprefix("LicenseRef-")) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
    )
    assert 11 < len(made) <= 111


def test_what_licences_ask_for() -> None:
    assert conditions("CC0-1.0") == Conditions()
    assert conditions("MIT") == Conditions(attribution=True)
    assert conditions("CC-BY-NC-SA-3.0-US") == Conditions(attribution=True, noncommercial=True, share_alike=True)
    assert conditions("LicenseRef-CC-BY-ND") == Conditions(attribution=True, no_derivatives=True)
    assert conditions("GPL-2.0-or-later") == Conditions(attribution=True, share_alike=True)
    assert not conditions("LicenseRef-Shop").known


@given(EXPRESSION)
def test_alternatives_are_ways_to_fulfil_an_expression(expression: Expression) -> None:
    def holds(part: Expression, keys: frozenset[str]) -> bool:
        if isinstance(part, Term):
            return part.key in keys
        return (all if isinstance(part, AllOf) else any)(holds(below, keys) for below in part.parts)

    ways = alternatives(expression)
    assert ways
    assert all(holds(expression, way) for way in ways)
    assert frozenset().union(*ways) <= {term.key for term in terms(expression)}


def test_very_many_alternatives_are_cut_off() -> None:
    choice = AnyOf((Term("MIT"), Term("ISC")))
    many = AllOf(tuple(AnyOf((Term(f"LicenseRef-{n}"), Term(f"LicenseRef-x{n}"))) for n in range(40)))
    assert len(alternatives(AllOf((choice, many)))) == 64


@given(st.lists(EXPRESSION, max_size=4))
def test_joining_is_idempotent_and_keeps_every_demand(expressions: list[Expression]) -> None:
    once = joined(expressions)
    assert joined(expressions * 2) == once
    if once is None:
        assert not expressions
    else:
        assert {t for e in expressions for t in terms(e)} == set(terms(once))
        assert rendered(once).count("(") == rendered(once).count(")")


@given(st.lists(KEY, max_size=4))
def test_a_clash_needs_share_alike_and_no_order(keys: list[str]) -> None:
    found = clash(keys)
    assert all(clash(order) == found for order in permutations(keys))
    if found:
        assert set(found) <= set(keys)
        assert any(conditions(key).share_alike for key in found)
        assert clash(found) == found
    assert not clash(keys[:1])


@given(KEY, KEY, KEY)
def test_whatever_clashes_clashes_in_company(one: str, other: str, third: str) -> None:
    if clash([one, other]):
        assert clash([one, other, third])


@given(KEY)
def test_a_licence_flows_into_itself(key: str) -> None:
    assert flows(key, key)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0", True),
        ("CC-BY-SA-3.0-DE", "CC-BY-SA-4.0", True),
        ("CC-BY-SA-4.0", "GPL-3.0-only", True),
        ("CC-BY-SA-3.0", "CC-BY-4.0", True),
        ("CC-BY-SA-4.0", "LAL-1.3", True),
        ("GPL-2.0-or-later", "GPL-3.0-only", True),
        ("LGPL-2.1-only", "GPL-3.0-only", True),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", True),
        ("CC-BY-SA-4.0", "GPL-2.0-only", False),
        ("CC-BY-SA-4.0", "CC-BY-NC-4.0", False),
        ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", False),
        ("GPL-2.0-only", "GPL-3.0-only", False),
        ("GPL-2.0-only", "Apache-2.0", False),
        ("GPL-3.0-only", "CC-BY-3.0", False),
        ("GPL-3.0-only", "Apache-2.0", True),
    ],
)
def test_the_table_of_what_goes_together(one: str, other: str, together: bool) -> None:
    assert clash([one, other]) == (() if together else tuple(sorted((one, other))))


def work(key: str = "", *inputs: str, credit: str = "Ann", present: bool = True) -> Work:
    return Work(Term(key) if key else None, key, credit, inputs, present)


def codes(works: dict[str, Work], commercial: bool | None = False) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in judge(works, commercial)]


def test_a_licence_without_commercial_use_is_found_through_all_that_was_made_of_it() -> None:
    works = {"a": work("MIT", "b"), "b": work("MIT", "c"), "c": work("CC-BY-NC-4.0")}
    found = judge(works, commercial=True)
    assert [(f.code, f.paths) for f in found] == [
        ("noncommercial", (("a", "b", "c"),)),
        ("noncommercial", (("b", "c"),)),
        ("noncommercial", (("c",),)),
    ]
    assert codes(works, None) == [("noncommercial_open", name) for name in "abc"]
    assert codes(works, False) == []


def test_no_derivatives_matter_where_something_was_derived() -> None:
    assert codes({"a": work("MIT", "b"), "b": work("CC-BY-ND-4.0")}) == [("no_derivatives", "a")]
    assert codes({"b": work("CC-BY-ND-4.0")}) == []


def test_missing_credit_is_told_once_and_where_it_is_to_be_given() -> None:
    works = {
        "a": work("MIT", "b", "gone"),
        "b": work("CC-BY-4.0", credit=""),
        "gone": work("MIT", credit="", present=False),
    }
    assert codes(works) == [("attribution_missing", "a"), ("attribution_missing", "b")]
    assert judge(works, False)[0].paths == (("a", "gone"),)
    assert codes({"b": work("CC0-1.0", credit="")}) == []


def test_share_alike_mixes_and_what_drops_it() -> None:
    assert codes({"a": work("", "b", "c"), "b": work("CC-BY-SA-4.0"), "c": work("GPL-2.0-only")}) == [
        ("share_alike_mix", "a")
    ]
    assert codes({"a": work("MIT", "b"), "b": work("CC-BY-SA-4.0")}) == [("share_alike_dropped", "a")]
    assert codes({"a": work("GPL-3.0-only", "b"), "b": work("CC-BY-SA-4.0")}) == []
    assert codes({"a": work("", "b"), "b": work("CC-BY-SA-4.0")}) == []


def test_missing_unclear_and_custom_licences() -> None:
    works = {"a": work(), "b": Work(None, "ask me"), "c": work("LicenseRef-Shop"), "d": work("", "x")}
    assert codes(works) == [
        ("licence_missing", "a"),
        ("licence_unclear", "b"),
        ("licence_custom", "c"),
        ("licence_missing", "d"),
    ]
    assert judge(works, False)[3].paths == (("d", "x"),)


def test_where_there_is_a_choice_the_better_one_counts() -> None:
    free = Work(AnyOf((Term("CC-BY-NC-4.0"), Term("CC0-1.0"))), "")
    assert codes({"a": free}, commercial=True) == []
    both = Work(AllOf((Term("CC-BY-NC-4.0"), Term("CC0-1.0"))), "", "Ann")
    assert codes({"a": both}, commercial=True) == [("noncommercial", "a")]


NAMES = st.sampled_from("abcdef")
WORKS = st.dictionaries(
    NAMES,
    st.builds(
        Work,
        st.none() | EXPRESSION,
        st.just(""),
        st.sampled_from(["", "Ann"]),
        st.lists(NAMES, max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
)


@given(WORKS)
def test_lineage_of_any_shape_is_judged(works: dict[str, Work]) -> None:
    """Circles too; what is computed has every demand of what went in, and every path is one of inputs."""
    for commercial in (True, False, None):
        for finding in judge(works, commercial):
            assert works[finding.subject].present
            for path in finding.paths:
                assert path[0] == finding.subject
                assert all(below in works[above].inputs for above, below in pairwise(path))
    for name, one in works.items():
        whole = computed(works, name)
        asked = set() if whole is None else set(terms(whole))
        for below in (name, *one.inputs):
            inner = computed(works, below)
            assert inner is None or set(terms(inner)) <= asked


@given(WORKS)
def test_saying_that_a_project_is_not_commercial_never_adds_a_finding(works: dict[str, Work]) -> None:
    assert len(judge(works, False)) <= len(judge(works, True))
