"""Who may talk to the server: known hosts, no foreign web pages, a token beyond loopback, bodies of bounded size."""

import re
from collections.abc import Collection, Mapping
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from secrets import compare_digest
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from comfyvn.interfaces.rest.answers import problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
MAX_BODY = 64 * 1024 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_PATHS = re.compile(r"/|/health|/session|/(?:p|studio|static)/.*|/(?:sw\.js|icon\.svg|manifest\.webmanifest)")
"""What answers without a token: the pages that ask for it, where to give it, and whether the server is well."""

COOKIE = "comfyvn_token"


class Guard:
    """Refuses unknown Host headers, writes and WebSockets from other origins, and bodies over `max_body` bytes.

    `large` gives other limits to the paths that fit a pattern.

    A page of another site can make a browser send requests to a local server; it cannot forge Host, Origin or
    Sec-Fetch-Site. Programs other than browsers send neither Origin nor Sec-Fetch-Site and pass.
    With a `token` every request must bring it, as a bearer token or in the cookie that ``POST /session`` sets; then
    the server also answers to addresses, as the machines of a team call it by its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        origins: Collection[str],
        max_body: int = MAX_BODY,
        token: str | None = None,
        large: Mapping[str, int] | None = None,
    ) -> None:
        self._app, self._max_body, self._token = app, max_body, token
        self._large = {re.compile(path): limit for path, limit in (large or {}).items()}
        self._hosts = LOOPBACK | set(hosts)
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a problem."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        opens = scope["type"] == "websocket"  # a page of another site could read what comes, so it counts as a write
        if refusal := self._refusal("CONNECT" if opens else scope["method"], scope["path"], headers):
            await _refuse(refusal, scope, receive, send)
            return
        if opens:
            await self._app(scope, receive, send)
            return
        taken, limit = 0, self._limit(scope["path"])

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, bounded, send)
        except BodyTooLarge:
            await problem(413, "body_too_large", f"A body has at most {limit} bytes.")(scope, receive, send)

    def _limit(self, path: str) -> int:
        return next((limit for pattern, limit in self._large.items() if pattern.fullmatch(path)), self._max_body)

    def _refusal(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if _name(host) not in self._hosts and not (self._token and _is_address(_name(host))):
            return 400, "host_unknown", f"This server does not answer to the host {host!r}."
        length, limit = headers.get("content-length", "0"), self._limit(path)
        if not length.isdigit() or int(length) > limit:
            return 413, "body_too_large", f"A body has at most {limit} bytes."
        asked = method != "OPTIONS" and not OPEN_PATHS.fullmatch(path)  # browsers ask first without it
        if self._token and asked and not holds(headers, self._token):
            return 401, "token_missing", "This server asks for its token; see the file that it named at its start."
        if method in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        foreign = origin is not None and origin not in self._origins and urlsplit(origin).netloc != host
        if foreign or (origin is None and headers.get("sec-fetch-site", "none") not in ("none", "same-origin")):
            return 403, "origin_foreign", "Pages of other sites may not change anything here."
        return None


async def _refuse(refusal: tuple[int, str, str], scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await WebSocketClose(1008, refusal[1])(scope, receive, send)
    else:
        await problem(*refusal)(scope, receive, send)


class BodyTooLarge(Exception):
    """More bytes came than a body may have."""


def holds(headers: dict[str, str], token: str) -> bool:
    """Tell whether a request brings the token."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode()):
        return True
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and compare_digest(cookie.value.encode(), token.encode())


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host
