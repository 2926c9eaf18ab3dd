"""Programs that are known to unpack games. Facts from their public pages; none of them is part of the studio."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from comfyvn.application.extractors import INPUT, OUTPUT, KnownExtractor

RUN_GAMES: Final = frozenset({"krkrextract", "siglusextract", "kirikiridescrambler"})
"""Programs that work from inside a running game; they are never taken."""

_KEYS: Final = "It carries keys of games: what it opens may be protected, and opening it unlawful where you are."


def _told(known: KnownExtractor) -> KnownExtractor:
    """Return an entry with the text of what is acknowledged, and its id."""
    text = (
        f"{known.title} is a program of its own authors, under {known.licence}; it comes from {known.source}. ComfyVN "
        "neither contains nor checks it. Its licence and the rights in what you unpack are yours to keep to."
    )
    text = " ".join((text, *known.warnings))
    return replace(known, licence_text=text, licence_id=sha256(text.encode()).hexdigest()[:16])


CATALOGUE: Final = tuple(
    map(
        _told,
        (
            KnownExtractor(
                "7z",
                "7-Zip",
                "LGPL-2.1-or-later",
                "https://www.7-zip.org/",
                ("7z", "rar", "iso", "cab", "NSIS installers"),
                ("x", "-y", f"-o{OUTPUT}", INPUT),
                ("i",),
            ),
            KnownExtractor(
                "arc_unpacker",
                "arc_unpacker",
                "GPL-3.0-only",
                "https://github.com/vn-tools/arc_unpacker",
                ("archives and images of some 80 engines",),
                ("-o", OUTPUT, INPUT),
                warnings=("Nobody maintains it since 2021.",),
            ),
            KnownExtractor(
                "asar",
                "@electron/asar",
                "MIT",
                "https://github.com/electron/asar",
                ("app.asar",),
                ("extract", INPUT, OUTPUT),
                warnings=("It needs Node.js.",),
            ),
            KnownExtractor(
                "bsdtar",
                "bsdtar (libarchive)",
                "BSD-2-Clause",
                "https://www.libarchive.org/",
                ("tar", "zip", "7z", "iso", "cab", "rar"),
                ("-x", "-f", INPUT, "-C", OUTPUT),
            ),
            KnownExtractor(
                "garbro",
                "GARbro, its console program",
                "MIT",
                "https://github.com/morkt/GARbro",
                ("archives of some 300 engines",),
                ("-x", INPUT),
                (),
                warnings=(_KEYS, "It is made for Windows."),
            ),
            KnownExtractor(
                "lmar",
                "pylivemaker",
                "GPL-3.0-or-later",
                "https://github.com/pmrowla/pylivemaker",
                ("LiveMaker .exe", "LiveMaker .dat"),
                ("x", "-o", OUTPUT, INPUT),
            ),
            KnownExtractor(
                "msg-tool",
                "msg-tool",
                "GPL-3.0-only",
                "https://github.com/lifegpc/msg-tool",
                ("BGI", "CatSystem2", "KiriKiri", "Yu-RIS", "and others"),
                ("unpack", INPUT, OUTPUT),
                warnings=(_KEYS,),
            ),
            KnownExtractor(
                "siglus-ssu",
                "SiglusSceneScriptUtility",
                "0BSD",
                "https://github.com/Jirehlov/SiglusSceneScriptUtility",
                ("Siglus Scene.pck",),
                ("-x", INPUT, OUTPUT),
                warnings=("It needs Python 3.12.",),
            ),
            KnownExtractor(
                "unrpa",
                "unrpa",
                "GPL-3.0-or-later",
                "https://github.com/Lattyware/unrpa",
                ("Ren'Py .rpa",),
                ("-m", "-p", OUTPUT, INPUT),
                warnings=(
                    "It runs code that an archive's index holds; the studio reads .rpa files itself, without that.",
                ),
            ),
            KnownExtractor(
                "unzip",
                "Info-ZIP UnZip",
                "Info-ZIP",
                "https://infozip.sourceforge.net/UnZip.html",
                ("zip",),
                ("-o", "-q", INPUT, "-d", OUTPUT),
                ("-v",),
            ),
        ),
    )
)
