"""Playing a branch as it is, or was at a past position."""

from collections.abc import Iterator, Sequence

from comfyvn.application.ports import LATEST
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import Refused
from comfyvn.domain.playthrough import Program, play
from comfyvn.domain.playthrough.outputs import Output
from comfyvn.domain.playthrough.run import MAX_STEPS


def program_of(studio: Studio, branch: str, at: int = LATEST) -> Program:
    """Return the compiled story of a branch."""
    return studio.programs.story(studio.store, branch, at).program


def play_branch(
    studio: Studio,
    branch: str,
    *,
    seed: int,
    at: int = LATEST,
    choices: Sequence[int] = (),
    start: str | None = None,
    max_steps: int = MAX_STEPS,
) -> Iterator[Output]:
    """Yield what happens in one play. It begins at `start`, else where the project begins.

    Raises Missing: ``scene_unknown``, ``story_empty``; Refused("pick_unknown").
    """
    start = starting_scene(studio, branch, at, start)
    return play(program_of(studio, branch, at), seed=seed, choices=choices, max_steps=max_steps, start_at=start)


def starting_scene(studio: Studio, branch: str, at: int, asked: str | None) -> str | None:
    """Return where a play begins: as asked, else where the project begins; None leaves it to the story."""
    if asked is not None:
        return asked
    projects = studio.store.heads(branch, "project", at)
    return next((body["start"] for body in projects.values() if body.get("start")), None)


def picks_of(text: str) -> list[int]:
    """Return picks written as ``0,1,0``. Raises Refused("choices_malformed")."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise Refused("choices_malformed", "Choices are whole numbers with commas between them, such as 0,1,0.")
    return [int(part) for part in parts]
