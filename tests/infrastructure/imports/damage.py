"""Stories for every reader, and stories made to be wrong, each from a number: the same number always makes the same."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from comfyvn.application.imports import import_pack
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kernel import Missing, Refused
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.readers import READERS
from tests.infrastructure.imports import test_ink, test_pack, test_twine, test_yarn
from tests.infrastructure.imports.archives import zipped
from tests.infrastructure.imports.renpy import packing
from tests.infrastructure.imports.renpy.fuzzing import SCRIPT, mutated
from tests.ink_players import by_inkjs
from tests.samples import kag, roleplay

PIECES: Final = (
    *(
        b"\n",
        b"\r",
        b"\t",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\xed\xa0\x80",
        b"<<if ",
        b"<<endif>>",
    ),
    *(b"[if exp=", b"[endif]", b"[macro name=", b"[iscript]", b"{", b"}", b"{&", b"|", b"->", b"<-", b"->->", b"<>"),
    *(
        b"[[",
        b"]]",
        b"\n* ",
        b"\n- ",
        b"\n=== a\n",
        b"\n:: a\n",
        b"===\n",
        b"---\n",
        b"<tw-passagedata>",
        b"(set: $a to ",
    ),
    *(b"/*", b"~ x = 9", b"VAR a = ", b'"' * 9, b"(" * 300, b"{" * 300, b"[" * 300, b"-" * 300, b"<<" * 200),
    *(b"1+" * 300, b"    " * 99, b'{"a":' * 200, b"9" * 400, b"1e999", b"NaN", b"-0", b'"\\ud800"', b"null", b"{}"),
)
VALUES: Final = (
    *(None, True, -1, 0, 1 << 70, 10**400, 0.5, float("nan"), float("inf"), "", "\ud800", "\0", "a" * 5_000, "../../a"),
    *([], {}, [[[[[]]]]], {"": {}}, "=1+1", "{" * 50, "[" * 50, "name", "9e999"),
)


_NUMBERS: Final = count(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A file to import: the engine whose reader reads it, what it is, its name, and what is in it."""

    engine: str
    kind: str
    name: str
    data: bytes


@cache
def stories(engine: str) -> dict[str, bytes]:
    """Return sound files for a reader by name; the first one is plain text, and can stand in any zip file."""
    found = {**_PLAIN[engine]()}
    return {**found, "a.zip": zipped(found), **_PACKED.get(engine, dict)()}


def _pictures() -> dict[str, bytes]:
    charx = zipped({"card.json": json.dumps(roleplay.CARD).encode()})
    return {"card.png": roleplay.picture_bytes("red", roleplay.CARD), "a.charx": charx}


_PLAIN: Final[dict[str, Callable[[], dict[str, bytes]]]] = {
    "comfyvn": lambda: {"comfyvn-pack.json": json.dumps(test_pack.PACK).encode()},
    "renpy": lambda: {"game/script.rpy": SCRIPT[:6_000]},
    "tyranoscript": lambda: {"first.ks": kag.FIRST.encode(), "second.ks": kag.SECOND.encode()},
    "kirikiri": lambda: {"first.ks": kag.KAG.encode("cp932")},
    "twine": lambda: {
        "inn.twee": test_twine.twee(test_twine.SUGARCUBE, "SugarCube").encode(),
        "b.twee": test_twine.HARLOWE.encode(),
    },
    "roleplay": lambda: {
        "main.jsonl": "\n".join(roleplay.MAIN).encode(),
        "card.json": json.dumps(roleplay.CARD).encode(),
        "chat.txt": b"Ann: Hello *she waves*.\n[12:03] Bo: Hi.\n\n# Later\nAnn: Bye.\n",
    },
    "yarn": lambda: {"lamp.yarn": test_yarn.LAMP.encode(), "b.yarn": test_yarn.BAKER.encode()},
    "ink": lambda: {"doors.ink": test_ink.DOORS.encode(), "harbour.ink": test_ink.HARBOUR.encode()},
}
_PACKED: Final[dict[str, Callable[[], dict[str, bytes]]]] = {
    "renpy": lambda: {"a.rpa": packing.rpa({"script.rpy": SCRIPT[:3_000]})},
    "tyranoscript": lambda: {"app.asar": kag.asar(kag.tyrano_files())},
    "kirikiri": lambda: {
        "data.xp3": kag.xp3(kag.kag_files()),
        "second.xp3": kag.xp3({"a.ks": b"*a\nHi.[p]"}, packed=False, second=True),
    },
    "twine": lambda: {
        "inn.html": test_twine.page(test_twine.from_twee(test_twine.twee(test_twine.CHAPBOOK, "Chapbook"))).encode()
    },
    "roleplay": _pictures,
    "ink": lambda: {"harbour.ink.json": by_inkjs(test_ink.HARBOUR, [])["compiled"].encode()},
}
ENGINES: Final = tuple(READERS)


