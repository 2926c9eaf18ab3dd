"""The compiler and player of Ink for Node (inkjs): what a story says when it is played along lists of numbers."""

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from comfyvn.domain.interpolation import plain
from comfyvn.domain.pack import Pack
from comfyvn.domain.playthrough import LineSaid
from comfyvn.domain.playthrough.run import start, step
from tests import node_packages
from tests.infrastructure.imports.stories import compiled

Told = list[Any]

_HERE: Final = Path(__file__).parent
FAST: Final = "{fast}"


def by_inkjs(source: str, plays: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Return what inkjs makes of a story: its complaints, the compiled story, and what each play tells."""
    packages = node_packages.installed(_HERE)
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(json.dumps({"source": source, "plays": plays}), "utf-8")
        found: dict[str, Any] = json.loads(node_packages.output(_HERE / "play.cjs", packages, job))
    found["told"] = [[_plain(part) for part in told] for told in found.get("told", ())]
    return found


def by_us(pack: Pack, plays: Sequence[Sequence[int]]) -> list[Told]:
    """Return what our own plays of a pack tell, in the same form."""
    return [_told(pack, picks) for picks in plays]


def _told(pack: Pack, picks: Sequence[int]) -> Told:
    program = compiled(pack)
    state, outputs = step(program, start(program, 0, pack.start))
    found: Told = []
    left = list(picks)
    last = ""
    while True:
        for output in outputs:
            if isinstance(output, LineSaid):
                extends = bool(last) and output.what.startswith(last + FAST)
                last = output.what
                words = output.what.replace(FAST, "")
                said = _plain(plain(f"{output.who}: {words}" if output.who else words))
                found[len(found) - extends :] = [said] if said else []
        if state.ended is None and state.menu is not None and left:
            found.append([_plain(plain(text)) for _, text in state.menu.options])
            state, outputs = step(program, state, left.pop(0) % len(state.menu.options))
            last = ""
        elif state.ended is not None or state.menu is not None:
            found.append("-- more" if state.menu is not None else f"-- {state.ended}")
            return found
        else:
            state, outputs = step(program, state)


def _plain(part: Any) -> Any:
    return [_plain(text) for text in part] if isinstance(part, list) else re.sub(r"\s+", " ", part).strip()
