"""Find every stable code in the sources of the package, without running them."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STATUS = {"Refused": 400, "Missing": 404, "Conflict": 409}
REPORTS = {
    "Finding": "finding",
    "ExportFlaw": "finding",
    "_bad": "finding",
    "_event": "finding",
    "ConflictItem": "conflict",
    "_item": "conflict",
    "_hanging": "conflict",
    "Flag": "flag",
    "Warned": "warning",
    "Broken": "warning",
    "ParseIssue": "warning",
    "ExportWarning": "warning",
    "warn": "warning",
}
"""Functions and classes that take a code and put it into a report -> the kind of report."""

Scope = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Code:
    """One use of a code: in a refusal (with its HTTP status) or in a report (status None)."""

    code: str
    report: str
    status: int | None
    message: str


def found(package: Path) -> list[Code]:
    """Return all codes under a package, sorted."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(package.rglob("*.py"))]
    classes = _refusals(trees)
    codes = {code for tree in trees for code in _uses(tree, classes)}
    return sorted(codes, key=lambda c: (c.report, c.code, c.status or 0, c.message))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A class of refusals: its status and the parameters and defaults of its constructor."""

    status: int
    parameters: Sequence[str]
    defaults: Mapping[str, ast.expr]


def _refusals(trees: Sequence[ast.Module]) -> dict[str, _Refusal]:
    classes = {n.name: n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    known: dict[str, _Refusal] = {name: _Refusal(status, ("code", "message"), {}) for name, status in STATUS.items()}
    growing = True
    while growing:
        growing = False
        for name, node in classes.items():
            bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in known]
            if bases and name not in known:
                known[name] = _constructor(node, known[bases[0]])
                growing = True
    return known


def _constructor(node: ast.ClassDef, base: _Refusal) -> _Refusal:
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            names = [arg.arg for arg in item.args.args[1:]]
            given = item.args.defaults
            return _Refusal(base.status, names, dict(zip(names[len(names) - len(given) :], given, strict=True)))
    return base


def _uses(tree: ast.Module, classes: Mapping[str, _Refusal]) -> Iterator[Code]:
    scopes = [node for node in ast.walk(tree) if isinstance(node, Scope)]
    for node in ast.walk(tree):
        around = [scope for scope in scopes if _inside(node, scope)]
        if isinstance(node, ast.Call):
            yield from _call(node, classes, around)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
            yield from _answer(node.value.elts, around)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp) and _name(node.targets[0]) == "code":
            yield from (Code(_text(side, ()), "conflict", None, "") for side in (node.value.body, node.value.orelse))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and _name(node.targets[0]) == "codes":
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    yield Code(str(value.value), "refusal", int(str(key.value)), "")


def _call(node: ast.Call, classes: Mapping[str, _Refusal], around: Sequence[Scope]) -> Iterator[Code]:
    name = _name(node.func)
    if kind := classes.get(name):
        given = dict(zip(kind.parameters, node.args, strict=False)) | {k.arg: k.value for k in node.keywords if k.arg}
        code = _text(given.get("code", kind.defaults.get("code")), around)
        if code and not code.startswith("{code"):
            yield Code(code, "refusal", kind.status, _text(given.get("message"), around))
    elif name == "refuse" and len(node.args) == 3:
        yield Code(_text(node.args[1], around), "refusal", STATUS["Refused"], _text(node.args[2], around))
    elif name == "problem":
        yield from _answer(node.args, around)
    elif report := REPORTS.get(name):
        for position, argument in enumerate(node.args):
            code = _text(argument, around)
            if _is_code(code):
                texts = [text for item in node.args[position + 1 :] if " " in (text := _text(item, around))]
                yield Code(code, report, None, texts[-1] if texts else "")
                return


def _answer(items: Sequence[ast.expr], around: Sequence[Scope]) -> Iterator[Code]:
    if len(items) >= 3 and isinstance(items[0], ast.Constant) and isinstance(items[0].value, int):
        code = _text(items[1], around)
        if _is_code(code):
            yield Code(code, "refusal", items[0].value, _text(items[2], around))


def _is_code(text: str) -> bool:
    return text.replace("{what}", "").replace("_", "").isalpha() and text.islower()


def _inside(node: ast.AST, scope: Scope) -> bool:
    line = getattr(node, "lineno", 0)
    return scope.lineno <= line <= (scope.end_lineno or 0)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr | None, around: Sequence[Scope]) -> str:
    """Return a text with what is put in between braces; follow a name to where it was set in the function."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_piece(part) for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
        return _text(node.func.value, around)
    if isinstance(node, ast.Name):
        set_before = [
            item
            for scope in around
            for item in ast.walk(scope)
            if isinstance(item, ast.Assign) and _name(item.targets[0]) == node.id and item.lineno < node.lineno
        ]
        if set_before:
            return _text(max(set_before, key=lambda item: item.lineno).value, ())
    return ""


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return f"{{{_short(part.value)}}}"
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _short(node: ast.expr) -> str:
    """Return a word for what is put in: its last name, or an ellipsis."""
    name = _name(node).lower().strip("_")
    return {"e": "reason", "error": "reason", "": "…"}.get(name, name)
