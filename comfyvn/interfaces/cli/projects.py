"""Commands for projects and their branches."""

from argparse import Namespace

from comfyvn.application import branching
from comfyvn.application.projects import found_project
from comfyvn.application.studio import find_project, plain, story_branches
from comfyvn.interfaces.cli.changing import request
from comfyvn.interfaces.cli.output import DONE, Printer, outcome_json, outcome_words, table
from comfyvn.interfaces.cli.tools import Tools


def new(tools: Tools, args: Namespace, out: Printer) -> int:
    """Found a project, empty or with the sample story."""
    row = found_project(tools.studio, args.name, request(tools, args))
    if args.sample:
        tools.fill_with_sample(tools.studio, row.main, request(tools, args))
    position = tools.studio.store.head(row.main)
    value = {"project": row.id, "name": row.name, "branch": "main", "position": position}
    out.result(value, lambda: [f"Project {row.name} ({row.id}) is ready."])
    return DONE


def projects(tools: Tools, args: Namespace, out: Printer) -> int:
    """List projects."""
    store = tools.studio.store
    rows = [(p, store.head(p.main), len(story_branches(tools.studio, p.id))) for p in store.projects()]
    out.result(
        [{**plain(p), "position": head, "branches": branches} for p, head, branches in rows],
        lambda: table(
            ("id", "name", "position", "branches", "founded"),
            [(p.id, p.name, h, b, p.created_at[:19]) for p, h, b in rows],
        ),
    )
    return DONE


def branch(tools: Tools, args: Namespace, out: Printer) -> int:
    """List, create, rename, close or reopen branches."""
    studio = tools.studio
    project = find_project(studio, args.project or tools.current_project())
    if args.verb == "list":
        rows = story_branches(studio, project.id)
        names = {row.id: row.name for row in rows}
        out.result(
            [plain(row) for row in rows],
            lambda: table(
                ("name", "id", "from", "at", ""),
                [
                    (r.name, r.id, names.get(r.parent or "", ""), r.fork_position or "", "closed" if r.closed else "")
                    for r in rows
                ],
            ),
        )
        return DONE
    if args.verb == "create":
        source = tools.branch(project.id, args.branch)
        at = None if args.at > studio.store.head(source.id) else args.at
        row = branching.fork(studio, source.id, args.name, request(tools, args), at)
        out.result(
            plain(row), lambda: [f"Branch {row.name} ({row.id}) grows from {source.name} at {row.fork_position}."]
        )
        return DONE
    row = tools.branch(project.id, args.name)
    if args.verb == "rename":
        outcome = branching.rename(studio, row.id, args.new_name, request(tools, args))
    elif args.verb == "close":
        outcome = branching.close(studio, row.id, request(tools, args))
    else:
        outcome = branching.reopen(studio, row.id, request(tools, args))
    out.result(outcome_json(outcome), lambda: outcome_words(outcome))
    return DONE
