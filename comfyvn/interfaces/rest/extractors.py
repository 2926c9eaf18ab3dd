"""HTTP for external programs that unpack archives: which are known and registered, and registering them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Response

from comfyvn.application.extractors import (
    Confinement,
    Extractor,
    Extractors,
    Installation,
    KnownExtractor,
    Registration,
)
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import PROBLEMS, reply

ToolName = Annotated[str, Path(min_length=1, max_length=40, description="Name of the tool.")]


@dataclass(frozen=True, slots=True)
class Programs:
    """The `tools` of this installation; over HTTP they are registered only where people of this machine are `alone`."""

    tools: Extractors
    alone: bool


@dataclass(frozen=True, slots=True)
class ToolList:
    """The programs that are registered, and what would hold them while they run."""

    items: tuple[Extractor, ...]
    confinement: Confinement


@dataclass(frozen=True, slots=True)
class KnownToolList:
    """The programs that the studio knows of."""

    items: tuple[KnownExtractor, ...]


def routes(programs: Programs) -> APIRouter:
    """Return the routes of external programs."""
    api = APIRouter(responses=PROBLEMS, tags=["tools"])
    tools = programs.tools

    def guard() -> None:
        if not programs.alone:
            message = "Programs are registered on the machine of the server alone: `comfyvn tools register`."
            raise Refused("tools_not_from_here", message)

    @api.get("/vn/tools", response_model=ToolList, summary="List the external programs that are registered")
    def list_tools() -> Response:
        return reply(ToolList(tools.registered(), tools.confinement()))

    @api.get("/vn/tools/catalogue", response_model=KnownToolList, summary="List external programs that are known")
    def list_known() -> Response:
        return reply(KnownToolList(tools.known()))

    @api.get("/vn/tools/{tool}", response_model=Extractor, summary="Show a registered program")
    def get_tool(tool: ToolName) -> Response:
        return reply(tools.find(tool))

    @api.post("/vn/tools/register", response_model=Extractor, status_code=201, summary="Register a program")
    def register_tool(body: Registration) -> Response:
        guard()
        return reply(tools.register(body), 201)

    @api.post(
        "/vn/tools/install",
        response_model=Extractor,
        status_code=201,
        summary="Register a program of the catalogue, once its licence is acknowledged",
    )
    def install_tool(body: Installation) -> Response:
        guard()
        return reply(tools.install(body), 201)

    @api.delete("/vn/tools/{tool}", status_code=204, summary="Forget a registered program")
    def remove_tool(tool: ToolName) -> Response:
        guard()
        tools.remove(tool)
        return Response(status_code=204)

    return api
