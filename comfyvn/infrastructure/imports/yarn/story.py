"""All nodes of a story together: what they declare, which of them are groups, and the passages they become."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from comfyvn.domain.pack import Warned
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.imports.formulas import Term, term_of, terms
from comfyvn.infrastructure.imports.steps import Option, Passage, Step, act, code
from comfyvn.infrastructure.imports.yarn.expressions import (
    GRAMMAR,
    Expressions,
    Known,
    complexity,
    fractional,
    hints,
    kind_of,
    variable,
)
from comfyvn.infrastructure.imports.yarn.parser import Arms, Command, Items, Line, Statement, statements
from comfyvn.infrastructure.imports.yarn.source import YarnNode
from comfyvn.infrastructure.imports.yarn.writer import (
    DETOUR_TO,
    DETOURS,
    LANGUAGE,
    SET,
    STOP,
    Saliency,
    Shared,
    Writer,
    grouped,
    salient,
)

MAX_ROW: Final = 4_000
"""Characters of a line up to which it is read; a node with a longer one is kept as code."""
_DECLARED: Final = re.compile(
    r"(?P<name>\$[^\W\d]\w*)\s*(?:=|\bto\b)\s*(?P<value>.+?)(?:\s+as\s+(?P<type>\w+))?", re.DOTALL
)
_CASE: Final = re.compile(r"(?P<name>[^\W\d]\w*)\s*(?:=\s*(?P<value>.+))?")
_VALUES: Final = re.compile(r"\{([^{}]{1,500})\}")
_ROUNDS: Final = 10

Body = tuple[Statement, ...]


class Story:
    """All nodes with what they declare. Members of a group have names of their own; the group's leads to them."""

    def __init__(self, nodes: Sequence[YarnNode], saliency: Saliency) -> None:
        self.warnings: list[Warned] = []
        self.declared: dict[str, Variable] = {}
        self.groups: dict[str, list[tuple[str, YarnNode]]] = {}
        self.named: list[tuple[str, YarnNode, Body | None]] = []
        for node in nodes:
            long = any(len(row.text) > MAX_ROW for row in node.rows)
            self.named.append((self._name(node), node, None if long else statements(node.rows)))
        self.known = Known()
        self.shared = Shared(self.known, saliency=saliency)
        self.shared.titles = {name for name, _, _ in self.named} | {*self.groups}
        for group, members in self.groups.items():
            self.known.groups[group] = [f"({c})" if (c := _when(node)[0]) else "true" for _, node in members]
        for name, node, _ in self.named:
            if node.headers.get("tracking") != "never":
                for title in {name, node.title}:
                    self.known.nodes.setdefault(title, f"visits_{re.sub(r'[^0-9a-zA-Z_]', '_', title)}")
        self.commands = [c for _, _, body in self.named for c in _commands(body or ())]
        self._declarations()
        self._kinds()
        self._detours()

    def _name(self, node: YarnNode) -> str:
        if not node.whens:
            return node.title
        members = self.groups.setdefault(node.title, [])
        name = f"{node.title}.{node.headers.get('subtitle') or len(members) + 1}"
        members.append((name, node))
        return name

    def _declarations(self) -> None:
        enum, number = "", 0
        for command in self.commands:
            if command.name == "enum":
                enum, number = command.rest, 0
            elif command.name == "case" and (case := _CASE.fullmatch(command.rest)):
                raw = None if case["value"] is None else _literal(term_of(case["value"], GRAMMAR), self.known)
                self.known.enums.setdefault(f"{enum}.{case['name']}", number if raw is None else raw[0])
                number += 1
        for command in self.commands:
            found = _DECLARED.fullmatch(command.rest) if command.name == "declare" else None
            term = term_of(found["value"], GRAMMAR) if found else None
            if found is None or term is None:
                continue
            literal = _literal(term, self.known)
            name = variable(found["name"])
            if literal is None:
                self.known.smart.setdefault(name, term)
            else:
                self.declared.setdefault(name, _variable(literal[0]))

    def _kinds(self) -> None:
        """Find which variables hold what, and which of them may hold a number with a point."""
        known = self.known
        known.hints.update({name: declared.default for name, declared in self.declared.items()})
        known.fractions |= {name for name, v in self.declared.items() if isinstance(v.default, float)}
        sets = [*self._assigned()]
        for _ in range(_ROUNDS):
            before = len(known.fractions), len(known.hints)
            for name, operator, term in sets:
                if operator == "/=" or fractional(term, known):
                    known.fractions.add(name)
                kind = kind_of(term, known)
                if kind is not None:
                    known.hints.setdefault(name, kind)
            if (len(known.fractions), len(known.hints)) == before:
                break
        self._undeclared([name for name, _, _ in sets])
        for name in known.fractions & self.declared.keys():
            if self.declared[name].type == "int":
                self.declared[name] = replace(self.declared[name], type="float")

    def _assigned(self) -> Iterator[tuple[str, str, Term]]:
        for command in self.commands:
            if command.name == "set" and (found := SET.fullmatch(command.rest)):
                term = term_of(found["value"], GRAMMAR)
                if term is not None:
                    yield variable(found["name"]), found["operator"], term

    def _undeclared(self, assigned: Sequence[str]) -> None:
        """Declare variables that the story only uses."""
        known = self.known
        used: dict[str, None] = dict.fromkeys(assigned)
        for source in self._formulas():
            formula = term_of(source, GRAMMAR)
            if formula is None:
                continue
            for name, kind in hints(formula, known):
                known.hints.setdefault(name, kind)
            names = (t.word for t in terms(formula) if t.kind == "name" and t.word.startswith("$"))
            used.update(dict.fromkeys(variable(word) for word in names))
        for name in used:
            if name not in known.smart and name not in self.declared:
                self.declared[name] = _variable(known.hints.get(name, False))

    def _formulas(self) -> Iterator[str]:
        for _, node, body in self.named:
            yield from filter(None, [_when(node)[0]])
            yield from _sources(body or ())

    def _detours(self) -> None:
        shared = self.shared
        for command in self.commands:
            if command.name == "detour":
                target = _target(command)
                found = self.shared.titles if target is None else {target}
                shared.detoured |= found
                shared.detoured |= {name for title in found for name, _ in self.groups.get(title, ())}
        for name, _, body in self.named:
            if name not in shared.detoured:
                continue
            for command in _commands(body or ()):
                if command.name in ("jump", "stop"):
                    target = STOP if command.name == "stop" else _target(command)
                    shared.leaving[target or ""] = None
        if shared.leaving:
            shared.made.update({DETOURS: 0, DETOUR_TO: ""})

    def passages(self) -> Iterator[Passage]:
        """Yield the passages of all nodes, each group before its first member."""
        self._count()
        hubs = {members[0][0]: title for title, members in self.groups.items()}
        for name, node, body in self.named:
            if name in hubs:
                yield self._hub(hubs[name], node)
            meta: dict[str, Any] = {"tags": node.tags} if node.tags else {}
            if headers := {key: value for key, value in node.headers.items() if key != "tags"}:
                meta["headers"] = headers
            label = name if name.isidentifier() else None
            steps: tuple[Step, ...]
            if body is None:
                words = "\n".join(row.text for row in node.rows)
                steps = (code(LANGUAGE, "long line", words, node.line), act("return"))
            else:
                steps = self._writer(name, node).body(body)
            yield Passage(name, steps, node.file, node.line, label=label, meta=meta)
        if STOP in self.shared.leaving and STOP not in self.shared.titles:
            yield Passage(STOP, (act("return"),), self.named[-1][1].file)

    def _count(self) -> None:
        """Find which visits are asked for, before the first node is written."""
        read = Expressions(self.known, "")
        for source in self._formulas():
            read.value(source)

    def _writer(self, name: str, node: YarnNode) -> Writer:
        counters = {self.known.nodes[title]: None for title in (name, node.title) if title in self.known.nodes}
        if node.headers.get("tracking") == "never":
            counters = {}
        return Writer(self.shared, name, [*counters], detoured=name in self.shared.detoured)

    def _hub(self, title: str, first: YarnNode) -> Passage:
        """Return the passage that chooses a node of a group."""
        writer = Writer(self.shared, title, (), detoured=False)
        ways: list[tuple[str | None, int, str, tuple[Step, ...]]] = []
        options: list[Option] = []
        before: list[Step] = []
        for name, node in self.groups[title]:
            source, score = _when(node)
            condition = None if source is None else writer.read.value(source)
            if source is not None and condition is None:
                before.append(code(LANGUAGE, "when", source, node.line))
                condition = "False"
            steps: tuple[Step, ...] = ()
            if _is_once(node):
                flag = self.shared.make("once", False, name)
                condition = f"not {flag}" if condition is None else f"not {flag} and {grouped(condition)}"
                steps = (act("set", f"{flag} = True"),)
            ways.append((condition, score, name, ()))
            options.append(Option(target=name, steps=steps))
        steps = (*before, *salient(self.shared, title, ways, options, first.line), act("return"))
        return Passage(title, steps, first.file, first.line, label=title if title.isidentifier() else None)

    def variables(self) -> dict[str, Variable]:
        """Return the variables of the story, and those that the import itself needs."""
        made = {name: _variable(default) for name, default in self.shared.made.items()}
        visits = {name: Variable("int", 0) for name in self.known.counted}
        return dict(sorted({**made, **visits, **self.declared}.items()))


