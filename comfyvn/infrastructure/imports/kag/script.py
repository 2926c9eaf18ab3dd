"""A KAG script to passages: one for each label, one for what stands before the first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from comfyvn.domain.interpolation import escape
from comfyvn.domain.kernel import Json
from comfyvn.infrastructure.imports.kag import values
from comfyvn.infrastructure.imports.kag.speaking import Speaking
from comfyvn.infrastructure.imports.kag.staging import Find, directed, stem
from comfyvn.infrastructure.imports.kag.tags import Label, Note, Speaker, Tag, Token, Whole, Words, tokens
from comfyvn.infrastructure.imports.steps import Option, Passage, Step, act, code, jump, line

MAX_DEPTH: Final = 40
"""Conditions inside each other."""

_BREAKS: Final = frozenset({"l", "p", "cm", "er", "ct"})
"""Tags that end a line: they wait for the reader, or clear the page."""
_PAGES: Final = _BREAKS - {"l"}
"""Tags after which nobody speaks any more who was named for the page alone."""
_SILENT: Final = frozenset(
    "r s nowait endnowait tb_start_text _tb_end_text tb_start_tyrano_code _tb_end_tyrano_code endlink "
    "chara_ptext elsif else endif endignore select".split()
)
_DECLARING: Final = frozenset({"chara_new", "chara_face"})
"""Tags whose meaning is in the characters; they are kept all the same."""
_LAYOUT: Final = frozenset({"hr", "endmacro", "endscript", "endhtml"})


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is known in all scripts: character ids by the names that scripts use; macros by name."""

    ids: Mapping[str, str]
    macros: frozenset[str]
    find: Find
    language: str
    speaking: Speaking
    tyrano: bool = False


