"""The generated pages say what the program says today."""

from functools import cache

import pytest

from docs.codes import found
from docs.generate import REFERENCE, openapi, pages
from docs.studio_types import TYPES, written
from tests.docs.runner import ROOT

generated = cache(pages)


@pytest.mark.parametrize("name", sorted(generated()))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == generated()[name], "run: python docs/generate.py"


def test_the_types_of_the_api_for_the_studio_are_up_to_date() -> None:
    assert TYPES.read_text("utf-8") == written(openapi()), "run: python docs/generate.py"


def test_codes_are_found_in_refusals_of_every_sort() -> None:
    codes = {(code.code, code.status) for code in found(ROOT / "comfyvn")}
    assert ("node_unknown", 404) in codes  # written out
    assert ("verb_unknown", 400) in codes  # over several lines
    assert ("{kind}_exists", 409) in codes  # one per kind
    assert ("script_not_utf8", 400) in codes  # of a subclass
    assert ("field_unclosed", 400) in codes  # with other parameters
    assert ("origin_foreign", 403) in codes  # before any route
    assert ("route_unknown", 404) in codes  # of the framework
    assert ("event_stray", None) in codes  # a finding
    assert ("changed_on_both_sides", None) in codes  # a conflict
    assert ("link_passed_over", None) in codes  # a warning
