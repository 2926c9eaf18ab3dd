"""Compiled Ink as the statements that its source would have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.ink.containers import Container, root_of
from comfyvn.infrastructure.imports.ink.flow import DIVERTS, Flow
from comfyvn.infrastructure.imports.ink.names import Place
from comfyvn.infrastructure.imports.ink.parser import Kept, Knot, Line
from comfyvn.infrastructure.imports.loading import loaded

_GLOBALS: Final = "global decl"
_INNER: Final = re.compile(r"[cg]-\d+|s\d*|b|\$r\d*|\d+")
"""Names that the compiler makes up."""
_WEAVE: Final = re.compile(r"[cg]-\d+")


def knots_of_compiled(text: str, file: str) -> tuple[Knot, dict[str, Knot], list[Kept]]:
    """Return what stands before the first knot, the knots by name, and the declarations.

    Raises Refused: ``ink_malformed``, ``ink_version``.
    """
    try:
        story = loaded(text)
    except ValueError as error:
        raise Refused("ink_malformed", f"{file} is no JSON: {error}.", file=file) from error
    tree = Tree(root_of(story, file))
    top = Knot("", file=file)
    if tree.root.content and isinstance(tree.root.content[0], Container):
        top.statements += Flow(tree, tree.root.content[0], 1).all()
    knots = {name: tree.knot(name, held, file) for name, held in tree.knots.items()}
    declared = [*tree.declared(story.get("listDefs"))]
    if all(isinstance(s, Line) and not s.items for s in top.statements):
        top.statements.clear()
    return top, knots, declared


@dataclass(slots=True)
class Tree:
    """The containers of a story and what they are called in its source."""

    root: Container
    knots: dict[str, Container] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    places: dict[Container, Place] = field(default_factory=dict)
    parameters: dict[Container, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.knots = {name: one for name, one in self.root.named.items() if name != _GLOBALS and one.beside}
        for name, knot in self.knots.items():
            self._passage(Place(name), knot)
            for word, stitch in self._stitches(knot):
                self._passage(Place(name, word), stitch)
        commands = [(one, command) for one in self.root.every() for command in one.content]
        for here, command in commands:
            if isinstance(command, dict) and isinstance(command.get("f()"), str):
                self.functions.add(command["f()"])
            if command == "~ret":
                self.functions |= {self.place(here).knot}
        taken: set[Place] = {*self.places.values()}
        for here, command in commands:
            for target in self._targets(here, command):
                if target not in self.places and target is not self.root:
                    self.places[target] = self._label(target, taken)
                    taken.add(self.places[target])

    def _passage(self, place: Place, held: Container) -> None:
        self.places[held] = place
        self.parameters[held] = tuple(reversed([*_parameters(held)]))

    def _stitches(self, knot: Container) -> Iterator[tuple[str, Container]]:
        for word, one in knot.named.items():
            if one.gather and not _WEAVE.fullmatch(word):
                yield word, one

    @staticmethod
    def _targets(here: Container, command: Any) -> Iterator[Container]:
        for key in (*DIVERTS, "CNT?", "RC?", "^->", "*"):
            if isinstance(command, dict) and key in command and (found := here.find(command[key])):
                yield found

    def place(self, held: Container) -> Place:
        """Return the knot and stitch that a container is in."""
        found = next((self.places[one] for one in held.ancestors() if self.parameters.get(one) is not None), Place(""))
        return Place(found.knot, found.stitch)

    def _label(self, held: Container, taken: set[Place]) -> Place:
        outer = self.place(held)
        words = held.name if held.name and not _INNER.fullmatch(held.name) else ""
        found = Place(outer.knot, outer.stitch, words)
        if not words.isidentifier() or found in taken:
            path = re.sub(r"\W", "_", held.path)
            found = Place(outer.knot, outer.stitch, f"at_{path}")
        return found

    def name_of(self, here: Container, path: Any) -> str:
        """Return what the source calls the container at a path; a word that means nothing where there is none."""
        held = here.find(path)
        place = None if held is None else self.places.get(held)
        return ".".join(filter(None, place)) if place else f"nowhere_{re.sub(r'[^a-zA-Z0-9]', '_', str(path)[:60])}"

    def takes(self, name: str) -> int:
        """Return how many values a function takes."""
        held = self.root.find(name)
        return len(self.parameters.get(held, ())) if held else 0

    def label(self, held: Container) -> str | None:
        """Return the label of a gather or choice that something leads to or asks for."""
        place = self.places.get(held)
        return place.label or None if place else None

    def knot(self, name: str, held: Container, file: str) -> Knot:
        """Return a knot with its stitches."""
        stitches = dict(self._stitches(held))
        found = Knot(name, 0, file, self.parameters[held], name in self.functions, Flow(self, held, 1).all())
        if found.function:
            found.statements = [s for s in found.statements if not isinstance(s, Line) or s.items]
        for word, stitch in stitches.items():
            found.stitches[word] = Knot(word, 0, file, self.parameters[stitch], False, Flow(self, stitch, 1).all())
        return found

    def declared(self, lists: Any) -> Iterator[Kept]:
        """Yield the declarations of variables and lists."""
        for name, values in lists.items() if isinstance(lists, dict) else ():
            yield Kept("LIST", f"LIST {name} = {', '.join(values) if isinstance(values, dict) else ''}", 0)
        held = self.root.named.get(_GLOBALS)
        for name, value in Flow(self, held, 1).assigned() if held else ():
            yield Kept("VAR", f"VAR {name} = {value}", 0)


def _parameters(held: Container) -> Iterator[str]:
    """Yield the names that a container takes from the stack before anything else."""
    found: Sequence[Any] = held.content
    while found and isinstance(found[0], Container):
        found = found[0].content
    for command in found:
        if not isinstance(command, dict) or not isinstance(command.get("temp="), str) or command.get("re"):
            return
        yield command["temp="]
