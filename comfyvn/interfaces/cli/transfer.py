"""The command that brings games in: import."""

from argparse import Namespace
from functools import partial
from pathlib import Path

from comfyvn.application.intake import Aim, Incoming, Preview, preview, surest, take_in
from comfyvn.application.studio import Outcome, plain
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.interfaces.cli.changing import request, settled
from comfyvn.interfaces.cli.output import CONFLICTS, DONE, Printer, outcome_words
from comfyvn.interfaces.cli.tools import Reader, Tools


def import_(tools: Tools, args: Namespace, out: Printer) -> int:
    """Import a game into a new project, or again into one that is there: then what changed in it is merged in."""
    reader = reader_for(tools, args.path)
    pack = reader.read(args.path, out.progress)
    exporter = tools.exporters().get(pack.engine)
    incoming = Incoming(pack, partial(reader.open_member, args.path), exporter.echo if exporter else None)
    aim = Aim(args.project, args.branch, args.policy)
    if args.dry_run:
        found = preview(tools.studio, incoming, aim)
        out.result(plain(found), lambda: _preview_words(found))
        return DONE
    done = take_in(tools.studio, tools.blobs, incoming, aim, request(tools, args), out.progress, settled(args))
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


def _preview_words(found: Preview) -> list[str]:
    aim = f"the project {found.project}" if found.project else "a new project"
    return [
        f"{found.title} ({found.engine}) would go to {aim}; nothing was written.",
        f"{len(found.scenes) + found.more} scenes, {found.lines} lines, {found.choices} choices, "
        f"{found.assets} assets ({found.asset_bytes} bytes).",
        f"Characters: {', '.join(found.characters) or 'none'}. Worlds: {', '.join(found.worlds) or 'none'}.",
        f"{found.coverage['recognised']} of {found.coverage['total']} statements are modelled.",
        *(f"  {w['file']}:{w['line']}: {w['message']}" for w in plain(found.warnings)),
    ]


def reader_for(tools: Tools, path: Path) -> Reader:
    """Return the reader that knows the game best. Raises Missing("path_unknown"), Refused("not_a_game")."""
    if not path.exists():
        raise Missing("path_unknown", f"There is nothing at {path}.", path=str(path))
    readers = tools.readers()
    reader = surest(readers, path)
    if reader is None:
        engines = ", ".join(r.engine for r in readers)
        raise Refused("not_a_game", f"{path} holds no game that can be read (engines: {engines}).", path=str(path))
    return reader
