"""The words of the command line."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from pathlib import Path
from typing import get_args

import comfyvn
from comfyvn.application.jobs.job import JobStatus
from comfyvn.application.ports import LATEST
from comfyvn.application.reading import OutOfCharacter
from comfyvn.application.search.fields import EVERYWHERE
from comfyvn.domain.assets import AssetType


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
    _assets(commands, everywhere, branch, past)
    _provenance(commands, branch, past)
    _extractors(commands, everywhere)
    return top


def _serving(commands: "_SubParsersAction[ArgumentParser]", everywhere: ArgumentParser) -> None:
    serve = commands.add_parser("serve", help="start the server", parents=[everywhere])
    serve.add_argument("--host")
    serve.add_argument("--port", type=_port)
    serve.add_argument("--server-only", action="store_true", help="no sample project and no browser")
    serve.add_argument("--server-url", metavar="URL", help="use a server that runs already")
    serve.add_argument("--server-reload", action="store_true", help="restart when the program's files change")
    serve.add_argument("--no-browser", action="store_true")
    serve.add_argument("--window", action="store_true", help="open a window of its own instead of the browser")
    serve.add_argument("-v", "--verbose", action="store_true")
    worker = commands.add_parser("worker", help="run jobs of this database until stopped", parents=[everywhere])
    worker.add_argument("--name", help="a new start under a name goes on with what the last one had; default: HOST-PID")
    worker.add_argument("--device", action="append", default=[], help="take jobs for it too, one at a time: gpu0")
    worker.add_argument("--slots", type=_slots, default=None, metavar="N", help="run N other jobs at a time")
    worker.add_argument("--attached", action="store_true", help="end when standard input ends")
    _jobs(commands, everywhere)
    demo = commands.add_parser("demo", help="show a game going all the way", parents=[everywhere])
    demo.add_argument(
        "game", nargs="?", type=Path, help="folder of a Ren'Py game; default: The Question, else the sample"
    )


def _jobs(commands: "_SubParsersAction[ArgumentParser]", everywhere: ArgumentParser) -> None:
    jobs = commands.add_parser("jobs", help="what the server and its workers do in the background")
    verbs = jobs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="list jobs, the latest first", parents=[everywhere])
    listed.add_argument("--type", default=None, help="such as import")
    listed.add_argument("--status", choices=get_args(JobStatus), default=None)
    listed.add_argument("--limit", type=_count, default=50)
    show = verbs.add_parser("show", help="tell how far a job is", parents=[everywhere])
    show.add_argument("job")
    show.add_argument("--wait", action="store_true", help="show how it goes on until it is over")
    for verb, what in (
        ("log", "print the log of a job"),
        ("cancel", "ask a job to stop"),
        ("retry", "try a job again that failed or was cancelled"),
    ):
        verbs.add_parser(verb, help=what, parents=[everywhere]).add_argument("job")


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
    imported.add_argument(
        "--policy",
        choices=("merge", "replace", "fail", "branch"),
        default="merge",
        help="what becomes of a project that is there: merge what changed (the default), replace it, fail, "
        "or import into a new branch",
    )
    imported.add_argument("--dry-run", action="store_true", help="say what would come; write nothing")
    imported.add_argument("--engine", metavar="NAME", help="the reader; default: the one that knows the files best")
    imported.add_argument(
        "--encoding",
        action="append",
        default=[],
        type=_pair,
        metavar="PATTERN=ENCODING",
        help="how files are written, such as scenario/*.ks=cp932; default: found out",
    )
    imported.add_argument(
        "--extractor", metavar="NAME", help="let this registered program unpack the file first; see `tools`"
    )
    imported.add_argument(
        "--script-speaker",
        action="append",
        metavar="WAY",
        help="how KAG scripts say who speaks, such as '[nm t={name}]'",
    )
    chats = imported.add_argument_group("chats")
    chats.add_argument(
        "--speaker", action="append", metavar="WAY", help="how messages begin in plain text, such as '{name}> {text}'"
    )
    chats.add_argument("--narrator", action="append", metavar="NAME", help="words under this name are narration")
    chats.add_argument("--player", metavar="NAME", help="who 'user' and 'you' are")
    chats.add_argument("--gap", type=float, metavar="MINUTES", help="silence before a new scene; 0: never")
    chats.add_argument("--no-headings", dest="headings", action="store_false", help="headings begin no scene")
    chats.add_argument("--no-backgrounds", dest="backgrounds", action="store_false", help="places begin no scene")
    chats.add_argument("--ooc", choices=get_args(OutOfCharacter), help="what becomes of words out of character")
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
    renpy.add_argument("--no-stamps", dest="stamps", action="store_false", help="write assets as they are, unstamped")
    renpy.add_argument(
        "--sign",
        action="store_true",
        help="sign media and bundle with content credentials (C2PA); they differ each time",
    )
    renpy.add_argument("--zip", type=Path, metavar="FILE", help="write the project as a zip file too")
    renpy.add_argument("--lint", action="store_true", help="let the installed engine check the project (runs its code)")
    renpy.add_argument(
        "--play-check", type=_count, default=0, metavar="N", help="let the engine play N times (runs its code)"
    )
    renpy.add_argument("--from-labels", action="store_true", help="let the engine also play once from every label")
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
    play.add_argument("--start", metavar="SCENE", help="scene id, label or SCENE:NODE")
    play.add_argument("--seed", type=int, default=0)
    play.add_argument("--choices", default="", metavar="0,1,0", help="picks of the first menus")
    play.add_argument("--max-steps", type=_count, default=100_000)
    play.add_argument("--interactive", "-i", action="store_true", help="ask at each menu")
    analyse = commands.add_parser(
        "analyse", help="what readers can reach, how likely, and what not and why", parents=[past]
    )
    analyse.add_argument("--start", metavar="SCENE", help="scene id, label or SCENE:NODE where plays begin")
    analyse.add_argument("--moments", type=_count, default=100_000, metavar="N", help="visit at most N moments")
    analyse.add_argument(
        "--plays", type=_count, default=1_000, metavar="N", help="sample N plays where that is not enough"
    )
    told = analyse.add_mutually_exclusive_group()
    told.add_argument("--scene", metavar="SCENE", help="the facts of each node of one scene")
    told.add_argument("--heat", action="store_true", help="how often each scene is met in one play on average")
    told.add_argument("--to", metavar="SCENE:NODE", help="the shortest list of choices to a line")
    analyse.add_argument("--option", metavar="EDGE", help="with --to a choice: the way on which this option is picked")
    commands.add_parser("graph", help="how the scenes lead to each other: jumps, calls, falls", parents=[past])
    testing = commands.add_parser("test-story", help="play all recorded playthroughs again", parents=[past])
    testing.add_argument("--route", action="store_true", help="the way counts, not the words")
    history = commands.add_parser("history", help="list the changes of a branch, newest first", parents=[past])
    history.add_argument("--limit", type=_count, default=None)
    history.add_argument("--by", default=None, metavar="ACTOR", help="only what one actor did")
    history.add_argument("--of", default=None, metavar="KIND:ID", help="only what changed one entity")
    history.add_argument("--text", default="", help="only what holds it: in the name, the message, an entity's name")
    commands.add_parser("words", help="count the words, by scene, character and language", parents=[past])
    find = commands.add_parser("find", help="find words anywhere in a project", parents=[past])
    _wording(find)
    find.add_argument("--limit", type=_count, default=None)
    show = commands.add_parser("show", help="show a project, or one entity as a document", parents=[past])
    show.add_argument("entity", nargs="?", metavar="KIND:ID", help="such as scene:start; a kind alone lists it")
    blame = commands.add_parser("blame", help="who last set what, and every version before", parents=[past])
    blame.add_argument("entity", metavar="KIND:ID")
    blame.add_argument("part", nargs="?", default=None, metavar="NODE", help="a line of a scene; without: all")
    diff = commands.add_parser("diff", help="compare two branches, or a branch with its past", parents=[past])
    diff.add_argument("--with", dest="other", metavar="BRANCH", help="the other branch; default: this one")
    diff.add_argument("--with-at", type=_position, default=LATEST, metavar="POSITION")
    diff.add_argument("--prose", action="store_true", help="by scene and line, with the words that differ marked")


def _wording(parser: ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--regex", action="store_true", help="the text is an expression; the syntax is that of RE2")
    parser.add_argument("--case", action="store_true", help="capitals count")
    parser.add_argument("--word", action="store_true", help="whole words only")
    parser.add_argument("--in", dest="where", action="append", choices=sorted(EVERYWHERE), default=None)
    parser.add_argument("--speaker", default=None, metavar="CHARACTER")
    parser.add_argument("--scene", default=None, metavar="SCENE")


def _changing(commands: "_SubParsersAction[ArgumentParser]", branch: ArgumentParser, settling: ArgumentParser) -> None:
    do = commands.add_parser("do", help="give one command to one entity", parents=[branch])
    do.add_argument("name", metavar="COMMAND", help="such as story.reword-line")
    do.add_argument("entity", metavar="KIND:ID")
    do.add_argument("body", nargs="?", default="{}", metavar="JSON", help="the fields of the command; - reads them")
    do.add_argument("--expected", type=_count, default=None, metavar="VERSION", help="refuse if it has moved on")
    do.add_argument("--command-id", default=None, help="makes a retry harmless")
    replacing = commands.add_parser("replace", help="put other words for those that are found", parents=[branch])
    _wording(replacing)
    replacing.add_argument("replacement", metavar="WORDS", help=r"with --regex, \1 or \g<name> is what a group found")
    replacing.add_argument("--preview", action="store_true", help="show what would be replaced, and write nothing")
    replacing.add_argument(
        "--only", action="append", default=None, metavar="HIT", help="the id of a hit, as often as one likes"
    )
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
    proven = commands.add_parser("verify-export", help="prove that an export is what was written", parents=[everywhere])
    proven.add_argument("path", type=Path, metavar="DIR|ZIP")
    proven.add_argument("--alone", action="store_true", help="do not ask the database, only the export itself")
    proven.add_argument("--key", metavar="HEX", help="the public key that must have signed it")
    commands.add_parser("rebuild", help="refill the read models and prove them equal", parents=[everywhere])
    commands.add_parser("doctor", help="tell what is installed and whether it works", parents=[everywhere])


def _assets(
    commands: "_SubParsersAction[ArgumentParser]",
    everywhere: ArgumentParser,
    branch: ArgumentParser,
    past: ArgumentParser,
) -> None:
    assets = commands.add_parser("assets", help="pictures, sounds and other files of a project")
    verbs = assets.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = verbs.add_parser("add", help="register files, and folders with all that is in them", parents=[branch])
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--under", default="", metavar="FOLDER", help="put before the names of the files")
    add.add_argument("--type", choices=get_args(AssetType), default=None, help="default: as the content says")
    add.add_argument("--tag", action="append", default=[])
    add.add_argument("--license", metavar="SPDX", help="such as CC-BY-4.0")
    add.add_argument("--author")
    add.add_argument("--origin", metavar="TEXT", help="where it is from")
    add.add_argument("--replace", action="store_true", help="an asset of the same name takes the new content")
    listed = verbs.add_parser("list", help="list assets", parents=[past])
    for option in ("tag", "license", "rating", "text"):
        listed.add_argument(f"--{option}", default=None)
    listed.add_argument("--type", choices=get_args(AssetType), default=None)
    listed.add_argument("--unused", action="store_true", default=None, help="those that nothing uses")
    listed.add_argument("--missing", action="store_true", default=None, help="those whose content is gone")
    listed.add_argument("--limit", type=_count, default=500)
    show = verbs.add_parser("show", help="show one asset", parents=[past])
    show.add_argument("asset", help="id, path, or the hash of its content")
    where = verbs.add_parser("where-used", help="list where an asset is used", parents=[past])
    where.add_argument("asset", help="id, path, or the hash of its content")
    where.add_argument("--limit", type=_count, default=500)
    lineage = verbs.add_parser("lineage", help="tell what a thing was made from, and what from it", parents=[past])
    lineage.add_argument("asset", help="an asset by id, path or hash, or a subject such as scene:ID/NODE")
    lineage.add_argument("--direction", choices=("both", "up", "down"), default="both", help="up: what came before")
    lineage.add_argument("--depth", type=_count, default=None, metavar="N", help="at most N steps away")
    unused = verbs.add_parser("unused", help="list the assets that nothing uses", parents=[past])
    unused.add_argument("--type", choices=get_args(AssetType), default=None)
    missing = verbs.add_parser("missing", help="list what the story names and nobody registered", parents=[past])
    missing.add_argument("--places", type=_count, default=5, metavar="N", help="show N places of each")
    for one in (unused, missing):
        one.add_argument("--strict", action="store_true", help="leave with 1 where there are some")
    checked = verbs.add_parser("verify", help="compare all files with the history", parents=[everywhere])
    checked.add_argument("--quick", action="store_true", help="do not read the bytes of the contents")
    again = verbs.add_parser("rebuild", help="make views, sidecars and thumbnails again", parents=[everywhere])
    again.add_argument("--collect", action="store_true", help="take away contents that nothing names since a day")


def _provenance(commands: "_SubParsersAction[ArgumentParser]", branch: ArgumentParser, past: ArgumentParser) -> None:
    commands.add_parser("licences", help="tell what each asset is under, and what collides", parents=[past])
    rolled = commands.add_parser("credits", help="print the credits", parents=[past])
    rolled.add_argument(
        "--format",
        choices=("text", "markdown", "renpy", "prov"),
        default="text",
        help="renpy: a screen; prov: PROV-JSON of all",
    )
    review = commands.add_parser("review", help="look at what machines wrote, and decide on it", parents=[branch])
    review.add_argument("--by", choices=("import", "model"), default=None)
    for decision, what in (("accept", "leave a line as it is"), ("reject", "bring back what was there before")):
        review.add_argument(f"--{decision}", action="append", default=[], metavar="LINE", help=f"{what}, or all")
    told = commands.add_parser("disclosure", help="tell how much models made, and draft the note", parents=[past])
    told.add_argument("--strict", action="store_true", help="leave with 1 where something generated is not labelled")
    told.add_argument("--evidence", type=_count, default=1000, metavar="N", help="list at most N pieces of evidence")


def _extractors(commands: "_SubParsersAction[ArgumentParser]", everywhere: ArgumentParser) -> None:
    tools = commands.add_parser("tools", help="external programs that unpack archives", parents=[everywhere])
    verbs = tools.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list those that are registered", parents=[everywhere])
    verbs.add_parser("catalogue", help="list those that are known, with licence and source", parents=[everywhere])
    for verb, what in (("show", "show a registered program"), ("remove", "forget a program")):
        verbs.add_parser(verb, help=what, parents=[everywhere]).add_argument("name")
    install = verbs.add_parser("install", help="register a program of the catalogue", parents=[everywhere])
    install.add_argument("name")
    install.add_argument("path", nargs="?", type=Path, help="where it lies; default: the download that is pinned")
    install.add_argument("--acknowledge", metavar="ID", help="you have read its licence and source; ID stands for them")
    register = verbs.add_parser("register", help="register any other program", parents=[everywhere])
    register.add_argument("name")
    register.add_argument("path", type=Path)
    register.add_argument(
        "--call",
        action="append",
        required=True,
        metavar="WORD",
        help="an argument, once for each: {input} is the file, {output} the folder; --call=-x for one with a dash",
    )
    register.add_argument("--licence", required=True)
    register.add_argument("--source", required=True, metavar="URL", help="where it comes from")
    register.add_argument(
        "--version-call", action="append", default=[], metavar="WORD", help="makes it say its version"
    )
    register.add_argument("--unpacks", action="append", default=[], metavar="KIND", help="what it unpacks")
    register.add_argument("--warning", action="append", default=[], metavar="TEXT")
    for one in (install, register):
        one.add_argument("--unconfined", action="store_true", help="run it even where nothing keeps it from doing harm")


def _pair(text: str) -> tuple[str, str]:
    pattern, sign, encoding = text.rpartition("=")
    if not (sign and pattern and encoding):
        raise ArgumentTypeError(f"{text!r} is no PATTERN=ENCODING")
    return pattern, encoding


def _position(text: str) -> int:
    return _number(text, 0, LATEST)


def _count(text: str) -> int:
    return _number(text, 0, 10**9)


def _slots(text: str) -> int:
    return _number(text, 1, 256)


def _port(text: str) -> int:
    return _number(text, 1, 65535)


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
    return int(text)
