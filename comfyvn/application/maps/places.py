"""Where things stand on maps: kept beside the story, as it is no part of it, and the same for all variants."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Final, NamedTuple, Protocol

from comfyvn.domain.kernel import Refused
from comfyvn.domain.layout import Point, layout

PROJECT: Final = "project"
"""The view of a whole project; that of a scene is ``scene:ID``."""
FARTHEST: Final = 1e7
"""How far from the middle something may stand."""


class Standing(NamedTuple):
    """A place, and whether a person chose it."""

    point: Point
    chosen: bool


class Places(Protocol):
    """Keeps where things stand. It is no history: what is written replaces what was there."""

    def standing(self, project: str, view: str) -> Mapping[str, Standing]:
        """Return where everything of a view stands."""

    def settle(self, project: str, view: str, places: Mapping[str, Point]) -> None:
        """Keep computed places of things that stand nowhere yet."""

    def move(self, project: str, view: str, places: Mapping[str, Point]) -> None:
        """Keep the places that a person chose."""

    def forget(self, project: str, view: str, *, chosen: bool) -> None:
        """Forget the computed places of a view, with `chosen` those that people chose too."""


def placed(
    places: Places,
    project: str,
    view: str,
    nodes: Sequence[str],
    edges: Iterable[tuple[str, str]],
    *,
    keep: bool,
) -> Mapping[str, Standing]:
    """Return where nodes stand; those that stood nowhere get a place, which `keep` makes stay."""
    known = places.standing(project, view)
    found = layout(nodes, edges, {node: known[node].point for node in nodes if node in known})
    fresh = {node: point for node, point in found.items() if node not in known}
    if not fresh or not keep:
        return {node: known.get(node) or Standing(point, chosen=False) for node, point in found.items()}
    places.settle(project, view, fresh)
    known = places.standing(project, view)
    return {node: known[node] for node in nodes}


def move(places: Places, project: str, view: str, moved: Mapping[str, Point]) -> None:
    """Keep the places that a person chose. Raises Refused("place_malformed")."""
    for name, point in moved.items():
        if not name or len(name) > 200 or "\0" in name or not all(isfinite(n) and abs(n) <= FARTHEST for n in point):
            message = f"{name[:200]!r} cannot stand there: a place is two numbers of at most {FARTHEST:.0f}."
            raise Refused("place_malformed", message)
    places.move(project, view, moved)


def arrange(places: Places, project: str, view: str, *, everything: bool) -> None:
    """Have a view laid out anew when it is next looked at; what people placed stays, but for `everything`."""
    places.forget(project, view, chosen=everything)
