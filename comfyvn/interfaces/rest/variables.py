"""HTTP for variables: what they are worth when a play begins, and in one playthrough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Response

from comfyvn.application.plays import values
from comfyvn.application.plays.playing import Plays
from comfyvn.application.programs import Story
from comfyvn.domain.kernel import Json, Missing
from comfyvn.domain.plays import Remembered
from comfyvn.domain.variables import Scope
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, At, Key, Match, position, reply, request_of
from comfyvn.interfaces.rest.documents import BranchChoice, Current, Id, ProjectChoice

PlayChoice = Annotated[
    str | None, Query(min_length=1, max_length=200, description="Playthrough; default: plays that begin from now on.")
]


@dataclass(frozen=True, slots=True)
class Setting:
    """Gives a declared variable a value of its type: in one playthrough, else for all plays that begin from now on."""

    name: str
    value: Json
    playthrough: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Resetting:
    """Gives the named variables (without names: all, or those of one scope) their defaults again."""

    names: tuple[str, ...] | None = None
    scope: Scope | None = None
    playthrough: str | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class VariableShape:
    """A declared variable, the value that it has now and the default that a reset gives it."""

    name: str
    type: str
    scope: str
    constant: bool
    value: Json
    default: Json
    description: str


@dataclass(frozen=True, slots=True)
class VariableList:
    items: list[VariableShape]
    position: int


@dataclass(frozen=True, slots=True)
class ResetShape:
    """The names of the variables that were reset."""

    reset: list[str]
    position: int


def routes(plays: Plays, current: Current) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/api/vars", tags=["variables"], responses=PROBLEMS)
    studio = plays.studio

    def shown(project: str, story: Story, play_id: str | None) -> dict[str, VariableShape]:
        if play_id is None:
            worth: Mapping[str, Json] = values.current(studio, project, story)
        else:
            state = plays.get(project, play_id).moment.state
            worth = {name: values.packed(state.variables, name) for name in values.declared(story)}
        fields = ("type", "scope", "constant", "default", "description")
        known = values.declared(story)
        return {n: VariableShape(name=n, value=worth[n], **{k: known[n][k] for k in fields}) for n in sorted(known)}

    @api.get("/list", summary="List the declared variables", response_model=VariableList)
    def list_variables(
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        playthrough: PlayChoice = None,
        scope: Scope | None = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        story = studio.programs.story(studio.store, row.id, position(at))
        items = shown(row.project, story, playthrough).values()
        return reply(VariableList([item for item in items if scope in (None, item.scope)], story.position))

    @api.get("/get", summary="Get one declared variable", response_model=VariableShape)
    def get_variable(
        name: Id,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        playthrough: PlayChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        story = studio.programs.story(studio.store, row.id, position(at))
        found = shown(row.project, story, playthrough).get(name)
        if found is None:
            raise Missing("variable_unknown", f"There is no variable {name!r} here.", variable=name)
        return reply(found)

    @api.post("/set", summary="Set a declared variable", response_model=VariableShape)
    def set_variable(
        body: Setting,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        row = current(project, branch)
        request = request_of(key, match, actor)
        story = studio.programs.story(studio.store, row.id)
        if body.playthrough is not None:
            plays.force(row.project, body.playthrough, {body.name: body.value}, request)
        else:
            given = values.checked(story, {body.name: body.value})
            values.remember(studio, row.project, values.as_remembered(given), request)
        return reply(shown(row.project, story, body.playthrough)[body.name])

    @api.post("/reset", summary="Reset variables to their defaults", response_model=ResetShape)
    def reset_variables(
        body: Resetting,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        actor: Actor = "local",
    ) -> Response:
        row = current(project, branch)
        request = request_of(key, None, actor)
        story = studio.programs.story(studio.store, row.id)
        names = values.reset_names(story, body.names, body.scope)
        known = values.declared(story)
        now = shown(row.project, story, body.playthrough)
        if body.playthrough is not None:
            names = [name for name in names if now[name].value != known[name]["default"]]
            if names:
                plays.force(row.project, body.playthrough, {n: known[n]["default"] for n in names}, request)
        else:
            kept = values.remembered(studio, row.project, story)
            names = [name for name in names if name in kept]
            forgotten: dict[str, Remembered | None] = dict.fromkeys(names)
            values.remember(studio, row.project, forgotten, request)
        return reply(ResetShape(names, story.position))

    return api
