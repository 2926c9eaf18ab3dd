"""The steps of a knot or stitch."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from comfyvn.domain.expressions import ExpressionError, parse_assignment
from comfyvn.domain.interpolation import escape
from comfyvn.infrastructure.imports.formulas import Term, term_of
from comfyvn.infrastructure.imports.identity import digest
from comfyvn.infrastructure.imports.ink.expressions import GRAMMAR, Expressions, Known, arguments, with_arguments
from comfyvn.infrastructure.imports.ink.joining import BREAK, GLUE, JOINS, OPEN
from comfyvn.infrastructure.imports.ink.names import ENDS, Names, Place, has_choices
from comfyvn.infrastructure.imports.ink.parser import (
    Choice,
    Divert,
    Either,
    Gather,
    Glue,
    Item,
    Kept,
    Line,
    Logic,
    Shown,
    Statement,
    Turns,
    Words,
)
from comfyvn.infrastructure.imports.ink.text import Text, Texts, Unfit, both, grouped, turn
from comfyvn.infrastructure.imports.speakers import Speakers
from comfyvn.infrastructure.imports.steps import Option, Step, act, code, jump, line

LANGUAGE: Final = "ink"
OVER: Final = "over"
"""The variable that tells those who wait for a tunnel that the story is over."""
ASSIGNED: Final = re.compile(
    r"(?:temp\s+)?(?P<name>[^\W\d]\w*)\s*(?:(?P<operator>[-+]?=)(?!=)\s*(?P<value>.+)|(?P<step>\+\+|--))", re.DOTALL
)
_CALL: Final = re.compile(r"(?P<name>[^\W\d]\w*)\s*\((?P<given>.*)\)", re.DOTALL)
_NAMED: Final = re.compile(r"(?P<name>[^\W\da-z_][^:\"“”!?.,;\[\]{}|]{0,39}):\s+(?=\S)")
_DRAWN: Final = re.compile(
    r"(?:temp\s+)?(?P<name>[^\W\d]\w*)\s*=\s*RANDOM\s*\(\s*(?P<least>-?\d{1,9})\s*,\s*(?P<most>-?\d{1,9})\s*\)\s*"
)
MAX_DRAWN: Final = 100
"""Numbers that one draw chooses from."""
MAX_NAME_WORDS: Final = 3


@dataclass(slots=True)
class Shared:
    """What the passages of a story share. `counted` and `aimed` are places that are asked for and gone to."""

    known: Known
    names: Names
    named_lines: bool = True
    speakers: Speakers = field(default_factory=Speakers)
    parameters: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    counted: set[Place] = field(default_factory=set)
    aimed: set[Place] = field(default_factory=set)
    waited: set[Place] = field(default_factory=set)
    made: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    over: bool = False
    again: set[str] = field(default_factory=set)
    """Passages that a play may come to more than once."""

    def visits(self, name: str, here: Place) -> str | None:
        place = self.names.find(name, here)
        if place is None:
            return None
        self.counted.add(place)
        return f"visits_{place.word or 'beginning'}"

    def make(self, prefix: str, default: object, *words: str) -> str:
        """Return the name of a variable that the import itself needs."""
        found = f"{prefix}_{digest(*words)[:6]}"
        number = self.numbers.get(found, 1)
        first = found
        while found in self.made:
            number += 1
            found = f"{prefix}_{digest(*words, str(number))[:8]}"
        self.numbers[first] = number
        self.made[found] = default
        return found


class Writer:
    """Writes one passage."""

    def __init__(self, shared: Shared, place: Place) -> None:
        self.shared, self.place = shared, place
        self.read = Expressions(shared.known, lambda name: shared.visits(name, place))
        self._turns: dict[int, str] = {}
        self.fresh: set[str | None] = set()
        """Conditions that hold where a play comes for the first time."""
        self.texts = Texts(self.read.value, self.read.shown, self._counter)

    def _counter(self, item: Turns) -> str:
        if id(item) not in self._turns:
            self._turns[id(item)] = self.shared.make("turn", 0, self.place.word, repr(item))
        return self._turns[id(item)]

    def _count(self, place: Place) -> list[Step]:
        return [act("set", f"visits_{place.word or 'beginning'} += 1")] if place in self.shared.counted else []

    def passage(self, statements: Sequence[Statement], first: str | None) -> tuple[Step, ...]:
        """Return the steps of the passage; `first` is the stitch with which it goes on where it says nothing itself."""
        if not statements and first is not None:
            return (*self._count(Place(self.place.knot, first)), jump(f"{self.place.knot}.{first}"))
        return tuple(self.weave(statements))

    def weave(self, statements: Sequence[Statement]) -> list[Step]:
        """Return the steps of statements; choices hold all that follows them up to the next gather."""
        found: list[Step] = []
        at = 0
        depths: list[int] = []
        while at < len(statements):
            statement = statements[at]
            if isinstance(statement, Choice) or has_choices(statement):
                depths = depths or _depths(statements)
                steps, at = self._choices(statements, at, depths[at])
                found += steps
                continue
            match statement:
                case Line():
                    found += self.line(statement)
                case Logic():
                    found += self._logic(statement)
                case Gather():
                    found += self._label(statement.label)
                case Kept(kind, source, number):
                    found.append(code(LANGUAGE, kind, source, number))
            at += 1
        return found

    def _label(self, label: str | None) -> list[Step]:
        if label is None:
            return []
        place = Place(self.place.knot, self.place.stitch, label)
        named = [act("label", place.word)] if place in self.shared.aimed else []
        return [*named, *self._count(place)]

    # Lines

    def line(self, said: Line) -> list[Step]:
        """Return the steps of a line or of a part of one."""
        found: list[Step] = []
        run: list[Item] = []
        joins = False
        for item in said.items:
            if isinstance(item, Glue):
                if any(not isinstance(i, Words) or i.text.strip() for i in run):
                    found += self._words(run, said, joins=joins, end=GLUE)
                    run = []
                joins = True
            elif isinstance(item, Divert) or not self._fits(item):
                if isinstance(item, Divert) and run:
                    run = _spaced(run)
                found += self._words(run, said, joins=joins, end=OPEN)
                run, joins = [], False
                found += self._other(item, said)
            else:
                run.append(item)
        if run or not joins:
            found += self._words(run, said, joins=joins, end="" if said.ends else OPEN)
        if said.ends and (not found or found[-1].type != "text") and not joins:
            found.append(act("comment", BREAK))
        return found

    def _fits(self, item: Item) -> bool:
        if isinstance(item, Words | Shown):
            return True
        try:
            self.texts.of([item])
        except Unfit:
            return False
        return True

    def _words(self, items: Sequence[Item], said: Line, *, joins: bool, end: str) -> list[Step]:
        if not any(not isinstance(item, Words) or item.text.strip() for item in items):
            blank = "".join(item.text for item in items if isinstance(item, Words))
            if not (blank and end == OPEN and joins):
                return []
        unread = [item for item in items if isinstance(item, Shown) and self.read.shown(item.source) is None]
        shown = [Words("{" + i.source + "}") if i in unread else i for i in items]
        try:
            text = self.texts.of(shown)
        except Unfit:
            return [code(LANGUAGE, "text", said.raw, said.line)]
        found = [*text.before, *(code(LANGUAGE, "expression", item.source, said.line) for item in unread)]
        step = self._spoken(text, said, joins=joins)
        marks = {name: True for name, wanted in ((JOINS, joins), (end, bool(end))) if wanted}
        return [*found, replace(step, directives={**step.directives, **marks})]

    def _spoken(self, text: Text, said: Line, *, joins: bool) -> Step:
        words = text.words if joins else text.words.lstrip()
        conditions = () if text.condition is None else (text.condition,)
        tags = [tag for tag in said.tags if not tag.lower().startswith("speaker:")]
        speaker = next((t.partition(":")[2].strip() for t in said.tags if t not in tags), None)
        named = _NAMED.match(words) if self.shared.named_lines and not speaker and not joins else None
        if named and len(named["name"].split()) <= MAX_NAME_WORDS:
            speaker, words = named["name"].strip(), words[named.end() :]
        step = replace(line(words, said.line, said.raw), conditions=conditions)
        if tags:
            step = replace(step, directives={"tags": tags})
        return replace(step, speaker=self.shared.speakers.id_of(speaker)) if speaker else step

    def _other(self, item: Item, said: Line) -> list[Step]:
        match item:
            case Divert():
                return self.divert(item, said.line)
            case Either(arms, block):
                return self._branch(arms, said.line, block=block)
            case Turns():
                name = self._counter(item)
                last = len(item.arms) if item.kind != "once" else 0
                options = [
                    Option(condition=None if n == last else f"{name} == {n}", steps=self._arm(arm, block=item.block))
                    for n, arm in enumerate(item.arms, 1)
                ]
                return [*turn(item, name), act("branch", at=said.line, options=tuple(options))]
            case _:
                return []

    def _arm(self, arm: Sequence[Statement], *, block: bool) -> tuple[Step, ...]:
        return (act("comment", BREAK), *self.weave(arm)) if block else tuple(self.weave(arm))

    def _branch(
        self, arms: Sequence[tuple[str | None, Sequence[Statement]]], at: int, *, block: bool = False
    ) -> list[Step]:
        found: list[Step] = []
        options: list[Option] = []
        for source, arm in arms:
            condition, kept = self._condition(source, at)
            found += kept
            options.append(Option(condition=condition, steps=self._arm(arm, block=block)))
        return [*found, act("branch", at=at, options=tuple(options))]

    def _condition(self, source: str | None, at: int) -> tuple[str | None, list[Step]]:
        """Return a condition; one that cannot be read never holds, and is kept as code."""
        if source is None:
            return None, []
        found = self.read.value(source)
        return ("False", [code(LANGUAGE, "condition", source, at)]) if found is None else (found, [])

    # Ways

    def divert(self, divert: Divert, at: int) -> list[Step]:
        """Return the steps of a divert with its tunnels."""
        if not divert.targets:
            return [act("return", at=at)] if not divert.returns else []
        found: list[Step] = []
        for number, target in enumerate(divert.targets):
            calls = divert.returns or number < len(divert.targets) - 1
            found += self._way(target, at, calls=calls)
        return found

    def _way(self, target: str, at: int, *, calls: bool) -> list[Step]:
        if target in ENDS:
            return self.end(at)
        place = self.shared.names.find(target, self.place)
        if place is None:
            return self._computed(target, at, calls=calls)
        before = [*self._passed(place, target, at)]
        for outer in dict.fromkeys((Place(place.knot), Place(place.knot, place.stitch))):
            if outer.contains(place) and not outer.contains(self.place):
                before += self._count(outer)
        going = jump(place.word if place.label else place.passage, at)
        if not calls:
            return [*before, going]
        over = Option(condition=OVER, steps=(act("return"),))
        after = [act("branch", options=(over,))] if self.shared.over else []
        return [*before, replace(going, verb="call"), *after]

    def _passed(self, place: Place, target: str, at: int) -> Iterator[Step]:
        """Yield the assignments of what is handed over to a knot."""
        names = self.shared.parameters.get(Place(place.knot, place.stitch), ())
        _, _, given = target.partition("(")
        for name, source in zip(names, given.removesuffix(")").split(","), strict=False):
            value = self.read.value(source)
            yield code(LANGUAGE, "argument", target, at) if value is None else act("set", f"{name} = {value}", at)

    def _computed(self, target: str, at: int, *, calls: bool) -> list[Step]:
        if target in self.shared.known.values:
            return [act("call" if calls else "jump", at=at, directives={"expression": target})]
        return [code(LANGUAGE, "divert", f"-> {target}", at), *self.end(at)]

    def end(self, at: int = 0) -> list[Step]:
        """Return the steps by which the story is over, for those too who wait for a tunnel."""
        over = [act("set", f"{OVER} = True")] if self.shared.over else []
        return [*over, act("return", at=at)]

    # Code

    def _logic(self, logic: Logic) -> list[Step]:
        drawn = _DRAWN.fullmatch(logic.source)
        if drawn and drawn["name"] in self.shared.known.values:
            numbers = range(int(drawn["least"]), int(drawn["most"]) + 1)
            if 0 < len(numbers) <= MAX_DRAWN:
                options = [Option(steps=(act("set", f"{drawn['name']} = {number}"),)) for number in numbers]
                return [act("random", at=logic.line, options=tuple(options))]
        made = self._made(logic.source)
        if made is None:
            called = _CALL.fullmatch(logic.source)
            return [code(LANGUAGE, f"call {called['name']}" if called else "logic", logic.source, logic.line)]
        return [act("set", source, logic.line) for source in made]

    def _made(self, source: str) -> list[str] | None:
        """Return assignments of ours for a line of code; None where there are none."""
        if found := ASSIGNED.fullmatch(source):
            sign = found["operator"] or ("+=" if found["step"] == "++" else "-=")
            term = term_of(found["value"], GRAMMAR) if found["value"] else Term("number", "1")
            return self._all([(found["name"], sign, term)])
        called = term_of(source, GRAMMAR) if _CALL.fullmatch(source) else None
        function = self.shared.known.functions.get(called.word) if called is not None else None
        if called is None or function is None or not function.assignments:
            return None
        if len(called.parts) != len(function.parameters):
            return None
        given = arguments(function, called.parts)
        whole = [(given.get(n, Term("name", n)), sign, with_arguments(t, given)) for n, sign, t in function.assignments]
        return self._all([(name.word if name.kind == "name" else "", sign, term) for name, sign, term in whole])

    def _all(self, assigned: Sequence[tuple[str, str, Term | None]]) -> list[str] | None:
        found: list[str] = []
        for name, sign, term in assigned:
            value = None if term is None or name not in self.shared.known.values else self.read.of(term)
            made = f"{name} {sign} {value}"
            try:
                if value is None or parse_assignment(made) is None:
                    return None
            except ExpressionError:
                return None
            found.append(made)
        return found

    # Choices

    def _choices(self, statements: Sequence[Statement], at: int, depth: int) -> tuple[list[Step], int]:
        """Return the choice of all options of a depth up to the next gather, and the place behind them."""
        before: list[Step] = []
        options: list[Option] = []
        fallbacks: list[Option] = []
        while at < len(statements):
            statement = statements[at]
            if isinstance(statement, Choice) and statement.depth == depth:
                end = _body_end(statements, at + 1, depth)
                self._option(statement, None, statements[at + 1 : end], before, options, fallbacks)
                at = end
            elif isinstance(statement, Line) and has_choices(statement):
                self._conditional(statement, before, options, fallbacks)
                at += 1
            else:
                break
        if self.place.passage not in self.shared.again and self.fresh & {option.condition for option in options}:
            return [*before, Step("choice", options=tuple(options))], at
        return [*before, *_offered(options, fallbacks, self.end)], at

    def _conditional(self, said: Line, before: list[Step], options: list[Option], fallbacks: list[Option]) -> None:
        """Add the options that stand in the arms of conditions."""
        for item in said.items:
            if not isinstance(item, Either):
                continue
            others: str | None = None
            for source, arm in item.arms:
                test, kept = self._condition(source, said.line)
                before += kept
                condition = others if test is None else both(others, test)
                ahead = next((n for n, s in enumerate(arm) if isinstance(s, Choice) or has_choices(s)), len(arm))
                if steps := self.weave(arm[:ahead]):
                    before.append(
                        act("branch", at=said.line, options=(Option(condition=condition, steps=tuple(steps)),))
                    )
                at = ahead
                while at < len(arm):
                    choice = arm[at]
                    if not isinstance(choice, Choice):
                        before.append(code(LANGUAGE, "conditional choices", said.raw, said.line))
                        break
                    end = _body_end(arm, at + 1, choice.depth)
                    self._option(choice, condition, arm[at + 1 : end], before, options, fallbacks)
                    at = end
                if test is not None:
                    others = both(others, f"not {grouped(test)}")

    def _option(
        self,
        choice: Choice,
        outer: str | None,
        body: Sequence[Statement],
        before: list[Step],
        options: list[Option],
        fallbacks: list[Option],
    ) -> None:
        condition = outer
        plain = outer is None and not choice.conditions
        for source in choice.conditions:
            test, kept = self._condition(source, choice.line)
            before += kept
            condition = condition if test is None else both(condition, test)
        place = Place(self.place.knot, self.place.stitch, choice.label or "")
        first = self._label(choice.label)
        if choice.once:
            if choice.label and place in self.shared.counted:
                condition = both(condition, f"not visits_{place.word}")
            else:
                flag = self.shared.make("chosen", False, self.place.word, choice.label or choice.raw)
                condition = both(condition, f"not {flag}")
                first.append(act("set", f"{flag} = True"))
            if plain:
                self.fresh.add(condition)
        text = self._caption((*choice.first, *choice.option), choice, before)
        said = Line((*choice.first, *choice.said), choice.line, choice.tags, raw=choice.raw)
        steps = (*first, *self.line(said), *self.weave(body))
        meta = {"tags": [*choice.tags]} if choice.tags else {}
        if text:
            options.append(Option(text, condition, steps=steps, meta=meta))
        else:
            fallbacks.append(Option(None, condition, steps=steps))

    def _caption(self, items: Sequence[Item], choice: Choice, before: list[Step]) -> str:
        words = [item for item in items if not isinstance(item, Glue | Divert)]
        unread = [i for i in words if isinstance(i, Shown) and self.read.shown(i.source) is None]
        before += [code(LANGUAGE, "expression", item.source, choice.line) for item in unread]
        shown: list[Item] = [Words("{" + i.source + "}") if i in unread else i for i in words]
        try:
            text = self.texts.of(shown)
        except Unfit:
            before.append(code(LANGUAGE, "option", choice.raw, choice.line))
            return escape("".join(item.text for item in words if isinstance(item, Words))).strip()
        before += text.before
        return text.words.strip()


def _spaced(items: Sequence[Item]) -> list[Item]:
    """Return the words before a divert, which end by one blank whatever stands there."""
    *others, last = items
    return [*others, Words(f"{last.text.rstrip()} ")] if isinstance(last, Words) else [*items, Words(" ")]


def _depths(statements: Sequence[Statement]) -> list[int]:
    """Return the depth of each choice, and for what is none that of the shallowest choice behind it; 1 without one."""
    found = [1] * len(statements)
    least = 1_000_000
    for at in range(len(statements) - 1, -1, -1):
        statement = statements[at]
        if isinstance(statement, Choice):
            least = min(least, statement.depth)
            found[at] = statement.depth
        elif least < 1_000_000:
            found[at] = least
    return found


def _body_end(statements: Sequence[Statement], at: int, depth: int) -> int:
    """Return where what follows a choice of some depth ends."""
    while at < len(statements):
        statement = statements[at]
        if isinstance(statement, Choice | Gather) and statement.depth <= depth:
            break
        if isinstance(statement, Line) and _shallowest(statement) <= depth:
            break
        at += 1
    return at


def _shallowest(said: Line) -> int:
    """Return the depth of the choices in the arms of a line; a large number where there are none."""
    arms = (arm for item in said.items if isinstance(item, Either) for _, arm in item.arms)
    return min((s.depth for arm in arms for s in arm if isinstance(s, Choice)), default=1_000)


def _offered(options: Sequence[Option], fallbacks: Sequence[Option], end: Callable[[], list[Step]]) -> list[Step]:
    """Return a choice, and what follows where none of its options is open: a fallback, or the end of the story."""
    choice = Step("choice", options=tuple(options))
    if options and any(option.condition is None for option in options):
        return [choice]
    others = [*fallbacks]
    if not others or others[-1].condition is not None:
        others.append(Option(steps=tuple(end())))
    if not options:
        return [act("branch", options=tuple(others))]
    open_ = " or ".join(grouped(option.condition or "True") for option in options)
    return [act("branch", options=(Option(condition=open_, steps=(choice,)), *others))]
