"""The evaluations of compiled Ink, which work on a stack, written as Ink's source has them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from comfyvn.infrastructure.imports.ink.containers import Container
from comfyvn.infrastructure.imports.ink.parser import Either, Item, Line, Shown, Words

Value = str | tuple[Item, ...]
"""Source of Ink, or what stands between quotes."""

_TWO: Final = frozenset(("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "?", "!?", "L^"))
_CALLS: Final = {
    "MIN": ("MIN", 2), "MAX": ("MAX", 2), "POW": ("POW", 2), "FLOOR": ("FLOOR", 1), "CEILING": ("CEILING", 1),
    "INT": ("INT", 1), "FLOAT": ("FLOAT", 1), "rnd": ("RANDOM", 2), "srnd": ("SEED_RANDOM", 1),
    "turns": ("TURNS_SINCE", 1), "readc": ("READ_COUNT", 1), "choiceCnt": ("CHOICE_COUNT", 0), "turn": ("TURNS", 0),
    "listInt": ("LIST_FROM_INT", 2), "range": ("LIST_RANGE", 3), "lrnd": ("LIST_RANDOM", 1),
    "LIST_MIN": ("LIST_MIN", 1), "LIST_MAX": ("LIST_MAX", 1), "LIST_ALL": ("LIST_ALL", 1),
    "LIST_COUNT": ("LIST_COUNT", 1), "LIST_VALUE": ("LIST_VALUE", 1), "LIST_INVERT": ("LIST_INVERT", 1),
}  # fmt: skip


@dataclass(slots=True)
class Stack:
    """What is worked out. `name_of` gives what a path is called, `takes` how many values a function takes."""

    name_of: Callable[[Container, Any], str]
    takes: Callable[[str], int]
    values: list[Value] = field(default_factory=list)
    _texts: list[list[Item]] = field(default_factory=list)

    @property
    def in_text(self) -> bool:
        return bool(self._texts)

    def pop(self) -> str:
        """Return the last value as source."""
        return source_of(self.values.pop()) if self.values else "nothing()"

    def shown(self) -> None:
        """Take the last value into the text that is put together."""
        value = self.values.pop() if self.values else "nothing()"
        self.item(Shown(value) if isinstance(value, str) else Words(plain(value)))

    def item(self, item: Item) -> None:
        """Take a part into the text that is put together."""
        if self._texts:
            self._texts[-1].append(item)

    def do(self, command: Any, here: Container) -> None:
        """Do one command of an evaluation."""
        if isinstance(command, bool | int | float):
            self.values.append(str(command).lower())
        elif isinstance(command, str):
            self._word(command)
        elif isinstance(command, dict):
            self._object(command, here)

    def _word(self, word: str) -> None:
        if word == "str":
            self._texts.append([])
        elif word == "/str":
            if self._texts:
                self.values.append(tuple(self._texts.pop()))
        elif self._texts and (word.startswith("^") or word == "\n"):
            self._texts[-1].append(Words(word[1:] if word.startswith("^") else word))
        elif word in ("pop", "void", "nop", "ev", "/ev"):
            if word == "pop" and self.values:
                self.values.pop()
        elif word == "du":
            self.values += self.values[-1:]
        elif word == "out":
            self.shown()
        elif word in ("!", "_"):
            self.values.append(f"({'not ' if word == '!' else '-'}{self.pop()})")
        elif word in _TWO:
            right, left = self.pop(), self.pop()
            self.values.append(f"({left} {'^' if word == 'L^' else word} {right})")
        else:
            name, count = _CALLS.get(word, (word, 0))
            self._call(name, count)

    def _call(self, name: str, count: int) -> None:
        given = [self.pop() for _ in range(min(count, len(self.values)))]
        self.values.append(f"{name}({', '.join(reversed(given))})")

    def _object(self, command: dict[str, Any], here: Container) -> None:
        match command:
            case {"VAR?": str(name)} | {"^var": str(name)}:
                self.values.append(name)
            case {"CNT?": path} | {"RC?": path}:
                self.values.append(self.name_of(here, path))
            case {"^->": path}:
                self.values.append(f"-> {self.name_of(here, path)}")
            case {"f()": str(name)}:
                self._call(self.name_of(here, name), self.takes(name))
            case {"x()": str(name)}:
                count = command.get("exArgs", 0)
                self._call(name, count if type(count) is int and 0 <= count < 100 else 0)
            case {"list": dict(listed)}:
                self.values.append(f"LIST({', '.join(map(str, listed))[:200]})")
            case _:
                self.values.append(f"UNKNOWN({json.dumps(json.dumps(command, default=str)[:200])})")


def source_of(value: Value) -> str:
    """Return a value as source."""
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def plain(items: tuple[Item, ...]) -> str:
    """Return the words of a text; what is worked out stands in braces."""
    found: list[str] = []
    for item in items:
        if isinstance(item, Words):
            found.append(item.text)
        elif isinstance(item, Shown):
            found.append("{" + item.source + "}")
        elif isinstance(item, Either):
            lines = [arm[0] for _, arm in item.arms if arm]
            found.append("|".join(plain(line.items) for line in lines if isinstance(line, Line)))
    return "".join(found)
