"""Blame: which commit last set each field of a line, and every version before it."""

from dataclasses import dataclass

from comfyvn.application.ports import LATEST, Commit, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE, Json, Missing
from comfyvn.domain.merge import ABSENT, same


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a part: what it was, and the commit that made it so (body None: it was removed)."""

    commit: Commit
    body: Json | None


@dataclass(frozen=True, slots=True)
class Blame:
    """The versions of a part, oldest first, and for each present field the commit that last set it."""

    entity: str
    part: str
    versions: tuple[Version, ...]
    fields: dict[str, Commit]


def blame(studio: Studio, branch: str, ref: Ref, part: str = WHOLE, at: int = LATEST) -> Blame:
    """Return the blame of one part of an entity (a node of a scene, or `WHOLE`). Raises Missing("part_unknown")."""
    rows = studio.store.versions(branch, ref, part, at)
    if not rows:
        raise Missing("part_unknown", f"{ref} has no part {part!r} here.", entity=str(ref), part=part)
    commits = studio.store.commits_at({row.position for row in rows})
    fields: dict[str, Commit] = {}
    before: dict[str, Json] = {}
    for row in rows:
        body = row.body if isinstance(row.body, dict) else {}
        fields = {k: fields[k] for k in body if k in fields}
        for key, value in body.items():
            if not same(before.get(key, ABSENT), value):
                fields[key] = commits[row.position]
        before = body
    versions = tuple(Version(commits[row.position], row.body) for row in rows)
    return Blame(str(ref), part, versions, fields)


def last_changes(studio: Studio, branch: str, ref: Ref, at: int = LATEST) -> dict[str, Commit]:
    """Return for each present part of an entity the commit that last changed it."""
    positions = studio.store.part_positions(branch, ref, at)
    commits = studio.store.commits_at(set(positions.values()))
    return {part: commits[position] for part, position in positions.items()}
