from typing import Any

import pytest

from comfyvn.domain import cast
from comfyvn.domain.cast import CHARACTER, CharacterIntroduced, IntroduceCharacter, SaveCharacter
from tests.given import Given

ADA = Given(CHARACTER).given(
    CharacterIntroduced("Ada", traits={"age": 17, "brave": 1}, expressions={"sad": "a1"}, linked_scene_ids={"s1": True})
)

CHANGES: list[tuple[Any, Any]] = [
    (cast.RenameCharacter("Ada L."), cast.CharacterRenamed("Ada L.")),
    (cast.ColourCharacter("#fff"), cast.CharacterColoured("#fff")),
    (cast.GiveScriptName("a"), cast.ScriptNameGiven("a")),
    (cast.ChoosePortrait("a1"), cast.PortraitChosen("a1")),
    (cast.GiveImageTag("ada"), cast.ImageTagGiven("ada")),
    (cast.GiveVoiceTag("ada_voice"), cast.VoiceTagGiven("ada_voice")),
    (cast.DescribeTrait("age", 18), cast.TraitDescribed("age", 18)),
    (cast.DescribeTrait("brave", True), cast.TraitDescribed("brave", True)),
    (cast.DescribeTrait("age", present=False), cast.TraitDescribed("age", None, False)),
    (cast.PortrayExpression("happy", "a2"), cast.ExpressionPortrayed("happy", "a2")),
    (cast.PortrayExpression("sad", present=False), cast.ExpressionPortrayed("sad", None, False)),
    (cast.LinkScene("s2"), cast.SceneLinked("s2", True)),
    (cast.UnlinkScene("s1"), cast.SceneLinked("s1", None, False)),
    (cast.AnnotateCharacter("origin", {"file": "a.rpy"}), cast.CharacterAnnotated("origin", {"file": "a.rpy"})),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    ADA.when(command).then_settled(fact)
    Given(CHARACTER).when(command).refused("character_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES}
    assert tested | {IntroduceCharacter, cast.DiscardCharacter, SaveCharacter} == set(CHARACTER.commands)


def test_a_character_is_introduced_once() -> None:
    ask = IntroduceCharacter("Bo", colour="#00f", linked_scene_ids=("s2", "s1"))
    fact = CharacterIntroduced("Bo", colour="#00f", linked_scene_ids={"s2": True, "s1": True})
    Given(CHARACTER).when(ask).then(fact)
    ADA.when(ask).refused("character_exists")


def test_a_discarded_character_can_be_introduced_again() -> None:
    gone = ADA.given(cast.CharacterDiscarded())
    ADA.when(cast.DiscardCharacter()).then(cast.CharacterDiscarded())
    gone.when(cast.DiscardCharacter()).refused("character_unknown")
    gone.when(IntroduceCharacter("Ada")).then(CharacterIntroduced("Ada"))


@pytest.mark.parametrize(
    ("command", "where"),
    [
        (cast.RenameCharacter("  "), "name"),
        (cast.RenameCharacter("x" * 501), "name"),
        (cast.ColourCharacter(""), "colour"),
        (cast.LinkScene(""), "linked_scene_ids"),
        (cast.PortrayExpression("happy"), "expressions"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(command: Any, where: str) -> None:
    assert ADA.when(command).refused("character_malformed").details == {"where": where}


def test_a_document_records_what_is_new_in_it() -> None:
    document = {"id": "x", "name": "Ada", "traits": {"age": 17, "brave": 1, "hair": "red"}, "linked_scene_ids": ["s2"]}
    ADA.when(SaveCharacter(document)).then_settled(
        cast.TraitDescribed("hair", "red"),
        cast.SceneLinked("s1", None, False),
        cast.SceneLinked("s2", True),
    )
    Given(CHARACTER).when(SaveCharacter({"name": "Bo"})).then_settled(CharacterIntroduced("Bo"))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({}, "name"),
        ({"name": 1}, "name"),
        ({"name": "Bo", "traits": []}, "traits"),
        ({"name": "Bo", "linked_scene_ids": ["s1", "s1"]}, "linked_scene_ids"),
        ({"name": "Bo", "linked_scene_ids": [["s1"]]}, "linked_scene_ids"),
        ({"name": "Bo", "expressions": {"happy": None}}, "expressions"),
        ({"name": "Bo", "hair": "red"}, "hair"),
        ([], ""),
    ],
    ids=str,
)
def test_a_malformed_document_is_refused(document: Any, where: str) -> None:
    assert Given(CHARACTER).when(SaveCharacter(document)).refused("character_malformed").details == {"where": where}


def test_the_document_has_the_shape_of_the_contract() -> None:
    character = CHARACTER.fold(ADA.facts)
    assert character is not None
    document = CHARACTER.to_document("c1", character)
    assert document["id"] == "c1"
    assert document["linked_scene_ids"] == ["s1"]
    assert {"name", "traits", "portrait_asset_id", "meta"} <= document.keys()
