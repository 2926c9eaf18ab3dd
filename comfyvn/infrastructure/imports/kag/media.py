"""The media of a game of KiriKiri: its own pictures become PNG files of the same name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Member, Warned
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.kag.pictures import MAX_FILE, Malformed, check, png_of

_OWN: Final = (".tlg", ".tlg5", ".tlg6")


def members_of(files: Files, scripts: Sequence[str]) -> tuple[tuple[Member, ...], list[Warned]]:
    """Return what becomes assets, and a warning for each picture that is left out because it is damaged."""
    found = [*files.members(without=scripts)]
    warnings: list[Warned] = []
    sizes = {entry.name: entry.size for entry in files.entries}
    for name, own in _pictures(files).items():
        try:
            check(files.read(own, MAX_FILE))
        except (Malformed, Refused) as error:
            warnings.append(Warned("picture_malformed", f"A picture is left out: {error}.", own))
        else:
            found.append(Member(name, "image", sizes[own]))
    return tuple(sorted(found, key=lambda member: member.name)), warnings


def opener(files: Files) -> Callable[[str], Iterator[bytes]]:
    """Return what gives the bytes of a member, of a picture as PNG."""
    pictures = _pictures(files)

    def opened(name: str) -> Iterator[bytes]:
        if name in pictures:
            yield png_of(files.read(pictures[name], MAX_FILE))
        else:
            yield from files.open(name)

    return opened


def _pictures(files: Files) -> Mapping[str, str]:
    """Return the pictures by the names that they get; one whose name is taken keeps its ending in it."""
    taken = {entry.name.lower() for entry in files.entries}
    found: dict[str, str] = {}
    for name in files.named(*_OWN):
        wanted = f"{name.rpartition('.')[0]}.png"
        wanted = f"{name}.png" if wanted.lower() in taken else wanted
        taken.add(wanted.lower())
        found[wanted] = name
    return found
