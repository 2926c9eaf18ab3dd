"""The recorded facts of where a thing came from, as rows that other tools read too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from comfyvn.application.assets.origins import record_of
from comfyvn.application.handle import handle
from comfyvn.application.paging import cursor_of, place_in
from comfyvn.application.ports import LATEST, Commit, Ref
from comfyvn.application.provenance.spdx import with_spdx
from comfyvn.application.studio import Outcome, Request, Studio, plain
from comfyvn.domain.credentials import SOURCE_TYPES, action_of
from comfyvn.domain.documents import fit
from comfyvn.domain.kernel import WHOLE, Json
from comfyvn.domain.provenance import Origin, RecordOrigin

_OPENING: Final = {"imported": "c2pa.opened", "generated": "c2pa.created", "licensed": "c2pa.edited.metadata"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about where something came from; its `id` is empty where the commit alone says so.

    `asset_id` is that of the subject, where it is an asset. `commit` is the one that recorded the fact, `user_id` who
    did. `inputs_json` are the inputs as JSON text, and `c2pa_like` is the fact as an action of C2PA. `origin` holds
    all that was recorded.
    """

    id: str
    subject: str
    asset_id: str | None
    source: str
    workflow_hash: str
    commit: str
    inputs_json: str
    c2pa_like: Mapping[str, Json]
    user_id: str
    at: str
    position: int
    origin: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class FactPage:
    """A page of facts in the order of their ids; `next` is the cursor of the page after it, None on the last."""

    items: tuple[Fact, ...]
    total: int
    next: str | None
    position: int


def fact_page(
    studio: Studio,
    branch: str,
    at: int,
    subject: str | None = None,
    activity: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> FactPage:
    """Return a page of the facts of a branch, about one subject or of one kind. Raises Refused("cursor_malformed")."""
    if subject is None:
        heads = studio.store.heads(branch, "provenance", at)
        ids = sorted(ref.id for ref, body in heads.items() if activity in (None, body["activity"]))
    else:
        known = facts_of(studio, branch, [subject], at)
        ids = sorted(fact.id for fact in known if activity in (None, fact.origin["activity"]))
    after = place_in(cursor, 1)
    rest = ids if after is None else [i for i in ids if i > after[0]]
    shown = rest[:limit]
    more = cursor_of((shown[-1],)) if len(rest) > limit else None
    listed = sorted(facts(studio, branch, shown, at), key=lambda fact: fact.id)
    return FactPage(tuple(listed), len(ids), more, studio.store.head(branch, at))


def facts_of(studio: Studio, branch: str, subjects: Iterable[str], at: int = LATEST) -> tuple[Fact, ...]:
    """Return the facts about some subjects, the oldest first."""
    read = studio.store.mentions
    rows = read.known(branch, subjects, at)
    ids = sorted({row.entity for row in rows if row.kind == "provenance" and row.sense == "origin"})
    return facts(studio, branch, ids, at)


def facts(studio: Studio, branch: str, ids: Iterable[str], at: int = LATEST) -> tuple[Fact, ...]:
    """Return the facts with some ids, the oldest first."""
    bodies = studio.store.mentions.bodies(branch, [("provenance", i, WHOLE) for i in ids], at)
    born = studio.store.bulk.histories(branch, "provenance", [(i, WHOLE) for _, i, _ in bodies], at)
    since = {i: versions[0].position for (i, _), versions in born.items() if versions}
    commits = studio.store.commits_at(set(since.values()))
    found = [_fact(i, body, since[i], commits[since[i]]) for (_, i, _), body in bodies.items() if i in since]
    return tuple(sorted(found, key=lambda fact: (fact.position, fact.id)))


def brought(studio: Studio, branch: str, asset: str, at: int = LATEST) -> tuple[Fact, ...]:
    """Return the fact that an asset came in with a game, as the commit of its import says; none for another one."""
    versions = studio.store.versions(branch, Ref("asset", asset), WHOLE, at)
    commits = studio.store.commits_at([versions[0].position] if versions else [])
    commit = next(iter(commits.values()), None)
    if commit is None or commit.kind != "import" or not isinstance(versions[0].body, Mapping):
        return ()
    body = versions[0].body
    game = body["meta"].get("origin")
    named = " ".join(str(game.get(key, "")) for key in ("engine", "title")) if isinstance(game, Mapping) else ""
    said = Origin(
        f"asset:{asset}",
        "imported",
        method="import",
        source=f"{named}: {body['path']}".removeprefix(": "),
        source_hash=body["hash"],
    )
    return (_fact("", plain(said), commit.position, commit),)


def record_fact(studio: Studio, branch: str, said: RecordOrigin, request: Request) -> tuple[str, Outcome]:
    """Write down a fact; the same fact has the same id, and is recorded once.

    Raises Refused: ``licence_unknown``, ``value_unfit``.
    """
    fit(said)
    command = with_spdx(said)
    values = plain(command)
    ref, _ = record_of(Origin(**values))
    if studio.store.load(branch, ref).state is not None:
        return ref.id, Outcome(None, studio.store.head(branch))
    return ref.id, handle(studio, branch, ref, command, request)


def _fact(record: str, body: Mapping[str, Any], position: int, commit: Commit) -> Fact:
    kind, _, rest = str(body["subject"]).partition(":")
    return Fact(
        id=record,
        subject=body["subject"],
        asset_id=rest if kind == "asset" else None,
        source=body["source"],
        workflow_hash=body["workflow_hash"],
        commit=commit.id,
        inputs_json=orjson.dumps(body["inputs"], option=orjson.OPT_SORT_KEYS).decode(),
        c2pa_like=_action(body, commit),
        user_id=commit.actor,
        at=commit.at,
        position=position,
        origin=body,
    )


def _action(body: Mapping[str, Any], commit: Commit) -> dict[str, Json]:
    action = _OPENING.get(body["activity"]) or action_of(body["method"])
    found: dict[str, Json] = {"action": action, "when": commit.at}
    if name := body["tool"] or body["model"]:
        found["softwareAgent"] = {"name": name}
    if body["kind_of_source"]:
        found["digitalSourceType"] = SOURCE_TYPES + body["kind_of_source"]
    if body["inputs"]:
        found["parameters"] = {"ingredientIds": sorted(body["inputs"])}
    return found
