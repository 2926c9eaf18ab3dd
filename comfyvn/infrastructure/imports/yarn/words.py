"""The words of a line: values, escapes and markup."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from comfyvn.domain.interpolation import escape
from comfyvn.infrastructure.imports.yarn.parser import value_end

MAX_NAME: Final = 40
"""Characters of the name of a speaker; a longer beginning with a colon is part of the line."""
MAX_NAME_WORDS: Final = 5

_NAME: Final = re.compile(r"((?:[^:\\]|\\.)*+):\s*", re.DOTALL)
_MARKUP: Final = re.compile(
    r"""\[(?P<end>/?)\s*(?P<name>[^\W\d][\w-]*)?(?P<given>\s*=\s*(?:"(?:\\.|[^"\\])*+"|[^\s\]/"]+))?"""
    r"""(?P<more>(?:\s+[^\W\d][\w-]*\s*=\s*(?:"(?:\\.|[^"\\])*+"|[^\s\]/"]++))*+)\s*(?P<alone>/?)\]"""
)
_ATTRIBUTE: Final = re.compile(r"""([^\W\d][\w-]*)\s*=\s*(?:"((?:\\.|[^"\\])*+)"|(\{[^{}]*\}|[^\s\]/"]+))""")
_STYLES: Final = frozenset("bius")
_MAX_MARKUP: Final = 500

Shown = Callable[[str], str | None]
"""Gives a value of the source as it stands in a text of ours, None where that cannot be told."""


@dataclass(slots=True)
class Told:
    """The words of a line as we write them; `unread` are its values that have no meaning here, `markup` its marks."""

    text: str = ""
    name: str | None = None
    unread: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)


def told(source: str, shown: Shown, *, named: bool = True) -> Told:
    """Return what the words of a line say, its speaker apart where `named`."""
    found = Told()
    if named and (head := _NAME.match(source, 0, MAX_NAME + 10)) and _is_name(head[1]):
        found.name = _words(head[1], shown, found).strip()
        source = source[head.end() :]
    found.text = _words(source, shown, found)
    return found


def _is_name(words: str) -> bool:
    plain = words.strip()
    fits = 0 < len(plain) <= MAX_NAME and len(plain.split()) <= MAX_NAME_WORDS
    return fits and not re.search(r'[\[\]?!;,"“”]', plain)


def _words(source: str, shown: Shown, found: Told) -> str:
    return "".join(_pieces(source, shown, found))


def _pieces(source: str, shown: Shown, found: Told) -> Iterator[str]:
    at, plain, marked = 0, 0, True
    while at < len(source):
        sign = source[at]
        if sign not in "\\{[":
            at += 1
            continue
        yield escape(source[plain:at])
        if sign == "\\":
            yield escape(source[at + 1 : at + 2])
            at += 2
        elif sign == "{" and (end := value_end(source, at)) is not None:
            yield _value(source[at + 1 : end - 1], shown, found)
            at = end
        elif sign == "[" and (mark := _MARKUP.match(_without_values(source, at), 0)) is not None:
            whole = source[at : at + mark.end()]
            if mark["name"] == "nomarkup" or not marked:
                marked = mark["end"] == "/" and mark["name"] in ("nomarkup", None)
                yield "" if mark["name"] == "nomarkup" else escape(whole)
            else:
                yield _mark(mark, whole, shown, found)
            at += mark.end()
        else:
            yield escape(sign)
            at += 1
        plain = at
    yield escape(source[plain:])


def _without_values(source: str, at: int) -> str:
    """Return what stands from a place on, with values in braces as words of the same length."""
    return re.sub(r"\{[^{}]*\}", lambda value: "x" * len(value[0]), source[at : at + _MAX_MARKUP])


def _value(source: str, shown: Shown, found: Told) -> str:
    value = shown(source)
    if value is None:
        found.unread.append(source)
        return escape("{" + source + "}")
    return f"[{value}]"


def _mark(mark: re.Match[str], whole: str, shown: Shown, found: Told) -> str:
    name = mark["name"] or ""
    if name in _STYLES and not mark["alone"]:
        return "{" + mark["end"] + name + "}"
    if name in ("select", "plural", "ordinal") and not mark["end"]:
        chosen = _chosen(name, whole, shown)
        if chosen is not None:
            return chosen
    if name == "pause" and mark["alone"] and (given := re.search(r"=\s*(\d{1,6})", whole)):
        return f"{{w={int(given[1]) / 1000:g}}}"
    if name and not mark["end"]:
        found.markup.append(name)
    return ""


def _chosen(kind: str, whole: str, shown: Shown) -> str | None:
    """Return the value that stands for a choice of words by a value: ``[select]``, ``[plural]``, ``[ordinal]``."""
    given = {found[1]: found[3] if found[2] is None else found[2] for found in _ATTRIBUTE.finditer(whole)}
    source = given.pop("value", "")
    value = shown(source[1:-1]) if source[:1] == "{" else repr(source)
    if value is None or not given:
        return None
    if " " in value:
        value = f"({value})"
    tests = _TESTS.get(kind, {})
    arms: list[tuple[str | None, str]] = []
    for case, words in given.items():
        test = f"str({value}) == {case!r}" if kind == "select" else tests.get(case)
        if kind == "select" and case == "other":
            test = None
        elif kind != "select" and case != "other" and test is None:
            continue
        arms.append((test and test.replace("#", value), _filled(words, value)))
    arms.sort(key=lambda arm: arm[0] is None)
    last = "''" if not arms or arms[-1][0] is not None else arms.pop()[1]
    return "[" + "".join(f"{words} if {test} else " for test, words in arms) + last + "]"


_TESTS: Final[Mapping[str, Mapping[str, str]]] = {
    "plural": {"one": "# == 1"},
    "ordinal": {
        "one": "# % 10 == 1 and # % 100 != 11",
        "two": "# % 10 == 2 and # % 100 != 12",
        "few": "# % 10 == 3 and # % 100 != 13",
    },
}
"""The plural rules of English, as Unicode's CLDR has them."""


def _filled(words: str, value: str) -> str:
    parts = re.split(r"(?<!\\)%", words)
    plain = [repr(re.sub(r"\\(.)", r"\1", part)) for part in parts]
    return plain[0] if len(plain) == 1 else f" + str({value}) + ".join(plain)
