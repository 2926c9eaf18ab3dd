"""Where each playthrough stands: worked out from its moves, and kept as long as it is in use."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from comfyvn.application.ports import Ref
from comfyvn.application.studio import Studio, plays_branch
from comfyvn.domain.kernel import Missing
from comfyvn.domain.plays import Input, Path, Playthrough, path_of
from comfyvn.domain.plays.path import extended
from comfyvn.domain.plays.state import part_name
from comfyvn.domain.playthrough import Program
from comfyvn.domain.playthrough.following import Moment, Opening, followed, opened

KEPT: Final = 1024
"""Playthroughs whose moment is kept, the most recently used ones."""


@dataclass(frozen=True, slots=True)
class Session:
    """A playthrough at one version: its way, its moment, and the program that it plays."""

    id: str
    version: int
    playthrough: Playthrough
    path: Path
    moment: Moment
    program: Program

    @property
    def depth(self) -> int:
        """How many inputs led here."""
        return len(self.path.inputs)


def opening_of(playthrough: Playthrough) -> Opening:
    """Return how a playthrough begins."""
    return Opening(playthrough.seed, playthrough.start, playthrough.given)


def moment_at(program: Program, opening: Opening, inputs: Sequence[Input]) -> Moment:
    """Return the moment that inputs lead to."""
    moment = opened(program, opening)
    for given in inputs:
        moment = followed(program, moment.state, given)
    return moment


@dataclass(slots=True)
class Sessions:
    """Playthroughs by (project, id). Nothing depends on what is kept here: it is worked out again where it is gone."""

    _known: OrderedDict[tuple[str, str], Session] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, studio: Studio, project: str, play_id: str) -> Session:
        """Return a playthrough as it is now. Raises Missing("playthrough_unknown")."""
        try:
            state, version = studio.store.load(plays_branch(project), Ref("playthrough", play_id))
        except Missing:
            state, version = None, 0
        if state is None:
            message = f"There is no playthrough {play_id!r} in this project."
            raise Missing("playthrough_unknown", message, playthrough=play_id)
        with self._lock:
            known = self._known.get((project, play_id))
        if known is not None and known.version == version:
            return known
        session = self._worked_out(studio, play_id, state, version, known)
        self.keep(project, session)
        return session

    def keep(self, project: str, session: Session) -> None:
        """Keep a session for the next call."""
        with self._lock:
            self._known[project, session.id] = session
            self._known.move_to_end((project, session.id))
            if len(self._known) > KEPT:
                self._known.popitem(last=False)

    def _worked_out(
        self, studio: Studio, play_id: str, state: Playthrough, version: int, known: Session | None
    ) -> Session:
        if known is not None and known.version < version and _same_start(known.playthrough, state):
            return advanced(known, state, version)
        return session_of(studio, play_id, state, version)


def session_of(studio: Studio, play_id: str, state: Playthrough, version: int) -> Session:
    """Return a playthrough at one version, worked out from its beginning."""
    program = studio.programs.story(studio.store, state.branch, state.position).program
    path = path_of(state)
    return Session(play_id, version, state, path, moment_at(program, opening_of(state), path.inputs), program)


def advanced(known: Session, state: Playthrough, version: int) -> Session:
    """Return the session after the moves that `state` has beyond those of `known`."""
    moves = [state.moves[part_name(n)] for n in range(len(known.playthrough.moves), len(state.moves))]
    path = extended(known.path, moves)
    moment, done = known.moment, len(known.path.inputs)
    if path.inputs[:done] == known.path.inputs:
        for given in path.inputs[done:]:
            moment = followed(known.program, moment.state, given)
    else:
        moment = moment_at(known.program, opening_of(state), path.inputs)
    return Session(known.id, version, state, path, moment, known.program)


def _same_start(one: Playthrough, other: Playthrough) -> bool:
    begun = (one.branch, one.position, one.start, one.seed, one.given)
    return begun == (other.branch, other.position, other.start, other.seed, other.given) and len(one.moves) <= len(
        other.moves
    )
