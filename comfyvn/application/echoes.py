"""Our own exports coming back: what was edited in them, and only that, becomes changes of the story.

An export says less than the story, and some of it in another way: it is not compared with the story, but with its echo,
which is the same export as an import reads it when nobody has edited it. What differs between the two is then done to
the story as it was when it was exported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from immutables import Map

from comfyvn.application.exports import StoryView, story_view
from comfyvn.application.identities import with_known_ids
from comfyvn.application.ports import BranchRow, Ref
from comfyvn.application.studio import Studio
from comfyvn.application.versions import asset_id, wanted
from comfyvn.domain.assets import Asset
from comfyvn.domain.kernel import Missing
from comfyvn.domain.localisation import Translation
from comfyvn.domain.matching import Spot
from comfyvn.domain.merge import merge3, same
from comfyvn.domain.pack import Exported, Member, Pack, Warned
from comfyvn.domain.story import Edge, Node, Scene, blocks

States = Mapping[Ref, Any]
Held = Sequence[tuple[Member, str, int]]
"""Files, each with the hash and the size in bytes of its content."""

_SOURCE = "source"
_LABELS = {"text": "id", "action": "from"}
"""The directives that hold names which exports give."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What an import makes of an export that nobody edited, and what the names in it stand for in the story.

    `hashes` are those of the files that the export itself makes. `scenes` are found by label, `lines` by identifier,
    `characters` and `variables` by the names they have in scripts, `groups` by the file that they became.
    """

    pack: Pack
    hashes: Mapping[str, str]
    scenes: Mapping[str, str]
    lines: Mapping[str, Spot]
    characters: Mapping[str, str]
    variables: Mapping[str, str]
    groups: Mapping[str, str]


EchoOf = Callable[[StoryView], Echo]


@dataclass(frozen=True, slots=True)
class Past:
    """A story as it was exported, as states and as the states of its echo.

    `ways` are those that the export had to write in other nodes, by the ids they have there.
    """

    story: StoryView
    states: States
    echo: Echo
    ways: Mapping[str, str]
    echoed: States


def meta_key(exported: Exported) -> str:
    """Return the name under which a project keeps what the last import of an edited export held."""
    return f"import export {exported.branch} {exported.position}"


def origin(studio: Studio, row: BranchRow, exported: Exported | None) -> StoryView | None:
    """Return the story that was exported; None where this database has it not, or it is another project's."""
    if exported is None or exported.project != row.project:
        return None
    try:
        branch = studio.store.branch(exported.branch)
    except Missing:
        return None
    if branch.project != row.project or not 0 < exported.position <= studio.store.head(branch.id):
        return None
    return story_view(studio, branch.id, exported.position)


def past(story: StoryView, echo_of: EchoOf) -> Past:
    """Return a story as it was exported, with its echo."""
    echo = echo_of(story)
    states = {
        Ref(kind, i): state
        for kind, found in (
            ("scene", story.scenes),
            ("character", story.characters),
            ("variable", story.variables),
            ("asset", story.assets),
            ("translation", story.translations),
        )
        for i, state in found.items()
    }
    known = _named(echo.pack, echo)
    again = with_known_ids(known, story.scenes, {}, labels=echo.scenes, lines=echo.lines)
    pack = _translated(again, story)
    held = [(m, echo.hashes.get(m.name, ""), m.size) for m in echo.pack.members]
    ways = dict(_ways(pack.scenes, story.scenes))
    return Past(story, states, echo, ways, _states(pack, held, story, echo, ways, {}))


def edited(pack: Pack, held: Held, past: Past, before: States) -> dict[Ref, Any]:
    """Return the states that an export holds, to compare with `before`: its echo, or its last import."""
    scenes = {ref.id: scene for ref, scene in before.items() if ref.kind == "scene"}
    known = _named(pack, past.echo)
    again = with_known_ids(known, scenes, {}, labels=past.echo.scenes, lines=past.echo.lines)
    return _states(_translated(again, past.story), held, past.story, past.echo, past.ways, before)


def changes(past: Past, now: States) -> Iterator[tuple[Ref, Any, tuple[Warned, ...]]]:
    """Yield what becomes of the story where `now` differs from the echo, and what of it cannot be taken over."""
    for ref in sorted({*past.echoed, *now}):
        was, is_ = past.echoed.get(ref), now.get(ref)
        if same(was, is_):
            continue
        state, lost = _carried(ref, was, past.states.get(ref), is_)
        yield ref, state, lost


