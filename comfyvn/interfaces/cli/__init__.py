"""The command line. Exit codes: 0 done, 1 a check failed, 2 wrong use, 3 conflicts, 4 refused or not found."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from comfyvn.domain.kernel import Conflict, Refused
from comfyvn.interfaces.cli.arguments import parse
from comfyvn.interfaces.cli.output import CONFLICTS, REFUSED, Printer

if TYPE_CHECKING:
    from comfyvn.interfaces.cli.tools import Tools

INTERRUPTED = 130
COLLISIONS = frozenset({"stale", "conflicts"})

Handler = Callable[["Tools", Namespace, Printer], int]

HANDLERS: Final = {
    "serve": "serving:serve",
    "worker": "jobs:worker",
    "jobs": "jobs:jobs",
    "demo": "demo:demo",
    "new": "projects:new",
    "projects": "projects:projects",
    "branch": "projects:branch",
    "import": "transfer:import_",
    "export": "exporting:export",
    "play": "reading:play",
    "test-story": "replaying:test_story",
    "analyse": "analysing:analyse",
    "graph": "analysing:graph",
    "history": "reading:history",
    "find": "searching:find",
    "words": "searching:words",
    "replace": "searching:replace",
    "show": "reading:show",
    "blame": "reading:blame",
    "diff": "reading:diff",
    "do": "changing:do",
    "undo": "changing:undo",
    "redo": "changing:redo",
    "revert": "changing:revert",
    "restore": "changing:restore",
    "merge": "changing:merge",
    "take": "changing:take",
    "verify": "storekeeping:verify",
    "checkpoint": "storekeeping:checkpoint",
    "verify-export": "proving:verify_export",
    "rebuild": "storekeeping:rebuild",
    "doctor": "storekeeping:doctor",
    "assets": "assets:assets",
    "review": "provenance:review",
    "tools": "extractors:tools",
    "licences": "provenance:licences",
    "disclosure": "provenance:disclosure",
    "credits": "provenance:credit_roll",
}
"""Command -> the module of this package and its function; a command imports only what it needs itself."""


def handler(command: str) -> Handler:
    """Return the function of a command."""
    module, _, name = HANDLERS[command].partition(":")
    found: Handler = getattr(import_module(f"{__name__}.{module}"), name)
    return found


def run(argv: Sequence[str], make_tools: "Callable[[], Tools]") -> int:
    """Run one command and return its exit code."""
    args = parse(list(argv))
    printer = Printer(args.json)
    try:
        return handler(args.command)(make_tools(), args, printer)
    except Refused as error:
        printer.refusal(error)
        return CONFLICTS if isinstance(error, Conflict) and error.code in COLLISIONS else REFUSED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        printer.refusal(Refused("file_unusable", f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")))
        return REFUSED
    except KeyboardInterrupt:
        printer.say("Stopped; nothing was left half done.")
        return INTERRUPTED
