"""HTTP for imports: what a file would be, what would come, and bringing it in as a job with a log of its own."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from comfyvn.application.intake import Policy
from comfyvn.application.jobs.job import OPEN, Job
from comfyvn.application.jobs.orders import ImportOrder, SentFile
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.reading import Probe, Reading
from comfyvn.application.studio import Request as Asked
from comfyvn.application.studio import plain
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.interfaces.rest.answers import PROBLEMS, Actor, Key, reply, request_of
from comfyvn.interfaces.rest.jobs import JobList, JobShape, job_shape
from comfyvn.interfaces.rest.multipart import Part, arriving, parts

PATHS: Final = r"/(roleplay|vn|api/imports)(/import|/probe)?"
"""The paths that take files."""
MAX_FILES: Final = 2_000
"""Files in one upload."""
MAX_INLINE: Final = 4 << 20
"""Characters of a text that is sent in the request itself."""
WAIT_SECONDS: Final = 600.0
"""How long a request waits for an import that it does not leave in the background."""
KIND: Final = "import"

Name = Annotated[str, Field(min_length=1, max_length=200)]
JobName = Annotated[str, Path(min_length=1, max_length=50, description="Id of the job.")]
Content = Annotated[str, Header(alias="Content-Type", include_in_schema=False)]


Sent = Iterator[tuple[str, Iterator[bytes]]]


@dataclass(frozen=True, slots=True)
class Imports:
    """How imports are made. `probe` takes the path of a file or folder.

    An upload has at most `limit` bytes. `local` tells the path that a client names on this machine, and refuses those
    that it may not read; `received` keeps files that are sent, by name, as long as it is entered, and `keep` until
    the job is over that they are sent with; `clear` takes them away.
    """

    jobs: JobRunner
    limit: int
    new_id: Callable[[], str]
    local: Callable[[str], Any]
    received: Callable[[Sent], AbstractContextManager[Any]]
    keep: Callable[[str, Sent], tuple[SentFile, ...]]
    clear: Callable[[str], None]
    probe: Callable[[Any], Sequence[Probe]]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import: a `path` on the machine of the server, or a `text` under a file `name`; and where to.

    Without a `project` it goes to the one that it came from or that has its title, else to a new one. `policy` says
    what becomes of a project that is there, `reading` how the files are read. With `dry_run` nothing is written; the
    result says what would come. Without `background` the answer waits for the import.
    """

    path: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=MAX_INLINE)] | None = None
    name: Name = "chat.txt"
    engine: Annotated[str, Field(max_length=50)] | None = None
    project: Name | None = None
    branch: Name | None = None
    policy: Policy = "merge"
    reading: Reading = field(default_factory=Reading)
    dry_run: bool = False
    background: bool = True
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class ProbeList:
    """The readers that know a file or folder, the surest first."""

    items: list[Probe]


_REQUEST: Final = TypeAdapter(ImportRequest)
_FLAGS: Final = frozenset({"dry_run", "background"})
_FILE: Final = {"type": "array", "items": {"type": "string", "format": "binary"}}


