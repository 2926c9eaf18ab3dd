"""The identifiers by which the engine finds the translations of lines.

A line's identifier is the label before it, and the first 8 digits of the MD5 of its statement as the engine writes
it, each statement with CR LF behind it; directions that a translation may change (voice, nvl clear) and that stand
right before the line count as part of it. A number tells equal ones apart. An ``id`` clause takes its place.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import md5

from comfyvn.domain.story import Node, Scene, blocks, edges

Place = tuple[str, str]
"""A scene's id and a node's."""

Words = Callable[[Place, Node], str | None]
"""Returns a part of a line's source; None: there is none."""

MAX_ARGUMENTS = 10_000
"""Characters of arguments that are read."""

_BLANK_AFTER_BLANK = re.compile(r"(?<= ) ")


@dataclass(slots=True)
class Lines:
    """Finds identifiers, file by file.

    `who`, `text` and `given` tell a line's speaker, words and ``id`` clause, `label` the label at a node.
    """

    who: Words
    text: Words
    given: Words
    label: Words
    found: dict[Place, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _label: str | None = None
    _alternate: str | None = None

    def add(self, scenes: Iterable[tuple[str, Scene]]) -> None:
        """Add the scenes of one file, in order."""
        self._label = self._alternate = None
        for scene_id, scene in scenes:
            if scene.role == "story" and scene.meta.get("hide") is not True:
                self._enter(scene.label or "")
            self._block(scene_id, blocks(scene), "", set())

    def _enter(self, label: str) -> None:
        if label.startswith("_"):
            self._alternate = label
        else:
            self._label, self._alternate = label, None

    def _block(self, scene_id: str, members: dict[str, list[tuple[str, Node]]], block: str, seen: set[str]) -> None:
        group: list[str] = []
        seen.add(block)
        sequence = members.get(block, [])
        for number, (node_id, node) in enumerate(sequence):
            place = scene_id, node_id
            named = number + 1 if node.directives.get("with_choice") is True and number + 1 < len(sequence) else number
            label = self.label((scene_id, sequence[named][0]), sequence[named][1])
            if label and node.directives.get("hide") is not True:
                self._enter(label)
            for edge_id, _ in edges(node):
                if edge_id not in seen:
                    self._block(scene_id, members, edge_id, seen)
            if node.type == "text":
                self._name(place, node, [*group, self._code(place, node)])
                group = []
            elif (direction := _direction(node)) is not None:
                group.append(direction)
            elif group and node.verb != "comment":
                self._identifier(self._label, _digest(group))
                group = []
        if group:
            self._identifier(self._label, _digest(group))

    def _name(self, place: Place, node: Node, codes: list[str]) -> None:
        digest = _digest(codes)
        found = self._identifier(self._label, digest)
        if self._alternate is not None:
            self._identifier(self._alternate, digest)
        given = self.given(place, node)
        self._taken.add(given or found)
        self.found[place] = given or found

    def _identifier(self, label: str | None, digest: str) -> str:
        stem = digest if label is None else f"{label.replace('.', '_')}_{digest}"
        found, number = stem, 0
        while found in self._taken:
            number += 1
            found = f"{stem}_{number}"
        self._taken.add(found)
        return found

    def _code(self, place: Place, node: Node) -> str:
        directives = node.directives
        parts = [self.who(place, node), *_words(directives.get("attributes"))]
        if temporary := _words(directives.get("temporary")):
            parts += ["@", *temporary]
        parts.append(_string(self.text(place, node) or ""))
        if directives.get("nointeract") is True or directives.get("with_choice") is True:
            parts.append("nointeract")
        if given := self.given(place, node):
            parts += ["id", given]
        if isinstance(arguments := directives.get("arguments"), str):
            parts.append(f"({', '.join(_arguments(arguments))})")
        if isinstance(transition := directives.get("with"), str):
            parts += ["with", transition]
        return " ".join(part for part in parts if part)


def _digest(codes: Iterable[str]) -> str:
    whole = "".join(f"{code}\r\n" for code in codes)
    return md5(whole.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:8]


def _direction(node: Node) -> str | None:
    """Return the source of a direction that translations may change."""
    if node.verb == "nvl" and node.content == "clear":
        return "nvl clear"
    return (node.source.raw if node.source else None) if node.verb == "voice" else None


def _words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list | tuple) else []


def _string(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{_BLANK_AFTER_BLANK.sub(chr(92) + chr(92) + " ", text)}"'


def _arguments(source: str) -> Iterator[str]:
    """Yield the arguments of a call, each as it is written."""
    call = f"f({source})"
    try:
        tree = ast.parse(call, mode="eval").body if len(source) <= MAX_ARGUMENTS else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        tree = None
    if not isinstance(tree, ast.Call):
        yield source.strip()
        return
    found: list[ast.expr | ast.keyword] = [*tree.args, *tree.keywords]
    for part in sorted(found, key=lambda part: (part.lineno, part.col_offset)):
        if isinstance(part, ast.keyword):
            value = ast.get_source_segment(call, part.value) or ""
            yield f"{part.arg}={value}" if part.arg else f"**{value}"
        else:
            yield ast.get_source_segment(call, part) or ""
