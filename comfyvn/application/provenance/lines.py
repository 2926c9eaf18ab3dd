"""Where a line comes from, version by version, and what was made from its words: translations and voices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from comfyvn.application.assets.using import uses_of
from comfyvn.application.paging import cursor_of, place_in
from comfyvn.application.ports import LATEST, Commit, Placed, Ref
from comfyvn.application.provenance.authorship import MODEL
from comfyvn.application.provenance.facts import Fact, facts_of
from comfyvn.application.studio import Studio
from comfyvn.domain.kernel import WHOLE, Json, Missing
from comfyvn.domain.ordering import sort_key


@dataclass(frozen=True, slots=True)
class Row:
    """Where a line stood when it was imported: the file, its row (1-based), and the SHA-256 of both, in hex.

    `raw` is what stood in the row. `file_hash` is null where the import did not keep it.
    """

    file: str
    row: int
    row_hash: str | None
    file_hash: str | None
    raw: str | None


@dataclass(frozen=True, slots=True)
class LineVersion:
    """What a line was from a commit on; `text` null: it was removed. `hash` is the SHA-256 of the words.

    `model`, `tool`, `prompt_hash` and `licence` are from the facts that were recorded of these words.
    """

    position: int
    commit: str
    kind: str
    actor: str
    at: str
    message: str
    text: str | None
    speaker: str | None
    hash: str | None
    source: Row | None
    model: str
    tool: str
    prompt_hash: str
    licence: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A translation or voice of a line. `stale`: it was made from other words than those that the line says now.

    `from_text` are the words that it was made from, null where nothing tells. `how`: "translation" says so itself,
    "fact" a fact of origin, "scene" plays right before the line.
    """

    id: str
    subject: str
    how: str
    stale: bool | None
    from_text: str | None
    text: str
    language: str = ""
    record: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class LineHistory:
    """Everything that is known of a line. `text` is null where it was removed."""

    scene: str
    node: str
    text: str | None
    hash: str | None
    licence: str
    versions: tuple[LineVersion, ...]
    facts: tuple[Fact, ...]
    translations: tuple[Made, ...]
    voices: tuple[Made, ...]
    position: int


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A line that an import brought: what it says now, where it stood, and the commit of the import."""

    scene: str
    node: str
    text: str
    hash: str
    source: Row
    commit: str | None


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of imported lines; `next` is the cursor of the page after it, None on the last."""

    items: tuple[ImportedLine, ...]
    total: int
    next: str | None
    position: int


def line_history(studio: Studio, branch: str, node: str, at: int = LATEST, scene: str | None = None) -> LineHistory:
    """Return where a line comes from and what was made from it. Raises Missing("line_unknown")."""
    read = studio.store.mentions
    home = scene or read.home(branch, node, at)
    rows = studio.store.versions(branch, Ref("scene", home), node, at) if home else ()
    if home is None or not rows:
        raise Missing("line_unknown", f"There is no line {node!r} here.", node=node)
    subject = f"scene:{home}/{node}"
    told = facts_of(studio, branch, [subject], at)
    commits = studio.store.commits_at({row.position for row in rows})
    versions = tuple(_versions(rows, commits, told))
    text = versions[-1].text
    return LineHistory(
        scene=home,
        node=node,
        text=text,
        hash=digest(text),
        licence=next((v.licence for v in reversed(versions) if v.licence), ""),
        versions=versions,
        facts=told,
        translations=tuple(_translations(studio, branch, node, text, at)),
        voices=tuple(_voices(studio, branch, home, node, versions, at)),
        position=studio.store.head(branch, at),
    )


def line_page(
    studio: Studio,
    branch: str,
    at: int = LATEST,
    scene: str | None = None,
    file: str | None = None,
    cursor: str | None = None,
    limit: int = 1000,
) -> LinePage:
    """Return imported lines in the order of files and rows. Raises Refused("cursor_malformed")."""
    found = []
    for part in studio.store.bulk.placed(branch, "scene", at):
        source = part.body.get("source") if part.part != WHOLE and part.body["type"] == "text" else None
        if source and scene in (None, part.entity) and file in (None, source["file"]):
            found.append(((source["file"], f"{source['line']:012}", part.entity, part.part), part))
    after = place_in(cursor, 4)
    found.sort(key=lambda one: one[0])
    rest = found if after is None else [one for one in found if one[0] > after]
    shown = rest[:limit]
    items = tuple(_imported_lines(studio, branch, [part for _, part in shown], at))
    more = cursor_of(shown[-1][0]) if len(rest) > limit else None
    return LinePage(items, len(found), more, studio.store.head(branch, at))


def _imported_lines(studio: Studio, branch: str, parts: Sequence[Placed], at: int) -> Iterator[ImportedLine]:
    histories = studio.store.bulk.histories(branch, "scene", [(part.entity, part.part) for part in parts], at)
    deeds = {deed.position: deed for deed in studio.store.bulk.deeds(branch, at) if deed.kind == "import"}
    for part in parts:
        source = part.body["source"]
        brought = [v.position for v in histories[part.entity, part.part] if v.position in deeds and v.body]
        commit = deeds.get(brought[-1]) if brought else None
        row = _row(source, _files(commit) if commit else {})
        text = _words(part.body) or ""
        yield ImportedLine(part.entity, part.part, text, digest(text) or "", row, commit.id if commit else None)


def digest(text: str | None) -> str | None:
    """Return the SHA-256 of some words, in hex."""
    return None if text is None else sha256(text.encode()).hexdigest()


