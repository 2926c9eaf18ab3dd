"""The port `Bulk` on one database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from comfyvn.application.ports import LATEST, Commit, PartKey, PartVersion, Placed
from comfyvn.infrastructure.storage import rows
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.projections.bulk import Bulk
from comfyvn.projections.commits import Lineage


@dataclass(frozen=True, slots=True)
class BulkReads:
    """Asks about many parts at once; `visible` tells where a branch reads as of a position."""

    database: Database
    visible: Callable[[Connection, str, int], Lineage]
    reads: Bulk

    def placed(
        self, branch: str, kind: str, at: int = LATEST, *, may: Callable[[str], bool] | None = None
    ) -> Iterator[Placed]:
        """Yield all parts of a kind that are in force, in no order; with `may` those whose JSON text passes."""
        with self.database.read() as conn:
            for entity, part, position, body in self.reads.placed(conn, self.visible(conn, branch, at), kind):
                if may is None or may(body):
                    yield Placed(entity, part, position, orjson.loads(body))

    def born(self, branch: str, kind: str, at: int = LATEST) -> Mapping[str, int]:
        """Return for each entity of a kind, those that are gone included, where its history begins."""
        with self.database.read() as conn:
            return self.reads.born(conn, self.visible(conn, branch, at), kind)

    def deeds(self, branch: str, at: int = LATEST) -> Sequence[Commit]:
        """Return the commits that are not plainly a person's own work: imports, merges, and those of models."""
        with self.database.read() as conn:
            return [rows.to_commit(row) for row in self.reads.deeds(conn, self.visible(conn, branch, at))]

    def made(self, branch: str, kind: str, positions: Iterable[int], at: int = LATEST) -> Iterator[tuple[PartKey, int]]:
        """Yield the parts of a kind of which the commits at some positions made a version, with the position."""
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            for entity, part, position in self.reads.made(conn, lineage, kind, positions):
                yield (entity, part), position

    def histories(
        self, branch: str, kind: str, keys: Iterable[PartKey], at: int = LATEST
    ) -> Mapping[PartKey, Sequence[PartVersion]]:
        """Return every version of some parts that is visible on a branch, oldest first."""
        with self.database.read() as conn:
            found = self.reads.histories(conn, self.visible(conn, branch, at), kind, keys)
        return {
            key: [PartVersion(position, None if body is None else orjson.loads(body)) for position, body in versions]
            for key, versions in found.items()
        }
