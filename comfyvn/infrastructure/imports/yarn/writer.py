"""The steps of a node."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from comfyvn.domain.expressions import ExpressionError, parse_assignment
from comfyvn.infrastructure.imports.formulas import term_of
from comfyvn.infrastructure.imports.identity import digest
from comfyvn.infrastructure.imports.speakers import Speakers
from comfyvn.infrastructure.imports.steps import Option, Step, act, code, jump, line
from comfyvn.infrastructure.imports.yarn.expressions import GRAMMAR, Expressions, Known, complexity, variable
from comfyvn.infrastructure.imports.yarn.parser import Arms, Command, Items, Line, Statement
from comfyvn.infrastructure.imports.yarn.words import Told, told

LANGUAGE: Final = "yarn"
STOP: Final = "Stop"
"""The passage that a command to stop leads to where others wait for a return."""
DETOURS, DETOUR_TO, BEST = "detours", "detour_to", "best"
NEVER: Final = -1_000_000
SEEN: Final = 100
"""What one time that something was seen takes from its rank: the least seen first, then the most particular."""

Saliency = Literal["random_best_least_recently_seen", "best_least_recently_seen", "best", "first"]

SET: Final = re.compile(r"(?P<name>\$[^\W\d]\w*)\s*(?P<operator>\bto\b|=|[-+*/%]=)\s*(?P<value>.+)", re.DOTALL)
_WAIT: Final = re.compile(r"\d{1,6}(?:\.\d{1,6})?")


@dataclass(slots=True)
class Shared:
    """What the nodes of a project share. `detoured` are the nodes that others come back from, `leaving` their jumps."""

    known: Known
    speakers: Speakers = field(default_factory=Speakers)
    titles: set[str] = field(default_factory=set)
    detoured: set[str] = field(default_factory=set)
    leaving: dict[str, None] = field(default_factory=dict)
    made: dict[str, object] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    saliency: Saliency = "random_best_least_recently_seen"

    def make(self, prefix: str, default: object, *words: str) -> str:
        """Return the name of a variable that the import itself needs."""
        found = f"{prefix}_{digest(*words)[:6]}"
        number = self.numbers.get(found, 1)
        first = found
        while found in self.taken:
            number += 1
            found = f"{prefix}_{digest(*words, str(number))[:8]}"
        self.numbers[first] = number
        self.taken.add(found)
        self.made[found] = default
        return found


class Writer:
    """Writes one node. `counters` are raised when the play leaves it; `detoured` says that others come back from it."""

    def __init__(self, shared: Shared, title: str, counters: Sequence[str], *, detoured: bool) -> None:
        self.shared, self.title, self.counters, self.detoured = shared, title, counters, detoured
        self.read = Expressions(shared.known, title)

    def body(self, statements: Sequence[Statement]) -> tuple[Step, ...]:
        """Return the steps of the node's body; where it ends, the play goes back, or is over."""
        found = self.steps(statements)
        if not found or found[-1].verb not in ("jump", "return") or found[-1].conditions:
            found += [*self.leave(), act("return")]
        return tuple(found)

    def steps(self, statements: Sequence[Statement]) -> list[Step]:
        found: list[Step] = []
        for statement in statements:
            match statement:
                case Line():
                    made = self._line(statement)
                case Items():
                    made = self._group(statement) if statement.drawn else self._choice(statement)
                case Arms():
                    made = self._once(statement) if statement.once else self._branch(statement)
                case Command():
                    made = self._command(statement)
            found += self._drawn()
            found += made
        return found

    def leave(self) -> list[Step]:
        """Return the steps by which the play leaves the node."""
        counted = self.shared.known.counted
        return [act("set", f"{counter} += 1") for counter in self.counters if counter in counted]

    def _drawn(self) -> Iterator[Step]:
        for draw in self.read.take():
            self.shared.made[draw.name] = draw.least
            numbers = range(draw.least, draw.most + 1)
            options = tuple(Option(steps=(act("set", f"{draw.name} = {number}"),)) for number in numbers)
            yield act("random", options=options)

    def _told(self, said: Line, *, named: bool = True) -> tuple[Told, list[Step]]:
        found = told(said.text, self.read.shown, named=named)
        return found, [code(LANGUAGE, "expression", source, said.line) for source in found.unread]

    def _line(self, said: Line) -> list[Step]:
        words, unread = self._told(said)
        step = replace(line(words.text, said.line, said.raw), directives=_directives(said, words))
        if words.name is not None:
            if "[" in words.name:
                step = replace(step, directives={**step.directives, "name": words.name})
            else:
                step = replace(step, speaker=self.shared.speakers.id_of(words.name))
        if said.once:
            return [*unread, *self._only_once([step], said.condition, said)]
        condition, more = self._condition(said.condition, said)
        return [*unread, *more, replace(step, conditions=(condition,) if condition else ())]

    def _condition(self, source: str | None, said: Line) -> tuple[str | None, list[Step]]:
        """Return a condition; one that cannot be read never holds, and is kept as code."""
        if source is None:
            return None, []
        found = self.read.value(source)
        return ("False", [code(LANGUAGE, "condition", source, said.line)]) if found is None else (found, [])

    def _flag(self, *words: str) -> str:
        return self.shared.make("once", False, self.title, *words)

    def _only_once(self, steps: Sequence[Step], condition: str | None, said: Line) -> list[Step]:
        flag = self._flag(said.text)
        more, kept = self._condition(condition, said)
        test = f"not {flag}" if more is None else f"not {flag} and {grouped(more)}"
        option = Option(condition=test, steps=(act("set", f"{flag} = True"), *steps))
        return [*kept, act("branch", at=said.line, options=(option,))]

    def _choice(self, items: Items) -> list[Step]:
        options: list[Option] = []
        before: list[Step] = []
        for said, body in items.items:
            words, unread = self._told(said, named=False)
            condition, more = self._condition(said.condition, said)
            before += [*unread, *more, *self._drawn()]
            steps = self.steps(body)
            if said.once:
                flag = self._flag(said.text)
                condition = f"not {flag}" if condition is None else f"not {flag} and {grouped(condition)}"
                steps = [act("set", f"{flag} = True"), *steps]
            meta = _directives(said, words)
            options.append(Option(words.text, condition, steps=tuple(steps), meta=meta))
        return [*before, Step("choice", options=tuple(options), line=items.line)]

    def _group(self, items: Items) -> list[Step]:
        found: list[Step] = []
        ways: list[tuple[str | None, int, str, tuple[Step, ...]]] = []
        for said, body in items.items:
            condition, kept = self._condition(said.condition, said)
            score = 0 if said.condition is None else complexity(said.condition)
            flag = self._flag(said.text) if said.once else None
            if flag is not None:
                condition = f"not {flag}" if condition is None else f"not {flag} and {grouped(condition)}"
                score += 1
            found += kept
            spoken = self._line(replace(said, condition=None, once=False))
            found += self._drawn()
            first = [] if flag is None else [act("set", f"{flag} = True")]
            ways.append((condition, score, said.text, (*first, *spoken, *self.steps(body))))
        options = [Option(steps=steps) for *_, steps in ways]
        return [*found, *salient(self.shared, self.title, ways, options, items.line)]

    def _once(self, arms: Arms) -> list[Step]:
        (condition, held), *others = arms.arms
        said = Line(f"once {condition}", arms.line, None if condition == "true" else condition)
        *before, step = self._only_once(self.steps(held), said.condition, said)
        other = [Option(steps=tuple(self.steps(body))) for _, body in others[:1]]
        return [*before, replace(step, options=(*step.options, *other))]

    def _branch(self, arms: Arms) -> list[Step]:
        options: list[Option] = []
        before: list[Step] = []
        for source, held in arms.arms:
            condition, kept = self._condition(source, Line("", arms.line))
            before += [*kept, *self._drawn()]
            options.append(Option(condition=condition, steps=tuple(self.steps(held))))
        return [*before, act("branch", at=arms.line, options=tuple(options))]

    def _command(self, command: Command) -> list[Step]:
        at = command.line
        found: list[Step] = []
        match command.name:
            case "jump" | "detour":
                found = self._gone(command)
            case "stop" if self.detoured:
                found = self._jump(STOP, at)
            case "return" | "stop":
                found = [*self.leave(), act("return", at=at)]
            case "set":
                made = self._set(command)
                found.append(code(LANGUAGE, "set", command.raw, at) if made is None else act("set", made, at))
            case "wait" if _WAIT.fullmatch(command.rest):
                found.append(act("pause", command.rest, at, command.raw))
            case "declare" | "enum" | "case" | "endenum":
                pass
            case _:
                found.append(code(LANGUAGE, f"command {command.name}".rstrip(), command.raw, at))
        return found

    def _set(self, command: Command) -> str | None:
        found = SET.fullmatch(command.rest)
        value = self.read.value(found["value"]) if found else None
        if found is None or value is None:
            return None
        sign = "=" if found["operator"] == "to" else found["operator"]
        made = f"{variable(found['name'])} {sign} {value}"
        try:
            return made if parse_assignment(made) else None
        except ExpressionError:
            return None

    def _gone(self, command: Command) -> list[Step]:
        """Return a jump or a detour to a node that is named, or told by an expression in braces."""
        at, target, source = command.line, command.rest, None
        if target.startswith("{") and target.endswith("}"):
            term = term_of(target[1:-1], GRAMMAR)
            if term is not None and term.kind == "text":
                target = term.word
            elif (source := self.read.value(target[1:-1])) is None:
                return [code(LANGUAGE, f"command {command.name}", command.raw, at)]
        if command.name == "jump":
            return self._jump(target, at, source)
        going = jump(target, at) if source is None else act("jump", at=at, directives={"expression": source})
        call = replace(going, verb="call")
        if not self.shared.leaving:
            return [call]
        begin = [act("set", f"{DETOURS} += 1"), act("set", f'{DETOUR_TO} = ""')]
        return [*begin, call, act("set", f"{DETOURS} -= 1"), self._after()]

    def _after(self) -> Step:
        """Return what stands behind a detour: where a node jumped away, none of those that wait is gone on with."""
        steps = [*self.leave()]
        if self.detoured:
            steps.append(act("branch", options=(Option(condition=f"{DETOURS} > 0", steps=(act("return"),)),)))
        known = [
            Option(condition=f"{DETOUR_TO} == {target!r}", target=target) for target in self.shared.leaving if target
        ]
        if known:
            steps.append(act("branch", options=tuple(known)))
        if "" in self.shared.leaving:
            steps.append(act("jump", directives={"expression": DETOUR_TO}))
        return act("branch", options=(Option(condition=f'{DETOUR_TO} != ""', steps=tuple(steps)),))

    def _jump(self, target: str, at: int, source: str | None = None) -> list[Step]:
        going = jump(target, at) if source is None else act("jump", at=at, directives={"expression": source})
        if not self.detoured:
            return [*self.leave(), going]
        back = (act("set", f"{DETOUR_TO} = {source or repr(target)}"), act("return"))
        return [*self.leave(), act("branch", options=(Option(condition=f"{DETOURS} > 0", steps=back),)), going]


