"""HTTP for the lines of a playthrough as they come, piece by piece, or all at once where nothing is to be streamed."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from comfyvn.application.plays.telling import Cursor, Thing, Told
from comfyvn.application.streaming.dialogue import Bell, Dialogues
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.playthrough.pacing import Paced, Piece, after
from comfyvn.interfaces.rest.answers import PROBLEMS, encode, reply
from comfyvn.interfaces.rest.documents import Current, ProjectChoice
from comfyvn.interfaces.rest.event_stream import RETRY_MS, Cut, EventStream
from comfyvn.interfaces.rest.events import LastId
from comfyvn.interfaces.rest.playthroughs import PLAYS, PlayId

LIKED: Final = 30.0
"""Characters per second of a reader who says nothing."""
TOGETHER: Final = 0.02
"""Seconds of pieces that are sent together."""
CHUNK: Final = 64 * 1024
"""Bytes that are handed on at a time, so that a slow reader has no more than some of them waiting."""
VERSIONS: Final = 200
"""Versions of a playthrough that one answer without streaming tells at most."""
SPELT: Final = 16
"""Lines whose frames are kept, as many listeners ask for the same one at the same moment."""
_CURSOR: Final = re.compile(r"(\d{1,15})\.(\d{1,15}):(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DialogueShape:
    """What a playthrough tells; `next` is the id to ask for what comes after it, `more`: there is some already."""

    playthrough: str
    version: int
    closed: bool
    items: list[dict[str, Any]]
    next: str
    more: bool


STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Frames `ready`, `line`, `piece`, `final` and others, or without streaming one document.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
        "model": DialogueShape,
    },
    204: {"description": "All is told, and the playthrough was put away: there is nothing to come back for."},
}


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a listener wants it: at which speed, held back until it is due, and whether to go on with the play."""

    liked: float
    held_back: bool
    follows: bool


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a telling begins: `told` of the version of the cursor; the play itself is at `version`."""

    cursor: Cursor
    told: Told
    version: int
    strayed: bool = False
    """The cursor was of another history."""


def routes(dialogues: Dialogues, current: Current, cut: Cut, streaming: Callable[[], bool]) -> APIRouter:
    """Return the routes; `streaming` tells whether lines are streamed where nobody says."""
    api = APIRouter(tags=["play"], responses=PROBLEMS)
    hub = dialogues.hub

    @api.get(PLAYS + "/{play}/dialogue", summary="Hear the lines of a playthrough as they come", responses=STREAM)
    async def get_dialogue(
        play: PlayId,
        project: ProjectChoice = None,
        stream: Annotated[bool | None, Query(description="Without it: as the settings say.")] = None,
        follow: Annotated[bool, Query(description="Go on when the playthrough does.")] = True,
        paced: Annotated[bool, Query(description="Hold each piece back until it is due.")] = False,
        cps: Annotated[
            float, Query(gt=0, le=10_000, description="Characters per second that the reader likes.")
        ] = LIKED,
        after: Annotated[str | None, Query(max_length=50, description="The id to go on after.")] = None,
        last: LastId = None,
    ) -> Response:
        of = (await hub.in_thread(current, project, None)).project
        given = last if last is not None else after
        stand = await _stand(dialogues, of, play, None if given is None else cursor_of(given))
        if not (streaming() if stream is None else stream):
            return reply(await _document(dialogues, of, play, stand, cps))
        if given is not None and stand.told.closed and stand.cursor >= stand.told.end:
            return Response(status_code=204)
        hub.admit()
        chunks = _chunks(dialogues, of, play, stand, _Manner(cps, paced, follow))
        return EventStream(chunks, hub.limits.send_seconds, cut)

    return api


def cursor_of(text: str) -> Cursor:
    """Return the cursor that an id is. Raises Refused("cursor_malformed")."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise Refused("cursor_malformed", "The id of a frame is VERSION.NUMBER:CHARACTERS.", id=text)
    return Cursor(*map(int, found.groups()))


async def _stand(dialogues: Dialogues, project: str, play: str, cursor: Cursor | None) -> _Stand:
    version = await dialogues.version(project, play)
    strayed = cursor is not None and not 1 <= cursor.version <= version
    at = version if cursor is None or strayed else cursor.version
    told = await dialogues.told(project, play, at)
    return _Stand(Cursor(at, told.stands, 0) if cursor is None or strayed else cursor, told, version, strayed)


