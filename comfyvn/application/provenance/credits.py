"""The credits of a novel: names by role, works with their licences, and what was used to make them."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.holdings import Holdings, holdings
from comfyvn.application.provenance.licences import works_of
from comfyvn.application.provenance.spdx import parsed
from comfyvn.application.studio import Studio
from comfyvn.domain.licences import conditions, rendered, terms
from comfyvn.domain.project import credited

Form = Literal["text", "markdown", "renpy"]
_SIGNS: Final = {"\\": "\\\\", '"': '\\"', "{": "{{"}
ROLES: Final = ("story", "translation", "art", "music", "voices", "fonts", "other")
_OF_ASSET: Final = {
    "image": "art",
    "video": "art",
    "music": "music",
    "sound": "music",
    "voice": "voices",
    "font": "fonts",
    "text": "story",
}
_OF_KIND: Final = {"scene": "story", "character": "story", "project": "story", "translation": "translation"}


@dataclass(frozen=True, slots=True)
class Role:
    """A role and the names under it, each once."""

    role: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """A work whose licence asks for credit. `links` lead to the licences; `line` says all of it in one line."""

    subject: str
    title: str
    author: str
    source: str
    licence: str
    links: tuple[str, ...]
    changed: bool
    line: str


@dataclass(frozen=True, slots=True)
class Credits:
    """The credits of a project at a position; names of no known author are not there (see the licences)."""

    project: str
    position: int
    roles: tuple[Role, ...]
    attributions: tuple[Attribution, ...]
    tools: tuple[str, ...]
    models: tuple[str, ...]


def credits_roll(studio: Studio, branch: str, at: int = LATEST) -> Credits:
    """Return the credits of a branch as of a position."""
    held = holdings(studio, branch, at)
    given: dict[str, dict[str, None]] = {role: {} for role in ROLES}
    for role, names in credited(held.project).items():
        given.setdefault(role, {}).update(dict.fromkeys(names))
    for subject in sorted({*held.origins, *(f"asset:{asset_id}" for asset_id in held.assets)}):
        if name := held.credit(subject):
            given.setdefault(_role(held, subject), {})[name] = None
    origins = [record.origin for records in held.origins.values() for record in records]
    return Credits(
        held.project.name,
        held.position,
        tuple(Role(role, tuple(names)) for role, names in given.items() if names),
        tuple(_attributions(held)),
        tuple(sorted({origin.tool for origin in origins if origin.tool})),
        tuple(sorted({origin.model for origin in origins if origin.model})),
    )


def as_text(found: Credits, form: Form = "text") -> str:
    """Return the credits as plain text, as Markdown, or as a screen of Ren'Py; in neither can a name be markup."""
    write = _screen if form == "renpy" else partial(_lines, markdown=form == "markdown")
    return "\n".join(write(found)) + "\n"


def link(key: str) -> str | None:
    """Return the page of a licence on spdx.org; None for one of somebody's own."""
    return None if "LicenseRef-" in key else f"https://spdx.org/licenses/{key}.html"


def _role(held: Holdings, subject: str) -> str:
    asset = held.asset(subject)
    return _OF_KIND.get(subject.partition(":")[0], "other") if asset is None else _OF_ASSET.get(asset.type, "other")


def _attributions(held: Holdings) -> Iterator[Attribution]:
    """Yield the works that ask for credit, those included that are gone and went into others."""
    for subject, work in works_of(held).items():
        stated = parsed(work.said) if work.said else None
        keys = [] if stated is None else list(dict.fromkeys(term.key for term in terms(stated)))
        if stated is None or not work.credit or not any(conditions(key).attribution for key in keys):
            continue
        asset = held.asset(subject)
        title = subject if asset is None else str(asset.meta.get("title") or posixpath.basename(asset.path))
        origins = [record.origin for record in held.of(subject)]
        source = next((o.source for o in origins if o.source.startswith(("https://", "http://"))), "")
        changed = any(o.activity in ("derived", "edited") for o in origins)
        licence, links = rendered(stated), tuple(page for key in keys if (page := link(key)))
        said = [f'"{title}" by {work.credit}', source, f"{licence} ({', '.join(links)})" if links else licence]
        line = ", ".join(filter(None, said)) + (", changed" if changed else "")
        yield Attribution(subject, title, work.credit, source, licence, links, changed, _one_line(line))


def _lines(found: Credits, markdown: bool) -> Iterator[str]:
    def put(text: str) -> str:
        return _escaped(_one_line(text)) if markdown else _one_line(text)

    yield f"# {put(found.project)}" if markdown else put(found.project)
    for head, items in _parts(found):
        yield ""
        yield f"## {put(head)}" if markdown else put(head)
        if markdown:
            yield ""
        yield from (f"- {put(item)}" if markdown else f"  {put(item)}" for item in items)


def _parts(found: Credits) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the heads, and what stands under each; none without anything."""
    yield from ((role.role.capitalize(), role.names) for role in found.roles if role.names)
    works = tuple(one.line for one in found.attributions)
    yield from (
        (head, held) for head, held in (("Works", works), ("Tools", found.tools), ("Models", found.models)) if held
    )


def _screen(found: Credits) -> Iterator[str]:
    """Yield a screen that scrolls; ``call screen credits_roll`` or ``ShowMenu("credits_roll")`` shows it."""

    def shown(text: str, size: int) -> str:
        plain = "".join(_SIGNS.get(sign, sign) for sign in _one_line(text))
        return f'text "{plain}" substitute False size {size} xalign 0.5 text_align 0.5'

    yield f"# The credits at position {found.position} of the history."
    yield "screen credits_roll():"
    yield "    tag menu"
    yield "    modal True"
    yield '    add Solid("#101418")'
    yield "    viewport:"
    yield "        xysize (0.9, 0.86)"
    yield "        align (0.5, 0.4)"
    yield "        mousewheel True"
    yield "        draggable True"
    yield '        scrollbars "vertical"'
    yield "        vbox:"
    yield "            xfill True"
    yield "            spacing 8"
    yield f"            {shown(found.project, 40)}"
    for head, items in _parts(found):
        yield "            null height 24"
        yield f"            {shown(head, 28)}"
        yield from (f"            {shown(item, 22)}" for item in items)
    yield '    textbutton _("Return"):'
    yield "        align (0.5, 0.97)"
    yield "        action Return()"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|!&" else sign for sign in text)
