"""The inert statements of a compiled script back to source text. Class and field names are those of the engine's `ast`.

Every statement comes on the line it had, as far as there is room; what one statement of the source was parsed into
(``show … with``, ``call … from``, named menus, captions) is one statement again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Warned
from comfyvn.infrastructure.imports.renpy import animation, recovered_screens
from comfyvn.infrastructure.imports.renpy.inert import (
    arguments,
    fields,
    items,
    kind,
    line,
    literal,
    pairs,
    parameters,
    quoted,
    text,
)
from comfyvn.infrastructure.imports.renpy.lexer import logical_lines

MAX_STATEMENTS = 1_000_000
MAX_LINES = 1_000_000
MAX_CHARACTERS = 48 << 20
MAX_DEPTH = 80
"""Blocks inside blocks."""

Fields = Mapping[Any, Any]

_SILENT = frozenset({"EndTranslate", "PostUserStatement"})
_PRIORITIES = {"Define": 0, "Default": 0, "Transform": 0, "Image": 500, "Style": 0, "TranslateBlock": 0, "Screen": -500}
"""The priorities at which the engine runs declarations that name none."""
_STAGED = ("Scene", "Show", "Hide", "ShowLayer", "Camera")


class Recovery:
    """The text while it is written, and warnings for what cannot be.

    Raises Refused("script_compiled_too_large") where parts that hold each other would never end.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.warnings: list[Warned] = []
        self._lines: list[str] = []
        self._count = 0
        self._left = MAX_CHARACTERS
        self._statements = MAX_STATEMENTS
        self._prefix = ""

    @property
    def text(self) -> str:
        return "\n".join([*self._lines, ""])

    def file_of(self, nodes: Sequence[Any]) -> None:
        """Write all statements of a file, but for the return that the engine puts at the end of each."""
        end = len(nodes)
        if end > 1 and kind(nodes[-1]) == "Return" and line(nodes[-1]) == line(nodes[-2]):
            end -= 1
        self.block(nodes[:end], 0)

    def put(self, source: str, depth: int, at: int = 0) -> None:
        """Write a line, after empty ones so that it stands on line `at` if it can."""
        if self._count < at <= MAX_LINES:
            self._lines += [""] * (at - 1 - self._count)
            self._count = at - 1
        source, self._prefix = self._prefix + source, ""
        self._lines.append("    " * depth + source)
        self._count += 1 + source.count("\n")
        self._left -= len(source) + 4 * depth + 1
        if self._left < 0 or self._count > 2 * MAX_LINES:
            raise self._too_large()

    def _too_large(self) -> Refused:
        return Refused("script_compiled_too_large", f"The compiled script of {self.file} never ends.", file=self.file)

    def block(self, nodes: Sequence[Any], depth: int) -> None:
        """Write statements; inside another statement at least ``pass``."""
        if depth > MAX_DEPTH:
            raise self._too_large()
        before = self._count
        at = 0
        while at < len(nodes):
            used = self._statement(nodes, at, depth)
            at += used
            self._charge(used)
        if depth and self._count == before:
            self.put("pass", depth)

    def _charge(self, statements: int) -> None:
        """Count statements, for not all of them write something."""
        self._statements -= statements
        if self._statements < 0:
            raise self._too_large()

    def _statement(self, nodes: Sequence[Any], at: int, depth: int) -> int:
        """Write the statement that begins at a node, and return how many nodes it was parsed into."""
        node = nodes[at]
        following = nodes[at + 1 : at + 4]
        name = kind(node)
        given = fields(node)
        if name == "Label" and not items(given.get("block")) and (length := _menu_at(following, line(node))):
            self._menu(following[:length], depth, text(given.get("name")))
            return 1 + length
        if length := _menu_at([node, *following], None):
            self._menu([node, *following][:length], depth)
            return length
        if name == "With" and _pairs_with(given, following):
            self._one(following[0], depth, f" with {text(given.get('paired'))}")
            return 3
        if name == "Call":
            return self._call(node, following, depth)
        if name == "TranslateString":
            return self._strings(nodes, at, depth)
        self._one(node, depth)
        return 1

    def _one(self, node: object, depth: int, with_: str = "") -> None:
        """Write a statement that is one node."""
        name, given, at = kind(node), fields(node), line(node)
        if name in _STAGED:
            atl = given.get("atl")
            self._head(_STAGING[name](given) + with_, atl, depth, at)
        elif name in _SIMPLE:
            self.put(_SIMPLE[name](given), depth, at)
        elif name in _BLOCKS:
            self.put(_BLOCKS[name](given) + ":", depth, at)
            self.block(items(given.get("block")), depth + 1)
        elif name in _OTHERS:
            _OTHERS[name](self, given, depth, at)
        elif name not in _SILENT:
            self._lost(name, given, depth, at)

    def _head(self, head: str, atl: object, depth: int, at: int) -> None:
        """Write a statement that may have an animation."""
        self.put(f"{head}:" if atl is not None else head, depth, at)
        if atl is not None:
            for level, source in animation.lines(atl):
                self.put(source, depth + 1 + level)

    def _lost(self, name: str, given: Fields, depth: int, at: int, why: str = "") -> None:
        """Leave a comment and a warning in the place of what cannot be written as source."""
        inner = fields(given.get("screen")) if name == "Screen" else given
        called = text(inner.get("name")) or text(inner.get("label")) or ""
        what = f"{name.lower() or 'statement'} {called}".strip()[:100]
        self.put(f"# {' '.join(what.split())}: not recovered from the compiled script", depth, at)
        if depth:
            self.put("pass", depth)
        message = f"The {what} is compiled, and cannot be brought back as source{f': it holds {why}' if why else ''}."
        self.warnings.append(Warned("rpyc_not_recovered", message, self.file, at))

    def _call(self, node: object, following: Sequence[Any], depth: int) -> int:
        given, used, from_ = fields(node), 1, ""
        rest = [other for other in following if line(other) == line(node)]
        if rest and kind(rest[0]) == "Label" and not items(fields(rest[0]).get("block")):
            from_ = f" from {text(fields(rest[0]).get('name'))}"
            rest, used = rest[1:], used + 1
        if rest and kind(rest[0]) == "Pass":
            used += 1
        expression = given.get("expression")
        listed = arguments(given.get("arguments"))
        target = f"expression {text(given.get('label'))}" if expression else text(given.get("label"))
        self.put(f"call {target}{' pass ' if expression and listed else ''}{listed}{from_}", depth, line(node))
        return used

    def _menu(self, nodes: Sequence[Any], depth: int, name: str | None = None) -> None:
        """Write a menu, with the line that is said with it."""
        node = nodes[-1]
        given = fields(node)
        head = " ".join(filter(None, (name, arguments(given.get("arguments")))))
        self.put(f"menu {head}".rstrip() + ":", depth, line(node))
        for word, field in (("set", "set"), ("with", "with_")):
            if source := text(given.get(field)):
                self.put(f"{word} {source}", depth + 1)
        for said in nodes[:-1]:
            self.put(_say({**fields(said), "interact": True}), depth + 1, line(said))
        extra = items(given.get("item_arguments"))
        for at, item in enumerate(items(given.get("items"))):
            caption, condition, block = (*items(item), None, None, None)[:3]
            listed = arguments(extra[at]) if at < len(extra) else ""
            tested = "" if text(condition) in (None, "True") else f" if {text(condition)}"
            choice = f"{quoted(caption)}{' ' if listed else ''}{listed}{tested}"
            self.put(choice if block is None else f"{choice}:", depth + 1)
            if block is not None:
                self.block(items(block), depth + 2)

    def _strings(self, nodes: Sequence[Any], at: int, depth: int) -> int:
        """Write translated strings that follow each other as one block."""
        language = text(fields(nodes[at]).get("language"))
        self.put(f"translate {language} strings:", depth, max(line(nodes[at]) - 1, 0))
        used = 0
        for node in nodes[at:]:
            given = fields(node)
            if kind(node) != "TranslateString" or text(given.get("language")) != language:
                break
            self.put(f"old {literal(given.get('old'))}", depth + 1, line(node))
            self.put(f"new {literal(given.get('new'))}", depth + 1)
            used += 1
        return used

    def _if(self, given: Fields, depth: int, at: int) -> None:
        entries = pairs(given.get("entries"))
        for number, (condition, block) in enumerate(entries):
            last = number == len(entries) - 1 > 0 and text(condition) == "True"
            word = "else" if last else f"{'elif' if number else 'if'} {text(condition)}"
            self.put(f"{word}:", depth, 0 if number else at)
            self.block(items(block), depth + 1)

    def _python(self, given: Fields, depth: int, at: int, word: str = "python") -> None:
        code = text(given.get("code")) or ""
        plain = not given.get("hide") and text(given.get("store")) in (None, "store")
        if word == "python" and plain and not code.startswith("\n"):
            self.put(f"$ {code}", depth, at)
            return
        store = (text(given.get("store")) or "store").removeprefix("store").removeprefix(".")
        head = f"{word}{' hide' if given.get('hide') else ''}{f' in {store}' if store else ''}:"
        self.put(head, depth, at)
        self._lined(code.strip("\n"), depth + 1, at + len(code) - len(code.lstrip("\n")))

    def _lined(self, code: str, depth: int, at: int) -> None:
        """Write code in a block: lines are indented but for those inside strings and brackets."""
        starts = {logical.number for logical in logical_lines(self.file, f"{code}\n")}
        for number, source in enumerate(code.split("\n") if code.strip() else ["pass"], 1):
            inside = number in starts and source.strip()
            self.put(source, depth if inside else 0, at + number - 1)

    def _init(self, given: Fields, depth: int, at: int) -> None:
        nodes = items(given.get("block"))
        priority = given.get("priority")
        priority = priority if isinstance(priority, int) else 0
        name = kind(nodes[0]) if len(nodes) == 1 else ""
        same = len(nodes) == 1 and line(nodes[0]) == at
        number = f" {priority}" if priority else ""
        if name == "Testcase" or (name == "Screen" and not same) or (name == "UserStatement" and same):
            self._one(nodes[0], depth)
        elif name in _PRIORITIES and same:
            self._prefix = f"init{number} " if priority != _PRIORITIES[name] else ""
            self._one(nodes[0], depth)
        elif nodes and all(kind(node) == "TranslateString" for node in nodes):
            self.block(nodes, depth)
        elif name == "Python" and same and (text(fields(nodes[0]).get("code")) or "").startswith("\n"):
            self._python(fields(nodes[0]), depth, at, f"init{number} python")
        else:
            self.put(f"init{number}:", depth, at)
            self.block(nodes, depth + 1)

    def _screen(self, given: Fields, depth: int, at: int) -> None:
        try:
            found = recovered_screens.lines(given)
        except recovered_screens.Unknown as unknown:
            self._lost("Screen", given, depth, at, str(unknown))
            return
        for number, (level, source, place) in enumerate(found):
            inside_string = level == recovered_screens.AS_IT_IS
            self.put(source, 0 if inside_string else depth + level, place if number else at)

    def _style(self, given: Fields, depth: int, at: int) -> None:
        words = [f"style {text(given.get('style_name'))}"]
        words += [f"is {text(given.get('parent'))}"] if text(given.get("parent")) else []
        words += ["clear"] if given.get("clear") else []
        words += [f"take {text(given.get('take'))}"] if text(given.get("take")) else []
        words += [f"variant {text(given.get('variant'))}"] if text(given.get("variant")) else []
        words += [f"del {text(name)}" for name in items(given.get("delattr"))]
        properties = pairs(given.get("properties"))
        self.put(" ".join(words) + (":" if properties else ""), depth, at)
        for name, value in properties:
            self.put(f"{text(name)} {text(value)}", depth + 1)

    def _translate(self, given: Fields, depth: int, at: int) -> None:
        language, nodes = text(given.get("language")), items(given.get("block"))
        if language is None:
            self._charge(len(nodes))
            self.block([node for node in nodes if kind(node) != "Translate"], depth)
            return
        self.put(f"translate {language} {text(given.get('identifier'))}:", depth, at)
        self.block(nodes, depth + 1)

    def _translate_block(self, given: Fields, depth: int, at: int) -> None:
        language = text(given.get("language")) or "None"
        for node in items(given.get("block")) or (None,):
            if kind(node) == "Style":
                self.put(f"translate {language} style {text(fields(node).get('style_name'))}:", depth, at)
                for name, value in pairs(fields(node).get("properties")) or [("pass", "")]:
                    self.put(f"{text(name)} {text(value)}".rstrip(), depth + 1)
            elif kind(node) == "Python":
                self._python(fields(node), depth, at, f"translate {language} python")
            else:
                self._lost(f"Translation to {language}", {}, depth, at)

    def _user_statement(self, given: Fields, depth: int, at: int) -> None:
        code, raw = items(given.get("code_block")), items(given.get("block"))
        source = text(given.get("line")) or "pass"
        self.put(source if not (code or raw) or source.endswith(":") else f"{source}:", depth, at)
        if code:
            self.block(code, depth + 1)
        else:
            self._raw(raw, depth + 1)

    def _raw(self, lines: Iterable[Any], depth: int) -> None:
        """Write the lines of a block that the engine left as they were."""
        if depth > MAX_DEPTH:
            raise self._too_large()
        for one in lines:
            parts = one.args[-1] if kind(one) and len(getattr(one, "args", None) or ()) == 1 else items(one)
            parts = parts or getattr(one, "args", None) or ()
            number = parts[1] if len(parts) > 3 and isinstance(parts[1], int) else 0
            self.put((text(parts[-2]) if len(parts) > 3 else None) or "pass", depth, number)
            self._raw(items(parts[-1]) if len(parts) > 3 else (), depth + 1)


