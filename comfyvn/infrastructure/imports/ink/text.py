"""The words of a line with what stands in braces, as one text with values in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from comfyvn.domain.expressions import ExpressionError, parse
from comfyvn.domain.interpolation import escape
from comfyvn.infrastructure.imports.ink.parser import Either, Item, Line, Shown, Statement, Turns, Words
from comfyvn.infrastructure.imports.steps import Option, Step, act

MAX_FIELD: Final = 1_500
"""Characters of a value in a text; what is longer becomes branches."""

_WRAPS: Final[dict[str, Callable[[str, int], str]]] = {
    "stopping": lambda name, count: f"{name} = min({name} + 1, {count})",
    "once": lambda name, count: f"{name} = min({name} + 1, {count + 1})",
    "cycle": lambda name, count: f"{name} = {name} % {count} + 1",
}


class Unfit(Exception):
    """A line is not one text."""


@dataclass(slots=True)
class Text:
    """A text; `before` has to happen first, and nothing is said where `condition` does not hold."""

    words: str = ""
    condition: str | None = None
    before: list[Step] = field(default_factory=list)


class Texts:
    """Writes lines as texts. `value` and `shown` give expressions, `counter` a variable for what takes turns."""

    def __init__(
        self,
        value: Callable[[str], str | None],
        shown: Callable[[str], str | None],
        counter: Callable[[Turns], str],
    ) -> None:
        self.value, self.shown, self.counter = value, shown, counter
        self.before: list[Step] = []

    def of(self, items: Sequence[Item]) -> Text:
        """Return the text that items are; raise `Unfit` where they are more than that."""
        self.before = []
        words = "".join(self._field(item) for item in items)
        return Text(words, self._condition(items), self.before)

    def _field(self, item: Item) -> str:
        if isinstance(item, Words):
            return escape(item.text)
        source = self._source(item, None)
        if len(source) > MAX_FIELD:
            raise Unfit
        try:
            parse(source)
        except ExpressionError as error:
            raise Unfit from error
        return f"[{source}]"

    def _condition(self, items: Sequence[Item]) -> str | None:
        """Return when a line of nothing but conditional words says anything."""
        if any(isinstance(item, Shown) or (isinstance(item, Words) and item.text.strip()) for item in items):
            return None
        inner = [item for item in items if not isinstance(item, Words)]
        if not inner:
            return None
        source = " + ".join(f"({self._source(item, None, quiet=True)})" for item in inner)
        return None if len(source) > MAX_FIELD else f"({source}).strip() != ''"

    def _source(self, item: Item, condition: str | None, *, quiet: bool = False) -> str:
        """Return an expression for what an item says; `condition` is when it is said at all."""
        match item:
            case Words(text):
                return repr(text.replace("{", "{{"))
            case Shown(source):
                found = self.shown(source)
                if found is None:
                    raise Unfit
                return found
            case Either(arms):
                return self._either(arms, condition, quiet=quiet)
            case Turns():
                return self._turns(item, condition, quiet=quiet)
            case _:
                raise Unfit

    def _arm(self, arm: Sequence[Statement], condition: str | None, *, quiet: bool) -> str:
        if not arm:
            return "''"
        if len(arm) > 1 or not isinstance(arm[0], Line) or arm[0].ends or arm[0].tags:
            raise Unfit
        found = [(item, self._source(item, condition, quiet=quiet)) for item in arm[0].items]
        if len(found) == 1:
            return found[0][1] if isinstance(found[0][0], Words) else f"str({found[0][1]})"
        return " + ".join(source if isinstance(item, Words) else f"str({source})" for item, source in found)

    def _either(
        self, arms: Sequence[tuple[str | None, Sequence[Statement]]], condition: str | None, *, quiet: bool
    ) -> str:
        found: list[str] = []
        others = condition
        for source, arm in arms:
            if source is None:
                return "".join(found) + self._arm(arm, others, quiet=quiet)
            test = self.value(source)
            if test is None:
                raise Unfit
            found.append(f"{self._arm(arm, both(others, test), quiet=quiet)} if {test} else ")
            others = both(others, f"not ({test})")
        return "".join(found) + "''"

    def _turns(self, item: Turns, condition: str | None, *, quiet: bool) -> str:
        name = self.counter(item)
        if not quiet:
            self.before += turn(item, name, condition)
        arms = [self._arm(arm, both(condition, f"{name} == {n}"), quiet=quiet) for n, arm in enumerate(item.arms, 1)]
        if not arms:
            raise Unfit
        last = "''" if item.kind == "once" else arms.pop()
        return "".join(f"{arm} if {name} == {n} else " for n, arm in enumerate(arms, 1)) + last


def turn(item: Turns, name: str, condition: str | None = None) -> Iterator[Step]:
    """Yield the step by which something takes its next turn."""
    conditions = () if condition is None else (condition,)
    if item.kind == "shuffle":
        numbers = range(1, len(item.arms) + 1)
        options = tuple(Option(steps=(act("set", f"{name} = {number}"),)) for number in numbers)
        yield act("random", options=options, conditions=conditions)
    else:
        yield act("set", _WRAPS[item.kind](name, len(item.arms)), conditions=conditions)


def both(first: str | None, second: str) -> str:
    """Return the condition that two conditions hold."""
    return second if first is None else f"{grouped(first)} and {grouped(second)}"


def grouped(condition: str) -> str:
    """Return a condition as a part of a larger one."""
    return condition if condition.isidentifier() else f"({condition})"
