"""Licences as they come in: SPDX expressions, names that people write, and words that mean no known licence."""

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final

from comfyvn.domain.assets import AnnotateAsset, ImportAsset, SaveAsset
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.licences import AllOf, AnyOf, Expression, Term, alias, reference, rendered
from comfyvn.domain.provenance import RecordOrigin, SaveOrigin

MAX_LENGTH: Final = 500
"""Characters of an expression."""

LICENCE: Final = "license"
"""The key of an asset's meta that holds its licence."""

_REFERENCE: Final = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")


@lru_cache(maxsize=1)
def _spdx() -> Any:
    """Load the list of SPDX licences: 40 ms, when the first licence is read."""
    from license_expression import get_spdx_licensing  # type: ignore[import-untyped]  # noqa: PLC0415

    return get_spdx_licensing()


@lru_cache(maxsize=4096)
def parsed(text: str) -> Expression | None:
    """Return a licence as a tree, from an SPDX expression or a name that people write; None: it is neither."""
    written = text.strip()
    if not 0 < len(written) <= MAX_LENGTH:
        return None
    return _parsed(alias(written) or written)


def normalised(text: str) -> str:
    """Return what a person wrote of a licence as an SPDX expression, "" as "". Raises Refused("licence_unknown")."""
    if not text.strip():
        return ""
    if (found := parsed(text)) is not None:
        return rendered(found)
    near = _near(text)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    message = f"{text[:100]!r} is no SPDX expression and no known name of a licence.{hint}"
    advice = f"For a licence of one's own there is {reference(text)}."
    raise Refused("licence_unknown", f"{message} {advice}", licence=text[:MAX_LENGTH], near=near)


def kept(text: str) -> str:
    """Return what a file says of its licence as an SPDX expression; unknown words as a ``LicenseRef-…``."""
    if not text.strip():
        return ""
    found = parsed(text)
    return rendered(found) if found is not None else reference(text)


def with_spdx(command: Any) -> Any:
    """Return a command with its licence as an SPDX expression, others as they are.

    Raises Refused("licence_unknown").
    """
    match command:
        case RecordOrigin(licence=str(text)) if text:
            return replace(command, licence=normalised(text))
        case ImportAsset(meta=Mapping() as meta):
            return replace(command, meta=with_licence(meta))
        case AnnotateAsset(key="license", value=str(text), present=True):
            return replace(command, value=normalised(text))
        case SaveAsset(document=Mapping() as document) if isinstance(document.get("meta"), Mapping):
            return SaveAsset({**document, "meta": with_licence(document["meta"])})
        case SaveOrigin(document=Mapping() as document) if isinstance(document.get("licence"), str):
            return SaveOrigin({**document, "licence": normalised(document["licence"])})
    return command


def with_licence(meta: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the meta of an asset with its licence as an SPDX expression. Raises Refused("licence_unknown")."""
    text = meta.get(LICENCE)
    return {**meta, LICENCE: normalised(text)} if isinstance(text, str) else meta


def _parsed(text: str) -> Expression | None:
    from license_expression import ExpressionError, ExpressionParseError  # noqa: PLC0415

    try:
        return _tree(_spdx().parse(text, validate=False))
    except (ExpressionError, ExpressionParseError, IndexError, TypeError, AttributeError):
        return None  # the parser stumbles over some that are not well formed


def _tree(node: Any) -> Expression | None:
    """Return what the library read as a tree of ours; None where something in it is no licence."""
    name = type(node).__name__
    if name in ("AND", "OR"):
        parts = [_tree(part) for part in node.args]
        known = tuple(dict.fromkeys(part for part in parts if part is not None))
        if len(known) == 1:
            return known[0] if None not in parts else None
        return None if None in parts else AllOf(known) if name == "AND" else AnyOf(known)
    if name == "LicenseWithExceptionSymbol":
        licence, exception = node.license_symbol, node.exception_symbol
        fits = _known(licence) and _known(exception) and exception.is_exception and not licence.is_exception
        return Term(licence.key, exception.key) if fits else None
    if name == "LicenseSymbol" and _known(node) and not node.is_exception:
        return Term(node.key)
    return None


def _known(symbol: Any) -> bool:
    return symbol.key in _spdx().known_symbols or bool(_REFERENCE.fullmatch(symbol.key))


def _near(text: str) -> list[str]:
    names = {key.casefold(): key for key in _spdx().known_symbols if not key.startswith("LicenseRef-")}
    words = re.sub(r"[\s_]+", "-", text.strip().casefold())[:100]
    begun = sorted((name for name in names if name.startswith(f"{words}-")), reverse=True)
    plain = sorted(begun, key=len)[:3]
    return [names[name] for name in plain] or [names[name] for name in get_close_matches(words, names, 3)]
