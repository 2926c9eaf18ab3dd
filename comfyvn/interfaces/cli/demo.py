"""The command that shows a real game going all the way, in a scratch folder, and reports each step."""

import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from comfyvn.application import branching, history
from comfyvn.application.blame import blame
from comfyvn.application.conflicts import Side
from comfyvn.application.exports import story_view
from comfyvn.application.handle import handle
from comfyvn.application.imports import import_pack
from comfyvn.application.playing import play_branch
from comfyvn.application.ports import BranchRow, Ref
from comfyvn.application.projects import found_project
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.reading import Reading
from comfyvn.application.sample import TITLE
from comfyvn.application.studio import Request, Studio, find_branch
from comfyvn.application.validation import validate
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.playthrough.outputs import Ended, LineSaid, MenuShown
from comfyvn.domain.story import Node, Scene, walk
from comfyvn.domain.story.commands import RewordLine
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer
from comfyvn.interfaces.cli.tools import Tools

THE_QUESTION = Path("/usr/share/games/renpy/the_question")
"""Where Debian's package ``renpy-thequestion`` puts the game."""

ANN, BEN = Request(actor="ann"), Request(actor="ben")
SEED = 7
LINES_NEEDED = 4


@dataclass
class Report:
    """The steps so far: what was done, what came of it, whether it is as it should be."""

    out: Printer
    steps: list[dict[str, Json]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def step(self, title: str, says: str, ok: bool = True) -> None:
        """Note and print one step."""
        self.steps.append({"step": title, "says": says, "ok": ok})
        if not self.out.as_json:
            print(f"{'ok ' if ok else 'BAD'} {title:<10} {says}")

    @property
    def ok(self) -> bool:
        """Whether all steps went as they should."""
        return all(step["ok"] for step in self.steps)

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self._began


def demo(tools: Tools, args: Namespace, out: Printer) -> int:
    """Import, read, edit, undo, branch, merge, play, export and verify, in a folder that is gone afterwards."""
    game = args.game or (THE_QUESTION if THE_QUESTION.exists() else None)
    with _scratch(tools) as (scratch, folder):
        report = Report(out)
        branch = _bring_in(scratch, game, report)
        _edit(scratch.studio, branch, report)
        _vary(scratch.studio, branch, report)
        _play(scratch.studio, branch, report)
        _export(scratch, branch, folder, report)
        found = scratch.store_tools(scratch.studio).verify(None)
        words = f"{found.commits} commits and {found.events} events are as they were written"
        report.step("verify", words, found.first_bad is None)
    if out.as_json:
        out.line({"ok": report.ok, "seconds": round(report.seconds, 2), "steps": report.steps})
    else:
        print(f"{'All steps went well' if report.ok else 'Something is wrong'}, in {report.seconds:.1f} s.")
    return DONE if report.ok else CHECK_FAILED


@contextmanager
def _scratch(tools: Tools) -> Iterator[tuple[Tools, Path]]:
    with tempfile.TemporaryDirectory(prefix="comfyvn-demo-") as name:
        scratch = tools.scratch(Path(name))
        try:
            yield scratch, Path(name)
        finally:
            scratch.close()


def _bring_in(tools: Tools, game: Path | None, report: Report) -> BranchRow:
    studio = tools.studio
    if game is None:
        row = found_project(studio, TITLE, ANN)
        tools.fill_with_sample(studio, row.main, ANN)
        report.step("sample", f"{TITLE}: no Ren'Py game is installed here, so the bundled story goes the way")
        return find_branch(studio, row.id)
    incoming = tools.read_story(game, None, Reading(), report.out.progress)
    pack = incoming.pack
    row = found_project(studio, pack.title, ANN)
    main = find_branch(studio, row.id)
    done = import_pack(studio, tools.blobs, main.id, pack, incoming.open_member, ANN, report.out.progress)
    report.step(
        "import",
        f"{pack.title}: {done.scenes} scenes, {done.lines} lines, {done.choices} choices, {done.assets} assets, "
        f"{done.events} events in one change",
    )
    again = import_pack(studio, tools.blobs, main.id, pack, incoming.open_member, ANN, report.out.progress)
    report.step("again", f"the same game once more: {again.events} events", again.events == 0)
    return main


def _lines(studio: Studio, branch: str) -> list[tuple[Ref, str, Node]]:
    scenes = sorted(studio.store.load_all(branch, "scene").items())
    return [(r, i, n) for r, s in scenes if isinstance(s, Scene) for i, n in walk(s) if n.type == "text"]


def _words(studio: Studio, branch: str, ref: Ref, node: str) -> str:
    scene = studio.store.load(branch, ref).state
    return scene.nodes[node].content if isinstance(scene, Scene) else ""


def _edit(studio: Studio, branch: BranchRow, report: Report) -> None:
    lines = _lines(studio, branch.id)
    if len(lines) < LINES_NEEDED:
        raise Refused("game_too_short", f"The demo needs a game with {LINES_NEEDED} lines; this one has {len(lines)}.")
    ref, node_id, node = lines[0]
    report.step("read", f"{ref} {node_id}: {node.content[:60]!r}")
    handle(studio, branch.id, ref, RewordLine(node_id, "It rains, and nobody minds."), ANN)
    found = blame(studio, branch.id, ref, node_id)
    versions = f"{len(found.versions)} versions of the line, the words now by {found.fields['content'].actor}"
    report.step("edit", versions, len(found.versions) == 2)
    history.undo(studio, branch.id, ANN)
    report.step("undo", "the line is as it came", _words(studio, branch.id, ref, node_id) == node.content)
    history.redo(studio, branch.id, ANN)
    again = _words(studio, branch.id, ref, node_id)
    report.step("redo", f"and changed again: {again!r}", again == "It rains, and nobody minds.")


def _vary(studio: Studio, branch: BranchRow, report: Report) -> None:
    first, second, third = _lines(studio, branch.id)[1:4]
    variant = branching.fork(studio, branch.id, "darker", BEN)
    report.step("branch", f"a variant 'darker' grows from position {variant.fork_position}")
    handle(studio, variant.id, first[0], RewordLine(first[1], "The lights went out at nine."), BEN)
    handle(studio, branch.id, second[0], RewordLine(second[1], "Somebody laughed in the back row."), ANN)
    differences = branching.compare(studio, branch.id, variant.id)
    report.step("compare", f"{len(differences)} lines differ between the variants", len(differences) == 2)
    merged = branching.merge(studio, variant.id, branch.id, ANN)
    both = _words(studio, branch.id, first[0], first[1]) == "The lights went out at nine."
    report.step("merge", f"both changes are in, {len(merged.conflicts)} conflicts", both and not merged.conflicts)
    handle(studio, variant.id, third[0], RewordLine(third[1], "Nobody said a word."), BEN)
    handle(studio, branch.id, third[0], RewordLine(third[1], "Everybody talked at once."), ANN)
    clash = branching.merge(studio, variant.id, branch.id, ANN)
    report.step("conflict", f"the same line in both: {len(clash.conflicts)} conflict asks", len(clash.conflicts) == 1)
    settled: dict[str, Side] = {item.id: "theirs" for item in clash.conflicts}
    branching.merge(studio, variant.id, branch.id, ANN, settled)
    taken = _words(studio, branch.id, third[0], third[1])
    report.step("settle", f"theirs it is: {taken!r}", taken == "Nobody said a word.")


def _play(studio: Studio, branch: BranchRow, report: Report) -> None:
    once, twice = (list(play_branch(studio, branch.id, seed=SEED)) for _ in range(2))
    lines, menus = sum(isinstance(o, LineSaid) for o in once), sum(isinstance(o, MenuShown) for o in once)
    last = once[-1]
    reason = last.reason if isinstance(last, Ended) else "cut"
    report.step("play", f"seed {SEED}: {lines} lines, {menus} choices, then {reason}; the same twice", once == twice)


def _export(tools: Tools, branch: BranchRow, folder: Path, report: Report) -> None:
    view = story_view(tools.studio, branch.id)
    exporter, target = tools.exporters()["renpy"], folder / "renpy_project"
    try:
        seal = tools.seal(gather(tools.studio, view, "renpy", validate(view)))
        done = exporter.write(view, target, tools.blobs.open, report.out.progress, seal, None)
    except Refused as error:
        report.step("export", f"{error} [{error.code}]", ok=False)
        return
    report.step("export", f"a Ren'Py project of {len(done.files)} files, {done.lines} lines", done.lines > 0)
