"""HTTP for the server itself: health, status, settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

import comfyvn
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


def routes(studio: Studio, database: str, settings: SettingsFile) -> APIRouter:
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

    return api
