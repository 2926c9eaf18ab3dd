"""The command that brings games in: import."""

from argparse import Namespace
from collections.abc import Iterator, Sequence

from comfyvn.application.contents import Contents
from comfyvn.application.imports import Imported
from comfyvn.application.intake import Aim, Preview, preview, take_in
from comfyvn.application.reading import Reading, RoleplayRules
from comfyvn.application.studio import Outcome, plain
from comfyvn.domain.pack import Warned
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
    out.result(value, lambda: _words(done))
    return DONE


def _words(done: Imported) -> Iterator[str]:
    yield f"Imported {done.project} ({done.engine}, as {done.contents.depth})."
    yield from _contents_words(done.contents)
    yield f"{done.events} events in {done.commits} commits, now at position {done.position}."
    yield from _warning_words(done.warnings)


def _preview_words(found: Preview) -> Iterator[str]:
    aim = f"the project {found.project}" if found.project else "a new project"
    told = found.contents
    yield f"{told.title} ({told.engine}, as {told.depth}) would go to {aim}; nothing was written."
    yield from _contents_words(told)
    yield f"Characters: {', '.join(told.characters) or 'none'}. Worlds: {', '.join(told.worlds) or 'none'}."
    yield from _warning_words(found.warnings)


def _contents_words(told: Contents) -> Iterator[str]:
    yield (
        f"{len(told.scenes) + told.more} scenes, {told.lines} lines, {told.choices} choices, "
        f"{len(told.characters)} characters, {told.assets} assets ({told.asset_bytes} bytes)."
    )
    if told.asset_types:
        yield f"Assets: {', '.join(f'{kind} {count}' for kind, count in told.asset_types.items())}."
    recognised, total = told.coverage["recognised"], told.coverage["total"]
    yield f"{recognised} of {total} statements are modelled, the rest is kept as code."
    if told.extraction:
        kind = told.extraction.confinement["kind"]
        yield f"Unpacked by {told.extraction.program}, held by {kind}."
    for one in told.licences:
        yield f"  licence: {one.licence or one.said} for {one.subject or 'all'}, says {one.file}"
    yield from (f"  flag: {flag.message} [{flag.code}]" for flag in told.flags)


def _warning_words(warnings: Sequence[Warned]) -> Iterator[str]:
    yield from (f"  {w.file}:{w.line}: {w.message}" for w in warnings)


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
    ways = {"speakers": tuple(args.script_speaker)} if args.script_speaker else {}
    return Reading(dict(args.encoding), rules, extractor=args.extractor, **ways)
