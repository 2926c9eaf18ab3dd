"""Who made what is in an exported project: a file beside the game, without any clock."""

from collections.abc import Iterator
from typing import Final

import comfyvn
from comfyvn.application.exports import StoryView

CREDITS: Final = "credits.txt"


def credits_of(story: StoryView) -> bytes:
    """Return the characters, the assets with their licences as far as they are known, and the tools."""
    return ("\n".join(_lines(story)) + "\n").encode()


def _lines(story: StoryView) -> Iterator[str]:
    yield _line(story.name)
    if story.characters:
        yield from ("", "Characters")
        yield from sorted(f"  {_line(character.name)}" for character in story.characters.values())
    if story.assets:
        yield from ("", "Assets")
        yield from sorted(
            f"  {_line(asset.path)}: {_line(str(asset.meta.get('license') or 'licence not known'))}"
            for asset in story.assets.values()
        )
    yield from ("", "Tools", f"  ComfyVN {comfyvn.__version__}", "  Ren'Py (https://www.renpy.org), MIT licence")


def _line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(text.split())
