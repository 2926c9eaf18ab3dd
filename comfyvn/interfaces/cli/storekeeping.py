"""Commands for the store as a whole: verify, checkpoint, rebuild, doctor."""

import platform
import shutil
from argparse import Namespace

import comfyvn
from comfyvn.application.studio import find_project, plain
from comfyvn.domain.kernel import Json, Refused
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer
from comfyvn.interfaces.cli.tools import Tools


def verify(tools: Tools, args: Namespace, out: Printer) -> int:
    """Prove that no one altered the history."""
    project = find_project(tools.studio, args.project).id if args.project else None
    found = tools.store_tools(tools.studio).verify(project)
    bad = found.first_bad
    value = {"ok": bad is None, "commits": found.commits, "events": found.events, "first_bad": plain(bad)}
    out.result(
        value,
        lambda: [
            f"{found.commits} commits, {found.events} events: "
            + ("the history is whole." if bad is None else f"NOT whole: {bad.message} [{bad.code}]")
        ],
    )
    return DONE if bad is None else CHECK_FAILED


def checkpoint(tools: Tools, args: Namespace, out: Printer) -> int:
    """Write a signed checkpoint, or compare the database with one."""
    keeper = tools.store_tools(tools.studio)
    if not args.check:
        written = keeper.checkpoint(args.file)
        out.result(written, lambda: [f"Wrote {args.file}."])
        return DONE
    found = keeper.check(args.file)
    words = "The history goes on from the checkpoint." if found["ok"] else found["first_bad"]["message"]
    out.result(found, lambda: [words])
    return DONE if found["ok"] else CHECK_FAILED


def rebuild(tools: Tools, args: Namespace, out: Printer) -> int:
    """Refill the read models and compare them with what was there."""
    done = tools.store_tools(tools.studio).rebuild(out.progress)
    words = "equal to what was there" if done["equal"] else f"DIFFERENT: {done['first_difference']}"
    out.result(done, lambda: [f"{done['rows']} rows refilled, {words}."])
    return DONE if done["equal"] else CHECK_FAILED


def doctor(tools: Tools, args: Namespace, out: Printer) -> int:
    """Tell what is installed and whether it works."""
    settings = tools.settings
    checks: list[dict[str, Json]] = [
        {"name": "comfyvn", "ok": True, "says": comfyvn.__version__},
        {"name": "python", "ok": True, "says": platform.python_version()},
        {"name": "data", "ok": True, "says": str(settings.data_dir)},
    ]
    try:
        projects = len(tools.studio.store.projects())
        kind = settings.database_url.partition(":")[0]
        checks.append({"name": "database", "ok": True, "says": f"{kind}, {projects} projects"})
    except Refused as error:
        checks.append({"name": "database", "ok": False, "says": str(error)})
    for program, use in (("renpy", "plays and checks exported Ren'Py projects"), ("postgres", "serves teams")):
        path = shutil.which(program) or shutil.which(program, path="/usr/games")
        checks.append({"name": program, "ok": True, "says": path or f"not installed (optional: {use})"})
    out.result(checks, lambda: [f"{'ok ' if c['ok'] else 'BAD'}  {c['name']}: {c['says']}" for c in checks])
    return DONE if all(c["ok"] for c in checks) else CHECK_FAILED
