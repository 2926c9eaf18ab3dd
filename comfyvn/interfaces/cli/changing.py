"""Commands that change a branch: do, undo, redo, revert, restore, merge, take."""

import sys
from argparse import Namespace

import orjson

from comfyvn.application import branching
from comfyvn.application import history as steps
from comfyvn.application.conflicts import Side
from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Outcome, Request
from comfyvn.domain.kernel import COMMAND_TYPES, Missing, Refused
from comfyvn.interfaces.cli.output import CONFLICTS, DONE, Printer, outcome_json, outcome_words
from comfyvn.interfaces.cli.tools import Tools


def request(tools: Tools, args: Namespace) -> Request:
    """Return who asks."""
    return Request(actor=args.actor or tools.settings.actor)


def settled(args: Namespace) -> dict[str, Side]:
    """Return how conflicts are settled, by their ids."""
    ours: dict[str, Side] = dict.fromkeys(args.ours, "ours")
    theirs: dict[str, Side] = dict.fromkeys(args.theirs, "theirs")
    return ours | theirs


def _answer(outcome: Outcome, out: Printer) -> int:
    out.result(outcome_json(outcome), lambda: outcome_words(outcome))
    return CONFLICTS if outcome.conflicts else DONE


def do(tools: Tools, args: Namespace, out: Printer) -> int:
    """Give one command to one entity."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - the other commands start faster without it

    row = tools.branch(args.project, args.branch)
    ref = Ref.of(args.entity)
    decider = tools.studio.store.kinds.get(ref.kind)
    command_type = COMMAND_TYPES.get(args.name)
    if decider is None or command_type not in decider.commands:
        known = sorted(n for n, c in COMMAND_TYPES.items() if decider and c in decider.commands)
        raise Missing("command_unknown", f"A {ref.kind} knows no command {args.name!r}.", known=known)
    text = sys.stdin.read() if args.body == "-" else args.body
    try:
        command = TypeAdapter(command_type).validate_python(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise Refused("command_malformed", f"The body of {args.name} is no JSON: {error}.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
        raise Refused("command_malformed", f"The body does not fit {args.name}: {wrong}.") from error
    asked = Request(actor=args.actor or tools.settings.actor, expected=args.expected, command_id=args.command_id)
    return _answer(handle(tools.studio, row.id, ref, command, asked), out)


def undo(tools: Tools, args: Namespace, out: Printer) -> int:
    """Take back the actor's last change."""
    row = tools.branch(args.project, args.branch)
    return _answer(steps.undo(tools.studio, row.id, request(tools, args), settled(args)), out)


def redo(tools: Tools, args: Namespace, out: Printer) -> int:
    """Take back the actor's last undo."""
    row = tools.branch(args.project, args.branch)
    return _answer(steps.redo(tools.studio, row.id, request(tools, args), settled(args)), out)


def revert(tools: Tools, args: Namespace, out: Printer) -> int:
    """Take back any one change."""
    row = tools.branch(args.project, args.branch)
    return _answer(steps.revert(tools.studio, row.id, args.commit, request(tools, args), settled(args)), out)


def restore(tools: Tools, args: Namespace, out: Printer) -> int:
    """Bring back a past state."""
    row = tools.branch(args.project, args.branch)
    only = None if args.only is None else [Ref.of(name) for name in args.only]
    if args.part is not None and (only is None or len(only) != 1):
        raise Refused("part_without_entity", "--part names a line of the one entity that --only names.")
    outcome = steps.restore(tools.studio, row.id, args.position, request(tools, args), only, args.part)
    return _answer(outcome, out)


def merge(tools: Tools, args: Namespace, out: Printer) -> int:
    """Merge another branch into this one."""
    target = tools.branch(args.project, args.branch)
    source = tools.branch(target.project, args.source)
    only = None if args.only is None else [Ref.of(name) for name in args.only]
    asked = request(tools, args)
    return _answer(branching.merge(tools.studio, source.id, target.id, asked, settled(args), only), out)


def take(tools: Tools, args: Namespace, out: Printer) -> int:
    """Take over one change of another branch."""
    row = tools.branch(args.project, args.branch)
    return _answer(branching.take(tools.studio, row.id, args.commit, request(tools, args), settled(args)), out)
