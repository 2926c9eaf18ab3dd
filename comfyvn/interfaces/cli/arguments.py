"""The words of the command line."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from pathlib import Path

import comfyvn
from comfyvn.application.ports import LATEST


def parse(argv: list[str]) -> Namespace:
    """Return the arguments; leaves with exit code 2 and a usage line on wrong use."""
    return build().parse_args(argv)


def build() -> ArgumentParser:
    """Return the parser of all commands."""
    top = ArgumentParser("comfyvn", description="A studio for visual novels that loses nothing.")
    top.add_argument("--version", action="version", version=f"comfyvn {comfyvn.__version__}")
    everywhere = ArgumentParser(add_help=False)
    everywhere.add_argument("--json", action="store_true", help="print JSON only on standard output")
    everywhere.add_argument("--actor", help="who acts; default: the user of this machine")
    project = ArgumentParser(add_help=False, parents=[everywhere])
    project.add_argument("--project", metavar="NAME", help="id or name; default: the latest project")
    branch = ArgumentParser(add_help=False, parents=[project])
    branch.add_argument("--branch", metavar="NAME", help="name or id; default: the main branch")
    past = ArgumentParser(add_help=False, parents=[branch])
    past.add_argument("--at", type=_position, default=LATEST, metavar="POSITION", help="a past position")
    settling = ArgumentParser(add_help=False)
    settling.add_argument("--ours", action="append", default=[], metavar="CONFLICT", help="keep ours in this conflict")
    settling.add_argument("--theirs", action="append", default=[], metavar="CONFLICT", help="take theirs")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serving(commands, everywhere)
    _projects(commands, everywhere, project, branch, settling)
    _reading(commands, branch, past)
    _changing(commands, branch, settling)
    _store(commands, everywhere, project)
    return top


def _serving(commands: "_SubParsersAction[ArgumentParser]", everywhere: ArgumentParser) -> None:
    serve = commands.add_parser("serve", help="start the server", parents=[everywhere])
    serve.add_argument("--host")
    serve.add_argument("--port", type=_port)
    serve.add_argument("--server-only", action="store_true", help="no sample project and no browser")
    serve.add_argument("--server-url", metavar="URL", help="use a server that runs already")
    serve.add_argument("--server-reload", action="store_true", help="restart when the program's files change")
    serve.add_argument("--no-browser", action="store_true")
    serve.add_argument("-v", "--verbose", action="store_true")
    demo = commands.add_parser("demo", help="show a game going all the way", parents=[everywhere])
    demo.add_argument(
        "game", nargs="?", type=Path, help="folder of a Ren'Py game; default: The Question, else the sample"
    )


def _projects(
    commands: "_SubParsersAction[ArgumentParser]",
    everywhere: ArgumentParser,
    project: ArgumentParser,
    branch: ArgumentParser,
    settling: ArgumentParser,
) -> None:
    new = commands.add_parser("new", help="found a project", parents=[everywhere])
    new.add_argument("name")
    new.add_argument("--sample", action="store_true", help="begin with the bundled sample story")
    commands.add_parser("projects", help="list projects", parents=[everywhere])
    imported = commands.add_parser("import", help="import a game, or what changed in it", parents=[branch, settling])
    imported.add_argument("path", type=Path)
    exported = commands.add_parser("export", help="export a project", parents=[everywhere])
    targets = exported.add_subparsers(dest="target", required=True, metavar="TARGET")
    past = ArgumentParser(add_help=False, parents=[branch])
    past.add_argument("--at", type=_position, default=LATEST, metavar="POSITION", help="a past position")
    renpy = targets.add_parser("renpy", help="as a Ren'Py project", parents=[past])
    renpy.add_argument(
        "out", nargs="?", type=Path, metavar="OUT_DIR", help="default: renpy_project/PROJECT in the exports folder"
    )
    renpy.add_argument("--dry-run", action="store_true", help="check and list what would be written; write nothing")
    renpy.add_argument("--strict", action="store_true", help="refuse a story with errors")
    renpy.add_argument("--zip", type=Path, metavar="FILE", help="write the project as a zip file too")
    renpy.add_argument("--lint", action="store_true", help="let the installed engine check the project (runs its code)")
    renpy.add_argument(
        "--play-check", type=_count, default=0, metavar="N", help="let the engine play N times (runs its code)"
    )
    branches = commands.add_parser("branch", help="list, create, rename or close branches", parents=[everywhere])
    verbs = branches.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list branches", parents=[project])
    create = verbs.add_parser("create", help="fork a branch, now or at a past position", parents=[past])
    create.add_argument("name")
    rename = verbs.add_parser("rename", help="give a branch another name", parents=[project])
    rename.add_argument("name")
    rename.add_argument("new_name")
    for verb, what in (("close", "take no more changes"), ("reopen", "take changes again")):
        closing = verbs.add_parser(verb, help=what, parents=[project])
        closing.add_argument("name")


def _reading(commands: "_SubParsersAction[ArgumentParser]", branch: ArgumentParser, past: ArgumentParser) -> None:
    play = commands.add_parser("play", help="play once by a seed", parents=[past])
    play.add_argument("--start", metavar="SCENE", help="scene id or label")
    play.add_argument("--seed", type=int, default=0)
    play.add_argument("--choices", default="", metavar="0,1,0", help="picks of the first menus")
    play.add_argument("--max-steps", type=_count, default=100_000)
    play.add_argument("--interactive", "-i", action="store_true", help="ask at each menu")
    history = commands.add_parser("history", help="list the changes of a branch, newest first", parents=[past])
    history.add_argument("--limit", type=_count, default=None)
    show = commands.add_parser("show", help="show a project, or one entity as a document", parents=[past])
    show.add_argument("entity", nargs="?", metavar="KIND:ID", help="such as scene:start; a kind alone lists it")
    blame = commands.add_parser("blame", help="who last set what, and every version before", parents=[past])
    blame.add_argument("entity", metavar="KIND:ID")
    blame.add_argument("part", nargs="?", default=None, metavar="NODE", help="a line of a scene; without: all")
    diff = commands.add_parser("diff", help="compare two branches, or a branch with its past", parents=[past])
    diff.add_argument("--with", dest="other", metavar="BRANCH", help="the other branch; default: this one")
    diff.add_argument("--with-at", type=_position, default=LATEST, metavar="POSITION")


def _changing(commands: "_SubParsersAction[ArgumentParser]", branch: ArgumentParser, settling: ArgumentParser) -> None:
    do = commands.add_parser("do", help="give one command to one entity", parents=[branch])
    do.add_argument("name", metavar="COMMAND", help="such as story.reword-line")
    do.add_argument("entity", metavar="KIND:ID")
    do.add_argument("body", nargs="?", default="{}", metavar="JSON", help="the fields of the command; - reads them")
    do.add_argument("--expected", type=_count, default=None, metavar="VERSION", help="refuse if it has moved on")
    do.add_argument("--command-id", default=None, help="makes a retry harmless")
    for verb, what in (("undo", "take back your last change"), ("redo", "take back your last undo")):
        commands.add_parser(verb, help=what, parents=[branch, settling])
    revert = commands.add_parser("revert", help="take back any one change", parents=[branch, settling])
    revert.add_argument("commit")
    restore = commands.add_parser("restore", help="bring back a past state, as a new change", parents=[branch])
    restore.add_argument("position", type=_position)
    restore.add_argument("--only", action="append", default=None, metavar="KIND:ID")
    restore.add_argument("--part", default=None, metavar="NODE", help="one line of the one entity named by --only")
    merge = commands.add_parser("merge", help="merge another branch into this one", parents=[branch, settling])
    merge.add_argument("source")
    merge.add_argument("--only", action="append", default=None, metavar="KIND:ID")
    take = commands.add_parser("take", help="take over one change of another branch", parents=[branch, settling])
    take.add_argument("commit")


def _store(commands: "_SubParsersAction[ArgumentParser]", everywhere: ArgumentParser, project: ArgumentParser) -> None:
    commands.add_parser("verify", help="prove that no one altered the history", parents=[project])
    checkpoint = commands.add_parser("checkpoint", help="write or check a signed checkpoint file", parents=[everywhere])
    checkpoint.add_argument("file", type=Path)
    checkpoint.add_argument("--check", action="store_true", help="compare the database with the file")
    commands.add_parser("rebuild", help="refill the read models and prove them equal", parents=[everywhere])
    commands.add_parser("doctor", help="tell what is installed and whether it works", parents=[everywhere])


def _position(text: str) -> int:
    return _number(text, 0, LATEST)


def _count(text: str) -> int:
    return _number(text, 0, 10**9)


def _port(text: str) -> int:
    return _number(text, 1, 65535)


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
    return int(text)
