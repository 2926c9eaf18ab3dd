"""HTTP for what happens: all topics as Server-Sent Events and over a WebSocket."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from comfyvn.application.streaming.hub import Hub
from comfyvn.application.streaming.topics import Wanted, wanted_topics
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import MAX_POSITION, PROBLEMS
from comfyvn.interfaces.rest.event_socket import Order, add_socket
from comfyvn.interfaces.rest.event_stream import Cut, EventStream, server_sent

Topics = Annotated[
    list[str] | None,
    Query(
        description="Topics, or the beginnings of them, also several with commas: `commits`, `plays`, `vars`, `jobs`."
    ),
]
Only = Annotated[str | None, Query(min_length=1, max_length=200)]
After = Annotated[int | None, Query(ge=0, le=MAX_POSITION, description="Begin after this position; without it: now.")]
LastId = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=40, description="The id that the client came to; outranks it.")
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Frames `ready`, `event` and `resync`, and comments in between; it never ends by itself.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@dataclass(frozen=True, slots=True)
class Streams:
    """What streams work with: the hub, and what cuts the connection of a client that does not read."""

    hub: Hub
    cut: Cut


def routes(studio: Studio, streams: Streams) -> APIRouter:
    """Return the routes of what happens."""
    api = APIRouter(prefix="/events", tags=["events"], responses=PROBLEMS)
    hub = streams.hub

    @api.get("/sse", summary="Hear what happens", response_class=EventStream, status_code=200, responses=STREAM)
    async def events_sse(
        topics: Topics = None,
        project: Only = None,
        branch: Only = None,
        actor: Only = None,
        after: After = None,
        last: LastId = None,
    ) -> Response:
        hub.admit()
        wanted = await hub.in_thread(wanted_of, studio, topics or (), project, branch, actor)
        chunks = _chunks(hub, wanted, after if last is None else position_of(last))
        return EventStream(chunks, hub.limits.send_seconds, streams.cut)

    def understand(order: Order) -> Wanted:
        return wanted_of(studio, order.topics, order.project, order.branch, order.actor)

    add_socket(api, hub, understand, streams.cut)
    return api


def wanted_of(
    studio: Studio, topics: Iterable[str], project: str | None, branch: str | None, actor: str | None
) -> Wanted:
    """Return what a listener asks for; a branch may be named where the project is.

    Raises Refused: ``topic_unknown``, ``topics_too_many``; Missing: ``project_unknown``, ``branch_unknown``.
    """
    named = [name for text in topics for name in text.split(",")]
    if project and branch:
        row = find_branch(studio, project, branch)
        project, branch = row.project, row.id
    return Wanted(wanted_topics(named), project, branch, actor)


def position_of(text: str) -> int:
    """Return the position that an id is. Raises Refused("position_malformed")."""
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_POSITION:
        raise Refused("position_malformed", "Last-Event-ID is the id of an event: a position.", id=text)
    return int(text)


async def _chunks(hub: Hub, wanted: Wanted, after: int | None) -> AsyncIterator[bytes]:
    async with aclosing(hub.listen(wanted, after)) as frames:
        async for frame in frames:
            yield server_sent(frame)
