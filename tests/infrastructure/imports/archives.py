"""Zip files made to hurt, of any files: what they are, how they are made, and what a reader may say of them."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final

Files = Mapping[str, bytes]
Make = Callable[[Files], bytes]

UNSAFE: Final = frozenset({"member_name_unsafe"})
BOMB: Final = frozenset({"archive_bomb"})
DAMAGED: Final = frozenset({"archive_malformed"})
READ: Final = frozenset({"read"})
ANY: Final = frozenset({"read", "not_a_game", "archive_malformed", "name_repeated"})


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED, **extra: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive, warnings.catch_warnings(action="ignore"):
        for name, content in [*files.items(), *extra.items()]:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return made.getvalue()


def named(name: str) -> Make:
    return lambda files: zipped({**files, name: b"x"})


def _nul(files: Files) -> bytes:
    return zipped({**files, "a\x01b.txt": b"x"}).replace(b"a\x01b.txt", b"a\0b.txt")


def _mode(mode: int, name: str = "odd") -> Make:
    def make(files: Files) -> bytes:
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for other, content in files.items():
                archive.writestr(other, content)
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, b"/etc/passwd")
        return made.getvalue()

    return make


def _twice(files: Files) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive, warnings.catch_warnings(action="ignore"):
        for content in (b"", *files.values()):
            archive.writestr(next(iter(files)), content)
    return made.getvalue()


def _overlapping(files: Files) -> bytes:
    """Many names for one stretch of deflated zeros."""
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    size = 9 << 20
    packed = deflated.compress(bytes(size)) + deflated.flush()
    crc = zlib.crc32(bytes(size))
    ending = next(iter(files)).rpartition(".")[2].encode()
    head = (20, 0, 8, 0, 0, crc, len(packed), size)
    first = b"00000." + ending
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *head, len(first), 0) + first + packed
    central = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *head, len(first), 0, 0, 0, 0, 0, 0) + b"%05d." % n + ending
        for n in range(1_000)
    )
    return local + central + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1_000, 1_000, len(central), len(local), 0)


def _told(offset: int, value: bytes, local: int | None = None) -> Make:
    """Change a field of the first member in the list of members, and in front of it."""

    def make(files: Files) -> bytes:
        data = bytearray(zipped(files))
        at = data.index(b"PK\1\2") + offset
        data[at : at + len(value)] = value
        if local is not None:
            data[local : local + len(value)] = value
        return bytes(data)

    return make


def _scripts(content: bytes) -> Make:
    return lambda files: zipped({**files, next(iter(files)): content})


def _nested(files: Files) -> bytes:
    data = zipped(files)
    for _ in range(5):
        data = zipped({"a.zip": data})
    return data


ARCHIVES: Final[dict[str, tuple[Make, frozenset[str]]]] = {
    "a name that climbs": (named("../../evil.txt"), UNSAFE),
    "a name that climbs by backslashes": (named("a\\..\\..\\evil.txt"), UNSAFE),
    "a name from the root": (named("/etc/evil.txt"), UNSAFE),
    "a name with a drive": (named("C:/evil.txt"), UNSAFE),
    "a name on another machine": (named("\\\\host\\evil.txt"), UNSAFE),
    "a name with a NUL": (_nul, UNSAFE | READ),
    "a name of nothing": (named("./."), UNSAFE),
    "a name with control signs": (named("a\u202egnp.\x1b[2Jtxt"), READ),
    "a name of 5,000 signs": (named("a" * 5_000), READ),
    "names that differ in case": (named("A.TXT"), READ),
    "a file that is a folder too": (lambda files: zipped({**files, "a/b": b"x", "a": b"x"}), READ),
    "a member that stands twice": (_twice, ANY | {"archive_malformed"}),
    "a link out of it": (_mode(0o120777), READ),
    "a link in place of the script": (lambda files: _mode(0o120777, next(iter(files)))({}), frozenset({"not_a_game"})),
    "a device": (_mode(0o060666), READ),
    "a bomb": (_scripts(bytes(40 << 20)), BOMB),
    "a bomb beside the script": (lambda files: zipped({**files, "a.png": bytes(40 << 20)}), BOMB),
    "members that overlap": (_overlapping, BOMB),
    "a size that is too small": (_told(24, b"\3\0\0\0", 22), DAMAGED),
    "a size that is too large": (_told(24, b"\xff\xff\xff\x7f", 22), BOMB | DAMAGED),
    "a wrong checksum": (_told(16, b"abcd", 14), DAMAGED),
    "an encrypted member": (_told(8, b"\1\0", 6), frozenset({"archive_encrypted"})),
    "a method that is not deflate": (
        lambda files: zipped(files, zipfile.ZIP_BZIP2),
        frozenset({"archive_method", "archive_malformed"}),
    ),
    "a list that is cut": (lambda files: zipped(files)[:-30], DAMAGED | {"not_a_game"}),
    "a list that lies elsewhere": (lambda files: zipped(files)[:-6] + b"\xff\xff\xff\x7f\0\0", DAMAGED),
    "archives in archives": (_nested, frozenset({"not_a_game", "archive_too_deep"})),
    "folders alone": (lambda files: zipped(dict.fromkeys(("a/", "b/"), b"")), frozenset({"not_a_game"})),
    "nothing": (lambda files: zipped({}), frozenset({"not_a_game"})),
}
"""Each with the codes that a reader may answer."""
