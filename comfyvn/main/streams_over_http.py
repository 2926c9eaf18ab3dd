"""How the server streams: the hub beside the web application, and a server that can cut connections."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

import uvicorn

from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.streaming.feed import Feed
from comfyvn.application.streaming.hub import Hub, Limits
from comfyvn.application.streaming.jobs import told_of
from comfyvn.application.studio import Studio
from comfyvn.interfaces.rest.events import Streams
from comfyvn.main.storekeeper import store_of

MAX_MESSAGE: Final = 64 * 1024
"""Bytes of a message that a client sends over a WebSocket."""
GRACE_SECONDS: Final = 10
"""How long the server waits for answers under way when it stops."""

Beside = Callable[[Any], AbstractAsyncContextManager[None]]
"""What runs beside the web application."""


class Doors:
    """The connections of a server, by the addresses of their clients. Without a server there is nothing to cut."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None

    def cut(self, client: Any) -> None:
        """Cut the connection of a client that does not read; what waits for it is thrown away."""
        found: list[Any] = list(self.server.server_state.connections) if self.server else []
        for connection in found:
            if client is not None and connection.client == tuple(client):
                connection.transport.abort()


class StreamingServer(uvicorn.Server):
    """A server that lets listeners go before it waits for its connections to end."""

    def __init__(self, config: uvicorn.Config, streams: Streams, doors: Doors) -> None:
        super().__init__(config)
        self._hub = streams.hub
        doors.server = self

    async def shutdown(self, sockets: Any = None) -> None:
        """Stop: streams first, as they would never end by themselves."""
        self._hub.release()
        await super().shutdown(sockets)


def streams(studio: Studio, doors: Doors, limits: Limits | None = None) -> Streams:
    """Return the streams of a studio; their hub does not follow the history yet."""
    return Streams(Hub(store_of(studio), Feed(studio).events, limits), doors.cut)


def tell_jobs(found: Streams, jobs: JobRunner) -> None:
    """Let listeners be told first how far all jobs are."""
    found.hub.present = lambda: [told_of(job) for job in jobs.jobs()]


def config(app: Any, host: str, port: int, **more: Any) -> uvicorn.Config:
    """Return how a server with streams is set up."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,  # it would keep a window of memory for each listener
        timeout_graceful_shutdown=GRACE_SECONDS,
        **more,
    )


def beside(found: Streams, *others: Beside) -> Beside:
    """Return what runs beside the web application: the hub, and others."""

    @asynccontextmanager
    async def run(app: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for other in others:
                await stack.enter_async_context(other(app))
            await found.hub.start()
            stack.push_async_callback(found.hub.close)
            yield

    return run
