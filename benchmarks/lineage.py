"""Where assets are used and what they were made from, in a large project, beside plain tables made for the question."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from immutables import Map

from benchmarks.desk import Desk, created, desk
from benchmarks.measuring import Row, Sizes, by_turns
from comfyvn.application.assets.using import lacking, used, where_used
from comfyvn.application.ports import LATEST, Ref
from comfyvn.application.provenance.lineage import lineage
from comfyvn.domain.assets import Asset
from comfyvn.domain.cast import Character
from comfyvn.domain.provenance import Origin
from comfyvn.domain.story.state import Node, Place, Scene

PER_SCENE = 1000
ROOMS, MOODS, OTHERS = 7, 40, 2000
DEPTH = 50
ASSETS = ROOMS + MOODS + OTHERS + DEPTH + 1
MOST = 0.05
"""Seconds that an answer may take."""
PAGE = 100


def tracing(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of a project of 100,000 lines and 2,098 assets."""
    with desk(folder, "traced") as found:
        _fill(found, sizes.lines)
        plain = sqlite3.connect(folder / "plain.db")
        _fill_plain(plain, sizes.lines)
        yield from _uses(found, plain, sizes)
        yield _all(found, plain, sizes)
        yield _chain(found, plain, sizes)
        plain.close()


def _node(n: int) -> Node:
    place = Place("", f"V{n % PER_SCENE:06}")
    if n % 10 == 0:
        return Node("action", place, f"bg room{n // 10 % ROOMS}", verb="scene")
    if n % 10 == 5:
        return Node("action", place, f"eve mood{n // 10 % MOODS}", verb="show")
    posed = {"attributes": [f"mood{n % MOODS}"]} if n % 3 == 0 else {}
    return Node("text", place, f"These are the words of line {n}.", "eve", directives=posed)


def _fill(found: Desk, lines: int) -> None:
    paths = [*(f"bg room{n}" for n in range(ROOMS)), *(f"eve mood{n}" for n in range(MOODS))]
    paths += [f"other {n}" for n in range(OTHERS)]
    changes = [
        created(Ref("asset", f"a{n}"), Asset("image", f"images/{p}.png", "0" * 64, 1)) for n, p in enumerate(paths)
    ]
    changes.append(created(Ref("character", "eve"), Character("Eve", variable="eve")))
    for n in range(DEPTH):
        fact = Origin(f"asset:c{n + 1}", "derived", method="crop", inputs={f"asset:c{n}": "parent"})
        changes.append(created(Ref("provenance", f"f{n}"), fact))
    changes += [created(Ref("asset", f"c{n}"), Asset("image", f"made/{n}.png", "0" * 64, 1)) for n in range(DEPTH + 1)]
    found.append(found.main, changes)
    for start in range(0, lines, PER_SCENE):
        nodes = {f"n{n}": _node(n) for n in range(start, min(start + PER_SCENE, lines))}
        found.append(found.main, [created(Ref("scene", f"s{start}"), Scene(f"Scene {start}", nodes=Map(nodes)))])


def _fill_plain(conn: sqlite3.Connection, lines: int) -> None:
    """Fill tables that know which asset each line uses: what our answer has to find out by names."""
    conn.executescript(
        """CREATE TABLE line (id INTEGER PRIMARY KEY, scene TEXT, body TEXT);
        CREATE TABLE use (asset INTEGER, line INTEGER, role TEXT);
        CREATE INDEX use_asset ON use (asset, line);
        CREATE TABLE asset (id INTEGER PRIMARY KEY, path TEXT);
        CREATE TABLE made (source INTEGER, target INTEGER, role TEXT, method TEXT);
        CREATE INDEX made_source ON made (source); CREATE INDEX made_target ON made (target);"""
    )
    nodes = [(n, _node(n)) for n in range(lines)]
    conn.executemany("INSERT INTO line VALUES (?,?,?)", [(n, f"s{n // PER_SCENE}", node.content) for n, node in nodes])
    uses = [(int(node.content[7:]), n, "shows") for n, node in nodes if node.verb == "scene"]
    uses += [(ROOMS + int(node.content[8:]), n, "shows") for n, node in nodes if node.verb == "show"]
    uses += [(ROOMS + n % MOODS, n, "shows") for n, node in nodes if node.directives]
    conn.executemany("INSERT INTO use VALUES (?,?,?)", uses)
    conn.executemany("INSERT INTO asset VALUES (?,?)", [(n, f"{n}.png") for n in range(ROOMS + MOODS + OTHERS)])
    conn.executemany("INSERT INTO made VALUES (?,?,'parent','crop')", [(n, n + 1) for n in range(DEPTH)])
    conn.commit()


