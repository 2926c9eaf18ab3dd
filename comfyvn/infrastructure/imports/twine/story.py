"""The passages of a Twine story, from Twee 3 source or from HTML.

Formats: Twee 3 specification 3.0.2 and Twine 2 HTML output specification 1.0.1, both of the Interactive Fiction
Technology Foundation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.loading import loaded

MAX_PASSAGES: Final = 50_000
SPECIAL_TAGS: Final = frozenset({"script", "stylesheet"})

_HEADER: Final = re.compile(r"^::[ \t]*(?P<rest>\S.*)$", re.MULTILINE)
_TAIL: Final = re.compile(r"^(?P<name>(?:\\.|[^\\\[{])*)(?:\[(?P<tags>(?:\\.|[^\\\]])*)\])?\s*(?P<meta>\{.*\})?\s*$")


@dataclass(frozen=True, slots=True)
class TwinePassage:
    """A passage: its words begin on `line` of the file, 0 where no line can be told."""

    name: str
    text: str
    tags: tuple[str, ...] = ()
    line: int = 0


@dataclass(slots=True)
class TwineStory:
    """A story: `format` is the name of its story format, `start` that of the passage where it begins."""

    title: str = ""
    format: str = ""
    start: str | None = None
    ifid: str = ""
    passages: list[TwinePassage] = field(default_factory=list)


def from_twee(text: str) -> TwineStory:
    """Read Twee 3 source; what stands before the first passage is left out."""
    story = TwineStory()
    headers = list(_HEADER.finditer(text))
    lines = _Lines(text)
    for number, header in enumerate(headers):
        end = headers[number + 1].start() if number + 1 < len(headers) else len(text)
        found = _TAIL.match(header["rest"])
        name = _unescaped(found["name"] if found else header["rest"])
        tags = tuple(map(_unescaped, (found["tags"] or "").split())) if found else ()
        body = re.sub(r"^\\::", "::", text[header.end() : end].strip("\n"), flags=re.MULTILINE)
        _add(story, TwinePassage(name.strip(), body.rstrip(), tags, lines.at(header.start()) + 1))
    return story


def _add(story: TwineStory, passage: TwinePassage) -> None:
    if passage.name == "StoryTitle":
        story.title = passage.text.strip()
    elif passage.name == "StoryData":
        data = _object(passage.text)
        story.format = _word(data.get("format"))
        story.start = _word(data.get("start")) or story.start
        story.ifid = _word(data.get("ifid"))
    elif len(story.passages) >= MAX_PASSAGES:
        raise Refused("too_many_passages", f"The story has more than {MAX_PASSAGES} passages.")
    else:
        story.passages.append(passage)


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = loaded(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


class _Lines:
    """Tells line numbers of growing places in a text."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def at(self, place: int) -> int:
        self._line += self._text.count("\n", self._at, place)
        self._at = place
        return self._line


def from_html(text: str) -> Iterator[TwineStory]:
    """Yield the stories of a published page or an archive."""
    reader = _Html()
    reader.feed(text)
    reader.close()
    for story, start in reader.stories:
        story.start = next((p.name for pid, p in start.items() if pid == story.start), None)
        yield story


class _Html(HTMLParser):
    """Finds stories; `stories` holds each with its passages by pid."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stories: list[tuple[TwineStory, dict[str, TwinePassage]]] = []
        self._open: tuple[str, str, tuple[str, ...]] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "tw-storydata":
            story = TwineStory(
                given.get("name", ""), given.get("format", ""), given.get("startnode"), given.get("ifid", "")
            )
            self.stories.append((story, {}))
        elif tag == "tw-passagedata" and self.stories:
            self._open = (given.get("pid", ""), given.get("name", ""), tuple(given.get("tags", "").split()))
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "tw-passagedata" and self._open:
            pid, name, tags = self._open
            story, by_pid = self.stories[-1]
            passage = TwinePassage(name, "".join(self._text).replace("\r\n", "\n"), tags)
            by_pid[pid] = passage
            _add(story, passage)
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)