async def _chunks(
    dialogues: Dialogues, project: str, play: str, stand: _Stand, manner: _Manner
) -> AsyncIterator[bytes]:
    with dialogues.bell(project, play) as bell:
        cursor, told = stand.cursor, stand.told
        yield b"retry: %d\n%b" % (RETRY_MS, _frame(cursor, "ready", {"playthrough": play, "version": stand.version}))
        if stand.strayed:
            yield _frame(cursor, "resync", {"reason": "unknown_position", "version": stand.version})
        version = await dialogues.version(project, play)  # what was recorded before the bell hung rings no more
        while True:
            async for chunk in _told(told, cursor, bell, manner):
                yield chunk
            while cursor.version >= version:
                if told.closed:
                    yield _frame(told.end, "closed", {"version": version})
                if told.closed or bell.closed or not manner.follows:
                    return
                if not await bell.rings(dialogues.hub.limits.beat_seconds):
                    yield b": beat\n\n"
                elif not bell.closed:
                    version = max(version, bell.version or await dialogues.version(project, play))
            cursor = Cursor(cursor.version + 1, 0, 0)
            told = await dialogues.told(project, play, cursor.version)
            if not told.news:
                cursor = told.end


async def _told(told: Told, cursor: Cursor, bell: Bell, manner: _Manner) -> AsyncIterator[bytes]:
    """Yield what is left of a version. When the play goes on meanwhile, what is left is not held back any more."""
    for number, thing, start in _left(told, cursor):
        at = Cursor(cursor.version, number, start)
        if thing.pace is None:
            yield _frame(at._replace(start=1), thing.name, thing.data)
            continue
        if not (start or manner.held_back):
            whole = whole_line(thing, at, manner.liked)
            for begin in range(0, len(whole), CHUNK):
                yield whole[begin : begin + CHUNK]
            continue
        waiting, owed = bytearray(), 0.0
        for frame, seconds in _line(thing, at, manner.liked):
            waiting += frame
            owed += seconds
            due = manner.held_back and owed >= TOGETHER
            if due or len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
            if due:
                if await bell.rings(owed, keep=True):
                    manner = replace(manner, held_back=False)
                owed = 0.0
        yield bytes(waiting)


@lru_cache(SPELT)
def whole_line(thing: Thing, at: Cursor, liked: float) -> bytes:
    """Return the frames of a line from its beginning; all who listen get the same ones."""
    return b"".join(frame for frame, _ in _line(thing, at, liked))


def _line(thing: Thing, at: Cursor, liked: float) -> Iterator[tuple[bytes, float]]:
    """Yield the frames of a line that are left, each with the seconds until the next one is due."""
    text, pace = str(thing.data["text"]), thing.pace or Paced(())
    place = {name: thing.data[name] for name in ("who", "speaker", "node", "scene")}
    yield _frame(at, "line", {**place, "start": at.start, "length": len(text)}), 0.0
    due = 0.0
    for piece in after(pace.pieces, at.start):
        seconds = piece.seconds(liked)
        yield _frame(at._replace(start=piece.end), "piece", _piece(piece, due)), seconds
        due += seconds
    final = {**place, "text": text, "gone": pace.gone, "version": at.version}
    yield _frame(at._replace(start=thing.length), "final", final), 0.0


def _left(told: Told, cursor: Cursor) -> Iterator[tuple[int, Thing, int]]:
    for number, thing in enumerate(told.things):
        start = cursor.start if number == cursor.number else 0
        if number >= cursor.number and (start < thing.length):
            yield number, thing, start


async def _document(dialogues: Dialogues, project: str, play: str, stand: _Stand, liked: float) -> DialogueShape:
    cursor, told = stand.cursor, stand.told
    items: list[dict[str, Any]] = []
    last = min(stand.version, cursor.version + VERSIONS - 1)
    while True:
        for number, thing, start in _left(told, cursor):
            at = Cursor(cursor.version, number, thing.length)
            paces = {} if thing.pace is None else _pieces(thing.pace, start, liked)
            items.append({"type": thing.name, "id": str(at), **thing.data, **paces})
        if cursor.version >= last:
            return DialogueShape(play, last, told.closed, items, str(told.end), last < stand.version)
        cursor = Cursor(cursor.version + 1, 0, 0)
        told = await dialogues.told(project, play, cursor.version)
        if not told.news:
            cursor = told.end


def _pieces(pace: Paced, start: int, liked: float) -> dict[str, Json]:
    found: list[Json] = []
    due = 0.0
    for piece in after(pace.pieces, start):
        found.append(_piece(piece, due))
        due += piece.seconds(liked)
    return {"start": start, "pieces": found, "gone": pace.gone}


def _piece(piece: Piece, due: float) -> dict[str, Json]:
    return {
        "start": piece.start,
        "text": piece.text,
        "shown": piece.shown,
        "speed": piece.speed,
        "factor": piece.factor,
        "pause": piece.pause,
        "click": piece.click,
        "due": round(due, 3),
    }


def _frame(cursor: Cursor, name: str, data: Any) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (str(cursor).encode(), name.encode(), encode(data))
