"""The review of what importers and models wrote: what nobody has looked at yet, and what people decide on it.

A decision is a change like any other: an acceptance is noted in the meta of the line together with a fingerprint of
its words, so that it ends when the words change; a rejection brings back what was there before.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from comfyvn.application.changes.phrases import titled
from comfyvn.application.conflicts import Settled
from comfyvn.application.history import Sides, apply
from comfyvn.application.ports import LATEST, Change, Commit, PartKey, PartVersion, Ref
from comfyvn.application.provenance.authorship import MODEL, content, subject_of
from comfyvn.application.studio import Outcome, Request, Studio, earlier, envelope, open_branch
from comfyvn.domain.kernel import WHOLE, Conflict, Json, Missing
from comfyvn.domain.wording import Mark, marks

KINDS: Final = ("scene", "translation")
REVIEW: Final = "review"
"""The meta entry of a line that was accepted: ``{"accepted": FINGERPRINT}``."""
By = Literal["import", "model"]
_PLACE: Final = ("block", "order")
"""Fields that tell where a line stands; a rejection leaves it there."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Words that a machine wrote and nobody decided on.

    `subject` names the line (``scene:ID/NODE``, ``translation:ID``), `position` is its version, to be given back with
    the decision. `before` is what was there (None: nothing), `name` what people call the scene.
    """

    subject: str
    position: int
    entity: str
    part: str
    kind: str
    name: str
    speaker: str | None
    by: By
    actor: str
    at: str
    commit: str
    before: str | None
    after: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be reviewed, a page of it; `total` counts all, `actors` how much each of them wrote."""

    position: int
    total: int
    actors: Mapping[str, int]
    items: list[Pending]


@dataclass(frozen=True, slots=True)
class Seen:
    """A line that a person decides on, and the version that they saw."""

    subject: str
    position: int


def fingerprint(kind: str, body: Json) -> str:
    """Return the fingerprint of the words of a line."""
    return sha256(json.dumps(content(kind, body), ensure_ascii=False).encode(errors="replace")).hexdigest()[:16]


def is_accepted(kind: str, body: Json) -> bool:
    """Tell whether a person accepted the words that a line has now."""
    noted = (body.get("meta") or {}).get(REVIEW)
    return isinstance(noted, Mapping) and noted.get("accepted") == fingerprint(kind, body)


def queue(
    studio: Studio, branch: str, at: int = LATEST, *, by: By | None = None, offset: int = 0, size: int = 100
) -> Queue:
    """Return what importers and models wrote on a branch and nobody decided on, in the order in which it came.

    What a person merged or took over counts as decided on.
    """
    deeds = _deeds(studio, branch, at, by)
    waiting = sorted(_waiting(studio, branch, at, deeds), key=lambda one: (one[2], one[0], one[1]))
    page = waiting[offset : offset + size]
    items = [item for kind in KINDS for item in _items(studio, branch, at, kind, deeds, page)]
    order = {(kind, key): n for n, (kind, key, _, _) in enumerate(page)}
    items.sort(key=lambda item: order[item.kind, (Ref.of(item.entity).id, item.part)])
    actors = Counter(deeds[position].actor for _, _, position, _ in waiting)
    return Queue(studio.store.head(branch, at), len(waiting), dict(actors), items)


Waiting = tuple[str, PartKey, int, int]
"""(kind, part, position of the machine's commit, position of the version in force)"""


def _deeds(studio: Studio, branch: str, at: int, by: By | None) -> dict[int, Commit]:
    found = studio.store.bulk.deeds(branch, at)
    return {c.position: c for c in found if (who := _by(c)) is not None and by in (None, who)}


def _by(commit: Commit) -> By | None:
    if commit.actor.casefold().startswith(MODEL):
        return "model"
    return "import" if commit.kind == "import" else None


def _waiting(studio: Studio, branch: str, at: int, deeds: Mapping[int, Commit]) -> Iterator[Waiting]:
    for kind in KINDS:
        touched: dict[PartKey, int] = defaultdict(int)
        for key, position in studio.store.bulk.made(branch, kind, deeds, at):
            touched[key] = max(touched[key], position)
        changed: dict[PartKey, int] = {}
        for placed in studio.store.bulk.placed(branch, kind, at):
            key = (placed.entity, placed.part)
            if key not in touched or content(kind, placed.body) is None or is_accepted(kind, placed.body):
                continue
            if placed.position == touched[key]:
                yield kind, key, placed.position, placed.position
            else:
                changed[key] = placed.position
        for key, versions in studio.store.bulk.histories(branch, kind, changed, at).items():
            said = _written(kind, versions)
            if said.position in deeds:
                yield kind, key, said.position, changed[key]


def _written(kind: str, versions: Sequence[PartVersion]) -> PartVersion:
    """Return the version that gave a line the words that it has now."""
    found = versions[-1]
    for version in reversed(versions):
        if content(kind, version.body) != content(kind, found.body):
            break
        found = version
    return found


def _before(versions: Sequence[PartVersion], position: int) -> Json | None:
    """Return what a line was before a position."""
    return next((v.body for v in reversed(versions) if v.position < position), None)


