"""Files over HTTP: whole, in part (RFC 9110, section 14), or not again if the client has them."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

INLINE = re.compile(r"(image/(png|jpeg|webp|gif|avif|bmp)|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+)")
"""Types that a browser may show; all others are saved, above all those that can hold scripts."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")

Open = Callable[[int, int], Iterator[bytes]]
"""Yields the bytes from a start to a stop (not included)."""


def file_response(request: Request, name: str, mime: str | None, digest: str, size: int, read: Open) -> Response:
    """Return a file that is named by its content: 200, 206, 304 or 416."""
    kind = mime if mime and _MIME.fullmatch(mime) else "application/octet-stream"
    shown = "inline" if INLINE.fullmatch(kind) else "attachment"
    tag = f'"{digest}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-cache",
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name.rpartition('/')[2], safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    if tag in {known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    span = _span(request, tag, size)
    if span is None:
        return StreamingResponse(read(0, size), 200, {**headers, "Content-Length": str(size)}, kind)
    start, stop = span
    if start >= stop:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    part = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Content-Length": str(stop - start)}
    return StreamingResponse(read(start, stop), 206, {**headers, **part}, kind)


def _span(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """Return the one part that is asked for; None: all of it, as it is where several parts are asked for."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or request.headers.get("if-range", tag).strip() != tag:
        return None
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size
