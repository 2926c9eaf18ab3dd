"""The names that an exported script uses, given once for the whole story."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from comfyvn.application.exports import ExportWarning, StoryView
from comfyvn.domain.story import Node, Scene, blocks, edges, walk
from comfyvn.infrastructure.exports.renpy import layout, renaming
from comfyvn.infrastructure.exports.renpy.identifiers import is_label, is_name, name, unique, word

SPEAKERS = frozenset({"narrator", "name_only", "centered", "vcentered", "adv", "nvl"})
"""Speakers that the engine declares."""

PERSISTENT = "persistent."
"""The store of what lives across all playthroughs."""

_LABEL = re.compile(r"^\s*label\s+([\w.]+)", re.MULTILINE)

_NO_PERCENT = re.compile(r"\bold_substitutions\s*=\s*False")

Place = tuple[str, str]
"""A scene's id and a node's."""


@dataclass(slots=True)
class Names:
    """What things are called in the script, by their ids.

    `labels` are those of scenes. Labels at nodes are in `written` where their author wrote them, and in `targets` where
    only an edge needs them; `through` are those of menus, by the lines that are said with these. `returns` are the
    labels behind calls, `lines` the identifiers of lines, `speakers` the names of characters, `tags` the first word of
    their images. `variables` holds only what is called otherwise than in the story. `coded` are labels inside code that
    is not modelled, `known` all labels by their names.
    """

    labels: dict[str, str] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)
    targets: dict[Place, str] = field(default_factory=dict)
    through: dict[Place, str] = field(default_factory=dict)
    returns: dict[Place, str] = field(default_factory=dict)
    lines: dict[Place, str] = field(default_factory=dict)
    speakers: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    coded: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    percent_forms: bool = True
    start: str | None = None
    warnings: list[ExportWarning] = field(default_factory=list)

    def text(self, source: str) -> str:
        """Return what a line or caption says, with the names of this script."""
        renamed = renaming.text(source, self.variables)
        return renaming.percent(renamed) if self.percent_forms else renamed

    def place(self, scene_id: str, node_id: str) -> str | None:
        """Return the label that leads to a node."""
        place = scene_id, node_id
        return self.written.get(place) or self.targets.get(place) or self.through.get(place)

    def find(self, target: str) -> str | None:
        """Return the label of a scene given by id or label, or of a place given by its name."""
        if target in self.labels:
            return self.labels[target]
        return target if target in self.known else None


def declared(story: StoryView) -> dict[str, set[str]]:
    """Return the ids of the entities that code of the story declares, by their kind."""
    found: dict[str, set[str]] = {kind: set() for kind in ("character", "variable", "image", "translation")}
    for scene in story.scenes.values():
        for node in scene.nodes.values():
            if node.verb == "declare":
                ids = node.directives.get("ids") or [node.directives.get("id")]
                found.setdefault(str(node.directives.get("kind")), set()).update(map(str, ids))
            elif isinstance(declares := node.directives.get("declares"), dict):
                for kind, ids in declares.items():
                    found.setdefault(kind, set()).update(map(str, ids))
    return found


def names_of(story: StoryView) -> Names:
    """Give every scene, place, line, character and variable its name; the same story always gets the same names."""
    names = Names()
    names.start = _start(story)
    names.percent_forms = not any(_NO_PERCENT.search(node.content) for node in _code(story))
    _labels(story, names)
    names.known = frozenset({*names.labels.values(), *names.written.values(), *names.coded})
    _lines(story, names)
    _entities(story, names)
    return names


def _code(story: StoryView) -> Iterator[Node]:
    for scene in story.scenes.values():
        yield from (node for node in scene.nodes.values() if node.verb == "raw" and not layout.foreign(node))


def _start(story: StoryView) -> str | None:
    told = [i for members in layout.files(story.scenes).values() for i in members if story.scenes[i].role == "story"]
    by_label = {story.scenes[i].label: i for i in reversed(told)}
    wanted = story.start or "start"
    return wanted if wanted in told else by_label.get(wanted) or by_label.get("start") or next(iter(told), None)


def _labels(story: StoryView, names: Names) -> None:
    """Name scenes and places. Labels that authors gave come first; the first one keeps a name that two claim.

    Modules are scripts that the game loads by itself, or never: their names stand for themselves.
    """
    names.coded = _labels_in_code(story)
    taken = set(names.coded)
    if names.start is not None and story.scenes[names.start].label in (None, "", "start"):
        names.labels[names.start] = "start"
    taken.add("start")
    waiting: list[str] = []
    aims = set(_aims(story))
    for file, members in layout.files(story.scenes).items():
        current: str | None = None
        used = set() if file.endswith(layout.MODULE) else taken
        for scene_id in members:
            scene = story.scenes[scene_id]
            if scene.role == "story" and scene_id not in names.labels:
                if scene.label and is_label(scene.label):
                    names.labels[scene_id] = _given(scene.label, current, used, names, scene_id)
                else:
                    waiting.append(scene_id)
                    current = None
                    continue
            current = _global(names.labels.get(scene_id), current)
            _inside(scene_id, scene, current, used, names, aims)
    for scene_id in waiting:
        scene = story.scenes[scene_id]
        stem = word(scene.label or scene.title).lower() or word(scene_id)
        label = unique(f"cvn_{stem}", taken)
        taken.add(label)
        names.labels[scene_id] = label
        _inside(scene_id, scene, label, taken, names, aims)


def _labels_in_code(story: StoryView) -> frozenset[str]:
    return frozenset(label for node in _code(story) for label in _LABEL.findall(node.content))


def _inside(scene_id: str, scene: Scene, current: str | None, taken: set[str], names: Names, aims: set[Place]) -> None:
    """Name the labels inside a scene. A local label belongs to the global one before it, in this block or around it."""
    by_block = blocks(scene)
    waiting: list[tuple[str, str | None]] = [("", current)]
    seen: set[str] = set()
    while waiting:
        block, current = waiting.pop()
        if block in seen:
            continue
        seen.add(block)
        members = by_block.get(block, [])
        before: tuple[str, Node] | None = None
        for (node_id, node), after in zip_longest(members, members[1:]):
            place = scene_id, node_id
            wanted = _own_label(node)
            if wanted:
                fit = wanted if is_label(wanted) else f"cvn_{word(wanted)}"
                names.written[place] = _given(fit, current, taken, names, scene_id, node_id)
                if before and said_in_menu(before[1], node):
                    names.through[scene_id, before[0]] = names.written[place]
                current = _global(names.written[place], current)
            elif place in aims and not (after and said_in_menu(node, after[1]) and _own_label(after[1])):
                stem = f"at_{word(node_id)}"
                label = unique(f"{current}.{stem}" if current else f"cvn_{stem}", taken)
                taken.add(label)
                names.targets[place] = label
            waiting += [(edge_id, current) for edge_id, _ in edges(node)]
            before = node_id, node


def said_in_menu(line: Node, choice: Node) -> bool:
    """Tell whether a line can stand inside the menu that follows it, which shows both together."""
    return (
        line.directives.get("with_choice") is True
        and choice.type == "choice"
        and bool(choice.next)
        and not (line.conditions or choice.conditions or choice.content)
    )


def _own_label(node: Node) -> str:
    if node.verb == "label":
        return node.content.strip()
    return str(node.directives.get("name") or "") if node.type == "choice" else ""


def _global(label: str | None, current: str | None) -> str | None:
    return label.split(".")[0] if label else current


def _given(
    wanted: str, current: str | None, taken: set[str], names: Names, scene_id: str, node_id: str | None = None
) -> str:
    """Return a label as close as can be to the one that its author wrote, and warn where it is another one."""
    fit = wanted
    owner, _, local = wanted.partition(".")
    if local and owner != current:
        fit = f"{owner}_{local}"
    label = unique(fit, taken)
    taken.add(label)
    if label != wanted:
        message = f"The label {wanted!r} is written as {label!r}: it is taken or cannot stand there."
        names.warnings.append(ExportWarning("label_renamed", message, scene_id, node_id))
    return label


def _aims(story: StoryView) -> Iterator[Place]:
    for scene_id, scene in story.scenes.items():
        for node in scene.nodes.values():
            yield from ((edge.scene or scene_id, edge.node) for edge in node.next.values() if edge.node)


def _lines(story: StoryView, names: Names) -> None:
    """Give lines and calls an identifier that stays when they are edited: translations and saved games go by it.

    Imported lines keep the one they have, or none: the engine then goes by the words, as in the source.
    """
    lines: set[str] = set()
    returns: set[str] = {*names.labels.values(), *names.written.values(), *names.targets.values()}
    fresh: list[tuple[Place, Node]] = []
    for file, members in layout.files(story.scenes).items():
        module = file.endswith(layout.MODULE)
        for scene_id in members:
            for node_id, node in walk(story.scenes[scene_id]):
                place = scene_id, node_id
                given = node.directives.get("id") if node.type == "text" else node.directives.get("from")
                if isinstance(given, str) and is_label(given) and "." not in given:
                    used, into = (lines, names.lines) if node.type == "text" else (returns, names.returns)
                    if (node.type == "text" or node.verb == "call") and (module or given not in used):
                        used.add(given)
                        into[place] = given
                        continue
                fresh.append((place, node))
    for place, node in fresh:
        stem = f"{word(place[0])}_{word(place[1])}"
        if node.type == "text" and not layout.scripted(node):
            names.lines[place] = _add(f"cvn_{stem}", lines)
        elif node.verb == "call":
            names.returns[place] = _add(f"cvn_back_{stem}", returns)


def _add(wanted: str, taken: set[str]) -> str:
    found = unique(wanted, taken)
    taken.add(found)
    return found


def _entities(story: StoryView, names: Names) -> None:
    known = declared(story)
    taken: set[str] = {
        variable for i in known["character"] if i in story.characters and (variable := story.characters[i].variable)
    } | {i for i in known["variable"] if i in story.variables}
    posing = {
        node.speaker
        for scene in story.scenes.values()
        for node in scene.nodes.values()
        if "attributes" in node.directives or "temporary" in node.directives
    }
    for i, character in sorted(story.characters.items()):
        variable = character.variable or ""
        if variable and (i in known["character"] or variable in SPEAKERS):
            names.speakers[i] = variable
        else:
            wanted = variable if is_name(variable) else name((variable or character.name).lower(), "cvn_")
            names.speakers[i] = _add(wanted, taken)
        if character.image_tag or character.expressions or i in posing:
            names.tags[i] = character.image_tag or names.speakers[i]
    for i, state in sorted(story.variables.items()):
        if i in known["variable"] or (i.startswith(PERSISTENT) and is_name(i.removeprefix(PERSISTENT))):
            continue
        found = _add(i if is_name(i) else name(i, "cvn_"), taken)
        if state.scope == "global" and not state.constant:
            found = PERSISTENT + found
        if found != i:
            names.variables[i] = found
