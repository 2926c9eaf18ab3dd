"""The nodes of Yarn files and the files of a Yarn project, before their bodies are read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.infrastructure.imports.loading import loaded

MAX_NODES: Final = 50_000
MAX_PATTERNS: Final = 100
TAB: Final = 8
"""Blanks that a tab counts for."""

_HEADER: Final = re.compile(r"(?P<key>\w[\w.-]*)[ \t]*:(?P<value>.*)")
_STARS: Final = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a body: how far it is indented, its words without that, and its number in the file."""

    indent: int
    text: str
    line: int


@dataclass(slots=True)
class YarnNode:
    """A node: `whens` are the conditions under which a node of a group can be chosen, `headers` all other headers."""

    title: str
    line: int
    file: str = ""
    whens: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()

    @property
    def tags(self) -> list[str]:
        return self.headers.get("tags", "").split()


def nodes_of(text: str, file: str = "") -> Iterator[YarnNode]:
    """Yield the nodes of a file; what stands outside of nodes is left out."""
    node = YarnNode("", 0, file)
    body: list[Row] | None = None
    for number, row in enumerate(text.split("\n"), 1):
        bare = row.strip()
        if body is not None:
            if bare == "===" or (bare.startswith("===") and not bare.strip("=")):
                yield _closed(node, body)
                node, body = YarnNode("", 0, file), None
            else:
                body.append(_row(row, number))
        elif bare == "---":
            body = []
        elif found := _HEADER.match(bare):
            node.line = node.line or number
            _header(node, found["key"], found["value"].partition("//")[0].strip())
    if body is not None:
        yield _closed(node, body)


def _closed(node: YarnNode, body: Sequence[Row]) -> YarnNode:
    node.rows = tuple(body)
    return node


def _header(node: YarnNode, key: str, value: str) -> None:
    if key == "title":
        node.title = node.title or value
    elif key == "when":
        node.whens.append(value)
    else:
        node.headers.setdefault(key, value)


def _row(row: str, number: int) -> Row:
    text = row.lstrip(" \t")
    lead = row[: len(row) - len(text)]
    return Row(sum(TAB if sign == "\t" else 1 for sign in lead), text.rstrip(), number)


def chosen(text: str, folder: str, names: Sequence[str]) -> list[str]:
    """Return the files that a project file takes in; `folder` is where it lies, empty or with a slash at the end.

    Format: Yarn Spinner's project file, versions 2 to 4.
    """
    project = _object(text)
    wanted = _patterns(project.get("sourceFiles", ["**/*.yarn"]))
    left = _patterns(project.get("excludeFiles", []))
    inside = [name for name in names if name.startswith(folder)]
    return [
        name
        for name in inside
        if any(p.fullmatch(name.removeprefix(folder)) for p in wanted)
        and not any(p.fullmatch(name.removeprefix(folder)) for p in left)
    ]


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = loaded(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _patterns(given: object) -> list[re.Pattern[str]]:
    words = [word for word in given if isinstance(word, str)] if isinstance(given, list) else []
    return [_pattern(word) for word in words[:MAX_PATTERNS] if word.count("*") <= _STARS and len(word) <= 200]


def _pattern(word: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", word.removeprefix("./"))
    meant = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(meant.get(part, re.escape(part)) for part in parts), re.IGNORECASE)
