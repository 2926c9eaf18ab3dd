"""Texts and captions: fields, percent signs and text tags that the engine would stumble over."""

import re
from collections.abc import Iterator

from comfyvn.application.validation.finding import StoryFinding
from comfyvn.application.validation.outline import Outline
from comfyvn.application.validation.variables import assigned, defined, is_known
from comfyvn.domain.expressions import ExpressionError
from comfyvn.domain.interpolation import references
from comfyvn.domain.story import Node, edges

_PERCENT_FORM = re.compile(r"%%|%\([^()]*\)[-#0 +]*\d*(?:\.\d*)?[diouxXeEfFgGcrs]")
_TAG = re.compile(r"\{\{|\{([^{}]*)\}|\{")
_PAIRED = frozenset(
    "a alpha alt art b color cps font i k noalt outlinecolor plain rb rt s shader size u axis instance".split()
)
_SINGLE = frozenset("clear done fast image nw p space vspace w #".split())


def check(known: Outline) -> Iterator[StoryFinding]:
    """Yield what is wrong with the words that are shown."""
    declared = defined(known) | assigned(known)
    for scene_id, node_id, node in known.nodes():
        for text in _shown(node):
            try:
                unknown = [name for name in sorted(references(text)) if not is_known(known, name, declared)]
            except ExpressionError as error:
                unknown = []
                if error.code == "field_unclosed":
                    yield StoryFinding("error", "field_unclosed", f"{error} ({text!r}).", scene_id, node_id)
                elif node.source is None:
                    yield StoryFinding("error", "field_malformed", f"{error} ({text!r}).", scene_id, node_id)
            for name in unknown:
                message = f"The text shows [{name}], but there is no such variable."
                yield StoryFinding("error", "interpolation_undefined", message, scene_id, node_id)
            if "%" in _PERCENT_FORM.sub("", text):
                message = f"A percent sign is written as %% ({text!r})."
                yield StoryFinding("error", "percent_trap", message, scene_id, node_id)
            yield from _tags(known, text, scene_id, node_id)


def _shown(node: Node) -> Iterator[str]:
    if node.type in ("text", "choice") and node.content:
        yield node.content
    if node.type == "choice":
        yield from (edge.text for _, edge in edges(node) if edge.text)


def _tags(known: Outline, text: str, scene_id: str, node_id: str) -> Iterator[StoryFinding]:
    open_tags: list[str] = []
    for found in _TAG.finditer(text):
        if found[0] == "{{":
            continue
        if found[1] is None:
            message = f"A {{ is never closed; write {{{{ to show it ({text!r})."
            yield StoryFinding("error", "tag_unclosed", message, scene_id, node_id)
            continue
        name = re.split(r"[=:]", found[1].removeprefix("/"))[0].strip()
        closing = found[1].startswith("/")
        if name and name not in _PAIRED | _SINGLE and not known.in_code(name) and not found[1].startswith("#"):
            yield StoryFinding("error", "tag_unknown", f"There is no text tag {{{found[1]}}}.", scene_id, node_id)
        elif closing and name not in open_tags:
            yield StoryFinding("error", "tag_unclosed", f"{{/{name}}} closes nothing ({text!r}).", scene_id, node_id)
        elif closing:
            open_tags.remove(name)
        elif name not in _SINGLE:
            open_tags.append(name)
    for name in (name for name in open_tags if name in _PAIRED or not name):
        message = f"{{{name}}} is closed by the end of the text only ({text!r})."
        yield StoryFinding("warning", "tag_unclosed", message, scene_id, node_id)
