"""A desk to work at: a studio on a fresh database with one project, and short words for what people do there."""

from typing import Any

from comfyvn.application.conflicts import Settled
from comfyvn.application.handle import handle
from comfyvn.application.history import redo, undo
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Outcome, Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.story import Scene
from comfyvn.domain.story.commands import OpenScene, RetitleScene, RewordLine, WriteLine
from comfyvn.infrastructure.storage.store import Store, open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock

SCENE = Ref("scene", "s")


def open_studio(url: str) -> Studio:
    """Return a studio on a database."""
    return Studio(open_store(url, KINDS), SystemClock(), RandomIds())


def store_of(studio: Studio) -> Store:
    """Return the store of a studio as what it is here."""
    assert isinstance(studio.store, Store)
    return studio.store


class Desk:
    """One project with a main branch. Whoever does not say otherwise is Ada and works on main, on scene ``s``."""

    def __init__(self, url: str = "sqlite://", name: str = "A novel") -> None:
        self.studio = open_studio(url)
        self.project = found_project(self.studio, name, Request(actor="ada"))
        self.main = self.project.main

    def do(self, command: Any, ref: Ref = SCENE, actor: str = "ada", branch: str | None = None, **more: Any) -> Outcome:
        """Send one command."""
        return handle(self.studio, branch or self.main, ref, command, Request(actor=actor, **more))

    def open(self, ref: Ref = SCENE, title: str = "Scene", **more: Any) -> Outcome:
        """Open a scene with one line, ``n1``, that says "one"."""
        self.do(OpenScene(title, **more), ref)
        return self.do(WriteLine("n1", "one"), ref)

    def retitle(self, title: str, actor: str = "ada", branch: str | None = None, **more: Any) -> Outcome:
        """Give scene ``s`` another title."""
        return self.do(RetitleScene(title), actor=actor, branch=branch, **more)

    def reword(
        self, text: str, actor: str = "ada", branch: str | None = None, node: str = "n1", **more: Any
    ) -> Outcome:
        """Give a line of scene ``s`` other words."""
        return self.do(RewordLine(node, text), actor=actor, branch=branch, **more)

    def undo(self, actor: str = "ada", branch: str | None = None, settled: Settled | None = None) -> Outcome:
        """Take the last change of an actor back."""
        return undo(self.studio, branch or self.main, Request(actor=actor), settled)

    def redo(self, actor: str = "ada", branch: str | None = None, settled: Settled | None = None) -> Outcome:
        """Take the last undo of an actor back."""
        return redo(self.studio, branch or self.main, Request(actor=actor), settled)

    def state(self, ref: Ref = SCENE, branch: str | None = None, at: int = LATEST) -> Any:
        """Return the present state of an entity, or a past one."""
        return self.studio.store.load(branch or self.main, ref, at).state

    def scene(self, branch: str | None = None, at: int = LATEST) -> Scene:
        """Return scene ``s``, which is there."""
        found = self.state(SCENE, branch, at)
        assert isinstance(found, Scene)
        return found

    def words(self, node: str = "n1", branch: str | None = None, at: int = LATEST) -> str:
        """Return the words of a line of scene ``s``."""
        return self.scene(branch, at).nodes[node].content

    def head(self, branch: str | None = None) -> int:
        """Return the position where a branch stands."""
        return self.studio.store.head(branch or self.main)
