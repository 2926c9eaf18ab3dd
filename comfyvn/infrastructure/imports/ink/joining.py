"""Where lines go on: what Ink says without a break is one line, whichever way the play came to its second half."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from comfyvn.infrastructure.imports.steps import Option, Passage, Step, act

OPEN, GLUE, JOINS = "open", "glue", "joins"
"""Directives of a line while a story is read: it does not end, it does not end even at a break, it goes on."""
BREAK: Final = "\n"
"""The comment that stands, while a story is read, for the end of a line."""
GLUED: Final = "glued"
"""The variable that tells whether the line before is open, where that depends on the way."""

_CLOSED, _OPEN, _GLUED = 1, 2, 4
_ROUNDS: Final = 20


class Joining:
    """Finds by all ways through a story which lines go on, and says so by ``extend``."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.entries: dict[str, int] = {}
        self.met: dict[int, int] = {}
        self.both = False

    def done(self) -> list[Passage]:
        """Return the passages with their lines joined."""
        if self.passages:
            self.entries[self.passages[0].name] = _CLOSED
        for _ in range(_ROUNDS):
            before = dict(self.entries)
            for passage in self.passages:
                self._block(passage.steps, self.entries.get(passage.name, _CLOSED))
            if self.entries == before:
                break
        self.both = any(state & _CLOSED and state & (_OPEN | _GLUED) for state in self.met.values())
        return [replace(passage, steps=tuple(self._written(passage.steps))) for passage in self.passages]

    def _block(self, steps: Sequence[Step], state: int) -> int:
        for step in steps:
            state = self._step(step, state)
        return state

    def _step(self, step: Step, state: int) -> int:
        self.met[id(step)] = self.met.get(id(step), 0) | state
        if step.verb == "comment" and step.content == BREAK:
            state = (state & ~_OPEN) | (_CLOSED if state & _OPEN else 0)
        elif step.type == "text":
            after = _GLUED if step.directives.get(GLUE) else _OPEN if step.directives.get(OPEN) else _CLOSED
            state = after | (state if step.conditions else 0)
        elif step.verb == "label":
            state |= self.entries.get(step.content, 0)
        elif step.verb == "return":
            state = 0
        elif step.verb in ("jump", "call"):
            for option in step.options:
                self.entries[option.target or ""] = self.entries.get(option.target or "", 0) | state
            state = 0 if step.verb == "jump" else _CLOSED
        elif step.options:
            state = self._options(step, state)
        return state

    def _options(self, step: Step, state: int) -> int:
        begun = _CLOSED if step.type == "choice" else state
        passed = step.verb == "branch" and all(option.condition for option in step.options)
        after = state if passed else 0
        for option in step.options:
            end = self._block(option.steps, begun)
            if option.target is None:
                after |= end
            else:
                self.entries[option.target] = self.entries.get(option.target, 0) | end
        return after

    def _written(self, steps: Sequence[Step]) -> list[Step]:
        found: list[Step] = []
        for step in steps:
            if step.verb == "comment" and step.content == BREAK:
                if self.both and self.met.get(id(step), 0) & _OPEN:
                    found.append(act("set", f"{GLUED} = False"))
            elif step.type == "text":
                found += self._line(step)
            else:
                if self.both and step.type == "choice" and self.met.get(id(step), 0) & (_OPEN | _GLUED):
                    found.append(act("set", f"{GLUED} = False"))
                options = tuple(replace(o, steps=tuple(self._written(o.steps))) for o in step.options)
                found.append(replace(step, options=options) if options else step)
        return found

    def _line(self, step: Step) -> list[Step]:
        state = self.met.get(id(step), _CLOSED)
        directives = {k: v for k, v in step.directives.items() if k not in (OPEN, GLUE, JOINS)}
        ends = not (step.directives.get(OPEN) or step.directives.get(GLUE))
        joins = bool(step.directives.get(JOINS))
        follows = bool(state & (_OPEN | _GLUED))
        text = step.content.rstrip() if ends else step.content
        alone = replace(step, content=text if joins or follows else text.lstrip(), directives=directives)
        more = replace(alone, content=text, speaker=None, directives={"extend": True})
        after = []
        if self.both and (not ends or follows):
            after = [act("set", f"{GLUED} = {not ends}", conditions=step.conditions)]
        if joins or (follows and not state & _CLOSED):
            return [more, *after]
        if not follows:
            return [alone, *after]
        first = Option(condition=GLUED, steps=(replace(more, conditions=()),))
        other = Option(steps=(replace(alone, content=text.lstrip(), conditions=()),))
        return [act("branch", at=step.line, options=(first, other), conditions=step.conditions), *after]
