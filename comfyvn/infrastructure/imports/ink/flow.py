"""One stretch of compiled Ink, read command by command: a knot, what follows a choice, an arm of a condition."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import Any, Final, Protocol

from comfyvn.infrastructure.imports.ink.containers import Container
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
from comfyvn.infrastructure.imports.ink.stack import Stack, Value, plain

DIVERTS: Final = ("->", "->t->")
MAX_DEPTH: Final = 40
"""Choices and conditions inside each other."""
_CONDITION, _START, _ONLY, _FALLBACK, _ONCE = 1, 2, 4, 8, 16
_ENDS: Final = {"done": "DONE", "end": "END"}


class Told(Protocol):
    """What the whole story tells of its containers."""

    parameters: dict[Container, tuple[str, ...]]

    def name_of(self, here: Container, path: Any) -> str: ...

    def takes(self, name: str) -> int: ...

    def label(self, held: Container) -> str | None: ...


class Flow:
    """Reads a container. `loose` are the gathers outside of it that its choices go on at."""

    def __init__(self, told: Told, held: Container, depth: int, *, said: bool = False) -> None:
        self.told, self.held, self.depth, self.said = told, held, depth, said
        self.stack = Stack(told.name_of, told.takes)
        self.found: list[Statement] = []
        self.items: list[Item] = []
        self.tags: list[str] = []
        self.loose: dict[Container, None] = {}
        self._evaluates = False
        self._tag: list[Item] | None = None
        self._placed: set[Container] = set()
        self._thread = False

    def all(self, content: Sequence[Any] | None = None) -> list[Statement]:
        """Return the statements of the container, or of a part of its content, and of the gathers in it."""
        if self.depth > MAX_DEPTH:
            return [Kept("deep container", self.held.path, 0)]
        self._read(self.held, self.held.content if content is None else content)
        self.flush()
        waiting = deque(self.loose)
        while waiting:
            gather, known = waiting.popleft(), len(self.loose)
            if self._own(gather):
                self._gather(gather)
                waiting.extend([*self.loose][known:])
        for gather in [one for one in self.held.every() if self._forgotten(one)]:
            if gather not in self._placed:
                self.found.append(Line((Divert(("DONE",)),), 0))
                self._gather(gather)
        self.loose = {one: None for one in self.loose if self.held not in one.ancestors()}
        return self.found

    def assigned(self) -> Iterator[tuple[str, str]]:
        """Yield the variables that the container assigns, with their values as source."""
        for command in self.held.content:
            if isinstance(command, dict) and isinstance(command.get("VAR="), str):
                yield command["VAR="], self.stack.pop()
            else:
                self.stack.do(command, self.held)

    def _own(self, gather: Container) -> bool:
        return gather not in self._placed and self.held in gather.ancestors()

    def _forgotten(self, one: Container) -> bool:
        """Tell whether a gather in this container, and in no choice and no arm in it, is gone to by its label alone."""
        if not (self._is_gather(one) and self.told.label(one) and self._own(one)):
            return False
        between = takewhile(lambda outer: outer is not self.held, islice(one.ancestors(), 1, None))
        return all(outer.gather or not outer.beside for outer in between)

    def _gather(self, gather: Container) -> None:
        self._placed.add(gather)
        self.found.append(Gather(self.depth, self.told.label(gather), 0))
        self._read(gather, gather.content)
        self.flush()

    # Commands

    def _read(self, held: Container, content: Sequence[Any]) -> None:
        at = 0
        while at < len(content):
            command = content[at]
            if isinstance(command, Container):
                at = self._inner(held, content, at)
                continue
            if self._evaluates and not self._leaves(command):
                self.stack.do(command, held)
            elif isinstance(command, str):
                self._word(command)
            elif isinstance(command, dict):
                self._object(command, held, last=at == len(content) - 1)
            at += 1

    def _leaves(self, command: Any) -> bool:
        """Tell whether a command in an evaluation is more than a step of it."""
        if isinstance(command, dict):
            return bool({"VAR=", "temp=", "*", *DIVERTS} & command.keys())
        return command in ("/ev", "str", "/str", "out", "pop", "~ret", "->->")

    def _word(self, word: str) -> None:
        act = _ACTS.get(word)
        if word.startswith("^"):
            self.put(Words(word[1:]))
        elif word in _ENDS:
            self.put(Divert((_ENDS[word],)))
        elif act:
            act(self)
        elif word in ("str", "/str"):
            self.stack.do(word, self.held)
            self._evaluates = word == "/str"
        elif word != "nop":
            self._keep("command", word)

    def _evaluate(self, begins: bool) -> None:
        self._evaluates = begins

    def _begin_tag(self) -> None:
        self._tag = []

    def _end_tag(self) -> None:
        self.tags.append(plain(tuple(self._tag or ())).strip())
        self._tag = None

    def _begin_thread(self) -> None:
        self._thread = True

    def _out(self) -> None:
        value = self.stack.values.pop() if self.stack.values else "nothing()"
        self.put(Shown(value) if isinstance(value, str) else Words(plain(value)))

    def _drop(self) -> None:
        """Take a value away; a call was made for what it does."""
        value: Value = self.stack.values.pop() if self.stack.values else ""
        if isinstance(value, str) and value.endswith(")") and not value.startswith("("):
            self._logic(value)

    def _object(self, command: dict[str, Any], held: Container, *, last: bool) -> None:
        match command:
            case {"VAR=": str(name)}:
                self._logic(f"{name} = {self.stack.pop()}")
            case {"temp=": str(name)}:
                if name == "$r":
                    self.stack.values[-1:] = []
                elif self.stack.values:
                    self._logic(f"{'' if command.get('re') else 'temp '}{name} = {self.stack.pop()}")
            case {"*": path}:
                self._choice(held.find(path), command.get("flg"))
            case {"->": str(path)} | {"->t->": str(path)}:
                self._divert(command, path, held, last=last)
            case {"#": str(tag)}:
                self.tags.append(tag.strip())
            case _:
                self._keep("command", json.dumps(command, default=str)[:200])

    def _divert(self, command: dict[str, Any], path: str, held: Container, *, last: bool) -> None:
        target = None if command.get("var") else held.find(path)
        if self.stack.in_text and target is not None and target.start:
            for item in self._start(target):
                self.put(item)
        elif path == "$r":
            return
        elif command.get("c"):
            self._keep("divert", json.dumps(command, default=str)[:200])
        elif self._thread:
            self._thread = False
            self._keep("thread", f"<- {self.told.name_of(held, path)}")
        elif command.get("var"):
            self.put(Divert((path,), returns="->t->" in command))
        elif self.said and last and target is not None and self._is_gather(target):
            self.loose[target] = None
        else:
            given = [self.stack.pop() for _ in self.told.parameters.get(target, ())] if target else []
            words = f"({', '.join(reversed(given))})" if given else ""
            self.put(Divert((self.told.name_of(held, path) + words,), returns="->t->" in command))

    def _is_gather(self, held: Container) -> bool:
        """Tell whether a container is a gather, and no knot or stitch."""
        return held.gather and held not in self.told.parameters

    # Text

    def put(self, item: Item) -> None:
        """Take in a part of the line, of the tag, or of the text on the stack."""
        if self._tag is not None:
            self._tag.append(item)
        elif self.stack.in_text:
            self.stack.item(item)
        elif isinstance(item, Words) and self.items and isinstance(before := self.items[-1], Words):
            self.items[-1] = Words(before.text + item.text)
        else:
            self.items.append(item)

    def _end_line(self) -> None:
        if self.stack.in_text:
            return
        last = self.found[-1] if self.found else None
        if self.items or self.tags or (self.said and last is None) or not (isinstance(last, Line) and last.ends):
            self._line(ends=True)

    def _line(self, *, ends: bool) -> None:
        number = f"{self.held.path}:{len(self.found)}"
        self.found.append(Line(tuple(self.items), 0, tuple(filter(None, self.tags)), ends, number))
        self.items, self.tags = [], []

    def flush(self) -> None:
        """End what is begun of a line, without a break."""
        if self.items:
            self._line(ends=False)

    def _logic(self, source: str) -> None:
        self.flush()
        self.found.append(Logic(source, 0))

    def _keep(self, kind: str, source: str) -> None:
        self.flush()
        self.found.append(Kept(kind, source, 0))

    # Containers inside

    def _inner(self, held: Container, content: Sequence[Any], at: int) -> int:
        """Read a container in the content, or several that are the arms of one condition; return the place behind."""
        inner: Container = content[at]
        if inner.name.startswith("$r"):
            return at + 1
        if inner.turns:
            self.put(self._turns(inner))
            return at + 1
        if inner.arm:
            return self._either(content, at)
        if (label := self.told.label(inner)) and not any(one.start for one in inner.named.values()):
            self.flush()
            self.found.append(Gather(self.depth, label, 0))
            self._placed.add(inner)
        self._read(inner, inner.content)
        return at + 1

    def _either(self, content: Sequence[Any], at: int) -> int:
        arms: list[tuple[str | None, tuple[Statement, ...]]] = []
        block = False
        subject: str | None = None
        while at < len(content) and isinstance(arm := content[at], Container) and arm.arm:
            condition: str | None = None
            commands = [command for command in arm.content if not isinstance(command, Container)]
            switch = commands[:1] == ["du"]
            if switch and subject is None:
                subject = self.stack.pop()
            if isinstance(commands[-1], dict) and commands[-1].get("c"):
                if switch:
                    self.stack.values.append(subject or "nothing()")
                for command in commands[1 if switch else 0 : -1]:
                    self.stack.do(command, arm)
                condition = self.stack.pop()
            found, opens = self._arm(arm.named["b"])
            block |= opens
            arms.append((condition, found))
            at += 1
        self.put(Either(tuple(arms), block))
        return at + (subject is not None and at < len(content) and content[at] == "pop")

    def _arm(self, held: Container) -> tuple[tuple[Statement, ...], bool]:
        """Return the statements of an arm, and whether it stands on lines of its own."""
        content = held.content[1 if held.content[:1] == ["pop"] else 0 :]
        block = content[:1] == ["\n"]
        if content and isinstance(content[-1], dict) and "->" in content[-1]:
            content = content[:-1]
        inner = Flow(self.told, held, self.depth)
        inner.stack.values = self.stack.values[:]
        found = inner.all(content[1:] if block else content)
        self.loose |= inner.loose
        self._placed |= inner._placed
        return tuple(found), block

    def _turns(self, held: Container) -> Item:
        arms: list[tuple[Statement, ...]] = []
        block = False
        while (arm := held.named.get(f"s{len(arms)}")) is not None:
            found, opens = self._arm(arm)
            block |= opens
            arms.append(found)
        operator = next((held.content[3] for _ in held.content[3:4]), None)
        kind = {"MIN": "stopping", "%": "cycle", "seq": "shuffle"}.get(operator if isinstance(operator, str) else "")
        return Turns(kind or "stopping", tuple(arms), block)

    # Choices

    def _choice(self, target: Container | None, flags: Any) -> None:
        flags = flags if type(flags) is int else 0
        tags, self.tags = tuple(filter(None, self.tags)), []
        self.flush()
        self._evaluates = False
        condition = self.stack.pop() if flags & _CONDITION else None
        option = self._caption() if flags & _ONLY else ()
        first = self._caption() if flags & _START else ()
        if target is None:
            self._keep("option", plain((*first, *option)))
            return
        inner = Flow(self.told, target, self.depth + 1, said=True)
        body = inner.all(target.content[6:] if flags & _START else None)
        said = body.pop(0) if body and isinstance(body[0], Line) else Line((), 0)
        self.found.append(
            Choice(
                depth=self.depth,
                once=bool(flags & _ONCE),
                label=self.told.label(target),
                conditions=() if condition is None else (condition,),
                first=() if flags & _FALLBACK else first,
                option=() if flags & _FALLBACK else option,
                said=said.items if isinstance(said, Line) else (),
                tags=(*tags, *(said.tags if isinstance(said, Line) else ())),
                line=0,
                raw=target.path,
            )
        )
        self.found += body
        self.loose |= inner.loose

    def _caption(self) -> tuple[Item, ...]:
        value = self.stack.values.pop() if self.stack.values else ()
        return value if isinstance(value, tuple) else (Shown(value),)

    def _start(self, held: Container) -> tuple[Item, ...]:
        """Return what an option and the line that is said begin with."""
        inner = Flow(self.told, held, self.depth + 1)
        found = inner.all(held.content[:-1])
        self.tags += inner.tags
        return tuple(item for line in found if isinstance(line, Line) for item in line.items)


_ACTS: Final[Mapping[str, Callable[[Flow], None]]] = {
    "\n": Flow._end_line,
    "<>": lambda flow: flow.put(Glue()),
    "#": Flow._begin_tag,
    "/#": Flow._end_tag,
    "ev": lambda flow: flow._evaluate(True),
    "/ev": lambda flow: flow._evaluate(False),
    "out": Flow._out,
    "pop": Flow._drop,
    "->->": lambda flow: flow.put(Divert(())),
    "~ret": lambda flow: flow._logic(f"return {flow.stack.pop()}"),
    "thread": Flow._begin_thread,
}
"""What words of the format do."""