def case(number: int, engine: str | None = None) -> Case:
    """Return the story of a number, for one reader or for any."""
    chance = Random(number)
    engine = engine or chance.choice(ENGINES)
    name, data = chance.choice(sorted(stories(engine).items()))
    kind = chance.choice(("damaged", "cut", "pieces", "packed"))
    if kind == "cut":
        return Case(engine, kind, name, data[: chance.randrange(len(data))])
    if kind == "damaged" and name.endswith((".json", ".jsonl")) and chance.random() < 0.8:
        return Case(engine, "values", name, _with_odd_values(chance, data))
    plain = [*_PLAIN[engine]().items()]
    if kind == "pieces":
        name, data = chance.choice(plain)
        return Case(engine, kind, name, _pieces(chance, data))
    if kind == "packed":
        files = {n: mutated(chance, d) if chance.random() < 0.7 else _pieces(chance, d) for n, d in plain}
        return Case(engine, kind, "a.zip", zipped(files))
    return Case(engine, kind, name, mutated(chance, data))


def _pieces(chance: Random, data: bytes) -> bytes:
    """Return lines of a story in another order, with pieces of all languages in them."""
    lines = data.splitlines(keepends=True)
    found = chance.choices([*lines, *PIECES] if chance.random() < 0.8 else PIECES, k=chance.choice((3, 30, 150)))
    return b"".join(found)


def _with_odd_values(chance: Random, data: bytes) -> bytes:
    rows = data.split(b"\n") if data.startswith(b'{"chat_metadata"') else [data]
    for _ in range(chance.choice((1, 1, 3))):
        at = chance.randrange(len(rows))
        value = json.loads(rows[at])
        holders = [*_holders(value)]
        if holders:
            holder, key = chance.choice(holders)
            holder[key] = chance.choice(VALUES)
        rows[at] = json.dumps(value).encode()
    return b"\n".join(rows)


def _holders(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield value, key
        yield from _holders(inner)


def bring(found: Case, folder: Path, studio: Studio) -> str:
    """Import a story into a project of its own; return the code it is refused with, or "read"."""
    place = folder / "in" / found.name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(found.data)
    path = folder / "in" if "/" in found.name else place
    reader = READERS[found.engine]
    try:
        files = Files(path)
        assert 0 <= reader.probe(files).confidence <= 1
        incoming = reader.read(files)
        project = found_project(studio, f"Story {next(_NUMBERS)}", Request(actor="ada"))
        blobs = FileBlobs(folder / "blobs")
        import_pack(studio, blobs, project.main, incoming.pack, incoming.open_member, Request(actor="ada"))
    except (Refused, Missing) as refusal:
        assert str(refusal)
        assert refusal.code
        return refusal.code
    finally:
        place.unlink()
    return "read"


def plain_names(engine: str) -> frozenset[str]:
    """Return the names of the sound files that are not packed."""
    return frozenset(_PLAIN[engine]())


def first_name(engine: str) -> str:
    return next(iter(stories(engine)))


def large(engine: str, size: int) -> dict[str, bytes]:
    """Return stories of a reader that are wrong by their size alone, of about so many bytes."""
    sound = stories(engine)[first_name(engine)]
    mark = _MARKS[engine]
    return {
        "one long line": sound + b"\n" + b"x " * (size // 2),
        "many lines": sound + b"\na" * (size // 2),
        "brackets in brackets": sound + b"\n" + b"([{<" * (size // 4),
        "many marks": sound + mark * (size // len(mark)),
        "noise": Random(1).randbytes(size),
        "a text in UTF-16": sound.decode("utf-8", "replace").encode("utf-16-be") * 20,
    }


_MARKS: Final = {
    "comfyvn": b",[",
    "renpy": b"\nlabel a:\n",
    "tyranoscript": b"\n*a\n[l]",
    "kirikiri": b"\n*a\n[l]",
    "twine": b"\n:: a\n[[b]]",
    "roleplay": b'\n{"name":"a","mes":"*b*"}',
    "yarn": b"\ntitle: a\n---\n-> b\n===\n",
    "ink": b"\n* a\n- {b|c}\n",
}