def _items(
    studio: Studio, branch: str, at: int, kind: str, deeds: Mapping[int, Commit], page: Sequence[Waiting]
) -> Iterator[Pending]:
    mine = {key: (machine, position) for of, key, machine, position in page if of == kind}
    heads = studio.store.heads(branch, kind, at) if mine else {}
    for key, versions in studio.store.bulk.histories(branch, kind, mine, at).items():
        machine, position = mine[key]
        commit, body, before = deeds[machine], versions[-1].body or {}, _before(versions, machine)
        ref = Ref(kind, key[0])
        words = (None if before is None else _words(kind, before), _words(kind, body))
        yield Pending(
            *(subject_of(kind, key), position, str(ref), key[1], kind, titled(ref, heads.get(ref))),
            speaker=body.get("speaker"),
            by=_by(commit) or "import",
            actor=commit.actor,
            at=commit.at,
            commit=commit.id,
            before=words[0],
            after=words[1],
            marks=marks(words[0] or "", words[1]),
        )


def _words(kind: str, body: Json) -> str:
    """Return the words of a line as one text: a prompt and its options are lines of it."""
    said = content(kind, body)
    if said is None:
        return ""
    return said if isinstance(said, str) else "\n".join((said[0], *(text for _, text in said[1:])))


def accept(studio: Studio, branch: str, seen: Iterable[Seen], request: Request) -> Outcome:
    """Note that a person accepts lines as they are, in one commit.

    Raises Missing("part_unknown"); Conflict("stale") where a line is another one by now.
    """
    chosen, body = _asked(branch, seen)
    if done := earlier(studio, request, "provenance.accept-lines", body):
        return Outcome(done, done.position)
    open_branch(studio, branch)
    with studio.turns.of(branch):
        changes: list[Change] = []
        for ref, parts in _present(studio, branch, chosen).items():
            decider = studio.store.kinds[ref.kind]
            now, version = studio.store.load(branch, ref)
            every = decider.parts(now)
            for part in parts:
                noted = {"accepted": fingerprint(ref.kind, every[part])}
                every[part] = {**every[part], "meta": {**(every[part].get("meta") or {}), REVIEW: noted}}
            after = decider.assemble(every)
            if events := decider.reconcile(now, after):
                changes.append(Change(ref, version, now, events, after))
        if not changes:
            return Outcome(None, studio.store.head(branch))
        message = f"accept {_counted(len(chosen))}"
        head = envelope(studio, request, message, command="provenance.accept-lines", body=body)
        commit = studio.store.append(branch, head, changes)
    return Outcome(commit, commit.position, versions={str(c.ref): c.version + len(c.events) for c in changes})


def reject(
    studio: Studio, branch: str, seen: Iterable[Seen], request: Request, settled: Settled | None = None
) -> Outcome:
    """Bring back what was there before a machine wrote lines, in one commit; new lines are removed.

    Raises Missing("part_unknown"); Conflict("stale") where a line is another one by now.
    """
    chosen, body = _asked(branch, seen)
    if done := earlier(studio, request, "provenance.reject-lines", body):
        return Outcome(done, done.position)
    sides: list[Sides] = []
    for ref, parts in _present(studio, branch, chosen).items():
        decider = studio.store.kinds[ref.kind]
        every = decider.parts(studio.store.load(branch, ref).state)
        base, wanted = dict(every), dict(every)
        histories = studio.store.bulk.histories(branch, ref.kind, [(ref.id, part) for part in parts])
        for (_, part), versions in histories.items():
            said = _written(ref.kind, versions)
            base[part] = said.body
            if (before := _before(versions, said.position)) is None:
                del wanted[part]
            else:
                wanted[part] = {**before, **{name: (said.body or {})[name] for name in _PLACE if name in before}}
        gone = WHOLE not in wanted
        sides.append(Sides(ref, decider.assemble(base), None if gone else decider.assemble(wanted)))
    message = f"reject {_counted(len(chosen))}"
    return apply(studio, branch, sides, request, message, "do", body, settled, command="provenance.reject-lines")


def _asked(branch: str, seen: Iterable[Seen]) -> tuple[dict[tuple[Ref, str], int], Json]:
    chosen: dict[tuple[Ref, str], int] = {}
    for one in seen:
        entity, _, part = one.subject.partition("/")
        chosen[Ref.of(entity), part] = one.position
    lines: list[Any] = [[str(ref), part, position] for (ref, part), position in sorted(chosen.items())]
    return chosen, {"branch": branch, "lines": lines}


def _present(studio: Studio, branch: str, chosen: Mapping[tuple[Ref, str], int]) -> dict[Ref, list[str]]:
    """Return the parts of each entity; raise where one is not there, or not as it was seen."""
    found: dict[Ref, list[str]] = {}
    for ref, part in sorted(chosen):
        found.setdefault(ref, []).append(part)
    for ref, parts in found.items():
        positions = studio.store.part_positions(branch, ref) if ref.kind in KINDS else {}
        for part in parts:
            if part not in positions or (ref.kind == "scene" and part == WHOLE):
                raise Missing("part_unknown", f"{ref} has no line {part!r} here.", entity=str(ref), part=part)
            if positions[part] != chosen[ref, part]:
                message = f"{ref} {part} has changed since you saw it; look at it again."
                raise Conflict("stale", message, entity=str(ref), part=part, position=positions[part])
    return found


def _counted(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'}"
