"""The command that brings games in: import."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from comfyvn.application.imports import import_pack
from comfyvn.application.projects import found_project, slug
from comfyvn.application.studio import Outcome, find_branch, plain
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.interfaces.cli.changing import request, settled
from comfyvn.interfaces.cli.output import CONFLICTS, DONE, Printer, outcome_words
from comfyvn.interfaces.cli.tools import Reader, Tools


def import_(tools: Tools, args: Namespace, out: Printer) -> int:
    """Import a game into a new project, or again into one that is there: then what changed in it is merged in."""
    reader = reader_for(tools, args.path)
    pack = reader.read(args.path, out.progress)
    name = args.project or pack.title
    known = {p.id: p for p in tools.studio.store.projects()}
    project = known.get(name) or known.get(slug(name))
    if project is None and args.branch not in (None, "main"):
        raise Missing("branch_unknown", f"The new project {name!r} has no branch {args.branch!r} yet.")
    asked = request(tools, args)
    project = project or found_project(tools.studio, name, asked)
    row = find_branch(tools.studio, project.id, args.branch)

    def open_member(name: str) -> Iterator[bytes]:
        return reader.open_member(args.path, name)

    done = import_pack(tools.studio, tools.blobs, row.id, pack, open_member, asked, out.progress, settled=settled(args))
    value = plain(done)
    if done.conflicts:
        out.result(value, lambda: outcome_words(Outcome(None, done.position, done.conflicts)))
        return CONFLICTS
    out.result(
        value,
        lambda: [
            f"Imported {done.project}: {done.scenes} scenes, {done.lines} lines, {done.choices} choices, "
            f"{done.characters} characters, {done.assets} assets.",
            f"{done.coverage['recognised']} of {done.coverage['total']} statements are modelled, "
            "the rest is kept as code.",
            f"{done.events} events in {done.commits} commits, now at position {done.position}.",
            *(f"  {w['file']}:{w['line']}: {w['message']}" for w in plain(done.warnings)),
        ],
    )
    return DONE


def reader_for(tools: Tools, path: Path) -> Reader:
    """Return the reader that knows the game best. Raises Missing("path_unknown"), Refused("not_a_game")."""
    if not path.exists():
        raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
    sure, reader = max(((r.probe(path), r) for r in tools.readers()), key=lambda pair: pair[0])
    if sure <= 0:
        engines = ", ".join(r.engine for r in tools.readers())
        raise Refused("not_a_game", f"{path} holds no game that can be read (engines: {engines}).", path=str(path))
    return reader