def salient(
    shared: Shared,
    title: str,
    ways: Sequence[tuple[str | None, int, str, tuple[Step, ...]]],
    options: Sequence[Option],
    at: int,
) -> list[Step]:
    """Return the steps that choose one of some ways: by what holds, was seen least, and asks for the most."""
    if shared.saliency == "first":
        branches = [replace(o, condition=way[0]) for o, way in zip(options, ways, strict=True)]
        return [act("branch", at=at, options=tuple(branches))]
    found = [act("set", f"{BEST} = {NEVER}")]
    drawn: list[Option] = []
    for option, (condition, score, words, _) in zip(options, ways, strict=True):
        seen = shared.make("seen", 0, title, words)
        rank = f"{score} - {SEEN} * {seen}" if score else f"-{SEEN} * {seen}"
        if shared.saliency == "best":
            rank = str(score)
        conditions = () if condition is None else (condition,)
        found.append(act("set", f"{BEST} = max({BEST}, {rank})", conditions=conditions))
        test = f"{rank} == {BEST}" if condition is None else f"{rank} == {BEST} and {grouped(condition)}"
        count = () if shared.saliency == "best" else (act("set", f"{seen} += 1"),)
        drawn.append(replace(option, condition=test, steps=(*count, *option.steps)))
    shared.made[BEST] = NEVER
    verb = "random" if shared.saliency == "random_best_least_recently_seen" else "branch"
    return [*found, act(verb, at=at, options=tuple(drawn))]


def grouped(condition: str) -> str:
    """Return a condition as a part of a larger one."""
    return condition if condition.isidentifier() else f"({condition})"


def _directives(said: Line, words: Told) -> dict[str, object]:
    """Return the hashtags of a line, its id apart, and the names of its markup."""
    found: dict[str, object] = {}
    tags = [tag for tag in said.tags if not tag.startswith("line:")]
    ids = [tag.removeprefix("line:") for tag in said.tags if tag.startswith("line:")]
    if ids:
        found["line"] = ids[0]
    if tags:
        found["tags"] = tags
    if words.markup:
        found["markup"] = words.markup
    return found
