"""The port `Chronicle` on one database."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import Connection

from comfyvn.application.changes.chronicle import Deed, Filter
from comfyvn.application.ports import LATEST, Commit, Ref
from comfyvn.infrastructure.storage import rows
from comfyvn.infrastructure.storage.engine import Database
from comfyvn.projections.chronicle import Chronicle
from comfyvn.projections.commits import Lineage


@dataclass(frozen=True, slots=True)
class ChronicleReads:
    """Asks about many commits at once; `visible` tells where a branch reads as of a position."""

    database: Database
    visible: Callable[[Connection, str, int], Lineage]
    reads: Chronicle

    def commits(self, branch: str, wanted: Filter, at: int = LATEST, *, size: int) -> Sequence[Commit]:
        """Return the first `size` commits visible on a branch at `at` that pass a filter, the newest first."""
        of = wanted.entity
        asked = {name: getattr(wanted, name) for name in ("actor", "kinds", "since", "until")}
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            places = None if of is None else self.reads.moments(conn, lineage, of.kind, of.id)
            return [rows.to_commit(row) for row in self.reads.commits(conn, lineage, asked, places, size)]

    def deeds(self, positions: Iterable[int], most: int) -> Mapping[int, Sequence[Deed]]:
        """Return what the commits at some positions recorded; nothing of those with more than `most` events."""
        found: dict[int, list[Deed]] = {}
        with self.database.read() as conn:
            for position, stream, topic, count in self.reads.deeds(conn, positions, most):
                ref = Ref.of(stream.partition("/")[2])
                found.setdefault(position, []).append(Deed(ref, topic.rpartition(".")[0], count))
        return found

    def moments(self, branch: str, ref: Ref, at: int = LATEST) -> Set[int]:
        """Return the positions of all commits visible on a branch that changed an entity."""
        with self.database.read() as conn:
            return self.reads.moments(conn, self.visible(conn, branch, at), ref.kind, ref.id)
