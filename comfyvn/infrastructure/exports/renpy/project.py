"""Writes a project into a folder, whole or not at all."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from comfyvn.application.exports import Exported, Seal, StoryView
from comfyvn.application.provenance.credentials import Signing
from comfyvn.domain.kernel import Conflict, Refused
from comfyvn.infrastructure.exports import listing
from comfyvn.infrastructure.exports.credentials import signed
from comfyvn.infrastructure.exports.listing import MARKER
from comfyvn.infrastructure.exports.renpy.composition import Progress, Project, compose
from comfyvn.infrastructure.exports.sealing import SEALED
from comfyvn.infrastructure.media.stamps.streams import stamped

_ENGINE_SUFFIXES = frozenset({".rpyc", ".rpyb", ".rpymc", ".bak"})
_ENGINE_FILES = frozenset({"errors.txt", "lint.txt", "log.txt", "traceback.txt"})
_CACHE, _SAVES = "game/cache", "game/saves"
"""What the engine itself puts beside a project. Saved games are carried over to the next export, nothing else is."""

OpenBlob = Callable[[str], Iterator[bytes]]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def plan(story: StoryView) -> Exported:
    """Return what `export` would write, without writing; raises what `compose` raises."""
    project = compose(story)
    return exported(project, (*project.texts, *project.blobs, *(SEALED if story.origin is not None else ())))


def exported(project: Project, files: Iterable[str]) -> Exported:
    """Return the account of a project with its files."""
    return Exported(tuple(sorted(files)), project.scenes, project.lines, project.warnings)


def export(
    story: StoryView,
    out_dir: Path,
    open_blob: OpenBlob,
    progress: Progress = _silent,
    scenes: Progress = _silent,
    seal: Seal | None = None,
    signing: Signing | None = None,
) -> Exported:
    """Write a story as a project that the engine runs, with its seal; the same story gives the same octets.

    With `signing` its media go out signed, and no two signatures are the same. `progress` counts the files, `scenes`
    the scenes before them. An earlier export in `out_dir` is replaced if nobody has changed it. Raises Refused:
    ``story_empty``, ``too_deep``, ``path_unsafe``, ``blob_damaged``, ``out_dir_unfit``; Conflict:
    ``out_dir_foreign``, ``export_edited``; and Missing("blob_unknown").
    """
    project = compose(story, scenes)
    target = out_dir.resolve()
    _replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        new = fresh / "new"
        written = _write(project, new, open_blob, progress, seal, signing)
        _exchange(target, new, fresh / "old")
    finally:
        shutil.rmtree(fresh)
    return exported(project, written)


def contents(
    project: Project, open_blob: OpenBlob, signing: Signing | None = None
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the files of a project in order, each with its content in chunks; raises Refused("blob_damaged").

    The chunks of one are to be taken before the next file is asked for.
    """
    for path in sorted((*project.texts, *project.blobs)):
        if path in project.texts:
            yield path, iter((project.texts[path],))
        else:
            content = _blob(project, path, open_blob)
            if path in project.stamps:
                content = stamped(content, project.stamps[path])
            if signing is not None and path in project.works:
                yield from signed(path, content, project.works[path], signing, project.free)
            else:
                yield path, content


def _blob(project: Project, path: str, open_blob: OpenBlob) -> Iterator[bytes]:
    """Yield the content of an asset as it was stored."""
    digest = hashlib.sha256()
    for chunk in open_blob(project.blobs[path]):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != project.blobs[path]:
        raise Refused("blob_damaged", f"The content of {path!r} is not the one that was stored.", path=path)


def _write(
    project: Project, folder: Path, open_blob: OpenBlob, progress: Progress, seal: Seal | None, signing: Signing | None
) -> Mapping[str, str]:
    """Write all files, the list of them last; return the hash of each."""
    total = len(project.texts) + len(project.blobs)
    hashes: dict[str, str] = {}
    for path, chunks in contents(project, open_blob, signing):
        hashes[path] = _put(folder / path, chunks)
        progress(min(len(hashes), total), total)
    sealed = seal(hashes, project.placed) if seal else {}
    hashes |= {path: _put(folder / path, iter((content,))) for path, content in sealed.items()}
    (folder / MARKER).write_bytes(listing.written(hashes))
    return hashes


def _exchange(target: Path, new: Path, old: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    if (old / _SAVES).is_dir() and not (target / _SAVES).exists():
        (old / _SAVES).rename(target / _SAVES)


def _put(file: Path, chunks: Iterator[bytes]) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with file.open("xb") as stream:
        for chunk in chunks:
            digest.update(chunk)
            stream.write(chunk)
    return digest.hexdigest()


def _replaceable(target: Path) -> None:
    """Refuse a folder that holds anything but an earlier export as it was written."""
    if not target.name or (target.exists() and not target.is_dir()):
        raise Refused("out_dir_unfit", "The target is no folder that can be written.")
    if not target.exists() or not any(target.iterdir()):
        return
    marker = target / MARKER
    listed = listing.read(marker.read_bytes()) if marker.is_file() else None
    if listed is None:
        raise Conflict("out_dir_foreign", "The folder is not empty and holds no earlier export.")
    present = {path.relative_to(target).as_posix(): path for path in sorted(target.rglob("*")) if not path.is_dir()}
    edited = [
        path
        for path, file in present.items()
        if path != MARKER and (not _unchanged(file, listed[path]) if path in listed else not of_engine(path))
    ]
    if edited:
        shown = ", ".join(edited[:5])
        raise Conflict("export_edited", f"Files were added or changed since the last export: {shown}.", files=edited)


def _unchanged(file: Path, digest: str) -> bool:
    with file.open("rb") as stream:
        return not file.is_symlink() and hashlib.file_digest(stream, "sha256").hexdigest() == digest


def of_engine(path: str) -> bool:
    """Tell whether it is the engine that puts a file there."""
    file = PurePosixPath(path)
    return file.suffix in _ENGINE_SUFFIXES or path in _ENGINE_FILES or path.startswith((f"{_CACHE}/", f"{_SAVES}/"))
