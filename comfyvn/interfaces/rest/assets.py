"""HTTP for the registry of assets: lists, files, uploads and what is done to an asset."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from comfyvn.application.assets.changing import change, relicense
from comfyvn.application.assets.exported import Exported, Holding, exports_with
from comfyvn.application.assets.gathering import Order, gather
from comfyvn.application.assets.listing import MAX_PAGE, Filter, Used, page
from comfyvn.application.assets.registry import Registry, Source, find, rows
from comfyvn.application.assets.stamped import with_stamp
from comfyvn.application.assets.using import Lacks, Meaning, Use, Uses, lacking, meanings, uses_of, where_used
from comfyvn.application.jobs.orders import EnforceOrder, FolderOrder, RebuildOrder
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.ports import BranchRow
from comfyvn.application.studio import Request as Asked
from comfyvn.application.studio import plain
from comfyvn.domain.assets import AssetType, DiscardAsset, TagAsset, UntagAsset
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.interfaces.rest.answers import (
    PROBLEMS,
    Actor,
    At,
    Key,
    Match,
    OutcomeShape,
    done,
    position,
    reply,
    request_of,
)
from comfyvn.interfaces.rest.documents import BranchChoice, Current, ProjectChoice
from comfyvn.interfaces.rest.jobs import JobShape, job_shape
from comfyvn.interfaces.rest.ranges import file_response

AssetName = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^/\x00-\x1f]+$",
        description="Id (uid) of the asset, or the SHA-256 of its content.",
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=500)]
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@dataclass(frozen=True, slots=True)
class Assets:
    """What the routes work with.

    `used` names the assets that something refers to, `source` opens a path, `exported` finds exports with an asset.
    `reveal` shows the view of an asset of a branch in the file manager of this machine; None where others use it too.
    """

    registry: Registry
    jobs: JobRunner
    used: Used
    source: Callable[[str], Source]
    exported: Holding = lambda *_: ()
    reveal: Callable[[str, str], None] | None = None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset as the registry shows it. `path_thumb` is below the cache folder; null: there is nothing to show."""

    id: str
    uid: str
    type: AssetType
    path_full: str
    path_thumb: str | None
    hash: str
    bytes: int
    meta: dict[str, Any]
    tags: list[str]
    created_at: str


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of assets in the order of their paths; `next` is the cursor of the page after it, null on the last."""

    items: list[AssetRow]
    total: int
    next: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Registering:
    """Names a file or folder of the server's machine. `under` is put before the names of the files."""

    path: Annotated[str, Field(min_length=1, max_length=4000)]
    under: Annotated[str, Field(max_length=500)] = ""
    type: AssetType | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    tags: tuple[Text, ...] = ()
    replaces: bool = False
    project: Text | None = None
    branch: Text | None = None
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not taken, and why."""

    path: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class GatheredShape:
    """What became of the files: the ids of their assets, the commits that were needed, what was refused."""

    position: int
    files: int
    commits: list[str]
    ids: list[str]
    refused: list[RefusedFile]


@dataclass(frozen=True, slots=True)
class Tagging:
    """A tag to put on or to take off."""

    tag: Text
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Relicensing:
    """A licence: an SPDX expression such as ``CC-BY-4.0``, or ``LicenseRef-…`` for one of one's own."""

    license: Text
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """`collect`: also take away contents that nothing in the history names, and that are older than a day."""

    collect: bool = False
    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Enforcing:
    """`deep`: read every byte of every content."""

    deep: bool = False
    __pydantic_config__: ClassVar = {"extra": "forbid"}


NO_REBUILDING: Final = Rebuilding()
NO_ENFORCING: Final = Enforcing()


def routes(current: Current, assets: Assets) -> APIRouter:
    """Return the routes; `current(project, branch)` is the branch that they work on."""
    api = APIRouter(prefix="/assets", responses=PROBLEMS, tags=["registry"])
    _lists(api, current, assets)
    _jobs(api, current, assets)
    _files(api, current, assets.registry)
    _changes(api, current, assets)
    return api


def asset_id_of(registry: Registry, row: BranchRow, name: str) -> str:
    """Return the id of an asset that is named by its id or content; an id need not exist (any more)."""
    return find(registry.studio, row.id, name)[0] if len(name) == 64 else name