def _carried(ref: Ref, was: Any, told: Any, now: Any) -> tuple[Any, tuple[Warned, ...]]:
    """Return the state of the story with the difference of two states of its export."""
    if told is None and was is not None:
        return _added(ref, was, now)
    _, conflicts = merge3(was, told, now)
    foreign = {
        c.path for c in conflicts if c.path[:1] == ("nodes",) and len(c.path) == 2 and c.path[1] not in told.nodes
    }
    choices = {c.path: "ours" if c.path in foreign else "theirs" for c in conflicts}
    merged, _ = merge3(was, told, now, choices)
    lost = [
        path[1]
        for path in foreign
        if path[1] not in now.nodes or not _only_moved(was.nodes[path[1]], now.nodes[path[1]])
    ]
    return merged, tuple(_generated(now.title) for _ in lost)


def _only_moved(was: Node, now: Node) -> bool:
    return same(replace(was, place=now.place, source=now.source), now)


def _added(ref: Ref, was: Any, now: Any) -> tuple[Any, tuple[Warned, ...]]:
    """Return what was written into a scene that the export itself makes: code that stands there from now on."""
    if ref.kind != "scene" or now is None:
        return None, () if ref.kind != "scene" else (_generated(was.title),)
    nodes = {i: node for i, node in now.nodes.items() if i not in was.nodes}
    lost = any(i not in now.nodes or not _only_moved(node, now.nodes[i]) for i, node in was.nodes.items())
    tops = {i for node in nodes.values() for i in node.next}
    whole = all(node.place.block == "" or node.place.block in tops for node in nodes.values())
    warned = (_generated(now.title),) if lost or not whole else ()
    return (replace(now, nodes=Map(nodes)) if nodes and whole else None), warned


def _generated(title: str) -> Warned:
    message = f"In {title!r} something was edited that each export makes anew; it is not taken over."
    return Warned("generated_edited", message)


def _ways(scenes: Mapping[str, Scene], story: Mapping[str, Scene]) -> Iterator[tuple[str, str]]:
    """Yield the ways that no node of the story has, with the one that holds the same nodes there."""
    for scene_id, there in story.items():
        owned = {edge for node in there.nodes.values() for edge in node.next}
        found = blocks(scenes[scene_id]) if scene_id in scenes else {}
        for way, members in found.items():
            mine = {there.nodes[i].place.block for i, _ in members if i in there.nodes}
            if way not in owned and len(mine) == 1 and mine <= owned and not mine & found.keys():
                yield way, mine.pop()


def _named(pack: Pack, echo: Echo) -> Pack:
    """Return a pack whose characters, variables and groups are called as in the story."""
    return replace(
        pack,
        scenes={i: _cast(scene, echo) for i, scene in pack.scenes.items()},
        characters={echo.characters.get(i, i): state for i, state in pack.characters.items()},
        variables={echo.variables.get(i, i): state for i, state in pack.variables.items()},
    )


def _cast(scene: Scene, echo: Echo) -> Scene:
    """Return a scene whose lines are said by the story's characters, in the group that its file stands for."""
    nodes = {
        i: replace(node, speaker=echo.characters.get(node.speaker, node.speaker)) if node.speaker else node
        for i, node in scene.nodes.items()
    }
    return replace(scene, nodes=Map(nodes), group=echo.groups.get(scene.group, scene.group))


def _translated(pack: Pack, story: StoryView) -> Pack:
    """Return a pack whose translations have the ids that they have in the story."""

    def aim(unit: Translation) -> tuple[str, str | None, str]:
        return unit.language, unit.target, "" if unit.target else unit.source

    known = {aim(unit): i for i, unit in sorted(story.translations.items(), reverse=True)}
    units = {i if i in story.translations else known.get(aim(unit), i): unit for i, unit in pack.translations.items()}
    return replace(pack, translations=units)


