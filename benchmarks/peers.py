"""One story, told in three languages, and played at random by three programs in one run: ours, ChoiceScript, inkjs.

    python -m benchmarks.peers [--choicescript FOLDER] [--inkjs FOLDER] [--menus N] [--rounds N]

FOLDER is a checkout of github.com/dfabulich/choicescript (its ``randomtest.js`` is what runs; its licence forbids
commercial use, so none of it is here), and one in which ``npm install inkjs`` was done. Both need Node on the path.
The story is made here: menus one after the other, each with a line before it, three options with two lines and a
variable each, and a line that depends on the variables. Every play reads it to its end. What counts is the time of the
processor, so that other programs on the machine say little; that of a peer's process with one play is taken off. A step
is a line that is shown or an option that is picked. The exit code is 1 where a target is missed.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from immutables import Map

from comfyvn.domain.analysis.sampling import sample
from comfyvn.domain.playthrough import LineSaid, MenuShown, Program, compile_story, play
from comfyvn.domain.story.state import Edge, Node, Place, Scene

OPTIONS: Final = ("left", "right", "on")
VARIABLES: Final = ("tea", "rain", "luck")
PROGRAMS: Final = ("randomtest.js", "headless.js", "seedrandom.js", "web/scene.js", "web/navigator.js", "web/util.js")
"""What of ChoiceScript its random test needs."""
TARGETS: Final = {"choicescript": 5.0, "inkjs": 1.0}

INK: Final = """\
const { Compiler } = require(require.resolve("inkjs/full", { paths: [process.argv[2]] }));
const story = new Compiler(require("fs").readFileSync(process.argv[3], "utf-8")).Compile();
let state = 1, steps = 0;
const draw = (n) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296 * n) | 0;
for (let number = 0; number < Number(process.argv[4]); number++) {
  story.ResetState();
  for (;;) {
    while (story.canContinue) { story.Continue(); steps++; }
    if (!story.currentChoices.length) break;
    story.ChooseChoiceIndex(draw(story.currentChoices.length));
    steps++;
  }
}
console.log(JSON.stringify({ steps }));
"""


def words(menu: int, what: str) -> str:
    """Return the words of one line of the story."""
    return f"Crossing {menu}, {what}: the lamps are lit one after the other, and nobody says which tram comes first."


def as_ours(menus: int) -> Program:
    """Return the story compiled for our player."""
    nodes: dict[str, Node] = {}
    for n in range(menus):
        nodes[f"m{n}.before"] = Node("text", Place("", f"V{n:05}1"), words(n, "before"))
        edges = {f"m{n}.{option}": Edge(f"V{i}", text=f"Go {option}") for i, option in enumerate(OPTIONS, 1)}
        nodes[f"m{n}"] = Node("choice", Place("", f"V{n:05}2"), next=edges)
        for option, name in zip(OPTIONS, VARIABLES, strict=True):
            block = f"m{n}.{option}"
            for i, what in enumerate((f"{option} once", f"{option} twice"), 1):
                nodes[f"{block}.{i}"] = Node("text", Place(block, f"V{i}"), words(n, what))
            nodes[f"{block}.set"] = Node("action", Place(block, "V3"), f"{name} += 1", verb="set")
        tea = (f"tea > {n // 3}",)
        nodes[f"m{n}.after"] = Node("text", Place("", f"V{n:05}3"), words(n, "after"), conditions=tea)
    scene = Scene("Crossings", nodes=Map(nodes), label="start")
    return compile_story({"crossings": scene}, dict.fromkeys(VARIABLES, 0), {})


def as_ink(menus: int) -> str:
    """Return the story in ink."""
    return "\n".join(_ink(menus)) + "\n-> END\n"


def _ink(menus: int) -> Iterator[str]:
    yield from (f"VAR {name} = 0" for name in VARIABLES)
    for n in range(menus):
        yield words(n, "before")
        for option, name in zip(OPTIONS, VARIABLES, strict=True):
            yield from (f"+ [Go {option}]", f"  {words(n, f'{option} once')}", f"  {words(n, f'{option} twice')}")
            yield f"  ~ {name} = {name} + 1"
        yield f"- {{tea > {n // 3}: {words(n, 'after')}}}"


def as_choicescript(menus: int) -> str:
    """Return the story in ChoiceScript."""
    return "\n".join(_choicescript(menus)) + "\n*finish\n"


def _choicescript(menus: int) -> Iterator[str]:
    yield from (f"*create {name} 0" for name in VARIABLES)
    for n in range(menus):
        yield from (words(n, "before"), "*choice")
        for option, name in zip(OPTIONS, VARIABLES, strict=True):
            yield from (f"  #Go {option}", f"    {words(n, f'{option} once')}", "")
            yield from (f"    {words(n, f'{option} twice')}", f"    *set {name} + 1", f"    *goto after{n}")
        yield from (f"*label after{n}", f"*if tea > {n // 3}", f"  {words(n, 'after')}", "")


def our_plays(program: Program, plays: int) -> int:
    """Play by the seeds 0, 1, 2 … with the running hash; return how many lines were shown and options picked."""
    return sum(isinstance(o, LineSaid | MenuShown) for seed in range(plays) for o in play(program, seed=seed))


def our_sample(program: Program, plays: int) -> int:
    """Play by the same seeds as the analysis does: it counts what is met and where plays end, and keeps no hash."""
    return sample(program, {}, plays=plays, enough=sys.maxsize).plays


OURS: Final = {"choicescript": our_sample, "inkjs": our_plays}
"""What of ours does the work of a peer: its random test counts what is met, as our analysis does."""


def choicescript(folder: Path, menus: int, work: Path) -> Callable[[int], object]:
    """Return what lets ChoiceScript's random test make some plays of the story."""
    scenes = work / "web" / "bench" / "scenes"
    scenes.mkdir(parents=True)
    (scenes / "startup.txt").write_text(as_choicescript(menus), "utf-8")
    for name in (
        "randomtest.js",
        "headless.js",
        "seedrandom.js",
        *(f"web/{n}.js" for n in ("scene", "navigator", "util")),
    ):
        (work / name).symlink_to(folder.resolve() / name)
    quiet = ("showText=false", "showCoverage=false", "showChoices=false")
    return lambda plays: _node("randomtest.js", f"num={plays}", "game=bench", "seed=0", *quiet, inside=work)


