"""Analyses as JSON files of the cache, so that a server reads what a worker found out."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from comfyvn.domain.analysis import Analysis, Route, Stop
from comfyvn.domain.analysis.routes import OnDemand

KEPT: Final = 32
"""Analyses that are kept, the latest ones."""
_PAIRS: Final = "()"
"""The only key of an object that stands for a mapping whose keys are no texts."""


class AnalysisShelf:
    """The port `Shelf` on a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._adapter = TypeAdapter(Analysis)

    def put(self, name: str, analysis: Analysis) -> None:
        """Keep an analysis."""
        self._folder.mkdir(parents=True, exist_ok=True)
        ways = _Ways()
        kept = {
            "facts": _plain(self._adapter.dump_python(replace(analysis, routes={}, options={}))),
            "routes": [[*at, ways.add(route)] for at, route in analysis.routes.items()],
            "options": [
                [*at, edge, ways.add(route)]
                for at, routes in analysis.options.items()
                for edge, route in routes.items()
            ],
            "stops": ways.stops,
        }
        descriptor, made = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file, separators=(",", ":"))
        Path(made).replace(self._folder / f"{name}.json")
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in files[: max(0, len(files) - KEPT)]:
            old.unlink(missing_ok=True)

    def find(self, name: str) -> Analysis | None:
        """Return an analysis that was kept, if it is there still and of this release."""
        try:
            kept = json.loads((self._folder / f"{name}.json").read_text("utf-8"))
            facts = self._adapter.validate_python(_keyed(kept["facts"]))
            stops = kept["stops"]
            routes = {(scene, node): way for scene, node, way in kept["routes"]}
            options: dict[tuple[str, str], dict[str, Any]] = {}
            for scene, node, edge, way in kept["options"]:
                options.setdefault((scene, node), {})[edge] = way
        except (OSError, ValueError, TypeError, KeyError):
            return None

        def way_to(at: tuple[str, str]) -> Route:
            return _route(stops, routes[at])

        def options_of(at: tuple[str, str]) -> Mapping[str, Route]:
            return {edge: _route(stops, way) for edge, way in options[at].items()}

        return replace(facts, routes=OnDemand(routes, way_to), options=OnDemand(options, options_of))


class _Ways:
    """Ways as a tree, as they share their beginnings: each stop names the one before it."""

    def __init__(self) -> None:
        self.stops: list[tuple[int, str, str, int, str]] = []
        self._known: dict[tuple[int, str, str, int, str], int] = {}

    def add(self, route: Route) -> tuple[int, bool, int]:
        """Add a way; return its last stop by number (-1: none), and what else it tells."""
        at = -1
        for stop in route.stops:
            key = (at, stop.scene, stop.node, stop.pick, stop.edge)
            at = self._known.setdefault(key, len(self.stops))
            if at == len(self.stops):
                self.stops.append(key)
        return at, route.lucky, route.words


def _route(stops: list[Any], way: Any) -> Route:
    at, lucky, words = way
    found = []
    while at >= 0:
        at, *stop = stops[at]
        found.append(Stop(*stop))
    return Route(tuple(reversed(found)), lucky, words)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: _plain(part) for key, part in value.items()}
        return {_PAIRS: [[list(key), _plain(part)] for key, part in value.items()]}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _keyed(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_PAIRS}:
            return {tuple(key): _keyed(part) for key, part in value[_PAIRS]}
        return {key: _keyed(part) for key, part in value.items()}
    return [_keyed(part) for part in value] if isinstance(value, list) else value
