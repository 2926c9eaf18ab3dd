"""What the files of a game become, told by their names, and how many warnings an import has."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from comfyvn.domain.pack import Warned

MAX_WARNINGS: Final = 1_000
"""Warnings of one import; what comes after them is only counted."""

_TYPES: Final[Mapping[str, str]] = {
    suffix: type_
    for type_, suffixes in {
        "image": "png jpg jpeg webp gif bmp svg avif ico icns tga",
        "sound": "ogg opus mp3 mp2 wav flac m4a aac",
        "video": "webm mp4 mkv ogv avi mpg mpeg mov m4v",
        "font": "ttf otf ttc woff woff2",
        "text": "txt md json csv xml html yaml yml py",
    }.items()
    for suffix in suffixes.split()
}
_MUSIC = frozenset({"music", "bgm"})


def type_of(name: str) -> str:
    """Return the type of asset that a file becomes."""
    place = PurePosixPath(name.lower())
    type_ = _TYPES.get(place.suffix.removeprefix("."), "other")
    if type_ == "sound" and _MUSIC & set(place.parts):
        return "music"
    return "voice" if type_ == "sound" and "voice" in place.parts else type_


def capped(warnings: Sequence[Warned]) -> tuple[Warned, ...]:
    """Return the first warnings, and one that counts the others."""
    if len(warnings) <= MAX_WARNINGS:
        return tuple(warnings)
    more = Warned("more_warnings", f"There are {len(warnings) - MAX_WARNINGS} more warnings.")
    return (*warnings[:MAX_WARNINGS], more)
