"""Ren'Py: stories to projects that the engine runs.

`export` writes one, `bundle` as a zip file, `plan` tells what would be written, `compose` gives its files in memory.
"""

from comfyvn.infrastructure.exports.renpy.bundle import bundle
from comfyvn.infrastructure.exports.renpy.composition import Project, compose
from comfyvn.infrastructure.exports.renpy.project import export, plan

__all__ = ["Project", "bundle", "compose", "export", "plan"]
