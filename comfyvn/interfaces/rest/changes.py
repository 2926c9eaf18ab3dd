"""HTTP for changes as people speak of them: the list with names and filters, what undo and redo would do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from comfyvn.application.changes.chronicle import Filter
from comfyvn.application.changes.listing import list_changes, next_steps
from comfyvn.application.changes.naming import Named, Touched
from comfyvn.application.ports import CommitKind
from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, At, CommitShape, position, reply
from comfyvn.interfaces.rest.entities import PREFIX, Branch, Project
from comfyvn.interfaces.rest.history import refs

MAX_PAGE = 1000
Kinds = Annotated[list[CommitKind] | None, Query(description="Kinds of changes; without it: all.")]
Entity = Annotated[str | None, Query(max_length=400, description="Those that changed it: `kind:id`.")]
Text = Annotated[str, Query(max_length=200, description="Held by the name, the message, the actor or an entity.")]
Time = Annotated[datetime | None, Query(description="A time; without a zone it is UTC.")]


@dataclass(frozen=True, slots=True)
class Change(CommitShape):
    """A commit with what people call it, and the entities that it touched with their names at that time.

    `touched` is empty where there are more than 500 events.
    """

    name: str
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Changes of a branch, newest first; `more` tells whether older ones may follow, from position `below` on.

    A search for text looks at 5,000 changes at once: with few or no items there may be more all the same.
    """

    items: list[Change]
    more: bool
    below: int | None


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The change that undo would take back, and the one that redo would bring back; null: there is none."""

    undo: Change | None
    redo: Change | None


def routes(studio: Studio) -> APIRouter:
    """Return the routes of changes."""
    api = APIRouter(prefix=PREFIX, tags=["history"], responses=PROBLEMS)

    @api.get("/history", summary="List the changes of a branch with their names, newest first", response_model=History)
    def get_history(
        project: Project,
        branch: Branch,
        at: At = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        actor: Annotated[str | None, Query(max_length=100)] = None,
        kind: Kinds = None,
        entity: Entity = None,
        text: Text = "",
        since: Time = None,
        until: Time = None,
    ) -> Response:
        row = find_branch(studio, project, branch)
        of = None if entity is None else (refs((entity,)) or [])[0]
        wanted = Filter(actor, frozenset(kind) if kind else None, of, _utc(since), _utc(until))
        page = list_changes(studio, row.id, wanted, text=text, at=position(at), size=limit)
        return reply(History([change_shape(item) for item in page.items], page.below is not None, page.below))

    @api.get("/next-steps", summary="Tell what undo and redo would do now, by name", response_model=NextSteps)
    def get_next_steps(project: Project, branch: Branch, actor: Actor = "local") -> Response:
        steps = next_steps(studio, find_branch(studio, project, branch).id, actor)
        return reply(NextSteps(_shape(steps.undo), _shape(steps.redo)))

    return api


def change_shape(found: Named) -> Change:
    """Return what clients see of a change with its name."""
    fields = {name: getattr(found.commit, name) for name in CommitShape.__dataclass_fields__}
    return Change(**fields, name=found.name, touched=found.touched)


def _shape(found: Named | None) -> Change | None:
    return None if found is None else change_shape(found)


def _utc(time: datetime | None) -> str | None:
    """Return a time as the history writes it; one without a zone is UTC."""
    if time is None:
        return None
    try:
        zoned = time if time.tzinfo else time.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except OverflowError as e:
        raise Refused("time_unknown", "There is no such time.") from e
