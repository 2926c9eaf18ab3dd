"""The command that proves exports: verify-export."""

from argparse import Namespace
from collections.abc import Iterator

from comfyvn.application.provenance.flaws import ExportFlaw, whole
from comfyvn.application.provenance.resolving import known, resolve
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Json
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, counted
from comfyvn.interfaces.cli.tools import Tools


def verify_export(tools: Tools, args: Namespace, out: Printer) -> int:
    """Check an export: files, manifest, signature and proofs, and each entry against the database if that knows it."""
    found = tools.check_export(args.path, args.key)
    manifest, flaws = found.manifest, found.flaws
    resolved = manifest is not None and not args.alone and known(tools.studio, manifest)
    if manifest is not None and resolved:
        flaws = (*flaws, *resolve(tools.studio, tools.blobs, manifest))
    value: dict[str, Json] = {
        "ok": whole(flaws),
        "resolved": resolved,
        "files": found.files,
        "key": found.key,
        **{name: manifest[name] if manifest else None for name in ("project", "branch", "position", "commit")},
        "flaws": plain(flaws),
    }
    out.result(value, lambda: _words(value, flaws))
    return DONE if whole(flaws) else CHECK_FAILED


def _words(value: dict[str, Json], flaws: tuple[ExportFlaw, ...]) -> Iterator[str]:
    for flaw in flaws:
        where = flaw.path or flaw.entity
        yield f"  {flaw.severity}: {where}{': ' if where else ''}{flaw.message} [{flaw.code}]"
    against = "the database" if value["resolved"] else "the export alone"
    verdict = "it is what was written" if value["ok"] else "NOT what was written"
    yield f"{counted(value['files'], 'file')}, checked against {against}: {verdict}."
    if value["key"]:
        yield f"Signed with {value['key']}."
