"""The places of an Ink story by their names: knots, stitches, and labels of gathers and choices."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from comfyvn.infrastructure.imports.ink.parser import Choice, Either, Gather, Knot, Line, Statement, Turns, contents

TOP: Final = "beginning"
"""The passage of what stands before the first knot."""
ENDS: Final = frozenset(("END", "DONE"))


class Place(NamedTuple):
    """A knot ("" for the top), a stitch in it and a label there; empty where there is none."""

    knot: str
    stitch: str = ""
    label: str = ""

    @property
    def passage(self) -> str:
        return f"{self.knot}.{self.stitch}" if self.stitch else self.knot or TOP

    @property
    def word(self) -> str:
        """The place as one word."""
        return "_".join(filter(None, self))

    def contains(self, other: "Place") -> bool:
        """Tell whether another place is in this knot or stitch."""
        return self.knot == other.knot and self.stitch in ("", other.stitch) and not self.label


class Names:
    """Finds places by the names that a story uses."""

    def __init__(self, top: Knot, knots: Mapping[str, Knot]) -> None:
        self.known: dict[Place, None] = {}
        for place, held in parts(top, knots):
            self.known.setdefault(place)
            for found in contents(held):
                if isinstance(found, Gather | Choice) and found.label:
                    self.known.setdefault(Place(place.knot, place.stitch, found.label))

    def find(self, name: str, here: Place) -> Place | None:
        """Return the place that a name means where it is used, the nearest first."""
        words = name.partition("(")[0].split(".")
        return next((place for place in self._candidates(words, here) if place in self.known), None)

    def _candidates(self, words: Sequence[str], here: Place) -> Iterator[Place]:
        if len(words) == 1:
            yield Place(here.knot, here.stitch, words[0])
            yield Place(here.knot, "", words[0])
            yield Place(here.knot, words[0])
            yield Place(words[0])
            yield Place("", "", words[0])
            yield from (place for place in self.known if place.label == words[0] and place.knot == here.knot)
            yield from (place for place in self.known if place.label == words[0])
        elif len(words) == 2:
            yield Place(here.knot, words[0], words[1])
            yield Place(words[0], words[1])
            yield Place(words[0], "", words[1])
            yield from (place for place in self.known if place.label == words[1] and place.knot == words[0])
        elif len(words) == 3:
            yield Place(*words)


def parts(top: Knot, knots: Mapping[str, Knot]) -> Iterator[tuple[Place, Sequence[Statement]]]:
    """Yield the passages of a story with their statements."""
    yield Place(""), top.statements
    for knot in knots.values():
        if not knot.function:
            yield Place(knot.name), knot.statements
            for stitch in knot.stitches.values():
                yield Place(knot.name, stitch.name), stitch.statements


def conditions(found: Sequence[Statement]) -> Iterator[str]:
    """Yield the conditions in statements."""
    for part in contents(found):
        if isinstance(part, Choice):
            yield from part.conditions
        elif isinstance(part, Either):
            yield from filter(None, (condition for condition, _ in part.arms))


def has_choices(item: object) -> bool:
    """Tell whether an item or line holds choices."""
    if isinstance(item, Line):
        return any(map(has_choices, item.items))
    arms: Sequence[Sequence[Statement]] = ()
    if isinstance(item, Either):
        arms = [arm for _, arm in item.arms]
    elif isinstance(item, Turns):
        arms = item.arms
    return any(isinstance(s, Choice) or has_choices(s) for arm in arms for s in arm)
