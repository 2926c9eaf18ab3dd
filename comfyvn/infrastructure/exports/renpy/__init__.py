"""Ren'Py: stories to projects that the engine runs. `export` writes one, `compose` gives its files in memory."""

from comfyvn.infrastructure.exports.renpy.composition import Project, compose
from comfyvn.infrastructure.exports.renpy.project import export

__all__ = ["Project", "compose", "export"]
