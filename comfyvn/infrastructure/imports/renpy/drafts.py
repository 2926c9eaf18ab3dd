"""Statements to drafts of nodes: everything a node says, before it has an id and a place."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from comfyvn.domain.cast import Character
from comfyvn.domain.expressions import ExpressionError, parse_assignment
from comfyvn.domain.kernel import Json
from comfyvn.domain.story.state import NodeType
from comfyvn.infrastructure.imports.renpy import syntax
from comfyvn.infrastructure.imports.renpy.declared import declared, declared_by_code, full_name, storable
from comfyvn.infrastructure.imports.renpy.excerpt import comments, dedented
from comfyvn.infrastructure.imports.renpy.literals import python_string
from comfyvn.infrastructure.imports.renpy.scanner import Broken, Scanner
from comfyvn.infrastructure.imports.renpy.syntax import Block, Statement

_LEAVES = re.compile(r"\brenpy\s*\.\s*(?:jump|call|return_statement|pop_call|full_restart|quit|utter_restart)")
"""Python that decides where the story goes."""

_FLOW_WORDS = frozenset({"if", "while", "menu", "return", "jump", "call", "label"})


@dataclass(frozen=True, slots=True)
class Way:
    """An edge to be: with a `target` (a label, or None where it is computed), or with a block."""

    words: str = ""
    text: str | None = None
    condition: str | None = None
    target: str | None = None
    meta: Mapping[str, Json] = field(default_factory=dict)
    block: Block = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A node to be. `label` is a name to jump to it by; `kind` is the kind of a statement that is kept as code."""

    statement: Statement
    type: NodeType
    content: str = ""
    verb: str | None = None
    speaker: str | None = None
    directives: Mapping[str, Json] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    label: str | None = None
    kind: str | None = None

    @property
    def words(self) -> str:
        """What tells this node from others of its scope and verb."""
        return "\n".join([self.content, *(way.words for way in self.ways)]) if self.ways else self.content


def drafts(statement: Statement, speakers: Mapping[str, Any]) -> Iterator[Draft]:
    """Yield the nodes of one statement: none for ``pass`` in a block, two for a menu with a line said in it.

    `speakers` are the characters by the names that scripts call them.
    """
    if isinstance(statement, syntax.Say):
        yield _say(statement, speakers)
    elif isinstance(statement, syntax.Menu):
        yield from _menu(statement, speakers)
    elif not (isinstance(statement, syntax.Pass) and statement.raw.startswith(" ")):
        known = _READ.get(type(statement))
        yield (known(statement) if known else None) or raw(statement)


def raw(statement: Statement) -> Draft:
    """Return the draft of a statement that is kept word for word."""
    kind = kind_of(statement)
    directives: dict[str, Json] = {"language": "renpy", "statement": kind}
    if _leads(statement):
        directives["flow"] = True
    names: dict[str, list[str]] = {"character": [], "variable": []}
    for name, entity in declared_by_code(statement):
        names["character" if isinstance(entity, Character) else "variable"].append(name)
    if declares := {key: sorted(found) for key, found in names.items() if found}:
        directives["declares"] = declares
    return Draft(statement, "action", dedented(statement), "raw", directives=directives, kind=kind)


def kind_of(statement: Statement) -> str:
    """Return the word by which statements of this kind are counted."""
    match statement:
        case syntax.Raw(reason=kind) | syntax.UserStatement(name=kind):
            return kind
        case syntax.Python(early=True):
            return "python early"
        case syntax.Init(block=(inner,)) if inner.line == statement.line:
            return f"init {kind_of(inner)}"
        case _:
            return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(statement).__name__).lower()


def _leads(statement: Statement) -> bool:
    """Tell whether a statement that is not modelled decides where the story goes."""
    match statement:
        case syntax.Python():
            return not statement.early and _LEAVES.search(statement.code) is not None
        case syntax.UserStatement():
            return statement.name == "call screen"
        case syntax.Raw():
            return "".join(statement.raw.split(None, 1)[:1]).rstrip(":") in _FLOW_WORDS
        case _:
            return False


def _given(**directives: Json) -> dict[str, Json]:
    """Return the directives that say something. A trailing underscore keeps a name from being Python's."""
    return {key.rstrip("_"): value for key, value in directives.items() if value not in (None, "", [], False)}


def _action(statement: Statement, verb: str, content: str = "", **directives: Json) -> Draft:
    return Draft(statement, "action", content, verb, directives=_given(**directives))


def _say(s: syntax.Say, speakers: Mapping[str, Any], with_choice: bool = False) -> Draft:
    speaker = s.who if s.who in speakers else None
    extend = s.who == "extend" and speaker is None
    unnamed = speaker is None and not extend
    directives = _given(
        name=s.who_text if unnamed else None,
        expression=s.who if unnamed and not s.who_text else None,
        extend=extend,
        attributes=list(s.attributes),
        temporary=list(s.temporary_attributes),
        with_=s.with_,
        id=s.id,
        nointeract=s.nointeract,
        with_choice=with_choice,
    )
    if s.arguments is not None:
        directives["arguments"] = s.arguments
    return Draft(s, "text", s.what, speaker=speaker, directives=directives)


