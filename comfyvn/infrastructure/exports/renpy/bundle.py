"""A project as one zip file: the files of the folder, the same octets for the same story."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from comfyvn.application.exports import Exported, StoryView
from comfyvn.domain.kernel import Conflict
from comfyvn.infrastructure.exports.renpy.composition import Progress, compose
from comfyvn.infrastructure.exports.renpy.project import MARKER, OpenBlob, checked, contents, exported, marker

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the first that the format knows."""
_MODE = 0o644 << 16
_UNIX = 3


def bundle(story: StoryView, file: Path, open_blob: OpenBlob, scenes: Progress = lambda done, total: None) -> Exported:
    """Write a story as a zip file of its project; an earlier bundle is replaced.

    Raises what `export` raises of the story, and Conflict("out_file_foreign") for a file that is no bundle.
    """
    project = compose(story, scenes)
    if file.exists() and not _ours(file):
        raise Conflict("out_file_foreign", "The file is there and is no earlier bundle.")
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            hashes: dict[str, str] = {}
            for path, chunks in contents(project, open_blob):
                hashes[path] = checked(project, path, _put(archive, path, chunks))
            _put(archive, MARKER, iter((marker(hashes),)))
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return exported(project)


def _put(archive: zipfile.ZipFile, path: str, chunks: Iterator[bytes]) -> str:
    member = zipfile.ZipInfo(path, _EPOCH)
    member.compress_type, member.external_attr, member.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
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
