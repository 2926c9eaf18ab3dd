"""A story compiled for play: every node of every scene at one place, and the act of each place."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from immutables import Map

from comfyvn.domain.expressions import Value
from comfyvn.domain.ordering import sort_key
from comfyvn.domain.playthrough.compiler import Compiler
from comfyvn.domain.playthrough.layout import Unit, lay_out
from comfyvn.domain.playthrough.machine import Act
from comfyvn.domain.playthrough.stubs import NONE, Stubs
from comfyvn.domain.story import Scene

START: Final = "start"
"""The label at which a story begins."""


class Acts(dict[int, Act]):
    """The acts by place; each is compiled when a play first comes to it."""

    def __init__(self, compiled: Callable[[int], Act]) -> None:
        super().__init__()
        self._compiled = compiled

    def __missing__(self, place: int) -> Act:
        act = self[place] = self._compiled(place)
        return act


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled story. A place is an index into `positions` and `after`, and a key of `acts`.

    `positions` names the (scene, node) of each place, with None for the end of a scene, and `places` is its inverse.
    `after` is the place where the play goes on once a node is past. `entries` holds the first place of each scene,
    `names` the place of each label. `choices` are the places of the choices. `variables` are the values at the start,
    `fresh` those of the variables that live in a scene. `first` is the id of the story scene that comes first in the
    order of reading. `units` are the scenes laid out, `stubs` what stands in for code.
    """

    acts: Acts
    after: tuple[int, ...]
    positions: tuple[tuple[str, str | None], ...]
    places: Mapping[tuple[str, str | None], int]
    entries: Mapping[str, int]
    names: Mapping[str, int]
    choices: frozenset[int]
    variables: Map[str, Value]
    fresh: Mapping[str, Value]
    first: str | None
    units: Mapping[str, Unit]
    stubs: Stubs

    def find(self, name: str) -> int | None:
        """Return the place that a scene id, a label or ``SCENE:NODE`` names."""
        place = self.entries.get(name, self.names.get(name))
        if place is None and ":" in name:
            scene, _, node = name.rpartition(":")
            place = self.places.get((self._scene(scene), node))
        return place

    def _scene(self, name: str) -> str:
        place = None if name in self.entries else self.names.get(name)
        return name if place is None else self.positions[place][0]


def compile_story(
    scenes: Mapping[str, Scene],
    variables: Mapping[str, Value],
    characters: Mapping[str, str],
    *,
    scene_variables: Iterable[str] = (),
    tags: Mapping[str, str] | None = None,
    stubs: Stubs = NONE,
    earlier: Program | None = None,
) -> Program:
    """Compile a story. `variables` are the values at the start, `characters` the display names by id.

    Of the variables, `scene_variables` live in a scene: they begin anew when a scene is entered, and a return brings
    back those of the caller. `tags` are the image tags of characters, `stubs` stand in for code. What `earlier` shares
    with this story, the very same scenes, is not laid out again. Nothing is refused: what cannot be understood or
    found fails when the play comes to it.
    """
    known = {} if earlier is None else earlier.units
    units: dict[str, Unit] = {}
    after: list[int] = []
    positions: list[tuple[str, str | None]] = []
    bases: dict[str, int] = {}
    choices: list[int] = []
    labels: list[tuple[str, int]] = []
    for scene_id in sorted(scenes):
        unit = known.get(scene_id)
        if unit is None or unit.scene is not scenes[scene_id]:
            unit = lay_out(scene_id, scenes[scene_id])
        units[scene_id] = unit
        base = bases[scene_id] = len(positions)
        positions += unit.positions
        after += [base + offset for offset in unit.after]
        choices += [base + offset for offset in unit.choices]
        labels += [(name, base + offset) for name, offset in unit.labels]
    entries = {scene_id: bases[scene_id] + unit.entry for scene_id, unit in units.items()}
    story = sorted(scenes, key=lambda i: _reading(i, scenes[i]))
    names: dict[str, int] = {}
    for scene_id in story:
        label = scenes[scene_id].label
        if label is not None:
            names.setdefault(label, entries[scene_id])
    for name, place in labels:
        names.setdefault(name, place)
    places = dict(zip(positions, range(len(positions)), strict=True))
    fresh = {name: variables[name] for name in sorted(scene_variables) if name in variables}
    compiler = Compiler(units, bases, positions, after, places, entries, names, characters, tags or {}, fresh, stubs)
    return Program(
        acts=Acts(compiler.act),
        after=tuple(after),
        positions=tuple(positions),
        places=places,
        entries=entries,
        names=names,
        choices=frozenset(choices),
        variables=Map(variables),
        fresh=fresh,
        first=next((i for i in story if scenes[i].role == "story"), None),
        units=units,
        stubs=stubs,
    )


def _reading(scene_id: str, scene: Scene) -> tuple[str, tuple[str, str]]:
    return (scene.group, sort_key(scene.order, scene_id))
