"""Whose work each line, translation and asset of a branch is, from commits and facts of origin.

The importer and models are told by their commits: an import, or an actor called ``model:NAME``. A merge brings in
what was made on another branch, so its verdicts are those of that branch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from comfyvn.application.ports import Commit, PartKey
from comfyvn.application.provenance.holdings import Holdings, holdings
from comfyvn.application.studio import Studio
from comfyvn.domain.disclosure import Claim, Hand, Verdict, Version, verdict
from comfyvn.domain.kernel import WHOLE, Json

MODEL: Final = "model:"
"""How the name of an actor begins that is a model."""


Brought = Mapping[int, Mapping[Any, Verdict]]
"""What merges brought to a part: position of the merge -> content -> whose work it is."""


class Thing(NamedTuple):
    """A text or file in force: its kind of entity, its key, and what it is."""

    kind: str
    key: PartKey
    position: int
    body: Json


def content(kind: str, body: Json | None) -> Any:
    """Return what counts as the content of a part, None where it has none."""
    if body is None:
        return None
    if kind == "asset":
        return body["hash"]
    if kind == "translation":
        return body["text"]
    if body.get("type") not in ("text", "choice"):
        return None
    options = sorted((edge_id, edge.get("text")) for edge_id, edge in (body.get("next") or {}).items())
    return (body.get("content", ""), *((i, text) for i, text in options if text))


def subject_of(kind: str, key: PartKey) -> str:
    """Return the subject that facts of origin use for a part."""
    return f"{kind}:{key[0]}" if key[1] == WHOLE else f"{kind}:{key[0]}/{key[1]}"


@dataclass
class Authorship:
    """Tells whose work the parts of a branch are at one position. Every question is asked in bulk."""

    studio: Studio
    held: Holdings
    _sources: dict[tuple[str, int], "Authorship"] = field(default_factory=dict)
    _deeds: dict[int, Commit] | None = None

    @property
    def deeds(self) -> Mapping[int, Commit]:
        """The commits that are not plainly a person's own work, by position."""
        if self._deeds is None:
            found = self.studio.store.bulk.deeds(self.held.branch, self.held.position)
            self._deeds = {commit.position: commit for commit in found}
        return self._deeds

    def things(self, kind: str) -> Iterator[Thing]:
        """Yield the texts or files of a kind that are in force."""
        for placed in self.studio.store.bulk.placed(self.held.branch, kind, self.held.position):
            if content(kind, placed.body) is not None:
                yield Thing(kind, (placed.entity, placed.part), placed.position, placed.body)

    def verdicts(self, kind: str, things: Iterable[Thing]) -> dict[PartKey, Verdict]:
        """Return whose work things of one kind are."""
        listed = {thing.key: thing for thing in things}
        touched = self._touched(kind)
        typed = kind != "asset"
        found: dict[PartKey, Verdict] = {}
        asked: list[PartKey] = []
        for key, thing in listed.items():
            marks = touched.get(key)
            if not marks and not self.held.of(subject_of(kind, key)):
                found[key] = Verdict("human" if typed else "unknown", thing.position)
            elif marks == [thing.position] and self._plain_import(thing.position) and typed:
                found[key] = self._claimed(kind, key, [Version(thing.position, content(kind, thing.body))], {})
            else:
                asked.append(key)
        for key, (versions, brought) in self._histories(kind, asked).items():
            found[key] = self._claimed(kind, key, versions, brought)
        return found

    def by_content(self, kind: str, keys: Iterable[PartKey]) -> dict[PartKey, dict[Any, Verdict]]:
        """Return for each part the verdict on every content that it ever had here."""
        return {
            key: {
                version.content: self._claimed(kind, key, versions[: n + 1], brought)
                for n, version in enumerate(versions)
                if version.content is not None
            }
            for key, (versions, brought) in self._histories(kind, list(keys)).items()
        }

    def _plain_import(self, position: int) -> bool:
        commit = self.deeds.get(position)
        return commit is not None and commit.kind == "import" and not _is_model(commit)

    def _touched(self, kind: str) -> dict[PartKey, list[int]]:
        found: dict[PartKey, list[int]] = defaultdict(list)
        bulk = self.studio.store.bulk
        for key, position in bulk.made(self.held.branch, kind, self.deeds, self.held.position):
            found[key].append(position)
        return found

    def _histories(self, kind: str, keys: list[PartKey]) -> dict[PartKey, tuple[list[Version], Brought]]:
        """Return for each part its versions, the oldest first, and what merges brought to it."""
        rows = self.studio.store.bulk.histories(self.held.branch, kind, keys, self.held.position)
        brought = self._merged(kind, {key: {version.position for version in found} for key, found in rows.items()})
        return {
            key: ([Version(row.position, content(kind, row.body)) for row in found], brought.get(key, {}))
            for key, found in rows.items()
        }

    def _claimed(self, kind: str, key: PartKey, versions: list[Version], brought: Brought) -> Verdict:
        marks: dict[int, Hand | Mapping[Any, Verdict]] = {}
        for version in versions:
            commit = self.deeds.get(version.position)
            if version.position in brought:
                marks[version.position] = brought[version.position]
            elif commit is not None and _is_model(commit):
                marks[version.position] = "generated"
            elif commit is not None and commit.kind == "import":
                marks[version.position] = "unknown"
        claims = (
            Claim(record.id, record.position, record.origin)
            for record in self.held.of(subject_of(kind, key))
            if record.position not in brought
        )
        return verdict(versions, marks, claims, typed=kind != "asset")

    def _merged(self, kind: str, positions: Mapping[PartKey, set[int]]) -> dict[PartKey, dict[int, dict[Any, Verdict]]]:
        """Return for each part what the merges that touched it brought, by position and content."""
        found: dict[PartKey, dict[int, dict[Any, Verdict]]] = defaultdict(dict)
        for position, commit in self.deeds.items():
            if commit.kind != "merge" or _is_model(commit):
                continue
            keys = [key for key, at in positions.items() if position in at]
            source = self._source(commit) if keys else None
            if source is not None:
                for key, verdicts in source.by_content(kind, keys).items():
                    found[key][position] = verdicts
        return found

    def _source(self, commit: Commit) -> "Authorship | None":
        """Return the branch that a merge took from, as it was then."""
        asked = commit.body if isinstance(commit.body, dict) else {}
        if isinstance(taken := asked.get("commit"), str):
            other = self.studio.store.commit(taken)
            point = (other.branch, other.position)
        elif isinstance(branch := asked.get("source"), str):
            point = (branch, commit.first_position - 1)
        else:
            return None
        if point not in self._sources:
            self._sources[point] = Authorship(self.studio, holdings(self.studio, *point), self._sources)
        return self._sources[point]


def _is_model(commit: Commit) -> bool:
    return commit.actor.casefold().startswith(MODEL)
