"""Worlds: the places, powers, rules and tales that scenes are set in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.documents import NAME, OBJECT, TEXT
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class World:
    """A world: what a writer, or a model that writes along, should know of it."""

    name: str
    summary: str = ""
    tone: str = ""
    rules: Mapping[str, Json] = field(default_factory=dict)
    locations: Mapping[str, Json] = field(default_factory=dict)
    factions: Mapping[str, Json] = field(default_factory=dict)
    lore: Mapping[str, Json] = field(default_factory=dict)
    prompt_templates: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("worlds.world_founded")
@dataclass(frozen=True, slots=True)
class WorldFounded:
    name: str
    summary: str = ""
    tone: str = ""
    rules: Mapping[str, Json] = field(default_factory=dict)
    locations: Mapping[str, Json] = field(default_factory=dict)
    factions: Mapping[str, Json] = field(default_factory=dict)
    lore: Mapping[str, Json] = field(default_factory=dict)
    prompt_templates: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("worlds.world_renamed")
@dataclass(frozen=True, slots=True)
class WorldRenamed:
    name: str


@event("worlds.world_summarised")
@dataclass(frozen=True, slots=True)
class WorldSummarised:
    summary: str


@event("worlds.tone_struck")
@dataclass(frozen=True, slots=True)
class ToneStruck:
    tone: str


@event("worlds.rule_laid_down")
@dataclass(frozen=True, slots=True)
class RuleLaidDown:
    """A rule was laid down (or, with `present` false, lifted)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.location_charted")
@dataclass(frozen=True, slots=True)
class LocationCharted:
    """A place was described (or, with `present` false, taken off the map)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.faction_described")
@dataclass(frozen=True, slots=True)
class FactionDescribed:
    """A faction was described (or, with `present` false, dissolved)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.lore_told")
@dataclass(frozen=True, slots=True)
class LoreTold:
    """A piece of lore was told (or, with `present` false, withdrawn)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.prompt_worded")
@dataclass(frozen=True, slots=True)
class PromptWorded:
    """A prompt template was worded (or, with `present` false, struck out)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.world_annotated")
@dataclass(frozen=True, slots=True)
class WorldAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("worlds.world_discarded")
@dataclass(frozen=True, slots=True)
class WorldDiscarded:
    pass


@command("worlds.found-world")
@dataclass(frozen=True, slots=True)
class FoundWorld:
    name: str
    summary: str = ""
    tone: str = ""
    rules: Mapping[str, Json] = field(default_factory=dict)
    locations: Mapping[str, Json] = field(default_factory=dict)
    factions: Mapping[str, Json] = field(default_factory=dict)
    lore: Mapping[str, Json] = field(default_factory=dict)
    prompt_templates: Mapping[str, Json] = field(default_factory=dict)
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("worlds.rename-world")
@dataclass(frozen=True, slots=True)
class RenameWorld:
    name: str


@command("worlds.summarise-world")
@dataclass(frozen=True, slots=True)
class SummariseWorld:
    summary: str


@command("worlds.strike-tone")
@dataclass(frozen=True, slots=True)
class StrikeTone:
    tone: str


@command("worlds.lay-down-rule")
@dataclass(frozen=True, slots=True)
class LayDownRule:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.chart-location")
@dataclass(frozen=True, slots=True)
class ChartLocation:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.describe-faction")
@dataclass(frozen=True, slots=True)
class DescribeFaction:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.tell-lore")
@dataclass(frozen=True, slots=True)
class TellLore:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.word-prompt")
@dataclass(frozen=True, slots=True)
class WordPrompt:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.annotate-world")
@dataclass(frozen=True, slots=True)
class AnnotateWorld:
    key: str
    value: Json = None
    present: bool = True


@command("worlds.discard-world")
@dataclass(frozen=True, slots=True)
class DiscardWorld:
    pass


@command("worlds.save-world")
@dataclass(frozen=True, slots=True)
class SaveWorld:
    """Make the world equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


_MAPS: Final = ("rules", "locations", "factions", "lore", "prompt_templates", "meta")

WORLD: Final[Decider[Any, World, Any]] = decider(
    Requests(
        kind="world",
        record=Record(
            state=World,
            begun=WorldFounded,
            ended=WorldDiscarded,
            scalars={("name",): WorldRenamed, ("summary",): WorldSummarised, ("tone",): ToneStruck},
            maps={
                "rules": RuleLaidDown,
                "locations": LocationCharted,
                "factions": FactionDescribed,
                "lore": LoreTold,
                "prompt_templates": PromptWorded,
                "meta": WorldAnnotated,
            },
        ),
        opens=FoundWorld,
        saves=SaveWorld,
        ends=DiscardWorld,
        sets={
            RenameWorld: WorldRenamed,
            SummariseWorld: WorldSummarised,
            StrikeTone: ToneStruck,
            LayDownRule: RuleLaidDown,
            ChartLocation: LocationCharted,
            DescribeFaction: FactionDescribed,
            TellLore: LoreTold,
            WordPrompt: PromptWorded,
            AnnotateWorld: WorldAnnotated,
        },
        fields={"name": NAME, "summary": TEXT, "tone": TEXT, **dict.fromkeys(_MAPS, OBJECT)},
    )
)
