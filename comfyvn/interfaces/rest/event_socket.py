"""What happens over a WebSocket: the same frames, and a message of the client changes what it hears."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, TypeAlias

from fastapi import APIRouter, WebSocket
from pydantic import Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocketClose, WebSocketDisconnect

from comfyvn.application.streaming.hub import Hub, Resync
from comfyvn.application.streaming.topics import Wanted
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import MAX_POSITION, refusal
from comfyvn.interfaces.rest.event_stream import Cut, as_text

NO_TEXT: Final = 1003
"""Close: the client sent bytes."""
MALFORMED: Final = 1007
"""Close: the client sent what is no order; the reason is the code of the refusal."""
STOPPING: Final = 1012
"""Close: the server stops or starts again."""
SLOW: Final = 1013
"""Close: the client read too slowly; `resync` said so before."""

Name = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Order:
    """What a client wants to hear, and after which position."""

    topics: tuple[str, ...] = ()
    project: Name | None = None
    branch: Name | None = None
    actor: Name | None = None
    after: Annotated[int, Field(ge=0, le=MAX_POSITION)] | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


_ORDER: Final = TypeAdapter(Order)
_GONE: Final = (WebSocketDisconnect, RuntimeError, OSError)

Understand: TypeAlias = Callable[[Order], Wanted]
"""Checks an order; raises Refused. Asks the database, so it runs in a thread."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """The client is gone (no code), or is to be sent away with a code."""

    code: int | None = None
    reason: str = ""


def add_socket(api: APIRouter, hub: Hub, understand: Understand, cut: Cut) -> None:
    """Add the WebSocket to the routes of what happens."""

    @api.websocket("/ws")
    async def events_ws(socket: WebSocket) -> None:
        try:
            hub.admit()
            order = _order_of_query(socket)
            wanted = await hub.in_thread(understand, order)
        except Refused as refused:
            if "websocket.http.response" in socket.scope.get("extensions", {}):
                await socket.send_denial_response(refusal(refused))
            else:
                await WebSocketClose(MALFORMED, refused.code)(socket.scope, socket.receive, socket.send)
            return
        await socket.accept()
        ended = await _converse(socket, hub, understand, wanted, order.after, cut)
        if ended.code is not None:
            with contextlib.suppress(*_GONE):
                await socket.close(ended.code, ended.reason)


async def _converse(
    socket: WebSocket, hub: Hub, understand: Understand, wanted: Wanted, after: int | None, cut: Cut
) -> _Ended:
    """Tell what is wanted until one side ends it; an order begins it anew."""
    while True:
        telling = asyncio.ensure_future(_tell(socket, hub, wanted, after, cut))
        hearing = asyncio.ensure_future(_hear(socket, hub, understand))
        both = {telling, hearing}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        for task in both:
            if not task.cancelled() and isinstance(found := task.result(), _Ended):
                return found
        wanted, after = hearing.result()  # type: ignore[misc]


async def _tell(socket: WebSocket, hub: Hub, wanted: Wanted, after: int | None, cut: Cut) -> _Ended:
    code = STOPPING
    try:
        async with aclosing(hub.listen(wanted, after)) as frames:
            async for frame in frames:
                async with asyncio.timeout(hub.limits.send_seconds):
                    await socket.send_text(as_text(frame))
                if isinstance(frame, Resync) and frame.reason == "slow":
                    code = SLOW
    except TimeoutError:
        cut(socket.scope.get("client"))
        return _Ended()
    except Refused as refused:
        return _Ended(SLOW, refused.code)
    except _GONE:
        return _Ended()
    return _Ended(code)


async def _hear(socket: WebSocket, hub: Hub, understand: Understand) -> tuple[Wanted, int | None] | _Ended:
    try:
        message = await socket.receive()
    except _GONE:
        return _Ended()
    if message["type"] != "websocket.receive":
        return _Ended()
    if (text := message.get("text")) is None:
        return _Ended(NO_TEXT)
    try:
        order = _ORDER.validate_json(text)
        return await hub.in_thread(understand, order), order.after
    except ValidationError:
        return _Ended(MALFORMED, "listening_malformed")
    except Refused as refused:
        return _Ended(MALFORMED, refused.code)


def _order_of_query(socket: WebSocket) -> Order:
    given = dict(socket.query_params)
    topics = socket.query_params.getlist("topics")
    try:
        return _ORDER.validate_python({**given, "topics": topics})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Refused("listening_malformed", f"The query is malformed at {where}.", where=where) from error
