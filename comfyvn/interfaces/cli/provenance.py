"""Commands that tell where everything came from, and what follows from it."""

from argparse import Namespace
from collections.abc import Iterator

from comfyvn.application.provenance.credits import as_text, credits_roll
from comfyvn.application.provenance.disclosure import Amount, Disclosure, disclose
from comfyvn.application.provenance.licences import LicenceReport, licence_report
from comfyvn.application.provenance.prov_json import prov_json
from comfyvn.application.provenance.review import Queue, Seen, accept, queue, reject
from comfyvn.application.studio import Outcome, plain
from comfyvn.interfaces.cli.changing import request
from comfyvn.interfaces.cli.output import (
    CHECK_FAILED,
    CONFLICTS,
    DONE,
    SIGNS,
    Printer,
    counted,
    outcome_json,
    outcome_words,
    table,
)
from comfyvn.interfaces.cli.tools import Tools

ALL = 10_000_000


def licences(tools: Tools, args: Namespace, out: Printer) -> int:
    """List the licences and what is wrong with them; 1 where something is."""
    row = tools.branch(args.project, args.branch)
    found = licence_report(tools.studio, row.id, args.at)
    out.result(plain(found), lambda: _licences(found))
    return DONE if found.ok else CHECK_FAILED


def credit_roll(tools: Tools, args: Namespace, out: Printer) -> int:
    """Print the credits, or all facts of origin as PROV-JSON."""
    row = tools.branch(args.project, args.branch)
    if args.format == "prov":
        print(prov_json(tools.studio, row.id, args.at))
        return DONE
    found = credits_roll(tools.studio, row.id, args.at)
    out.result(plain(found), lambda: as_text(found, args.format).splitlines())
    return DONE


def disclosure(tools: Tools, args: Namespace, out: Printer) -> int:
    """Tell how much models made; with `strict` 1 where something that a model made does not say so."""
    row = tools.branch(args.project, args.branch)
    found = disclose(tools.studio, row.id, args.at, args.evidence)
    out.result(plain(found), lambda: _disclosed(found))
    return CHECK_FAILED if args.strict and not found.ok else DONE


def review(tools: Tools, args: Namespace, out: Printer) -> int:
    """List what importers and models wrote and nobody decided on, or accept or reject lines of it."""
    row = tools.branch(args.project, args.branch)
    waiting = queue(tools.studio, row.id, by=args.by, size=ALL)
    if not (args.accept or args.reject):
        out.result(plain(waiting), lambda: [*_waiting(waiting), f"{counted(waiting.total, 'line')} to review."])
        return DONE
    versions = {item.subject: item.position for item in waiting.items}
    every = {"all": list(versions)}
    outcomes: list[Outcome] = []
    for decide, names in ((accept, args.accept), (reject, args.reject)):
        chosen = [Seen(name, versions.get(name, 0)) for given in names for name in every.get(given, [given])]
        if chosen:
            outcomes.append(decide(tools.studio, row.id, chosen, request(tools, args)))
    out.result(
        [outcome_json(one) for one in outcomes], lambda: [line for one in outcomes for line in outcome_words(one)]
    )
    return CONFLICTS if any(one.conflicts for one in outcomes) else DONE


def _waiting(found: Queue) -> Iterator[str]:
    for item in found.items:
        said = "".join(SIGNS[mark.kind].format(mark.text) for mark in item.marks)
        yield f"{item.subject} by {item.actor}: {said}"


def _disclosed(found: Disclosure) -> Iterator[str]:
    def size(amount: Amount) -> int:
        return amount.files or amount.lines + amount.choices

    yield from table(
        ("kind", "all", "generated", "then edited", "by people", "not known"),
        [
            (s.kind, size(s.total), size(s.generated), size(s.edited), size(s.human), size(s.unknown))
            for s in found.kinds
        ],
    )
    yield from (f"lacks: {lack.message} [{lack.code}]" for lack in found.lacks)
    yield ""
    yield found.draft.rstrip()


def _licences(found: LicenceReport) -> Iterator[str]:
    said = {True: "commercial", False: "not commercial", None: "commercial or not: not said"}[found.commercial]
    yield f"{found.project}: {counted(len(found.items), 'work')}, {said}."
    yield from table(
        ("licence", "with what went in", "credit", "work"),
        [(item.stated or "-", item.computed or "-", item.credit or "-", item.name) for item in found.items],
    )
    for finding in found.findings:
        yield f"{finding.severity}: {finding.message} [{finding.code}]"
        yield from (f"    {' <- '.join(path)}" for path in finding.paths if len(path) > 1)
        yield f"    {finding.advice}"
    if not found.findings:
        yield "Nothing collides."
