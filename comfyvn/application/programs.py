"""Compiled stories, kept by branch and position; what has not changed since another position is not done again."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.application.ports import LATEST, EventStore, Ref
from comfyvn.domain.kernel import Json
from comfyvn.domain.playthrough import Program, compile_story
from comfyvn.domain.playthrough.stubs import NONE, read_stubs
from comfyvn.domain.story import Scene

KEPT: Final = 8
"""Compiled stories that are kept, the most recently used ones."""
STUBS: Final = "stubs"
"""The meta entry of a project that holds the stubs of its code."""

_HEADERS: Final = ("variable", "character", "project")


@dataclass(frozen=True, slots=True)
class Story:
    """What a story was at a position of a branch. `headers` are the own fields of variables, characters, project."""

    position: int
    scenes: Mapping[str, Scene]
    headers: Mapping[str, Mapping[Ref, Json]]
    program: Program


@dataclass(slots=True)
class Programs:
    """The compiled stories of one studio. Safe for many threads."""

    _known: OrderedDict[tuple[str, int], Story] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def story(self, store: EventStore, branch: str, at: int = LATEST) -> Story:
        """Return the compiled story of a branch. Raises Missing("branch_unknown"), Refused("stubs_malformed")."""
        position = store.head(branch, at)
        with self._lock:
            found = self._known.get((branch, position))
            if found is not None:
                self._known.move_to_end((branch, position))
                return found
            near = [story for (of, _), story in self._known.items() if of == branch]
        nearest = min(near, key=lambda story: abs(story.position - position), default=None)
        story = _whole(store, branch, position) if nearest is None else _changed(store, branch, position, nearest)
        with self._lock:
            self._known[branch, position] = story
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return story


def _whole(store: EventStore, branch: str, position: int) -> Story:
    scenes = {ref.id: scene for ref, scene in store.load_all(branch, "scene", position).items()}
    headers = {kind: store.heads(branch, kind, position) for kind in _HEADERS}
    return Story(position, scenes, headers, _compiled(scenes, headers, None))


def _changed(store: EventStore, branch: str, position: int, known: Story) -> Story:
    """Return the story at a position from that at another one: only what differs is read."""
    touched = store.touched(branch, min(position, known.position), max(position, known.position))
    changed = [ref for ref in touched if ref.kind == "scene"]
    scenes: dict[str, Any] = dict(known.scenes)
    for ref, (state, _) in store.load_many(branch, changed, position).items():
        if state is None:
            scenes.pop(ref.id, None)
        else:
            scenes[ref.id] = state
    kinds = {ref.kind for ref in touched}
    headers = {kind: store.heads(branch, kind, position) if kind in kinds else known.headers[kind] for kind in _HEADERS}
    if not changed and all(headers[kind] is known.headers[kind] for kind in _HEADERS):
        return Story(position, known.scenes, headers, known.program)
    return Story(position, scenes, headers, _compiled(scenes, headers, known.program))


def _compiled(
    scenes: Mapping[str, Scene], headers: Mapping[str, Mapping[Ref, Json]], earlier: Program | None
) -> Program:
    """Compile a story. A character's script name stands for their name, as in ``[e]``."""
    cast, declared = headers["character"], headers["variable"]
    called = {body["variable"]: body["name"] for body in cast.values() if body.get("variable")}
    tables = [body["meta"][STUBS] for body in headers["project"].values() if STUBS in body.get("meta", {})]
    return compile_story(
        scenes,
        called | {ref.id: body.get("default") for ref, body in declared.items()},
        {ref.id: "" if body["meta"].get("nameless") else body["name"] for ref, body in cast.items()},
        scene_variables=[ref.id for ref, body in declared.items() if body.get("scope") == "scene"],
        tags={ref.id: body["image_tag"] for ref, body in cast.items() if body.get("image_tag")},
        stubs=read_stubs(tables[0]) if tables else NONE,
        earlier=earlier,
    )
