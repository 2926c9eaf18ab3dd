"""The reader of ComfyVN packs, ``comfyvn-pack@1``: one JSON file alone, or as the manifest of a folder or zip file.

The format is described by ``comfyvn-pack-1.schema.json`` beside this file. Each document in it is what the API takes
and gives for its kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.assets import MAX_PATH
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.domain.pack import Member, Pack, Stated, Warned
from comfyvn.domain.story import Scene
from comfyvn.infrastructure.imports.files import Files, FilesReader
from comfyvn.infrastructure.imports.licences import in_fields
from comfyvn.infrastructure.imports.loading import loaded
from comfyvn.infrastructure.imports.members import capped, type_of

ENGINE: Final = "comfyvn"
FORMAT: Final = "comfyvn-pack@1"
MANIFEST: Final = "comfyvn-pack.json"
SCHEMA_FILE: Final = "comfyvn-pack-1.schema.json"
MAX_MANIFEST: Final = 256 << 20
MAX_ID: Final = 200
_LISTS: Final[Mapping[str, str]] = {
    "scenes": "scene",
    "characters": "character",
    "variables": "variable",
    "worlds": "world",
    "translations": "translation",
}
_FACTS: Final[Mapping[str, str]] = {"licence": "license", "credit": "credit", "title": "title"}
_KEYS: Final = frozenset({"format", "title", "start", "assets", "generator", *_LISTS})


def looks(files: Files) -> Probe:
    """Tell from names and first bytes whether files hold a pack."""
    for name in _manifests(files):
        if FORMAT.encode() in files.head(name):
            return Probe(ENGINE, 0.99, (f"{name} is of format {FORMAT}",))
    return Probe(ENGINE, 0.0)


def _manifests(files: Files) -> list[str]:
    named = [name for name in files.named(".json") if name.rpartition("/")[2] == MANIFEST]
    return named[:1] or (files.named(".json", ".cvnpack") if len(files.entries) == 1 else [])


def pack_of(files: Files, progress: Progress | None = None) -> Pack:
    """Return what a pack holds.

    Raises Refused: ``not_a_game``, ``pack_malformed`` with the place in the manifest, ``file_too_large``.
    """
    found = _manifests(files)
    if not found:
        raise Refused("not_a_game", f"{files.title} holds no {MANIFEST}.")
    manifest = _manifest(files.text(found[0], MAX_MANIFEST)[0], found[0])
    states = {plural: dict(_states(manifest, plural, kind, progress)) for plural, kind in _LISTS.items()}
    scenes: dict[str, Scene] = states["scenes"]
    start = manifest.get("start")
    if start is not None and (not isinstance(start, str) or start not in scenes):
        raise _malformed("start", f"there is no scene {start!r}")
    folder = found[0].rpartition("/")[0]
    warnings = [*files.warnings]
    members = tuple(_members(files, manifest, f"{folder}/" if folder else "", warnings))
    nodes = [node for scene in scenes.values() for node in scene.nodes.values() if node.verb != "comment"]
    raw = sum(node.verb == "raw" for node in nodes)
    return Pack(
        engine=ENGINE,
        title=manifest["title"].strip(),
        scenes=scenes,
        characters=states["characters"],
        variables=states["variables"],
        translations=states["translations"],
        worlds=states["worlds"],
        members=members,
        licences=tuple(_licences(members, found[0])),
        start=start or next(iter(scenes), None),
        recognised=len(nodes) - raw,
        total=len(nodes),
        raw_kinds={"raw": raw} if raw else {},
        warnings=capped(warnings),
    )


def _manifest(words: str, name: str) -> dict[str, Any]:
    try:
        found = loaded(words)
    except ValueError as error:
        raise Refused("pack_malformed", f"{name} is no JSON: {error}.", where="") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _malformed("format", f"is not {FORMAT!r}")
    if unknown := sorted(found.keys() - _KEYS):
        raise _malformed(unknown[0][:50], "is no key of the format")
    title = found.get("title")
    if not isinstance(title, str) or not title.strip() or len(title) > MAX_ID:
        raise _malformed("title", f"is a text of 1 to {MAX_ID} characters")
    return found


def _states(
    manifest: Mapping[str, Any], plural: str, kind: str, progress: Progress | None
) -> Iterator[tuple[str, Any]]:
    """Yield the entities of a list by id."""
    listed = manifest.get(plural, [])
    if not isinstance(listed, list):
        raise _malformed(plural, "is a list")
    decider = KINDS[kind]
    seen: set[str] = set()
    for number, document in enumerate(listed):
        where = f"{plural}[{number}]"
        entity_id = document.get("id") if isinstance(document, dict) else None
        if not isinstance(entity_id, str) or not 0 < len(entity_id) <= MAX_ID or not entity_id.isprintable():
            raise _malformed(f"{where}.id", f"is a text of 1 to {MAX_ID} characters")
        if entity_id in seen:
            raise _malformed(f"{where}.id", f"{entity_id!r} stands twice")
        seen.add(entity_id)
        try:
            yield entity_id, decider.intend(None, decider.save(document))
        except Refused as refusal:
            place = refusal.details.get("where")
            raise _malformed(f"{where}.{place}" if place else where, str(refusal)) from refusal
        if progress:
            progress(plural, number + 1, len(listed))


def _members(files: Files, manifest: Mapping[str, Any], folder: str, warnings: list[Warned]) -> Iterator[Member]:
    listed = manifest.get("assets", [])
    if not isinstance(listed, list):
        raise _malformed("assets", "is a list")
    sizes = {entry.name: entry.size for entry in files.entries}
    seen: set[str] = set()
    for number, asset in enumerate(listed):
        path = asset.get("path") if isinstance(asset, dict) else None
        if not isinstance(path, str) or not 0 < len(path) <= MAX_PATH or path in seen:
            raise _malformed(f"assets[{number}].path", "is a path that stands once")
        seen.add(path)
        name = f"{folder}{path}"
        if name not in sizes:
            warnings.append(Warned("file_missing", f"There is no file {path!r} beside the manifest.", name))
            continue
        facts: dict[str, Json] = {
            _FACTS[key]: value for key in _FACTS if isinstance(value := asset.get(key), str) and value
        }
        yield Member(name, type_of(name), sizes[name], facts=facts)


def _licences(members: Sequence[Member], file: str) -> Iterator[Stated]:
    for member in members:
        yield from in_fields(member.name, member.facts, file, str(member.facts.get("credit", "")))


def _malformed(where: str, why: str) -> Refused:
    return Refused("pack_malformed", f"The pack is malformed: {where}: {why}", where=where)


def reader() -> FilesReader:
    """Return the reader as the studio takes it."""
    return FilesReader(ENGINE, looks, pack_of)
