"""Signing a browser in where the server has a token."""

from dataclasses import dataclass
from secrets import compare_digest
from typing import ClassVar

from fastapi import APIRouter, Response

from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.answers import PROBLEMS, reply
from comfyvn.interfaces.rest.guard import COOKIE


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The token of the server."""

    token: str
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Session:
    """Whether the browser is signed in now."""

    open: bool


def routes(token: str | None = None) -> APIRouter:
    """Return the route."""
    api = APIRouter()

    @api.post(
        "/session",
        summary="Sign a browser in with the token",
        response_model=Session,
        responses=PROBLEMS,
        tags=["system"],
    )
    def post_session(body: SigningIn) -> Response:
        if token is not None and not compare_digest(body.token.encode(errors="replace"), token.encode()):
            raise Refused("token_wrong", "This is not the token of the server.")
        answer = reply(Session(open=True))
        if token is not None:
            answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", max_age=30 * 24 * 3600)
        return answer

    return api
