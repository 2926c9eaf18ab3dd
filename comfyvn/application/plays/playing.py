"""What a reader does in a playthrough. Each act is one commit, kept before it is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from comfyvn.application.playing import starting_scene
from comfyvn.application.plays import recording, values
from comfyvn.application.plays.sessions import Session, Sessions, advanced, moment_at, opening_of
from comfyvn.application.ports import LATEST, BranchRow, Change, Ref
from comfyvn.application.studio import Request, Studio, earlier, plays_branch
from comfyvn.domain.expressions import Value
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.domain.plays import PLAYTHROUGH, Chosen, Playthrough, Remembered, moves_of
from comfyvn.domain.plays.decider import RecordMoves, StartPlay
from comfyvn.domain.plays.path import READ_ON, Input
from comfyvn.domain.plays.state import move_to_json
from comfyvn.domain.playthrough.following import STEP_LIMIT, begun, followed
from comfyvn.domain.playthrough.outputs import MenuShown
from comfyvn.domain.playthrough.run import step
from comfyvn.domain.playthrough.state import pack

MAX_AUTO: Final = 10_000
"""Inputs that one call of `auto` may make."""

Decide = Callable[[Session], Sequence[Mapping[str, Json]]]
"""The moves that an act asks for at a moment; refuses what cannot be done there."""

Variables = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Plays:
    """The playthroughs of a studio."""

    studio: Studio
    sessions: Sessions = field(default_factory=Sessions)

    def begin(
        self,
        row: BranchRow,
        request: Request,
        *,
        at: int = LATEST,
        seed: int = 0,
        start: str | None = None,
        forced: Mapping[str, Json] | None = None,
        title: str = "",
    ) -> Session:
        """Begin a playthrough of a branch as it is, or was, and go to the first line.

        `forced` are values that variables begin with. Raises Missing: ``scene_unknown``, ``story_empty``,
        ``variable_unknown``; Refused("variable_malformed").
        """
        story = self.studio.programs.story(self.studio.store, row.id, at)
        kept = values.remembered(self.studio, row.project, story)
        given = {**kept, **values.checked(story, forced or {})}
        scene = starting_scene(self.studio, row.id, story.position, start)
        asked = StartPlay(row.id, story.position, seed, scene, given, title)
        return self._opened(row.project, asked, (), request)

    def _opened(self, project: str, asked: StartPlay, inputs: Sequence[Input], request: Request) -> Session:
        play_id = self.studio.ids.new()
        body = {"branch": asked.branch, "position": asked.position, "seed": asked.seed, "start": asked.start}
        if done := earlier(self.studio, request, "plays.start-play", body):
            return self.get(project, _play_of(self.studio, done.branch, done.first_position, done.position))
        state: Any = PLAYTHROUGH.intend(None, asked)
        if inputs:
            state = PLAYTHROUGH.intend(state, RecordMoves(tuple(map(move_to_json, moves_of(inputs)))))
        program = self.studio.programs.story(self.studio.store, asked.branch, asked.position).program
        was = begun(program, opening_of(state)).variables
        now = moment_at(program, opening_of(state), inputs).state.variables
        play = Change(Ref("playthrough", play_id), 0, None, PLAYTHROUGH.reconcile(None, state), state)
        with self.studio.turns.of(plays_branch(project)):
            for attempt in range(recording.ATTEMPTS):
                shared = [] if inputs else self._remembering(project, asked.branch, asked.position, was, now)
                label = f"play {play_id}"
                try:
                    recording.record(self.studio, project, [play, *shared], request, label, "plays.start-play", body)
                    break
                except Conflict as conflict:
                    if conflict.code != "stale" or attempt == recording.ATTEMPTS - 1:
                        raise
        return self.get(project, play_id)

    def get(self, project: str, play_id: str) -> Session:
        """Return a playthrough. Raises Missing("playthrough_unknown")."""
        return self.sessions.get(self.studio, project, play_id)

    def read_on(self, project: str, play_id: str, request: Request, lines: int = 1) -> Session:
        """Go on to the next line, menu or end, `lines` times. Raises Conflict: ``choice_needed``, ``play_over``."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            _follow(session, [READ_ON] * lines)
            return [{"move": "read", "lines": lines}]

        return self._act(project, play_id, request, decide, "read on", {"lines": lines})

    def choose(self, project: str, play_id: str, edge: str, request: Request) -> Session:
        """Pick an option. Raises Conflict: ``choice_unasked``, ``play_over``; Missing("option_unknown")."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            _follow(session, [Chosen(edge)])
            return [{"move": "choose", "edge": edge}]

        return self._act(project, play_id, request, decide, "choose", {"edge": edge})

    def auto(self, project: str, play_id: str, request: Request, steps: int = MAX_AUTO) -> Session:
        """Go on by up to `steps` inputs, to the end at most; the seed picks at menus."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            return [move_to_json(move) for move in moves_of(_drawn(session, steps))]

        return self._act(project, play_id, request, decide, "play on", {"steps": steps})

    def force(self, project: str, play_id: str, forced: Mapping[str, Json], request: Request) -> Session:
        """Give variables other values. Raises Missing("variable_unknown"), Refused("variable_malformed")."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            state = session.playthrough
            story = self.studio.programs.story(self.studio.store, state.branch, state.position)
            found = values.checked(story, forced)
            return [{"move": "force", "name": name, "value": value} for name, value in found.items()]

        return self._act(project, play_id, request, decide, "force variables", {"forced": dict(forced)})

    def roll(self, project: str, play_id: str, steps: int, request: Request) -> Session:
        """Take back the last `steps` inputs, or do again -`steps` that were taken back.

        Raises Conflict("nothing_to_roll").
        """

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            there = len(session.path.inputs if steps > 0 else session.path.undone)
            if not steps or abs(steps) > there:
                raise Conflict("nothing_to_roll", f"Only {there} steps can be rolled that way.", steps=there)
            return [{"move": "back" if steps > 0 else "forward", "steps": abs(steps)}]

        return self._act(project, play_id, request, decide, "roll", {"steps": steps})

    def save(self, project: str, play_id: str, slot: str, request: Request) -> Session:
        """Keep this moment under a name."""
        moves = [{"move": "save", "slot": slot}]
        return self._act(project, play_id, request, lambda _: moves, "save", {"slot": slot})

    def load(self, project: str, play_id: str, slot: str, request: Request) -> Session:
        """Go to a moment that was kept. Raises Missing("slot_unknown")."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            if slot not in session.path.slots:
                raise Missing("slot_unknown", f"Nothing is saved as {slot!r}.", known=sorted(session.path.slots))
            return [{"move": "load", "slot": slot}]

        return self._act(project, play_id, request, decide, "load", {"slot": slot})

    def end(self, project: str, play_id: str, request: Request) -> Session:
        """Put a playthrough away; it can still be read, replayed and forked."""

        def decide(session: Session) -> Sequence[Mapping[str, Json]]:
            return [] if session.playthrough.ended else [{"move": "end"}]

        return self._act(project, play_id, request, decide, "end", {})

    def fork(
        self, project: str, play_id: str, request: Request, *, steps: int | None = None, title: str = ""
    ) -> Session:
        """Begin another playthrough that has come the same way, up to `steps` inputs (None: all)."""
        origin = self.get(project, play_id)
        inputs = origin.path.inputs[: origin.depth if steps is None else steps]
        was = origin.playthrough
        asked = StartPlay(was.branch, was.position, was.seed, was.start, was.given, title or was.title)
        return self._opened(project, asked, inputs, request)

    def _act(
        self, project: str, play_id: str, request: Request, decide: Decide, verb: str, asked: Mapping[str, Json]
    ) -> Session:
        """Decide on the present moment and record it; again where others were faster."""
        command = f"plays.{verb.replace(' ', '-')}"
        body = {"project": project, "playthrough": play_id, **asked}
        if earlier(self.studio, request, command, body):
            return self.get(project, play_id)
        request = request if request.command_id else replace(request, command_id=self.studio.ids.new())
        with self.studio.turns.of(plays_branch(project)):
            for attempt in range(recording.ATTEMPTS):
                session = self.get(project, play_id)
                if request.expected is not None and request.expected != session.version:
                    message = f"The playthrough is at version {session.version}; {request.expected} was expected."
                    raise Conflict("stale", message, expected=request.expected, found=session.version)
                moves = tuple(decide(session))
                if not moves:
                    return session
                after = self._after(session, moves)
                try:
                    self._record(project, session, after, request, verb, command, body)
                except Conflict as conflict:
                    if conflict.code != "stale" or attempt == recording.ATTEMPTS - 1:
                        raise
                    continue
                return after
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _after(self, session: Session, moves: tuple[Mapping[str, Json], ...]) -> Session:
        state = PLAYTHROUGH.intend(session.playthrough, RecordMoves(moves))
        if not isinstance(state, Playthrough):
            raise Refused("playthrough_malformed", "The playthrough would be gone.", where="moves")
        return advanced(session, state, session.version + len(moves))

    def _record(
        self, project: str, before: Session, after: Session, request: Request, verb: str, command: str, body: Json
    ) -> None:
        """Append the moves, and what they made of the variables that all plays share."""
        ref = Ref("playthrough", before.id)
        new = [
            after.playthrough.moves[name] for name in sorted(after.playthrough.moves)[len(before.playthrough.moves) :]
        ]
        changes = [Change(ref, before.version, before.playthrough, tuple(new), after.playthrough)]
        was, now = before.moment.state.variables, after.moment.state.variables
        if after.path.inputs[: before.depth] == before.path.inputs:
            state = before.playthrough
            changes += self._remembering(project, state.branch, state.position, was, now)
        recording.record(self.studio, project, changes, request, f"{verb} ({before.id})", command, body)
        self.sessions.keep(project, after)

    def _remembering(self, project: str, branch: str, at: int, was: Variables, now: Variables) -> list[Change]:
        """Return the changes that keep the values which a step forward gave to variables of all plays."""
        names = differing(was, now)
        if not names:
            return []
        known = self.studio.programs.story(self.studio.store, branch, at).headers["variable"]
        shared = {ref.id for ref, body in known.items() if body.get("scope") == "global"}.intersection(names)
        found = (
            recording.states(self.studio, project, [Ref("value", name) for name in sorted(shared)]) if shared else {}
        )
        changes = (
            recording.change(self.studio, ref, state, version, Remembered(pack(now[ref.id])))
            for ref, (state, version) in found.items()
        )
        return [change for change in changes if change]


def differing(was: Variables, now: Variables) -> list[str]:
    """Return the variables that are worth something else in `now`."""
    if was is now:
        return []
    return sorted(name for name in now if name not in was or (was[name] is not now[name] and was[name] != now[name]))


def _follow(session: Session, inputs: Sequence[Input]) -> None:
    """Refuse inputs that the moment does not take."""
    state = session.moment.state
    for given in inputs:
        state = followed(session.program, state, given).state


def _drawn(session: Session, steps: int) -> list[Input]:
    """Return the inputs of a reader who reads on and lets the seed pick."""
    state, inputs = session.moment.state, list[Input]()
    while state.ended is None and len(inputs) < steps:
        menu = state.menu
        state, outputs = step(session.program, state, limit=state.steps + STEP_LIMIT)
        shown = next((output for output in outputs if isinstance(output, MenuShown)), None)
        inputs.append(READ_ON if menu is None or shown is None else Chosen(menu.options[shown.picked][0]))
    return inputs


def _play_of(studio: Studio, branch: str, first: int, last: int) -> str:
    """Return the playthrough that a commit began."""
    return next(ref.id for ref in studio.store.touched(branch, first - 1, last) if ref.kind == "playthrough")
