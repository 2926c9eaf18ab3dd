"""Playing: whole plays, single steps, and the start of a play in a long story."""

from collections.abc import Iterator
from pathlib import Path

from immutables import Map

from benchmarks.desk import Desk, created, desk
from benchmarks.measuring import Act, Row, Sizes, by_turns
from comfyvn.application.handle import handle
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request
from comfyvn.domain.analysis import analyse
from comfyvn.domain.playthrough import compile_story, play
from comfyvn.domain.story.commands import RewordLine
from comfyvn.domain.story.state import Edge, Node, Place, Scene

PER_SCENE = 100
CHOICES = 100
"""Menus of the story that is played to its end, each with two options and five lines."""


def playing(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Whole plays against reading the same story line by line; the start of a play against opening its database."""
    program = compile_story({"s0": _walk(CHOICES)}, {"x": 0}, {})
    plays = max(sizes.rounds * 10, 1)

    def all_plays() -> int:
        return sum(1 for seed in range(plays) for _ in play(program, seed=seed))

    taken, one = by_turns(sizes.rounds, lambda _: all_plays, lambda _: lambda: list(play(program, seed=0)))
    rate = plays / taken
    yield Row(
        "plays",
        f"{plays} plays of {CHOICES} menus",
        taken,
        "one play",
        one,
        "at least 100 plays/s",
        rate >= 100,
        f"{rate:.0f}/s",
    )
    yield _analysed(max(sizes.lines // 10, 30), sizes.rounds)
    with desk(folder, "long") as opened:
        count = max(sizes.lines // PER_SCENE, 2)
        changes = [created(Ref("scene", f"s{n:05}"), _scene(n, count)) for n in range(count)]
        opened.append(opened.main, changes)
        row, asked = opened.store.branch(opened.main), Request(actor="bench")
        sessions = Plays(opened.studio)
        first, _ = by_turns(1, lambda _: lambda: sessions.begin(row, asked), lambda _: lambda: None)
        play_id = sessions.begin(row, asked).id
        warm, cold = by_turns(
            sizes.rounds,
            lambda _: lambda: sessions.begin(row, asked),
            lambda _: lambda: opened.store.head(opened.main),
        )
        what = f"begin a play of {sizes.lines} lines, warm"
        yield Row("play-start", what, warm, "its head", cold, "less than 0.3 s", warm < 0.3, f"cold {first:.1f} s")
        edited, _ = by_turns(sizes.rounds, lambda n: _after_an_edit(opened, sessions, n), lambda _: lambda: None)
        what = f"begin a play of {sizes.lines} lines after a line was edited"
        yield Row("play-edited", what, edited, "warm", warm, "less than 0.3 s", edited < 0.3)
        step, head = by_turns(
            sizes.rounds,
            lambda _: lambda: [sessions.read_on(row.project, play_id, asked) for _ in range(10)],
            lambda _: lambda: [opened.store.head(opened.main) for _ in range(10)],
        )
        yield Row(
            "play-step",
            "10 durable steps",
            step,
            "10 heads",
            head,
            "at least 100 steps/s",
            10 / step >= 100,
            f"{10 / step:.0f}/s",
        )


def _analysed(size: int, rounds: int) -> Row:
    """Analyse a story of about `size` nodes with menus, to the shortest way to every node; against one play of it."""
    scenes = {"s0": _walk(size // 13)}
    program = compile_story(scenes, {"x": 0}, {})
    nodes = len(scenes["s0"].nodes)

    def known() -> int:
        return sum(len(route.stops) for route in analyse(program, scenes).routes.values())

    taken, one = by_turns(min(rounds, 3), lambda _: known, lambda _: lambda: list(play(program, seed=0)))
    return Row("analysis", f"all of {nodes} nodes", taken, "one play", one, "less than 10 s", taken < 10)


def _after_an_edit(opened: Desk, sessions: Plays, number: int) -> Act:
    """Reword a line; return what begins a play of the story as it is then."""
    asked = Request(actor="bench")
    handle(opened.studio, opened.main, Ref("scene", "s00000"), RewordLine("n0.0", f"Another {number}."), asked)
    row = opened.store.branch(opened.main)
    return lambda: sessions.begin(row, asked)


def _walk(choices: int) -> Scene:
    """Return a scene of menus one after the other, each option with lines of its own."""
    nodes: dict[str, Node] = {}
    for n in range(choices):
        edges = {f"c{n}.{o}": Edge(f"V{o}", text=f"Option {o}") for o in (1, 2)}
        nodes[f"c{n}"] = Node("choice", Place("", f"V{n:05}1"), "Where now?", next=edges)
        for edge in edges:
            for line in range(1, 6):
                nodes[f"{edge}.{line}"] = Node(
                    "text", Place(edge, f"V{line}"), f"Line {line} of {edge}, and on she goes."
                )
            nodes[f"{edge}.set"] = Node("action", Place(edge, "W"), "x += 1", verb="set")
    return Scene("Walk", nodes=Map(nodes), label="start")


def _scene(number: int, count: int) -> Scene:
    nodes = {
        f"n{number}.{i}": Node("text", Place("", f"V{i:05}1"), f"Line {i} of scene {number}: she looks up.")
        for i in range(PER_SCENE)
    }
    following = f"s{(number + 1) % count:05}"
    return Scene(f"Scene {number}", nodes=Map(nodes), label="start" if number == 0 else None, falls_to=following)
