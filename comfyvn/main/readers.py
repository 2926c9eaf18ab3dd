"""The readers of foreign stories by engine."""

from collections.abc import Callable, Mapping
from typing import Final

from comfyvn.infrastructure.imports.ink import reader as ink
from comfyvn.infrastructure.imports.kag import reader as kag
from comfyvn.infrastructure.imports.pack import reader as pack
from comfyvn.infrastructure.imports.renpy.reader import ENGINE as RENPY
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from comfyvn.infrastructure.imports.roleplay import reader as roleplay
from comfyvn.infrastructure.imports.twine import reader as twine
from comfyvn.infrastructure.imports.yarn import reader as yarn
from comfyvn.interfaces.cli.tools import Reader

READERS: Final[Mapping[str, Callable[[], Reader]]] = {
    pack.ENGINE: pack.reader,
    RENPY: RenpyReader,
    kag.TYRANO: kag.tyranoscript,
    kag.KIRIKIRI: kag.kirikiri,
    twine.ENGINE: twine.reader,
    roleplay.ENGINE: roleplay.reader,
    yarn.ENGINE: yarn.reader,
    ink.ENGINE: ink.reader,
}
"""Where two are as sure of a path, the first one reads it."""
