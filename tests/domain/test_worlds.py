from typing import Any

import pytest

from comfyvn.domain import worlds
from comfyvn.domain.worlds import WORLD, FoundWorld, SaveWorld, WorldFounded
from tests.given import Given

HARBOUR = Given(WORLD).given(WorldFounded("Harbour", lore={"flood": "1953"}))

CHANGES: list[tuple[Any, Any]] = [
    (worlds.RenameWorld("Old Harbour"), worlds.WorldRenamed("Old Harbour")),
    (worlds.SummariseWorld("A town."), worlds.WorldSummarised("A town.")),
    (worlds.StrikeTone("bleak"), worlds.ToneStruck("bleak")),
    (worlds.LayDownRule("magic", "none"), worlds.RuleLaidDown("magic", "none")),
    (worlds.ChartLocation("pier", {"wet": True}), worlds.LocationCharted("pier", {"wet": True})),
    (worlds.DescribeFaction("crew", []), worlds.FactionDescribed("crew", [])),
    (worlds.TellLore("flood", present=False), worlds.LoreTold("flood", None, False)),
    (worlds.WordPrompt("line", "Say it."), worlds.PromptWorded("line", "Say it.")),
    (worlds.AnnotateWorld("by", "Bo"), worlds.WorldAnnotated("by", "Bo")),
]


@pytest.mark.parametrize(("command", "fact"), CHANGES, ids=str)
def test_a_command_records_one_fact_and_only_once(command: Any, fact: Any) -> None:
    HARBOUR.when(command).then_settled(fact)
    Given(WORLD).when(command).refused("world_unknown")


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in CHANGES}
    assert tested | {FoundWorld, worlds.DiscardWorld, SaveWorld} == set(WORLD.commands)


def test_a_world_is_founded_once_and_discarded() -> None:
    Given(WORLD).when(FoundWorld("Harbour")).then(WorldFounded("Harbour"))
    HARBOUR.when(FoundWorld("Harbour")).refused("world_exists")
    HARBOUR.when(worlds.DiscardWorld()).then(worlds.WorldDiscarded())
    HARBOUR.when(worlds.SummariseWorld("x" * 60_001)).refused("world_malformed")


def test_the_document_has_the_shape_of_the_contract() -> None:
    state = WORLD.fold(HARBOUR.facts)
    assert state is not None
    document = WORLD.to_document("w", state)
    shape = "id name summary tone rules locations factions lore prompt_templates meta"
    assert document.keys() == set(shape.split())
    HARBOUR.when(SaveWorld({**document, "factions": {"crew": 1}})).then_settled(worlds.FactionDescribed("crew", 1))
