"""Records of origin: begun with all they say, annotated, and taken back; the rest of them is fixed."""

import pytest

from comfyvn.domain import provenance
from comfyvn.domain.provenance import PROVENANCE, OriginRecorded, RecordOrigin, SaveOrigin
from tests.given import Given

FULL = {"subject": "asset:a", "activity": "generated", "tool": "ComfyUI", "seed": 7, "inputs": {"asset:b": "parent"}}
RECORDED = Given(PROVENANCE).given(OriginRecorded(**FULL, details={"prompt": "rain"}))


def test_a_record_says_all_at_once() -> None:
    Given(PROVENANCE).when(RecordOrigin(**FULL)).then(OriginRecorded(**FULL))
    RECORDED.when(RecordOrigin(**FULL)).refused("provenance_exists")


def test_details_are_added_and_taken_away() -> None:
    annotate = provenance.AnnotateOrigin
    RECORDED.when(annotate("prompt", "sun")).then(provenance.OriginAnnotated("prompt", "sun"))
    RECORDED.when(annotate("prompt", present=False)).then(provenance.OriginAnnotated("prompt", None, False))


def test_a_wrong_record_is_taken_back() -> None:
    RECORDED.when(provenance.RetractOrigin()).then(provenance.OriginRetracted())
    Given(PROVENANCE).when(provenance.RetractOrigin()).refused("provenance_unknown")


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"activity": "found"}, {"source_hash": "abc"}, {"seed": 1.5}, {"inputs": []}]
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    Given(PROVENANCE).when(RecordOrigin(**{**FULL, **wrong})).refused("provenance_malformed")


def test_what_a_record_says_does_not_change() -> None:
    RECORDED.when(SaveOrigin({"tool": "another"})).refused("provenance_malformed")
