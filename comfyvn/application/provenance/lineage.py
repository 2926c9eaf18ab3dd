"""The lineage of a thing: what it was made from and what was made from it, however far, as a graph."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from comfyvn.application.assets.registry import find
from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.facts import Fact, brought, facts_of
from comfyvn.application.provenance.spdx import LICENCE
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE, Json, Missing
from comfyvn.domain.mentions import Link

MAX_EDGES: Final = 10_000
EXCERPT: Final = 200


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the graph: an asset, a line or another entity, or something outside that was only named.

    `distance` is how many steps away it is: below zero what came before, above zero what came after. `there` tells
    whether it exists; `title` is the path of a file, the words of a line or a name.
    """

    id: str
    kind: str
    distance: int
    there: bool
    title: str = ""
    hash: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` went into `target`. `record` is the fact that says so, "" where the target says it of itself."""

    source: str
    target: str
    role: str
    record: str
    activity: str = ""
    method: str = ""
    tool: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph. `more`: there is more than was asked for."""

    subject: str
    nodes: tuple[Thing, ...]
    edges: tuple[Edge, ...]
    more: bool
    position: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is recorded of the origin of an asset: what it is, the facts, and those of what it came from."""

    asset: str
    path: str
    type: str
    hash: str
    bytes: int
    licence: str
    credit: str
    facts: tuple[Fact, ...]
    ancestors: tuple[Fact, ...]
    position: int


def lineage(
    studio: Studio,
    branch: str,
    subject: str,
    at: int = LATEST,
    *,
    depth: int | None = None,
    up: bool = True,
    down: bool = True,
    limit: int = MAX_EDGES,
) -> Lineage:
    """Return the lineage of a subject, given as such or as the id or content of an asset.

    Raises Missing("asset_unknown"), Missing("subject_unknown") for what neither is there nor has a history.
    """
    name = resolved(studio, branch, subject, at)
    read = studio.store.mentions
    links, more = read.descent(branch, name, at, up=up, down=down, depth=depth, limit=limit)
    distances = _distances(name, links)
    bodies = read.bodies(
        branch, {_key(one) for one in distances} | {_record(link) for link in links if link.record}, at
    )
    if not links and _key(name) not in bodies and not read.known(branch, [name], at):
        raise Missing("subject_unknown", f"There is no {name!r} here.", subject=name)
    nodes = tuple(_thing(one, distance, bodies.get(_key(one))) for one, distance in distances.items())
    return Lineage(name, nodes, tuple(_edges(links, bodies)), more, studio.store.head(branch, at))


def manifest(studio: Studio, branch: str, name: str, at: int = LATEST) -> Manifest:
    """Return all that is recorded of an asset, given by its id or content. Raises Missing("asset_unknown")."""
    asset, state, _ = find(studio, branch, name.removeprefix("asset:"), at)
    subject = f"asset:{asset}"
    links, _ = studio.store.mentions.descent(branch, subject, at, up=True, down=False, depth=None, limit=MAX_EDGES)
    before = dict.fromkeys(link.source for link in links if link.source != subject)
    own = (*brought(studio, branch, asset, at), *facts_of(studio, branch, [subject], at))
    licence, credit = state.meta.get(LICENCE), state.meta.get("author")
    return Manifest(
        asset=asset,
        path=state.path,
        type=state.type,
        hash=state.hash,
        bytes=state.bytes,
        licence=licence if isinstance(licence, str) and licence else _last(own, "licence"),
        credit=_last(own, "credit") or (credit if isinstance(credit, str) else ""),
        facts=own,
        ancestors=facts_of(studio, branch, before, at) if before else (),
        position=studio.store.head(branch, at),
    )


def resolved(studio: Studio, branch: str, subject: str, at: int) -> str:
    """Return the subject of what is given as one, or as the id or content of an asset."""
    if ":" in subject:
        return subject
    try:
        return f"asset:{find(studio, branch, subject, at)[0]}"
    except Missing:
        if not studio.store.mentions.known(branch, [f"asset:{subject}"], at):
            raise
        return f"asset:{subject}"  # it was retired, or never registered, but facts name it


def _distances(name: str, links: Iterable[Link]) -> dict[str, int]:
    found = {name: 0}
    for link in links:
        found.setdefault(link.source if link.distance < 0 else link.target, link.distance)
    return found


def _edges(links: Iterable[Link], bodies: Mapping[Any, Json]) -> Iterator[Edge]:
    seen: set[tuple[str, str, str]] = set()
    for link in links:
        key = (link.source, link.target, link.record)
        if key in seen:
            continue
        seen.add(key)
        told = bodies.get(_record(link)) or {}
        said = (str(told.get(field) or "") for field in ("activity", "method", "tool", "model"))
        yield Edge(link.source, link.target, link.role, link.record, *said)


def _record(link: Link) -> tuple[str, str, str]:
    return ("provenance", link.record, WHOLE)


def _key(subject: str) -> tuple[str, str, str]:
    kind, _, rest = subject.partition(":")
    entity, _, part = rest.partition("/")
    return kind, entity, part or WHOLE


def _thing(subject: str, distance: int, body: Json | None) -> Thing:
    kind, _, part = _key(subject)
    shown = body if isinstance(body, Mapping) else {}
    words = ("content",) if kind == "scene" and part != WHOLE else ("path", "text", "title", "name")
    title = str(next((shown[key] for key in words if shown.get(key)), ""))[:EXCERPT]
    meta = shown.get("meta")
    licence = meta.get(LICENCE) if isinstance(meta, Mapping) else None
    said = licence if isinstance(licence, str) else ""
    return Thing(
        subject, "line" if kind == "scene" and part else kind, distance, body is not None, title,
        str(shown.get("hash") or ""), said,
    )  # fmt: skip


def _last(facts: Iterable[Fact], name: str) -> str:
    said = [str(fact.origin[name]) for fact in facts if str(fact.origin[name]).strip()]
    return said[-1] if said else ""
