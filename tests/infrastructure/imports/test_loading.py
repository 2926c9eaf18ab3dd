"""JSON of other programs: what it tells can be kept, whatever it is."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.infrastructure.imports.loading import loaded


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, -2.5, "x", null, true]}', {"a": [1, -2.5, "x", None, True]}),
        ('["\\ud83d\\ude00", "\\ud800", "a\\u0000b"]', ["😀", "\ufffd", "a\ufffdb"]),
        ('{"\\udfff": 1}', {"\ufffd": 1}),
        ("[NaN, Infinity, -Infinity, 1e999, 460877513538262700]", [None, None, None, None, 460877513538262700]),
        ("[18446744073709551615, 18446744073709551616, " + "9" * 5_000 + "]", [18446744073709551615, None, None]),
        (b'"\xc3\xa4"', "ä"),
    ],
)
def test_values(text: str | bytes, value: Any) -> None:
    assert loaded(text) == value


@pytest.mark.parametrize("text", ["", "{", '{"a"}', b"\xff", "[" * 100_000, '"\\ud800"' + "[" * 5_000])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        loaded(text)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_anything_can_be_kept(value: Any) -> None:
    orjson.dumps(loaded(json.dumps(value)))
