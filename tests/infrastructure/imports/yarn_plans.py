"""Test plans as Yarn Spinner has them: what a story says and offers, run by run, and what is picked."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from comfyvn.domain.expressions import compile_expression, parse
from comfyvn.domain.expressions import text as text_of
from comfyvn.domain.interpolation import plain
from comfyvn.domain.pack import Pack
from comfyvn.domain.playthrough import LineSaid, Program, RawSkipped, StageChanged, compile_story
from comfyvn.domain.playthrough.machine import Machine
from comfyvn.domain.playthrough.run import start
from comfyvn.infrastructure.imports.yarn.expressions import Expressions, Known

_ENTRY = re.compile(r"\s*(line|option|command):\s*`(?P<words>.*)`\s*(?P<rest>.*)")
_VALUE = re.compile(r"\{((?:\"[^\"]*\"|[^{}])*)\}")


def saliency(plan: str) -> str | None:
    """Return the way of choosing that a plan asks for."""
    found = re.search(r"^saliency:\s*(\w+)", plan, re.MULTILINE)
    return found[1] if found else None


def kept(pack: Pack, plan: str, seed: int = 0) -> None:
    """Play a story along a plan, and expect that it keeps to it."""
    names = {i: c.name for i, c in pack.characters.items()}
    variables = {name: v.default for name, v in pack.variables.items()}
    program = compile_story(pack.scenes, variables, names)
    for run in re.split(r"^---\s*$", plan, flags=re.MULTILINE):
        variables = _run(pack, program, run, variables, seed)


def _run(pack: Pack, program: Program, run: str, variables: Mapping[str, Any], seed: int) -> dict[str, Any]:
    entries = [row for row in run.split("\n") if row.strip() and not row.lstrip().startswith("#")]
    begin = pack.start
    given = dict(variables)
    for row in entries:
        if found := re.match(r"set:\s*\$(\w+)\s*=\s*(.+)", row):
            given[found[1]] = {"true": True, "false": False}.get(found[2].strip()) if found[2].strip() in (
                "true", "false") else int(found[2])  # fmt: skip
        elif found := re.match(r"node:\s*(\S+)", row):
            begin = next(i for i, scene in pack.scenes.items() if scene.title == found[1])
    begun = start(program, seed, begin, given)
    place = program.places[begun.scene, begun.node]
    machine = Machine(
        place, begun.variables, seed, begun.luck, calls=[], stage=begun.stage, said=None, menu=None, steps=0,
        trace=b"", ended=None,
    )  # fmt: skip
    offered: list[tuple[str, bool]] = []
    told = _told(program, machine)
    for row in entries:
        if row.startswith(("set:", "saliency:", "node:")):
            continue
        if found := _ENTRY.match(row):
            if found[1] == "option":
                offered.append((found["words"], "[disabled]" not in found["rest"]))
            else:
                heard = next(told)
                assert heard == (found[1], found["words"]), (heard, row)
        elif found := re.match(r"select:\s*(\d+)", row):
            open_ = [words for words, enabled in offered if enabled]
            if open_:
                kind, menu = next(told)
                assert (kind, menu) == ("menu", open_)
                told.send(open_.index(offered[int(found[1]) - 1][0]))  # type: ignore[attr-defined]
            offered = []
        elif row.strip() == "stop":
            break
    kind, last = next(told)
    assert kind == "end", (kind, last)
    return last


def _told(program: Program, machine: Machine) -> Iterator[tuple[str, Any]]:
    while machine.ended is None:
        if machine.menu is not None:
            machine.pick = yield "menu", [plain(words).strip() for _, words in machine.menu.options]
            yield "picked", machine.pick
        machine.place = program.acts[machine.place](machine)
        for output in machine.outputs:
            match output:
                case LineSaid():
                    words = plain(output.what)
                    yield "line", (f"{output.who}: {words}" if output.who else words).strip()
                case RawSkipped(_, code) | StageChanged(_, code):
                    words = code.strip("<>")
                    if words.startswith("call assert("):
                        source = Expressions(Known(), "").value(words.removeprefix("call assert"))
                        assert source is not None, words
                        assert compile_expression(parse(source))(machine.variables), words
                    elif not words.startswith("call"):
                        yield "command", _VALUE.sub(lambda value: _value(value[1], machine.variables), words)
        machine.outputs.clear()
    yield machine.ended, dict(machine.variables)


def _value(source: str, variables: Mapping[str, Any]) -> str:
    """Return a value in a command as the host of the story gets it."""
    found = Expressions(Known(), "").shown(source)
    assert found is not None, source
    return text_of(compile_expression(parse(found))(variables))
