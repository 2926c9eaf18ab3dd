"""Bringing a pack into a project: files into the blob store, then everything else in one change."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from comfyvn.application.conflicts import Settled, conflict_id
from comfyvn.application.contents import MAX_LICENCES, Contents, contents_of, coverage_of
from comfyvn.application.echoes import EchoOf, Held, Past, changes, edited, meta_key, origin, past
from comfyvn.application.exports import StoryView
from comfyvn.application.history import Sides, apply
from comfyvn.application.identities import unchanged, with_known_ids
from comfyvn.application.ports import Blobs, BranchRow, Ref
from comfyvn.application.snapshots import keep, look_up
from comfyvn.application.studio import ConflictItem, Outcome, Request, Studio, earlier, open_branch, plain
from comfyvn.application.versions import asset_id, differences, wanted
from comfyvn.domain.kernel import Json, Missing
from comfyvn.domain.merge import same
from comfyvn.domain.pack import Member, Pack, Warned

__all__ = ["COMMAND", "Imported", "asset_id", "import_pack"]

COMMAND = "import.bring-in-pack"

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought in. Counts are those of the pack; `events` is what was new to the project.

    With `conflicts` nothing was written. `contents` tells what is in the pack.
    """

    project: str
    branch: str
    position: int
    engine: str
    scenes: int
    lines: int
    choices: int
    characters: int
    assets: int
    commits: int
    events: int
    contents: Contents
    coverage: Mapping[str, Json]
    warnings: tuple[Warned, ...] = ()
    conflicts: tuple[ConflictItem, ...] = ()


def import_pack(
    studio: Studio,
    blobs: Blobs,
    branch: str,
    pack: Pack,
    open_member: Callable[[str], Iterable[bytes]],
    request: Request,
    progress: Progress | None = None,
    settled: Settled | None = None,
    echo_of: EchoOf | None = None,
    *,
    replacing: bool = False,
) -> Imported:
    """Bring a pack into a branch, or the difference from its last import there; with conflicts nothing is written.

    What changed in the source since its last import merges three-way with what people changed since: `settled`
    chooses a side where both changed one field. `open_member` gives the bytes of a member by its name. An export of
    this project that comes back is compared with its echo, which `echo_of` makes of the story that was exported.
    With `replacing` all that the pack says takes the place of what is there, and nothing is merged.
    """
    row = open_branch(studio, branch)
    story = origin(studio, row, pack.exported)
    assets = list(_assets(blobs, pack, open_member, progress, story))
    body: dict[str, Json] = {
        "branch": branch,
        "engine": pack.engine,
        "title": pack.title,
        "content": _fingerprint(pack, assets),
    }
    body["files"] = _sources(pack, open_member)
    if pack.licences:
        body["licences"] = plain(pack.licences[:MAX_LICENCES])
    if pack.extraction:
        body["extraction"] = plain(pack.extraction)
    if done := earlier(studio, request, COMMAND, body):
        return _imported(pack, row, Outcome(done, done.position))
    whole = Ref("project", row.project)
    project = studio.store.load(branch, whole).state
    if pack.exported and echo_of and story is not None and not replacing:
        now, key = Sides(whole, project, project), meta_key(pack.exported)
        found, warned = _returned(studio, blobs, row, pack, assets, past(story, echo_of), now, key)
        message = f"import {pack.title}"
        outcome = apply(studio, branch, found, request, message, "import", body, settled, command=COMMAND)
        return _imported(replace(pack, warnings=(*pack.warnings, *warned)), row, outcome)
    key = f"import {pack.engine} {pack.title}"
    base = look_up(blobs, studio.store.kinds, project.meta.get(key))
    before = _of(base, "scene")
    still = unchanged(pack, before)
    there = studio.store.heads(branch, "scene") if base else {}
    ours = {ref.id: studio.store.load(branch, ref).state for ref in there if ref.id not in still}
    known = with_known_ids(pack, before, ours, still)
    theirs = wanted(known, assets, base, ours)
    content = keep(blobs, studio.store.kinds, theirs)
    chosen = replace(project, start=project.start or known.start, meta={**project.meta, key: content})
    if replacing:
        there = studio.store.load_many(row.id, sorted({*base, *theirs}))
        base = {ref: loaded.state for ref, loaded in there.items() if loaded.state is not None}
    sides = [Sides(whole, project, chosen), *differences(base, theirs, ours)]
    message = f"import {pack.title}"
    outcome = apply(
        studio, branch, sides, request, message, "import", body, settled, command=COMMAND, loose=_loose(theirs)
    )
    return _imported(pack, row, outcome)


