"""Small programs that unpack, and such that do harm, and a toolbox that holds them one way or another."""

from pathlib import Path
from typing import Final

from comfyvn.application.extractors import INPUT, Confinement, Extractor, Registration
from comfyvn.infrastructure.extractors.confining import Limits
from comfyvn.infrastructure.extractors.toolbox import Toolbox
from comfyvn.infrastructure.system import SystemClock

BUBBLEWRAP: Final = Confinement("bubblewrap", True, True, True, True)
NAMESPACES: Final = Confinement("namespaces", True, True, True, True)
LIMITS: Final = Confinement("limits", False, False, False, True, "There is nothing here.")
HELD: Final = (BUBBLEWRAP, NAMESPACES)
SMALL: Final = Limits(
    seconds=20, cpu_seconds=5, memory=512 << 20, file_size=4 << 20, processes=8, files=50, size=8 << 20, free=2 << 20
)


def toolbox(folder: Path, held: Confinement = BUBBLEWRAP, limits: Limits = SMALL) -> Toolbox:
    return Toolbox(folder / "config", folder / "scratch", folder / "programs", SystemClock(), limits, held=lambda: held)


def script(folder: Path, words: str, name: str = "tool.sh") -> Path:
    """Write a program for bash; ``$1`` is the file to unpack."""
    place = folder / "bin" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"#!/bin/bash\n{words}\n", "utf-8")
    place.chmod(0o755)
    return place


def registered(tools: Toolbox, program: Path, name: str = "tool", *, unconfined: bool = False) -> Extractor:
    asked = Registration(name, str(program), (INPUT,), "MIT", "https://example.org/", (), unconfined=unconfined)
    return tools.register(asked)
