"""Writes a project into a folder, whole or not at all."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from comfyvn.application.exports import Exported, StoryView
from comfyvn.domain.kernel import Conflict, Json, Refused
from comfyvn.infrastructure.exports.renpy.composition import Progress, Project, compose

MARKER = "comfyvn-export.json"
"""The file that lists what an export wrote: paths, each with the SHA-256 of its content."""

_ENGINE_SUFFIXES = frozenset({".rpyc", ".rpyb", ".rpymc", ".bak"})
_ENGINE_FILES = frozenset({"errors.txt", "lint.txt", "log.txt", "traceback.txt"})
_CACHE, _SAVES = "game/cache", "game/saves"
"""What the engine itself puts beside a project. Saved games are carried over to the next export, nothing else is."""

OpenBlob = Callable[[str], Iterator[bytes]]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def plan(story: StoryView) -> Exported:
    """Return what `export` would write, without writing; raises what `compose` raises."""
    return exported(compose(story))


def exported(project: Project) -> Exported:
    """Return the account of a project."""
    files = tuple(sorted((*project.texts, *project.blobs)))
    return Exported(files, project.scenes, project.lines, project.warnings)


def export(
    story: StoryView, out_dir: Path, open_blob: OpenBlob, progress: Progress = _silent, scenes: Progress = _silent
) -> Exported:
    """Write a story as a project that the engine runs; the same story gives the same octets.

    `progress` counts the files, `scenes` the scenes before them. An earlier export in `out_dir` is replaced if nobody
    has changed it. Raises Refused: ``story_empty``, ``too_deep``, ``path_unsafe``, ``blob_damaged``, ``out_dir_unfit``;
    Conflict: ``out_dir_foreign``, ``export_edited``; and Missing("blob_unknown").
    """
    project = compose(story, scenes)
    target = out_dir.resolve()
    _replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        new = fresh / "new"
        _write(project, new, open_blob, progress)
        _exchange(target, new, fresh / "old")
    finally:
        shutil.rmtree(fresh)
    return exported(project)


def contents(project: Project, open_blob: OpenBlob) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the files of a project in order, each with its content in chunks."""
    for path in sorted((*project.texts, *project.blobs)):
        yield path, iter((project.texts[path],)) if path in project.texts else open_blob(project.blobs[path])


def checked(project: Project, path: str, digest: str) -> str:
    """Return the hash of what was read for a file; raise Refused("blob_damaged") if it is not the stored one."""
    if digest != project.blobs.get(path, digest):
        raise Refused("blob_damaged", f"The content of {path!r} is not the one that was stored.", path=path)
    return digest


def marker(hashes: Mapping[str, str]) -> bytes:
    """Return the content of the marker for files with these hashes."""
    text = json.dumps({"format": 1, "files": hashes}, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _write(project: Project, folder: Path, open_blob: OpenBlob, progress: Progress) -> None:
    total = len(project.texts) + len(project.blobs)
    hashes: dict[str, str] = {}
    for path, chunks in contents(project, open_blob):
        hashes[path] = checked(project, path, _put(folder / path, chunks))
        progress(len(hashes), total)
    (folder / MARKER).write_bytes(marker(hashes))


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
    listed = _listed(target / MARKER)
    if listed is None:
        raise Conflict("out_dir_foreign", "The folder is not empty and holds no earlier export.")
    present = {path.relative_to(target).as_posix(): path for path in sorted(target.rglob("*")) if not path.is_dir()}
    edited = [
        path
        for path, file in present.items()
        if path != MARKER and (not _unchanged(file, listed[path]) if path in listed else not _of_engine(path))
    ]
    if edited:
        shown = ", ".join(edited[:5])
        raise Conflict("export_edited", f"Files were added or changed since the last export: {shown}.", files=edited)


def _listed(marker: Path) -> Mapping[str, Json] | None:
    try:
        found = json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    listed = found.get("files") if isinstance(found, dict) else None
    return listed if isinstance(listed, dict) else None


def _unchanged(file: Path, digest: Json) -> bool:
    with file.open("rb") as stream:
        return not file.is_symlink() and hashlib.file_digest(stream, "sha256").hexdigest() == digest


def _of_engine(path: str) -> bool:
    file = PurePosixPath(path)
    return file.suffix in _ENGINE_SUFFIXES or path in _ENGINE_FILES or path.startswith((f"{_CACHE}/", f"{_SAVES}/"))
