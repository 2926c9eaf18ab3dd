"""What of a story is kept as code of the engine that it came from, and is not run here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.story import Scene, walk


@dataclass(frozen=True, slots=True)
class CodeStatement:
    """A node that is code. `kind` is the word that it begins with; `file` and `line` are where it was imported from."""

    scene: str
    title: str
    role: str
    node: str
    kind: str
    text: str
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A page of such nodes in the order of the scenes; `kinds` counts all of the branch, `total` those asked for."""

    position: int
    total: int
    kinds: Mapping[str, int]
    items: list[CodeStatement]


def kept_code(
    studio: Studio, branch: str, at: int = LATEST, *, kind: str | None = None, offset: int = 0, size: int = 100
) -> KeptCode:
    """Return the nodes of a branch that are kept as code, of one kind or of all. Raises Missing("branch_unknown")."""
    found = list(_statements(studio, branch, at))
    wanted = [statement for statement in found if kind in (None, statement.kind)]
    kinds = Counter(statement.kind for statement in found)
    return KeptCode(
        studio.store.head(branch, at), len(wanted), dict(kinds.most_common()), wanted[offset : offset + size]
    )


def _statements(studio: Studio, branch: str, at: int) -> Iterator[CodeStatement]:
    scenes: list[tuple[Ref, Scene]] = [*studio.store.load_all(branch, "scene", at).items()]
    for ref, scene in sorted(scenes, key=lambda item: (item[1].group, sort_key(item[1].order, item[0].id))):
        for node_id, node in walk(scene):
            if node.verb == "raw":
                source = node.source
                yield CodeStatement(
                    *(ref.id, scene.title, scene.role, node_id, _kind(node.content), node.content),
                    file=source.file if source else None,
                    line=source.line if source else None,
                )


def _kind(text: str) -> str:
    words = text.split(maxsplit=1)
    return words[0].rstrip(":")[:40] if words else ""
