"""HTTP for the server itself: health, status, settings, address, and how busy the machine is."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

import comfyvn
from comfyvn.application.metrics import Meter, Metrics
from comfyvn.application.studio import Studio
from comfyvn.domain.documents import fit
from comfyvn.interfaces.rest.answers import PROBLEMS, reply


@dataclass(frozen=True, slots=True)
class Health:
    status: str


@dataclass(frozen=True, slots=True)
class Status:
    """What runs here: version, database, the position of each project's main branch, and all routes."""

    version: str
    database: str
    projects: dict[str, int]
    routes: list[str]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """How the routes read and write the settings document; `save` merges deeply and returns what is kept."""

    get: Callable[[], Mapping[str, Any]]
    save: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Machine:
    """The process that serves: where it listens, what measures it, and what tells whether a port is free.

    `instance` is another one after each start.
    """

    host: str
    port: int
    instance: str
    meter: Meter
    is_free: Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Info:
    """What answers here, for a handshake; after a relaunch `instance` is another one.

    `configured` is the address that the settings ask for; `relaunch` tells that the server listens elsewhere till then.
    """

    name: Literal["ComfyVN"]
    version: str
    instance: str
    database: str
    python: str
    system: str
    host: str
    port: int
    configured: Address
    relaunch: bool


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """Whether a server could listen at an address: ``here`` (this one does), ``free`` or ``taken``."""

    host: str
    port: int
    state: Literal["here", "free", "taken"]


def routes(studio: Studio, database: str, settings: SettingsFile, machine: Machine) -> APIRouter:
    """Return the routes of the server; `database` names the kind of database, never its address."""
    api = APIRouter(tags=["system"])

    @api.get("/health", summary="Tell that the server answers", response_model=Health)
    def get_health() -> Response:
        return reply(Health("ok"))

    @api.get("/status", summary="Tell what runs here", response_model=Status)
    def get_status(request: Request) -> Response:
        paths = request.app.openapi()["paths"]
        listed = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
        projects = {p.id: studio.store.head(p.main) for p in studio.store.projects()}
        return reply(Status(comfyvn.__version__, database, projects, sorted(listed)))

    @api.get("/settings/get", summary="Get the settings document", response_model=dict[str, Any], responses=PROBLEMS)
    def get_settings() -> Response:
        return reply(settings.get())

    @api.post(
        "/settings/save",
        summary="Merge an object into the settings document (RFC 7396): null removes a key, keys left out stay",
        response_model=dict[str, Any],
        responses=PROBLEMS,
    )
    def post_settings(body: dict[str, Any]) -> Response:
        fit(body)
        return reply(settings.save(body))

    @api.get("/system/metrics", summary="Tell how busy the machine is", response_model=Metrics)
    def get_metrics() -> Response:
        return reply(machine.meter.sample())

    @api.get("/system/info", summary="Tell which server answers here, and where it listens", response_model=Info)
    def get_info() -> Response:
        configured = _configured(settings.get(), machine)
        info = Info(
            name="ComfyVN",
            version=comfyvn.__version__,
            instance=machine.instance,
            database=database,
            python=platform.python_version(),
            system=platform.system(),
            host=machine.host,
            port=machine.port,
            configured=configured,
            relaunch=configured != Address(machine.host, machine.port),
        )
        return reply(info)

    @api.get(
        "/system/address",
        summary="Tell whether the server could listen at another address after a relaunch",
        response_model=AddressCheck,
        responses=PROBLEMS,
    )
    def get_address(
        port: Annotated[int, Query(ge=1, le=65535)],
        host: Annotated[
            str | None, Query(min_length=1, max_length=253, description="Default: the present one.")
        ] = None,
    ) -> Response:
        asked = host or machine.host
        if (asked, port) == (machine.host, machine.port):
            return reply(AddressCheck(asked, port, "here"))
        return reply(AddressCheck(asked, port, "free" if machine.is_free(asked, port) else "taken"))

    return api


def _configured(document: Mapping[str, Any], machine: Machine) -> Address:
    section = document.get("server")
    host, port = (section.get("host"), section.get("port")) if isinstance(section, dict) else (None, None)
    named = isinstance(host, str) and host
    return Address(str(host) if named else machine.host, port if type(port) is int else machine.port)
