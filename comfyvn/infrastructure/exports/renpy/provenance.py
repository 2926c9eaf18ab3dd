"""Where an exported project came from, and who made what is in it: files beside the game, without any clock."""

import json
from collections.abc import Iterator
from typing import Final

import comfyvn
from comfyvn.application.exports import StoryView

CREDITS: Final = "credits.txt"
RECORD: Final = "provenance.json"
SCHEMA: Final = 1
"""Version of the record; docs/reference/renpy-export.md lists its fields."""


def record(story: StoryView) -> bytes:
    """Return the record of a story that knows its origin."""
    origin = story.origin
    fields = {
        "schema": SCHEMA,
        "tool": {"name": "comfyvn", "version": comfyvn.__version__},
        "title": story.name,
        "project": origin.project if origin else None,
        "branch": origin.branch if origin else None,
        "position": origin.position if origin else None,
        "commit": origin.commit if origin else None,
        "scenes": sorted(story.scenes),
        "assets": {asset.path: asset.hash for asset in story.assets.values()},
    }
    return (json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


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
