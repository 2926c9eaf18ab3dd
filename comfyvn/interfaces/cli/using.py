"""Commands that tell where assets are used, where they come from, and what is missing or not used."""

from argparse import Namespace
from collections.abc import Iterable, Iterator
from functools import partial

from comfyvn.application.assets.exported import Exported, exports_with
from comfyvn.application.assets.listing import MAX_PAGE, Filter, page
from comfyvn.application.assets.registry import find
from comfyvn.application.assets.using import Lacks, Use, Uses, lacking, used, where_used
from comfyvn.application.ports import BranchRow
from comfyvn.application.provenance.lineage import Lineage
from comfyvn.application.provenance.lineage import lineage as lineage_of
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json, Missing
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, counted, table
from comfyvn.interfaces.cli.tools import Tools


def asset_named(tools: Tools, row: BranchRow, name: str, at: int) -> str:
    """Return the id of an asset that is given by its id, its content or its path. Raises Missing("asset_unknown")."""
    try:
        return find(tools.studio, row.id, name, at)[0]
    except Missing:
        heads = tools.studio.store.heads(row.id, "asset", at)
        for ref, body in heads.items():
            if body["path"] == name:
                return ref.id
        raise


def where(tools: Tools, args: Namespace, out: Printer) -> int:
    """List where an asset is used."""
    row = tools.branch(args.project, args.branch)
    asset = asset_named(tools, row, args.asset, args.at)
    found = where_used(tools.studio, row.id, asset, args.at, limit=args.limit)
    held = exports_with(tools.studio, tools.holding, row.id, asset, args.at)
    out.result({**plain(found), "exports": plain(held)}, lambda: [*_uses(found), *_exports(held)])
    return DONE


def lineage(tools: Tools, args: Namespace, out: Printer) -> int:
    """Print what a thing was made from and what was made from it."""
    row = tools.branch(args.project, args.branch)
    subject = args.asset if ":" in args.asset else f"asset:{asset_named(tools, row, args.asset, args.at)}"
    ways = {"up": args.direction != "down", "down": args.direction != "up"}
    found = lineage_of(tools.studio, row.id, subject, args.at, depth=args.depth, **ways)
    out.result(plain(found), lambda: _lineage(found))
    return DONE


def unused(tools: Tools, args: Namespace, out: Printer) -> int:
    """List the assets that nothing uses; 1 where there are some and that is a fault (`strict`)."""
    row = tools.branch(args.project, args.branch)
    wanted, uses = Filter(args.type, unused=True), partial(used, tools.studio)
    items: list[dict[str, Json]] = []
    cursor: str | None = None
    while True:
        found = page(tools.registry, row.id, wanted, uses, args.at, cursor, MAX_PAGE)
        items += found.items
        if (cursor := found.next) is None:
            break
    size = sum(item["bytes"] for item in items)
    out.result(
        {"items": items, "total": len(items), "bytes": size, "position": found.position},
        lambda: [
            *table(("id", "type", "bytes", "path"), [(i["id"], i["type"], i["bytes"], i["path_full"]) for i in items]),
            f"{counted(len(items), 'asset')} of {size} bytes that nothing uses.",
        ],
    )
    return CHECK_FAILED if args.strict and items else DONE


def missing(tools: Tools, args: Namespace, out: Printer) -> int:
    """List what the story names and nobody has registered; 1 where there is some and that is a fault (`strict`)."""
    row = tools.branch(args.project, args.branch)
    found = lacking(tools.studio, row.id, args.at, args.places)
    out.result(plain(found), lambda: _lacks(found))
    return CHECK_FAILED if args.strict and found.items else DONE


def _uses(found: Uses) -> Iterator[str]:
    yield from _places(found.items)
    more = f", of which {len(found.items)} are shown" if found.total > len(found.items) else ""
    yield f"{counted(found.total, 'use')} of asset:{found.asset}{more}."


def _exports(held: Iterable[Exported]) -> Iterator[str]:
    for one in held:
        content = "its present content" if one.current else "an earlier content"
        yield f"export {one.export.place} (position {one.export.position}) holds {content} as {one.export.path}"


def _lacks(found: Lacks) -> Iterator[str]:
    for lack in found.items:
        yield f"{lack.name}: {counted(lack.total, 'use')}"
        yield from (f"  {line}" for line in _places(lack.uses))
    yield f"{counted(found.total, 'name')} that nothing is registered for."
    if found.computed:
        yield "There is code that declares images whose names it computes: missing images may be among them."


def _places(uses: Iterable[Use]) -> Iterator[str]:
    for use in uses:
        title = f" ({use.title})" if use.title else ""
        text = f": {use.text}" if use.text else ""
        yield f"{use.subject}{title} {use.role} {use.name}".rstrip() + text


def _lineage(found: Lineage) -> Iterator[str]:
    edges = {(edge.source, edge.target): edge for edge in found.edges}
    for node in sorted(found.nodes, key=lambda node: (node.distance, node.id)):
        said = [edge for pair, edge in edges.items() if node.id == pair[1]]
        how = sorted({" ".join(filter(None, (edge.activity, edge.method, edge.tool, edge.model))) for edge in said})
        far = f"{node.distance:+d}" if node.distance else "->"
        words = (far, node.id, node.title, f"[{'; '.join(how)}]" if said else "")
        yield "  ".join(filter(None, words)) + ("" if node.there else "  (not here)")
    more = " and more" if found.more else ""
    yield f"{counted(len(found.nodes), 'thing')}, {counted(len(found.edges), 'step')}{more}."