def _lists(api: APIRouter, current: Current, assets: Assets) -> None:
    registry = assets.registry

    @api.get("", summary="List assets", response_model=AssetPage)
    def list_assets(
        type: AssetType | None = None,
        tag: Annotated[str | None, Query(max_length=500)] = None,
        licence: Annotated[str | None, Query(max_length=500, description="As it stands in meta.license.")] = None,
        rating: Annotated[str | None, Query(max_length=500)] = None,
        text: Annotated[str | None, Query(max_length=500, description="Stands in path, tags or texts of meta.")] = None,
        unused: Annotated[bool | None, Query(description="Whether nothing refers to it.")] = None,
        missing: Annotated[bool | None, Query(description="Whether its content is gone.")] = None,
        cursor: Annotated[str | None, Query(max_length=8000, description="The `next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        wanted = Filter(type, tag, licence, rating, text, unused, missing)
        return reply(page(registry, row.id, wanted, assets.used, position(at), cursor, limit))

    @api.get("/missing", summary="List what the story names and nobody has registered", response_model=Lacks)
    def list_missing(
        places: Annotated[int, Query(ge=0, le=100, description="At most so many places of each.")] = 5,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        return reply(lacking(registry.studio, current(project, branch).id, position(at), places))

    @api.get("/meant", summary="Tell which assets the names of images and sounds mean", response_model=list[Meaning])
    def list_meant(
        name: Annotated[
            list[Annotated[str, Field(min_length=3, max_length=1100)]],
            Query(max_length=200, description="image:TAG ATTRIBUTES, audio:NAME or file:PATH."),
        ],
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        return reply(plain(meanings(registry.studio, current(project, branch).id, name, position(at))))

    @api.get("/used-by", summary="List what a scene, a line, a character … uses", response_model=list[Use])
    def list_used(
        subject: Annotated[
            str, Query(min_length=3, max_length=500, description="Such as scene:ID, scene:ID/NODE or character:ID.")
        ],
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        return reply(uses_of(registry.studio, current(project, branch).id, subject, position(at)))

    @api.get("/{asset}/where-used", summary="List where an asset is used", response_model=Uses)
    def list_uses(
        asset: AssetName,
        cursor: Annotated[str | None, Query(max_length=20_000, description="The `next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        return reply(where_used(registry.studio, row.id, asset, position(at), cursor, limit))

    @api.get("/{asset}/exports", summary="List the exports that hold an asset", response_model=list[Exported])
    def list_exports(
        asset: AssetName, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        row = current(project, branch)
        return reply(exports_with(registry.studio, assets.exported, row.id, asset, position(at)))

    @api.get("/{asset}", summary="Get one asset", response_model=AssetRow)
    def get_asset(
        asset: AssetName, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        row = current(project, branch)
        asset_id, state, version = find(registry.studio, row.id, asset, position(at))
        return reply(rows(registry.studio, row.id, [(asset_id, state)], position(at))[0], version=version)


def _jobs(api: APIRouter, current: Current, assets: Assets) -> None:
    registry = assets.registry

    @api.post(
        "/register",
        summary="Register a file of the server's machine, or as a job a folder with all that is in it",
        response_model=GatheredShape,
        responses={202: {"model": JobShape, "description": "A folder: the job that registers it."}},
    )
    def register_path(asked: Registering, key: Key = None, actor: Actor = "local") -> Response:
        row = current(asked.project, asked.branch)
        order = Order(assets.source(asked.path), asked.under, asked.type, asked.meta, asked.tags, asked.replaces)
        who = request_of(key, None, actor)
        if order.source.single:
            return reply(gather(registry, row.id, order, who, lambda *_: None))
        folder = FolderOrder(row.id, asked.path, asked.under, asked.type, asked.meta, asked.tags, asked.replaces)
        job = assets.jobs.submit("register-folder", plain(folder), actor=actor, command_id=key)
        return reply(job_shape(job), 202)

    @api.post("/rebuild", status_code=202, summary="Make views, sidecars and thumbnails again", response_model=JobShape)
    def rebuild(asked: Rebuilding = NO_REBUILDING, actor: Actor = "local") -> Response:
        order = plain(RebuildOrder(asked.collect))
        return reply(job_shape(assets.jobs.submit("rebuild-assets", order, actor=actor)), 202)

    @api.post("/enforce", status_code=202, summary="Report what is missing or changed", response_model=JobShape)
    def enforce(asked: Enforcing = NO_ENFORCING, actor: Actor = "local") -> Response:
        order = plain(EnforceOrder(asked.deep))
        return reply(job_shape(assets.jobs.submit("enforce-assets", order, actor=actor)), 202)


def _files(api: APIRouter, current: Current, registry: Registry) -> None:
    @api.get(
        "/{asset}/download",
        summary="Download the content, or a part of it",
        response_class=Response,
        responses={
            200: {"description": "The file.", "content": {"*/*": _BINARY}},
            206: {"description": "The part that the Range header asks for.", "content": {"*/*": _BINARY}},
            304: {"description": "The client has it already (If-None-Match)."},
            416: {"description": "The file is shorter than that."},
        },
    )
    def download(
        request: Request,
        asset: AssetName,
        stamped: Annotated[
            bool, Query(description="With a stamp of its origin in it; `stamp_unfit` where the format has no place.")
        ] = False,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        at: At = None,
    ) -> Response:
        row = current(project, branch)
        asset_id, state, _ = find(registry.studio, row.id, asset, position(at))
        size = registry.blobs.size(state.hash)
        if size is None:
            raise Missing("blob_unknown", "The content of this asset is gone.", hash=state.hash)
        mime = state.meta.get("mime")
        kind = mime if isinstance(mime, str) else None
        read = partial(registry.blobs.part, state.hash)
        if not stamped:
            return file_response(request, state.path, kind, state.hash, size, read)
        made, name = with_stamp(registry, row.id, asset_id, position(at))
        return file_response(request, state.path, kind, name, made.size, partial(made.part, read))

    @api.get(
        "/{asset}/thumbnail",
        summary="Get the thumbnail",
        response_class=Response,
        responses={
            200: {"description": "A small picture.", "content": {"image/webp": _BINARY}},
            404: {"description": "There is nothing to show (`thumbnail_none`), or not yet (`thumbnail_pending`)."},
        },
    )
    def thumbnail(
        asset: AssetName, project: ProjectChoice = None, branch: BranchChoice = None, at: At = None
    ) -> Response:
        row = current(project, branch)
        _, state, _ = find(registry.studio, row.id, asset, position(at))
        picture = registry.thumbs.get(state.hash)
        if picture is not None:
            headers = {"ETag": f'"{state.hash}"', "X-Content-Type-Options": "nosniff"}
            return Response(picture, 200, headers, "image/webp")
        if registry.thumbs.known(state.hash):
            raise Missing("thumbnail_none", "There is nothing to show of this asset.")
        raise Missing("thumbnail_pending", "The thumbnail is not made yet; ask again.")


def _changes(api: APIRouter, current: Current, assets: Assets) -> None:
    def changed(asset: str, command: Any, row: BranchRow, who: Asked) -> Response:
        registry = assets.registry
        asset_id = asset_id_of(registry, row, asset)
        if isinstance(command, Relicensing):
            return done(relicense(registry, row.id, asset_id, command.license, who))
        return done(change(registry, row.id, asset_id, command, who))

    @api.post("/{asset}/tag", summary="Put a tag on an asset", response_model=OutcomeShape)
    def tag(
        asset: AssetName,
        body: Tagging,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return changed(asset, TagAsset(body.tag), current(project, branch), request_of(key, match, actor))

    @api.post("/{asset}/untag", summary="Take a tag off an asset", response_model=OutcomeShape)
    def untag(
        asset: AssetName,
        body: Tagging,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return changed(asset, UntagAsset(body.tag), current(project, branch), request_of(key, match, actor))

    @api.post("/{asset}/relicense", summary="Put an asset under another licence", response_model=OutcomeShape)
    def put_under(
        asset: AssetName,
        body: Relicensing,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return changed(asset, body, current(project, branch), request_of(key, match, actor))

    @api.post("/{asset}/reveal", status_code=204, summary="Show an asset in the file manager of the server's machine")
    def reveal(asset: AssetName, project: ProjectChoice = None, branch: BranchChoice = None) -> Response:
        if assets.reveal is None:
            raise Refused("reveal_forbidden", "Only a server that nobody but its own machine reaches opens folders.")
        row = current(project, branch)
        assets.reveal(row.id, asset_id_of(assets.registry, row, asset))
        return Response(status_code=204)

    @api.post("/{asset}/retire", summary="Retire an asset; its history stays", response_model=OutcomeShape)
    def retire(
        asset: AssetName,
        project: ProjectChoice = None,
        branch: BranchChoice = None,
        key: Key = None,
        match: Match = None,
        actor: Actor = "local",
    ) -> Response:
        return changed(asset, DiscardAsset(), current(project, branch), request_of(key, match, actor))
