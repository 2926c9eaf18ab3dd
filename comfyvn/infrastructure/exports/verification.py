"""Whether an export is what was written: every file, the manifest, its signature and its proofs; no database needed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson

from comfyvn.application.provenance.flaws import ExportCheck, ExportFlaw
from comfyvn.domain.kernel import Json, Missing, Refused
from comfyvn.infrastructure.exports import listing, manifest
from comfyvn.infrastructure.exports.listing import MARKER
from comfyvn.infrastructure.exports.manifest import MAX_RECORD, RECORD
from comfyvn.infrastructure.exports.proofs import disproved
from comfyvn.infrastructure.exports.sealing import FORMAT, SEALED, SIGNATURE, signature_text
from comfyvn.infrastructure.exports.vouching import BUNDLE_CREDENTIAL, unvouched
from comfyvn.infrastructure.imports.containers.container import Budget, Container, read
from comfyvn.infrastructure.imports.containers.folder import Folder
from comfyvn.infrastructure.imports.containers.zipped import Zip
from comfyvn.infrastructure.signing import holds

MAX_SIGNATURE: Final = 10_000

_DAMAGED: Final = ("archive_malformed", "member_unknown")

Spared = Callable[[str, str], bool]
"""Tells, by the target of an export and a path, whether the engine itself puts that file there."""


def check(path: Path, spared: Spared, key: str | None = None, root: bytes | None = None) -> ExportCheck:
    """Check a folder or a zip file; with `key` (hex) only the signature of that key counts.

    Of content credentials those are trusted that were signed under `root` (PEM); of others it is noted who signed.
    A zip file is read as it is, within limits. Raises Missing("path_unknown"), and Refused: ``archive_bomb``,
    ``archive_encrypted``, ``archive_method``, ``member_name_unsafe``, ``too_many_files``.
    """
    with ExitStack() as stack:
        try:
            held = _opened(path, stack)
        except Refused as error:
            if error.code != "archive_malformed":
                raise
            return ExportCheck(None, None, 0, (ExportFlaw("archive_damaged", str(error)),))
        found = _Check(held, spared, key, root, None if path.is_dir() else path)
        flaws = tuple(found.flaws())
        return ExportCheck(found.manifest, found.signer, len(held.entries), flaws)


def _opened(path: Path, stack: ExitStack) -> Container:
    if path.is_dir():
        return Folder(path, lambda name: True)
    if not path.is_file():
        raise Missing("path_unknown", f"There is no folder and no file {str(path)!r}.")
    return Zip(stack.enter_context(path.open("rb")), path.name, Budget())


@dataclass(slots=True)
class _Check:
    held: Container
    spared: Spared
    key: str | None
    root: bytes | None
    bundle: Path | None
    manifest: Mapping[str, Json] | None = None
    signer: str | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)

    def flaws(self) -> Iterator[ExportFlaw]:
        for warning in self.held.warnings:
            yield ExportFlaw("file_odd", warning.message, warning.file or "")
        names = {entry.name for entry in self.held.entries}
        if RECORD not in names:
            yield ExportFlaw("manifest_missing", "There is no manifest: nothing can be proven.", RECORD)
            return
        listed, problem = self._list(names)
        yield from problem
        record = self._read(RECORD, MAX_RECORD)
        self.hashes[RECORD] = sha256(record).hexdigest()
        sound = self._sealed(names, record, listed)
        yield from sound
        if any(flaw.code == "manifest_changed" for flaw in sound):  # it proves nothing; the list still tells the files
            files = {path: digest for path, digest in listed.items() if path not in SEALED}
            yield from self._files(names, {"files": files, "target": "", "assets": []})
            return
        try:
            self.manifest = manifest.read(record)
        except Refused as error:
            yield ExportFlaw("manifest_malformed", str(error), RECORD)
            return
        yield from self._files(names, self.manifest)
        yield from self._listed(listed, self.manifest["files"], intact=not sound)
        yield from disproved(self.manifest)
        files = self.manifest["files"]
        yield from unvouched(
            self.held, self.manifest, self.bundle, self.root, lambda path: self.contents.get(path) == files.get(path)
        )

    def _list(self, names: set[str]) -> tuple[Mapping[str, str], list[ExportFlaw]]:
        """Return what the list of files says, and what is wrong with it."""
        if MARKER not in names:
            return {}, [ExportFlaw("list_missing", "The list of files is gone.", MARKER)]
        content = self._read(MARKER, MAX_RECORD)
        found = listing.read(content)
        if found is None or listing.written(found) != content:
            return found or {}, [ExportFlaw("list_changed", "The list of files is not as it was written.", MARKER)]
        return found, []

    def _sealed(self, names: set[str], record: bytes, listed: Mapping[str, str]) -> list[ExportFlaw]:
        """Return what is wrong with the manifest and its signature."""
        if SIGNATURE not in names:
            return [ExportFlaw("signature_missing", "There is no signature over the manifest.", SIGNATURE)]
        content = self._read(SIGNATURE, MAX_SIGNATURE)
        self.hashes[SIGNATURE] = sha256(content).hexdigest()
        signed = _signature(content)
        if signed is not None and holds(signed["public_key"], signed["signature"], record):
            self.signer = signed["public_key"]
            if self.key is not None and self.key.lower() != self.signer:
                return [ExportFlaw("key_unknown", f"The export was signed with another key, {self.signer}.", SIGNATURE)]
            return []
        if listed.get(RECORD, self.hashes[RECORD]) != self.hashes[RECORD]:
            return [ExportFlaw("manifest_changed", "The manifest was changed after it was signed.", RECORD)]
        if listed.get(SIGNATURE, self.hashes[SIGNATURE]) != self.hashes[SIGNATURE]:
            return [ExportFlaw("signature_changed", "The signature was changed.", SIGNATURE)]
        return [ExportFlaw("signature_wrong", "The signature is none of this manifest.", SIGNATURE)]

    def _files(self, names: set[str], said: Mapping[str, Json]) -> Iterator[ExportFlaw]:
        """Compare the files with the manifest, both ways."""
        for path, digest in sorted(said["files"].items()):
            if path not in names:
                yield ExportFlaw("file_missing", "The file is gone.", path)
            elif self._hash(path) != digest:
                yield ExportFlaw("file_changed", "The content is not what was written.", path)
        for path in sorted(names - said["files"].keys() - {MARKER, BUNDLE_CREDENTIAL, *SEALED}):
            if self.spared(said["target"], path):
                yield ExportFlaw("file_of_engine", "The engine put this here; it is not proven.", path, "", "note")
            else:
                yield ExportFlaw("file_added", "The export did not have this file.", path)
        for asset in said["assets"]:
            if asset["path"] is not None and said["files"].get(asset["path"]) != asset["written"]:
                message = "The manifest has two hashes for the file of this asset."
                yield ExportFlaw("asset_unclear", message, asset["path"], f"asset:{asset['id']}")

    def _read(self, path: str, limit: int) -> bytes:
        """Return the content of a file; nothing where the archive is damaged there."""
        try:
            return read(self.held, path, limit)
        except Refused as error:
            if error.code not in _DAMAGED:
                raise
            return b""

    def _hash(self, path: str) -> str:
        digest = sha256()
        try:
            for chunk in self.held.open(path):
                digest.update(chunk)
        except Refused as error:
            if error.code not in _DAMAGED:
                raise
            return ""
        self.contents[path] = digest.hexdigest()
        return self.contents[path]

    def _listed(self, listed: Mapping[str, str], files: Mapping[str, str], intact: bool) -> Iterator[ExportFlaw]:
        """Compare the list of files with the manifest, if that is what was signed."""
        wanted = {**files, **{name: self.hashes.get(name, "") for name in SEALED}}
        if intact and listed and dict(listed) != wanted:
            yield ExportFlaw("list_changed", "The list of files does not say what the manifest says.", MARKER)


def _signature(content: bytes) -> dict[str, str] | None:
    """Return the fields of a signature file as it was written; None for anything else."""
    try:
        found = orjson.loads(content)
        if found["format"] == FORMAT and signature_text(found["public_key"], found["signature"]) == content:
            return dict(found)
    except (ValueError, KeyError, TypeError):
        return None
    return None