def _uses(found: Desk, plain: sqlite3.Connection, sizes: Sizes) -> Iterator[Row]:
    head = found.store.head(found.main)
    total = where_used(found.studio, found.main, f"a{ROOMS}").total

    def ask(at: int) -> Callable[[int], partial[object]]:
        return lambda _: partial(where_used, found.studio, found.main, f"a{ROOMS}", at)

    def raw(_: int) -> partial[None]:
        return partial(_plain_uses, plain, ROOMS)

    for name, at, when in (("where-used", LATEST, ""), ("where-used-past", head, " as of a past position")):
        ours, theirs = by_turns(3 * sizes.rounds, ask(at), raw)
        yield Row(
            name,
            f"where an image is used, {total} times in {sizes.lines} lines{when}: count and first {PAGE} with words",
            ours,
            "raw sqlite3, a table of uses by asset",
            theirs,
            f"≤ {MOST * 1000:g} ms",
            ours <= MOST,
        )


def _plain_uses(conn: sqlite3.Connection, asset: int) -> None:
    conn.execute("SELECT count(*) FROM use WHERE asset = ?", (asset,)).fetchone()
    asked = "SELECT use.role, line.* FROM use JOIN line ON line.id = use.line WHERE asset = ? ORDER BY line LIMIT ?"
    conn.execute(asked, (asset, PAGE)).fetchall()


def _all(found: Desk, plain: sqlite3.Connection, sizes: Sizes) -> Row:
    """Return the row of what nothing uses and what is missing, which look at the whole project."""

    def ask(_: int) -> partial[None]:
        return partial(_both, found)

    def raw(_: int) -> partial[object]:
        asked = "SELECT id FROM asset WHERE NOT EXISTS (SELECT 1 FROM use WHERE asset = asset.id)"
        return partial(lambda: plain.execute(asked).fetchall())

    ours, theirs = by_turns(sizes.rounds, ask, raw)
    return Row(
        "unused",
        f"which of {ASSETS} assets nothing uses, and which names of {sizes.lines} lines are missing",
        ours,
        "raw sqlite3, assets without a row in a table of uses",
        theirs,
        "≤ 1 s",
        ours <= 1,
    )


def _both(found: Desk) -> None:
    used(found.studio, found.main)
    lacking(found.studio, found.main)


def _chain(found: Desk, plain: sqlite3.Connection, sizes: Sizes) -> Row:
    def ask(_: int) -> partial[object]:
        return partial(lineage, found.studio, found.main, f"asset:c{DEPTH}")

    def raw(_: int) -> partial[object]:
        return partial(_plain_chain, plain)

    ours, theirs = by_turns(3 * sizes.rounds, ask, raw)
    return Row(
        "lineage",
        f"what an asset was made from, {DEPTH} steps back: a graph with facts, in a project of {sizes.lines} lines",
        ours,
        "raw sqlite3, a recursive question over a table of steps",
        theirs,
        f"≤ {MOST * 1000:g} ms",
        ours <= MOST,
    )


def _plain_chain(conn: sqlite3.Connection) -> None:
    walk = """WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT source FROM made JOIN up ON target = up.id)
        SELECT made.* FROM made JOIN up ON target = up.id"""
    conn.execute(walk, (DEPTH,)).fetchall()
