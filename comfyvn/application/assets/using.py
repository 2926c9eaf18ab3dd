"""Where assets are used, and which a part of the story uses: by whatever name it calls them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comfyvn.application.assets.registry import find
from comfyvn.application.paging import cursor_of, place_in
from comfyvn.application.ports import LATEST, Mentions, Ref
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE, Json, Missing, Refused
from comfyvn.domain.mentions import Catalogue, Named, Word, place_of
from comfyvn.domain.mentions.catalogue import Given, by_engine, fills
from comfyvn.domain.mentions.finding import COMPUTED, LAYERS
from comfyvn.domain.mentions.naming import bare, file_name, image_name, pose_start, words_of

Pair = tuple[str, str | None]
"""A name, and how it has to be written (None: in any way)."""

_FREE: Final = ("image", "pose", "audio", "asset", "word")
"""Forms of names that say everything by themselves."""
EXCERPT: Final = 200
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses something.

    `subject` is ``scene:ID/NODE``, ``character:ID`` or the like; of something that was made from an asset it is that
    thing. `role` says how it is used, `name` by which name. `since` is the position of the last change of the place.
    `title` tells what it is to people: the scene, character or file; `text` is the line or direction.
    """

    subject: str
    role: str
    name: str
    since: int
    title: str = ""
    text: str = ""
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Uses:
    """A page of uses in the order of their places; `next` is the cursor of the page after it, None on the last."""

    asset: str
    items: tuple[Use, ...]
    total: int
    next: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Lacking:
    """A name that stands for nothing: in how many places it is used, and the first of them."""

    name: str
    total: int
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Lacks:
    """All that is named and is not there.

    `computed`: there is code that declares images whose names it computes, and the missing ones may be among them.
    """

    items: tuple[Lacking, ...]
    total: int
    computed: bool
    position: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """The assets that a name means; None: there is nothing of that name."""

    name: str
    assets: tuple[str, ...] | None


def meanings(studio: Studio, branch: str, names: Sequence[str], at: int = LATEST) -> tuple[Meaning, ...]:
    """Return what names mean: ``image:TAG ATTRIBUTES``, ``audio:NAME`` or ``file:PATH``.

    Raises Refused("name_malformed").
    """
    asked = [(name, *_asked(name)) for name in names]
    with studio.store.mentions.reading() as read:
        known = _catalogue(read, branch, [key for _, key, _ in asked], at)
    found = ((name, known.meant(key, about)) for name, key, about in asked)
    return tuple(Meaning(name, None if ids is None else tuple(sorted(ids))) for name, ids in found)


def _asked(name: str) -> tuple[str, str]:
    """Return the name as the catalogue knows it, and the path of a file."""
    form, _, said = name.partition(":")
    if not said.split() or form not in ("image", "audio", "file"):
        raise Refused("name_malformed", "A name is image:TAG ATTRIBUTES, audio:NAME or file:PATH.", name=name)
    if form == "image":
        return image_name(said.split()), ""
    return (file_name(bare(said)), bare(said)) if form == "file" else (name, "")


def where_used(
    studio: Studio, branch: str, name: str, at: int = LATEST, cursor: str | None = None, limit: int = 100
) -> Uses:
    """Return where an asset, given by its id or content, is used. Raises Missing("asset_unknown")."""
    asset, state, _ = find(studio, branch, name, at)
    after = place_in(cursor, 6)
    with studio.store.mentions.reading() as read:
        pairs = list(_pairs(read, branch, asset, state.path, at))
        total, rows = read.uses(branch, pairs, at, after, limit + 1)
        shown = rows[:limit]
        items = tuple(_told(read, branch, [(row, ()) for row in shown], at))
    more = cursor_of(place_of(shown[-1])) if len(rows) > limit else None
    return Uses(asset, items, total, more, studio.store.head(branch, at))


