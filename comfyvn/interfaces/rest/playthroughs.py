"""HTTP for playthroughs: begin, read on, choose, roll back, save and load, compare with other versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Path, Query, Response

from comfyvn.application.plays import recording
from comfyvn.application.plays.comparing import Comparison, compare
from comfyvn.application.plays.playing import MAX_AUTO, Plays
from comfyvn.application.plays.sessions import Session, opening_of
from comfyvn.application.ports import LATEST, BranchRow
from comfyvn.application.studio import Request
from comfyvn.domain.kernel import Json
from comfyvn.domain.plays.decider import MAX_SEED
from comfyvn.domain.plays.path import Chosen, Forced
from comfyvn.domain.playthrough.following import Moment, follow, route, words
from comfyvn.domain.playthrough.outputs import to_json
from comfyvn.domain.playthrough.stage import stage_to_json
from comfyvn.domain.playthrough.state import pack
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, At, Key, Match, commit_shape, position, reply, request_of
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice

PLAYS = "/api/playthroughs"
PlayId = Annotated[str, Path(min_length=1, max_length=200)]
Name = Annotated[str, Query(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Starting:
    """Begins a playthrough of a branch, now or at a past position; `forced` are values that variables begin with."""

    seed: Annotated[int, Query(ge=0, le=MAX_SEED)] = 0
    start: Annotated[str | None, Query(min_length=1, max_length=401, description="Scene id, label or SCENE:NODE.")] = (
        None
    )
    forced: Mapping[str, Json] = field(default_factory=dict)
    title: Annotated[str, Query(max_length=200)] = ""
    at: Annotated[int | None, Query(ge=0, le=LATEST)] = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Stepping:
    """Goes on in a playthrough: along an option of the menu that waits, else to the next line, menu or end."""

    id: Name
    edge: Annotated[str | None, Query(min_length=1, max_length=200)] = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Running:
    """Lets a playthrough go on by itself by up to `steps`; the seed picks."""

    id: Name
    steps: Annotated[int, Query(ge=1, le=MAX_AUTO)] = MAX_AUTO
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Choosing:
    """Picks the option that leads along an edge."""

    edge: Name
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Forcing:
    """Gives a variable another value in this playthrough."""

    name: Name
    value: Json
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Rolling:
    """Takes back `steps`, or does -`steps` of what was taken back again."""

    steps: Annotated[int, Query(ge=-1_000_000, le=1_000_000)] = 1
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Slot:
    """Names a saved moment."""

    slot: Name
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Forking:
    """Begins another playthrough that has come the same way, up to `steps` (without: all)."""

    steps: Annotated[int | None, Query(ge=0)] = None
    title: Annotated[str, Query(max_length=200)] = ""
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class StatusShape:
    """Where a playthrough stands: what was met last, what is asked, what is seen and heard, and the running hash."""

    id: str
    version: int
    branch: str
    position: int
    seed: int
    title: str
    depth: int
    undone: int
    scene: str
    node: str | None
    outputs: list[dict[str, Any]]
    menu: dict[str, Any] | None
    stage: dict[str, Any]
    variables: dict[str, Any]
    slots: list[str]
    trace: str
    ended: str | None
    closed: bool


@dataclass(frozen=True, slots=True)
class PlayList:
    """All playthroughs of a project: how each began."""

    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TraceShape:
    """A playthrough with every step: what was done, what was met, what is seen and heard, and the running hash."""

    status: StatusShape
    steps: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ComparisonShape:
    """``same``, or where the play parts: after so many steps, at a node, both outputs, and the commit to blame."""

    result: Literal["same", "diverged"]
    position: int
    divergence: dict[str, Any] | None = None
    commit: dict[str, Any] | None = None


def _outputs(moment: Moment) -> list[dict[str, Any]]:
    return [item for output in moment.outputs if (item := to_json(output, every=True)) is not None]


def _menu(moment: Moment) -> dict[str, Any] | None:
    menu = moment.state.menu
    if menu is None:
        return None
    return {"caption": menu.caption, "options": [{"edge": edge, "text": text} for edge, text in menu.options]}


def status_of(session: Session) -> StatusShape:
    """Return where a playthrough stands, as clients see it."""
    was, state = session.playthrough, session.moment.state
    return StatusShape(
        id=session.id,
        version=session.version,
        branch=was.branch,
        position=was.position,
        seed=was.seed,
        title=was.title,
        depth=session.depth,
        undone=len(session.path.undone),
        scene=state.scene,
        node=state.node,
        outputs=_outputs(session.moment),
        menu=_menu(session.moment),
        stage=stage_to_json(state.stage),
        variables={name: pack(value) for name, value in sorted(state.variables.items())},
        slots=sorted(session.path.slots),
        trace=state.trace,
        ended=state.ended,
        closed=was.ended,
    )


def comparison_of(found: Comparison) -> ComparisonShape:
    """Return a comparison as clients see it."""
    parted = found.parted
    if parted is None:
        return ComparisonShape("same", found.position)
    now = parted.now
    body = {
        "step": parted.step,
        "scene": parted.scene,
        "node": parted.node,
        "before": {"outputs": _outputs(parted.before), "menu": _menu(parted.before)},
        "now": None if now is None else {"outputs": _outputs(now), "menu": _menu(now)},
        "message": parted.message,
    }
    commit = None if found.commit is None else commit_shape(found.commit)
    shaped = None if commit is None else {n: getattr(commit, n) for n in type(commit).__dataclass_fields__}
    return ComparisonShape("diverged", found.position, body, shaped)


def _traced(session: Session) -> list[dict[str, Any]]:
    moments = follow(session.program, opening_of(session.playthrough), session.path.inputs)
    return [
        {
            "input": given,
            "outputs": _outputs(moment),
            "stage": stage_to_json(moment.state.stage),
            "trace": moment.state.trace,
        }
        for given, moment in zip([None, *map(_input, session.path.inputs)], moments, strict=True)
    ]


def _input(given: object) -> dict[str, Any]:
    match given:
        case Chosen(edge):
            return {"move": "choose", "edge": edge}
        case Forced(name, value):
            return {"move": "force", "name": name, "value": value}
        case _:
            return {"move": "read"}


def routes(plays: Plays, current: Current) -> APIRouter:
    """Return the routes of playthroughs; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(tags=["play"], responses=PROBLEMS)
    _replay_routes(api, plays, current)
    _reading_routes(api, plays, current)
    _acting_routes(api, plays, current)
    _keeping_routes(api, plays, current)
    return api


