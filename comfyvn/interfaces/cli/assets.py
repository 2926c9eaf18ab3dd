"""Commands for the registry of assets."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial

from comfyvn.application.assets.checking import Checked, check
from comfyvn.application.assets.checking import rebuild as make_again
from comfyvn.application.assets.gathering import Gathered, Order, gather
from comfyvn.application.assets.listing import Filter, page
from comfyvn.application.assets.registry import Registry, find, rows
from comfyvn.application.assets.shelving import make_thumbnail
from comfyvn.application.assets.using import used
from comfyvn.application.ports import Ref
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json
from comfyvn.interfaces.cli import using
from comfyvn.interfaces.cli.changing import request
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, counted, table
from comfyvn.interfaces.cli.tools import Tools
from comfyvn.interfaces.cli.using import asset_named


def assets(tools: Tools, args: Namespace, out: Printer) -> int:
    """Run one of the commands for assets."""
    return VERBS[args.verb](tools, args, out)


def add(tools: Tools, args: Namespace, out: Printer) -> int:
    """Register files and folders; then make their thumbnails."""
    row = tools.branch(args.project, args.branch)
    registry = tools.registry
    meta: dict[str, Json] = {
        key: value
        for key, value in (("license", args.license), ("author", args.author), ("origin", args.origin))
        if value is not None
    }
    gathered = []
    for path in args.paths:
        order = Order(tools.open_source(path), args.under, args.type, meta, tuple(args.tag), args.replace)
        gathered.append(gather(registry, row.id, order, request(tools, args), out.progress))
    ids = [asset_id for one in gathered for asset_id in one.ids]
    _thumbnails(registry, row.id, ids, out)
    refused = [turned for one in gathered for turned in one.refused]
    value = {
        "position": gathered[-1].position,
        "files": sum(one.files for one in gathered),
        "commits": [commit for one in gathered for commit in one.commits],
        "assets": ids,
        "refused": plain(refused),
    }
    out.result(value, lambda: _added(value, gathered))
    return CHECK_FAILED if refused else DONE


def _thumbnails(registry: Registry, branch: str, ids: list[str], out: Printer) -> None:
    found = registry.studio.store.heads(branch, "asset")
    for n, asset_id in enumerate(ids, 1):
        make_thumbnail(registry, found[Ref("asset", asset_id)])
        out.progress("thumbnails", n, len(ids))


def _added(value: Json, gathered: list[Gathered]) -> Iterator[str]:
    yield f"{counted(len(value['assets']), 'asset')} of {counted(value['files'], 'file')}, now at {value['position']}."
    for one in gathered:
        yield from (f"  refused: {turned.path}: {turned.message} [{turned.code}]" for turned in one.refused)


def list_(tools: Tools, args: Namespace, out: Printer) -> int:
    """List assets."""
    row = tools.branch(args.project, args.branch)
    wanted = Filter(args.type, args.tag, args.license, args.rating, args.text, args.unused, args.missing)
    found = page(tools.registry, row.id, wanted, partial(used, tools.studio), args.at, limit=args.limit)
    out.result(
        plain(found),
        lambda: table(
            ("id", "type", "bytes", "path"), [(i["id"], i["type"], i["bytes"], i["path_full"]) for i in found.items]
        ),
    )
    return DONE


def show(tools: Tools, args: Namespace, out: Printer) -> int:
    """Show one asset as the registry knows it."""
    row = tools.branch(args.project, args.branch)
    asset_id = asset_named(tools, row, args.asset, args.at)
    asset = find(tools.studio, row.id, asset_id, args.at)[1]
    shown = rows(tools.studio, row.id, [(asset_id, asset)], args.at)[0]
    out.result(shown, lambda: [f"{key}: {value}" for key, value in shown.items()])
    return DONE


def verify(tools: Tools, args: Namespace, out: Printer) -> int:
    """Compare all files with the history."""
    found = check(tools.registry, out.progress, deep=not args.quick)
    out.result(plain(found), lambda: _flaws(found))
    return DONE if found.ok else CHECK_FAILED


def _flaws(found: Checked) -> Iterator[str]:
    state = "all is well" if found.ok else "NOT all is well"
    yield f"{counted(found.versions, 'version')} of assets, {counted(found.blobs, 'content')}: {state}."
    for flaw in found.flaws:
        where = " ".join(filter(None, (flaw.project, flaw.asset and f"asset:{flaw.asset}", flaw.place, flaw.hash)))
        yield f"  {flaw.severity}: {where}: {flaw.message} [{flaw.code}]"


def rebuild(tools: Tools, args: Namespace, out: Printer) -> int:
    """Make the derived files of all assets again."""
    done = make_again(tools.registry, out.progress, args.collect)
    out.result(
        plain(done),
        lambda: [
            f"{counted(done.views, 'view')} repaired, {counted(done.thumbs, 'thumbnail')} made, "
            f"{counted(done.strays, 'stray')} cleared away, {counted(done.collected, 'content')} collected.",
            *(f"  kept: {digest}" for digest in done.kept),
        ],
    )
    return DONE


VERBS: dict[str, Callable[[Tools, Namespace, Printer], int]] = {
    "add": add,
    "list": list_,
    "show": show,
    "where-used": using.where,
    "lineage": using.lineage,
    "unused": using.unused,
    "missing": using.missing,
    "verify": verify,
    "rebuild": rebuild,
}
