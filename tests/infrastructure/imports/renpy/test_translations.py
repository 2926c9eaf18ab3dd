"""Translations of a game become those of its lines; the engine's identifiers tell which."""

from pathlib import Path

import pytest

from comfyvn.domain.localisation import Translation
from comfyvn.domain.pack import Pack
from comfyvn.infrastructure.imports.renpy.translations import identifiers, string_id
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.games import of, one, read
from tests.infrastructure.imports.renpy.test_again import SCRIPT, Importer
from tests.renpy_engine import engine


def targets(pack: Pack, language: str) -> dict[str, str]:
    """Return the words of each translated line and of its translation."""
    nodes = {i: node for scene in pack.scenes.values() for i, node in scene.nodes.items()}
    units = [unit for unit in pack.translations.values() if unit.language == language and unit.target]
    return {nodes[unit.target or ""].content: unit.text for unit in units}


def names(folder: Path, script: str) -> dict[str, str]:
    """Return the identifier of each line by its words."""
    pack = read(folder, script)
    return {pack.scenes[s].nodes[i].content: found for (s, i), found in identifiers(pack.scenes).items()}


@pytest.mark.engine
def test_every_line_of_the_question_has_its_translation_in_every_language() -> None:
    pack = paths.read(engine.game("the_question"))
    languages = {unit.language for unit in pack.translations.values()}
    assert len(languages) == 9
    for language in languages:
        assert len(targets(pack, language)) == 70
    assert not [i for i, unit in pack.translations.items() if unit.target is None and not unit.source]
    assert pack.raw_kinds["translate"] == 5
    assert pack.translations[string_id("french", "Me")] == Translation("french", None, "Me", "Moi")


@pytest.mark.engine
def test_identifiers_are_those_of_the_engine(tmp_path: Path) -> None:
    """The engine writes a file of its own for a language, with an identifier for each line."""
    found = set(identifiers(read(tmp_path, EVERY).scenes).values())
    voice_alone = {"choice_label_26516afe"}
    assert engine.line_identifiers(tmp_path) == found | voice_alone


EVERY = """
define e = Character("Eileen")
label start:
    "Told."
    e "Said  with two blanks, a \\"quote\\" and a \\\\ backslash.\\nAnd a new line."
    e happy -sad @ wry "With attributes." (what_size=9, cb = f(1, 2)) with dissolve
    "Stranger" "A name that is no character."
    extend " More."
    e.friend "Computed." nointeract
    voice "a.ogg"
    e "With a voice."
    voice sustain
    nvl clear
    "Twice."
    "Twice."
    "Given." id my_line
    menu choice_label:
        e "What now?"
        "One":
            "In a block."
        "Two" if x:
            voice "left.ogg"
            $ y = 1
            "Behind code."
    if x:
        "Then."
    else:
        "Otherwise."
label .local:
    "Local."
label hidden hide:
    "Under a hidden label."
label _private:
    "Under a private label."
    return
"""


def test_a_block_is_a_node_that_stands_for_a_translation(tmp_path: Path) -> None:
    told = names(tmp_path / "plain", SCRIPT)["What a lovely smell."]
    french = f'translate french {told}:\n    # e "What a lovely smell."\n    e "Quel parfum."\n'
    pack = read(tmp_path, SCRIPT, **{"tl/french/script.rpy": french})
    assert targets(pack, "french") == {"What a lovely smell.": "Quel parfum."}
    node = next(node for node in of(pack, "declare") if node.directives["kind"] == "translation")
    assert (node.directives["id"], node.content) == (f"french:{told}", french.rstrip())
    assert "translate" not in pack.raw_kinds


def test_strings_are_translations_without_a_line(tmp_path: Path) -> None:
    block = 'translate french strings:\n    old "Yes"\n    new "Oui"\n\n    old "No"\n    new "Non"\n'
    pack = read(tmp_path, "label start:\n    return\n", **{"tl/french/a.rpy": block})
    assert one(pack, "declare").directives["ids"] == list(pack.translations)
    assert [(unit.source, unit.text) for unit in pack.translations.values()] == [("Yes", "Oui"), ("No", "Non")]


def test_code_and_lines_that_are_gone(tmp_path: Path) -> None:
    code = "translate french python:\n    x = 1\ntranslate french style say:\n    bold True\n"
    gone = 'translate french start_00000000:\n    "Disparu."\n'
    pack = read(tmp_path, "label start:\n    return\n", **{"tl/french/a.rpy": code + gone})
    assert pack.raw_kinds == {"translate": 2}
    assert pack.translations == {"french:start_00000000": Translation("french", text="Disparu.")}


def test_a_translation_follows_its_line(tmp_path: Path) -> None:
    game = Importer(tmp_path)
    told = names(tmp_path / "plain", SCRIPT)["What a lovely smell."]
    edited = SCRIPT.replace('"What a lovely smell."', f'"What a sweet smell." id {told}')
    french = {"tl/french/script.rpy": f'translate french {told}:\n    e "Quel parfum."\n'}
    game.bring(SCRIPT, None, **french)
    _, node_id = game.find("What a lovely smell.")
    done = game.bring(edited, None, **french)
    assert done.conflicts == ()
    units = game.desk.studio.store.load_all(game.desk.main, "translation")
    assert list(units.values()) == [Translation("french", node_id, "What a sweet smell.", "Quel parfum.")]
    game.desk.studio.store.close()
