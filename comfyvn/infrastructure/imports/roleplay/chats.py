"""Chats in their files: SillyTavern's lines of JSON, other JSON, and plain text in the usual ways to write it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.loading import loaded
from comfyvn.infrastructure.imports.roleplay.messages import Message, heading_of, is_aside, place_name, place_of
from comfyvn.infrastructure.imports.roleplay.times import moment

MAX_MESSAGES: Final = 200_000
MAX_ALTERNATIVES: Final = 50

_AT: Final = r"(?:[\[(]?(?P<at>\d[\d/.:\-, ]*\d(?:\s?[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d\d:?\d\d)?)[\])]?\s*(?:-\s+)?)?"
_NAMED: Final = re.compile(
    rf"^{_AT}(?:\*\*)?(?P<name>[^\W\d_][^:<>*\[\]\n]{{0,39}}?)(?:\*\*)?\s?:(?:\*\*)?\s+(?P<text>\S.*)$"
)
_ANGLED: Final = re.compile(rf"^{_AT}<\s*(?P<name>[^<>\n]{{1,40}})>\s*(?P<text>.*)$")
_HEADED: Final = re.compile(
    r"^(?:\[(?P<first>[^\]\n]{5,30})\]\s+(?P<after>[^\n:]{1,40})"
    r"|(?P<before>[^\n:\u2014]{1,40})\s+\u2014\s+(?P<last>[\d/.\- ,:APMapm]{5,30}))$"
)
_PART: Final = re.compile(r"\{(\w+)\}")
MAX_PART: Final = 80
"""Characters of a name or moment in a way that is given."""
_PICTURE: Final = re.compile(r"url\(\s*[\"']?(?P<file>[^\"')]{1,300})[\"']?\s*\)")
_TEXT_KEYS: Final = ("mes", "text", "content", "message", "body", "msg", "line", "dialogue")
_NAME_KEYS: Final = ("name", "speaker", "author", "character", "username", "from", "sender", "role")
_TIME_KEYS: Final = ("send_date", "timestamp", "time", "date", "created_at", "at")
_LIST_KEYS: Final = ("messages", "chat", "log", "lines", "history", "conversation")


@dataclass(slots=True)
class Chat:
    """A chat: `name` is the stem of its file, `main` that of the chat that it branched off from.

    `background` is the place where it begins.
    """

    name: str
    file: str
    title: str = ""
    main: str | None = None
    user: str | None = None
    background: str | None = None
    messages: list[Message] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Add a message; raise Refused("chat_too_long") beyond the limit."""
        if len(self.messages) >= MAX_MESSAGES:
            raise Refused("chat_too_long", f"The chat has more than {MAX_MESSAGES} messages.", file=self.file)
        self.messages.append(message)


def stem(file: str) -> str:
    """Return the name of a file without folders and ending."""
    return file.rpartition("/")[2].rpartition(".")[0] or file


def from_lines(text: str, file: str) -> Chat | None:
    """Read SillyTavern's lines of JSON; None where the first line is no header of such a chat.

    Of lines that are no message a warning tells (``message_malformed``).
    """
    chat = Chat(stem(file), file)
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        found = _object(row)
        if not chat.messages and not chat.title and _is_header(found):
            metadata = found.get("chat_metadata")
            main = metadata.get("main_chat") if isinstance(metadata, dict) else None
            chat.main = main if isinstance(main, str) and main else None
            chat.background = _background(metadata)
            chat.title = chat.name
            user = found.get("user_name")
            chat.user = user if isinstance(user, str) and user not in ("", "unused") else None
        elif not chat.title:
            return None
        elif isinstance(found.get("mes"), str):
            chat.add(_message(found, number))
        else:
            chat.warnings.append(Warned("message_malformed", "This line is no message of a chat.", file, number))
    return chat if chat.title else None


def _background(metadata: Any) -> str | None:
    """Return the place that a chat's own background shows."""
    told = metadata.get("custom_background") if isinstance(metadata, dict) else None
    found = _PICTURE.search(told) if isinstance(told, str) and len(told) < 1_000 else None
    return place_name(unquote(found["file"])) if found else None


def _is_header(found: Mapping[str, Any]) -> bool:
    return "mes" not in found and any(key in found for key in ("chat_metadata", "user_name", "character_name", "name"))


def _object(row: str) -> dict[str, Any]:
    try:
        found = loaded(row)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _message(found: Mapping[str, Any], number: int) -> Message:
    extra = found.get("extra")
    kind = extra.get("type") if isinstance(extra, dict) else None
    name = found.get("name")
    swipes = found.get("swipes")
    text = _text(found["mes"])
    others = [_text(s) for s in swipes if isinstance(s, str)] if isinstance(swipes, list) else []
    avatar = found.get("original_avatar") or found.get("force_avatar")
    return Message(
        name="" if kind == "narrator" or not isinstance(name, str) else name.strip(),
        text=text,
        line=number,
        at=moment(found.get("send_date")),
        user=found.get("is_user") is True,
        hidden=found.get("is_system") is True and kind is None,
        aside=kind == "comment",
        alternatives=tuple(dict.fromkeys(s for s in others if s != text))[:MAX_ALTERNATIVES],
        avatar=avatar if isinstance(avatar, str) else "",
    )


