"""The port `Mentions` on one database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol

import orjson
from sqlalchemy import Connection

from comfyvn.application.ports import LATEST, Ref
from comfyvn.domain.kernel import Json
from comfyvn.domain.mentions import Key, Link, Named, Word
from comfyvn.projections.commits import Lineage
from comfyvn.projections.descent import Descent
from comfyvn.projections.mentions import Mentions


class Readable(Protocol):
    """What opens a snapshot."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open a snapshot, or give the one that is open."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that is open: whatever is asked sees the same, and no question opens another."""

    conn: Connection

    def read(self) -> AbstractContextManager[Connection]:
        """Give the connection."""
        return nullcontext(self.conn)


@dataclass(frozen=True, slots=True)
class MentionReads:
    """Asks what names what; `visible` tells where a branch reads as of a position."""

    database: Readable
    visible: Callable[[Connection, str, int], Lineage]
    reads: Mentions

    @contextmanager
    def reading(self) -> Iterator["MentionReads"]:
        """Open one snapshot for several questions."""
        seen: dict[tuple[str, int], Lineage] = {}

        def visible(conn: Connection, branch: str, at: int) -> Lineage:
            if (branch, at) not in seen:
                seen[branch, at] = self.visible(conn, branch, at)
            return seen[branch, at]

        with self.database.read() as conn:
            yield MentionReads(Snapshot(conn), visible, self.reads)

    def known(self, branch: str, names: Iterable[str], at: int = LATEST) -> Sequence[Named]:
        """Return everything that stands under some names, in no order."""
        with self.database.read() as conn:
            return self.reads.known(conn, self.visible(conn, branch, at), names)

    def words(self, branch: str, names: Iterable[str], at: int = LATEST) -> Set[Word]:
        """Return what gives a meaning to some names, and in which ways they are used, or were some time."""
        with self.database.read() as conn:
            return self.reads.words(conn, self.visible(conn, branch, at), names)

    def begun(self, branch: str, starts: Iterable[str], at: int = LATEST) -> Set[Word]:
        """Return the same of some names and of all that begin with their words."""
        with self.database.read() as conn:
            return self.reads.begun(conn, self.visible(conn, branch, at), starts)

    def declaring(self, branch: str, names: Iterable[str], at: int = LATEST) -> Sequence[Named]:
        """Return the uses of some names, in no order, that give the thing another name."""
        with self.database.read() as conn:
            return self.reads.known(conn, self.visible(conn, branch, at), names, "declaring")

    def everything(self, branch: str, at: int = LATEST) -> Sequence[Word]:
        """Return all names that are used, and all that give names a meaning."""
        with self.database.read() as conn:
            return self.reads.everything(conn, self.visible(conn, branch, at))

    def uses(
        self, branch: str, pairs: Iterable[tuple[str, str | None]], at: int, after: Key | None, limit: int
    ) -> tuple[int, Sequence[Named]]:
        """Return how many uses there are of (name, about; None: any), and the first `limit` of them behind `after`."""
        with self.database.read() as conn:
            return self.reads.uses(conn, self.visible(conn, branch, at), pairs, after, limit)

    def of(self, branch: str, ref: Ref, part: str | None = None, at: int = LATEST) -> Sequence[Named]:
        """Return all that an entity, or one part of it, names."""
        with self.database.read() as conn:
            return self.reads.of(conn, self.visible(conn, branch, at), ref.kind, ref.id, part)

    def descent(
        self, branch: str, subject: str, at: int, *, up: bool, down: bool, depth: int | None, limit: int
    ) -> tuple[Sequence[Link], bool]:
        """Return what a subject was made from and what was made from it; and whether there is more."""
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            walker = Descent(self.reads)
            return walker.walk(conn, lineage, subject, up=up, down=down, depth=depth, limit=limit)

    def home(self, branch: str, node: str, at: int = LATEST) -> str | None:
        """Return the scene of a line, None where there is no such line."""
        with self.database.read() as conn:
            return Descent(self.reads).home(conn, self.visible(conn, branch, at), node)

    def bodies(
        self, branch: str, keys: Iterable[tuple[str, str, str]], at: int = LATEST
    ) -> Mapping[tuple[str, str, str], Json]:
        """Return some parts (kind, entity, part) that are there."""
        with self.database.read() as conn:
            lineage = self.visible(conn, branch, at)
            found = self.reads.bodies(conn, lineage, keys)
        return {key: orjson.loads(body) for key, body in found.items()}