def uses_of(studio: Studio, branch: str, subject: str, at: int = LATEST) -> Sequence[Use]:
    """Return what a scene, a line of it, a character or any other entity uses, with the assets that are meant.

    A use without assets asks for something that is not there, or that needs no file. Raises Missing("subject_unknown").
    """
    ref, part = subject_of(subject)
    with studio.store.mentions.reading() as read:
        if not read.bodies(branch, [(ref.kind, ref.id, part or WHOLE)], at):
            raise Missing("subject_unknown", f"There is no {subject!r} here.", subject=subject)
        rows = sorted((row for row in read.of(branch, ref, part, at) if row.sense == "use"), key=place_of)
        known = _catalogue(read, branch, [row.name for row in rows], at)
        return tuple(_told(read, branch, [(row, _meant(known, row)) for row in rows], at))


def used(studio: Studio, branch: str, at: int = LATEST) -> frozenset[str]:
    """Return the ids of the assets that something of a branch uses, or that the engine looks for by itself."""
    words = studio.store.mentions.everything(branch, at)
    known = Catalogue(_given(words))
    found = {i for path, ids in known.paths.items() if by_engine(path) for i in ids}
    for word in words:
        if word.sense == "use":
            found |= known.meant(word.name, word.about) or frozenset()
            if word.name.startswith("asset:"):
                found.add(word.name.removeprefix("asset:"))
    return frozenset(found)


def lacking(studio: Studio, branch: str, at: int = LATEST, places: int = 5) -> Lacks:
    """Return what the story names and nobody has registered, each with the first `places` where it is asked for."""
    with studio.store.mentions.reading() as read:
        words = read.everything(branch, at)
        listed = tuple(dict.fromkeys(_lacking(read, branch, words, at, places)))
    computed = any(word.name == COMPUTED for word in words)
    return Lacks(listed, len(listed), computed, studio.store.head(branch, at))


def _lacking(read: Mentions, branch: str, words: Sequence[Word], at: int, places: int) -> Iterator[Lacking]:
    known = Catalogue(_given(words))
    assets = {i for ids in known.paths.values() for i in ids}
    for word in words:
        if word.sense != "use" or not _lacks(known, assets, word):
            continue
        form = word.name.partition(":")[0]
        pair: Pair = (word.name, None if form in _FREE else word.about)
        total, rows = read.uses(branch, [pair], at, None, places)
        said = word.about if form in ("file", "pattern") else word.name.partition(":")[2]
        uses = tuple(_told(read, branch, [(row, ()) for row in rows], at))
        yield Lacking(f"{form}:{said}", total, uses)


def subject_of(subject: str) -> tuple[Ref, str | None]:
    """Return the entity and part that a subject names; raise Refused("subject_malformed")."""
    kind, _, rest = subject.partition(":")
    entity, _, part = rest.partition("/")
    if not kind or not entity or "\0" in subject:
        raise Refused("subject_malformed", "A subject is KIND:ID or scene:ID/NODE.", subject=subject)
    return Ref(kind, entity), part or None


def _lacks(known: Catalogue, assets: set[str], word: Word) -> bool:
    if word.name.startswith("asset:"):
        return word.name.removeprefix("asset:") not in assets
    if word.about.endswith(LAYERS) or (word.name.startswith("pose:") and not known.known_tag(word.name)):
        return False
    return known.meant(word.name, word.about) is None


def _given(words: Iterable[Word]) -> Iterator[Given]:
    return (Given(w.entity, w.name, w.role, w.about) for w in words if w.sense == "gives")


