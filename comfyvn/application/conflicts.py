"""Collisions as data: what merge and undo report, and how a person settles them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from comfyvn.application.ports import Change, EventStore, Ref
from comfyvn.application.studio import ConflictItem, plain
from comfyvn.domain.kernel import Json
from comfyvn.domain.merge import ABSENT, FieldConflict, Worded
from comfyvn.domain.story import Scene, edges

Side = Literal["ours", "theirs"]
Settled = Mapping[str, Side | Worded]
"""How a person settled conflicts: conflict id -> side, or for the words of a line others of their own."""

_WORDS = frozenset({"content", "text"})
"""Fields that hold what readers read; only these take words of one's own."""


def items(ref: Ref, found: Iterable[FieldConflict]) -> tuple[ConflictItem, ...]:
    """Return field conflicts of one entity as items."""
    return tuple(_item(ref, conflict) for conflict in found)


def _item(ref: Ref, conflict: FieldConflict) -> ConflictItem:
    sides = (conflict.base, conflict.ours, conflict.theirs)
    removed = any(side is ABSENT or side is None for side in sides[1:]) and sides[0] not in (ABSENT, None)
    code = "removed_and_changed" if removed else "changed_on_both_sides"
    base, ours, theirs = (None if side is ABSENT else plain(side) for side in sides)
    return ConflictItem(conflict_id(ref, conflict.path), code, str(ref), conflict.path, base, ours, theirs)


def conflict_id(ref: Ref, path: Iterable[str]) -> str:
    """Return the id of a conflict: entity and path with slashes between them, escaped as in a JSON pointer."""
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in (str(ref), *path))


def choices_for(ref: Ref, settled: Settled) -> dict[tuple[str, ...], str | Worded]:
    """Return the choices of one entity, as merge3 takes them, from choices by conflict id."""
    found: dict[tuple[str, ...], str | Worded] = {}
    for conflict_id, side in settled.items():
        entity, *path = (step.replace("~1", "/").replace("~0", "~") for step in conflict_id.split("/"))
        if entity == str(ref) and (isinstance(side, str) or _WORDS.issuperset(path[-1:])):
            found[tuple(path)] = side
    return found


def settled_json(settled: Settled | None) -> Json:
    """Return how conflicts were settled, as the commit keeps it."""
    return {key: side if isinstance(side, str) else {"text": side.text} for key, side in (settled or {}).items()}


def dangling(store: EventStore, branch: str, changes: Sequence[Change]) -> tuple[ConflictItem, ...]:
    """Return what would hang in the air after `changes`: edges to what is gone, blocks without owner, labels twice."""
    scenes = [change for change in changes if change.ref.kind == "scene"]
    after = {change.ref: change.after for change in scenes}
    found: list[ConflictItem] = []
    exists: dict[str, bool] = {}
    for change in scenes:
        if change.after is not None:
            hung_before = {item.id for item in _inside(change.ref, change.before)} if change.before else set()
            found += [item for item in _inside(change.ref, change.after) if item.id not in hung_before]
            found += _outward(store, branch, change, after, exists)
    gone = {ref.id for ref, scene in after.items() if scene is None}
    if gone:
        for ref, scene in store.load_all(branch, "scene").items():
            if ref not in after:
                found += [_hanging(ref, path, target) for path, target in _targets(scene) if target in gone]
    return (*found, *_labels(store, branch, scenes))


def _inside(ref: Ref, scene: Scene) -> list[ConflictItem]:
    owners = {edge_id for node in scene.nodes.values() for edge_id in node.next}
    found = []
    for node_id, node in scene.nodes.items():
        if node.place.block and node.place.block not in owners:
            found.append(_hanging(ref, ("nodes", node_id, "place"), node.place.block))
        for edge_id, edge in edges(node):
            if edge.scene is None and edge.node is not None and edge.node not in scene.nodes:
                found.append(_hanging(ref, ("nodes", node_id, "next", edge_id), edge.node))
    return found


def _outward(
    store: EventStore, branch: str, change: Change, after: Mapping[Ref, Any], exists: dict[str, bool]
) -> list[ConflictItem]:
    """Return edges that newly lead to a scene which is no more; one that was never written may be named."""
    known = set(_targets(change.before)) if change.before is not None else set()
    found = []
    for path, target in _targets(change.after):
        there = Ref("scene", target)
        if there in after:
            hangs = after[there] is None
        elif (path, target) in known:
            hangs = False
        else:
            if target not in exists:
                loaded = store.load(branch, there)
                exists[target] = loaded.state is not None or loaded.version == 0
            hangs = not exists[target]
        if hangs:
            found.append(_hanging(change.ref, path, target))
    return found


def _targets(scene: Scene) -> list[tuple[tuple[str, ...], str]]:
    found: list[tuple[tuple[str, ...], str]] = [(("falls_to",), scene.falls_to)] if scene.falls_to else []
    for node_id, node in scene.nodes.items():
        found += [(("nodes", node_id, "next", i), edge.scene) for i, edge in node.next.items() if edge.scene]
    return found


def _hanging(ref: Ref, path: tuple[str, ...], target: str) -> ConflictItem:
    return ConflictItem(conflict_id(ref, path), "dangling", str(ref), path, None, target, None)


def _labels(store: EventStore, branch: str, scenes: Sequence[Change]) -> list[ConflictItem]:
    """Return the labels that scenes newly have and that another scene has, too."""
    after = {change.ref: change.after.label for change in scenes if change.after is not None}
    fresh = [c.ref for c in scenes if after.get(c.ref) and (c.before is None or c.before.label != after[c.ref])]
    if not fresh:
        return []
    changed = {change.ref for change in scenes}
    kept = {ref: body.get("label") for ref, body in store.heads(branch, "scene").items() if ref not in changed}
    kept |= {ref: label for ref, label in after.items() if ref not in fresh}
    holders: dict[str, Ref] = {label: ref for ref, label in kept.items() if label}
    found = []
    for ref in fresh:
        label = after[ref]
        if (holder := holders.setdefault(label, ref)) != ref:
            path = ("label",)
            found.append(ConflictItem(conflict_id(ref, path), "label_taken", str(ref), path, None, label, str(holder)))
    return found
