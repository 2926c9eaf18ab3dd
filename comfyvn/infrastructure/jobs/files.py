"""Files that are sent with a job: they wait in a place of the job's own until it is over."""

import errno
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comfyvn.application.assets.registry import DiskFull, TooLarge
from comfyvn.application.jobs.orders import SentFile
from comfyvn.application.ports import BlobStore
from comfyvn.domain.kernel import Refused

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

Sent = Iterable[tuple[str, Iterable[bytes]]]


class JobFiles:
    """The files of jobs. `place` opens what is kept of one job, by its id, also for workers on other machines.

    `clear` takes away what is kept of a job. `scratch` is a folder of this machine, `limit` the most bytes that all
    files of a job may have.
    """

    def __init__(
        self, place: Callable[[str], BlobStore], clear: Callable[[str], None], scratch: Path, limit: int
    ) -> None:
        self._place, self.clear, self._scratch, self.limit = place, clear, scratch, limit

    def keep(self, job_id: str, sent: Sent) -> tuple[SentFile, ...]:
        """Keep files, all or none. Raises as `checked` does."""
        place = self._place(job_id)
        kept: dict[str, str] = {}
        try:
            for name, chunks in checked(sent, self.limit):
                kept[name], _ = place.put(chunks)
        except BaseException as error:
            self.clear(job_id)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise DiskFull("disk_full", "The disk is full; the files were not taken.") from error
            raise
        return tuple(SentFile(name, digest) for name, digest in kept.items())

    @contextmanager
    def laid_out(self, job_id: str, files: Iterable[SentFile]) -> Iterator[Path]:
        """Lay kept files out in a folder; give the file if it is one, else the folder."""
        place = self._place(job_id)
        with laid_out(self._scratch / job_id, ((file.name, place.open(file.hash)) for file in files)) as path:
            yield path


def checked(sent: Sent, limit: int) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield files as they come. Raises TooLarge("upload_too_large"), Refused("form_malformed") for a name twice."""
    names: set[str] = set()
    taken = 0

    def counted(chunks: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal taken
        for chunk in chunks:
            taken += len(chunk)
            if taken > limit:
                raise TooLarge("upload_too_large", f"An upload has at most {limit} bytes.", limit=limit)
            yield chunk

    for name, chunks in sent:
        if name in names:
            raise Refused("form_malformed", f"Two files of this upload are called {name!r}.", where="file")
        names.add(name)
        yield name, counted(chunks)


@contextmanager
def laid_out(folder: Path, files: Sent) -> Iterator[Path]:
    """Write files into a new folder, gone afterwards; give the file if it is one, else the folder.

    Names are safe to be names of files. Raises DiskFull("disk_full").
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        written = []
        try:
            for name, chunks in files:
                written.append(folder / name)
                with written[-1].open("xb") as file:
                    file.writelines(chunks)
        except OSError as error:
            if error.errno in _FULL:
                raise DiskFull("disk_full", "The disk is full; the files were not taken.") from error
            raise
        yield written[0] if len(written) == 1 else folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
