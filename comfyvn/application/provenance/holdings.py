"""What a project holds and what is recorded of its origin, read once at one position."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from comfyvn.application.ports import LATEST
from comfyvn.application.provenance.spdx import LICENCE
from comfyvn.application.studio import Studio
from comfyvn.domain.assets import Asset
from comfyvn.domain.project import COMMERCIAL, Project
from comfyvn.domain.provenance import Origin

PROMPT: Final = "prompt"
"""The role of an input that only told a program what to make: neither its licence nor its author goes on."""


class Record(NamedTuple):
    """A fact of origin: its id and the position where it was recorded first."""

    id: str
    position: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Holdings:
    """A project at one position. `origins` holds the facts by subject, the oldest first; `assets` states by id."""

    branch: str
    position: int
    project: Project
    assets: Mapping[str, Asset]
    origins: Mapping[str, tuple[Record, ...]]

    @property
    def commercial(self) -> bool | None:
        """Whether the project says that it is commercial; None: it says nothing."""
        said = self.project.meta.get(COMMERCIAL)
        return said if isinstance(said, bool) else None

    def asset(self, subject: str) -> Asset | None:
        """Return the asset that a subject names, if it is there."""
        kind, _, asset_id = subject.partition(":")
        return self.assets.get(asset_id) if kind == "asset" else None

    def of(self, subject: str) -> tuple[Record, ...]:
        """Return the facts about a subject, the oldest first."""
        return self.origins.get(subject, ())

    def inputs(self, subject: str) -> tuple[str, ...]:
        """Return the subjects that went into one, each once, in the order in which they were recorded."""
        found = (name for record in self.of(subject) for name, role in record.origin.inputs.items() if role != PROMPT)
        return tuple(name for name in dict.fromkeys(found) if name != subject)

    def licence(self, subject: str) -> str:
        """Return the words for the licence of a subject: an asset's own, else the last that was recorded; or ""."""
        asset = self.asset(subject)
        said = None if asset is None else asset.meta.get(LICENCE)
        return said if isinstance(said, str) and said.strip() else self._last(subject, "licence")

    def credit(self, subject: str) -> str:
        """Return who is to be named for a subject: the last that was recorded, else the author of the asset; or ""."""
        if named := self._last(subject, "credit"):
            return named
        asset = self.asset(subject)
        author = None if asset is None else asset.meta.get("author")
        return author.strip() if isinstance(author, str) else ""

    def _last(self, subject: str, name: str) -> str:
        said = (str(getattr(record.origin, name)).strip() for record in reversed(self.of(subject)))
        return next(filter(None, said), "")


def holdings(studio: Studio, branch: str, at: int = LATEST) -> Holdings:
    """Return what a branch held as of a position; raise Missing("branch_unknown")."""
    store = studio.store
    row = store.branch(branch)
    upto = store.head(branch, at)
    projects = store.load_all(branch, "project", upto)
    project = next((projects[ref] for ref in sorted(projects)), None) or Project(row.project)
    born = store.bulk.born(branch, "provenance", upto)
    records = sorted(
        (Record(ref.id, born[ref.id], origin) for ref, origin in store.load_all(branch, "provenance", upto).items()),
        key=lambda record: (record.position, record.id),
    )
    origins: dict[str, list[Record]] = {}
    for record in records:
        origins.setdefault(record.origin.subject, []).append(record)
    assets = {ref.id: state for ref, state in store.load_all(branch, "asset", upto).items()}
    return Holdings(branch, upto, project, assets, {subject: tuple(found) for subject, found in origins.items()})
