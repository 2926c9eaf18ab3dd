"""Scripts to scenes: one for each label, one for each run of statements between labels, and the ways between them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from immutables import Map

from comfyvn.domain.kernel import Json
from comfyvn.domain.localisation import Translation
from comfyvn.domain.ordering import sequence
from comfyvn.domain.pack import Warned
from comfyvn.domain.story import Edge, Node, Place, Scene, Source
from comfyvn.infrastructure.imports.identity import Ids
from comfyvn.infrastructure.imports.renpy import syntax, translations
from comfyvn.infrastructure.imports.renpy.drafts import Draft, Way, drafts, raw
from comfyvn.infrastructure.imports.renpy.excerpt import first_line, head
from comfyvn.infrastructure.imports.renpy.syntax import Label, Script, Statement, walk

TRANSLATIONS = "tl/"
"""The folder whose scripts hold nothing but translations of the others."""

NAMED_SPEAKERS = frozenset({"narrator", "name_only", "centered", "vcentered", "adv", "nvl", "extend"})
"""Speakers that every game has."""

_START_STATEMENTS = (
    syntax.Comment,
    syntax.Default,
    syntax.Define,
    syntax.Image,
    syntax.Init,
    syntax.InitOffset,
    syntax.Raw,
    syntax.Screen,
    syntax.Style,
    syntax.Testcase,
    syntax.Transform,
    syntax.Translate,
)
"""Statements that do nothing when the play comes to them."""

_LABEL = re.compile(r"^\s*label\s+([\w.]+)", re.MULTILINE)

_START_WORDS = frozenset({"layeredimage", "rpy monologue", "rpy python"})


@dataclass(slots=True)
class Departure:
    """A jump or call whose label is still to be found."""

    scene: str
    node: str
    edge: str
    label: str
    source: Source


@dataclass(slots=True)
class Chapter:
    """What becomes one scene: a label with what it holds, or a run of statements outside of labels."""

    name: str
    label: Label | None
    statements: Sequence[Statement]


@dataclass(slots=True)
class Story:
    """The scenes of a game while they are read.

    `labels` maps each label to its scene and, for one inside a scene, its node. `heard` maps the name of each sound
    file to the channel it plays on.
    """

    speakers: Mapping[str, Any]
    ids: Ids = field(default_factory=Ids)
    scenes: dict[str, Scene] = field(default_factory=dict)
    labels: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    heard: dict[str, tuple[str, Source]] = field(default_factory=dict)
    translations: dict[str, Translation] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    recognised: int = 0
    total: int = 0
    raw_kinds: Counter[str] = field(default_factory=Counter)
    _waiting: list[Departure] = field(default_factory=list)
    _nodes: dict[str, dict[str, Node]] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)

    def add(self, script: Script) -> None:
        """Add the scenes of one file."""
        self.warnings += [Warned(issue.code, issue.message, issue.file, issue.line) for issue in script.errors]
        self.translations |= translations.collect(script.statements)
        found = list(chapters(script))
        told: list[tuple[str, Chapter]] = []
        for order, chapter in zip(sequence(len(found)), found, strict=True):
            scene_id = self.ids.scene(chapter.name)
            self.scenes[scene_id] = _scene(script.file, order, chapter)
            self._nodes[scene_id] = {}
            if chapter.label:
                self._name(chapter.label.name, scene_id, None, chapter.label)
                told.append((scene_id, chapter))
            scope = scene_id if chapter.label else script.file
            self._block(scene_id, scope, "", chapter.statements, script.file.startswith(TRANSLATIONS))
        for (scene_id, chapter), (following, _) in pairwise(told):
            if not ends(chapter.statements):
                self.scenes[scene_id] = replace(self.scenes[scene_id], falls_to=following)

    def finish(self) -> dict[str, Scene]:
        """Lead all jumps and calls to their labels, translations to their lines, and return the scenes."""
        inside = self._labels_in_code() if any(way.label not in self.labels for way in self._waiting) else set()
        for way in self._waiting:
            scene, node = self.labels.get(way.label, (way.label, None))
            if way.label in inside:
                message = f"The label {way.label!r} stands in code that is not read."
                self.warnings.append(Warned("label_in_code", message, way.source.file, way.source.line))
            elif way.label not in self.labels:
                message = f"There is no label {way.label!r}."
                self.warnings.append(Warned("label_missing", message, way.source.file, way.source.line))
            nodes = self._nodes[way.scene]
            leaving = nodes[way.node]
            edge = replace(leaving.next[way.edge], scene=scene, node=node)
            nodes[way.node] = replace(leaving, next={way.edge: edge})
        scenes = {i: replace(scene, nodes=Map(self._nodes[i])) for i, scene in self.scenes.items()}
        self.translations = translations.aimed(self.translations, scenes)
        return scenes

    def _labels_in_code(self) -> set[str]:
        """Return the labels that only code that is kept unread holds."""
        code = (node.content for nodes in self._nodes.values() for node in nodes.values() if node.verb == "raw")
        return {label for text in code for label in _LABEL.findall(text)} - self.labels.keys()

    def _name(self, label: str, scene_id: str, node_id: str | None, statement: Statement) -> None:
        if label in self.labels:
            message = f"The label {label!r} stands twice; jumps lead to the first."
            self.warnings.append(Warned("label_repeated", message, statement.file, statement.line))
        else:
            self.labels[label] = (scene_id, node_id)

    def _block(
        self, scene_id: str, scope: str, block: str, statements: Iterable[Statement], verbatim: bool = False
    ) -> None:
        found: list[Draft] = []
        for statement in _flat(statements):
            whole = verbatim and not isinstance(statement, syntax.Comment)
            translated = translations.draft(statement)
            made = [translated or raw(statement)] if whole or translated else list(drafts(statement, self.speakers))
            self._count(statement, made)
            found += made
        for order, draft in zip(sequence(len(found)), found, strict=True):
            self._node(scene_id, scope, Place(block, order), draft)

    def _count(self, statement: Statement, made: Sequence[Draft]) -> None:
        if isinstance(statement, syntax.Comment):
            return
        kind = next((draft.kind for draft in made if draft.kind), None)
        if kind is None:
            self.total += max(len(made), 1)
            self.recognised += max(len(made), 1)
        else:
            parts = walk(statement.children) if isinstance(statement, syntax.Init) else ()
            self.total += sum(not isinstance(inner, _UNCOUNTED) for inner in parts) or 1
            self.raw_kinds[kind] += 1

    def _node(self, scene_id: str, scope: str, place: Place, draft: Draft) -> None:
        statement, kind = draft.statement, draft.verb or draft.type
        node_id = self.ids.node(scope, kind, draft.words)
        text = first_line(statement) if kind in ("raw", "declare", "comment") else head(statement)
        source = Source(statement.file, statement.line, text)
        next_: dict[str, Edge] = {}
        inside: list[tuple[str, Way]] = []
        for order, way in zip(sequence(len(draft.ways)), draft.ways, strict=True) if draft.ways else ():
            edge_id = self.ids.edge(node_id, way.words)
            next_[edge_id] = Edge(order, way.text, way.condition, meta=way.meta)
            inside.append((edge_id, way))
            if way.target is not None:
                self._waiting.append(Departure(scene_id, node_id, edge_id, way.target, source))
        self._nodes[scene_id][node_id] = Node(
            type=draft.type,
            place=place,
            content=draft.content,
            speaker=draft.speaker,
            verb=draft.verb,
            directives=draft.directives,
            next=next_,
            source=source,
        )
        if draft.label:
            self._name(draft.label, scene_id, node_id, statement)
        self._note(draft, source)
        for edge_id, way in inside:
            self._block(scene_id, scope, edge_id, way.block)

    def _note(self, draft: Draft, source: Source) -> None:
        """Note which files are heard, and speakers that nothing declares."""
        if draft.verb in ("play", "queue", "voice") and draft.content and "expression" not in draft.directives:
            self.heard.setdefault(draft.content, (str(draft.directives.get("channel", "voice")), source))
        speaker = draft.directives.get("expression") if draft.type == "text" else None
        if isinstance(speaker, str) and speaker.isidentifier() and speaker not in NAMED_SPEAKERS | self._unknown:
            self._unknown.add(speaker)
            message = f"Nothing declares the speaker {speaker!r} in a way that can be read."
            self.warnings.append(Warned("speaker_unknown", message, source.file, source.line))


_UNCOUNTED = (syntax.Blank, syntax.Comment, syntax.MenuItem)


def chapters(script: Script) -> Iterator[Chapter]:
    """Yield the scenes of a file in order.

    Statements behind a label at the left margin belong to it as far as the play can come to them.
    """
    stem = script.file
    if script.file.startswith(TRANSLATIONS):
        yield from _code(stem, script.statements)
        return
    runs: list[tuple[Label | None, list[Statement]]] = [(None, [])]
    for statement in script.statements:
        if isinstance(statement, Label):
            runs.append((statement, []))
        else:
            runs[-1][1].append(statement)
    for label, run in runs:
        if label is None:
            yield from _code(stem, run)
            continue
        played = max((place + 1 for place, statement in enumerate(run) if _plays(statement)), default=0)
        yield Chapter(label.name, label, (*label.block, *run[:played]))
        yield from _code(f"{stem} after {label.name}", run[played:])


def _code(name: str, statements: Sequence[Statement]) -> Iterator[Chapter]:
    if any(not isinstance(statement, syntax.Blank) for statement in statements):
        yield Chapter(name, None, statements)


def _plays(statement: Statement) -> bool:
    match statement:
        case syntax.UserStatement():
            return statement.name not in _START_WORDS
        case syntax.Python():
            return not statement.early
        case _:
            return not isinstance(statement, (*_START_STATEMENTS, syntax.Blank))


def _flat(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Yield statements without blank lines; a label inside a scene is followed by what it holds.

    Comments on lines one below the other are one comment.
    """
    comment: syntax.Comment | None = None
    for statement in statements:
        if comment and isinstance(statement, syntax.Comment) and statement.line == comment.end + 1:
            span = replace(comment.span, end=statement.end)
            comment = syntax.Comment(span, f"{comment.text}\n{statement.text}")
            continue
        if comment:
            yield comment
        comment = statement if isinstance(statement, syntax.Comment) else None
        if isinstance(statement, Label):
            yield statement
            yield from _flat(statement.block)
        elif not isinstance(statement, syntax.Blank | syntax.Comment):
            yield statement
    if comment:
        yield comment


def _scene(file: str, order: str, chapter: Chapter) -> Scene:
    label = chapter.label
    if label is None:
        return Scene(title=file, group=file, order=order, role="code")
    meta: dict[str, Json] = {"source": {"file": file, "line": label.line, "raw": head(label)}}
    if label.parameters is not None:
        meta["parameters"] = label.parameters
    if label.hide:
        meta["hide"] = True
    return Scene(title=label.name, group=file, order=order, label=label.name, meta=meta)


def ends(statements: Sequence[Statement]) -> bool:
    """Tell whether the play never runs off the end of these statements."""
    last = next((statement for statement in reversed(statements) if _plays(statement)), None)
    match last:
        case syntax.Jump() | syntax.Return():
            return True
        case syntax.Label():
            return ends(last.block)
        case syntax.If():
            return last.branches[-1][0] is None and all(ends(block) for _, block in last.branches)
        case syntax.Menu():
            options = [item for item in last.items if item.block is not None]
            sure = any(item.condition is None for item in options)
            return sure and all(ends(item.block or ()) for item in options)
        case syntax.While():
            return last.condition in ("True", "1")
        case _:
            return False
