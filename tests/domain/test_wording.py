"""Marks of two texts: both can be read from them, and only what differs is marked."""

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.wording import Mark, marks

texts = st.text(alphabet="ab c.雨", max_size=40)


@given(texts, texts)
def test_both_texts_can_be_read_from_the_marks(before: str, after: str) -> None:
    found = marks(before, after)
    assert "".join(m.text for m in found if m.kind != "added") == before
    assert "".join(m.text for m in found if m.kind != "removed") == after
    assert all(one.kind != two.kind for one, two in pairwise(found))
    if before == after:
        assert all(m.kind == "same" for m in found)


def test_whole_words_are_marked() -> None:
    assert marks("The tuba snored on.", "The cello snores on.") == (
        Mark("same", "The "),
        Mark("removed", "tuba"),
        Mark("added", "cello"),
        Mark("same", " "),
        Mark("removed", "snored"),
        Mark("added", "snores"),
        Mark("same", " on."),
    )
    assert marks("雨が降る", "雪が降る") == (Mark("removed", "雨"), Mark("added", "雪"), Mark("same", "が降る"))


def test_huge_texts_take_no_time() -> None:
    begun = time.perf_counter()
    found = marks("a b " * 50_000, "b c " * 50_000)
    assert [m.kind for m in found] == ["removed", "added"] or len(found) <= 4
    assert time.perf_counter() - begun < 10
