"""Commands that find words, put others for them, and count them."""

from argparse import Namespace

from comfyvn.application.search.fields import EVERYWHERE
from comfyvn.application.search.finding import Hit, Search, search
from comfyvn.application.search.patterns import Wording
from comfyvn.application.search.replacing import preview, replace_words
from comfyvn.application.search.wordage import wordage
from comfyvn.application.studio import plain
from comfyvn.interfaces.cli.changing import request
from comfyvn.interfaces.cli.output import DONE, Printer, counted, outcome_json, outcome_words, table
from comfyvn.interfaces.cli.tools import Tools

ALL = 10_000_000


def _wanted(args: Namespace) -> Search:
    where = frozenset(args.where) if args.where else EVERYWHERE
    return Search(Wording(args.text, args.regex, args.case, args.word), where, args.speaker, args.scene)


def find(tools: Tools, args: Namespace, out: Printer) -> int:
    """Find words in a project."""
    row = tools.branch(args.project, args.branch)
    found = search(tools.studio, row.id, _wanted(args), at=args.at, size=args.limit or ALL)
    words = [f"{_place(hit)}: {_marked(hit)}" for hit in found.items]
    out.result(plain(found), lambda: [*words, f"{counted(found.places, 'place')} in {counted(found.total, 'text')}."])
    return DONE


def replace(tools: Tools, args: Namespace, out: Printer) -> int:
    """Replace words in all that is found, or in some of it, as one change."""
    row = tools.branch(args.project, args.branch)
    wanted = _wanted(args)
    if args.preview:
        found = preview(tools.studio, row.id, wanted, args.replacement, size=ALL)
        items = [item for item in found.items if args.only is None or item.hit.id in args.only]
        words = [f"{item.hit.id}\n  - {item.hit.text}\n  + {item.after}" for item in items]
        out.result({**plain(found), "items": plain(items)}, lambda: words or ["Nothing is found."])
        return DONE
    outcome = replace_words(tools.studio, row.id, wanted, args.replacement, request(tools, args), args.only)
    out.result(outcome_json(outcome), lambda: outcome_words(outcome))
    return DONE


def words(tools: Tools, args: Namespace, out: Printer) -> int:
    """Count the words of a story."""
    row = tools.branch(args.project, args.branch)
    found = wordage(tools.studio, row.id, args.at)
    kinds = (
        *(("scene", s.title, s.lines, s.words) for s in found.scenes),
        *(("character", c.name or "(narrator)", c.lines, c.words) for c in found.characters),
        *(("language", n.language, n.lines, n.words) for n in found.languages),
    )
    total = f"{counted(found.words, 'word')} in {counted(found.lines, 'line')}, {found.minutes} minutes to read."
    out.result(plain(found), lambda: [*table(("", "name", "lines", "words"), kinds), total])
    return DONE


def _place(hit: Hit) -> str:
    return f"{hit.name} ({hit.entity}{f' {hit.part}' if hit.part else ''}){f' {hit.who}' if hit.who else ''}"


def _marked(hit: Hit) -> str:
    """Return a text with brackets around what was found."""
    text, end = "", 0
    for start, stop in hit.spans:
        text += f"{hit.text[end:start]}[{hit.text[start:stop]}]"
        end = stop
    return text + hit.text[end:]
