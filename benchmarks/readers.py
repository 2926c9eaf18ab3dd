"""Every reader of stories, in lines of its script per second: ours against cutting the same bytes into words."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.measuring import Act, Row, Sizes, by_turns
from benchmarks.scripts import long_script
from comfyvn.infrastructure.imports.files import Files
from comfyvn.main.readers import READERS

MOST: Final = 40
"""How many times as long each reader may take as it takes to cut its script into words."""
_WORDS: Final = re.compile(r"\w+|\s+|.")


def readers(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """A script of every language: dialogue, choices, conditions, variables and jumps in equal parts."""
    for engine, (name, written) in STORIES.items():
        path = folder / engine / name
        path.parent.mkdir()
        path.write_text(written(sizes.lines // 5), "utf-8")
        count = path.read_bytes().count(b"\n") + 1

        def read(_: int, engine: str = engine, path: Path = path) -> Act:
            return lambda: READERS[engine].read(Files(path))

        def cut(_: int, path: Path = path) -> Act:
            return lambda: [_WORDS.findall(line) for line in path.read_bytes().decode().splitlines()]

        ours, theirs = by_turns(min(sizes.rounds, 3), read, cut)
        what = f"{count:,} lines of {engine} read into scenes"
        row = (f"read-{engine}", what, ours, "the same lines cut into words", theirs)
        yield Row(*row, f"at most {MOST} times", ours <= MOST * theirs, f"{count / ours:,.0f} lines/s")


def _parts(part: Callable[[int], str], lines: int, head: str = "") -> str:
    """Return a script of so many lines, in parts that lead from one to the next."""
    made, count, number = [head], 0, 0
    while count < lines:
        made.append(part(number))
        count += made[-1].count("\n")
        number += 1
    return "".join([*made, part(number).replace(f"part_{number + 1}", "part_0")])


def _said(number: int) -> list[str]:
    return [f"Line {n} of part {number}: do you see the lights of the harbour?" for n in range(14)]


def _kag(number: int) -> str:
    said = "".join(f"#Ada\n{words}[l][r]\n" for words in _said(number))
    choice = (
        f'[glink text="On" target="*part_{number + 1}"]\n[glink text="Stay" target="*part_{number}" cond="f.a > 1"]\n'
    )
    guard = '[eval exp="f.a = f.a + 1"]\n[if exp="f.a > 3"]\nYou are brave by now.[p]\n[endif]\n'
    return f"*part_{number}\n[bg storage=room{number % 7}.jpg]\n{said}{guard}{choice}[s]\n"


def _twine(number: int) -> str:
    said = "\n".join(_said(number))
    guard = "<<set $a to $a + 1>>\n<<if $a gt 3>>You are brave by now.<</if>>\n"
    return f":: part_{number}\n{said}\n{guard}[[On->part_{number + 1}]]\n[[Stay->part_{number}]]\n\n"


def _yarn(number: int) -> str:
    said = "\n".join(f"Ada: {words}" for words in _said(number))
    guard = "<<set $a = $a + 1>>\n<<if $a > 3>>\nYou are brave by now.\n<<endif>>\n"
    choice = f"-> On\n    <<jump part_{number + 1}>>\n-> Stay <<if $a > 1>>\n    <<jump part_{number}>>\n"
    return f"title: part_{number}\n---\n{said}\n{guard}{choice}===\n"


def _ink(number: int) -> str:
    said = "\n".join(f"Ada: {words}" for words in _said(number))
    guard = "~ a = a + 1\n{a > 3: You are brave by now.}\n"
    return f"=== part_{number}\n{said}\n{guard}* On\n  -> part_{number + 1}\n+ {{a > 1}} Stay\n  -> part_{number}\n"


def _chat(lines: int) -> str:
    head = {"chat_metadata": {"integrity": "1"}, "user_name": "Bo", "character_name": "Ada"}
    rows = [
        {
            "name": "Ada" if n % 2 else "Bo",
            "is_user": n % 2 == 0,
            "mes": f"*She waits.* Line {n}: do you see the lights?",
        }
        for n in range(lines)
    ]
    return "\n".join(map(json.dumps, [head, *rows]))


def _pack(lines: int) -> str:
    nodes = [{"id": f"n{n}", "type": "text", "content": f"Line {n}: do you see the lights?"} for n in range(lines)]
    scenes = [{"id": f"s{at}", "title": f"Part {at}", "nodes": nodes[at : at + 50]} for at in range(0, len(nodes), 50)]
    return json.dumps({"format": "comfyvn-pack@1", "title": "Long", "scenes": scenes}, indent=0)


_TWINE: Final = ':: StoryData\n{"format":"SugarCube","start":"part_0"}\n\n'
STORIES: Final[dict[str, tuple[str, Callable[[int], str]]]] = {
    "renpy": ("game.rpy", long_script),
    "tyranoscript": ("first.ks", lambda lines: _parts(_kag, lines)),
    "kirikiri": ("first.ks", lambda lines: _parts(_kag, lines)),
    "twine": ("long.twee", lambda lines: _parts(_twine, lines, _TWINE)),
    "yarn": ("long.yarn", lambda lines: _parts(_yarn, lines)),
    "ink": ("long.ink", lambda lines: _parts(_ink, lines, "VAR a = 0\n-> part_0\n")),
    "roleplay": ("long.jsonl", _chat),
    "comfyvn": ("comfyvn-pack.json", _pack),
}
"""A file for each reader, and what writes it."""