def _returned(
    studio: Studio,
    blobs: Blobs,
    row: BranchRow,
    pack: Pack,
    assets: Held,
    past: Past,
    project: Sides,
    key: str,
) -> tuple[list[Sides], tuple[Warned, ...]]:
    """Return what an export that comes back asks for beyond what it asked for at its last import, and warnings."""
    kept = look_up(blobs, studio.store.kinds, project.base.meta.get(key))
    now = edited(pack, assets, past, kept or past.echoed)
    found = list(changes(past, now))
    was = {ref: state for ref, state, _ in changes(past, kept)} if kept else {}
    become = {ref: state for ref, state, _ in found}
    refs = {*was, *become}
    base = {ref: was.get(ref, past.states.get(ref)) for ref in refs}
    theirs = {ref: become.get(ref, past.states.get(ref)) for ref in refs}
    theirs = {ref: base[ref] if same(base[ref], state) else state for ref, state in theirs.items()}
    warned = tuple(dict.fromkeys(warning for _, _, lost in found for warning in lost))
    if not kept and all(base[ref] is state for ref, state in theirs.items()):
        return [], warned
    there = [ref for ref in refs if ref.kind == "scene"]
    ours = {ref.id: loaded.state for ref, loaded in studio.store.load_many(row.id, there).items() if loaded.state}
    chosen = replace(project.base, meta={**project.base.meta, key: keep(blobs, studio.store.kinds, now)})
    return [replace(project, theirs=chosen), *differences(base, theirs, ours)], warned


def _imported(pack: Pack, row: BranchRow, outcome: Outcome) -> Imported:
    nodes = [node for scene in pack.scenes.values() for node in scene.nodes.values()]
    return Imported(
        project=row.project,
        branch=row.name,
        position=outcome.position,
        engine=pack.engine,
        scenes=sum(scene.role == "story" for scene in pack.scenes.values()),
        lines=sum(node.type == "text" for node in nodes),
        choices=sum(node.type == "choice" for node in nodes),
        characters=len(pack.characters),
        assets=len(pack.members),
        commits=0 if outcome.commit is None else 1,
        events=outcome.events,
        contents=contents_of(pack),
        coverage=coverage_of(pack),
        warnings=pack.warnings,
        conflicts=outcome.conflicts,
    )


def _of(states: Mapping[Ref, Any], kind: str) -> dict[str, Any]:
    return {ref.id: state for ref, state in states.items() if ref.kind == kind}


def _loose(theirs: Mapping[Ref, Any]) -> frozenset[str]:
    """Return the ids of what hangs in the air in the source itself: ways to no scene, labels that stand twice."""
    scenes = _of(theirs, "scene")
    labels = Counter(scene.label for scene in scenes.values() if scene.label)
    found: set[str] = set()
    for scene_id, scene in scenes.items():
        ref = Ref("scene", scene_id)
        if labels[scene.label] > 1:
            found.add(conflict_id(ref, ("label",)))
        for node_id, node in scene.nodes.items():
            for edge_id, edge in node.next.items():
                if edge.scene is not None and edge.scene not in scenes:
                    found.add(conflict_id(ref, ("nodes", node_id, "next", edge_id)))
    return frozenset(found)


def _assets(
    blobs: Blobs,
    pack: Pack,
    open_member: Callable[[str], Iterable[bytes]],
    progress: Progress | None,
    story: StoryView | None,
) -> Iterator[tuple[Member, str, int]]:
    """Yield each member with its content: of an export that comes back, files as they were written have their old one.

    What an export says of itself counts only where the `story` that was exported has that content at that path.
    """
    held = {asset.path: asset for asset in story.assets.values()} if story else {}
    for done, member in enumerate(pack.members):
        asset = held.get(member.name)
        if asset is not None and member.was == asset.hash:
            digest, size = asset.hash, asset.bytes
        else:
            digest, size = blobs.put(open_member(member.name))
        if progress:
            progress("assets", done + 1, len(pack.members))
        yield member, digest, size


def _sources(pack: Pack, open_member: Callable[[str], Iterable[bytes]]) -> dict[str, Json]:
    """Return the SHA-256 of each file in which lines of the pack stood: the commit tells what was read."""
    nodes = (node for scene in pack.scenes.values() for node in scene.nodes.values())
    found: dict[str, Json] = {}
    for name in sorted({node.source.file for node in nodes if node.source is not None}):
        for held in (name, f"{name}c"):  # a script may be there in its compiled form alone
            with suppress(Missing):
                content = sha256()
                for chunk in open_member(held):
                    content.update(chunk)
                found.setdefault(name, content.hexdigest())
    return found


def _fingerprint(pack: Pack, assets: list[tuple[Member, str, int]]) -> str:
    """Return a hash of what the pack holds, so that an import's id cannot stand for another game."""
    found = sha256()
    for scene_id in sorted(pack.scenes):
        found.update(f"{scene_id}\x1f{','.join(sorted(pack.scenes[scene_id].nodes))}\n".encode())
    for member, digest, _ in assets:
        found.update(f"{member.name}\x1f{digest}\n".encode())
    return found.hexdigest()
