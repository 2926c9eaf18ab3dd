"""Tags of KAG and TyranoScript that change what is seen and heard."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from comfyvn.infrastructure.imports.kag.tags import Tag
from comfyvn.infrastructure.imports.steps import Step, act

Find = Callable[[str, str], str]
"""Returns the name of the member that a storage stands for, in folders of a kind; the storage where there is none."""

_MILLISECONDS: Final = re.compile(r"[0-9]{1,8}")
_Direction = Callable[[Tag, Find], Step | None]


def stem(storage: str) -> str:
    """Return the name of a file without folders and ending."""
    last = storage.replace("\\", "/").rpartition("/")[2]
    return last.rpartition(".")[0] or last


def directed(tag: Tag, find: Find) -> Step | None:
    """Return the stage direction that a tag is; None for any other tag."""
    known = _DIRECTIONS.get(tag.name)
    return None if known is None else known(tag, find)


def _scene(tag: Tag, _: Find) -> Step | None:
    storage = tag.get("storage")
    return act("scene", stem(storage), tag.line) if storage else None


def _image(tag: Tag, find: Find) -> Step | None:
    layer = tag.get("layer")
    if layer == "base":
        return _scene(tag, find)
    storage = tag.get("storage")
    return act("show", stem(storage), tag.line, directives={"as": f"layer{layer or 0}"}) if storage else None


def _free(tag: Tag, _: Find) -> Step | None:
    layer = tag.get("layer")
    return act("hide", f"layer{layer}", tag.line) if layer not in ("", "base") else None


def _character(tag: Tag, _: Find) -> Step | None:
    name = tag.get("name")
    return act("show", f"{name} {tag.get('face')}".strip(), tag.line) if name else None


def _gone(tag: Tag, _: Find) -> Step | None:
    name = tag.get("name")
    return act("hide", name, tag.line) if name else None


def _playing(channel: str, folder: str) -> _Direction:
    def direction(tag: Tag, find: Find) -> Step | None:
        storage = tag.get("storage")
        if not storage:
            return None
        return act("play", find(storage, folder), tag.line, directives={"channel": channel})

    return direction


def _stopping(channel: str) -> _Direction:
    return lambda tag, _: act("stop", "", tag.line, directives={"channel": channel})


def _voice(tag: Tag, find: Find) -> Step | None:
    storage = tag.get("storage")
    return act("voice", find(storage, "sound"), tag.line) if storage else None


def _wait(tag: Tag, _: Find) -> Step | None:
    time = tag.get("time")
    return (
        act("pause", str(int(time) / 1000), tag.line) if time.isascii() and time.isdigit() and len(time) < 9 else None
    )


_DIRECTIONS: Final[Mapping[str, _Direction]] = {
    "bg": _scene,
    "bg2": _scene,
    "image": _image,
    "fg": _image,
    "freeimage": _free,
    "chara_show": _character,
    "chara_mod": _character,
    "chara_hide": _gone,
    "playbgm": _playing("music", "bgm"),
    "fadeinbgm": _playing("music", "bgm"),
    "xchgbgm": _playing("music", "bgm"),
    "stopbgm": _stopping("music"),
    "fadeoutbgm": _stopping("music"),
    "playse": _playing("sound", "sound"),
    "fadeinse": _playing("sound", "sound"),
    "stopse": _stopping("sound"),
    "fadeoutse": _stopping("sound"),
    "voice": _voice,
    "playvoice": _voice,
    "wait": _wait,
}