def _versions(rows: Sequence[Any], commits: Mapping[int, Commit], told: Iterable[Fact]) -> Iterator[LineVersion]:
    bounds = [row.position for row in rows]
    by_version: dict[int, list[Fact]] = {}
    hashes = [digest(_words(row.body)) for row in rows]
    for fact in told:
        by_version.setdefault(_about(fact, bounds, hashes), []).append(fact)
    files: Mapping[str, str] = {}
    for n, row in enumerate(rows):
        commit, body = commits[row.position], row.body if isinstance(row.body, Mapping) else None
        files = _files(commit) or files
        mine = by_version.get(n, [])

        def last(name: str, mine: list[Fact] = mine) -> str:
            return next((str(f.origin[name]) for f in reversed(mine) if f.origin[name]), "")

        source = body.get("source") if body else None
        yield LineVersion(
            position=row.position,
            commit=commit.id,
            kind=commit.kind,
            actor=commit.actor,
            at=commit.at,
            message=commit.message,
            text=_words(body),
            speaker=body.get("speaker") if body else None,
            hash=hashes[n],
            source=_row(source, files) if isinstance(source, Mapping) else None,
            model=last("model") or (commit.actor[len(MODEL) :] if commit.actor.lower().startswith(MODEL) else ""),
            tool=last("tool"),
            prompt_hash=last("prompt_hash"),
            licence=last("licence"),
            facts=tuple(fact.id for fact in mine),
        )


def _about(fact: Fact, bounds: Sequence[int], hashes: Sequence[str | None]) -> int:
    """Return the version that a fact is about: that with the content that it names, else the one of its time."""
    if (named := fact.origin["source_hash"]) and named in hashes:
        return hashes.index(named)
    before = [n for n, position in enumerate(bounds) if position <= fact.position]
    return before[-1] if before else 0


def _words(body: Json | None) -> str | None:
    return str(body.get("content", "")) if isinstance(body, Mapping) else None


def _row(source: Mapping[str, Any], files: Mapping[str, str]) -> Row:
    raw = source.get("raw")
    return Row(source["file"], source["line"], digest(raw), files.get(source["file"]), raw)


def _files(commit: Commit) -> Mapping[str, str]:
    """Return the hashes of the files that an import read, by their names."""
    body = commit.body
    files = body.get("files") if commit.kind == "import" and isinstance(body, Mapping) else None
    return files if isinstance(files, Mapping) else {}


def _translations(studio: Studio, branch: str, node: str, text: str | None, at: int) -> Iterator[Made]:
    read = studio.store.mentions
    rows = [row for row in read.known(branch, [f"node:{node}"], at) if row.role == "translates"]
    bodies = read.bodies(branch, [("translation", row.entity, WHOLE) for row in rows], at)
    licences = {fact.subject: fact for fact in facts_of(studio, branch, [f"translation:{r.entity}" for r in rows], at)}
    for (_, unit, _), body in sorted(bodies.items()):
        subject = f"translation:{unit}"
        fact = licences.get(subject)
        words = body["text"], body["language"], fact.id if fact else "", str(fact.origin["licence"]) if fact else ""
        yield Made(unit, subject, "translation", body["source"] != text, body["source"], *words)


def _voices(
    studio: Studio, branch: str, scene: str, node: str, versions: Sequence[LineVersion], at: int
) -> Iterator[Made]:
    read, subject = studio.store.mentions, f"scene:{scene}/{node}"
    links, _ = read.descent(branch, subject, at, up=False, down=True, depth=1, limit=1000)
    made = {link.target: link.record for link in links if link.target.startswith("asset:")}
    known = {fact.id: fact for fact in facts_of(studio, branch, made, at)}
    paths = read.bodies(branch, [("asset", name.removeprefix("asset:"), WHOLE) for name in made], at)
    for name, record in sorted(made.items()):
        asset, fact = name.removeprefix("asset:"), known.get(record)
        body = paths.get(("asset", asset, WHOLE))
        words = _spoken(fact, versions) if fact else None
        stale = None if words is None else words != versions[-1].text
        path, licence = (str(body["path"]), str(body["meta"].get("license") or "")) if body else ("", "")
        yield Made(asset, name, "fact", stale, words, path, "", record, licence)
    yield from _played(studio, branch, scene, node, set(made), at)


def _spoken(fact: Fact, versions: Sequence[LineVersion]) -> str | None:
    """Return the words that something was made from: those that the fact names, else those of its time."""
    named = fact.origin["details"].get("text_hash") or fact.origin["source_hash"]
    by_hash = {version.hash: version.text for version in versions}
    if named in by_hash:
        return by_hash[named]
    before = [version.text for version in versions if version.position <= fact.position]
    return before[-1] if before else None


def _played(studio: Studio, branch: str, scene: str, node: str, known: set[str], at: int) -> Iterator[Made]:
    """Yield the voices that the scene plays right before the line."""
    state = studio.store.load(branch, Ref("scene", scene), at).state
    line = state.nodes.get(node) if state is not None else None
    if line is None:
        return
    members = [(sort_key(n.place.order, i), i, n) for i, n in state.nodes.items() if n.place.block == line.place.block]
    before = [one for one in sorted(members, key=lambda one: one[0]) if one[0] < sort_key(line.place.order, node)]
    if not before or before[-1][2].verb != "voice":
        return
    for use in uses_of(studio, branch, f"scene:{scene}/{before[-1][1]}", at):
        for asset in use.assets:
            if f"asset:{asset}" not in known:
                yield Made(asset, f"asset:{asset}", "scene", None, None, use.name)
