"""The characters of a text engine, which knows them only by the names before their lines."""

from comfyvn.domain.cast import Character
from comfyvn.infrastructure.imports.identity import Ids


class Speakers:
    """Gives each name one character."""

    def __init__(self) -> None:
        self.characters: dict[str, Character] = {}
        self._ids = Ids()
        self._known: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        """Return the id of the character with this name."""
        if name not in self._known:
            found = self._ids.scene(name) if any(map(str.isalnum, name)) else self._ids.scene("character")
            self._known[name] = found
            self.characters[found] = Character(name)
        return self._known[name]
