"""HTTP for maps: scenes and nodes with places that stay, and moving them."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from comfyvn.application.maps.nodes import SceneMap, scene_map
from comfyvn.application.maps.places import FARTHEST, PROJECT, arrange, move
from comfyvn.application.maps.scenes import Maps, ProjectMap
from comfyvn.application.studio import Studio
from comfyvn.domain.layout import Point
from comfyvn.interfaces.rest.analysis import Branch, Project
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.documents import Current

MOST = 10_000
Coordinate = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST, allow_inf_nan=False)]
Scene = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^/\x00-\x1f]+$", description="Id of the scene.")]
Everything = Annotated[bool, Query(description="Those that people chose, too.")]


@dataclass(frozen=True, slots=True)
class PlaceShape:
    """A place on a map."""

    x: Coordinate
    y: Coordinate
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Moving:
    """New places of scenes or nodes, by their ids."""

    places: Annotated[dict[Annotated[str, Field(min_length=1, max_length=200)], PlaceShape], Field(max_length=MOST)]
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Moved:
    """How many places were kept."""

    moved: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """The view that is laid out anew when it is next asked for."""

    view: str


def routes(studio: Studio, current: Current) -> APIRouter:
    """Return the routes of maps."""
    api = APIRouter(prefix="/api", tags=["maps"], responses=PROBLEMS)
    places = studio.store.places
    maps = Maps(studio, places)

    def moved(project: str, view: str, body: Moving) -> Response:
        move(places, project, view, {name: Point(place.x, place.y) for name, place in body.places.items()})
        return reply(Moved(len(body.places)))

    @api.get("/map", response_model=ProjectMap, summary="Get the map of a project: its scenes, their ways and places")
    def get_map(
        project: Project = None,
        branch: Branch = None,
        at: At = None,
        findings: Annotated[bool, Query(description="Count errors and warnings of each scene, too.")] = False,
    ) -> Response:
        return reply(maps.project(current(project, branch).id, position(at), findings=findings))

    @api.put("/map/places", response_model=Moved, summary="Move scenes on the map of a project")
    def put_map_places(body: Moving, project: Project = None, branch: Branch = None) -> Response:
        return moved(current(project, branch).project, PROJECT, body)

    @api.delete("/map/places", response_model=Arranged, summary="Lay the map of a project out anew")
    def delete_map_places(project: Project = None, branch: Branch = None, everything: Everything = False) -> Response:
        arrange(places, current(project, branch).project, PROJECT, everything=everything)
        return reply(Arranged(PROJECT))

    @api.get("/scenes/{scene}/map", response_model=SceneMap, summary="Get the map of a scene: its nodes and their ways")
    def get_scene_map(scene: Scene, project: Project = None, branch: Branch = None, at: At = None) -> Response:
        return reply(scene_map(studio, places, current(project, branch).id, scene, position(at)))

    @api.put("/scenes/{scene}/map/places", response_model=Moved, summary="Move nodes on the map of a scene")
    def put_scene_map_places(scene: Scene, body: Moving, project: Project = None, branch: Branch = None) -> Response:
        return moved(current(project, branch).project, f"scene:{scene}", body)

    @api.delete("/scenes/{scene}/map/places", response_model=Arranged, summary="Lay the map of a scene out anew")
    def delete_scene_map_places(
        scene: Scene, project: Project = None, branch: Branch = None, everything: Everything = False
    ) -> Response:
        view = f"scene:{scene}"
        arrange(places, current(project, branch).project, view, everything=everything)
        return reply(Arranged(view))

    return api
