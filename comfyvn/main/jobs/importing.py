"""The job that imports."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from comfyvn.application.extractors import Extractors
from comfyvn.application.imports import Imported
from comfyvn.application.intake import Aim, preview, take_in
from comfyvn.application.jobs.job import CPU, JobResult
from comfyvn.application.jobs.kinds import JobContext, Kind
from comfyvn.application.jobs.orders import ImportOrder
from comfyvn.application.ports import Blobs
from comfyvn.application.studio import Studio, plain
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.jobs.files import JobFiles
from comfyvn.main.jobs.typed import here, kind_of
from comfyvn.main.readers import read

_SAFE = re.compile(r"[^/\\:\0]*[^/\\:\0.][^/\\:\0]*")
"""Names that are those of a file in a folder and of nothing else."""


def kind(studio: Studio, blobs: Blobs, files: JobFiles, local: Callable[[str], Path], tools: Extractors) -> Kind:
    """Return the kind ``import``; `local` checks a path that a client names, `tools` unpack what no reader does."""

    def check(order: ImportOrder) -> None:
        if (order.path is None) == (not order.files):
            raise Refused("import_malformed", "An import has either a path or files.", where="path")
        if order.path is not None:
            local(order.path)
        for file in order.files:
            if not _SAFE.fullmatch(file.name):
                raise Refused("import_malformed", f"No file can be called {file.name[:50]!r}.", where="files")

    def device(order: ImportOrder) -> str:
        return CPU if order.path is None and order.reading.extractor is None else here(order)

    work = partial(_import, studio, blobs, files, tools)
    return kind_of("import", ImportOrder, work, check=check, device=device, logs="imports", over=files.clear)


def _import(
    studio: Studio, blobs: Blobs, files: JobFiles, tools: Extractors, context: JobContext, order: ImportOrder
) -> JobResult:
    """Bring a story in. The commit carries the id of the job, so a later attempt finds what an earlier one did."""
    context.log(f"policy {order.policy}{', dry run' if order.dry_run else ''}")
    with _source(files, context.job.id, order) as path:
        incoming = read(path, order.engine, order.reading, context.report, tools)
        pack = incoming.pack
        context.log(f"read as {pack.engine}: {pack.title}, {pack.recognised} of {pack.total} statements are modelled")
        if pack.extraction:
            context.log(f"unpacked by {pack.extraction.tool}: {json.dumps(plain(pack.extraction))}")
        for stated in pack.licences:
            context.log(f"licence {stated.licence or stated.said!r} for {stated.subject or 'all'}, says {stated.file}")
        for warned in pack.warnings:
            context.log(f"warning {warned.code}: {warned.file}:{warned.line}: {warned.message}")
        aim = Aim(order.project, order.branch, order.policy)
        if order.dry_run:
            context.log("dry run: nothing was written")
            return _result(context, plain(preview(studio, incoming, aim)))
        done = take_in(studio, blobs, incoming, aim, context.request, context.report)
    context.log(_summary(done))
    return _result(context, plain(done))


def _result(context: JobContext, value: Json) -> JobResult:
    """Return a result that stands in the log too, which is kept longer than the job."""
    context.log(f"result {json.dumps(value, ensure_ascii=False)}")
    return JobResult(value)


@contextmanager
def _source(files: JobFiles, job_id: str, order: ImportOrder) -> Iterator[Path]:
    if order.path is not None:
        yield Path(order.path)
        return
    with files.laid_out(job_id, order.files) as path:
        yield path


def _summary(done: Imported) -> str:
    if done.conflicts:
        return f"{len(done.conflicts)} conflicts; nothing was written"
    return (
        f"{done.scenes} scenes, {done.lines} lines, {done.choices} choices, {done.characters} characters, "
        f"{done.assets} assets; {done.events} events, {done.project}/{done.branch} is at position {done.position}"
    )
