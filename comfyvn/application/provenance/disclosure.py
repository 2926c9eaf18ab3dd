"""How much of a novel a model made, how much of that a person changed, and what shows it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final

from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.authorship import Authorship, Thing, content, subject_of
from comfyvn.application.provenance.draft import Made, draft
from comfyvn.application.provenance.holdings import Holdings, holdings
from comfyvn.application.provenance.review import is_accepted
from comfyvn.application.studio import Studio
from comfyvn.domain.analysis.words import count_words
from comfyvn.domain.disclosure import HUMAN, Hand, Verdict, labelled, made_by_model
from comfyvn.domain.licences import Work
from comfyvn.domain.licences.judging import ancestry

KINDS: Final = ("text", "translation", "art", "voice", "music", "other")
_OF_ASSET: Final = {"image": "art", "video": "art", "voice": "voice", "music": "music", "sound": "music"}
_TALE: Final = frozenset({"text", "prompt"})
"""Roles of inputs that are words to say or to make something of; whose words they are is counted with the text."""
MAX_EVIDENCE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is: lines of text, choices with their options, words of both, files, seconds of sound or film."""

    lines: int = 0
    choices: int = 0
    words: int = 0
    files: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Amount") -> "Amount":
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Amount(*(one + two for one, two in pairs))


@dataclass(frozen=True, slots=True)
class Shares:
    """One kind of content by whose work it is; `share` is the part of it that a model made, edited or not, 0 to 1.

    The share is of words for text and translations, else of files.
    """

    kind: str
    share: float
    total: Amount
    generated: Amount
    edited: Amount
    human: Amount
    unknown: Amount


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a thing counts as made by a model: the commit, and the record of its origin if there is one.

    `through` is the input that a model made, where the thing itself was derived from it. `accepted`: a person looked
    at the words as they are and accepted them, which does not make them a person's work.
    """

    subject: str
    kind: str
    hand: Hand
    model: str
    tool: str
    actor: str
    commit: str | None
    position: int
    record: str | None
    through: str | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """A thing that a model made and that does not say so as it should. `code` is stable."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a novel owes its players about models. `evidence` is cut off where there is more; `ok`: no lacks."""

    project: str
    position: int
    ok: bool
    kinds: tuple[Shares, ...]
    evidence: tuple[Evidence, ...]
    evidence_total: int
    lacks: tuple[Lack, ...]
    draft: str


def disclose(studio: Studio, branch: str, at: int = LATEST, limit: int = 1000) -> Disclosure:
    """Return the disclosure of a branch as of a position, with the first `limit` pieces of evidence."""
    held = holdings(studio, branch, at)
    authorship = Authorship(studio, held)
    found = [*_texts(authorship, held), *_files(authorship, held)]
    kinds = tuple(_shares(kind, [one for one in found if one.kind == kind]) for kind in KINDS)
    made = sorted((one for one in found if one.verdict.hand in ("generated", "edited")), key=lambda one: one.subject)
    evidence = _evidence(studio, made[:limit])
    lacks = tuple(_lacks(held, made))
    shown = [Made(s.kind, s.total, s.generated, s.edited, s.unknown) for s in kinds]
    models = sorted({*_named(made)})
    text = draft(held.project.name, held.position, shown, models)
    return Disclosure(held.project.name, held.position, not lacks, kinds, evidence, len(made), lacks, text)


def hands(studio: Studio, held: Holdings) -> dict[str, tuple[Hand, bool]]:
    """Return by subject whose work each asset is, and whether only something in it makes it so."""
    found = _files(Authorship(studio, held), held)
    return {one.subject: (one.verdict.hand, one.through is not None) for one in found}


@dataclass(frozen=True, slots=True)
class _Found:
    subject: str
    kind: str
    verdict: Verdict
    amount: Amount
    through: str | None = None
    accepted: bool = False


def _texts(authorship: Authorship, held: Holdings) -> Iterator[_Found]:
    projects = _projects(held)
    for kind, named in (("scene", "text"), ("translation", "translation")):
        things = list(authorship.things(kind))
        verdicts = authorship.verdicts(kind, things)
        for thing in things:
            subject = subject_of(kind, thing.key)
            wholes = (f"scene:{thing.key[0]}", *projects) if kind == "scene" else projects
            own = _stated(held, verdicts[thing.key], wholes)
            yield _Found(subject, named, own, _said(thing), accepted=is_accepted(kind, thing.body))


