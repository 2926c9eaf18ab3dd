"""The page at the root of the server: what is here, to read."""

from importlib.resources import files

from fastapi import APIRouter, Response

PAGE = files("comfyvn.interfaces.rest").joinpath("home.html")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"


def routes() -> APIRouter:
    """Return the route of the page."""
    api = APIRouter()

    @api.get("/", include_in_schema=False)
    def get_home() -> Response:
        return Response(PAGE.read_bytes(), media_type="text/html", headers={"Content-Security-Policy": POLICY})

    return api
