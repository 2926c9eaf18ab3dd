"""The commands for external programs: tools."""

from argparse import Namespace
from collections.abc import Iterator

from comfyvn.application.extractors import (
    Confinement,
    Extractor,
    Extractors,
    Installation,
    KnownExtractor,
    Registration,
)
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.cli.output import DONE, Printer, table
from comfyvn.interfaces.cli.tools import Tools


def tools(studio: Tools, args: Namespace, out: Printer) -> int:
    """List, show, register, install or forget external programs."""
    found = studio.extractors()
    if args.verb == "list":
        _list(found, out)
    elif args.verb == "catalogue":
        known = found.known()
        out.result({"items": plain(known)}, lambda: (row for one in known for row in _known_words(one)))
    elif args.verb == "remove":
        found.remove(args.name)
        out.result({"removed": args.name}, lambda: [f"Forgot {args.name}."])
    else:
        made = found.find(args.name) if args.verb == "show" else _added(found, args, out)
        out.result(plain(made), lambda: _words(made))
    return DONE


def _list(found: Extractors, out: Printer) -> None:
    rows, held = found.registered(), found.confinement()
    head = ("name", "version", "licence", "state", "path")
    out.result(
        {"items": plain(rows), "confinement": plain(held)},
        lambda: [*table(head, [[getattr(row, name) for name in head] for row in rows]), *_held_words(held)],
    )


def _added(found: Extractors, args: Namespace, out: Printer) -> Extractor:
    if args.verb == "register":
        return found.register(
            Registration(
                name=args.name,
                path=str(args.path.absolute()),
                argv=tuple(args.call),
                licence=args.licence,
                source=args.source,
                version_argv=tuple(args.version_call),
                containers=tuple(args.unpacks),
                warnings=tuple(args.warning),
                unconfined=args.unconfined,
            )
        )
    path = str(args.path.absolute()) if args.path else None
    asked = Installation(args.name, path, args.acknowledge is not None, args.acknowledge or "", args.unconfined)
    try:
        return found.install(asked)
    except Refused as refusal:
        if refusal.code == "licence_not_acknowledged":
            out.say(f"{refusal.details['text']}\nIf you agree: --acknowledge {refusal.details['licence_id']}")
        raise


def _words(tool: Extractor) -> Iterator[str]:
    yield f"{tool.name} {tool.version or '(says no version)'}: {tool.path} [{tool.state}]"
    yield f"licence {tool.licence}, from {tool.source}; SHA-256 {tool.hash}"
    yield f"called with: {' '.join(tool.argv)}"
    yield from (f"  warning: {warning}" for warning in tool.warnings)
    if tool.unconfined:
        yield "  warning: It runs even where nothing keeps it from doing harm."


def _known_words(known: KnownExtractor) -> Iterator[str]:
    yield f"{known.name}: {known.title}, unpacks {', '.join(known.containers)}"
    yield f"  {known.licence}, {known.source}; acknowledge with {known.licence_id}"
    yield from (f"  warning: {warning}" for warning in known.warnings)


def _held_words(held: Confinement) -> Iterator[str]:
    kept = {"the network": held.network, "other files": held.files, "outliving its run": held.processes}
    yes, no = ([what for what, is_kept in kept.items() if is_kept == wanted] for wanted in (True, False))
    yield f"Held by {held.kind}: kept from {', '.join(yes) or 'nothing'}" + (
        f"; not from {', '.join(no)}." if no else "."
    )
    if held.missing:
        yield held.missing
