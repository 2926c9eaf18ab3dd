from typing import Any

import pytest

from comfyvn.domain.documents import MAX_DEPTH, fit
from comfyvn.domain.kernel import Refused
from comfyvn.domain.story.commands import EdgeDraft, OfferChoice


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [None, True, 2**63 - 1, -1.5, "だ", [1, {"a": [None]}], (1,), {}, nested(MAX_DEPTH), EdgeDraft("e", meta={"a": 1})],
    ids=str,
)
def test_json_fits(value: Any) -> None:
    fit(value)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (2**63, ""),
        (float("nan"), ""),
        ({"a": [0, float("inf")]}, "a[1]"),
        ({"a": {1: 2}}, "a"),
        ({"a": "\ud800"}, "a"),
        ({"\udfff": 1}, ""),
        ({"a": {1, 2}}, "a"),
        (b"x", ""),
        (OfferChoice("n", (EdgeDraft("e", meta={"k": 2**70}),)), "options[0].meta.k"),
    ],
    ids=ascii,
)
def test_what_json_cannot_say_is_refused(value: Any, where: str) -> None:
    with pytest.raises(Refused) as caught:
        fit(value)
    assert (caught.value.code, caught.value.details) == ("value_unfit", {"where": where})


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(Refused, match="nested deeper"):
        fit(nested(100_000))