class Reader:
    """Reads one file. `passages` are what it holds."""

    def __init__(self, file: str, cast: Cast) -> None:
        self.file, self.cast = file, cast
        self.passages: list[Passage] = []
        self._steps: list[Step] = []
        self._name, self._title, self._line = place(file, ""), "", 1
        self._words: list[str] = []
        self._begun = 0
        self._speaker: str | None = None
        self._shown_as: str | None = None
        self._for_page = False
        self._options: list[Option] = []
        self._link: tuple[Tag, int] | None = None
        self._ifs: list[list[tuple[str | None, list[Step]]]] = []

    def read(self, text: str) -> list[Passage]:
        """Return the passages of a script."""
        for token in tokens(text, self.cast.tyrano):
            self._take(token)
        self._close(None)
        return self.passages

    def _take(self, token: Token) -> None:
        match token:
            case Words(text, number):
                self._tell(text, number)
            case Label(name, title, number):
                self._label(name, title, number)
            case Speaker(name, face, number):
                self._say()
                self._speak(name, face, number)
            case Whole(kind, text, number):
                self._say()
                self._put(code(self.cast.language, kind, text, number))
            case Note(text, number):
                if not self._words:
                    self._put(act("comment", text, number))
            case Tag():
                self._tag(token)

    # --- sequences

    def _put(self, *steps: Step) -> None:
        (self._ifs[-1][-1][1] if self._ifs else self._steps).extend(steps)

    def _close(self, following: str | None) -> None:
        """End the passage; it goes on in the one that follows, unless something led away."""
        self._say()
        while self._ifs:
            self._end_if(0)
        if self._options:
            self._choose(0)
        last = next((step for step in reversed(self._steps) if step.verb not in ("comment", "raw")), None)
        leads = last is not None and not last.conditions and (last.verb in ("jump", "return") or last.type == "choice")
        if following is None and not leads:
            self._steps.append(act("return"))
        falls_to = None if leads or following is None else following
        label = self._name if self._name.isidentifier() else None
        title = self._title or self._name.rpartition("*")[2]
        self.passages.append(Passage(self._name, tuple(self._steps), self.file, self._line, title, label, falls_to))
        self._steps = []

    def _label(self, name: str, title: str, number: int) -> None:
        if name:
            self._close(place(self.file, name))
            self._name, self._title, self._line = place(self.file, name), title, number

    # --- lines

    def _say(self) -> None:
        words = "".join(self._words).strip()
        self._words = []
        if words:
            directives: dict[str, Json] = {"name": self._shown_as} if self._shown_as and not self._speaker else {}
            self._put(line(words, self._begun, speaker=self._speaker, directives=directives))
        self._begun = 0

    def _tell(self, text: str, number: int) -> None:
        name, words = ("", text) if self._words else self.cast.speaking.by_words(text)
        if name:
            self._speak(name, "", number)
            self._for_page = True
        self._begun = self._begun or number
        self._words.append(escape(words))

    def _speak(self, name: str, face: str, number: int) -> None:
        self._for_page = False
        self._speaker = self.cast.ids.get(name)
        self._shown_as = name if name and self._speaker is None else None
        if face and self._speaker:
            self._put(act("show", f"{name} {face}", number))

    # --- tags

    def _tag(self, tag: Tag) -> None:
        if tag.name == "r":
            self._words += ["\\n"] if self._words else []
        elif tag.name == "emb":
            self._embed(tag)
        elif tag.name in ("link", "endlink"):
            self._inline_link(tag)
        else:
            self._say()
            self._deed(tag)

    def _deed(self, tag: Tag) -> None:
        name, at = tag.name, tag.line
        if name in _BREAKS or name in _LAYOUT:
            if self._for_page and name in _PAGES:
                self._speak("", "", at)
            return
        if who := self.cast.speaking.by_tag(tag):
            self._speak(who, "", at)
            self._for_page = True
            return
        if name in ("if", "elsif", "else", "endif", "ignore", "endignore"):
            self._condition(tag)
        elif name in ("glink", "button", "clickable", "seladd"):
            self._options.append(self._option(tag, tag.get("text", "hint", "graphic", "name") or "…"))
        elif name in ("s", "select"):
            self._choose(at) if self._options else self._put(act("return", at=at))
        elif name == "chara_ptext":
            self._speak(tag.get("name"), tag.get("face"), at)
        elif name not in _SILENT:
            self._put(*self._steps_of(tag))

    def _steps_of(self, tag: Tag) -> Iterator[Step]:
        guard = self._guard(tag)
        found = None if guard is None else self._known(tag)
        if found is None:
            kept = code(self.cast.language, f"tag {tag.name}", tag.raw, tag.line)
            if tag.name in ("jump", "call", "return"):
                kept = replace(kept, directives={**kept.directives, "flow": True})
            yield replace(kept, kind=None) if tag.name in self.cast.macros | _DECLARING else kept
            return
        for step in found:
            yield replace(step, conditions=guard, line=tag.line, raw=tag.raw) if guard else replace(step, raw=tag.raw)

    def _guard(self, tag: Tag) -> tuple[str, ...] | None:
        """Return the condition of a tag; None where it is outside the language."""
        source = tag.get("cond")
        read = values.condition(source) if source else ""
        return None if read is None else (read,) if read else ()

    def _known(self, tag: Tag) -> Sequence[Step] | None:
        """Return what a tag means; None for one that is not known."""
        at = tag.line
        match tag.name:
            case "jump":
                return [jump(self._target(tag), at)]
            case "call":
                return [replace(jump(self._target(tag), at), verb="call")]
            case "return":
                return [act("return", at=at)]
            case "eval" | "tb_eval":
                made = values.assignments(tag.get("exp"))
                return None if made is None else [act("set", source, at) for source in made]
            case _:
                found = directed(tag, self.cast.find)
                return None if found is None else [found]

    def _embed(self, tag: Tag) -> None:
        shown = values.condition(tag.get("exp"))
        if shown is None:
            self._say()
            self._put(code(self.cast.language, "tag emb", tag.raw, tag.line))
        else:
            self._begun = self._begun or tag.line
            self._words.append(f"[{shown}]")

    # --- choices

    def _inline_link(self, tag: Tag) -> None:
        """Take a link in the text; what stands in it is the text of the option."""
        if tag.name == "link":
            self._say()
            self._link = (tag, len(self._words))
        elif self._link:
            opened, _ = self._link
            words = "".join(self._words).strip()
            self._words, self._begun, self._link = [], 0, None
            self._options.append(replace(self._option(opened, ""), text=words or "…"))

    def _option(self, tag: Tag, text: str) -> Option:
        made = values.assignments(tag.get("exp")) if tag.get("exp") else []
        guard = tag.get("cond")
        condition = values.condition(guard) if guard else None
        before: list[Step] = [act("set", source, tag.line) for source in made or ()]
        if made is None:
            before = [code(self.cast.language, "exp", tag.get("exp"), tag.line)]
        if guard and condition is None:
            before.append(code(self.cast.language, "cond", guard, tag.line))
        led = bool(tag.get("target") or tag.get("storage"))
        target = self._target(tag) if led else None
        return Option(escape(text), condition, target=target, steps=tuple(before))

    def _choose(self, at: int) -> None:
        self._put(Step("choice", options=tuple(self._options), line=at))
        self._options = []

    def _target(self, tag: Tag) -> str:
        return place(tag.get("storage") or self.file, tag.get("target").removeprefix("*"))

    # --- conditions

    def _condition(self, tag: Tag) -> None:
        if tag.name in ("if", "ignore"):
            if len(self._ifs) >= MAX_DEPTH:
                self._put(code(self.cast.language, "deep if", tag.raw, tag.line))
                return
            self._ifs.append([(self._read(tag), [])])
        elif tag.name in ("elsif", "else"):
            if self._ifs:
                self._ifs[-1].append((None if tag.name == "else" else self._read(tag), []))
        elif self._ifs:
            self._end_if(tag.line)

    def _read(self, tag: Tag) -> str:
        source = tag.get("exp")
        read = values.condition(source)
        if read is None:
            self._put(code(self.cast.language, f"tag {tag.name}", tag.raw, tag.line))
            return "False"
        return f"not ({read})" if tag.name == "ignore" else read

    def _end_if(self, at: int) -> None:
        arms = self._ifs.pop()
        options = tuple(Option(condition=condition, steps=tuple(steps)) for condition, steps in arms)
        if any(option.steps for option in options):
            self._put(act("branch", at=at, options=options))


def place(file: str, label: str) -> str:
    """Return the name of the passage that a file and a label in it (empty: its beginning) name."""
    name = stem(file).lower()
    return f"{name}*{label}" if label else name
