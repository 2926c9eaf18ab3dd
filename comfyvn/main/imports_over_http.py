"""How the server imports: what it may read, and where files lie that are sent to it."""

import errno
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from comfyvn.application.assets.registry import DiskFull, TooLarge
from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming, surest
from comfyvn.application.ports import Blobs, Ids, JobRunner
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.imports.journal import Journal
from comfyvn.interfaces.cli.tools import Reader
from comfyvn.interfaces.rest.importing import Candidate, Imports
from comfyvn.main.exporters import EXPORTERS
from comfyvn.main.readers import READERS

STALE_SECONDS: Final = 86_400
"""After this time what an import left behind that was killed is cleared away."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def imports(
    jobs: JobRunner, blobs: Blobs, ids: Ids, folders: tuple[Path, Path], local: Callable[[str], Path], limit: int
) -> Imports:
    """Return the imports of the web application.

    `folders` are the one for files that are being received and the one for logs; `local` checks a path that a client
    names; `limit` is the most bytes that one upload may have.
    """
    incoming, logs = folders
    journal = Journal(logs)
    return Imports(
        jobs=jobs,
        blobs=blobs,
        limit=limit,
        new_id=ids.new,
        local=local,
        received=partial(_received, incoming, limit),
        probe=candidates,
        read=read,
        note=journal.write,
        log=journal.read,
    )


def candidates(path: Path) -> Sequence[Candidate]:
    """Return which readers know a path, the surest first; raise Missing("path_unknown")."""
    if not path.exists():
        raise _missing(path)
    found = [(reader.probe(path), reader) for reader in _readers()]
    known = [Candidate(reader.engine, round(sure, 3), reader.evidence(path)) for sure, reader in found if sure > 0]
    return sorted(known, key=lambda one: (-one.confidence, one.engine))


def read(path: Path, engine: str | None, progress: Progress) -> Incoming:
    """Read a path by the reader of an engine, or by the one that knows it best.

    Raises Missing: ``path_unknown``, ``engine_unknown``; Refused("not_a_game") and as the reader does.
    """
    if not path.exists():
        raise _missing(path)
    if engine is not None and engine not in READERS:
        raise Missing("engine_unknown", f"There is no reader for {engine!r}.", known=sorted(READERS))
    reader = surest(_readers(), path) if engine is None else READERS[engine]()
    if reader is None:
        known = ", ".join(READERS)
        raise Refused("not_a_game", f"{path.name} is nothing that can be read (engines: {known}).")
    pack = reader.read(path, progress)
    exporter = EXPORTERS.get(pack.engine)
    return Incoming(pack, partial(reader.open_member, path), exporter.echo if exporter else None)


def _missing(path: Path) -> Missing:
    return Missing("path_unknown", f"There is nothing at {path.name}.", path=path.name)


def _readers() -> list[Reader]:
    return [make() for make in READERS.values()]


@contextmanager
def _received(place: Path, limit: int, files: Iterator[tuple[str, Iterator[bytes]]]) -> Iterator[Any]:
    """Keep files that are sent in a folder of their own; give the file if it is one, else the folder."""
    place.mkdir(parents=True, exist_ok=True)
    _clear(place)
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        written: list[Path] = []
        taken = 0
        for name, chunks in files:
            path = folder / name
            if path.exists():
                raise Refused("form_malformed", f"Two files of this upload are called {name!r}.", where="file")
            try:
                with path.open("xb") as file:
                    for chunk in chunks:
                        taken += len(chunk)
                        if taken > limit:
                            raise TooLarge("upload_too_large", f"An upload has at most {limit} bytes.", limit=limit)
                        file.write(chunk)
            except OSError as error:
                if error.errno in _FULL:
                    raise DiskFull("disk_full", "The disk is full; the files were not taken.") from error
                raise
            written.append(path)
        yield written[0] if len(written) == 1 else folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear(place: Path) -> None:
    """Remove what imports left behind that were killed."""
    for old in place.iterdir():
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