def _told(session: Session) -> Response:
    return reply(status_of(session), version=session.version)


def _begun(plays: Plays, row: BranchRow, body: Starting, request: Request) -> Response:
    session = plays.begin(
        row, request, at=position(body.at), seed=body.seed, start=body.start, forced=body.forced, title=body.title
    )
    return _told(session)


def _replay_routes(api: APIRouter, plays: Plays, current: Current) -> None:

    @api.post("/replay/start", summary="Begin a playthrough", response_model=StatusShape)
    def replay_start(
        body: Starting,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        actor: Actor = "local",
    ) -> Response:
        return _begun(plays, current(project, branch), body, request_of(key, None, actor))

    @api.post("/replay/step", summary="Read on, or choose", response_model=StatusShape)
    def replay_step(
        body: Stepping, project: ProjectChoice = None, key: Key = None, match: Match = None, actor: Actor = "local"
    ) -> Response:
        of, request = current(project, None).project, request_of(key, match, actor)
        if body.edge is None:
            return _told(plays.read_on(of, body.id, request))
        return _told(plays.choose(of, body.id, body.edge, request))

    @api.get("/replay/status", summary="Where a playthrough stands", response_model=StatusShape)
    def replay_status(id: Name, project: ProjectChoice = None) -> Response:
        return _told(plays.get(current(project, None).project, id))

    @api.post("/replay/auto", summary="Let the seed play on", response_model=StatusShape)
    def replay_auto(
        body: Running, project: ProjectChoice = None, key: Key = None, match: Match = None, actor: Actor = "local"
    ) -> Response:
        of = current(project, None).project
        return _told(plays.auto(of, body.id, request_of(key, match, actor), body.steps))


