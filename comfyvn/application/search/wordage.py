"""How much there is to read, by scene, character and language; the lines of a character; the plain text of a scene."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from comfyvn.application.changes.phrases import titled
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.analysis import minutes, words_of
from comfyvn.domain.analysis.words import count_words
from comfyvn.domain.interpolation import plain
from comfyvn.domain.kernel import Json, Missing
from comfyvn.domain.story import Scene, edges, walk


@dataclass(frozen=True, slots=True)
class SceneWords:
    """A scene: its lines and choices, and the words of both."""

    id: str
    title: str
    lines: int
    words: int


@dataclass(frozen=True, slots=True)
class CharacterWords:
    """A character, or with an empty id what nobody says: the narrator, and lines that name their speaker themselves."""

    id: str
    name: str
    lines: int
    words: int
    scenes: int


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """A language that lines are translated into. `outdated` lines say something else by now, or are gone."""

    language: str
    lines: int
    words: int
    outdated: int


@dataclass(frozen=True, slots=True)
class Wordage:
    """How much there is to read: scenes in the order of the story, characters and languages by words."""

    position: int
    words: int
    lines: int
    minutes: float
    scenes: list[SceneWords]
    characters: list[CharacterWords]
    languages: list[LanguageWords]


def wordage(studio: Studio, branch: str, at: int = LATEST) -> Wordage:
    """Count the words of a branch as it is, or was at a position: lines, prompts and options as readers see them."""
    story = studio.programs.story(studio.store, branch, at)
    counted = words_of(story.scenes)
    said: Counter[str] = Counter()
    places: dict[str, set[str]] = {}
    scenes = []
    for scene_id, scene in sorted(story.scenes.items(), key=lambda item: (item[1].group, item[1].order, item[0])):
        told = [node.speaker or "" for node in scene.nodes.values() if node.type != "action"]
        said.update(told)
        for speaker in told:
            places.setdefault(speaker, set()).add(scene_id)
        scenes.append(SceneWords(scene_id, scene.title, len(told), counted.by_scene.get(scene_id, 0)))
    cast = story.headers["character"]
    names = {ref.id: titled(ref, body) for ref, body in cast.items()}
    characters = [
        CharacterWords(i, names.get(i, i), said[i], counted.by_character.get(i, 0), len(places.get(i, ())))
        for i in {**names, **said}
    ]
    return Wordage(
        position=story.position,
        words=counted.total,
        lines=sum(said.values()),
        minutes=round(minutes(counted.total), 1),
        scenes=scenes,
        characters=sorted(characters, key=lambda c: (-c.words, c.name, c.id)),
        languages=_languages(studio, branch, at, story.scenes),
    )


def _languages(studio: Studio, branch: str, at: int, scenes: Mapping[str, Scene]) -> list[LanguageWords]:
    texts = {node_id: node.content for scene in scenes.values() for node_id, node in scene.nodes.items()}
    lines: Counter[str] = Counter()
    words: Counter[str] = Counter()
    outdated: Counter[str] = Counter()
    for body in studio.store.heads(branch, "translation", at).values():
        language = body["language"]
        lines[language] += 1
        words[language] += count_words(body["text"])
        if body["target"] is not None and texts.get(body["target"]) != body["source"]:
            outdated[language] += 1
    return [LanguageWords(name, lines[name], words[name], outdated[name]) for name, _ in words.most_common()]


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line of a character, and where it stands in reading order from 0."""

    scene: str
    title: str
    node: str
    order: int
    text: str


@dataclass(frozen=True, slots=True)
class SpokenIn:
    """A scene in which a character speaks, and how many lines they have there."""

    scene: str
    title: str
    lines: int


@dataclass(frozen=True, slots=True)
class SpokenLines:
    """All scenes of a character, and a page of their lines in the order of the story; `total` counts all lines."""

    position: int
    character: str
    name: str
    total: int
    scenes: list[SpokenIn]
    items: list[SpokenLine]


def spoken_lines(
    studio: Studio, branch: str, character: str, at: int = LATEST, *, offset: int = 0, size: int = 100
) -> SpokenLines:
    """Return what a character says and where. Raises Missing("character_unknown")."""
    ref = Ref("character", character)
    known = studio.store.load(branch, ref, at).state
    if known is None:
        raise Missing("character_unknown", f"There is no character {character!r} here.", entity=str(ref))
    found = Counter(
        placed.entity
        for placed in studio.store.bulk.placed(branch, "scene", at)
        if placed.body.get("speaker") == character
    )
    heads = studio.store.heads(branch, "scene", at)
    order = sorted(found, key=lambda scene: _place(scene, heads[Ref("scene", scene)]))
    items: list[SpokenLine] = []
    passed = 0
    for scene_id in order:
        start, end = max(offset - passed, 0), offset + size - passed
        passed += found[scene_id]
        if start < found[scene_id] and end > 0:
            scene = studio.store.load(branch, Ref("scene", scene_id), at).state
            told = [(n, i, node) for n, (i, node) in enumerate(walk(scene)) if node.speaker == character]
            items += [SpokenLine(scene_id, scene.title, i, n, node.content) for n, i, node in told[start:end]]
    scenes = [SpokenIn(i, titled(Ref("scene", i), heads[Ref("scene", i)]), found[i]) for i in order]
    return SpokenLines(studio.store.head(branch, at), character, known.name, passed, scenes, items)


def _place(scene_id: str, body: Json) -> tuple[str, str, str]:
    return body.get("group", ""), body.get("order", ""), scene_id


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line, prompt or option as readers see it: no tags, no doubled signs. `edge` is the option."""

    node: str
    edge: str | None
    who: str | None
    text: str


@dataclass(frozen=True, slots=True)
class PlainText:
    """The words of a scene in reading order, for spell checkers and readers."""

    position: int
    scene: str
    title: str
    lines: list[PlainLine]


def plain_text(studio: Studio, branch: str, scene_id: str, at: int = LATEST) -> PlainText:
    """Return the plain text of a scene. Raises Missing("scene_unknown")."""
    scene = studio.store.load(branch, Ref("scene", scene_id), at).state
    if scene is None:
        raise Missing("scene_unknown", f"There is no scene {scene_id!r} here.", entity=f"scene:{scene_id}")
    names = {ref.id: titled(ref, body) for ref, body in studio.store.heads(branch, "character", at).items()}
    lines: list[PlainLine] = []
    for node_id, node in walk(scene):
        if node.type == "action":
            continue
        said = node.directives.get("name")
        who = names.get(node.speaker, node.speaker) if node.speaker else said if isinstance(said, str) else None
        if node.content:
            lines.append(PlainLine(node_id, None, who, plain(node.content)))
        lines += [PlainLine(node_id, i, None, plain(edge.text)) for i, edge in edges(node) if edge.text]
    return PlainText(studio.store.head(branch, at), scene_id, scene.title, lines)
