"""A process that works on a project until it is done or killed; its standard output acknowledges what is kept.

``changes BRANCH ACTOR SCENE COUNT`` titles a scene 1, 2, 3 ... and prints each title once it is written;
``import BRANCH EVENTS`` brings in characters with one event each, as one commit, and prints its position.
``play BRANCH PROJECT PLAYTHROUGH COUNT`` lets a playthrough go on step by step and prints how far it came and the hash.
The address of the database comes first.
"""

import sys
from collections.abc import Iterator
from typing import Any

from comfyvn.application.handle import handle
from comfyvn.application.plays.playing import Plays
from comfyvn.application.ports import Ref
from comfyvn.application.projects import bring_in
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.cast import Character
from comfyvn.domain.story.commands import RetitleScene
from tests.desks import open_studio


def change(studio: Studio, branch: str, actor: str, scene: str, count: int) -> Iterator[str]:
    """Yield each title when it is kept."""
    for n in range(1, count + 1):
        handle(studio, branch, Ref("scene", scene), RetitleScene(str(n)), Request(actor=actor))
        yield str(n)


def read(studio: Studio, project: str, play_id: str, count: int) -> Iterator[str]:
    """Yield how far a playthrough came and its hash, each time a step is kept."""
    plays = Plays(studio)
    for _ in range(count):
        session = plays.auto(project, play_id, Request(actor="reader"), 1)
        yield f"{session.depth}:{session.moment.state.trace}"


def characters(count: int) -> Iterator[tuple[Ref, Any]]:
    """Yield new characters by id."""
    for n in range(count):
        yield Ref("character", f"c{n}"), Character(f"Character {n}", traits={"number": n})


def main(url: str, verb: str, branch: str, *rest: str) -> None:
    """Do what the arguments ask for."""
    studio = open_studio(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if verb in ("changes", "play"):
        first, second, count = rest
        told = (
            change(studio, branch, first, second, int(count))
            if verb == "changes"
            else read(studio, first, second, int(count))
        )
        for words in told:
            sys.stdout.write(f"{words}\n")
            sys.stdout.flush()
    else:
        outcome = bring_in(
            studio, branch, characters(int(rest[0])), Request(actor="importer"), "import", command="test", body={}
        )
        sys.stdout.write(f"{outcome.position}\n")
    studio.store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
