"""Characters and variables that a script declares. Only literals are understood; nothing is run.

Signature of characters: the engine's documentation, "Defining Character Objects".
"""

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import isfinite

from comfyvn.domain.cast import Character
from comfyvn.domain.documents import MAX_DEPTH, MAX_INT, MAX_NAME
from comfyvn.domain.kernel import Json
from comfyvn.domain.variables import Scope, Variable, VariableType
from comfyvn.infrastructure.imports.renpy.syntax import Default, Define, Init, Python, Statement, walk

MAX_CODE = 200_000
"""Characters of one piece of Python that is searched for declarations."""

CONSTRUCTORS = frozenset({"Character", "DynamicCharacter", "ADVCharacter", "NVLCharacter"})
ENGINE_STORES = frozenset(
    {"achievement", "build", "bubble", "config", "director", "gui", "iap", "layeredimage", "preferences", "style"}
)
"""Stores whose variables are settings of the engine and not of the story."""

MAX_KINDS = 20
"""Characters that take after one another, one after the other."""

_NAMELESS = Character("nameless", meta={"nameless": True})

_TYPES: dict[type, VariableType] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    list: "list",
    dict: "map",
    type(None): "any",
}


@dataclass(slots=True)
class Declarations:
    """What the scripts of a game declare, by name; where a name is declared twice the last one counts."""

    characters: dict[str, Character] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    title: str | None = None

    def collect(self, statements: Iterable[Statement]) -> None:
        """Add what the statements of a file declare."""
        for statement in walk(statements):
            if isinstance(statement, Define | Default):
                self._add(full_name(statement), declared(statement))
                if isinstance(statement, Define) and full_name(statement) == "config.name":
                    self.title = _title(statement.expression) or self.title
            elif isinstance(statement, Python | Init):
                for name, entity in declared_by_code(statement):
                    self._add(name, entity)

    def _add(self, name: str, entity: Character | Variable | None) -> None:
        if isinstance(entity, Character):
            self.characters[name] = entity
        elif isinstance(entity, Variable):
            self.variables[name] = entity

    def cast(self) -> dict[str, Character]:
        """Return the characters by name; one without a name of its own has that of its ``kind``, if that has one."""
        return {name: self._named(character) for name, character in self.characters.items()}

    def _named(self, character: Character) -> Character:
        kind, seen = character, 0
        while "unnamed" in kind.meta and seen < MAX_KINDS:
            kind = self.characters.get(kind.meta.get("arguments", {}).get("kind", ""), _NAMELESS)
            seen += 1
        meta = {key: value for key, value in character.meta.items() if key != "unnamed"}
        if "nameless" in kind.meta or "unnamed" in kind.meta:
            return replace(character, meta={**meta, "nameless": True})
        return replace(character, name=kind.name if "unnamed" in character.meta else character.name, meta=meta)


def full_name(statement: Define | Default) -> str:
    """Return the name by which the story calls what is declared."""
    store = statement.store.removeprefix("store").removeprefix(".")
    return f"{store}.{statement.name}" if store else statement.name


def declared(statement: Define | Default) -> Character | Variable | None:
    """Return what a statement declares; None for a setting of the engine and for what is computed."""
    name = full_name(statement)
    if isinstance(statement, Define) and (statement.operator != "=" or statement.index is not None):
        return None
    if name.split(".")[0] in ENGINE_STORES and "." in name:
        return None
    expression = _expression(statement.expression)
    return None if expression is None else _entity(name, expression, constant=isinstance(statement, Define))


def declared_by_code(statement: Statement) -> Iterator[tuple[str, Character | Variable]]:
    """Yield what code declares: an init block by its statements, Python by what it assigns at its top.

    Python that runs while the story plays declares characters only: what else it assigns is part of the play.
    """
    if isinstance(statement, Init):
        for inner in statement.block:
            if isinstance(inner, Python):
                yield from _assigned(inner, literals=True)
            elif isinstance(inner, Define | Default) and (entity := declared(inner)):
                yield full_name(inner), entity
    elif isinstance(statement, Python):
        yield from _assigned(statement, literals=False)


def _assigned(python: Python, literals: bool) -> Iterator[tuple[str, Character | Variable]]:
    if python.store is not None or python.hide or len(python.code) > MAX_CODE:
        return
    if not literals and "Character" not in python.code:
        return
    module = _syntax(python.code, "exec")
    for statement in module.body if isinstance(module, ast.Module) else ():
        match statement:
            case ast.Assign([ast.Name(name)], value):
                entity = _entity(name, value, constant=False)
                if isinstance(entity, Character) or (entity is not None and literals):
                    yield name, entity
            case _:
                pass


