"""The sample project: "The Tuba on Tram Nine", a short story written for ComfyVN and given to everybody (CC0 1.0)."""

import json
from importlib.resources import files
from typing import Final

from comfyvn.domain.kernel import Json

_STORY: Final = "tram_nine.json"


def documents() -> dict[str, Json]:
    """Return the documents of the sample: ``project``, ``characters``, ``variables``, ``scenes`` and ``timeline``.

    Each is what the save command of its kind takes; those under plural names are lists.
    """
    story: dict[str, Json] = json.loads(files(__name__).joinpath(_STORY).read_text("utf-8"))
    return story