def _text(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def from_json(text: str, file: str) -> Chat | None:
    """Read a list of messages, alone or under a key of an object; None where there is none."""
    try:
        found = loaded(text)
    except ValueError:
        return None
    chat = Chat(stem(file), file)
    if isinstance(found, dict):
        title = found.get("title")
        chat.title = title if isinstance(title, str) else ""
        found = next((found[key] for key in _LIST_KEYS if isinstance(found.get(key), list)), None)
    if not isinstance(found, list) or not found:
        return None
    for number, item in enumerate(found, 1):
        words = _first(item, _TEXT_KEYS)
        if words is None:
            message = f"Item {number} of the list is no message."
            chat.warnings.append(Warned("message_malformed", message, file))
            continue
        name = _first(item, _NAME_KEYS) or ""
        at = next((moment(item[key]) for key in _TIME_KEYS if key in item), None)
        chat.add(Message(name.strip(), _text(words), at=at, user=item.get("is_user") is True or name == "user"))
    return chat if chat.messages else None


def _first(item: Any, keys: Sequence[str]) -> str | None:
    found = (item.get(key) for key in keys) if isinstance(item, dict) else ()
    return next((value for value in found if isinstance(value, str)), None)


def from_text(text: str, file: str, ways: Sequence[str] = ()) -> Chat | None:
    """Read a chat in plain text: ``Name: words``, ``[12:03] Name: words``, ``<Name> words``, or a head above words.

    With `ways` messages begin in these ways alone. What has no name before it goes on with the message above; before
    the first name it is narration. None where no name stands twice (with `ways`: where none stands).
    """
    rows = text.split("\n")
    known = [_Way(way) for way in ways]
    alone = [heading_of(row) is not None or place_of(row) is not None for row in rows]
    starts = [None if apart else _start(row, known) for row, apart in zip(rows, alone, strict=True)]
    names = Counter(start[0] for start in starts if start)
    if not any(times > (not ways) for times in names.values()):
        return None
    chat = Chat(stem(file), file)
    held: list[str] = []
    name, at, begun = "", None, 1

    def end() -> None:
        words = "\n".join(held).strip("\n")
        if words.strip():
            chat.add(Message(name, words, begun + _blank(held), moment(at), rows=True))
        held.clear()

    for number, (row, start, apart) in enumerate(zip(rows, starts, alone, strict=True), 1):
        if start is None and not apart:
            held.append(row)
            continue
        end()
        if start is None:
            chat.add(Message("", row.strip(), number))
            name, at, begun = "", None, number + 1
        else:
            name, at, words = start
            held.append(words)
            begun = number
    end()
    return chat


def _blank(held: Sequence[str]) -> int:
    return next((number for number, row in enumerate(held) if row.strip()), 0)


class _Way:
    """A way to begin a message, such as ``{name}: {text}``; blanks in it stand for as many as there are."""

    def __init__(self, words: str) -> None:
        pieces = _PART.split(words)
        self.parts = pieces[1::2]
        self.fixed = [_fixed(piece) for piece in pieces[::2]]

    def parts_of(self, row: str) -> dict[str, str]:
        """Return the parts of a row; empty for one that is not written like this. Each part ends as soon as it can."""
        row = row.rstrip()
        begun = self.fixed[0].match(row)
        at = begun.end() if begun else len(row)
        found: dict[str, str] = {}
        for part, fixed in zip(self.parts, self.fixed[1:], strict=True):
            end = fixed.search(row, at + (part != "text"), at + MAX_PART) if fixed.pattern else None
            if fixed.pattern and end is None:
                return {}
            found[part] = row[at : end.start() if end else None].strip()
            at = end.end() if end else len(row)
        return found if at == len(row) and found.get("name") and len(found["name"]) <= MAX_PART else {}


def _fixed(piece: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in piece.split()]
    return re.compile(r"\s*".join(["", *words, ""]) if words else r"\s+" if piece else "")


def _start(row: str, ways: Sequence[_Way]) -> tuple[str, str | None, str] | None:
    """Return the name, moment and words with which a message begins on a row; None for a row that goes on."""
    if len(row) > 20_000 or is_aside(row):
        return None
    if ways:
        parts = next(filter(None, (way.parts_of(row) for way in ways)), None)
        return (parts["name"], parts.get("time"), parts.get("text", "")) if parts else None
    if found := _NAMED.match(row) or _ANGLED.match(row):
        name = found["name"].strip(" *")
        return (name, found["at"], found["text"]) if name and len(name.split()) <= 4 else None
    if found := _HEADED.match(row):
        at = found["first"] or found["last"]
        return ((found["after"] or found["before"]).strip(), at, "") if moment(at) else None
    return None