def _entity(name: str, value: ast.expr, constant: bool) -> Character | Variable | None:
    match value:
        case ast.Call(ast.Name(function)) if function in CONSTRUCTORS:
            try:
                return _character(name, function, value)
            except RecursionError:
                return None
    try:
        default = literal(value)
    except ValueError:
        return None
    scope: Scope = "global" if name.startswith("persistent.") else "session"
    return Variable(_TYPES[type(default)], default, scope, constant)


def _character(name: str, function: str, call: ast.Call) -> Character:
    """Return the character of a call; arguments that a character has no field for stay in its meta as source."""
    given: dict[str, ast.expr] = dict(zip(("name", "kind"), call.args, strict=False))
    rest = [ast.unparse(argument) for argument in call.args[2:]]
    for keyword in call.keywords:
        if keyword.arg is None:
            rest.append(f"**{ast.unparse(keyword.value)}")
        else:
            given[keyword.arg] = keyword.value
    meta: dict[str, Json] = {} if function == "Character" else {"function": function}
    dynamic = function == "DynamicCharacter" or ("dynamic" in given and _plain(given["dynamic"]) is True)
    shown = given.pop("name", None)
    title = _plain(shown) if shown is not None else None
    if isinstance(title, str) and title.strip() and len(title) < MAX_NAME:
        if dynamic:
            title = f"[{title}]"
            meta["dynamic"] = True
    else:
        if shown is None:
            meta["unnamed"] = True
        elif title in (None, ""):
            meta["nameless"] = True
        else:
            meta["name"] = ast.unparse(shown)
        title = name
    fields = {key: _text(given.pop(key, None), given, key) for key in ("color", "image", "voice_tag")}
    if arguments := {key: ast.unparse(value) for key, value in given.items()}:
        meta["arguments"] = arguments
    if rest:
        meta["further_arguments"] = rest
    return Character(
        name=title,
        colour=fields["color"],
        variable=name,
        image_tag=fields["image"],
        voice_tag=fields["voice_tag"],
        meta=meta,
    )


def _text(value: ast.expr | None, given: dict[str, ast.expr], key: str) -> str | None:
    """Return a short text argument; put back what is none."""
    if value is None:
        return None
    text = _plain(value)
    if isinstance(text, str) and text.strip() and len(text) <= MAX_NAME:
        return text
    given[key] = value
    return None


def _plain(value: ast.expr) -> Json:
    """Return a literal's value, or an empty list for what is no literal."""
    try:
        return literal(value)
    except ValueError:
        return []


def literal(value: ast.expr, depth: int = MAX_DEPTH - 4) -> Json:
    """Return the JSON value that a literal spells, translatable text included; raise ValueError for anything else."""
    found: Json = None
    match value:
        case ast.Constant(found):
            pass
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as number)) if not isinstance(number, bool):
            found = -number
        case ast.Call(ast.Name("_"), [ast.Constant(str() as found)], []):
            pass
        case ast.List(items) if depth:
            found = [literal(item, depth - 1) for item in items]
        case ast.Dict(keys, values) if depth and None not in keys:
            names = [literal(key, 0) for key in keys if key is not None]
            if not all(isinstance(name, str) for name in names):
                raise ValueError("a key is no text")
            found = dict(zip(names, [literal(item, depth - 1) for item in values], strict=True))
        case _:
            raise ValueError("this is no literal")
    if not _kept(found):
        raise ValueError("no store holds this value")
    return found


def _kept(value: Json) -> bool:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return isfinite(value)
    return abs(value) <= MAX_INT if isinstance(value, int) else isinstance(value, list | dict | None)


def storable(text: str) -> bool:
    """Tell whether every store can hold a text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _title(expression: str) -> str | None:
    value = _expression(expression)
    title = None if value is None else _plain(value)
    return title.strip()[:MAX_NAME] or None if isinstance(title, str) else None


def _expression(source: str) -> ast.expr | None:
    syntax = _syntax(source, "eval") if len(source) <= MAX_CODE else None
    return syntax.body if isinstance(syntax, ast.Expression) else None


def _syntax(source: str, mode: str) -> ast.AST | None:
    """Return Python's syntax tree; None for what is no Python of this version or too deep for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in other people's strings
        try:
            return ast.parse(source.strip(), mode=mode)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
