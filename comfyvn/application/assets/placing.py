"""Where the derived files of an asset lie: names that are safe on every system, and unique."""

import re
from hashlib import sha256
from typing import Final

from comfyvn.application.versions import asset_id as id_of
from comfyvn.domain.assets import Asset

FOLDERS: Final = {
    "image": "images",
    "music": "music",
    "sound": "sounds",
    "voice": "voices",
    "video": "videos",
    "font": "fonts",
    "text": "texts",
    "other": "others",
}
SIDECAR: Final = ".asset.json"

_CHARACTERS: Final = frozenset("character characters char chars sprite sprites portrait portraits".split())
_BACKGROUNDS: Final = frozenset("background backgrounds bg bgs scenery".split())
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9_.()+ -]*")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_MAX_PART, _MAX_PLACE = 80, 150


def folder(asset: Asset) -> str:
    """Return the folder for an asset of its kind; pictures of characters and backgrounds have folders of their own."""
    if asset.type == "image":
        words = {*asset.tags, *re.split(r"[/ _.-]", asset.path.lower())}
        if words & _CHARACTERS:
            return "characters"
        if words & _BACKGROUNDS:
            return "backgrounds"
    return FOLDERS[asset.type]


def place(shelf: str, asset_id: str, asset: Asset) -> str:
    """Return the place of an asset's view on the shelf of a branch, relative and posix.

    A name that some system could not keep, or would take for another, is changed and ends in a mark of its own.
    """
    *folders, name = asset.path.split("/")
    fits = (
        all(_PLAIN.fullmatch(part) and _sound(part) for part in (*folders, name))
        and "." in name
        and not any("." in part for part in folders)
        and not name.endswith(SIDECAR)
        and len(asset.path) <= _MAX_PLACE
        and asset_id == id_of(asset.path)
    )
    if fits:
        return f"{folder(asset)}/{shelf}/{asset.path}"
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    mark = sha256(asset_id.encode(errors="replace")).hexdigest()[:8]
    ending = re.sub(r"[^a-z0-9]", "", ending.lower())[:12] or "bin"
    return f"{folder(asset)}/{shelf}/{safe(stem)}~{mark}.{ending}"


def safe(name: str) -> str:
    """Return a name as a part of a path that every system can keep; different names may become one."""
    text = re.sub(r"[^\w()+ -]+", "_", name).strip(" _")[: _MAX_PART // 2]
    return "_" + text if not text or _RESERVED.fullmatch(text.lower()) else text


def _sound(part: str) -> bool:
    return part[-1] not in ". " and len(part) <= _MAX_PART and not _RESERVED.fullmatch(part)


def thumb_path(digest: str) -> str:
    """Return where the thumbnail of a content lies in the cache folder."""
    return f"thumbs/{digest[:2]}/{digest[2:4]}/{digest}-320.webp"


def shelf(project: str, branch: str | None) -> str:
    """Return the name of the shelf of a branch; None is the first branch of its project, which has the plain name."""
    name = project if branch is None else f"{project}@{branch}"
    if len(name.encode()) > 2 * _MAX_PART or _RESERVED.fullmatch(name):
        return "_" + sha256(name.encode()).hexdigest()[:16]
    return name
