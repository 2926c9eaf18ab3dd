"""HTTP for plays: one seeded play of a branch, as it is or was."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from comfyvn.application.playing import picks_of, play_branch
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.playthrough.outputs import to_json
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.entities import PREFIX, Branch, Project

MAX_STEPS = 100_000
MAX_SEED = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened in a play: lines, menus with the pick, and the end."""

    items: list[dict[str, Any]]


def routes(studio: Studio) -> APIRouter:
    """Return the routes of plays."""
    api = APIRouter(prefix=PREFIX, tags=["play"], responses=PROBLEMS)

    @api.get("/play", summary="Play once by a seed", response_model=Trace)
    def get_play(
        project: Project,
        branch: Branch,
        seed: Annotated[int, Query(ge=0, le=MAX_SEED)] = 0,
        choices: Annotated[
            str, Query(max_length=2000, description="Picks of the first menus, with commas; the seed picks the rest.")
        ] = "",
        start: Annotated[str | None, Query(max_length=401, description="Scene id, label or SCENE:NODE.")] = None,
        max_steps: Annotated[int, Query(ge=1, le=MAX_STEPS)] = 10_000,
        at: At = None,
    ) -> Response:
        row = find_branch(studio, project, branch)
        outputs = play_branch(
            studio,
            row.id,
            seed=seed,
            at=position(at),
            choices=picks_of(choices),
            start=start,
            max_steps=max_steps,
        )
        return reply(Trace([item for item in map(to_json, outputs) if item is not None]))

    return api
