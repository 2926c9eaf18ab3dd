"""One commit that makes entities what they shall be, on the version that the asker has seen."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from comfyvn.application.ports import Change, Loaded, Ref
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope, open_branch
from comfyvn.domain.kernel import Conflict, Json

ATTEMPTS = 20
"""How often wishes without an expected version are formed again when other processes wrote meanwhile."""

Wish = Callable[[Mapping[Ref, Loaded]], Iterable[tuple[Ref, Any]]]
"""Returns what entities shall be, looking at what they are."""


def record(
    studio: Studio,
    branch: str,
    refs: Iterable[Ref],
    wish: Wish,
    request: Request,
    message: str,
    command: str,
    body: Json,
) -> Outcome:
    """Make entities what `wish` says in one commit: `refs`, or new ones; `request.expected` is about the first.

    Raises Conflict("stale") where the first entity has moved on, and whatever `wish` refuses.
    """
    wanted = list(dict.fromkeys(refs))
    if done := earlier(studio, request, command, body):
        then = studio.store.load_many(branch, wanted, done.position)
        return Outcome(done, done.position, versions={str(ref): loaded.version for ref, loaded in then.items()})
    open_branch(studio, branch)
    with studio.turns.of(branch):
        for attempt in range(ATTEMPTS):
            present = studio.store.load_many(branch, wanted)
            if wanted and request.expected not in (None, present[wanted[0]].version):
                found = present[wanted[0]].version
                message = f"{wanted[0]} is at version {found}; this command expected {request.expected}."
                raise Conflict("stale", message, entity=str(wanted[0]), expected=request.expected, found=found)
            changes = _changes(studio, branch, present, list(wish(present)))
            if not changes:
                return Outcome(None, studio.store.head(branch), versions=_versions(present, {}))
            try:
                commit = studio.store.append(
                    branch, envelope(studio, request, message, command=command, body=body), changes
                )
            except Conflict as error:
                if error.code != "stale" or request.expected is not None or attempt == ATTEMPTS - 1:
                    raise
                continue
            now = {change.ref: change.version + len(change.events) for change in changes}
            return Outcome(commit, commit.position, versions=_versions(present, now))
    raise AssertionError("unreachable: the last attempt returns or raises")


def _changes(
    studio: Studio, branch: str, present: Mapping[Ref, Loaded], wanted: Collection[tuple[Ref, Any]]
) -> list[Change]:
    more = studio.store.load_many(branch, [ref for ref, _ in wanted if ref not in present])
    changes = []
    for ref, state in dict(wanted).items():
        now, version = present[ref] if ref in present else more[ref]
        if events := studio.store.kinds[ref.kind].reconcile(now, state):
            changes.append(Change(ref, version, now, events, state))
    return changes


def _versions(present: Mapping[Ref, Loaded], now: Mapping[Ref, int]) -> dict[str, int]:
    return {str(ref): now.get(ref, loaded.version) for ref, loaded in present.items()}