def _reading_routes(api: APIRouter, plays: Plays, current: Current) -> None:
    studio = plays.studio

    @api.get(PLAYS, summary="List the playthroughs of a project", response_model=PlayList)
    def list_plays(project: ProjectChoice = None) -> Response:
        found = recording.heads(studio, current(project, None).project, "playthrough")
        return reply(PlayList([{"id": ref.id, **body} for ref, body in sorted(found.items())]))

    @api.post(PLAYS, summary="Begin a playthrough of a branch", response_model=StatusShape)
    def post_play(
        body: Starting,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        actor: Actor = "local",
    ) -> Response:
        return _begun(plays, current(project, branch), body, request_of(key, None, actor))

    @api.get(PLAYS + "/{play}", summary="Get a playthrough with every step", response_model=TraceShape)
    def get_play(play: PlayId, project: ProjectChoice = None) -> Response:
        session = plays.get(current(project, None).project, play)
        return reply(TraceShape(status_of(session), _traced(session)), version=session.version)

    def compared(play: str, project: str | None, branch: str | None, at: int | None, sight: Any) -> Response:
        row = current(project, branch)
        session = plays.get(row.project, play)
        target = session.playthrough.branch if branch is None else row.id
        return reply(comparison_of(compare(studio, session, target, position(at), sight)))

    @api.post(PLAYS + "/{play}/replay", summary="Compare with another version", response_model=ComparisonShape)
    def post_replay(
        play: PlayId, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        return compared(play, project, branch, at, words)

    @api.post(PLAYS + "/{play}/bisect", summary="Find the commit that broke the route", response_model=ComparisonShape)
    def post_bisect(
        play: PlayId, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        return compared(play, project, branch, at, route)


def _acting_routes(api: APIRouter, plays: Plays, current: Current) -> None:
    @api.post(PLAYS + "/{play}/choose", summary="Pick an option", response_model=StatusShape)
    def post_choose(
        play: PlayId,
        body: Choosing,
        project: ProjectChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return _told(plays.choose(current(project, None).project, play, body.edge, request_of(key, match, actor)))

    @api.post(PLAYS + "/{play}/force-variable", summary="Give a variable another value", response_model=StatusShape)
    def post_force(
        play: PlayId,
        body: Forcing,
        project: ProjectChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        request = request_of(key, match, actor)
        return _told(plays.force(current(project, None).project, play, {body.name: body.value}, request))

    @api.post(PLAYS + "/{play}/rollback", summary="Roll back, or forward again", response_model=StatusShape)
    def post_roll(
        play: PlayId,
        body: Rolling,
        project: ProjectChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return _told(plays.roll(current(project, None).project, play, body.steps, request_of(key, match, actor)))


def _keeping_routes(api: APIRouter, plays: Plays, current: Current) -> None:
    @api.post(PLAYS + "/{play}/save", summary="Save this moment under a name", response_model=StatusShape)
    def post_save(
        play: PlayId, body: Slot, project: ProjectChoice = None, key: Key = None, actor: Actor = "local"
    ) -> Response:
        return _told(plays.save(current(project, None).project, play, body.slot, request_of(key, None, actor)))

    @api.post(PLAYS + "/{play}/load", summary="Go to a saved moment", response_model=StatusShape)
    def post_load(
        play: PlayId, body: Slot, project: ProjectChoice = None, key: Key = None, actor: Actor = "local"
    ) -> Response:
        return _told(plays.load(current(project, None).project, play, body.slot, request_of(key, None, actor)))

    @api.post(PLAYS + "/{play}/fork", summary="Begin another playthrough from here", response_model=StatusShape)
    def post_fork(
        play: PlayId, body: Forking, project: ProjectChoice = None, key: Key = None, actor: Actor = "local"
    ) -> Response:
        of, request = current(project, None).project, request_of(key, None, actor)
        return _told(plays.fork(of, play, request, steps=body.steps, title=body.title))

    @api.post(PLAYS + "/{play}/end", summary="Put a playthrough away", response_model=StatusShape)
    def post_end(play: PlayId, project: ProjectChoice = None, key: Key = None, actor: Actor = "local") -> Response:
        return _told(plays.end(current(project, None).project, play, request_of(key, None, actor)))
