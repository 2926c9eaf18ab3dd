"""Two states of a project, one change, or a merge that has not happened yet, as prose."""

from dataclasses import dataclass

from comfyvn.application.branching import differing, merge
from comfyvn.application.changes.phrases import titled
from comfyvn.application.changes.prose import Prose, prose
from comfyvn.application.history import around
from comfyvn.application.ports import LATEST, Commit, Ref
from comfyvn.application.studio import ConflictItem, Request, Studio
from comfyvn.domain.kernel import WHOLE, Json
from comfyvn.domain.wording import Mark, marks


@dataclass(frozen=True, slots=True)
class ConflictProse:
    """A collision as people see it: what they call the entity, which node it is about, and words marked from `base`."""

    id: str
    code: str
    entity: str
    name: str
    node: str | None
    speaker: str | None
    field: str
    base: Json
    ours: Json
    theirs: Json
    ours_marks: tuple[Mark, ...]
    theirs_marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would bring, and the collisions that need a decision; these are left out of the prose."""

    position: int
    conflicts: tuple[ConflictProse, ...]
    prose: Prose


def compare_prose(
    studio: Studio,
    one: str,
    other: str,
    at: int = LATEST,
    other_at: int = LATEST,
    *,
    words: bool = True,
    offset: int = 0,
    size: int | None = None,
) -> Prose:
    """Return as prose what differs from one branch (as of `at`) to another (as of `other_at`)."""
    pairs = differing(studio, one, other, at, other_at)
    cast = {**studio.store.heads(one, "character", at), **studio.store.heads(other, "character", other_at)}
    return prose(pairs, studio.store.kinds, cast, words=words, offset=offset, size=size)


def commit_prose(
    studio: Studio, commit: Commit, *, words: bool = True, offset: int = 0, size: int | None = None
) -> Prose:
    """Return as prose what a commit changed."""
    cast = studio.store.heads(commit.branch, "character", commit.position)
    pairs = around(studio.store, commit)
    return prose(pairs, studio.store.kinds, cast, words=words, offset=offset, size=size)


def merge_prose(studio: Studio, source: str, target: str, *, offset: int = 0, size: int | None = None) -> MergePreview:
    """Return as prose what a merge of `source` into `target` would do; nothing is written."""
    outcome = merge(studio, source, target, Request(), write=False)
    cast = {**studio.store.heads(source, "character"), **studio.store.heads(target, "character")}
    pairs = [(change.ref, change.before, change.after) for change in outcome.would]
    told = tuple(_told(studio, target, source, item) for item in outcome.conflicts)
    return MergePreview(outcome.position, told, prose(pairs, studio.store.kinds, cast, offset=offset, size=size))


def _told(studio: Studio, target: str, source: str, item: ConflictItem) -> ConflictProse:
    ref = Ref.of(item.entity)
    states = [studio.store.load(branch, ref).state for branch in (target, source)]
    part = studio.store.kinds[ref.kind].part
    named = next((part(state, WHOLE) for state in states if state is not None), None)
    inside = ref.kind == "scene" and len(item.path) > 1 and item.path[0] == "nodes"
    node = item.path[1] if inside else None
    bodies = [part(state, node) for state in states if node is not None and state is not None]
    speaker = next((body.get("speaker") for body in bodies if body), None)
    sides = (_marked(item.base, side) for side in (item.ours, item.theirs))
    field = "/".join(item.path[2:] if inside else item.path)
    told = (item.id, item.code, item.entity, titled(ref, named), node, speaker, field)
    return ConflictProse(*told, item.base, item.ours, item.theirs, *sides)


def _marked(base: Json, side: Json) -> tuple[Mark, ...]:
    return marks(base, side) if isinstance(base, str) and isinstance(side, str) else ()
