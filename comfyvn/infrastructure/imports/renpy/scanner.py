"""Reading one logical line, token by token.

Every method that reads skips white space first, and returns None (or False) without moving if its token is not there.
"""

import re
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SPACE = r"(?:\s|\\\n)*+"
_WORD = r"[a-zA-Z_\u00a0-\ufffd][0-9a-zA-Z_\u00a0-\ufffd]*+"
_OPERATORS = r"<>|<<|<=|<|>>|>=|>|!=|==|\||\^|&|\+|-|\*\*|\*|//|/|%|~|\b(?:or|and|not|in|is)\b"

SPACE = re.compile(_SPACE)
WORD = re.compile(f"{_SPACE}({_WORD})")
FIRST_WORD = re.compile(rf"{_SPACE}(\$|{_WORD})")
IMAGE_WORD = re.compile(_SPACE + r"([-0-9a-zA-Z_\u00a0-\ufffd]++)")
INTEGER = re.compile(_SPACE + r"([+-]?\d+)")
FLOAT = re.compile(_SPACE + r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
HASH = re.compile(_SPACE + r"(\w+)")
OPERATOR = re.compile(f"{_SPACE}(?:{_OPERATORS})")
_QUOTED = "|".join(rf"{q}[^{q}\\]*+(?:\\.[^{q}\\]*+)*+{q}" for q in "\"'`")
STRING = re.compile(f"{_SPACE}(r?(?:{_QUOTED}))", re.DOTALL)
_TRIPLE = "|".join(rf"{q * 3}[^{q}\\]*+(?:\\.[^{q}\\]*+)*+{q * 3}" for q in "\"'`")
TRIPLE_STRING = re.compile(f"{_SPACE}(r?(?:{_TRIPLE}))", re.DOTALL)
PLAIN_SAY = re.compile(rf'(?:(?!\s)({_WORD})(?<!\s)\ ++)?+("[^"\\]*+(?:\\.[^"\\]*+)*+")\ *+\Z', re.DOTALL)
"""Nearly all dialogue: a name or nothing, and one string."""
_PYTHON_QUOTED = "|".join(
    rf"{q * 3}[^{q}\\]*+(?:(?:\\.|{q}(?!{q * 2}))[^{q}\\]*+)*+{q * 3}|{q}[^{q}\\]*+(?:\\.[^{q}\\]*+)*+{q}"
    for q in "\"'"
)
PYTHON_STRING = re.compile(f"{_SPACE}(u?r?f?(?:{_PYTHON_QUOTED}))", re.DOTALL)
_MARK = re.compile(r"[\"'()\[\]{}:,]")
_CLOSER = {"(": ")", "[": "]", "{": "}"}

KEYWORDS = frozenset(
    {"as", "at", "behind", "call", "expression", "hide", "if", "in", "image", "init", "jump", "menu", "onlayer"}
    | {"python", "return", "scene", "show", "transform", "while", "with", "zorder"}
)
"""Words that are never names."""


class Broken(Exception):
    """The present statement cannot be read. Never leaves the parser."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


class Scanner:
    """A position in the text of a logical line."""

    text: str = ""
    pos: int = 0

    def match(self, token: re.Pattern[str]) -> str | None:
        """Return what the first group of `token` holds."""
        found = token.match(self.text, self.pos)
        if found is None:
            return None
        self.pos = found.end()
        return found[1]

    def at_end(self) -> bool:
        """Skip white space and tell whether nothing follows."""
        found = SPACE.match(self.text, self.pos)
        self.pos = found.end() if found else self.pos
        return self.pos >= len(self.text)

    def take(self, mark: str) -> bool:
        """Read an exact mark, such as ``:``."""
        self.at_end()
        if self.text.startswith(mark, self.pos):
            self.pos += len(mark)
            return True
        return False

    def keyword(self, word: str) -> bool:
        """Read a whole word."""
        found = WORD.match(self.text, self.pos)
        if found is None or found[1] != word:
            return False
        self.pos = found.end()
        return True

    def word(self) -> str | None:
        """Read a word, keyword or not."""
        return self.match(WORD)

    def name(self) -> str | None:
        """Read a word that is no keyword, nor the prefix of a string."""
        return self._no_keyword(WORD, ("r", "u", "ur"))

    def image_word(self) -> str | None:
        """Read one part of an image name."""
        return self._no_keyword(IMAGE_WORD, ("r", "u"))

    def _no_keyword(self, token: re.Pattern[str], prefixes: tuple[str, ...]) -> str | None:
        found = token.match(self.text, self.pos)
        if found is None or found[1] in KEYWORDS:
            return None
        if found[1] in prefixes and self.text[found.end() : found.end() + 1] in ("'", '"', "`"):
            return None
        self.pos = found.end()
        return found[1]

    def integer(self) -> int | None:
        """Read a whole number of at most 18 digits."""
        digits = self.match(INTEGER)
        if digits is not None and len(digits) > 19:
            raise Broken("number_too_large", "the number has too many digits")
        return None if digits is None else int(digits)

    def dotted_name(self) -> str | None:
        """Read names with dots between them."""
        name = self.name()
        while name and self.take("."):
            name = f"{name}.{self.require(self.name, 'a name after the dot')}"
        return name

    def rest(self) -> str:
        """Read everything that is left."""
        self.at_end()
        rest = self.text[self.pos :].rstrip()
        self.pos = len(self.text)
        return rest

    def require(self, read: Callable[[], T | None], what: str) -> T:
        """Return what `read` gives, or break the statement."""
        found = read()
        if found is None:
            raise Broken("expected", f"{what} is missing here")
        return found

    def require_mark(self, mark: str) -> None:
        """Read an exact mark, or break the statement."""
        if not self.take(mark):
            raise Broken("expected", f"'{mark}' is missing here")

    def require_end(self) -> None:
        """Break the statement if something follows."""
        if not self.at_end():
            raise Broken("end_expected", f"the statement should end before {self.text[self.pos : self.pos + 40]!r}")

    # Python source. It is delimited, not understood.

    def until(self, stops: str) -> str:
        """Read Python source up to one of the marks outside brackets and strings; the mark stays unread."""
        start, self.pos = self.pos, self._find(self.pos, stops)
        return self.text[start : self.pos].strip()

    def _find(self, pos: int, stops: str) -> int:
        closers: list[str] = []
        while found := _MARK.search(self.text, pos):
            mark, pos = found[0], found.start()
            if not closers and mark in stops:
                return pos
            if mark in "'\"":
                string = PYTHON_STRING.match(self.text, pos)
                if string is None:
                    raise Broken("unterminated", "a string has no end")
                pos = string.end()
                continue
            if mark in _CLOSER:
                closers.append(_CLOSER[mark])
            elif closers and mark == closers[-1]:
                closers.pop()
            pos += 1
        raise Broken("expected", f"one of '{stops}' is missing")

    def condition(self) -> str:
        """Read Python source up to a colon."""
        source = self.until(":")
        if not source:
            raise Broken("expected", "an expression is missing here")
        return source

    def parenthesised(self) -> bool:
        """Read one pair of brackets with all that is in it."""
        if self.at_end():
            return False
        closer = _CLOSER.get(self.text[self.pos])
        if closer is None:
            return False
        self.pos = self._find(self.pos + 1, closer) + 1
        return True

    def expression(self, operators: bool = True) -> str | None:
        """Read a simple expression: names, strings, numbers and brackets, joined by dots and, if allowed, operators."""
        start = self.pos
        while True:
            self._skip_operators()
            if not self._operand():
                break
            self._trailers()
            if not (operators and OPERATOR.match(self.text, self.pos)):
                break
        source = self.text[start : self.pos].strip()
        if not source:
            self.pos = start
        return source or None

    def _skip_operators(self) -> None:
        while found := OPERATOR.match(self.text, self.pos):
            self.pos = found.end()

    def _operand(self) -> bool:
        if found := PYTHON_STRING.match(self.text, self.pos):
            self.pos = found.end()
            return True
        return self.name() is not None or self.match(FLOAT) is not None or self.parenthesised()

    def _trailers(self) -> None:
        while True:
            if self.take("."):
                self.require(self.word, "a name after the dot")
            elif not self.parenthesised():
                return

    def expressions(self) -> tuple[str, ...]:
        """Read simple expressions with commas between them, at least one."""
        found = [self.require(self.expression, "an expression")]
        while self.take(","):
            more = self.expression()
            if more is None:
                break
            found.append(more)
        return tuple(found)

    def arguments(self) -> str | None:
        """Read an argument or parameter list, and return what is between the parentheses."""
        if not self.take("("):
            return None
        start, end = self.pos, self._find(self.pos, ")")
        self.pos = end + 1
        return self.text[start:end].strip()
