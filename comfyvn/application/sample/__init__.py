"""The sample project: "The Tuba on Tram Nine", a short story written for ComfyVN and given to everybody (CC0 1.0)."""

import json
from importlib.resources import files
from typing import Final

from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.studio import Outcome, Request, Studio
from comfyvn.domain.kernel import Json

TITLE: Final = "The Tuba on Tram Nine"
_STORY: Final = "tram_nine.json"
_KINDS: Final = {"characters": "character", "variables": "variable", "scenes": "scene"}


def documents() -> dict[str, Json]:
    """Return the documents of the sample: ``project``, ``characters``, ``variables``, ``scenes`` and ``timeline``.

    Each is what the save command of its kind takes; those under plural names are lists.
    """
    story: dict[str, Json] = json.loads(files(__name__).joinpath(_STORY).read_text("utf-8"))
    return story


def bring_in_sample(studio: Studio, branch: str, request: Request) -> Outcome:
    """Bring the sample into a project, in one commit. The project keeps its own name."""
    story = documents()
    wanted = [(Ref(kind, item["id"]), item) for plural, kind in _KINDS.items() for item in story[plural]]
    wanted.append((Ref("timeline", story["timeline"]["id"]), story["timeline"]))
    project = studio.store.branch(branch).project
    wanted.append((Ref("project", project), {k: story["project"][k] for k in ("start", "meta")}))
    desired = []
    for ref, document in wanted:
        decider = studio.store.kinds[ref.kind]
        desired.append((ref, decider.intend(studio.store.load(branch, ref).state, decider.save(document))))
    body = {"branch": branch, "sample": story["project"]["id"]}
    message = f"open the sample {TITLE}"
    return bring_in(studio, branch, desired, request, message, command="project.open-sample", body=body)
