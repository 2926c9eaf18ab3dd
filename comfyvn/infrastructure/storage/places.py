"""The port `Places` on one database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Double, MetaData, String, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from comfyvn.application.maps.places import Standing
from comfyvn.domain.layout import Point
from comfyvn.infrastructure.storage.engine import Database

KEY = ("project", "view", "item")


class StoredPlaces:
    """Keeps where things stand in the table of places; who writes last wins."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = Table(
            f"{database.application}_place",
            MetaData(),
            *(Column(name, String, primary_key=True) for name in KEY),
            Column("x", Double),
            Column("y", Double),
            Column("chosen", Boolean),
        )
        self._insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert

    def standing(self, project: str, view: str) -> Mapping[str, Standing]:
        """Return where everything of a view stands."""
        t = self._table.c
        wanted = select(t.item, t.x, t.y, t.chosen).where(t.project == project, t.view == view)
        with self._database.read() as conn:
            return {item: Standing(Point(x, y), chosen) for item, x, y, chosen in conn.execute(wanted)}

    def settle(self, project: str, view: str, places: Mapping[str, Point]) -> None:
        """Keep computed places of things that stand nowhere yet."""
        statement = self._insert(self._table).on_conflict_do_nothing(index_elements=KEY)
        self._write(statement, project, view, places, chosen=False)

    def move(self, project: str, view: str, places: Mapping[str, Point]) -> None:
        """Keep the places that a person chose."""
        statement = self._insert(self._table)
        new = {name: statement.excluded[name] for name in ("x", "y", "chosen")}
        self._write(statement.on_conflict_do_update(index_elements=KEY, set_=new), project, view, places, chosen=True)

    def forget(self, project: str, view: str, *, chosen: bool) -> None:
        """Forget the computed places of a view, with `chosen` those that people chose too."""
        t = self._table.c
        unwanted = delete(self._table).where(t.project == project, t.view == view)
        with self._database.write() as conn:
            conn.execute(unwanted if chosen else unwanted.where(t.chosen.is_(False)))

    def _write(self, statement: Any, project: str, view: str, places: Mapping[str, Point], *, chosen: bool) -> None:
        of = {"project": project, "view": view, "chosen": chosen}
        rows = [{**of, "item": item, "x": x, "y": y} for item, (x, y) in sorted(places.items())]
        if rows:
            with self._database.write() as conn:
                conn.execute(statement, rows)
