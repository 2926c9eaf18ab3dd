"""What a playthrough has to tell, version by version, so that a listener can begin at any of them and go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from comfyvn.application.plays.sessions import Session, advanced, session_of
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Studio, plays_branch
from comfyvn.domain.kernel import Json, Missing
from comfyvn.domain.plays.path import extended
from comfyvn.domain.plays.state import Playthrough, part_name
from comfyvn.domain.playthrough.following import Moment, followed
from comfyvn.domain.playthrough.outputs import LineSaid, to_json
from comfyvn.domain.playthrough.pacing import Paced, paced


class Cursor(NamedTuple):
    """How far a listener has come: version of the playthrough, number of the thing told there, characters of it."""

    version: int
    number: int
    start: int

    def __str__(self) -> str:
        return f"{self.version}.{self.number}:{self.start}"


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One thing that is told: a line with its pace, or ``stage``, ``menu`` (it waits), ``picked``, ``end``."""

    name: str
    data: dict[str, Json]
    pace: Paced | None = None

    @property
    def length(self) -> int:
        """The `start` of a cursor that has come behind it. A line is over with its last frame, not its last piece."""
        return 1 if self.pace is None else len(str(self.data["text"])) + 1


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of a version of a playthrough.

    `news`: who heard the version before has not heard it; else it is where the play stands still, for who begins here.
    That one begins with the thing of number `stands`.
    """

    session: Session
    things: tuple[Thing, ...]
    stands: int
    news: bool

    @property
    def closed(self) -> bool:
        """Tell whether the reader put the playthrough away."""
        return self.session.playthrough.ended

    @property
    def end(self) -> Cursor:
        """Where a listener stands who has heard all of it."""
        last = len(self.things) - 1
        return Cursor(self.session.version, max(last, 0), self.things[last].length if self.things else 0)


def tell(studio: Studio, project: str, play_id: str, version: int, known: Session | None = None) -> Told:
    """Return what there is to tell of a version; `known` is the session of the one before, if it is at hand.

    Raises Missing: ``playthrough_unknown``, ``version_unknown``.
    """
    state = _state(studio, project, play_id, version)
    if version == 1:
        session = session_of(studio, play_id, state, 1)
        return _told(session, [session.moment], news=True)
    if known is None or known.version != version - 1:
        known = session_of(studio, play_id, _state(studio, project, play_id, version - 1), version - 1)
    session = advanced(known, state, version)
    moments = _met(known, state)
    return _told(session, moments or [session.moment], news=bool(moments))


def _state(studio: Studio, project: str, play_id: str, version: int) -> Playthrough:
    try:
        state, found = studio.store.load(plays_branch(project), Ref("playthrough", play_id), version=version)
    except Missing:
        state, found = None, 0
    if not isinstance(state, Playthrough):
        message = f"There is no playthrough {play_id!r} in this project."
        raise Missing("playthrough_unknown", message, playthrough=play_id)
    if found != version:
        raise Missing("version_unknown", f"The playthrough has no version {version}.", version=found)
    return state


def _met(before: Session, state: Playthrough) -> Sequence[Moment]:
    """Return the moments that the last move of a playthrough led to, one after the other."""
    move = state.moves[part_name(len(state.moves) - 1)]
    path = extended(before.path, [move])
    done = len(before.path.inputs)
    if path.inputs == before.path.inputs:
        return []
    if path.inputs[:done] != before.path.inputs:
        return [advanced(before, state, before.version + 1).moment]
    moments: list[Moment] = []
    moment = before.moment
    for given in path.inputs[done:]:
        moment = followed(before.program, moment.state, given)
        moments.append(moment)
    return [moment for moment in moments if moment.outputs or moment.state.menu is not None]


def _told(session: Session, moments: Sequence[Moment], *, news: bool) -> Told:
    earlier = [thing for moment in moments[:-1] for thing in _of_moment(moment)]
    found = earlier + _of_moment(moments[-1])
    menu = session.moment.state.menu
    if menu is not None:
        options: list[Json] = [{"edge": edge, "text": text} for edge, text in menu.options]
        found.append(Thing("menu", {"caption": menu.caption, "options": options, "node": session.moment.state.node}))
    return Told(session, tuple(found), len(earlier), news)


def _of_moment(moment: Moment) -> list[Thing]:
    things: list[Thing] = []
    for output in moment.outputs:
        data: dict[str, Any] = to_json(output, every=True) or {}
        kind = data.pop("type")
        if isinstance(output, LineSaid):
            things.append(Thing("line", {"text": data.pop("what"), **data}, paced(output.what)))
        elif kind != "raw":
            things.append(Thing("picked" if kind == "menu" else kind, data))
    return things
