"""HTTP that checks the expression of a condition while it is written."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from comfyvn.application.studio import Studio, find_branch
from comfyvn.domain.expressions import ExpressionError, names, parse
from comfyvn.domain.expressions.parsing import MAX_SOURCE
from comfyvn.interfaces.rest.answers import PROBLEMS, At, position, reply
from comfyvn.interfaces.rest.entities import PREFIX, Branch, Project


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with an expression (null: nothing), the names that it reads, and those that nobody declared."""

    error: str | None
    names: list[str]
    undeclared: list[str]


def routes(studio: Studio) -> APIRouter:
    """Return the route."""
    api = APIRouter(prefix=PREFIX, tags=["variables"], responses=PROBLEMS)

    @api.get("/check-expression", response_model=Checked, summary="Check an expression, such as a condition")
    def get_check(
        project: Project,
        branch: Branch,
        source: Annotated[str, Query(max_length=MAX_SOURCE, description="The expression.")],
        at: At = None,
    ) -> Response:
        row = find_branch(studio, project, branch)
        try:
            read = sorted(names(parse(source)))
        except ExpressionError as e:
            return reply(Checked(str(e), [], []))
        known = {ref.id for ref in studio.store.heads(row.id, "variable", position(at))}
        return reply(Checked(None, read, [name for name in read if name not in known]))

    return api