def _menu_at(nodes: Sequence[Any], at: int | None) -> int:
    """Return how many nodes a menu that begins here takes: it may have a line said with it before it."""
    said = bool(nodes) and kind(nodes[0]) == "Say" and fields(nodes[0]).get("interact") is False
    length = 2 if said else 1
    if len(nodes) < length or kind(nodes[length - 1]) != "Menu":
        return 0
    menu = line(nodes[length - 1])
    return length if (at is None or at == menu) and (not said or line(nodes[0]) >= menu) else 0


def _pairs_with(given: Fields, following: Sequence[Any]) -> bool:
    """Tell whether a ``with None`` is the first half of a statement's ``with`` clause."""
    paired = text(given.get("paired"))
    if paired is None or len(following) < 2 or kind(following[0]) not in _STAGED or kind(following[1]) != "With":
        return False
    return text(fields(following[1]).get("expr")) == paired


def _say(given: Fields) -> str:
    words = [text(given.get("who")), *(text(name) for name in items(given.get("attributes")))]
    if temporary := items(given.get("temporary_attributes")):
        words += ["@", *(text(name) for name in temporary)]
    words += [quoted(given.get("what")), arguments(given.get("arguments"))]
    words += ["nointeract"] if given.get("interact") is False else []
    words += [f"id {text(given.get('identifier'))}"] if text(given.get("identifier")) else []
    words += [f"with {text(given.get('with_'))}"] if text(given.get("with_")) else []
    return " ".join(word for word in words if word)


