"""Translations: what a line or a string of the program says in another language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.documents import NAME, NAME_OR_NULL, OBJECT, TEXT
from comfyvn.domain.kernel import Decider, Json, command, event
from comfyvn.domain.records import Record, Requests, decider


@dataclass(frozen=True, slots=True)
class Translation:
    """Words in another language.

    `target` is the node that says them; None for a string, which is translated wherever it stands. `source` holds
    the words that were translated: where its node says others by now the translation is out of date.
    """

    language: str
    target: str | None = None
    source: str = ""
    text: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("localisation.translation_made")
@dataclass(frozen=True, slots=True)
class TranslationMade:
    language: str
    target: str | None = None
    source: str = ""
    text: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@event("localisation.translation_aimed")
@dataclass(frozen=True, slots=True)
class TranslationAimed:
    """The translation is of another node."""

    target: str | None


@event("localisation.translation_worded")
@dataclass(frozen=True, slots=True)
class TranslationWorded:
    """The translation of the words `source` is `text`."""

    source: str
    text: str


@event("localisation.translation_annotated")
@dataclass(frozen=True, slots=True)
class TranslationAnnotated:
    """A meta entry was given (or, with `present` false, taken away)."""

    key: str
    value: Json
    present: bool = True


@event("localisation.translation_discarded")
@dataclass(frozen=True, slots=True)
class TranslationDiscarded:
    pass


@command("localisation.make-translation")
@dataclass(frozen=True, slots=True)
class MakeTranslation:
    language: str
    target: str | None = None
    source: str = ""
    text: str = ""
    meta: Mapping[str, Json] = field(default_factory=dict)


@command("localisation.aim-translation")
@dataclass(frozen=True, slots=True)
class AimTranslation:
    target: str | None


@command("localisation.word-translation")
@dataclass(frozen=True, slots=True)
class WordTranslation:
    """Say what `source` is in the language of the translation."""

    source: str
    text: str


@command("localisation.annotate-translation")
@dataclass(frozen=True, slots=True)
class AnnotateTranslation:
    key: str
    value: Json = None
    present: bool = True


@command("localisation.discard-translation")
@dataclass(frozen=True, slots=True)
class DiscardTranslation:
    pass


@command("localisation.save-translation")
@dataclass(frozen=True, slots=True)
class SaveTranslation:
    """Make the translation equal to a document; what is equal already, or left out, is not recorded."""

    document: Mapping[str, Json]


TRANSLATION: Final[Decider[Any, Translation, Any]] = decider(
    Requests(
        kind="translation",
        record=Record(
            state=Translation,
            begun=TranslationMade,
            ended=TranslationDiscarded,
            scalars={("target",): TranslationAimed, ("source", "text"): TranslationWorded},
            maps={"meta": TranslationAnnotated},
        ),
        opens=MakeTranslation,
        saves=SaveTranslation,
        ends=DiscardTranslation,
        sets={
            AimTranslation: TranslationAimed,
            WordTranslation: TranslationWorded,
            AnnotateTranslation: TranslationAnnotated,
        },
        fields={"language": NAME, "target": NAME_OR_NULL, "source": TEXT, "text": TEXT, "meta": OBJECT},
    )
)
