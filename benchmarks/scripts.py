"""Ren'Py scripts: our reader against the engine's own parser on the same files."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measuring import Row, Sizes, seconds
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.parser import decode, parse
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from tests.renpy_engine import engine


def scripts(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """The installed games and a long generated script; needs Ren'Py and its games."""
    generated = folder / "generated" / "game"
    generated.mkdir(parents=True)
    (generated / "script.rpy").write_text(long_script(sizes.lines), "utf-8")
    games = [
        ("question", "The Question", engine.game("the_question") / "game"),
        ("tutorial", "Ren'Py's tutorial", engine.game("demo") / "game"),
        ("long-script", f"a script of {sizes.lines:,} lines", generated),
    ]
    for name, title, game in games:
        alone = folder / name / "game"
        files = sorted(_copied(game, alone))
        yield from _compared(name, title, alone, files, min(sizes.rounds, 3))


def _copied(game: Path, folder: Path) -> Iterator[Path]:
    """Copy the scripts alone, without translations, and yield the copies: images and sounds cost the engine nothing."""
    for file in game.rglob("*.rpy"):
        place = file.relative_to(game)
        if "tl" not in place.parts:
            copy = folder / place
            copy.parent.mkdir(parents=True, exist_ok=True)
            yield Path(shutil.copyfile(file, copy))


def _compared(name: str, title: str, game: Path, files: list[Path], rounds: int) -> Iterator[Row]:
    parsed, imported, engines = [], [], []
    for _ in range(rounds):
        parsed.append(seconds(lambda: [parse(file.name, decode(file.read_bytes(), file.name)) for file in files]))
        imported.append(seconds(lambda: RenpyReader().read(Files(game))))
        engines.append(engine.parse_seconds(files))
    theirs = median(engines)
    for suffix, what, taken in (("parse", "parsed", median(parsed)), ("import", "read into a story", median(imported))):
        row = (f"{name}-{suffix}", f"{title} {what}", taken, "the engine's parser", theirs)
        yield Row(*row, "less than the engine", taken < theirs)


def long_script(lines: int) -> str:
    """Return a script of so many lines: labels of 50 lines with dialogue, menus, conditions and stage directions."""
    made = ['define e = Character("Eileen", color="#c8ffc8")', "default courage = 0"]
    number = 0
    while len(made) < lines:
        made.append(f"label {'start' if number == 0 else f'part_{number}'}:")
        made += [
            f"    scene bg room{number % 7} with dissolve",
            f"    show eileen happy{number % 5} at left",
            f'    play music "theme{number % 3}.ogg" fadein 1.0',
        ]
        for line in range(14):
            made.append(f'    e "Line {line} of part {number}: do you {{i}}see{{/i}} the [courage] lights?"')
            made.append(f'    "She waits, {line} breaths long, and the rain goes on."')
        made += [
            "    $ courage += 1",
            "    if courage > 3:",
            '        "You are brave by now."',
            "    else:",
            '        "You hesitate."',
            "    menu:",
            '        "Where to?"',
            '        "On":',
            f"            jump part_{number + 1}",
            '        "Stay" if courage > 1:',
            '            e "As you like."',
            f"    jump part_{number + 1}",
            "",
        ]
        number += 1
    return "\n".join([*made, f"label part_{number}:", "    return"]) + "\n"
