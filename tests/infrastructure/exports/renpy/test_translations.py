"""Translations go out with the story, and the engine shows them also where lines were edited or moved."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from comfyvn.application.exports import StoryView
from comfyvn.domain.localisation import Translation
from comfyvn.domain.ordering import between
from comfyvn.domain.story import Place, in_block
from comfyvn.infrastructure.exports.renpy import compose, export
from comfyvn.infrastructure.imports.renpy.translations import string_id
from tests.domain.stories import scene, text
from tests.infrastructure.exports.renpy.stories import view
from tests.infrastructure.exports.renpy.test_with_engine import imported
from tests.infrastructure.imports.renpy.games import read
from tests.infrastructure.imports.renpy.test_translations import names
from tests.renpy_engine import engine

TRANSLATED = "tl/french/script.rpy"

SCRIPT = """
define e = Character("Eileen")

label start:
    e happy "It was a dark and stormy night."
    "Nobody expected any visitors."
    return
"""


def translated(
    folder: Path, edited: Mapping[str, str] | None = None, units: Mapping[str, Translation] | None = None
) -> dict[str, str]:
    """Return the exported files of a story with two translations, with other words for some lines and translations."""
    night, visitors = names(folder / "plain", SCRIPT).values()
    french = (
        f'# A comment.\ntranslate french {night}:\n\n    # original\n    e happy "Une nuit sombre."\n\n'
        f'translate french {visitors}:\n    voice "v.ogg"\n    "Personne."\n\n'
        'translate french strings:\n\n    old "Yes"\n    new "Oui"\n\n    # Then\n    old "No"\n    new "Non"\n'
    )
    pack = read(folder, SCRIPT, **{TRANSLATED: french})
    start = pack.scenes["start"]
    nodes = {i: replace(n, content=edited.get(n.content, n.content)) if edited else n for i, n in start.nodes.items()}
    scenes = {**pack.scenes, "start": replace(start, nodes=start.nodes.update(nodes))}
    story = StoryView("A", scenes, pack.characters, pack.variables, {}, "start", {**pack.translations, **(units or {})})
    texts = compose(story).texts
    return {path: texts[f"game/{path}"].decode() for path in ("script.rpy", TRANSLATED)} | {"expected": french}


def body(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def test_what_nobody_changed_is_written_word_for_word(tmp_path: Path) -> None:
    files = translated(tmp_path)
    assert body(files[TRANSLATED]) == body(files["expected"])
    assert " id " not in files["script.rpy"]


def test_an_edited_line_keeps_the_identifier_of_its_translations(tmp_path: Path) -> None:
    night, visitors = names(tmp_path / "plain", SCRIPT).values()
    files = translated(tmp_path, {"Nobody expected any visitors.": "No visitors."})
    assert f'"No visitors." id {visitors}' in files["script.rpy"]
    assert night not in files["script.rpy"]
    assert body(files[TRANSLATED]) == body(files["expected"])


def test_a_translation_with_other_words(tmp_path: Path) -> None:
    night, visitors = names(tmp_path / "plain", SCRIPT).values()
    files = translated(
        tmp_path,
        units={
            f"french:{night}": Translation("french", None, "", 'Une "nuit".'),
            f"french:{visitors}": Translation("french", None, "", "Personne, jamais."),
            string_id("french", "Yes"): Translation("french", None, "Yes", 'Ou"i'),
        },
    )
    expected = files["expected"].replace('"Une nuit sombre."', '"Une \\"nuit\\"."')
    expected = expected.replace('"Personne."', '"Personne, jamais."').replace('"Oui"', '"Ou\\"i"')
    assert body(files[TRANSLATED]) == body(expected)


def test_translations_of_ones_own_story() -> None:
    story = replace(
        view({"begin": scene(text("Hello.", "ann"), label="start")}),
        translations={
            "a": Translation("french", "n0", "Hello.", "Bonjour."),
            "b": Translation("french", None, "Yes", "Oui"),
            "c": Translation("french", "gone", "x", "y"),
        },
    )
    (node_id,) = story.scenes["begin"].nodes
    story = replace(story, translations={**story.translations, "a": replace(story.translations["a"], target=node_id)})
    files = compose(story).texts
    line = f"cvn_begin_{node_id}"
    assert f'a "Hello." id {line}' in files["game/script.rpy"].decode()
    assert files[f"game/{TRANSLATED}"].decode() == (
        f'translate french {line}:\n    a "Bonjour."\n\ntranslate french strings:\n    old "Yes"\n    new "Oui"\n'
    )


@pytest.mark.engine
def test_the_engine_shows_translations_of_lines_that_were_edited_and_moved(tmp_path: Path) -> None:
    story, contents = imported(engine.game("the_question"))
    told: list[list[tuple[object, ...]]] = []
    for folder, version in ((tmp_path / "plain", story), (tmp_path / "changed", _changed(story))):
        export(version, folder, lambda digest: iter((contents[digest],)))
        assert engine.lint(folder).code == 0
        (folder / "game" / "zz_language.rpy").write_text('define config.language = "french"\n')
        told.append(engine.spoken(engine.play(folder, choices=(0, 0))))
    plain, changed = told
    assert plain[-1] == ("end", "finished")
    assert ("say", None, "Silence.") in plain
    assert plain != changed
    assert sorted(map(str, plain)) == sorted(map(str, changed))


def _changed(story: StoryView) -> StoryView:
    """Edit three lines, give one to another speaker, and move one to the beginning of another scene."""
    start, away, game = (story.scenes[i] for i in ("start", "rightaway", "game"))
    lines = [(i, n) for i, n in in_block(start) if n.type == "text"]
    edited = {i: replace(n, content=f"{n.content} Edited.") for i, n in lines[:3]}
    edited |= {lines[3][0]: replace(lines[3][1], speaker="m")}
    ((silence, line),) = [(i, n) for i, n in away.nodes.items() if n.content == "Silence."]
    first = Place("", between(None, in_block(game)[0][1].place.order))
    scenes = {
        "start": replace(start, nodes=start.nodes.update(edited)),
        "rightaway": replace(away, nodes=away.nodes.delete(silence)),
        "game": replace(game, nodes=game.nodes.set(silence, replace(line, place=first))),
    }
    return replace(story, scenes={**story.scenes, **scenes})
