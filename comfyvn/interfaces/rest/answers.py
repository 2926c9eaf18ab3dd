"""How the API answers: JSON by orjson, entity versions as ETag, errors as problem+json with stable codes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import orjson
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from comfyvn.application import studio
from comfyvn.application.assets.registry import DiskFull, TooLarge
from comfyvn.application.ports import LATEST
from comfyvn.application.studio import ConflictItem, Outcome, plain
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused

STATUS: dict[type[Refused], int] = {Missing: 404, Conflict: 409, TooLarge: 413, DiskFull: 507, Refused: 400}
MAX_POSITION = 2**62

Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="Makes a retry of the same command harmless."),
]
Match = Annotated[
    str | None,
    Header(alias="If-Match", max_length=40, description="The version (ETag) of the entity that the client has seen."),
]
Actor = Annotated[str, Header(alias="X-Actor", min_length=1, max_length=100, description="Who asks.")]
At = Annotated[int | None, Query(alias="at", ge=0, le=MAX_POSITION, description="A past position; without it: now.")]


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, as problem+json (RFC 9457). `code` is stable; further members say more of it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    __pydantic_config__: ClassVar = {"extra": "allow"}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in {
        400: "The command breaks a rule.",
        401: "The server asks for its token.",
        403: "A page of another site may not change anything.",
        404: "What is named does not exist.",
        409: "The command does not fit the present state.",
        413: "The body is too large.",
        422: "The request is malformed.",
    }.items()
}


@dataclass(frozen=True, slots=True)
class CommitShape:
    """A commit: one atomic change of a branch. `id` is its hash, `position` the place of its last event."""

    id: str
    project: str
    branch: str
    seq: int
    position: int
    events: int
    kind: str
    actor: str
    at: str
    message: str
    command: str
    parent: str | None
    merge_parent: str | None
    reverts: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class OutcomeShape:
    """What a command did: the commit (null: nothing had to change), the position of the branch, and conflicts."""

    commit: CommitShape | None
    position: int
    events: int
    conflicts: tuple[ConflictItem, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    __pydantic_config__: ClassVar = {"defer_build": True}  # many routes answer so; only the OpenAPI document needs it


def commit_shape(commit: Any) -> CommitShape:
    """Return what clients see of a commit."""
    return CommitShape(**{name: getattr(commit, name) for name in CommitShape.__dataclass_fields__})


def outcome_shape(outcome: Outcome) -> OutcomeShape:
    """Return what clients see of an outcome."""
    commit = commit_shape(outcome.commit) if outcome.commit else None
    return OutcomeShape(commit, outcome.position, outcome.events, outcome.conflicts, outcome.versions)


def reply(value: Any, status: int = 200, *, version: int | None = None) -> Response:
    """Return a value as JSON; `version` becomes the ETag."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(encode(value), status, headers, "application/json")


def encode(value: Any) -> bytes:
    """Return JSON bytes; dataclasses, tuples and persistent maps included."""
    try:
        return orjson.dumps(value, default=plain, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:  # whole numbers beyond 64 bits, as far as anybody may send them
        return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def done(outcome: Outcome) -> Response:
    """Return the answer to a command; unresolved conflicts are a 409 with nothing written."""
    if outcome.conflicts:
        message = f"{len(outcome.conflicts)} conflicts need a decision; nothing was written."
        raise Conflict("conflicts", message, conflicts=outcome.conflicts, position=outcome.position)
    version = next(iter(outcome.versions.values())) if len(outcome.versions) == 1 else None
    return reply(outcome_shape(outcome), version=version)


def request_of(key: str | None, match: str | None, actor: str, message: str | None = None) -> studio.Request:
    """Return who asks, from the headers. Raises Refused("if_match_malformed")."""
    expected = None
    if match is not None and match.strip() != "*":
        digits = match.strip().removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
            raise Refused("if_match_malformed", "If-Match is the ETag of the entity: its version in quotes.")
        expected = int(digits)
    return studio.Request(actor, key or None, expected, message)


def position(at: int | None) -> int:
    """Return the position that a query asks for."""
    return LATEST if at is None else at


def problem(status: int, code: str, detail: str, details: Mapping[str, Json] | None = None) -> Response:
    """Return a problem+json answer."""
    body = {
        "type": f"urn:comfyvn:error:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
    }
    return Response(encode({**(details or {}), **body}), status, media_type="application/problem+json")


def refusal(error: Refused) -> Response:
    """Return a refusal as a problem+json answer."""
    return problem(STATUS[next(c for c in type(error).__mro__ if c in STATUS)], error.code, str(error), error.details)


def install(app: FastAPI) -> None:
    """Answer every error of the application as problem+json."""

    @app.exception_handler(Refused)
    def refused(_: Request, error: Refused) -> Response:
        return refusal(error)

    @app.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> Response:
        errors = [{"where": ".".join(str(p) for p in item["loc"]), "what": item["msg"]} for item in error.errors()[:20]]
        text = "; ".join(f"{e['where']}: {e['what']}" for e in errors[:3])
        return problem(422, "request_malformed", f"The request is malformed: {text}.", {"errors": errors})

    @app.exception_handler(HTTPException)
    def framework(_: Request, error: HTTPException) -> Response:
        codes = {404: "route_unknown", 405: "method_not_allowed", 413: "body_too_large"}
        answer = problem(error.status_code, codes.get(error.status_code, "http_error"), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer
