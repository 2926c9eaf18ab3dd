"""What the names of a story mean: which assets each of them asks for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from comfyvn.domain.mentions.naming import BUILT_IN, Image, bare, fits, found_in, matches, stem, words_of

OF_THE_ENGINE: Final = frozenset({"dejavusans", "dejavusans-bold", "twemojicolrv0", "opendyslexic3-regular"})
"""Files that the engine brings along, without their endings."""

_STRONG: Final = frozenset({"declares", "layers", "expression"})
"""Roles of what a person declared, which comes before what the engine makes of the paths of files."""


class Given(NamedTuple):
    """Something that says what a name means: the entity and the mention of it."""

    entity: str
    name: str
    role: str
    about: str


def by_engine(path: str) -> bool:
    """Tell whether the engine looks for a file by itself."""
    return path.startswith("gui/") or stem(path).startswith("presplash") or path in ("icon.ico", "icon.icns")


def fills(pattern: str, path: str) -> bool:
    """Tell whether a file is one of those that a name with open parts stands for."""
    return any(matches(folder + pattern, path) for folder in ("", "images/") if not folder or "/" in pattern)


@dataclass
class Catalogue:
    """Knows what names mean, as far as it was told by `given`."""

    given: Iterable[Given]
    paths: dict[str, set[str]] = field(default_factory=dict)
    _bases: dict[str, set[str]] = field(default_factory=dict)
    _images: dict[str, dict[Image, list[Given]]] = field(default_factory=dict)
    _sounds: dict[str, list[Given]] = field(default_factory=dict)
    _tags: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for given in self.given:
            form = given.name.partition(":")[0]
            words = words_of(given.name)
            if form == "file":
                self.paths.setdefault(given.about, set()).add(given.entity)
                self._bases.setdefault(given.about.rpartition("/")[2], set()).add(given.about)
            elif form == "image" and words:
                self._images.setdefault(words[0], {}).setdefault(words, []).append(given)
            elif form == "audio":
                self._sounds.setdefault(words[0], []).append(given)
            elif form == "pose" and words:
                self._tags[words[0]] = given.about

    def meant(self, name: str, about: str = "") -> frozenset[str] | None:
        """Return the assets that a use asks for; None: there is nothing of that name.

        No asset at all is meant by what the engine or code makes without a file.
        """
        form = name.partition(":")[0]
        ask = {
            "file": self._file,
            "pattern": self._filled,
            "image": self._image_of,
            "pose": self._pose,
            "word": self._word,
            "audio": self._sound,
        }.get(form)
        return frozenset() if ask is None else ask(about if form in ("file", "pattern") else name)

    def known_tag(self, name: str) -> bool:
        """Tell whether there is any image of what a line with attributes asks for."""
        words = words_of(name)
        return bool(words) and self._tags.get(words[0], "") in self._images

    def _file(self, written: str) -> frozenset[str] | None:
        name = bare(written)
        base = name.rpartition("/")[2]
        path = found_in(name, self._bases.get(base, ()))
        if path is not None:
            return frozenset(self.paths[path])
        return frozenset() if stem(name).lower() in OF_THE_ENGINE else None

    def _filled(self, pattern: str) -> frozenset[str] | None:
        return frozenset(i for path, ids in self.paths.items() if fills(pattern, path) for i in ids) or None

    def _image_of(self, name: str) -> frozenset[str] | None:
        words = words_of(name)
        return self._image(words) if words else frozenset()

    def _pose(self, name: str) -> frozenset[str] | None:
        words = words_of(name)
        tag = self._tags.get(words[0], "") if words else ""
        shown, side = self._image((tag, *words[1:])), self._image(("side", tag, *words[1:]))
        return side if shown is None else shown | (side or frozenset())

    def _word(self, name: str) -> frozenset[str]:
        words = words_of(name)
        known = self._images.get(words[0], {}).get(words, []) if words else []
        return self._sources(given for given in known if given.role != "like")

    def _sound(self, name: str) -> frozenset[str]:
        return self._sources(self._sounds.get(name.partition(":")[2], ()))

    def _image(self, asked: Image) -> frozenset[str] | None:
        known = self._images.get(asked[0], {})
        layers = [given for of in known.values() for given in of if given.role == "layers"]
        if layers:
            return self._sources(layers)
        declared = {words: [g for g in of if g.role != "like"] for words, of in known.items()}
        exact = [given for words, of in declared.items() if set(words[1:]) == set(asked[1:]) for given in of]
        if not exact:
            exact = [given for words, of in declared.items() if fits(asked, words) for given in of]
        if exact:
            return self._sources([g for g in exact if g.role in _STRONG] or exact)
        if asked in BUILT_IN:
            return frozenset()
        like = [given for words, of in known.items() if set(words) == set(asked) for given in of]
        return frozenset({min(like, key=lambda given: given.about).entity}) if like else None

    def _sources(self, given: Iterable[Given]) -> frozenset[str]:
        found: set[str] = set()
        for one in given:
            if one.role == "path":
                found.add(one.entity)
            elif one.role == "expression":
                found.add(one.about)
            elif one.about:
                found |= self._file(one.about) or self._filled(one.about) or frozenset()
        return frozenset(found)
