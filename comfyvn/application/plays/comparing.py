"""Playing a recorded playthrough again on another version of the story, and finding the change that broke it."""

from collections.abc import Callable
from dataclasses import dataclass

from comfyvn.application.plays.sessions import Session, opening_of
from comfyvn.application.ports import LATEST, Commit
from comfyvn.application.studio import Studio
from comfyvn.domain.playthrough.following import Divergence, Moment, Sight, divergence, follow, words


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether a playthrough is the same on another version; where it parts, and the commit after which it does.

    `commit` is None where the whole history in question has the difference, or the branches parted before.
    """

    position: int
    parted: Divergence | None = None
    commit: Commit | None = None


def compare(studio: Studio, session: Session, branch: str, at: int = LATEST, sight: Sight = words) -> Comparison:
    """Play the way of a playthrough on `branch` as of `at` and compare every moment.

    Where it parts, the commit is found by binary search: one before which all is the same, and after which it is not.
    """
    position = studio.store.head(branch, at)
    before = list(follow(session.program, opening_of(session.playthrough), session.path.inputs))
    check = _checker(studio, session, before, branch, sight)
    parted = check(position)
    if parted is None:
        return Comparison(position)
    return Comparison(position, parted, _culprit(studio, session, branch, position, check))


Check = Callable[[int], Divergence | None]


def _checker(studio: Studio, session: Session, before: list[Moment], branch: str, sight: Sight) -> Check:
    opening, inputs = opening_of(session.playthrough), session.path.inputs

    def check(position: int) -> Divergence | None:
        program = studio.programs.story(studio.store, branch, position).program
        return divergence(before, program, opening, inputs, sight)

    return check


def _culprit(studio: Studio, session: Session, branch: str, position: int, check: Check) -> Commit | None:
    """Return the commit that brought the difference to a branch."""
    common = _common(studio, session, branch)
    if position < common:
        commits = list(studio.store.commits(branch, at=common, after=position, newest_first=True))
        return _first(commits, lambda commit: check(commit.first_position - 1) is not None)
    if check(common) is not None:
        return None
    commits = list(studio.store.commits(branch, at=position, after=common, newest_first=False))
    return _first(commits, lambda commit: check(commit.position) is not None)


def _first(commits: list[Commit], broken: Callable[[Commit], bool]) -> Commit | None:
    low, high = 0, len(commits) - 1
    if high < 0:
        return None
    while low < high:
        middle = (low + high) // 2
        if broken(commits[middle]):
            high = middle
        else:
            low = middle + 1
    return commits[low]


def _common(studio: Studio, session: Session, branch: str) -> int:
    """Return the last position that the recorded story and a branch have in common."""
    was = dict(studio.store.lineage(session.playthrough.branch, session.playthrough.position))
    for name, cap in studio.store.lineage(branch):
        if name in was:
            return min(cap, was[name])
    return 0
