"""A project as one zip file: the files of the folder, the same octets for the same story."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from comfyvn.application.exports import Exported, Seal, StoryView
from comfyvn.application.provenance.credentials import Signing
from comfyvn.domain.credentials import Collection
from comfyvn.domain.kernel import Conflict
from comfyvn.infrastructure.exports import listing
from comfyvn.infrastructure.exports.listing import MARKER
from comfyvn.infrastructure.exports.manifest import RECORD
from comfyvn.infrastructure.exports.renpy.composition import Progress, compose
from comfyvn.infrastructure.exports.renpy.project import OpenBlob, contents, exported

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the first that the format knows."""
_MODE = 0o644 << 16
_UNIX = 3


def bundle(
    story: StoryView,
    file: Path,
    open_blob: OpenBlob,
    scenes: Progress = lambda done, total: None,
    seal: Seal | None = None,
    signing: Signing | None = None,
) -> Exported:
    """Write a story as a zip file of its project, with its seal; an earlier bundle is replaced.

    With `signing` its media go out signed, and the file as a whole; then it is not compressed, as signers read no
    compressed members.

    Raises what `export` raises of the story, and Conflict("out_file_foreign") for a file that is no bundle.
    """
    project = compose(story, scenes)
    if file.exists() and not _ours(file):
        raise Conflict("out_file_foreign", "The file is there and is no earlier bundle.")
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    fresh = Path(name)
    packing = zipfile.ZIP_DEFLATED if signing is None else zipfile.ZIP_STORED
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", packing) as archive:
            hashes: dict[str, str] = {}
            for path, chunks in contents(project, open_blob, signing):
                hashes[path] = _put(archive, path, chunks)
            sealed = seal(hashes, project.placed) if seal else {}
            hashes |= {path: _put(archive, path, iter((content,))) for path, content in sealed.items()}
            _put(archive, MARKER, iter((listing.written(hashes),)))
        if signing is not None and project.whole is not None:
            _sign(fresh, signing, project.whole, hashes.get(RECORD, ""))
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return exported(project, hashes)


def _sign(file: Path, signing: Signing, whole: Collection, record: str) -> None:
    """Put a credential into a zip file."""
    signed = file.with_name(f"{file.name}.signed")
    try:
        with file.open("rb") as plain, signed.open("x+b") as out:
            signing.bundle(plain, whole, record, out)
        signed.replace(file)
    finally:
        signed.unlink(missing_ok=True)


def _put(archive: zipfile.ZipFile, path: str, chunks: Iterator[bytes]) -> str:
    member = zipfile.ZipInfo(path, _EPOCH)
    member.compress_type, member.external_attr, member.create_system = archive.compression, _MODE, _UNIX
    digest = hashlib.sha256()
    with archive.open(member, "w", force_zip64=True) as stream:
        for chunk in chunks:
            digest.update(chunk)
            stream.write(chunk)
    return digest.hexdigest()


def _ours(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return MARKER in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
