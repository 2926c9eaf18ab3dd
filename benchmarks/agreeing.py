"""Whether our own plays of an imported game say what the engine's say, as long as no code stands in the way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comfyvn.application.playing import program_of, starting_scene
from comfyvn.application.ports import LATEST
from comfyvn.application.studio import find_branch
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.domain.playthrough import LineSaid, MenuShown, Output, RawSkipped, play
from tests.desks import open_studio, store_of
from tests.renpy_engine.engine import Record

Told = tuple[object, ...]
"""A line with its speaker, or the options of a menu."""


@dataclass(slots=True)
class Agreement:
    """How many lines and menus were compared before the first code of each play, how many agree at all, what differs.

    `whole` counts the plays that met no code and agree to their end, `elsewhere` those from labels inside of scenes.
    """

    plays: int = 0
    before_code: int = 0
    equal: int = 0
    whole: int = 0
    elsewhere: int = 0
    differing: list[str] = field(default_factory=list)


def agreement(home: Path, plays: Sequence[tuple[str | None, Sequence[Record]]]) -> Agreement:
    """Play the only project of a home by the picks of the engine's plays, each from its label."""
    (database,) = home.rglob("*.db")
    studio = open_studio(f"sqlite:///{database}")
    found = Agreement()
    try:
        (project,) = studio.store.projects()
        branch = find_branch(studio, project.id, None).id
        program = program_of(studio, branch)
        beginning = starting_scene(studio, branch, LATEST, None)
        scenes = {ref.id: scene for ref, scene in studio.store.load_all(branch, "scene").items()}
        for start, records in plays:
            picks = [r["pick"] for r in records if r["kind"] == "menu" and r["options"][r["pick"]] is not None]
            outputs = play(program, seed=0, choices=picks, max_steps=100_000, start_at=start or beginning)
            try:
                _compare(found, start, list(_theirs(records)), outputs, scenes)
            except Missing:
                found.elsewhere += 1
            except Refused as refusal:
                found.differing.append(f"{start or 'the start'}: {refusal}")
    finally:
        store_of(studio).close()
    return found


def _theirs(records: Sequence[Record]) -> Iterator[Told]:
    for record in records:
        if record["kind"] == "say":
            yield "line", record["who"] or None, record["what"]
        elif record["kind"] == "menu" and record["options"][record["pick"]] is not None:
            yield "menu", *record["choices"]


def _compare(
    found: Agreement, start: str | None, theirs: list[Told], outputs: Iterator[Output], scenes: Mapping[str, Any]
) -> None:
    """Count what agrees. A caption that the engine shows in the menu may be a line of ours; code may make a speaker."""
    found.plays += 1
    count, code = 0, False
    for output in outputs:
        match output:
            case RawSkipped():
                code = True
                continue
            case LineSaid():
                node = scenes[output.scene].nodes[output.node]
                if node.type == "choice" and theirs[count : count + 1] and theirs[count][0] == "menu":
                    continue
                code |= "expression" in node.directives
                told: Told = ("line", output.who or None, output.what)
            case MenuShown():
                told = ("menu", *output.options)
            case _:
                continue
        if count == len(theirs):
            break
        if told != theirs[count]:
            if not code:
                found.differing.append(f"{start or 'the start'}, {count}: {told} / {theirs[count]}")
            return
        count += 1
        found.equal += 1
        found.before_code += not code
    found.whole += not code and count == len(theirs)
