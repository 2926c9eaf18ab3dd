"""What commands ask of a scene: `intend` gives the state asked for, or refuses."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from immutables import Map

from comfyvn.domain.documents import MAX_TEXT, fit
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.domain.merge import ABSENT, with_keys
from comfyvn.domain.ordering import between, valid
from comfyvn.domain.story.commands import (
    AnnotateNode,
    AnnotateScene,
    DirectNode,
    DiscardScene,
    DrawEdge,
    EdgeDraft,
    EraseEdge,
    GuardNode,
    LeadSceneOn,
    MoveNode,
    OfferChoice,
    OpenScene,
    PlaceAction,
    PlaceScene,
    ReattributeLine,
    RelabelScene,
    RemoveNode,
    RetitleScene,
    RewordLine,
    SaveScene,
    SceneCommand,
    WriteLine,
)
from comfyvn.domain.story.document import from_document
from comfyvn.domain.story.state import (
    EDGE_VERBS,
    VERBS,
    Edge,
    Node,
    Place,
    Scene,
    edges,
    in_block,
)


def intend(scene: Scene | None, command: SceneCommand) -> Scene | None:
    """Return the scene that `command` asks for, or raise `Refused`."""
    fit(command)
    if isinstance(command, SaveScene):
        return from_document(command.document, scene)
    if isinstance(command, OpenScene):
        if scene is not None:
            raise Conflict("scene_exists", f"The scene exists already: {scene.title!r}.")
        _titled(command.title)
        _order_fits(command.order)
        return Scene(**{f.name: getattr(command, f.name) for f in fields(command)})
    if scene is None:
        raise Missing("scene_unknown", "There is no such scene.")
    if isinstance(command, DiscardScene):
        return None
    if isinstance(command, RetitleScene | PlaceScene | RelabelScene | LeadSceneOn | AnnotateScene):
        return _scene_fields(scene, command)
    return _NODES[type(command)](scene, command)


def _scene_fields(
    scene: Scene,
    command: RetitleScene | PlaceScene | RelabelScene | LeadSceneOn | AnnotateScene,
) -> Scene:
    match command:
        case RetitleScene(title):
            return replace(scene, title=_titled(title))
        case PlaceScene(group, order):
            _order_fits(order)
            return replace(scene, group=group, order=order)
        case RelabelScene(label):
            return replace(scene, label=label)
        case LeadSceneOn(falls_to):
            return replace(scene, falls_to=falls_to)
        case AnnotateScene(key, value, present):
            return replace(scene, meta=with_keys(scene.meta, {key: value if present else ABSENT}))


def _new_node(scene: Scene, command: WriteLine | OfferChoice | PlaceAction) -> Scene:
    node_id = command.node_id
    if not node_id:
        raise Refused("node_id_empty", "A node needs an id.")
    if node_id in scene.nodes:
        raise Conflict("node_exists", f"Node {node_id} exists already.", node=node_id)
    place = _place(scene, command.block, command.after)
    common: dict[str, Any] = {
        "place": place,
        "directives": command.directives,
        "conditions": tuple(command.conditions),
        "meta": command.meta,
    }
    match command:
        case WriteLine():
            node = Node("text", content=_short(command.text), speaker=command.speaker, **common)
        case OfferChoice():
            if not command.options:
                raise Refused("choice_empty", "A choice needs at least one option.")
            next_ = _drawn(scene, {}, command.options)
            node = Node(
                "choice",
                content=_short(command.prompt),
                speaker=command.speaker,
                next=next_,
                **common,
            )
        case PlaceAction():
            if command.verb not in VERBS:
                raise Refused(
                    "verb_unknown",
                    f"There is no action {command.verb!r}.",
                    known=sorted(VERBS),
                )
            if bool(command.edges) != (command.verb in EDGE_VERBS):
                raise Refused(
                    "edges_misplaced",
                    f"Edges belong to: {', '.join(sorted(EDGE_VERBS))}.",
                )
            next_ = _drawn(scene, {}, command.edges)
            node = Node(
                "action",
                content=_short(command.content),
                verb=command.verb,
                next=next_,
                **common,
            )
    return replace(scene, nodes=scene.nodes.set(node_id, node))


def _moved(scene: Scene, command: MoveNode) -> Scene:
    _known(scene, command.node_id)
    if command.block in _inside(scene, (command.node_id,), blocks_only=True):
        message = f"Node {command.node_id} cannot move into a block of its own."
        raise Refused("node_inside_itself", message, node=command.node_id)
    first = command.after is None
    place = _place(scene, command.block, command.after, moving=command.node_id, first=first)
    return _with_node(scene, command.node_id, place=place)


def _place(
    scene: Scene,
    block: str,
    after: str | None,
    moving: str | None = None,
    first: bool = False,
) -> Place:
    if block and not any(block in node.next for node in scene.nodes.values()):
        raise Missing("block_unknown", f"No edge owns the block {block!r}.", block=block)
    members = [(node_id, node) for node_id, node in in_block(scene, block) if node_id != moving]
    keys = [node.place.order for _, node in members]
    if after is None:
        at = 0 if first else len(members)
    else:
        ids = [node_id for node_id, _ in members]
        if after not in ids:
            raise Missing("node_unknown", f"There is no node {after} in this block.", node=after)
        at = ids.index(after) + 1
    low = keys[at - 1] if at else None
    high = next((k for k in keys[at:] if low is None or k > low), None)
    return Place(block, between(low, high))


def _with_node(scene: Scene, node_id: str, **changed: Any) -> Scene:
    return replace(
        scene,
        nodes=scene.nodes.set(node_id, replace(_known(scene, node_id), **changed)),
    )


def _with_entry(scene: Scene, field: str, command: DirectNode | AnnotateNode) -> Scene:
    present: Mapping[str, Json] = getattr(_known(scene, command.node_id), field)
    value = command.value if command.present else ABSENT
    return _with_node(scene, command.node_id, **{field: with_keys(present, {command.key: value})})


def _removed(scene: Scene, command: RemoveNode) -> Scene:
    _known(scene, command.node_id)
    return _without(scene, _inside(scene, (command.node_id,)))


def _with_edge(scene: Scene, command: DrawEdge) -> Scene:
    node_id, draft = command.node_id, command.edge
    node = _known(scene, node_id)
    if node.type == "text" or (node.type == "action" and node.verb not in EDGE_VERBS):
        raise Refused(
            "edges_misplaced",
            f"Edges belong to choices and: {', '.join(sorted(EDGE_VERBS))}.",
        )
    others = scene if draft.id not in node.next else _with_node(scene, node_id, next={})
    return _with_node(scene, node_id, next=_drawn(others, node.next, (draft,)))


def _drawn(scene: Scene, present: Mapping[str, Edge], drafts: Iterable[EdgeDraft]) -> dict[str, Edge]:
    taken = {edge_id for node in scene.nodes.values() for edge_id in node.next}
    drawn = dict(present)
    for draft in drafts:
        if not draft.id or (draft.id in taken and draft.id not in present):
            raise Conflict(
                "edge_exists",
                f"Edge {draft.id!r} is empty or exists already.",
                edge=draft.id,
            )
        if draft.weight is not None and not draft.weight >= 0:
            raise Refused("weight_negative", "The weight of an edge is not negative.")
        order = draft.order or (drawn[draft.id].order if draft.id in drawn else None)
        if order is None:
            order = between(max((edge.order for edge in drawn.values()), default=None), None)
        _order_fits(order)
        drawn[draft.id] = Edge(
            order,
            draft.text,
            draft.condition,
            None if draft.weight is None else float(draft.weight),
            draft.scene,
            draft.node,
            draft.meta,
        )
    return drawn


def _without_edge(scene: Scene, command: EraseEdge) -> Scene:
    node_id, edge_id = command.node_id, command.edge_id
    node = _known(scene, node_id)
    if edge_id not in node.next:
        raise Missing("edge_unknown", f"Node {node_id} has no edge {edge_id}.", edge=edge_id)
    owned = [i for i, n in scene.nodes.items() if n.place.block == edge_id]
    rest = {i: edge for i, edge in node.next.items() if i != edge_id}
    return _without(_with_node(scene, node_id, next=rest), _inside(scene, owned))


def _inside(scene: Scene, node_ids: Iterable[str], *, blocks_only: bool = False) -> set[str]:
    """Return the nodes and all that stands in blocks of theirs (or the ids of these blocks)."""
    found: set[str] = set()
    block_ids: set[str] = set()
    todo = list(node_ids)
    while todo:
        node_id = todo.pop()
        if node_id in found:
            continue
        found.add(node_id)
        for edge_id, _ in edges(scene.nodes[node_id]):
            block_ids.add(edge_id)
            todo += [i for i, n in scene.nodes.items() if n.place.block == edge_id]
    return block_ids if blocks_only else found


def _without(scene: Scene, gone: set[str]) -> Scene:
    for node_id, node in scene.nodes.items():
        aims = {edge.node for edge in node.next.values() if edge.scene is None} & gone
        if aims and node_id not in gone:
            raise Conflict(
                "node_targeted",
                f"Node {node_id} leads to {min(map(str, aims))}.",
                by=node_id,
            )
    kept: Map[str, Node] = scene.nodes
    for node_id in sorted(gone):
        kept = kept.delete(node_id)
    return replace(scene, nodes=kept)


def _known(scene: Scene, node_id: str) -> Node:
    node = scene.nodes.get(node_id)
    if node is None:
        raise Missing("node_unknown", f"There is no node {node_id}.", node=node_id)
    return node


def _titled(title: str) -> str:
    if not title.strip():
        raise Refused("title_empty", "A scene needs a title.")
    return title


def _order_fits(order: str) -> None:
    if not valid(order):
        raise Refused(
            "order_malformed",
            "An order key is made of 0-9, A-Z, a-z and does not end in 0.",
        )


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise Refused(
            "text_too_long",
            f"A text has at most {MAX_TEXT} characters; this one has {len(text)}.",
        )
    return text


_NODES: Final[Mapping[type[Any], Callable[[Scene, Any], Scene]]] = {
    WriteLine: _new_node,
    OfferChoice: _new_node,
    PlaceAction: _new_node,
    MoveNode: _moved,
    RewordLine: lambda scene, asked: _with_node(scene, asked.node_id, content=_short(asked.text)),
    ReattributeLine: lambda scene, asked: _with_node(scene, asked.node_id, speaker=asked.speaker),
    GuardNode: lambda scene, asked: _with_node(scene, asked.node_id, conditions=tuple(asked.conditions)),
    DirectNode: lambda scene, asked: _with_entry(scene, "directives", asked),
    AnnotateNode: lambda scene, asked: _with_entry(scene, "meta", asked),
    RemoveNode: _removed,
    DrawEdge: _with_edge,
    EraseEdge: _without_edge,
}
"""Command -> what it makes of the scene. All name a node."""
