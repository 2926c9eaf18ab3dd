"""A file or folder of this machine on its way into the registry, in batches of one commit each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from comfyvn.application.assets.registering import BATCH, Progress, Registered, Turned, register
from comfyvn.application.assets.registry import Draft, Registry, Source
from comfyvn.application.assets.storing import store
from comfyvn.application.studio import Request
from comfyvn.domain.assets import AssetType
from comfyvn.domain.kernel import Json, Refused

MAX_FILES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """What shall become assets, and how: the files of `source`, under names that begin with `under`."""

    source: Source
    under: str = ""
    type: AssetType | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of a file or folder: the ids of all its assets, the commits that were needed, what was refused."""

    position: int
    files: int
    commits: tuple[str, ...]
    ids: tuple[str, ...]
    refused: tuple[Turned, ...]


def gather(registry: Registry, branch: str, order: Order, request: Request, progress: Progress) -> Gathered:
    """Register a file, or all files of a folder and the folders in it, by their paths below it.

    One of many files that is refused stops nothing but itself. Raises Refused("folder_too_large").
    """
    names = list(islice(order.source.names(), MAX_FILES + 1))
    if len(names) > MAX_FILES:
        raise Refused("folder_too_large", f"A folder has at most {MAX_FILES} files.", limit=MAX_FILES)
    found = Gathered(registry.studio.store.head(branch), len(names), (), (), ())
    for start in range(0, len(names), BATCH):

        def told(stage: str, done: int, _: int, start: int = start) -> None:
            progress(stage, start + done, len(names))

        asked = request if start == 0 else replace(request, command_id=_nth(request.command_id, start))
        found = _batch(registry, branch, order, names[start : start + BATCH], asked, told, found)
    return found


def _batch(
    registry: Registry, branch: str, order: Order, names: list[str], request: Request, told: Progress, before: Gathered
) -> Gathered:
    drafts, refused = [], []
    lenient = not order.source.single
    for n, name in enumerate(names):
        told("stored", n, len(names))
        try:
            drafts.append(_draft(registry, order, name))
        except Refused as error:
            if not lenient:
                raise
            refused.append(Turned(_told(name), error.code, str(error)))
    done: Registered | None = None
    if drafts:
        done = register(registry, branch, drafts, request, replaces=order.replaces, lenient=lenient, progress=told)
        refused += done.refused
    commit = done.outcome.commit if done else None
    return Gathered(
        done.outcome.position if done else before.position,
        before.files,
        (*before.commits, *([commit.id] if commit else [])),
        (*before.ids, *(done.ids if done else ())),
        (*before.refused, *refused),
    )


def _draft(registry: Registry, order: Order, name: str) -> Draft:
    digest, size = store(registry.blobs, order.source.open(name), registry.limit)
    path = f"{order.under.strip('/')}/{name}".lstrip("/")
    method = "path" if order.source.single else "folder"
    return Draft(path, digest, size, order.type, order.meta, order.tags, name, method)


def _nth(command_id: str | None, start: int) -> str | None:
    """Return the id of a later batch of one command, so that a retry of the whole is harmless."""
    return None if command_id is None else f"{command_id}+{start}"


def _told(name: str) -> str:
    """Return a file's name as text, also where it is none on this system."""
    return name.encode(errors="replace").decode()
