"""From facts of origin to what a manifest of content credentials says."""

from typing import Any

import pytest

from comfyvn.domain.credentials import (
    ASSERTION,
    SOURCE_TYPES,
    Collection,
    Deed,
    Ingredient,
    Work,
    bundle_manifest,
    manifest,
    source_type,
)
from comfyvn.domain.disclosure import Hand

PARENT = Ingredient("asset:p", "p.png", "parent")
PROMPT = Ingredient("scene:s/n", "scene:s/n", "prompt")
PART = Ingredient("asset:q", "q.png", "component")


def work(**more: Any) -> Work:
    return Work("a", "a.png", "0" * 64, **more)


def told(signed_before: bool = False, **more: Any) -> list[tuple[str, str]]:
    """Return the actions with the short names of their source types."""
    found = manifest(work(**more), "image/png", "1", signed_before=signed_before)
    actions = found["assertions"][0]["data"]["actions"]
    return [(one["action"], one.get("digitalSourceType", "").removeprefix(SOURCE_TYPES)) for one in actions]


def related(signed_before: bool = False, **more: Any) -> list[tuple[str, str]]:
    found = manifest(work(**more), "image/png", "1", signed_before=signed_before)
    return [(part["instance_id"], part["relationship"]) for part in found["ingredients"]]


@pytest.mark.parametrize(
    ("facts", "actions"),
    [
        ({}, [("c2pa.opened", "")]),
        ({"hand": "generated"}, [("c2pa.created", "trainedAlgorithmicMedia")]),
        ({"hand": "human"}, [("c2pa.created", "digitalCreation")]),
        ({"hand": "human", "kinds": ("digitalArt",)}, [("c2pa.created", "digitalArt")]),
        (
            {"hand": "edited"},
            [
                ("c2pa.created", "trainedAlgorithmicMedia"),
                ("c2pa.edited", "compositeWithTrainedAlgorithmicMedia"),
            ],
        ),
        (
            {"hand": "edited", "deeds": (Deed("crop"), Deed("paint"))},
            [
                ("c2pa.created", "trainedAlgorithmicMedia"),
                ("c2pa.cropped", "compositeWithTrainedAlgorithmicMedia"),
                ("c2pa.edited", "compositeWithTrainedAlgorithmicMedia"),
            ],
        ),
        (
            {"hand": "edited", "through": True, "inputs": (PART,)},
            [("c2pa.created", "compositeWithTrainedAlgorithmicMedia"), ("c2pa.placed", "")],
        ),
        (
            {"hand": "generated", "inputs": (PARENT,)},
            [("c2pa.opened", ""), ("c2pa.edited", "trainedAlgorithmicMedia")],
        ),
        (
            {"hand": "edited", "inputs": (PARENT,), "deeds": (Deed("crop"),)},
            [("c2pa.opened", ""), ("c2pa.cropped", "compositeWithTrainedAlgorithmicMedia")],
        ),
        ({"hand": "human", "inputs": (PARENT,), "deeds": (Deed("crop"),)}, [("c2pa.opened", ""), ("c2pa.cropped", "")]),
        ({"hand": "generated", "signed_before": True}, [("c2pa.opened", "")]),
    ],
)
def test_the_first_action_tells_whose_work_it_is(facts: dict[str, Any], actions: list[tuple[str, str]]) -> None:
    assert told(**facts) == actions


def test_what_went_in_is_related_as_it_was_used() -> None:
    found = related(hand="generated", inputs=(PARENT, PROMPT, PART))
    assert found == [
        ("urn:comfyvn:asset:p", "parentOf"),
        ("urn:comfyvn:scene:s/n", "inputTo"),
        ("urn:comfyvn:asset:q", "componentOf"),
    ]


def test_there_is_one_parent_only() -> None:
    other = Ingredient("asset:r", "r.png", "parent")
    assert [kind for _, kind in related(inputs=(PARENT, other))] == ["parentOf", "componentOf"]
    found = related(signed_before=True, inputs=(PARENT,))
    assert found == [("urn:comfyvn:asset:a", "parentOf"), ("urn:comfyvn:asset:p", "componentOf")]
    assert related() == [("urn:comfyvn:asset:a", "parentOf")]
    assert related(hand="human") == []


def test_each_action_names_ingredients_that_are_there() -> None:
    found = manifest(work(hand="generated", inputs=(PARENT, PROMPT, PART)), "image/png", "1", signed_before=False)
    labels = {part["label"]: part["relationship"] for part in found["ingredients"]}
    actions = found["assertions"][0]["data"]["actions"]
    used = {one["action"]: [labels[i] for i in one["parameters"]["ingredientIds"]] for one in actions}
    assert used == {"c2pa.opened": ["parentOf"], "c2pa.edited": ["inputTo"], "c2pa.placed": ["componentOf"]}


def test_the_program_and_what_it_was_told_stand_with_the_action_that_made_it() -> None:
    found = manifest(
        work(hand="generated", tool="ComfyUI", told={"model": "sdxl", "seed": 7}), "image/png", "1", signed_before=False
    )
    (created,) = found["assertions"][0]["data"]["actions"]
    assert created["softwareAgent"] == {"name": "ComfyUI"}
    assert created["parameters"] == {"org.comfyvn.model": "sdxl", "org.comfyvn.seed": 7}


def test_what_is_not_known_is_not_said() -> None:
    found = manifest(work(licence="CC0-1.0"), "image/png", "1", signed_before=False)
    assert found["assertions"][1] == {
        "label": ASSERTION,
        "data": {"asset": "a", "sha256": "0" * 64, "licence": "CC0-1.0"},
    }


@pytest.mark.parametrize(
    ("hand", "kinds", "kind"),
    [
        ("generated", ("digitalArt", "algorithmicMedia"), "algorithmicMedia"),
        ("edited", ("trainedAlgorithmicMedia", "algorithmicallyEnhanced"), "algorithmicallyEnhanced"),
        ("human", ("trainedAlgorithmicMedia",), "digitalCreation"),
        ("unknown", ("trainedAlgorithmicMedia",), ""),
    ],
)
def test_a_source_type_fits_whose_work_it_is(hand: Hand, kinds: tuple[str, ...], kind: str) -> None:
    assert source_type(hand, kinds) == kind


@pytest.mark.parametrize(("made", "kind"), [(True, "compositeWithTrainedAlgorithmicMedia"), (False, "composite")])
def test_a_bundle_tells_whether_a_model_made_something_in_it(made: bool, kind: str) -> None:
    found = bundle_manifest(Collection("Rain", made, "p", "b", 7, "c"), "application/x-zip", "1", "f" * 64)
    (created,) = found["assertions"][0]["data"]["actions"]
    assert created["digitalSourceType"] == SOURCE_TYPES + kind
    assert found["assertions"][1]["data"] == {
        "project": "p",
        "branch": "b",
        "position": 7,
        "commit": "c",
        "provenance": "f" * 64,
    }
