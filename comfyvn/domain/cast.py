"""Cast: the characters, how they look and sound, and the scenes they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comfyvn.domain.documents import NAME, NAME_OR_NULL, NAME_SET, NAMES_BY_KEY, OBJECT
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Character:
    """Someone who speaks or is seen.

    `variable` is the name by which scripts call the character ("s" in ``s "Hello"``), `image_tag` the first word of
    their images, `voice_tag` their channel of voice. `expressions` maps a name to an asset id. `linked_scene_ids`
    maps the ids of scenes to true.
    """

    name: str
    colour: str | None = None
    variable: str | None = None
    traits: Mapping[str, Json] = field(default_factory=dict)
    portrait_asset_id: str | None = None
    expressions: Mapping[str, str] = field(default_factory=dict)
    linked_scene_ids: Mapping[str, bool] = field(default_factory=dict)
    image_tag: str | None = None
    voice_tag: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("cast.character_introduced")
@dataclass(frozen=True, slots=True)
class CharacterIntroduced:
    name: str
    colour: str | None = None
    variable: str | None = None
    traits: Mapping[str, Json] = field(default_factory=dict)
    portrait_asset_id: str | None = None
    expressions: Mapping[str, str] = field(default_factory=dict)
    linked_scene_ids: Mapping[str, bool] = field(default_factory=dict)
    image_tag: str | None = None
    voice_tag: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("cast.character_renamed")
@dataclass(frozen=True, slots=True)
class CharacterRenamed:
    name: str


@event("cast.character_coloured")
@dataclass(frozen=True, slots=True)
class CharacterColoured:
    """The character's name is shown in another colour; None: the default one."""

    colour: str | None


@event("cast.script_name_given")
@dataclass(frozen=True, slots=True)
class ScriptNameGiven:
    variable: str | None


@event("cast.portrait_chosen")
@dataclass(frozen=True, slots=True)
class PortraitChosen:
    portrait_asset_id: str | None


@event("cast.image_tag_given")
@dataclass(frozen=True, slots=True)
class ImageTagGiven:
    image_tag: str | None


@event("cast.voice_tag_given")
@dataclass(frozen=True, slots=True)
class VoiceTagGiven:
    voice_tag: str | None


@event("cast.trait_described")
@dataclass(frozen=True, slots=True)
class TraitDescribed:
    """A trait was described (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("cast.expression_portrayed")
@dataclass(frozen=True, slots=True)
class ExpressionPortrayed:
    """Expression `key` has an image, the asset `value` (or, with `present` false, none any more)."""

    key: str
    value: str | None
    present: bool = True


@event("cast.scene_linked")
@dataclass(frozen=True, slots=True)
class SceneLinked:
    """The character belongs to scene `key` (or, with `present` false, no longer)."""

    key: str
    value: bool | None
    present: bool = True


@event("cast.character_annotated")
@dataclass(frozen=True, slots=True)
class CharacterAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("cast.character_discarded")
@dataclass(frozen=True, slots=True)
class CharacterDiscarded:
    pass


@command("cast.introduce-character")
@dataclass(frozen=True, slots=True)
class IntroduceCharacter:
    name: str
    colour: str | None = None
    variable: str | None = None
    traits: Mapping[str, Json] = field(default_factory=dict)
    portrait_asset_id: str | None = None
    expressions: Mapping[str, str] = field(default_factory=dict)
    linked_scene_ids: tuple[str, ...] = ()
    image_tag: str | None = None
    voice_tag: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("cast.rename-character")
@dataclass(frozen=True, slots=True)
class RenameCharacter:
    name: str


@command("cast.colour-character")
@dataclass(frozen=True, slots=True)
class ColourCharacter:
    colour: str | None


@command("cast.give-script-name")
@dataclass(frozen=True, slots=True)
class GiveScriptName:
    variable: str | None


@command("cast.choose-portrait")
@dataclass(frozen=True, slots=True)
class ChoosePortrait:
    portrait_asset_id: str | None


@command("cast.give-image-tag")
@dataclass(frozen=True, slots=True)
class GiveImageTag:
    image_tag: str | None


@command("cast.give-voice-tag")
@dataclass(frozen=True, slots=True)
class GiveVoiceTag:
    voice_tag: str | None


@command("cast.describe-trait")
@dataclass(frozen=True, slots=True)
class DescribeTrait:
    key: str
    value: Json = None
    present: bool = True


@command("cast.portray-expression")
@dataclass(frozen=True, slots=True)
class PortrayExpression:
    """Give expression `key` the image asset `value`."""

    key: str
    value: str | None = None
    present: bool = True


@command("cast.link-scene")
@dataclass(frozen=True, slots=True)
class LinkScene:
    scene_id: str


@command("cast.unlink-scene")
@dataclass(frozen=True, slots=True)
class UnlinkScene:
    scene_id: str


@command("cast.annotate-character")
@dataclass(frozen=True, slots=True)
class AnnotateCharacter:
    key: str
    value: Json = None
    present: bool = True


@command("cast.discard-character")
@dataclass(frozen=True, slots=True)
class DiscardCharacter:
    pass


@command("cast.save-character")
@dataclass(frozen=True, slots=True)
class SaveCharacter:
    """Make the character equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


def _linked(character: Character, request: LinkScene) -> Character:
    return replace(character, linked_scene_ids={**character.linked_scene_ids, request.scene_id: True})


def _unlinked(character: Character, request: UnlinkScene) -> Character:
    kept = {scene: True for scene in character.linked_scene_ids if scene != request.scene_id}
    return replace(character, linked_scene_ids=kept)


CHARACTER: Final[Decider[Any, Character, Any]] = decider(
    Requests(
        kind="character",
        record=Record(
            state=Character,
            begun=CharacterIntroduced,
            ended=CharacterDiscarded,
            scalars={
                ("name",): CharacterRenamed,
                ("colour",): CharacterColoured,
                ("variable",): ScriptNameGiven,
                ("portrait_asset_id",): PortraitChosen,
                ("image_tag",): ImageTagGiven,
                ("voice_tag",): VoiceTagGiven,
            },
            maps={
                "traits": TraitDescribed,
                "expressions": ExpressionPortrayed,
                "linked_scene_ids": SceneLinked,
                "meta": CharacterAnnotated,
            },
        ),
        opens=IntroduceCharacter,
        saves=SaveCharacter,
        ends=DiscardCharacter,
        sets={
            RenameCharacter: CharacterRenamed,
            ColourCharacter: CharacterColoured,
            GiveScriptName: ScriptNameGiven,
            ChoosePortrait: PortraitChosen,
            GiveImageTag: ImageTagGiven,
            GiveVoiceTag: VoiceTagGiven,
            DescribeTrait: TraitDescribed,
            PortrayExpression: ExpressionPortrayed,
            AnnotateCharacter: CharacterAnnotated,
        },
        works={LinkScene: _linked, UnlinkScene: _unlinked},
        fields={
            "name": NAME,
            "colour": NAME_OR_NULL,
            "variable": NAME_OR_NULL,
            "traits": OBJECT,
            "portrait_asset_id": NAME_OR_NULL,
            "expressions": NAMES_BY_KEY,
            "linked_scene_ids": NAME_SET,
            "image_tag": NAME_OR_NULL,
            "voice_tag": NAME_OR_NULL,
            "meta": OBJECT,
        },
    )
)
