"""The reader of Ink stories: knots and stitches to scenes, weaves to choices."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack, Warned
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.imports.files import Files, FilesReader
from comfyvn.infrastructure.imports.formulas import Term, term_of
from comfyvn.infrastructure.imports.ink.decompiled import knots_of_compiled
from comfyvn.infrastructure.imports.ink.expressions import GRAMMAR, Expressions, Function, Known, boolean, fractional
from comfyvn.infrastructure.imports.ink.joining import GLUED, Joining
from comfyvn.infrastructure.imports.ink.names import ENDS, Names, Place, conditions, parts
from comfyvn.infrastructure.imports.ink.parser import Divert, Kept, Knot, Logic, Shown, contents, knots_of
from comfyvn.infrastructure.imports.ink.source import included, pieces
from comfyvn.infrastructure.imports.ink.writer import ASSIGNED, LANGUAGE, OVER, Shared, Writer
from comfyvn.infrastructure.imports.members import capped
from comfyvn.infrastructure.imports.steps import Passage, all_steps, closed, code, graph_of

ENGINE: Final = "ink"
MAX_KNOTS: Final = 50_000
MAX_COMPILED: Final = 16 << 20
"""Bytes of a compiled story."""
MAX_LOOKED_AT: Final = 20
"""Files that are looked into for a compiled story."""
_VERSION: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"inkVersion"\s*:')
_GIVEN: Final = re.compile(r"(?:VAR|CONST)\s+(?P<name>[^\W\d]\w*)\s*=\s*(?P<value>.+)", re.DOTALL)
_TEMPORARY: Final = re.compile(r"temp\s+(?P<name>[^\W\d]\w*)\s*=\s*(?P<value>.+)", re.DOTALL)
_ROUNDS: Final = 10
MAX_LAYERS: Final = 200
"""Rounds in which what lies on no circle is taken away."""


def looks(files: Files) -> Probe:
    """Tell from names and first bytes whether files hold an Ink story, as source or compiled."""
    sources = files.named(".ink")
    if sources:
        return Probe(ENGINE, 0.95, tuple(sources[:3]))
    compiled = _compiled(files)
    return Probe(ENGINE, 0.9 if compiled else 0.0, tuple(f"{name} has inkVersion" for name in compiled[:3]))


def _compiled(files: Files) -> list[str]:
    """Return the files that hold a compiled story."""
    return [name for name in files.named(".json")[:MAX_LOOKED_AT] if _VERSION.match(files.head(name))]


def pack_of(files: Files, progress: Progress | None = None, *, named_lines: bool = True) -> Pack:
    """Return what the files hold: the story of the one file that no other includes, with all that it includes.

    A story that is there only in its compiled form is read from it. With `named_lines`, ``Name: words`` is said by
    that name. Raises Refused: ``not_a_game``, ``ink_malformed``, ``ink_version``, ``too_many_passages``,
    ``file_too_large``.
    """
    warnings = [*files.warnings]
    sources = files.named(".ink")
    texts: dict[str, str] = {}
    for done, name in enumerate(sources):
        texts[name] = files.text(name)[0]
        if progress:
            progress("scripts", done + 1, len(sources))
    inner = included(texts)
    scripts = [name for name in sources if name not in inner] or sources or _compiled(files)
    if not scripts or (sources and not any(words.strip() for words in texts.values())):
        raise Refused("not_a_game", f"{files.title} holds no Ink story.")
    first, *others = scripts
    warnings += [
        Warned("story_passed_over", f"{name} is another story; the first one is read.", name) for name in others
    ]
    held = (
        knots_of(pieces(first, texts.get)) if sources else knots_of_compiled(files.text(first, MAX_COMPILED)[0], first)
    )
    story = _Story(first, *held, named_lines=named_lines)
    graph = graph_of(story.passages())
    return Pack(
        engine=ENGINE,
        title=files.title,
        scenes=graph.scenes,
        characters=story.shared.speakers.characters,
        variables=story.variables(),
        members=files.members(without=sources or scripts),
        start=graph.places[story.start],
        recognised=graph.recognised,
        total=graph.total,
        raw_kinds=dict(sorted(graph.raw_kinds.items())),
        warnings=capped([*warnings, *graph.warnings]),
    )


class _Story:
    def __init__(
        self, name: str, top: Knot, knots: Mapping[str, Knot], declared: Sequence[Kept], *, named_lines: bool
    ) -> None:
        self.file = name
        self.top, self.knots, self.declared = top, knots, declared
        if len(self.knots) > MAX_KNOTS:
            raise Refused("too_many_passages", f"The story has more than {MAX_KNOTS} knots.")
        self.known = Known()
        self.names = Names(self.top, self.knots)
        self.shared = Shared(self.known, self.names, named_lines=named_lines)
        self.parts = [*parts(self.top, self.knots)]
        self._parameters()
        self._functions()
        self._values()
        self._ways()
        self.joined: list[Passage] = []
        begin = 0 if self.top.statements or len(self.parts) < 2 else 1
        self.start = self.parts[begin][0].passage

    def _parameters(self) -> None:
        for knot in self.knots.values():
            if not knot.function:
                self._taken(knot, Place(knot.name))
                for stitch in knot.stitches.values():
                    self._taken(stitch, Place(knot.name, stitch.name))

    def _taken(self, knot: Knot, place: Place) -> None:
        names = tuple(re.sub(r"^(?:ref\b|->)\s*", "", parameter) for parameter in knot.parameters)
        self.shared.parameters[place] = names
        self.known.values.update({name: 0 for name in names if name.isidentifier()})

    def _functions(self) -> None:
        """Find the functions that can be written out where they are called."""
        for knot in self.knots.values():
            if not knot.function:
                continue
            names = tuple(re.sub(r"^ref\s+", "", parameter) for parameter in knot.parameters)
            lines = [s.source for s in knot.statements if isinstance(s, Logic)]
            if len(lines) != len(knot.statements) or not lines:
                continue
            value = term_of(lines[0].removeprefix("return").strip(), GRAMMAR) if lines[0].startswith("return") else None
            if value is not None and len(lines) == 1:
                self.known.functions[knot.name] = Function(names, value=value)
                continue
            assigned = [_assigned(source) for source in lines]
            whole = tuple(found for found in assigned if found is not None)
            if len(whole) == len(assigned):
                self.known.functions[knot.name] = Function(names, whole)

    def _values(self) -> None:
        """Find the variables and their kinds."""
        known = self.known
        temporary = (p.source for _, held in self.parts for p in contents(held) if isinstance(p, Logic))
        written = [
            *(_GIVEN.fullmatch(kept.source) for kept in self.declared),
            *(_TEMPORARY.fullmatch(source) for source in temporary),
        ]
        given = [(found["name"], found["value"]) for found in written if found]
        terms = [(name, term_of(value, GRAMMAR)) for name, value in given]
        known.values.update({name: 0 for name, _ in given if name not in known.values})
        for name, term in terms:
            known.values[name] = known.values[name] or _literal(term, known)
        for _ in range(_ROUNDS):
            before = len(known.fractions), len(known.booleans)
            for name, term in [*terms, *self._assignments()]:
                if term is not None and fractional(term, known):
                    known.fractions.add(name)
                if term is not None and boolean(term, known):
                    known.booleans.add(name)
            if (len(known.fractions), len(known.booleans)) == before:
                break

    def _assignments(self) -> Iterator[tuple[str, Term]]:
        for _, held in self.parts:
            for part in contents(held):
                found = _assigned(part.source) if isinstance(part, Logic) else None
                if found is not None:
                    yield found[0], found[2]

    def _ways(self) -> None:
        """Find which places are gone to, which are waited for, and what is counted."""
        shared = self.shared
        ends: set[str] = set()
        tunnels: set[str] = set()
        ways: dict[str, set[str]] = {}
        leads: list[tuple[str, str]] = []
        unknown = False
        for here, held in self.parts:
            read = Expressions(self.known, partial(shared.visits, here=here))
            for source in conditions(held):
                read.value(source)
            for part in contents(held):
                if isinstance(part, Shown):
                    read.value(part.source)
                elif isinstance(part, Logic):
                    read.value(re.sub(r"^[^=]*=(?!=)", "", part.source))
                elif isinstance(part, Divert):
                    for number, target in enumerate(part.targets):
                        place = self.names.find(target, here)
                        calls = part.returns or number < len(part.targets) - 1
                        if target in ENDS:
                            ends.add(here.passage)
                        elif place is not None:
                            shared.aimed |= {place} if place.label else set()
                            (tunnels if calls else ways.setdefault(here.passage, set())).add(place.passage)
                            leads.append((here.passage, place.passage))
                            leads += [(place.passage, here.passage)] if calls else []
                        else:
                            unknown = True
        reached: set[str] = set()
        waiting = [*tunnels]
        while waiting:
            passage = waiting.pop()
            if passage not in reached:
                reached.add(passage)
                waiting += ways.get(passage, ())
        shared.over = bool(reached & ends)
        shared.again = {place.passage for place, _ in self.parts} if unknown else _repeated(leads)

    def passages(self) -> list[Passage]:
        """Return the passages of the story."""
        found: list[Passage] = []
        for place, held in self.parts:
            if place.passage != self.start and not place.knot:
                continue
            knot = self.knots.get(place.knot, self.top)
            part = knot.stitches.get(place.stitch, knot)
            first = next(iter(knot.stitches), None) if not place.stitch else None
            steps = closed(Writer(self.shared, place).passage(held, first))
            name = place.passage
            label = place.word if place.word.isidentifier() else None
            found.append(Passage(name, steps, part.file or self.file, part.line, label=label))
        kept = [code(LANGUAGE, one.kind, one.source, one.line) for one in self._kept()]
        if kept:
            found.append(Passage("declarations", tuple(kept), self.file, role="code"))
        self.joined = Joining(found).done()
        return self.joined

    def _kept(self) -> Iterator[Kept]:
        """Yield the declarations and functions that stay code."""
        for kept in self.declared:
            if not _GIVEN.fullmatch(kept.source):
                yield kept
        for knot in self.knots.values():
            if knot.function and knot.name not in self.known.functions:
                yield Kept("function", f"=== function {knot.name} ===", knot.line)

    def variables(self) -> dict[str, Variable]:
        """Return the variables of the story, and those that the import itself needs."""
        made = dict(self.shared.made)
        made.update({f"visits_{place.word or 'beginning'}": 0 for place in self.shared.counted})
        if self.shared.over:
            made[OVER] = False
        made[GLUED] = False
        constants = {match["name"] for kept in self.declared if (match := _CONSTANT.match(kept.source))}
        found = {
            name: _variable(value, name in self.known.fractions, constant=name in constants)
            for name, value in {**made, **self.known.values}.items()
        }
        return {name: found[name] for name in sorted(found) if name != GLUED or self._glues()}

    def _glues(self) -> bool:
        return any(GLUED in step.content for p in self.joined for step in all_steps(p.steps) if step.verb == "set")


def _repeated(leads: Iterable[tuple[str, str]]) -> set[str]:
    """Return what lies on a circle of ways, or between two."""
    left = {*leads}
    starts: set[str] = set()
    for _ in range(MAX_LAYERS):
        starts, ends = {start for start, _ in left}, {end for _, end in left}
        kept = {(start, end) for start, end in left if start in ends and end in starts}
        if kept == left:
            break
        left = kept
    return starts


_CONSTANT: Final = re.compile(r"CONST\s+(?P<name>[^\W\d]\w*)")


def _assigned(source: str) -> tuple[str, str, Term] | None:
    found = ASSIGNED.fullmatch(source)
    if found is None:
        return None
    sign = found["operator"] or ("+=" if found["step"] == "++" else "-=")
    term = term_of(found["value"], GRAMMAR) if found["value"] else Term("number", "1")
    return None if term is None else (found["name"], sign, term)


def _literal(term: Term | None, known: Known) -> Any:
    """Return the value that a term is by itself; 0 where that cannot be told."""
    if term is None:
        return 0
    found: Any = 0
    match term.kind:
        case "number":
            found = float(term.word) if "." in term.word else int(term.word)
        case "bool":
            found = term.word == "True"
        case "text" | "target":
            found = term.word
        case "name":
            found = known.values.get(term.word, 0)
        case _:
            pass
    return found


def _variable(value: Any, fraction: bool, *, constant: bool) -> Variable:
    if isinstance(value, bool):
        return Variable("bool", value, constant=constant)
    if isinstance(value, str):
        return Variable("text", value, constant=constant)
    return Variable("float" if fraction or isinstance(value, float) else "int", value, constant=constant)


def reader() -> FilesReader:
    """Return the reader as the studio takes it."""
    return FilesReader(ENGINE, looks, pack_of)
