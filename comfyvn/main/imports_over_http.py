"""How the server imports: what it may read, and where files lie that are sent to it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from comfyvn.application.imports import Progress
from comfyvn.application.intake import Incoming, surest
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.ports import Ids
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.jobs.files import JobFiles, checked, laid_out
from comfyvn.interfaces.cli.tools import Reader
from comfyvn.interfaces.rest.importing import Candidate, Imports
from comfyvn.main.exporters import EXPORTERS
from comfyvn.main.readers import READERS


def imports(jobs: JobRunner, files: JobFiles, ids: Ids, local: Callable[[str], Path], scratch: Path) -> Imports:
    """Return the imports of the web application.

    `files` keeps what is sent, `local` checks a path that a client names; in `scratch` lies what is only looked at.
    """
    return Imports(
        jobs=jobs,
        limit=files.limit,
        new_id=ids.new,
        local=local,
        received=lambda sent: laid_out(scratch / ids.new(), checked(sent, files.limit)),
        keep=files.keep,
        clear=files.clear,
        probe=candidates,
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
