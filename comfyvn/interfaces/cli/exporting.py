"""The command that brings stories out: export."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from comfyvn.application.exports import Exported, StoryView, story_view
from comfyvn.application.provenance.evidence import gather
from comfyvn.application.studio import plain
from comfyvn.application.validation import StoryFinding, errors, validate
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, counted
from comfyvn.interfaces.cli.tools import Exporter, Tools

LOG = Path("renpy", "validation.log")
"""Where the engine's words go, below the exports folder."""


def export(tools: Tools, args: Namespace, out: Printer) -> int:
    """Check a branch and write it as a project of another engine; the installed engine may check what was written."""
    if args.dry_run and (args.zip or args.lint or args.play_check or args.from_labels):
        raise Refused("options_unfit", "A dry run writes nothing, so there is nothing to bundle, lint or play.")
    row = tools.branch(args.project, args.branch)
    signing = tools.signing() if args.sign and not args.dry_run else None
    view = story_view(tools.studio, row.id, args.at, stamped=args.stamps, signed=signing is not None)
    exporter = tools.exporters()[args.target]
    found = validate(view)
    if args.strict and errors(found):
        message = f"The story has {counted(errors(found), 'error')}; nothing was written."
        raise Refused("story_invalid", message, findings=plain(found))
    target = args.out or tools.settings.exports_dir / "renpy_project" / row.project
    if args.dry_run:
        done = exporter.plan(view)
    else:
        seal = tools.seal(gather(tools.studio, view, args.target, found))
        done = exporter.write(view, target, tools.blobs.open, out.progress, seal, signing)
        if args.zip:
            exporter.bundle(view, args.zip, tools.blobs.open, seal, signing)
    log = tools.settings.exports_dir / LOG
    checks = _checked(exporter, view, target, args, log)
    value = {**plain(done), "folder": str(target), "written": not args.dry_run, "findings": plain(found), **checks}
    out.result(value, lambda: _words(done, target, args, found, checks))
    return DONE if all(check["ok"] for check in checks.values()) else CHECK_FAILED


def _checked(exporter: Exporter, view: StoryView, folder: Path, args: Namespace, log: Path) -> dict[str, Any]:
    """Let the engine check the project, as asked, and keep what it says in a file."""
    checks: dict[str, Any] = {}
    if args.lint:
        checks["lint"] = exporter.lint(folder)
    if args.play_check or args.from_labels:
        checks["play"] = exporter.play(view, folder, range(args.play_check), args.from_labels)
    if checks:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("\n".join(_told(checks)) + "\n", "utf-8")
    return {name: {**check, "log": str(log)} for name, check in checks.items()}


def _told(checks: dict[str, Any]) -> Iterator[str]:
    if "lint" in checks:
        yield f"lint: exit code {checks['lint']['code']}"
        yield checks["lint"]["report"]
    for play in checks.get("play", {}).get("plays", ()):
        begin = f"from {play['start']}" if play["start"] else play["seed"]
        yield f"play {begin}: {play['why']}, {play['says']} lines, {play['menus']} menus, picks {play['picks']}"
        if "traceback" in play:
            yield play["traceback"]
    for item in checks.get("play", {}).get("coverage", {}).get("of", ()):
        yield f"option {_named(item)}: shown {item['shown']}, picked {item['picked']}"


def _named(item: dict[str, Any]) -> str:
    return f"{item['scene']} {item['node']} {item['text']!r}"


def _words(
    done: Exported, target: Path, args: Namespace, found: tuple[StoryFinding, ...], checks: dict[str, Any]
) -> Iterator[str]:
    verb = "Would write" if args.dry_run else "Wrote"
    yield f"{verb} {counted(len(done.files), 'file')} to {target}: {done.scenes} scenes, {done.lines} lines."
    if args.dry_run:
        yield from (f"  {path}" for path in done.files)
    for one in found:
        yield f"  {one.severity}: {one.scene or ''} {one.node or ''}: {one.message} [{one.code}]"
    yield from (f"  note: {w.scene or ''} {w.node or ''}: {w.message} [{w.code}]" for w in done.warnings)
    if args.zip:
        yield f"Bundled as {args.zip}."
    for name, check in checks.items():
        yield f"{name}: {'fine' if check['ok'] else 'FAILED'}; see {check['log']}"
    if "play" in checks:
        yield from _reached(checks["play"])


def _reached(check: dict[str, Any]) -> Iterator[str]:
    """Tell which options of menus the plays reached, and which plays from labels ended badly."""
    menus, items = check["coverage"]["menus"], check["coverage"]["items"]
    options = counted(items["all"], "option")
    yield f"Played {menus['reached']} of {menus['all']} menus and {items['picked']} of {options}."
    for item in check["coverage"]["of"]:
        if not item["picked"]:
            yield f"  never picked: {_named(item)}, shown {item['shown']} times"
    for play in check["plays"]:
        if play["start"] and play["why"] in ("crashed", "timeout"):
            yield f"  note: the play from {play['start']} {play['why']}; it may miss what is set before"
