"""The command that brings games in: import."""

from argparse import Namespace

from comfyvn.application.intake import Aim, Preview, preview, take_in
from comfyvn.application.reading import Reading, RoleplayRules
from comfyvn.application.studio import Outcome, plain
from comfyvn.interfaces.cli.changing import request, settled
from comfyvn.interfaces.cli.output import CONFLICTS, DONE, Printer, outcome_words
from comfyvn.interfaces.cli.tools import Tools


def import_(tools: Tools, args: Namespace, out: Printer) -> int:
    """Import a game into a new project, or again into one that is there: then what changed in it is merged in."""
    incoming = tools.read_story(args.path, args.engine, reading(args), out.progress)
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


def reading(args: Namespace) -> Reading:
    """Return how the command asks to read. Raises Refused: ``encoding_unknown``, ``rule_malformed``."""
    asked = {
        "speakers": args.speaker and tuple(args.speaker),
        "narrators": args.narrator and tuple(args.narrator),
        "user": args.player,
        "gap_minutes": args.gap,
        "ooc": args.ooc,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    rules = RoleplayRules(headings=args.headings, backgrounds=args.backgrounds, **given)
    return Reading(dict(args.encoding), rules)
