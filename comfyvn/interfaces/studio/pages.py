"""Serves the built pages of the studio: one page for all of its addresses, and the files that it loads."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from comfyvn.interfaces.rest.answers import problem
from comfyvn.interfaces.studio.building import STATIC

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
FOR_EVER = "public, max-age=31536000, immutable"
NOT_BUILT = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ComfyVN</title>
<h1>ComfyVN: the API alone</h1>
<p>This server runs, but the pages of the studio were not built into it. Start it with
<code>python3 run_comfyvn.py</code>, which builds them, or install a released wheel, which has them.</p>
<p><a href="/docs">The API</a> works without them.</p></html>
"""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
PACKED = {"br": ".br", "gzip": ".gz"}
"""Content codings in the order of preference, and the ending of a file that is packed so."""


def routes(static: Path = STATIC) -> APIRouter:
    """Return the routes of the pages that were built into a folder; without them a page says what to do."""
    api = APIRouter(include_in_schema=False)
    known = cache(lambda: {path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()})

    def send(request: Request, name: str, cached: str) -> Response:
        """Answer with a file, packed as the client can read it."""
        if name not in known() or Path(name).suffix not in TYPES:
            return problem(404, "page_unknown", f"The studio has no file {name!r}; reload the page.")
        taken = {part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
        packed = next((coding for coding, end in PACKED.items() if coding in taken and name + end in known()), None)
        answer = Response((static / (name + PACKED.get(packed or "", ""))).read_bytes())
        answer.headers.update(HEADERS | {"Content-Type": TYPES[Path(name).suffix], "Cache-Control": cached})
        answer.headers["Vary"] = "Accept-Encoding"
        if packed:
            answer.headers["Content-Encoding"] = packed
        return answer

    @api.get("/")
    @api.get("/p/{path:path}")
    @api.get("/studio/{path:path}")
    def get_page(request: Request) -> Response:
        if "index.html" not in known():
            known.cache_clear()
            return Response(NOT_BUILT, media_type="text/html", headers={"Content-Security-Policy": POLICY})
        answer = send(request, "index.html", "no-store")
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @api.get("/static/{path:path}")
    def get_static(request: Request, path: str) -> Response:
        return send(request, f"static/{path}", FOR_EVER)

    @api.get("/sw.js")
    @api.get("/icon.svg")
    @api.get("/manifest.webmanifest")
    def get_file(request: Request) -> Response:
        return send(request, request.url.path.removeprefix("/"), "no-cache")

    return api
