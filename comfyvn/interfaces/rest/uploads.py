"""HTTP for files that are sent: kept while they come in, then registered or put in the place of another content."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, get_args

import orjson
from anyio import to_thread
from fastapi import APIRouter, Header, Request, Response

from comfyvn.application.assets.registering import Registered, register, replace_content
from comfyvn.application.assets.registry import Draft, Registry, rows
from comfyvn.application.assets.storing import store
from comfyvn.application.ports import BranchRow, Ref
from comfyvn.application.studio import Request as Asked
from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Json, Refused
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    Key,
    Match,
    OutcomeShape,
    done,
    outcome_shape,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.assets import AssetName, AssetRow, Assets, asset_id_of
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice
from comfyvn.interfaces.rest.multipart import Part, arriving, parts

PATHS: Final = r"/assets/(upload|[^/]+/replace)"
"""The paths that take files."""
FORM: Final = 1 << 20
"""Bytes that a form may have beside its file."""
MAX_FILES: Final = 500
"""Files in one upload."""

_FIELDS: Final = {
    "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
    "path": {"type": "string", "description": "The path that a single file shall have; default: its own name."},
    "under": {"type": "string", "description": "Put before the names of the files."},
    "type": {"type": "string", "enum": list(get_args(AssetType))},
    "tags": {"type": "array", "items": {"type": "string"}},
    "meta": {"type": "string", "description": "A JSON object: license, author, origin, nsfw, rating …"},
    "replaces": {"type": "string", "enum": ["true", "false"]},
}


@dataclass(frozen=True, slots=True)
class UploadShape:
    """What an upload did: its commit (null: all was there already) and the assets, in the order of the files."""

    outcome: OutcomeShape
    items: list[AssetRow]


@dataclass(slots=True)
class _Form:
    """What a form says: files that are stored already, and fields."""

    files: list[tuple[str, str, int]] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return self.fields.get(name, [default])[-1]


def routes(current: Current, assets: Assets) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    problems = {**PROBLEMS, 507: {**PROBLEMS[400], "description": "The disk is full."}}
    api = APIRouter(prefix="/assets", responses=problems, tags=["registry"])
    registry = assets.registry

    @api.post("/upload", summary="Upload files", response_model=UploadShape, openapi_extra=_form(["file"], *_FIELDS))
    async def upload(
        request: Request,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        actor: Actor = "local",
        content_type: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        def work() -> Response:
            row = current(project, branch)
            form = _read(registry, content_type, arriving(stream))
            found = _register(registry, row, form, request_of(key, None, actor))
            states = registry.studio.store.load_many(row.id, [Ref("asset", i) for i in found.ids])
            shown = rows(registry.studio, row.id, [(ref.id, loaded.state) for ref, loaded in states.items()])
            return reply({"outcome": outcome_shape(found.outcome), "items": shown})

        stream = request.stream()
        return await to_thread.run_sync(work)

    @api.post(
        "/{asset}/replace",
        summary="Give an asset another content; id, path and tags stay, the old content stays in the history",
        response_model=OutcomeShape,
        openapi_extra=_form(["file"], "file", "meta"),
    )
    async def replace(
        request: Request,
        asset: AssetName,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
        content_type: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        def work() -> Response:
            row = current(project, branch)
            asset_id = asset_id_of(registry, row, asset)
            form = _read(registry, content_type, arriving(stream))
            if len(form.files) != 1:
                raise Refused("form_malformed", "One file takes the place of the content.")
            name, digest, size = form.files[0]
            draft = Draft(name, digest, size, meta=_meta(form), source=name, method="upload")
            return done(replace_content(registry, row.id, asset_id, draft, request_of(key, match, actor)))

        stream = request.stream()
        return await to_thread.run_sync(work)

    return api


def _form(required: list[str], *names: str) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": {name: _FIELDS[name] for name in names}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _read(registry: Registry, content_type: str, chunks: Iterator[bytes]) -> _Form:
    """Store the files of a form and read its fields."""
    form = _Form()
    for part in parts(content_type, chunks):
        if part.filename is None:
            form.fields.setdefault(part.name, []).append(part.text())
        else:
            if len(form.files) == MAX_FILES:
                raise Refused("form_malformed", f"An upload has at most {MAX_FILES} files.")
            form.files.append((_name(part), *store(registry.blobs, part.chunks, registry.limit)))
    if not form.files:
        raise Refused("file_missing", "The form holds no file.")
    return form


def _name(part: Part) -> str:
    """Return the name of a file without any folder that a client may put before it."""
    name = re.split(r"[/\\]", part.filename or "")[-1]
    return unicodedata.normalize("NFC", name).strip()


def _register(registry: Registry, row: BranchRow, form: _Form, who: Asked) -> Registered:
    kind = form.one("type")
    if kind and kind not in get_args(AssetType):
        raise Refused("form_malformed", f"There is no type {kind[:50]!r} of assets.", where="type")
    path, under = form.one("path"), form.one("under").strip("/")
    if path and len(form.files) > 1:
        raise Refused("form_malformed", "A path is for a single file.", where="path")
    tags = tuple(dict.fromkeys(form.fields.get("tags", [])))
    meta = _meta(form)
    drafts = [
        Draft(
            path or (f"{under}/{name}" if under else name),
            digest,
            size,
            kind or None,  # type: ignore[arg-type]
            meta,
            tags,
            name,
            "upload",
        )
        for name, digest, size in form.files
    ]
    if len({draft.path for draft in drafts}) != len(drafts):
        raise Refused("form_malformed", "Two files of this upload have the same name.", where="file")
    return register(registry, row.id, drafts, who, replaces=form.one("replaces") == "true")


def _meta(form: _Form) -> dict[str, Json]:
    try:
        meta = orjson.loads(form.one("meta", "{}"))
    except orjson.JSONDecodeError as error:
        raise Refused("form_malformed", "The field meta is no JSON.", where="meta") from error
    if not isinstance(meta, dict):
        raise Refused("form_malformed", "The field meta is no JSON object.", where="meta")
    return meta