def _body(*, form_only: bool = False) -> dict[str, Any]:
    whole = _REQUEST.json_schema()
    whole = _inlined(whole, whole.pop("$defs"))
    fields = {name: spec for name, spec in whole["properties"].items() if name not in ("path", "text", "name")}
    fields["reading"] = {"description": "As JSON.", **fields["reading"]}
    form = {"type": "object", "required": ["file"], "properties": {"file": _FILE, **fields}}
    content: dict[str, Any] = {"multipart/form-data": {"schema": form}}
    if not form_only:
        content["application/json"] = {"schema": whole}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, known: dict[str, Any]) -> Any:
    """Return a schema with what it refers to written out, as it stands in another document."""
    if isinstance(schema, list):
        return [_inlined(part, known) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {key: _inlined(value, known) for key, value in schema.items()}


def routes(imports: Imports) -> APIRouter:
    """Return the routes of imports."""
    api = APIRouter(responses=PROBLEMS, tags=["imports"])
    desk = _Desk(imports)

    @api.get("/api/imports/probe", response_model=ProbeList, summary="Tell what a file or folder of the server is")
    def probe(path: Annotated[str, Query(min_length=1, max_length=4_000)]) -> Response:
        return reply(ProbeList([*imports.probe(imports.local(path))]))

    @api.post(
        "/api/imports/probe",
        response_model=ProbeList,
        summary="Tell what files are",
        openapi_extra=_body(form_only=True),
    )
    async def probe_files(request: Request, content_type: Content = "") -> Response:
        def work() -> Response:
            with imports.received(_files(parts(content_type, arriving(stream)), {})) as path:
                return reply(ProbeList([*imports.probe(path)]))

        stream = request.stream()
        return await to_thread.run_sync(work)

    def receive(prefix: str, what: str, engine: str | None) -> None:
        @api.post(
            prefix,
            response_model=JobShape,
            status_code=202,
            responses={200: {"model": JobShape, "description": "It is over already."}},
            summary=f"Import {what}",
            openapi_extra=_body(),
        )
        async def import_it(
            request: Request, key: Key = None, actor: Actor = "local", content_type: Content = ""
        ) -> Response:
            asked_by = request_of(key, None, actor)
            stream = request.stream()
            return await to_thread.run_sync(lambda: desk.take(content_type, arriving(stream), asked_by, engine))

    receive("/api/imports", "anything that a reader knows", None)
    receive("/roleplay/import", "a chat, a card, a lorebook, or a folder of them", "roleplay")
    receive("/vn/import", "a visual novel or interactive story", None)

    @api.get("/api/imports", response_model=JobList, summary="List imports")
    @api.get("/roleplay/imports", response_model=JobList, summary="List imports of roleplay")
    def list_imports(request: Request) -> Response:
        engine = "roleplay" if request.url.path.startswith("/roleplay") else None
        found = [job for job in imports.jobs.jobs(KIND) if engine in (None, _engine(job))]
        return reply(JobList([job_shape(job) for job in found]))

    @api.get("/api/imports/{job}", response_model=JobShape, summary="Tell how far an import is")
    @api.get("/roleplay/imports/{job}", response_model=JobShape, summary="Tell how far an import of roleplay is")
    @api.get("/imports/status/{job}", response_model=JobShape, summary="Tell how far an import is, by its id alone")
    @api.get("/vn/import/{job}", response_model=JobShape, summary="Tell how far an import of a visual novel is")
    def get_import(job: JobName) -> Response:
        return reply(job_shape(desk.known(job)))

    @api.get("/api/imports/{job}/log", response_class=PlainTextResponse, summary="Read the log of an import")
    @api.get("/roleplay/imports/{job}/log", response_class=PlainTextResponse, summary="Read the log of an import")
    def get_log(job: JobName) -> PlainTextResponse:
        return PlainTextResponse(imports.jobs.log(desk.known(job).id))

    return api


class _Desk:
    """Takes requests for imports, and makes jobs of them."""

    def __init__(self, imports: Imports) -> None:
        self.imports = imports

    def known(self, job_id: str) -> Job:
        job = self.imports.jobs.status(job_id)
        if job.type != KIND:
            raise Missing("job_unknown", f"There is no import {job_id!r}.")
        return job

    def take(self, content_type: str, chunks: Iterator[bytes], who: Asked, engine: str | None) -> Response:
        """Begin an import; the files that came are kept until it is over."""
        job_id = self.imports.new_id()
        try:
            if content_type.partition(";")[0].strip().lower() == "multipart/form-data":
                asked, files = self._form(job_id, content_type, chunks)
            else:
                asked, files = self._plain(job_id, b"".join(chunks))
            order = ImportOrder(
                path=asked.path,
                files=files,
                engine=asked.engine or engine,
                project=asked.project,
                branch=asked.branch,
                policy=asked.policy,
                reading=asked.reading,
                dry_run=asked.dry_run,
            )
            jobs = self.imports.jobs
            job = jobs.submit(KIND, plain(order), actor=who.actor, command_id=who.command_id, job_id=job_id)
        except BaseException:
            self.imports.clear(job_id)
            raise
        if not asked.background:
            job = self._waited(job.id)
        return reply(job_shape(job), 202 if asked.background else 200)

    def _form(
        self, job_id: str, content_type: str, chunks: Iterator[bytes]
    ) -> tuple[ImportRequest, tuple[SentFile, ...]]:
        fields: dict[str, Any] = {}
        files = self.imports.keep(job_id, _files(parts(content_type, chunks), fields))
        unfit = {"path", "text", "name"} & fields.keys()
        if unfit:
            raise Refused("form_malformed", f"A form with files has no field {min(unfit)!r}.", where=min(unfit))
        return _checked(fields), files

    def _plain(self, job_id: str, body: bytes) -> tuple[ImportRequest, tuple[SentFile, ...]]:
        try:
            asked = _REQUEST.validate_json(body or b"{}")
        except ValidationError as error:
            raise _malformed(error) from error
        if (asked.path is None) == (asked.text is None):
            raise Refused("import_malformed", "An import has either a path or a text.", where="path")
        if asked.text is None:
            return asked, ()
        sent = iter([(file_name(asked.name), iter([asked.text.encode(errors="replace")]))])
        return asked, self.imports.keep(job_id, sent)

    def _waited(self, job_id: str) -> Job:
        end = time.monotonic() + WAIT_SECONDS
        while (job := self.imports.jobs.status(job_id)).status in OPEN and time.monotonic() < end:
            time.sleep(0.02)
        return job


def _engine(job: Job) -> Any:
    return job.input.get("engine") if isinstance(job.input, dict) else None


def _files(found: Iterator[Part], fields: dict[str, Any]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the files of a form by name; the fields between and behind them are put into `fields`."""
    count = 0
    for part in found:
        if part.filename is None:
            fields[part.name] = part.text()
            continue
        count += 1
        if count > MAX_FILES:
            raise Refused("form_malformed", f"An import has at most {MAX_FILES} files.")
        yield file_name(part.filename), part.chunks
    if not count:
        raise Refused("file_missing", "The form holds no file.")


def file_name(name: str) -> str:
    """Return a name that is safe on every disk and still tells what the file is."""
    last = re.split(r"[/\\]", name)[-1]
    plain_name = re.sub(r"[^\w .()\[\]-]", "_", last).strip(" .")[-120:].strip(" .")
    return plain_name or "upload"


def _checked(fields: dict[str, Any]) -> ImportRequest:
    given = {name: value == "true" if name in _FLAGS else value for name, value in fields.items() if value != ""}
    try:
        if "reading" in given:
            given["reading"] = from_json(given["reading"])
        return _REQUEST.validate_python(given)
    except ValidationError as error:
        raise _malformed(error) from error
    except ValueError as error:
        raise Refused("import_malformed", f"The field reading is no JSON: {error}.", where="reading") from error


def _malformed(error: ValidationError) -> Refused:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return Refused("import_malformed", f"The request is malformed: {where or 'body'}: {first['msg']}.", where=where)