def _staged(word: str, given: Fields) -> str:
    spec = items(given.get("imspec"))
    if not spec:
        return f"{word} onlayer {text(given.get('layer'))}" if text(given.get("layer")) else word
    name, expression, tag, at, layer, zorder, behind = (
        (*spec[:7], None)[:7] if len(spec) >= 6 else (spec[0], None, None, *(*spec[1:3], None, None)[:2], None, None)
    )
    words = [
        word,
        f"expression {text(expression)}" if text(expression) else " ".join(text(p) or "" for p in items(name)),
    ]
    words += [f"as {text(tag)}"] if text(tag) else []
    words += [f"at {_listed(at)}"] if items(at) else []
    words += [f"behind {_listed(behind)}"] if items(behind) else []
    words += [f"onlayer {text(layer)}"] if text(layer) else []
    words += [f"zorder {text(zorder)}"] if text(zorder) not in (None, "0") else []
    return " ".join(words)


def _listed(value: object) -> str:
    return ", ".join(text(part) or "" for part in items(value))


def _on_layer(word: str, given: Fields) -> str:
    layer = text(given.get("layer"))
    head = word if word == "camera" and layer in (None, "master") else f"{word} {layer}"
    return f"{head} at {_listed(given.get('at_list'))}" if items(given.get("at_list")) else head


