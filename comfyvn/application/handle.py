"""The one path of every command for one entity: load, decide, append with its read models, answer."""

from typing import Any

from comfyvn.application.conflicts import items
from comfyvn.application.ports import Change, Commit, Ref
from comfyvn.application.provenance.spdx import with_spdx
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope, open_branch, wire_body
from comfyvn.domain.kernel import COMMAND_NAMES, Conflict, Decider, Refused
from comfyvn.domain.merge import merge3

ATTEMPTS = 200
"""How often a command without an expected version is decided again when other processes wrote meanwhile.

So often, as the slowest of several processes that change one entity without a pause loses nearly every time.
"""


def handle(studio: Studio, branch: str, ref: Ref, command: Any, request: Request) -> Outcome:
    """Decide `command` against its entity and record what follows; a licence in it becomes an SPDX expression.

    Raises Refused("licence_unknown"); what the decider refuses; Conflict("stale") with both values where
    `request.expected` is not the present version.
    """
    command = with_spdx(command)
    name, body = COMMAND_NAMES[type(command)], wire_body(command, branch, ref)
    if done := earlier(studio, request, name, body):
        return _answer(done, ref, studio.store.load(branch, ref, at=done.position).version)
    open_branch(studio, branch)
    decider = studio.store.kinds[ref.kind]
    with studio.turns.of(branch):
        for attempt in range(ATTEMPTS):
            state, version = studio.store.load(branch, ref)
            if request.expected is not None and request.expected != version:
                raise _stale(studio, branch, ref, command, request.expected, decider)
            events = decider.decide(state, command)
            if not events:
                return Outcome(None, studio.store.head(branch), versions={str(ref): version})
            change = Change(ref, version, state, events, decider.fold(events, state))
            try:
                commit = studio.store.append(
                    branch, envelope(studio, request, told(name, ref), command=name, body=body), [change]
                )
            except Conflict as e:
                if e.code != "stale" or request.expected is not None or attempt == ATTEMPTS - 1:
                    raise
                continue
            return _answer(commit, ref, version + len(events))
    raise AssertionError("unreachable: the last attempt returns or raises")


def told(name: str, ref: Ref) -> str:
    """Return a command in words for the history."""
    return f"{name.partition('.')[2].replace('-', ' ')} ({ref.kind} {ref.id})"


def _answer(commit: Commit, ref: Ref, version: int) -> Outcome:
    return Outcome(commit, commit.position, versions={str(ref): version})


def _stale(
    studio: Studio, branch: str, ref: Ref, command: Any, expected: int, decider: Decider[Any, Any, Any]
) -> Conflict:
    """Return the refusal of a command that was decided on an older version, with what collides field by field."""
    ours, version = studio.store.load(branch, ref)
    details: dict[str, Any] = {"entity": str(ref), "expected": expected, "found": version}
    if 0 <= expected < version:
        base = studio.store.load(branch, ref, version=expected).state
        try:
            theirs = decider.intend(base, command)
        except Refused:
            theirs = base
        details["conflicts"] = items(ref, merge3(base, ours, theirs)[1])
    return Conflict("stale", f"{ref} is at version {version}; this command expected {expected}.", **details)