def inkjs(folder: Path, menus: int, work: Path) -> Callable[[int], object]:
    """Return what lets inkjs make some plays of the story."""
    (work / "story.ink").write_text(as_ink(menus), "utf-8")
    (work / "plays.cjs").write_text(INK, "utf-8")
    return lambda plays: _node("plays.cjs", str(folder.resolve()), "story.ink", str(plays), inside=work)


def _node(*arguments: str, inside: Path) -> str:
    done = subprocess.run(["node", *arguments], cwd=inside, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"node {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


PEERS: Final = {"choicescript": choicescript, "inkjs": inkjs}


def rates(own: Callable[[int], object], peer: Callable[[int], object], plays: int, rounds: int) -> tuple[float, float]:
    """Return the plays in a second, ours and the peer's, as medians of rounds taken by turns."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(plays / _processor(lambda: own(plays)))
        begun = _processor(lambda: peer(1))
        theirs.append(plays / max(_processor(lambda: peer(plays + 1)) - begun, 1e-9))
    return median(ours), median(theirs)


def _processor(act: Callable[[], object]) -> float:
    """Return the seconds of the processor that an act takes, with the processes that it starts and waits for."""
    gc.collect()
    before = os.times()
    act()
    return sum(after - was for after, was in zip(os.times()[:4], before[:4], strict=True))


def main(argv: list[str]) -> int:
    """Print a table; answer 1 where a target is missed."""
    arguments = ArgumentParser("python -m benchmarks.peers", description="Play the same story with other programs.")
    for name in PEERS:
        arguments.add_argument(f"--{name}", type=Path, metavar="FOLDER")
    arguments.add_argument("--menus", type=int, default=40)
    arguments.add_argument("--plays", type=int, default=400)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--json", action="store_true", help="one JSON object per peer")
    given = arguments.parse_args(argv)
    program = as_ours(given.menus)
    steps = our_plays(program, 20) / 20
    missed = False
    if not given.json:
        print(f"{given.menus} menus, {steps:.0f} steps in a play\n")
        print("| peer | its plays/s | ours | our steps/s | ratio | target | |\n|---|---|---|---|---|---|---|")
    for name, begin in PEERS.items():
        folder = getattr(given, name)
        if folder is None:
            continue
        with tempfile.TemporaryDirectory() as work:
            peer, own = begin(folder, given.menus, Path(work)), partial(OURS[name], program)
            ours, theirs = rates(own, peer, given.plays, given.rounds)
        ratio, target = ours / theirs, TARGETS[name]
        missed |= ratio < target
        if given.json:
            print(json.dumps({"peer": name, "ours": ours, "theirs": theirs, "steps": ours * steps, "ratio": ratio}))
        else:
            rate = f"{theirs:.0f} | {ours:.0f} | {ours * steps:,.0f} | {ratio:.2f}"
            print(f"| {name} | {rate} | at least {target:g} | {'met' if ratio >= target else 'missed'} |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
