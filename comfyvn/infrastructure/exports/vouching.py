"""Whether the content credentials of an export fit its files, and who signed them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from comfyvn.application.provenance.flaws import ExportFlaw
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.credentials.checking import Checked, has_credential
from comfyvn.infrastructure.credentials.guarded import GuardedChecks
from comfyvn.infrastructure.exports.credentials import BESIDE
from comfyvn.infrastructure.imports.containers.container import Container, read
from comfyvn.infrastructure.media.claims.credentials import installed

BUNDLE_CREDENTIAL: Final = "META-INF/content_credential.c2pa"
"""What a signature over a whole bundle is kept in; it vouches for itself."""
MAX_CREDENTIAL: Final = 16 << 20

Written = Callable[[str], bool]
"""Tells whether a file has the content that was written."""


def unvouched(
    held: Container, manifest: Mapping[str, Json], bundle: Path | None, root: bytes | None, written: Written
) -> Iterator[ExportFlaw]:
    """Yield what is wrong with the credentials of an export; `bundle` is its file where it is a zip file.

    A credential that was broken when the export was written is noted. Who signed without being trusted is noted once,
    with the first file; `root` is trusted.
    """
    names = {entry.name for entry in held.entries}
    unknown: dict[str, list[str]] = {}
    with closing(GuardedChecks()) as checks:
        for path, found in _found(held, manifest, bundle, root, checks):
            if found is None:
                message = "Content credentials are checked where c2pa-python is installed (the extra credentials)."
                yield ExportFlaw("credential_unread", message, path, "", "note")
                return
            if found.state == "broken":
                fresh = path != BUNDLE_CREDENTIAL and written(path)
                fresh = fresh and (path + BESIDE not in names or written(path + BESIDE))
                why = ", ".join(found.codes) or "no reason given"
                message = f"Its content credential does not fit: {why}."
                yield ExportFlaw("credential_broken", message, path, "", "note" if fresh else "error")
            elif found.state == "valid":
                unknown.setdefault(found.signer, []).append(path)
    for signer, paths in unknown.items():
        more = f" So are {len(paths) - 1} more." if len(paths) > 1 else ""
        message = f"It is signed by {signer!r}, whom nobody here vouches for.{more}"
        yield ExportFlaw("credential_untrusted", message, paths[0], "", "note")


def _found(
    held: Container, manifest: Mapping[str, Json], bundle: Path | None, root: bytes | None, checks: GuardedChecks
) -> Iterator[tuple[str, Checked | None]]:
    """Yield each file that has a credential with what it is worth; None: it cannot be read here."""
    names = {entry.name for entry in held.entries}
    for path in sorted({asset["path"] for asset in manifest["assets"]} & names):
        try:
            with held.seekable(path) as file:
                if path + BESIDE not in names and not has_credential(file):
                    continue
            beside = read(held, path + BESIDE, MAX_CREDENTIAL) if path + BESIDE in names else None
            yield path, checks.media(partial(held.seekable, path), beside, root) if installed() else None
        except Refused:  # the archive is damaged there, which is told of the file
            continue
    if bundle is not None and BUNDLE_CREDENTIAL in names:
        yield BUNDLE_CREDENTIAL, checks.bundle(bundle, root) if installed() else None
