"""Frames as bytes, and the answer that sends them one after the other as Server-Sent Events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from comfyvn.application.streaming.hub import Beat, Frame, Ready, Resync
from comfyvn.application.streaming.topics import Event
from comfyvn.interfaces.rest.answers import encode

Cut: TypeAlias = Callable[[Any], None]
"""Cuts the connection of a client, by its address in the scope: what a client does not read is thrown away."""

RETRY_MS = 1000
"""How long a browser waits before it comes back."""


def message(event: Event) -> bytes:
    """Return an event as one JSON object: ``topic``, ``position`` (null: none) and ``data``."""
    position = b"null" if event.position is None else b"%d" % event.position
    return b'{"topic":%b,"position":%b,"data":%b}' % (encode(event.topic), position, event.body)


def server_sent(frame: Frame) -> bytes:
    """Return a frame as a Server-Sent Event; its id is the position where the listener stands once it has it."""
    match frame:
        case Ready(position):
            return b'retry: %d\nid: %d\nevent: ready\ndata: {"position":%d}\n\n' % (RETRY_MS, position, position)
        case Beat(position):
            return b": beat\nid: %d\n\n" % position
        case Resync(reason, position):
            data = encode({"reason": reason, "position": position})
            return b"id: %d\nevent: resync\ndata: %b\n\n" % (position, data)
        case (event, None):
            return b"event: event\ndata: %b\n\n" % message(event)
        case (event, position):
            return b"id: %d\nevent: event\ndata: %b\n\n" % (position, message(event))


def as_text(frame: Frame) -> str:
    """Return a frame as a message of a WebSocket: a JSON object whose ``frame`` says what it is."""
    match frame:
        case Ready(position) | Beat(position):
            name = "ready" if isinstance(frame, Ready) else "beat"
            return '{"frame":"%s","position":%d}' % (name, position)  # noqa: UP031 (braces)
        case Resync(reason, position):
            return encode({"frame": "resync", "reason": reason, "position": position}).decode()
        case (event, _):
            return '{"frame":"event",' + message(event)[1:].decode()


class EventStream(EventSourceResponse):
    """A stream that is cut where the client does not read for too long."""

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncIterator[bytes], send_seconds: float, cut: Cut) -> None:
        super().__init__(chunks, ping=0, send_timeout=send_seconds)
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the stream ends or the client goes."""
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            self._cut(scope.get("client"))
            await asyncio.sleep(0)  # the connection learns that it is gone
