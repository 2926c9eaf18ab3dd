"""The exporters by target."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from comfyvn.application.exports import Exported, StoryView
from comfyvn.infrastructure.exports import renpy
from comfyvn.interfaces.cli.tools import Exporter, OpenBlob, Progress


def to_renpy(story: StoryView, out_dir: Path, open_blob: OpenBlob, progress: Progress) -> Exported:
    """Write a story as a Ren'Py project."""
    return renpy.export(story, out_dir, open_blob, partial(progress, "export"))


EXPORTERS: Final[Mapping[str, Exporter]] = {"renpy": to_renpy}
