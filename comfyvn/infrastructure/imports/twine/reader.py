"""The reader of Twine stories: passages to scenes, links to choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from comfyvn.application.imports import Progress
from comfyvn.application.reading import Probe
from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack, Warned
from comfyvn.domain.story.state import SceneRole
from comfyvn.domain.variables import Variable
from comfyvn.infrastructure.imports.files import Files, FilesReader
from comfyvn.infrastructure.imports.members import capped
from comfyvn.infrastructure.imports.steps import Passage, Step, closed, code, graph_of
from comfyvn.infrastructure.imports.twine import chapbook, harlowe, sugarcube
from comfyvn.infrastructure.imports.twine.pieces import Piece, steps_of
from comfyvn.infrastructure.imports.twine.story import SPECIAL_TAGS, TwinePassage, TwineStory, from_html, from_twee
from comfyvn.infrastructure.imports.variables import variables_of

ENGINE: Final = "twine"
MAX_BODY: Final = 200_000
"""Characters of a passage up to which it is read; a longer one is kept as code."""
_SOURCES: Final = (".twee", ".tw", ".twee2")
_PAGES: Final = (".html", ".htm")
_FORMATS: Final[Mapping[str, Callable[[str, int], tuple[Piece, ...]]]] = {
    "harlowe": harlowe.pieces,
    "sugarcube": sugarcube.pieces,
    "chapbook": chapbook.pieces,
    "snowman": chapbook.snowman,
}
_FIRST: Final = ("StoryInit",)
"""Passages whose code runs before the story begins, as the tag ``startup`` says too."""
_LAYOUT: Final = frozenset(
    "StoryCaption StoryMenu StoryInterface StoryBanner StorySubtitle StoryAuthor StoryDisplayTitle StoryShare "
    "StorySettings PassageHeader PassageFooter PassageReady PassageDone StoryIncludes".split()
)
"""Passages of SugarCube that make its page, and no story."""


def looks(files: Files) -> Probe:
    """Tell from names and first bytes whether files hold a Twine story."""
    if sources := files.named(*_SOURCES):
        return Probe(ENGINE, 0.95, tuple(sources[:3]))
    for name in files.named(*_PAGES)[:20]:
        if b"<tw-storydata" in files.head(name) or b"<tw-storydata" in files.read(name):
            return Probe(ENGINE, 0.95, (f"{name} has <tw-storydata>",))
    return Probe(ENGINE, 0.0)


def pack_of(files: Files, progress: Progress | None = None) -> Pack:
    """Return what the files hold: all passages of all Twee files, or the first story of the page.

    Raises Refused: ``not_a_game``, ``too_many_passages``, ``file_too_large``.
    """
    warnings = [*files.warnings]
    sources = files.named(*_SOURCES)
    pages = [] if sources else files.named(*_PAGES)
    story = TwineStory()
    passages: list[tuple[str, TwinePassage]] = []
    for done, name in enumerate(sources or pages):
        words, _ = files.text(name)
        found = [from_twee(words)] if sources else [*from_html(words)]
        for other in found[1:]:
            message = f"The archive holds the story {other.title!r} too; the first one is read."
            warnings.append(Warned("story_passed_over", message, name))
        for one in found[:1]:
            story.title = story.title or one.title
            story.format, story.start = story.format or one.format, story.start or one.start
            passages += [(name, passage) for passage in one.passages]
        if progress:
            progress("scripts", done + 1, len(sources or pages))
        if found and pages:
            break
    if not passages:
        raise Refused("not_a_game", f"{files.title} holds no passage of a Twine story.")
    read = _FORMATS.get(story.format.lower().partition("-")[0] or "harlowe")
    if read is None:
        message = f"The story format {story.format!r} is not known; links are read, its macros are not."
        warnings.append(Warned("format_unknown", message))
        read = chapbook.snowman
    elif not story.format:
        warnings.append(Warned("format_missing", "The story names no format; it is read as Harlowe."))
    return _pack(files, story, passages, read, warnings, [*sources, *pages])


def _pack(
    files: Files,
    story: TwineStory,
    passages: Sequence[tuple[str, TwinePassage]],
    read: Callable[[str, int], tuple[Piece, ...]],
    warnings: list[Warned],
    scripts: Sequence[str],
) -> Pack:
    language = story.format.lower() or "harlowe"
    names = {passage.name for _, passage in passages}
    start = story.start if story.start in names else "Start" if "Start" in names else passages[0][1].name
    first = [p.name for _, p in passages if p.name in _FIRST or "startup" in p.tags]
    found = [_passage(file, passage, read, language) for file, passage in passages]
    found = [replace(p, steps=p.steps[:-1], falls_to=start) if p.name in first[:1] else p for p in found]
    graph = graph_of(found)
    warnings += graph.warnings
    return Pack(
        engine=ENGINE,
        title=story.title or files.title,
        scenes=graph.scenes,
        variables={name: _variable(value) for name, value in sorted(variables_of(found).items())},
        members=files.members(without=scripts),
        start=graph.places[first[0] if first else start],
        recognised=graph.recognised,
        total=graph.total,
        raw_kinds=dict(sorted(graph.raw_kinds.items())),
        warnings=capped(warnings),
    )


def _passage(file: str, passage: TwinePassage, read: Callable[[str, int], tuple[Piece, ...]], language: str) -> Passage:
    meta = {"tags": list(passage.tags)} if passage.tags else {}
    line = passage.line
    steps: tuple[Step, ...]
    role: SceneRole = "story"
    if SPECIAL_TAGS & {*passage.tags} or passage.name in _LAYOUT:
        role = "code"
        kind = "script" if SPECIAL_TAGS & {*passage.tags} else "layout"
        steps = (code(language, kind, passage.text, line),) if passage.text.strip() else ()
    elif len(passage.text) > MAX_BODY:
        steps = (code(language, "long passage", passage.text, line),)
    else:
        steps = closed(steps_of(read(passage.text, line), language))
    label = passage.name if passage.name.isidentifier() and role == "story" else None
    return Passage(passage.name, steps, file, line, label=label, role=role, meta=meta)


def _variable(value: Any) -> Variable:
    """Return a variable as the formats have them: of any type, and 0 or false as long as nothing is set."""
    return Variable("bool", False) if isinstance(value, bool) else Variable("any", 0)


def reader() -> FilesReader:
    """Return the reader as the studio takes it."""
    return FilesReader(ENGINE, looks, pack_of)
