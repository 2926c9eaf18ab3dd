"""Bringing a pack into a project: files into the blob store, then everything else in one change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, TypeVar

from immutables import Map

from comfyvn.application.ports import Blobs, Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.studio import Request, Studio, open_branch
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.kernel import Json
from comfyvn.domain.ordering import settled, sort_key
from comfyvn.domain.pack import Member, Pack, Warned
from comfyvn.domain.project import Project
from comfyvn.domain.story import Edge, Node, Place, Scene, blocks, edges

COMMAND = "import.bring-in-pack"

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much is done and how much there is."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought in. Counts are those of the pack; `events` is what was new to the project."""

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
    coverage: Mapping[str, Json] = field(default_factory=dict)
    warnings: tuple[Warned, ...] = ()


def import_pack(
    studio: Studio,
    blobs: Blobs,
    branch: str,
    pack: Pack,
    open_member: Callable[[str], Iterable[bytes]],
    request: Request,
    progress: Progress | None = None,
) -> Imported:
    """Bring a pack into a branch; what is there already as it should be is not recorded again.

    `open_member` gives the bytes of a member by its name. What people added to an entity since an earlier import
    (tags, traits, portraits, descriptions) stays.
    """
    row = open_branch(studio, branch)
    assets = list(_assets(blobs, pack, open_member, progress))
    body = {"branch": branch, "engine": pack.engine, "title": pack.title, "content": _fingerprint(pack, assets)}
    done = bring_in(
        studio,
        branch,
        _wanted(studio, branch, row.project, pack, assets),
        request,
        f"import {pack.title}",
        command=COMMAND,
        body=body,
    )
    nodes = [node for scene in pack.scenes.values() for node in scene.nodes.values()]
    return Imported(
        project=row.project,
        branch=row.name,
        position=done.position,
        engine=pack.engine,
        scenes=sum(scene.role == "story" for scene in pack.scenes.values()),
        lines=sum(node.type == "text" for node in nodes),
        choices=sum(node.type == "choice" for node in nodes),
        characters=len(pack.characters),
        assets=len(pack.members),
        commits=0 if done.commit is None else 1,
        events=done.events,
        coverage={"recognised": pack.recognised, "total": pack.total, "raw": dict(pack.raw_kinds)},
        warnings=pack.warnings,
    )


def asset_id(name: str) -> str:
    """Return the id of the asset that a member of that name becomes."""
    return sha256(f"asset\x1f{name}".encode()).hexdigest()[:12]


def _assets(
    blobs: Blobs, pack: Pack, open_member: Callable[[str], Iterable[bytes]], progress: Progress | None
) -> Iterator[tuple[Member, str, int]]:
    for done, member in enumerate(pack.members):
        digest, size = blobs.put(open_member(member.name))
        if progress:
            progress("assets", done + 1, len(pack.members))
        yield member, digest, size


def _fingerprint(pack: Pack, assets: list[tuple[Member, str, int]]) -> str:
    """Return a hash of what the pack holds, so that an import's id cannot stand for another game."""
    found = sha256()
    for scene_id in sorted(pack.scenes):
        found.update(f"{scene_id}\x1f{','.join(sorted(pack.scenes[scene_id].nodes))}\n".encode())
    for member, digest, _ in assets:
        found.update(f"{member.name}\x1f{digest}\n".encode())
    return found.hexdigest()


def _wanted(
    studio: Studio, branch: str, project: str, pack: Pack, assets: list[tuple[Member, str, int]]
) -> Iterator[tuple[Ref, Any]]:
    def present(kind: str) -> dict[str, Any]:
        return {ref.id: state for ref, state in studio.store.load_all(branch, kind).items()}

    whole = studio.store.load(branch, Ref("project", project)).state
    if isinstance(whole, Project) and whole.start is None and pack.start is not None:
        yield Ref("project", project), replace(whole, start=pack.start)
    for entity_id, state in (*_scenes(pack, present("scene")), *_characters(pack, present("character"))):
        yield Ref("scene" if isinstance(state, Scene) else "character", entity_id), state
    variables = present("variable")
    for name, variable in sorted(pack.variables.items()):
        yield Ref("variable", name), _kept(variable, variables.get(name), ("description",))
    known = present("asset")
    for member, digest, size in assets:
        origin = {"engine": pack.engine, "title": pack.title}
        asset = Asset(member.type, member.name, digest, size, meta={"origin": origin})  # type: ignore[arg-type]
        earlier = known.get(asset_id(member.name))
        yield Ref("asset", asset_id(member.name)), _kept(asset, earlier, ("type", "meta", "tags"))


def _kept(wanted: T, present: T | None, fields: tuple[str, ...]) -> T:
    """Return `wanted` with the fields of `present` that are people's and not the source's."""
    if present is None:
        return wanted
    return replace(wanted, **{name: getattr(present, name) for name in fields})  # type: ignore[type-var]


def _characters(pack: Pack, present: Mapping[str, Character]) -> Iterator[tuple[str, Character]]:
    speaks: dict[str, dict[str, bool]] = {}
    for scene_id in sorted(pack.scenes):
        for node in pack.scenes[scene_id].nodes.values():
            if node.speaker:
                speaks.setdefault(node.speaker, {})[scene_id] = True
    for name, character in sorted(pack.characters.items()):
        now = present.get(name)
        linked = {**(now.linked_scene_ids if now else {}), **speaks.get(name, {})}
        wanted = replace(character, linked_scene_ids=linked)
        yield name, _kept(wanted, now, ("traits", "portrait_asset_id", "expressions"))


def _scenes(pack: Pack, present: Mapping[str, Scene]) -> Iterator[tuple[str, Scene]]:
    """Yield the scenes, with the order keys that are there already wherever these still tell the right order."""
    groups: dict[str, list[str]] = {}
    for scene_id in sorted(pack.scenes, key=lambda i: sort_key(pack.scenes[i].order, i)):
        groups.setdefault(pack.scenes[scene_id].group, []).append(scene_id)
    for group, members in sorted(groups.items()):
        now = [present[i].order if i in present and present[i].group == group else "" for i in members]
        keys = settled(list(zip(now, members, strict=True))) if any(now) else [pack.scenes[i].order for i in members]
        for scene_id, key in zip(members, keys, strict=True):
            scene = replace(pack.scenes[scene_id], order=key)
            yield scene_id, _settled_scene(scene, present[scene_id]) if scene_id in present else scene


def _settled_scene(scene: Scene, now: Scene) -> Scene:
    nodes: dict[str, Node] = {}
    for block, members in blocks(scene).items():
        there = [
            (now.nodes[i].place.order if i in now.nodes and now.nodes[i].place.block == block else "", i)
            for i, _ in members
        ]
        for (node_id, node), key in zip(members, settled(there), strict=True):
            earlier = now.nodes.get(node_id)
            next_ = _settled_edges(node, earlier.next if earlier else {})
            nodes[node_id] = replace(node, place=Place(block, key), next=next_)
    return replace(scene, nodes=Map(nodes))


def _settled_edges(node: Node, now: Mapping[str, Edge]) -> dict[str, Edge]:
    members = edges(node)
    keys = settled([(now[i].order if i in now else "", i) for i, _ in members])
    return {i: replace(edge, order=key) for (i, edge), key in zip(members, keys, strict=True)}
