"""Variables: what they are worth for all plays of a project, and in one playthrough."""

from collections.abc import Mapping, Sequence
from typing import Any

from comfyvn.application.plays import recording
from comfyvn.application.ports import Commit, Ref
from comfyvn.application.programs import Story
from comfyvn.application.studio import Request, Studio, plays_branch
from comfyvn.domain.expressions.values import bounded
from comfyvn.domain.kernel import Conflict, Json, Missing, Refused
from comfyvn.domain.plays import Remembered
from comfyvn.domain.playthrough.state import pack, unpack
from comfyvn.domain.variables import fits


def declared(story: Story) -> dict[str, Json]:
    """Return the declared variables of a story by name."""
    return {ref.id: body for ref, body in story.headers["variable"].items()}


def remembered(studio: Studio, project: str, story: Story) -> dict[str, Json]:
    """Return the values, packed, that plays of a project begin with instead of the defaults."""
    known = declared(story)
    kept = recording.heads(studio, project, "value")
    return {ref.id: body["value"] for ref, body in kept.items() if ref.id in known and not known[ref.id]["constant"]}


def checked(story: Story, given: Mapping[str, Json]) -> dict[str, Json]:
    """Return values, packed, for declared variables.

    Raises Missing("variable_unknown"); Refused: ``variable_constant``, ``variable_malformed``.
    """
    known = declared(story)
    for name, value in given.items():
        if name not in known:
            raise Missing("variable_unknown", f"There is no variable {name!r} here.", variable=name)
        if known[name]["constant"]:
            raise Refused("variable_constant", f"{name} is constant.", variable=name)
        try:
            bounded(unpack(value))
        except (KeyError, TypeError, ValueError, RecursionError, Refused) as error:
            raise Refused(
                "variable_malformed", f"The value of {name} is too large or malformed.", where=name
            ) from error
        if not fits(value, known[name]["type"]):
            message = f"The value does not fit the type {known[name]['type']!r}."
            raise Refused("variable_malformed", message, where="value", variable=name)
    return dict(given)


def current(studio: Studio, project: str, story: Story) -> dict[str, Json]:
    """Return what every declared variable is worth when a play begins."""
    kept = remembered(studio, project, story)
    return {name: kept.get(name, body["default"]) for name, body in declared(story).items()}


def packed(variables: Mapping[str, Any], name: str) -> Json:
    """Return the value of a variable in a play as JSON; null where it has none."""
    return pack(variables.get(name))


def remember(studio: Studio, project: str, wanted: Mapping[str, Remembered | None], request: Request) -> Commit | None:
    """Let all plays to come begin with other values, in one commit; None is forgotten."""
    refs = [Ref("value", name) for name in wanted]
    with studio.turns.of(plays_branch(project)):
        for attempt in range(recording.ATTEMPTS):
            found = recording.states(studio, project, refs)
            changes = [
                change
                for ref, (state, version) in found.items()
                if (change := recording.change(studio, ref, state, version, wanted[ref.id]))
            ]
            if not changes:
                return None
            body = {"project": project, "names": sorted(wanted)}
            try:
                return recording.record(studio, project, changes, request, "set variables", "plays.set-values", body)
            except Conflict as conflict:
                if conflict.code != "stale" or attempt == recording.ATTEMPTS - 1:
                    raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def reset_names(story: Story, names: Sequence[str] | None, scope: str | None) -> list[str]:
    """Return the variables that a reset means. Raises Missing("variable_unknown")."""
    known = declared(story)
    if unknown := [name for name in names or () if name not in known]:
        raise Missing("variable_unknown", f"There is no variable {unknown[0]!r} here.", variable=unknown[0])
    wanted = sorted(known) if names is None else list(names)
    return [n for n in wanted if not known[n]["constant"] and (scope is None or known[n]["scope"] == scope)]


def as_remembered(given: Mapping[str, Json]) -> dict[str, Remembered]:
    """Return packed values as what is remembered."""
    return {name: Remembered(value) for name, value in given.items()}