def _declared(given: Fields) -> str:
    """Return the name that a definition is for, in its store."""
    store = (text(given.get("store")) or "store").removeprefix("store").removeprefix(".")
    index = text(given.get("index"))
    return f"{store + '.' if store else ''}{text(given.get('varname'))}{f'[{index}]' if index else ''}"


def _image(page: Recovery, given: Fields, depth: int, at: int) -> None:
    name = " ".join(text(part) or "" for part in items(given.get("imgname")))
    code = text(given.get("code"))
    page._head(f"image {name}" if code is None else f"image {name} = {code}", given.get("atl"), depth, at)


def _transform(page: Recovery, given: Fields, depth: int, at: int) -> None:
    page._head(f"transform {_declared(given)}{parameters(given.get('parameters'))}", given.get("atl"), depth, at)


_STAGING: dict[str, Callable[[Fields], str]] = {
    "Scene": lambda given: _staged("scene", given),
    "Show": lambda given: _staged("show", given),
    "Hide": lambda given: _staged("hide", given),
    "ShowLayer": lambda given: _on_layer("show layer", given),
    "Camera": lambda given: _on_layer("camera", given),
}

_SIMPLE: dict[str, Callable[[Fields], str]] = {
    "Say": _say,
    "With": lambda given: f"with {text(given.get('expr'))}",
    "Jump": lambda given: f"jump {'expression ' if given.get('expression') else ''}{text(given.get('target'))}",
    "Return": lambda given: f"return {text(given.get('expression')) or ''}".rstrip(),
    "Pass": lambda given: "pass",
    "Default": lambda given: f"default {_declared(given)} = {text(given.get('code'))}",
    "Define": lambda given: f"define {_declared(given)} {text(given.get('operator')) or '='} {text(given.get('code'))}",
    "RPY": lambda given: f"rpy {' '.join(text(word) or '' for word in items(given.get('rest')))}",
}

_BLOCKS: dict[str, Callable[[Fields], str]] = {
    "Label": lambda given: (
        f"label {text(given.get('name'))}{parameters(given.get('parameters'))}{' hide' if given.get('hide') else ''}"
    ),
    "While": lambda given: f"while {text(given.get('condition'))}",
}

_OTHERS: dict[str, Callable[[Recovery, Fields, int, int], None]] = {
    "If": Recovery._if,
    "Init": Recovery._init,
    "Python": Recovery._python,
    "EarlyPython": lambda page, given, depth, at: page._python(given, depth, at, "python early"),
    "Image": _image,
    "Transform": _transform,
    "Screen": Recovery._screen,
    "Style": Recovery._style,
    "Translate": Recovery._translate,
    "TranslateBlock": Recovery._translate_block,
    "TranslateEarlyBlock": Recovery._translate_block,
    "UserStatement": Recovery._user_statement,
}