def _when(node: YarnNode) -> tuple[str | None, int]:
    """Return the condition of a node of a group, without ``once``, and how particular it is."""
    found: list[str] = []
    score = 0
    for when in node.whens:
        words = when.strip()
        if words.partition(" ")[0] == "once":
            score += 1
            words = words.removeprefix("once").strip().removeprefix("if").strip()
        if words and words != "always":
            found.append(words)
            score += complexity(words)
    return (" and ".join(f"({words})" for words in found) if len(found) > 1 else found[0]) if found else None, score


def _is_once(node: YarnNode) -> bool:
    return any(when.strip().partition(" ")[0] == "once" for when in node.whens)


def _commands(body: Sequence[Statement]) -> Iterator[Command]:
    for statement in body:
        match statement:
            case Command():
                yield statement
            case Items(items):
                for _, held in items:
                    yield from _commands(held)
            case Arms(arms):
                for _, held in arms:
                    yield from _commands(held)
            case Line():
                pass


def _sources(body: Sequence[Statement]) -> Iterator[str]:
    """Yield the expressions of a body."""
    for statement in body:
        match statement:
            case Line():
                yield from filter(None, [statement.condition])
                yield from _VALUES.findall(statement.text)
            case Command():
                found = SET.fullmatch(statement.rest) if statement.name == "set" else None
                yield from [found["value"]] if found else _VALUES.findall(statement.rest)
            case Items(items):
                for said, held in items:
                    yield from _sources((said, *held))
            case Arms(arms):
                for condition, held in arms:
                    yield from filter(None, [condition])
                    yield from _sources(held)


def _target(command: Command) -> str | None:
    if not command.rest.startswith("{"):
        return command.rest
    term = term_of(command.rest[1:-1], GRAMMAR)
    return term.word if term is not None and term.kind == "text" else None


def _literal(term: Term | None, known: Known) -> tuple[Any] | None:
    """Return the value that a term is by itself, in a tuple."""
    if term is None:
        return None
    if term.kind == "number":
        return (float(term.word) if "." in term.word else int(term.word),)
    if term.kind == "bool":
        return (term.word == "True",)
    if term.kind == "text":
        return (term.word,)
    if term.kind == "name" and not term.word.startswith("$"):
        case = term.word
        found = known.enums.get(case, next((v for k, v in known.enums.items() if k.endswith(case)), None))
        return None if found is None else (found,)
    return None


def _variable(value: Any) -> Variable:
    if isinstance(value, bool):
        return Variable("bool", value)
    return Variable("text" if isinstance(value, str) else "float" if isinstance(value, float) else "int", value)
