"""What listeners are told of a commit. All of it follows from the history, so it can be told again at any time."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final

from comfyvn.application.plays.playing import differing
from comfyvn.application.plays.sessions import Session, advanced, opening_of, session_of
from comfyvn.application.ports import Commit, Ref
from comfyvn.application.streaming.topics import Event, body_of, topic
from comfyvn.application.studio import Studio, plays_branch
from comfyvn.domain.plays import Playthrough
from comfyvn.domain.playthrough.following import begun
from comfyvn.domain.playthrough.outputs import to_json

KEPT: Final = 256
"""Moments of playthroughs that are kept, so that the next one is worked out from the one before."""
_FIELDS: Final = ("position", "project", "branch", "seq", "kind", "actor", "at", "events", "command")
_LOG = logging.getLogger(__name__)


class Feed:
    """Turns commits into events. Used by several threads, for several moments of the past at once."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._known: OrderedDict[tuple[str, str, int], Session] = OrderedDict()
        self._lock = threading.Lock()

    def events(self, commit: Commit, asked: Callable[[str], bool]) -> Sequence[Event]:
        """Return the events of a commit, of the topics that are asked for."""
        if commit.branch == plays_branch(commit.project):
            plays, values = topic("plays", commit.project), topic("vars", "changed", commit.project)
            return self._played(commit) if asked(plays) or asked(values) else ()
        name = topic("commits", commit.project, commit.branch)
        if not asked(name):
            return ()
        data = {**{field: getattr(commit, field) for field in _FIELDS}, "commit": commit.id, "label": commit.message}
        return [_event(commit, name, data, commit.branch)]

    def _played(self, commit: Commit) -> list[Event]:
        """Return what a commit did to playthroughs, and to the values that all plays begin with."""
        refs = sorted(self._studio.store.touched(commit.branch, commit.first_position - 1, commit.position))
        plays = [ref for ref in refs if ref.kind == "playthrough"]
        events = [event for ref in plays for event in self._moved(commit, ref)]
        if not plays and (names := [ref.id for ref in refs if ref.kind == "value"]):
            events.append(_changed(commit, None, names, None))
        return events

    def _moved(self, commit: Commit, ref: Ref) -> list[Event]:
        store = self._studio.store
        (before, version), (after, last) = (store.load(commit.branch, ref, at) for at in _around(commit))
        if not isinstance(after, Playthrough):
            return []
        data: dict[str, Any] = {
            "position": commit.position,
            "project": commit.project,
            "branch": after.branch,
            "playthrough": ref.id,
            "actor": commit.actor,
            "at": commit.at,
            "command": commit.command,
            "version": last,
            "closed": after.ended,
        }
        names: list[str] = []
        try:
            session, names = self._session(commit.project, ref.id, before, version, after, last)
            data |= _moment(session)
        except Exception:  # one story that cannot be played keeps no listener from the rest; the log keeps the reason
            _LOG.exception("the moment of playthrough %s cannot be told", ref.id)
        told = [_event(commit, topic("plays", commit.project, ref.id), data, after.branch)]
        return [*told, _changed(commit, ref.id, names, after.branch)] if names else told

    def _session(
        self, project: str, play_id: str, before: Playthrough | None, version: int, after: Playthrough, last: int
    ) -> tuple[Session, list[str]]:
        """Return where a playthrough stands after a commit, and the variables that are worth something else."""
        with self._lock:
            known = self._known.get((project, play_id, version))
        if before is None:
            session = session_of(self._studio, play_id, after, last)
            was = begun(session.program, opening_of(after)).variables
        else:
            if known is None:
                known = session_of(self._studio, play_id, before, version)
            session, was = advanced(known, after, last), known.moment.state.variables
        with self._lock:
            self._known[project, play_id, last] = session
            self._known.move_to_end((project, play_id, last))
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return session, differing(was, session.moment.state.variables)


def _around(commit: Commit) -> tuple[int, int]:
    return commit.first_position - 1, commit.position


def _moment(session: Session) -> dict[str, Any]:
    state = session.moment.state
    menu = state.menu
    options = [] if menu is None else [{"edge": edge, "text": text} for edge, text in menu.options]
    return {
        "depth": session.depth,
        "scene": state.scene,
        "node": state.node,
        "ended": state.ended,
        "outputs": [shown for output in session.moment.outputs if (shown := to_json(output)) is not None],
        "menu": None if menu is None else {"caption": menu.caption, "options": options},
    }


def _changed(commit: Commit, play_id: str | None, names: Sequence[str], branch: str | None) -> Event:
    data = {"position": commit.position, "project": commit.project, "playthrough": play_id, "names": list(names)}
    return _event(commit, topic("vars", "changed", commit.project), {**data, "actor": commit.actor}, branch)


def _event(commit: Commit, name: str, data: Any, branch: str | None) -> Event:
    return Event(name, body_of(data), commit.position, None, commit.project, branch, commit.actor)
