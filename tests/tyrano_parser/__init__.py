"""What TyranoScript's own parser makes of scripts of ours; its terms forbid to hand it on, so its answers are kept.

They were made with a checkout of ShikemokuMK/tyranoscript (c8dbfd4), by ``python -m tests.tyrano_parser CHECKOUT``.
"""

import json
from pathlib import Path
from typing import Any, Final

from comfyvn.infrastructure.imports.kag.tags import Label, Speaker, Tag, Whole, Words, tokens

HERE: Final = Path(__file__).parent
RECORDED: Final = HERE / "recorded.json"
_ENDS: Final = {"iscript": "endscript", "html": "endhtml"}

Told = dict[str, list[Any]]
"""Labels with their titles, tags with their attributes, and texts, all in their order."""


def by_tyrano() -> dict[str, Told]:
    """Return what the parser of TyranoScript told of each script of ours."""
    found: dict[str, Told] = json.loads(RECORDED.read_text("utf-8"))
    return found


def by_us(script: str) -> Told:
    """Return what our tokens tell of a script, in the same form; of macros that which is in them."""
    told: Told = {"labels": [], "tags": [], "texts": []}
    for token in tokens(script, True):
        match token:
            case Label(name, title, _):
                told["labels"].append([name, title])
            case Words(words, _):
                told["texts"].append(words)
            case Speaker(name, face, _):
                told["tags"].append(["chara_ptext", {"face": face, "name": name}])
            case Tag(name, given, _, _):
                told["tags"].append([name, dict(sorted(given.items()))])
            case Whole("macro", text, _, name):
                told["tags"].append(["macro", {"name": name}])
                for kind, inner in by_us(text.partition("]")[2]).items():
                    told[kind] += inner
            case Whole(kind, _, _, _):
                told["tags"] += [[kind, {}], [_ENDS[kind], {}]]
            case _:
                pass
    return told