def _menu(s: syntax.Menu, speakers: Mapping[str, Any]) -> Iterator[Draft]:
    captions = [(place, item.caption) for place, item in enumerate(s.items) if item.block is None]
    options = [item for item in s.items if item.block is not None]
    directives = _given(name=s.name, set=s.set_, with_=s.with_)
    if s.arguments is not None:
        directives["arguments"] = s.arguments
    if [place for place, _ in captions] != list(range(len(captions))):
        directives["captions_at"] = [place for place, _ in captions]
    if s.say:
        yield replace(_say(s.say, speakers, with_choice=True), label=s.name)
    blocks = [list(item.block or ()) for item in options]
    for comment in comments(s):
        after = next((place for place, item in enumerate(options) if item.line > comment.line), None)
        if after is None:
            blocks[-1].append(comment)
        else:
            before = sum(isinstance(inner, syntax.Comment) and inner.line < comment.line for inner in blocks[after])
            blocks[after].insert(before, comment)
    ways = tuple(
        Way(
            item.caption,
            text=item.caption,
            condition=item.condition,
            meta={} if item.arguments is None else {"arguments": item.arguments},
            block=tuple(block),
        )
        for item, block in zip(options, blocks, strict=True)
    )
    prompt = "\n".join(caption for _, caption in captions)
    label = None if s.say else s.name
    yield Draft(s, "choice", prompt, directives=directives, ways=ways, label=label)


def _jump(s: syntax.Jump) -> Draft:
    way = Way(s.target, target=None if s.expression else s.target)
    directives = _given(expression=s.target if s.expression else None)
    return Draft(s, "action", verb="jump", directives=directives, ways=(way,))


def _call(s: syntax.Call) -> Draft:
    way = Way(s.target, target=None if s.expression else s.target)
    directives = _given(expression=s.target if s.expression else None, from_=s.from_)
    if s.arguments is not None:
        directives["arguments"] = s.arguments
    return Draft(s, "action", verb="call", directives=directives, ways=(way,))


def _if(s: syntax.If) -> Draft:
    ways = tuple(Way(condition or "else", condition=condition, block=block) for condition, block in s.branches)
    return Draft(s, "action", verb="branch", ways=ways)


def _while(s: syntax.While) -> Draft:
    return Draft(s, "action", verb="loop", ways=(Way(s.condition, condition=s.condition, block=s.block),))


def _label(s: syntax.Label) -> Draft:
    directives = _given(hide=s.hide)
    if s.parameters is not None:
        directives["parameters"] = s.parameters
    return Draft(s, "action", s.name, "label", directives=directives, label=s.name)


def _staging(s: syntax.Staging) -> Draft:
    return _action(
        s,
        type(s).__name__.lower(),
        s.expression if s.expression is not None else " ".join(s.image),
        expression=s.expression is not None,
        as_=s.tag,
        at=list(s.at),
        behind=list(s.behind),
        onlayer=s.layer,
        zorder=s.zorder,
        with_=s.with_,
        atl=s.atl,
    )


def _user_statement(s: syntax.UserStatement) -> Draft | None:
    verb, _, word = s.name.partition(" ")
    match verb:
        case "play" | "queue" | "stop":
            return _sound(s, verb, word)
        case "voice":
            return _action(s, "voice", sustain=True, clauses=s.rest) if word else _sound(s, verb, word)
        case "pause":
            return _action(s, "pause", s.rest)
        case "window" | "nvl":
            return _action(s, verb, f"{word} {s.rest}".strip())
        case _:
            return None


def _sound(s: syntax.UserStatement, verb: str, channel: str) -> Draft | None:
    scanner = Scanner()
    scanner.text = s.rest
    try:
        if verb != "voice":
            channel = channel or scanner.require(scanner.name, "a channel")
        file = "" if verb == "stop" else scanner.require(scanner.expression, "a file")
    except Broken:
        return None
    name = python_string(file) if file else ""
    plain = name is not None and storable(name) and (bool(name.strip()) or not file)
    return _action(
        s, verb, (name or "") if plain else file, channel=channel, expression=not plain, clauses=scanner.rest()
    )


def _python(s: syntax.Python) -> Draft | None:
    if not s.one_line:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in other people's strings
        try:
            understood = parse_assignment(s.code) is not None
        except ExpressionError:
            understood = False
    return _action(s, "set", s.code) if understood else None


def _init(s: syntax.Init) -> Draft | None:
    """Read ``init 1 define …`` like the statement inside; a block stays as it is."""
    inner = s.block[0] if len(s.block) == 1 and s.block[0].line == s.line else None
    return _declaration(inner, s) if inner else None


def _declaration(s: Statement, whole: Statement | None = None) -> Draft | None:
    """Return what declares a character, a variable or an image; `whole` is the statement that `s` is written in."""
    match s:
        case syntax.Image():
            return _action(whole or s, "declare", dedented(whole or s), kind="image", id=" ".join(s.name))
        case syntax.Define() | syntax.Default() if entity := declared(s):
            kind = "character" if isinstance(entity, Character) else "variable"
            return _action(whole or s, "declare", dedented(whole or s), kind=kind, id=full_name(s))
        case _:
            return None


_READ: Mapping[type[Statement], Callable[[Any], Draft | None]] = {
    syntax.Comment: lambda s: _action(s, "comment", s.text),
    syntax.Jump: _jump,
    syntax.Call: _call,
    syntax.Return: lambda s: _action(s, "return", s.expression or ""),
    syntax.If: _if,
    syntax.While: _while,
    syntax.Label: _label,
    syntax.Scene: _staging,
    syntax.Show: _staging,
    syntax.Hide: _staging,
    syntax.Camera: lambda s: _action(s, "camera", s.layer or "", at=list(s.at), atl=s.atl),
    syntax.With: lambda s: _action(s, "with", s.expression),
    syntax.UserStatement: _user_statement,
    syntax.Python: _python,
    syntax.Define: _declaration,
    syntax.Default: _declaration,
    syntax.Image: _declaration,
    syntax.Init: _init,
}
