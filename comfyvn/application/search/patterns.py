"""What to look for in a text: plain words, or an expression that takes time in proportion to the text."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import re2  # type: ignore[import-untyped]

from comfyvn.domain.kernel import Refused

MAX_TEXT: Final = 1000
"""Characters of what is looked for."""
_GROUP: Final = re.compile(r"\\(?:(\d{1,2})|g<(\w+)>|(\\)|(n))|\\")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wording:
    """What to look for: `text` as it stands, or as an expression (RE2); `case` counts, and `word` wants whole words."""

    text: str
    regex: bool = False
    case: bool = False
    word: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Finds a wording. `may_hold` looks at JSON text and is quick: where it says no, nothing in it is to be found."""

    compiled: Any
    word: bool
    may_hold: Callable[[str], bool]

    def matches(self, text: str) -> Iterator[Any]:
        """Yield what is found, from the left; nothing that has no characters."""
        for match in self.compiled.finditer(text):
            start, end = match.span()
            if start < end and not (self.word and (_joined(text, start) or _joined(text, end))):
                yield match

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return where a text holds it: starts and ends in characters."""
        return tuple(match.span() for match in self.matches(text))

    def replaced(self, text: str, put: Callable[[Any], str]) -> str:
        """Return a text in which everything that is found is what `put` makes of it."""
        found, end = [], 0
        for match in self.matches(text):
            found += [text[end : match.start()], put(match)]
            end = match.end()
        return "".join((*found, text[end:]))


def _joined(text: str, at: int) -> bool:
    """Tell whether a place lies inside of a word."""
    return 0 < at < len(text) and _letter(text[at - 1]) and _letter(text[at])


def _letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def pattern_of(wanted: Wording) -> Pattern:
    """Return the pattern of a wording. Raises Refused: ``search_empty``, ``search_too_long``, ``regex_malformed``."""
    if not wanted.text:
        raise Refused("search_empty", "There is nothing to look for: give some text.")
    if len(wanted.text) > MAX_TEXT:
        raise Refused("search_too_long", f"Look for at most {MAX_TEXT} characters.")
    if wanted.regex:
        return Pattern(_expression(wanted), wanted.word, lambda _: True)
    flags = 0 if wanted.case else re.IGNORECASE
    quoted = re.compile(re.escape(json.dumps(wanted.text, ensure_ascii=False)[1:-1]), flags)
    plain = re.compile(re.escape(wanted.text), flags)
    return Pattern(plain, wanted.word, lambda body: quoted.search(body) is not None)


def _expression(wanted: Wording) -> Any:
    options = re2.Options()
    options.case_sensitive, options.log_errors = wanted.case, False
    try:
        return re2.compile(wanted.text, options)
    except re2.error as e:
        said = e.args[0] if e.args else ""
        reason = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        raise Refused("regex_malformed", f"The expression cannot be read: {reason} (the syntax is that of RE2).") from e
    except UnicodeEncodeError as e:
        raise Refused("regex_malformed", "The expression holds half of a surrogate pair.") from e


def replacement_of(wanted: Wording, text: str) -> Callable[[Any], str]:
    r"""Return what makes the replacement of a match: the text, for an expression with ``\1`` or ``\g<name>`` filled in.

    Raises Refused("replacement_malformed") for a group that the expression does not have.
    """
    if not wanted.regex:
        return lambda _: text
    compiled = _expression(wanted)
    known = {str(n) for n in range(compiled.groups + 1)} | set(compiled.groupindex)
    for group in _GROUP.finditer(text):
        name = group[1] or group[2]
        if name is not None and name not in known:
            raise Refused("replacement_malformed", f"The expression has no group {name}.")

    def fill(match: Any) -> str:
        def one(group: re.Match[str]) -> str:
            if group[1] or group[2]:
                return match[int(group[1]) if group[1] else group[2]] or ""
            return "\n" if group[4] else "\\"

        return _GROUP.sub(one, text)

    return fill