def _states(
    pack: Pack, held: Held, story: StoryView, echo: Echo, ways: Mapping[str, str], before: States
) -> dict[Ref, Any]:
    plain = not any(_SOURCE in scene.meta for scene in story.scenes.values())
    scenes = {i: _told(_within(scene, ways), story.scenes.get(i), echo, plain) for i, scene in pack.scenes.items()}
    found = wanted(replace(pack, scenes=scenes), (), before, story.scenes)
    by_path = {asset.path: (i, asset) for i, asset in story.assets.items()}
    for member, digest, size in held:
        i, asset = by_path.get(member.name, (asset_id(member.name), None))
        if asset is not None:
            found[Ref("asset", i)] = replace(asset, hash=digest, bytes=size) if digest else asset
        elif digest != echo.hashes.get(member.name):
            meta = {"origin": {"engine": pack.engine, "title": pack.title}}
            found[Ref("asset", i)] = Asset(member.type, member.name, digest, size, meta=meta)  # type: ignore[arg-type]
    return found


def _within(scene: Scene, ways: Mapping[str, str]) -> Scene:
    """Return a scene whose nodes stand in the blocks of the story's own ways."""
    nodes = {
        i: replace(node, place=replace(node.place, block=ways[node.place.block])) if node.place.block in ways else node
        for i, node in scene.nodes.items()
    }
    return replace(scene, nodes=Map(nodes)) if ways else scene


def _told(scene: Scene, there: Scene | None, echo: Echo, plain: bool) -> Scene:
    """Return a scene without what an export adds to it; `there` is the story's own, `plain` a story without sources."""
    known = Map[str, Node]() if there is None else there.nodes
    meta = dict(scene.meta)
    if plain or (there is not None and _SOURCE not in there.meta):
        meta.pop(_SOURCE, None)
    group = scene.group if there is None else there.group
    nodes = {i: _bare(node, known.get(i), echo, plain) for i, node in scene.nodes.items()}
    bare = replace(scene, nodes=Map(nodes), meta=meta, group=group)
    return bare if there is None else _led(bare, there)


def _bare(node: Node, there: Node | None, echo: Echo, plain: bool) -> Node:
    label = _LABELS.get(node.type, "")
    if label in node.directives:
        mine = there is not None and label in there.directives
        given = node.directives[label]
        if not mine and (given in echo.lines or (there is not None and node.verb == "call")):
            node = replace(node, directives={k: v for k, v in node.directives.items() if k != label})
    unsourced = plain if there is None else there.source is None
    return replace(node, source=None) if unsourced and node.source is not None else node


def _led(scene: Scene, there: Scene) -> Scene:
    """Return a scene whose ways lead where they do, where the export had to write jumps for them."""
    found = blocks(scene)
    gone: set[str] = set()
    nodes: dict[str, Node] = {}

    def jump(node_id: str, node: Node) -> Edge | None:
        plain = node.verb == "jump" and node_id not in there.nodes and not node.conditions and len(node.next) == 1
        edge = next(iter(node.next.values())) if plain else None
        return edge if edge is not None and edge.scene is not None else None

    for node_id, node in scene.nodes.items():
        mine = there.nodes.get(node_id)
        for edge_id in node.next if mine is not None else ():
            was, inside = mine.next.get(edge_id) if mine else None, found.get(edge_id, [])
            if was is None or (was.scene is None and was.node is None) or len(inside) != 1:
                continue
            if (edge := jump(*inside[0])) is not None:
                gone.add(inside[0][0])
                node = _leading(node, edge_id, edge.scene, edge.node, was)
        nodes[node_id] = node
    falls_to = scene.falls_to
    for node_id, node in found.get("", [])[-1:]:
        if there.falls_to is not None and (edge := jump(node_id, node)) is not None and edge.node is None:
            falls_to = edge.scene
            gone.add(node_id)
        elif there.falls_to is None and node.verb == "return" and not node.content and node_id not in there.nodes:
            gone.add(node_id)
    kept = {i: node for i, node in nodes.items() if i not in gone}
    return replace(scene, nodes=Map(kept), falls_to=falls_to)


def _leading(node: Node, edge_id: str, scene: str | None, place: str | None, was: Edge) -> Node:
    """Return a node of which one way leads somewhere; to places in the own scene as the story says it."""
    edge = replace(node.next[edge_id], scene=scene, node=place)
    if was.scene is None and edge.node == was.node:
        edge = replace(edge, scene=None)
    return replace(node, next={**node.next, edge_id: edge})
