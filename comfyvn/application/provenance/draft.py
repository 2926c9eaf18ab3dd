"""The draft of what a store asks about content made by models; a person has to complete it and to answer for it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol


class Counted(Protocol):
    """Amounts as a disclosure counts them."""

    @property
    def lines(self) -> int: ...

    @property
    def choices(self) -> int: ...

    @property
    def words(self) -> int: ...

    @property
    def files(self) -> int: ...


class Made(NamedTuple):
    """One kind of content: all of it, what a model made, what a model made and a person changed, what is not known."""

    kind: str
    total: Counted
    generated: Counted
    edited: Counted
    unknown: Counted


_NAMES: Final = {
    "text": "Text",
    "translation": "Translation",
    "art": "Art (pictures and films)",
    "voice": "Voices",
    "music": "Music and sounds",
    "other": "Fonts and other files",
}


def draft(name: str, position: int, kinds: Sequence[Made], models: Sequence[str]) -> str:
    """Return the draft as plain text."""
    return "\n".join((*_head(name, position), *_before(kinds, models), *_live(), *_open(kinds))) + "\n"


def _head(name: str, position: int) -> Iterator[str]:
    yield "DRAFT - read it, correct it, and answer for it yourself; ComfyVN counted what its history tells."
    yield f"AI content disclosure for {name}, as of position {position}."


def _before(kinds: Sequence[Made], models: Sequence[str]) -> Iterator[str]:
    yield ""
    yield "Pre-generated content (made with AI during development):"
    made = [kind for kind in kinds if _size(kind.generated) + _size(kind.edited)]
    for kind in made:
        unit = "lines and choices" if _spoken(kind.total) else "files"
        whole, alone, changed = _size(kind.total), _size(kind.generated), _size(kind.edited)
        share = _share(alone + changed, whole)
        yield f"- {_NAMES[kind.kind]}: {alone + changed} of {whole} {unit} ({share}) were made with AI;"
        yield f"  {changed} of these were then changed by people."
    if made and models:
        yield f"- Made with: {', '.join(models)}."
    if not made:
        yield "- None is on record."


def _live() -> Iterator[str]:
    yield ""
    yield "Live-generated content (made with AI while the game runs):"
    yield "- None that the studio knows of: its exports call no model. State here what code of your own does,"
    yield "  and what keeps it from making illegal content."


def _open(kinds: Sequence[Made]) -> Iterator[str]:
    unknown = [kind for kind in kinds if _size(kind.unknown)]
    if unknown:
        yield ""
        yield "Not known (imported or uploaded, nobody has said who made it) - find out before you publish:"
        for kind in unknown:
            yield f"- {_NAMES[kind.kind]}: {_size(kind.unknown)} of {_size(kind.total)}"


def _size(amount: Counted) -> int:
    return amount.files or amount.lines + amount.choices


def _spoken(amount: Counted) -> bool:
    return not amount.files


def _share(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "less than 1 %" if 0 < share < 1 else f"{share:.0f} %"