def _pairs(read: Mentions, branch: str, asset: str, path: str, at: int) -> Iterator[Pair]:
    """Yield the names that mean an asset: its own, and those that code and characters give it."""
    own = read.of(branch, Ref("asset", asset), WHOLE, at)
    files = read.words(branch, [file_name(path)], at)
    filled = {word for word in read.begun(branch, ["pattern:"], at) if fills(word.about, path)}
    words = {*files, *filled}
    images = {row.name for row in own if row.name.startswith(("image:", "audio:"))}
    told = {asset, *(word.about for word in words if word.sense == "use")}
    makers = read.declaring(branch, [f"asset:{asset}", *sorted({word.name for word in words})], at)
    for kind, entity, part in sorted({(row.kind, row.entity, row.part) for row in makers}):
        given = read.of(branch, Ref(kind, entity), part, at)
        images |= {row.name for row in given if row.sense == "gives" and row.about in told}
    tags = {words_of(name)[0] for name in images if name.startswith("image:") and words_of(name)}
    words.update(read.begun(branch, [f"image:{tag}" for tag in tags], at))
    side = {word for name in images if name.startswith("image:side ") for word in words_of(name)[1:]}
    poses = {word.about for word in read.words(branch, [f"tag:{tag}" for tag in tags | side], at)}
    words.update(read.begun(branch, [pose_start(character) for character in sorted(poses)], at))
    words.update(read.words(branch, [name for name in images if name.startswith("audio:")], at))
    words.update(read.words(branch, [name.replace("image:", "word:", 1) for name in images], at))
    words.update(read.words(branch, _bases(words), at))
    known = Catalogue(_given(words))
    yield f"asset:{asset}", None
    for word in sorted(words):
        if word.sense == "use" and asset in (known.meant(word.name, word.about) or ()):
            yield word.name, None if word.name.partition(":")[0] in _FREE else word.about


def _bases(words: Iterable[Word]) -> set[str]:
    """Return the names of the files that code gives names to."""
    return {file_name(word.about) for word in words if word.role in ("declares", "layers") and word.about}


def _catalogue(read: Mentions, branch: str, asked: Sequence[str], at: int) -> Catalogue:
    """Return what is needed to tell what some names mean."""
    words: set[Word] = set()
    if any(name.startswith("pattern:") for name in asked):
        words.update(read.everything(branch, at))
        return Catalogue(_given(words))
    speakers = {words_of(name)[0] for name in asked if name.startswith("pose:")}
    poses = read.words(branch, [f"pose:{speaker} " for speaker in speakers], at)
    tags = {word.about for word in poses}
    tags |= {words_of(name)[0] for name in asked if name.startswith(("image:", "word:")) and words_of(name)}
    words.update(poses)
    words.update(read.begun(branch, [f"image:{tag}" for tag in {*tags, *(["side"] if poses else [])}], at))
    names = {name for name in asked if name.startswith(("file:", "audio:"))}
    words.update(read.words(branch, names, at))
    words.update(read.words(branch, _bases(words), at))
    return Catalogue(_given(words))


def _meant(known: Catalogue, row: Named) -> tuple[str, ...]:
    if row.name.startswith("asset:"):
        return (row.name.removeprefix("asset:"),)
    return tuple(sorted(known.meant(row.name, row.about) or ()))


def _told(read: Mentions, branch: str, rows: Sequence[tuple[Named, tuple[str, ...]]], at: int) -> Iterator[Use]:
    """Yield uses as people read them."""
    subjects = {row: _subject(row) for row, _ in rows}
    keys: set[tuple[str, str, str]] = set()
    for subject in subjects.values():
        ref, part = subject_of(subject)
        keys |= {(ref.kind, ref.id, WHOLE), (ref.kind, ref.id, part or WHOLE)}
    bodies = read.bodies(branch, sorted(keys), at)
    for row, assets in rows:
        subject = subjects[row]
        ref, part = subject_of(subject)
        title = _title(bodies.get((ref.kind, ref.id, WHOLE)))
        text = _text(bodies.get((ref.kind, ref.id, part))) if part else ""
        name = row.about if row.name.startswith(("file:", "pattern:")) else row.name.partition(":")[2].strip()
        yield Use(subject, row.role, name, row.position, title, text, assets)


def _subject(row: Named) -> str:
    if row.kind == "provenance" and ":" in row.about:
        return row.about
    return f"{row.kind}:{row.entity}" + (f"/{row.part}" if row.part != WHOLE else "")


def _title(body: Json | None) -> str:
    if not isinstance(body, Mapping):
        return ""
    return str(next((body[key] for key in ("title", "name", "path", "text") if body.get(key)), ""))[:EXCERPT]


def _text(body: Json | None) -> str:
    if not isinstance(body, Mapping):
        return ""
    words = f"{body.get('verb') or ''} {body.get('content', '')}"
    return " ".join(words[: 2 * EXCERPT].split())[:EXCERPT]