def _files(authorship: Authorship, held: Holdings) -> Iterator[_Found]:
    things = list(authorship.things("asset"))
    verdicts = {subject_of("asset", key): one for key, one in authorship.verdicts("asset", things).items()}
    works, projects = _lineage(held), _projects(held)
    for thing in things:
        subject = subject_of("asset", thing.key)
        own = _stated(held, verdicts[subject], projects)
        through = None if own.hand in ("generated", "edited") else _generated_input(held, works, verdicts, subject)
        if through is not None:
            below = verdicts.get(through) or _gone(held, through)
            own = Verdict("edited", below.position, below.claim, own.contradicted)
        body = thing.body
        seconds = body.get("meta", {}).get("seconds")
        length = float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0.0
        yield _Found(subject, _OF_ASSET.get(body["type"], "other"), own, Amount(files=1, seconds=length), through)


def _projects(held: Holdings) -> tuple[str, ...]:
    return tuple(subject for subject in held.origins if subject.startswith("project:"))


def _stated(held: Holdings, found: Verdict, wholes: tuple[str, ...]) -> Verdict:
    """Return a verdict, or where it is unknown what is stated of the whole scene or project."""
    if found.hand != "unknown":
        return found
    for subject in wholes:
        for record in reversed(held.of(subject)):
            if made_by_model(record.origin):
                return Verdict("generated", record.position)
            if record.origin.kind_of_source in HUMAN:
                return Verdict("human", record.position)
    return found


def _said(thing: Thing) -> Amount:
    parts = content(thing.kind, thing.body)
    if thing.kind == "translation":
        return Amount(lines=1, words=count_words(parts))
    words = count_words(parts[0]) + sum(count_words(text) for _, text in parts[1:])
    choice = thing.body["type"] == "choice"
    return Amount(lines=int(not choice), choices=int(choice), words=words)


def _lineage(held: Holdings) -> dict[str, Work]:
    """Return what went into what, without words that were only said or asked."""
    found: dict[str, Work] = {}
    for subject, records in held.origins.items():
        names = [n for record in records for n, role in record.origin.inputs.items() if role not in _TALE]
        found[subject] = Work(inputs=tuple(dict.fromkeys(names)))
    return found


def _generated_input(
    held: Holdings, works: Mapping[str, Work], verdicts: Mapping[str, Verdict], subject: str
) -> str | None:
    for name in ancestry(works, subject):
        if name != subject and (verdicts.get(name) or _gone(held, name)).hand in ("generated", "edited"):
            return name
    return None


def _gone(held: Holdings, subject: str) -> Verdict:
    """Return the verdict on a thing that is there no more, from what was recorded of it."""
    made = [record for record in held.of(subject) if made_by_model(record.origin)]
    return Verdict("generated", made[0].position) if made else Verdict("unknown")


def _shares(kind: str, found: list[_Found]) -> Shares:
    amounts: dict[str, Amount] = defaultdict(Amount)
    for one in found:
        amounts[one.verdict.hand] += one.amount
        amounts["total"] += one.amount
    unit = "words" if kind in ("text", "translation") else "files"
    total = getattr(amounts["total"], unit)
    made = getattr(amounts["generated"], unit) + getattr(amounts["edited"], unit)
    share = round(made / total, 4) if total else 0.0
    hands = (amounts[hand] for hand in ("total", "generated", "edited", "human", "unknown"))
    return Shares(kind, share, *hands)


def _evidence(studio: Studio, made: list[_Found]) -> tuple[Evidence, ...]:
    commits = studio.store.commits_at({one.verdict.position for one in made})
    found = []
    for one in made:
        commit, claim = commits.get(one.verdict.position), one.verdict.claim
        model, tool = (claim.origin.model, claim.origin.tool) if claim else ("", "")
        actor = commit.actor if commit else ""
        found.append(
            Evidence(
                one.subject,
                one.kind,
                one.verdict.hand,
                model or _model_of(actor),
                tool,
                actor,
                commit.id if commit else None,
                one.verdict.position,
                claim.record if claim else None,
                one.through,
                one.accepted,
            )
        )
    return tuple(found)


def _model_of(actor: str) -> str:
    head, _, name = actor.partition(":")
    return name if head.casefold() == "model" else ""


def _named(made: Iterable[_Found]) -> Iterator[str]:
    for one in made:
        if one.verdict.claim and (name := one.verdict.claim.origin.model or one.verdict.claim.origin.tool):
            yield name


def _lacks(held: Holdings, made: Iterable[_Found]) -> Iterator[Lack]:
    """Yield generated files without a label, and things of which it is said that a person made them."""
    for one in made:
        if one.verdict.contradicted:
            message = f"{one.subject} is stated to be a person's work, and other facts show that a model made it."
            yield Lack("label_contradicted", one.subject, message)
        asset = held.asset(one.subject)
        if asset is not None and not any(labelled(record.origin) for record in held.of(one.subject)):
            kinds = (
                "trainedAlgorithmicMedia" if one.verdict.hand == "generated" else "compositeWithTrainedAlgorithmicMedia"
            )
            message = (
                f"{asset.path} was made by a model; no record of it has a kind of source ({kinds}) and a model or tool."
            )
            yield Lack("generated_unlabelled", one.subject, message)
