"""Messages of a chat, and the steps that their words become: speech, narration, asides."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from comfyvn.application.reading import OutOfCharacter, RoleplayRules
from comfyvn.domain.interpolation import escape
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.imports.steps import Step, act, line


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody wrote. `name` is empty for narration; `line` is where it stands in its file.

    With `rows` the rows of the text are those of the file. `alternatives` are other texts for the same message,
    `hidden` one that its chat keeps from the model, `aside` an author's note that is no part of the story.
    """

    name: str
    text: str
    line: int = 0
    at: datetime | None = None
    user: bool = False
    hidden: bool = False
    aside: bool = False
    alternatives: tuple[str, ...] = ()
    avatar: str = ""
    rows: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What makes two messages of two chats the same one."""
        return (self.name, self.text)


_ACTION: Final = re.compile(r"(?<![*\w])\*(?!\*)(?P<deed>[^*\n]+?)\*(?![*\w])")
_BOLD: Final = re.compile(r"\*\*(?P<words>[^*\n]+?)\*\*")
_SLANTED: Final = re.compile(r"(?<![\w_])_(?P<words>[^_\n]+?)_(?![\w_])")
_ASIDE: Final = re.compile(
    r"^\s*(?:\(\(.*\)\)|\[\s*OOC\b.*\]|\(\s*OOC\b.*\)|/?OOC\s*:.*)\s*$", re.IGNORECASE | re.DOTALL
)
_PLACE: Final = re.compile(
    r"\s*(?:/(?:bg|background)\s+(?P<given>[^\n]{1,100}?)"
    r"|[\[(*]\s*(?:bg|background|location|place|scene|setting)\s*[:=]\s*(?P<told>[^\n\])*]{1,100}?)\s*[\])*])\s*",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"^\s*(?:[-*_~=]\s*){3,}$")


def steps_of(message: Message, speaker: str | None, ooc: OutOfCharacter = "comment") -> tuple[Step, ...]:
    """Return the steps of a message said by the character `speaker` (None: narration).

    Each row is a line of its own; what stands between asterisks is narration, between two of them bold; a row that
    names a place shows it. What is out of character becomes what `ooc` says.
    """
    if message.aside:
        return tuple(_aside(message.text, message.line, ooc))
    found: list[Step] = []
    for offset, paragraph in enumerate(message.text.split("\n")):
        at = message.line + offset if message.rows else message.line
        if is_aside(paragraph):
            found += _aside(paragraph.strip(), at, ooc)
        elif place := place_of(paragraph):
            found.append(act("scene", place, at))
        elif not _RULE.match(paragraph):
            found += _spoken(paragraph, speaker, at)
    if found:
        meta: dict[str, Json] = {}
        if message.alternatives:
            meta["alternatives"] = list(message.alternatives)
        if message.hidden:
            meta["hidden"] = True
        if meta:
            found[0] = replace(found[0], meta=meta)
    return tuple(found)


def is_aside(row: str) -> bool:
    """Tell whether a row is out of character: ``((like this))``, ``[OOC: or this]``, ``OOC: or this``."""
    return _ASIDE.match(row) is not None


def _aside(words: str, at: int, ooc: OutOfCharacter) -> Iterator[Step]:
    if ooc == "comment":
        yield act("comment", words, at)
    elif ooc == "narration":
        yield from (step for row in words.split("\n") for step in _said(row, None, at))


def _spoken(paragraph: str, speaker: str | None, at: int) -> Iterator[Step]:
    place = 0
    for action in _ACTION.finditer(paragraph) if speaker is not None else ():
        yield from _said(paragraph[place : action.start()], speaker, at)
        yield from _said(action["deed"], None, at)
        place = action.end()
    yield from _said(paragraph[place:], speaker, at)


def _said(words: str, speaker: str | None, at: int) -> Iterator[Step]:
    if any(sign.isalnum() or sign in "?!…" for sign in words):
        yield line(styled(words.strip()), at, speaker=speaker)


def styled(words: str) -> str:
    """Return words in the studio's notation: two asterisks are bold, one or an underscore is italic."""
    shown = _BOLD.sub("{b}\\g<words>{/b}", escape(words))
    shown = _ACTION.sub("{i}\\g<deed>{/i}", shown)
    return _SLANTED.sub("{i}\\g<words>{/i}", shown)


def stretches(messages: Sequence[Message], rules: RoleplayRules) -> Iterator[tuple[str, list[Message]]]:
    """Yield stretches of a chat with a title each: a new one begins at a heading, a rule, a place, or a long pause."""
    title, held = "", list[Message]()
    for message in messages:
        heading = heading_of(message.text) if rules.headings else None
        place = place_of(message.text) if rules.backgrounds else None
        pause = bool(held) and 0 < rules.gap_minutes * 60 < _pause(held[-1], message)
        if heading is not None or place or pause:
            if held:
                yield title, held
                title = ""
            title, held = heading or place or title, []
        if heading is None or heading == "":
            held.append(message)
    if held or title:
        yield title, held


def place_of(text: str) -> str | None:
    """Return the place that a row or message names: ``/bg tavern``, ``[Location: tavern]``. None for others."""
    found = _PLACE.fullmatch(text) if len(text) <= 200 else None
    return place_name(found["given"] or found["told"]) if found else None


def place_name(picture: str) -> str | None:
    """Return the name of a place by its picture: the name of the file without folders and ending."""
    last = picture.replace("\\", "/").rpartition("/")[2].strip()
    name, _, ending = last.rpartition(".")
    return (name if name and ending.lower() in ("png", "jpg", "jpeg", "webp", "gif", "mp4") else last) or None


def heading_of(text: str) -> str | None:
    """Return the title that a message is: ``# Title``, ``Chapter 3``, or a rule (an empty title). None for others."""
    words = text.strip()
    if "\n" in words or len(words) > 100:
        return None
    if _RULE.match(words):
        return ""
    if found := re.fullmatch(r"#{1,6}\s+(.+?)\s*#*", words):
        return found[1]
    named = re.fullmatch(r"\W*((?:chapter|scene|act|part|episode)\s+[\w.:\- ]+?)\W*", words, re.IGNORECASE)
    return named[1] if named else None


def _pause(before: Message, after: Message) -> float:
    if before.at is None or after.at is None:
        return 0.0
    return (after.at - before.at).total_seconds()
