"""What is wrong with a story before it is exported: errors stop a strict export, warnings are worth a look."""

from collections.abc import Iterable

from comfyvn.application.exports import StoryView
from comfyvn.application.validation import parts, texts, variables, ways
from comfyvn.application.validation.finding import Code, Severity, StoryFinding
from comfyvn.application.validation.outline import outline

__all__ = ["Code", "Severity", "StoryFinding", "errors", "validate"]


def validate(story: StoryView) -> tuple[StoryFinding, ...]:
    """Return all findings, errors first; the same story gives the same findings.

    Code that the story brings along may define what cannot be seen from here: what it mentions counts as defined.
    """
    known = outline(story)
    found = [*ways.check(known), *variables.check(known), *texts.check(known), *parts.check(known)]
    return tuple(sorted(found, key=_rank))


def errors(findings: Iterable[StoryFinding]) -> int:
    """Return the number of errors."""
    return sum(finding.severity == "error" for finding in findings)


def _rank(finding: StoryFinding) -> tuple[bool, str, str, str, str]:
    return finding.severity != "error", finding.scene or "", finding.node or "", finding.code, finding.message
