"""Games made to be wrong, each from a number: the same number always makes the same one."""

import io
import pickle
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.game import open_game
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.packing import rpa, with_index, zipped
from tests.infrastructure.imports.renpy.test_compiled import written

SCRIPT = Path(__file__).with_name("every_statement.rpy").read_bytes()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)
FILES = {"script.rpy": SCRIPT[:4000], "images/a.png": PICTURE}
OPCODES = bytes(range(256))
NAMES = (
    *("../../etc/passwd", "/etc/passwd", "C:\\a.rpy", "a/../b.rpy", "..", ".", "", "a\0b.rpy", "CON", "a" * 70_000),
    *("game/script.rpy/", "game/./a.rpy", "game//a.rpy", "\u202egnp.rpy", "game/\ud800.rpy", "\\\\host\\a", "a/" * 900),
)
PIECES = (
    *(b"label a:\n", b"    menu:\n", b"        'a':\n", b"    if x:\n", b'    e "x"\n', b"\t", b"\r", b"\0", b"\xff"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8", b'"""', b"'", b"(", b")", b"\\\n", b"init python:\n", b"translate a b:\n"),
    *(b"screen a():\n", b"define a = ", b"image b:\n", b"    $ x = 9**9**9\n", b"show expression ", b"{b}[", b"#" * 99),
    *(b"    " * 300, b"a." * 300, b"(" * 500, b"-" * 3000, b"not " * 900, b"lambda:" * 500, b"1 if 1 else " * 500),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A file to import: what it is, its name, and what is in it."""

    kind: str
    name: str
    data: bytes


def case(number: int) -> Case:
    """Return the game of a number."""
    chance = Random(number)
    kind = chance.choice(sorted(KINDS))
    name, data = KINDS[kind](chance)
    return Case(kind, name, data)


def bring(found: Case, folder: Path) -> str:
    """Read a game and every file in it; return the code it is refused with, or "read"."""
    place = folder / ("game" if found.name.endswith((".rpy", ".rpyc")) else "") / found.name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(found.data)
    path = folder if place.parent != folder else place
    try:
        pack = paths.read(path)
        with ExitStack() as closing:
            game = open_game(Files(path))
            closing.callback(game.close)
            for member in pack.members:
                assert sum(map(len, game.open(member.name))) == member.size
    except Refused as refusal:
        assert str(refusal)
        return refusal.code
    finally:
        place.unlink()
    return "read"


def mutated(chance: Random, data: bytes, times: int = 0) -> bytes:
    """Return data with a few bits flipped, bytes cut out, doubled, overwritten, or cut off."""
    found = bytearray(data)
    for _ in range(times or chance.choice((1, 1, 2, 4, 16))):
        at, size = chance.randrange(len(found) + 1), chance.choice((1, 2, 4, 8, 64, 1000))
        match chance.randrange(6):
            case 0 if at < len(found):
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                del found[at : at + size]
            case 2:
                found[at:at] = found[at : at + size]
            case 3:
                found[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)))
            case 4:
                del found[at:]
            case _:
                other = chance.randrange(len(found) + 1)
                found[at:at] = found[other : other + size]
    return bytes(found)


def _rpa(chance: Random) -> tuple[str, bytes]:
    version = chance.choice(("2.0", "3.0", "3.2"))
    whole = rpa(FILES, version, chance.getrandbits(32), chance.choice((0, 4)), chance.randrange(5))
    return "a.rpa", mutated(chance, whole)


def _index(chance: Random) -> tuple[str, bytes]:
    """An index that is damaged before it is packed, so that its checksum holds."""
    stretch = (chance.choice((0, 60, 1 << 62, -1)), chance.choice((0, 9, 1 << 62, -9)), b"")
    value = {chance.choice(NAMES): [stretch] * chance.randrange(4) for _ in range(chance.randrange(5))}
    data = pickle.dumps(value, chance.randrange(5))
    if chance.random() < 0.7:
        data = mutated(chance, data)
    return "a.rpa", with_index(data, chance.choice(("2.0", "3.0", "3.2")), 0, SCRIPT[:500])


def _opcodes(chance: Random) -> tuple[str, bytes]:
    """An index of opcodes that come as they like; some call what they should not."""
    calls = (
        b"cos\nsystem\n",
        b"cbuiltins\neval\n",
        b"(S'true'\ntR",
        b"\x94",
        b"]\x94h\x00a",
        b"}(",
        b"((((",
        b"2" * 99,
    )
    parts = [chance.choice((*calls, bytes((chance.randrange(256),)), b"K\x01", b"U\x01a")) for _ in range(60)]
    return "a.rpa", with_index(b"\x80\x02" + b"".join(parts) + b".")


@cache
def _compiled(protocol: int) -> bytes:
    return written(protocol)


def _rpyc(chance: Random) -> tuple[str, bytes]:
    return "a.rpyc", mutated(chance, _compiled(chance.randrange(2, 6)))


def _statements(chance: Random) -> tuple[str, bytes]:
    """Statements that are damaged before they are packed."""
    whole = zlib.decompress(_compiled(chance.randrange(2, 6))[46:-16])
    return "a.rpyc", zlib.compress(mutated(chance, whole, 1 if chance.random() < 0.8 else 4))


def _zip(chance: Random) -> tuple[str, bytes]:
    return "a.zip", mutated(chance, zipped(FILES, "g/game/"))


def _names(chance: Random) -> tuple[str, bytes]:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        archive.writestr("game/script.rpy", SCRIPT[:500])
        for _ in range(chance.randrange(4)):
            name = chance.choice(NAMES).encode(errors="replace").decode()[:60_000] or "no name"
            info = zipfile.ZipInfo(name)
            info.external_attr = chance.choice((0, 0o120777 << 16, 0o040755 << 16, 0o060666 << 16))
            info.compress_type = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
            with warnings.catch_warnings(action="ignore"):  # a name that stands twice is wanted
                archive.writestr(info, b"x" * chance.choice((0, 5, 1 << 20)))
    return "a.zip", made.getvalue().replace(b"no name", b"\0" * 7)


def _overlapping(chance: Random) -> tuple[str, bytes]:
    """Many names for one stretch of deflated zeros: small, and endless when unpacked."""
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    size = chance.choice((1 << 16, 30 << 20))
    packed = deflated.compress(bytes(size)) + deflated.flush()
    crc = zlib.crc32(bytes(size))
    first = b"game/a.rpy"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), size, len(first), 0) + first
    count = chance.choice((2, 500, 70_000 if chance.random() < 0.02 else 2000))
    central = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(packed), size, 10, 0, 0, 0, 0, 0, 0)
        + b"game/%05d" % n
        for n in range(count)
    ).replace(b"game/00000", first)
    start = len(local) + len(packed)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count & 0xFFFF, count & 0xFFFF, len(central), start, 0)
    return "a.zip", local + packed + central + end


def _nested(chance: Random) -> tuple[str, bytes]:
    data, name = zipped(FILES, "game/") if chance.random() < 0.5 else rpa(FILES), "inner"
    ending = ".zip" if data.startswith(b"PK") else ".rpa"
    for _ in range(chance.randrange(1, 6)):
        data = zipped({f"{name}{ending}": data} | ({} if chance.random() < 0.5 else {"b.zip": b"PK\3\4rest"}))
        ending = ".zip"
    return "a.zip", mutated(chance, data) if chance.random() < 0.5 else data


def _script(chance: Random) -> tuple[str, bytes]:
    return "a.rpy", mutated(chance, SCRIPT)


def _pieces(chance: Random) -> tuple[str, bytes]:
    weights = [40 if piece.isascii() else 1 for piece in PIECES]
    return "a.rpy", b"".join(chance.choices(PIECES, weights, k=chance.choice((5, 50, 500))))


def _deep(chance: Random) -> tuple[str, bytes]:
    head = chance.choice(
        (b"if x:\n", b"menu:\n", b"label a:\n", b"python:\n", b"while x:\n", b"screen a:\n", b"image a:\n")
    )
    step = chance.choice((1, 4))
    return "a.rpy", b"".join(b" " * (step * depth) + head for depth in range(chance.choice((50, 300, 2000))))


def _encoded(chance: Random) -> tuple[str, bytes]:
    text = SCRIPT.decode()[:3000]
    parts = [
        text[n : n + 300].encode(chance.choice(("utf-8", "utf-16", "latin-1", "utf-7")), "replace")
        for n in range(0, 3000, 300)
    ]
    return "a.rpy", b"".join(parts)


KINDS: dict[str, Callable[[Random], tuple[str, bytes]]] = {
    "an archive": _rpa,
    "its index": _index,
    "opcodes": _opcodes,
    "a compiled script": _rpyc,
    "its statements": _statements,
    "a zip file": _zip,
    "names in it": _names,
    "overlapping members": _overlapping,
    "archives in archives": _nested,
    "a script": _script,
    "pieces of scripts": _pieces,
    "blocks in blocks": _deep,
    "encodings": _encoded,
}


LARGE = {
    "a line of 100 MB": lambda: Case("large", "a.rpy", b'e "' + b"x" * 100_000_000 + b'"'),
    "a line of 60 MB": lambda: Case("large", "a.rpy", b'e "' + b"x" * 60_000_000 + b'"'),
    "60 MB of newlines": lambda: Case("large", "a.rpy", b"\n" * 60_000_000),
    "30 MB of brackets": lambda: Case("large", "a.rpy", b"(" * 30_000_000),
    "40 MB of quotes": lambda: Case("large", "a.rpy", b'"\n' * 20_000_000),
    "48 MB of lists": lambda: Case("large", "a.rpyc", zlib.compress(b"\x80\x02" + b"]" * (40 << 20))),
    "an index of lists": lambda: Case("large", "a.rpa", with_index(b"\x80\x02" + b"]" * (40 << 20))),
    "a gigabyte of zeros": lambda: Case("large", "a.rpyc", zlib.compress(bytes(1 << 28))),
    "an index of zeros": lambda: Case("large", "a.rpa", with_index(bytes(1 << 28))),
    "a zip of zeros": lambda: Case("large", "a.zip", zipped({"game/a.rpy": bytes(1 << 28)})),
}
"""Games that are wrong by their size alone."""
