"""Translations: every command asks for one fact, and each is refused where it cannot be."""

import pytest

from comfyvn.domain import localisation
from comfyvn.domain.localisation import TRANSLATION, MakeTranslation, SaveTranslation, TranslationMade
from tests.given import Given

MADE = Given(TRANSLATION).given(TranslationMade("french", "n1", "Hello.", "Bonjour.", meta={"by": "Ann"}))

EDITS = [
    (localisation.AimTranslation("n2"), localisation.TranslationAimed("n2")),
    (localisation.AimTranslation(None), localisation.TranslationAimed(None)),
    (localisation.WordTranslation("Hi.", "Salut."), localisation.TranslationWorded("Hi.", "Salut.")),
    (localisation.AnnotateTranslation("by", "Bo"), localisation.TranslationAnnotated("by", "Bo")),
    (localisation.AnnotateTranslation("by", present=False), localisation.TranslationAnnotated("by", None, False)),
]


@pytest.mark.parametrize(("command", "fact"), EDITS)
def test_an_edit_is_one_fact(command: object, fact: object) -> None:
    MADE.when(command).then(fact)


def test_every_command_is_tested() -> None:
    tested = {type(command) for command, _ in EDITS}
    assert tested | {MakeTranslation, localisation.DiscardTranslation, SaveTranslation} == set(TRANSLATION.commands)


def test_a_translation_begins_and_ends() -> None:
    Given(TRANSLATION).when(MakeTranslation("french", text="Oui")).then(TranslationMade("french", text="Oui"))
    MADE.when(MakeTranslation("french")).refused("translation_exists")
    MADE.when(localisation.DiscardTranslation()).then(localisation.TranslationDiscarded())
    Given(TRANSLATION).when(localisation.WordTranslation("a", "b")).refused("translation_unknown")


def test_a_translation_stays_in_its_language() -> None:
    Given(TRANSLATION).when(MakeTranslation("")).refused("translation_malformed")
    MADE.when(SaveTranslation({"language": "spanish"})).refused("translation_malformed")
    MADE.when(SaveTranslation({"text": "Salut."})).then_settled(localisation.TranslationWorded("Hello.", "Salut."))
