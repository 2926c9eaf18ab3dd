"""What is wrong with the licences of a project: the works, what went into them, and the findings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from comfyvn.domain.licences.compatibility import clash, flows
from comfyvn.domain.licences.conditions import conditions
from comfyvn.domain.licences.tree import Expression, alternatives, joined, rendered, terms

Severity = Literal["error", "warning"]
Path = tuple[str, ...]
"""Subjects from a work down to the one whose licence is the cause, each an input of the one before."""


@dataclass(frozen=True, slots=True)
class Work:
    """A thing with a licence. `stated` is None where none is stated, or where the words `said` mean none.

    `inputs` are the subjects that went into it, `credit` names who is to be thanked, `present` is false for what is
    in the project no more (or never was) and only went into something.
    """

    stated: Expression | None = None
    said: str = ""
    credit: str = ""
    inputs: tuple[str, ...] = ()
    present: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong. `code` is stable, `subjects` are all works concerned, first the one that it is about.

    `paths` lead from that one to the causes; `licence` is what collides; `message` says what is wrong and `advice`
    what to do.
    """

    code: str
    severity: Severity
    subject: str
    subjects: tuple[str, ...]
    licence: str
    paths: tuple[Path, ...]
    message: str
    advice: str


_GONE: Final = Work(present=False)


def ancestry(works: Mapping[str, Work], subject: str) -> dict[str, Path]:
    """Return a work and all that went into it, however deep, each with the shortest path to it; the nearest first."""
    found: dict[str, Path] = {subject: (subject,)}
    todo = [subject]
    for name in todo:
        for source in works.get(name, _GONE).inputs:
            if source not in found:
                found[source] = (*found[name], source)
                todo.append(source)
    return found


def computed(works: Mapping[str, Work], subject: str) -> Expression | None:
    """Return the licence of a work: its own and those of all that went into it, together; None: none is known."""
    return joined(work.stated for name in ancestry(works, subject) if (work := works.get(name, _GONE)).stated)


def judge(works: Mapping[str, Work], commercial: bool | None) -> list[Finding]:
    """Return what is wrong with the works that are present, in their order.

    Where licences leave a choice, the choice with the least wrong counts. `commercial` None: the project has not said.
    """
    return [finding for name, work in works.items() if work.present for finding in _Case(works, name).judge(commercial)]


class _Case:
    """One work under judgement."""

    def __init__(self, works: Mapping[str, Work], subject: str) -> None:
        self.works = works
        self.subject = subject
        self.paths = ancestry(works, subject)

    def judge(self, commercial: bool | None) -> list[Finding]:
        unclear = list(self._unclear())
        whole = computed(self.works, self.subject)
        if whole is None:
            return unclear
        choices = [list(self._under(keys, commercial)) for keys in alternatives(whole)]
        return unclear + min(choices, key=_weight)

    def _unclear(self) -> Iterator[Finding]:
        """Yield the works without a clear licence: this one, and those below that are not judged themselves."""
        for name, path in self.paths.items():
            work = self.works.get(name, _GONE)
            if work.stated is not None or (name != self.subject and work.present):
                continue
            if work.said:
                message = f"{name} is under {work.said!r}, which is no licence that is known."
                yield self._finding("licence_unclear", "error", work.said, [path], message, _RELICENSE)
            elif not work.inputs:
                yield self._finding("licence_missing", "error", "", [path], f"{name} has no licence.", _RELICENSE)

    def _under(self, keys: frozenset[str], commercial: bool | None) -> Iterator[Finding]:
        causes = {key: self._causes(key) for key in sorted(keys)}
        for key, paths in causes.items():
            asked = conditions(key)
            if not asked.known and paths[0] == (self.subject,):
                yield self._finding(
                    "licence_custom", "warning", key, paths[:1], f"Nobody has told what {key} asks for.", _READ
                )
            if asked.noncommercial and commercial is not False:
                yield self._noncommercial(key, paths, commercial)
            if asked.no_derivatives and (derived := [path for path in paths if len(path) > 1]):
                message = (
                    f"{derived[0][-1]} is under {key}, which allows no derived works, and went into {self.subject}."
                )
                yield self._finding("no_derivatives", "error", key, derived, message, _UNMIX)
            if asked.attribution:
                yield from self._uncredited(key, paths)
        yield from self._mixed(causes)

    def _noncommercial(self, key: str, paths: list[Path], commercial: bool | None) -> Finding:
        message = f"{paths[0][-1]} is under {key}, which allows no commercial use"
        if commercial:
            return self._finding(
                "noncommercial", "error", key, paths, f"{message}; the project is commercial.", _REPLACE
            )
        return self._finding(
            "noncommercial_open", "warning", key, paths, f"{message}; the project does not say whether it is.", _DECLARE
        )

    def _uncredited(self, key: str, paths: list[Path]) -> Iterator[Finding]:
        """Yield works whose author is to be named and is not: this one, and those below that are not present."""
        for path in paths:
            work = self.works[path[-1]]
            if not work.credit and (len(path) == 1 or not work.present):
                message = f"{path[-1]} is under {key}, which asks for credit, and nobody is credited."
                yield self._finding("attribution_missing", "error", key, [path], message, _CREDIT)

    def _mixed(self, causes: Mapping[str, list[Path]]) -> Iterator[Finding]:
        if len(self.paths) == 1:
            return
        if together := clash(causes):
            paths = [causes[key][0] for key in together]
            names = " and ".join(together)
            message = f"{self.subject} is made of works under {names}, which cannot be under one licence together."
            yield self._finding("share_alike_mix", "error", " AND ".join(together), paths, message, _UNMIX)
            return
        own = self.works[self.subject].stated
        if own is None:
            return
        held = {term.key for term in terms(own)}
        for key, paths in causes.items():
            if conditions(key).share_alike and key not in held and not any(_keeps(key, mine) for mine in held):
                message = f"{paths[0][-1]} is under {key}; {self.subject} is made of it and under {rendered(own)}."
                yield self._finding("share_alike_dropped", "error", key, paths, message, f"Put it under {key} too.")

    def _causes(self, key: str) -> list[Path]:
        """Return the paths to the works that are under a licence themselves."""
        return [
            path
            for name, path in self.paths.items()
            if (work := self.works.get(name)) and work.stated and any(term.key == key for term in terms(work.stated))
        ]

    def _finding(
        self, code: str, severity: Severity, licence: str, paths: Iterable[Path], message: str, advice: str
    ) -> Finding:
        led = tuple(paths)
        subjects = tuple(dict.fromkeys((self.subject, *(path[-1] for path in led))))
        return Finding(code, severity, self.subject, subjects, licence, led, message, advice)


def _keeps(key: str, stated: str) -> bool:
    return conditions(stated).share_alike and flows(key, stated)


def _weight(findings: list[Finding]) -> tuple[int, int]:
    errors = sum(finding.severity == "error" for finding in findings)
    return errors, len(findings)


_RELICENSE: Final = "State its licence (relicense), or replace it."
_READ: Final = "Read its text, and see that the project does what it asks for."
_REPLACE: Final = "Ask its author for another licence, replace it, or declare the project not commercial."
_DECLARE: Final = "Declare whether the project is commercial (project.declare-commercial)."
_CREDIT: Final = "Name its author: annotate the asset with `author`, or record its origin with a `credit`."
_UNMIX: Final = "Make it anew without one of them, or ask an author for another licence."
