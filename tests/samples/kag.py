"""A small game in TyranoScript and in KAG, and writers of the archives that such games come in."""

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

FIRST = r"""; a comment
*start|The beginning
[macro name="shake"][quake time=300][endmacro]
[chara_new name="aoi" jname="Aoi" storage="aoi.png"]
[chara_face name="aoi" face="happy" storage="joy.png"]
[bg storage="harbour.jpg" time=100]
@playbgm storage=sea.OGG loop=true
[chara_show name=aoi face=happy]
#aoi
Hello![l][r]
You are [emb exp="f.age"] and 100% \[sure].[p]
#
[eval exp="f.age = 3; f.trust += 1"]
[shake]
[if exp="f.trust > 0 && !f.cold"]
#Bo
Warm.[p]
[elsif exp="f.trust == 0"]
Even.[p]
[else]
Cold.[p]
[endif]
[glink text="Go in" target="*inside" exp="f.in=true"]
[glink text="Leave" storage="second.ks" cond="f.trust > 5"]
[glink text="Wait" storage="Second.ks" target="*end"]
[s]

*inside
[iscript]
alert(1)
[endscript]
/*
[glink text="never"]
*no-label
*/
Inside.[p]
[link target=*last]Again[endlink][r]
[link storage="second.ks" target="*end"]Out[endlink]
[s]
*last
[jump storage="second.ks" target="*end" cond="f.in"]
[return]
"""
SECOND = """*first
Never.[p]
*end
[wait time=1500]
The end.[p]
"""
KAG = """*start|はじまり
@image storage="room" layer=base
[playse storage=gull]
【青井】「こんにちは。」[l][r]
能力表。[p]
[link target=*a]はい[endlink]　[link target=*b]いいえ[endlink]
[s]
*a
[eval exp="f.flag = 1"]
[jump target=*b]
*b
[if exp="f.flag == 1"]旗あり。[else]旗なし。[endif][p]
[return]
"""


def tyrano(folder: Path) -> Path:
    for name, content in tyrano_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def tyrano_files() -> dict[str, bytes]:
    return {
        "tyrano/tyrano.js": b"// engine",
        "tyrano/plugins/own.ks": b"*never\n",
        "data/scenario/first.ks": FIRST.encode(),
        "data/scenario/second.ks": SECOND.encode(),
        "data/bgm/Sea.ogg": b"OggS",
        "data/fgimage/aoi.png": b"\x89PNG",
        "data/fgimage/joy.png": b"\x89PNG",
    }


def kag_files() -> dict[str, bytes]:
    """Return the game in KAG; ``plain.xp3`` and ``encrypted.xp3`` beside this file hold it.

    They were written once by awaken1ng/krkr-xp3 (544f66e), the second with the key of a game (its ``neko_vol1``).
    """
    return {
        "startup.tjs": b"",
        "scenario/first.ks": KAG.encode("cp932"),
        "sound/gull.ogg": b"OggS" * 9,
        "bgimage/部屋.png": bytes(range(256)),
    }


def asar(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of Electron, written from its documentation."""
    tree: dict[str, dict[str, object]] = {"files": {}}
    data = b""
    for name, content in files.items():
        *folders, last = name.split("/")
        here = tree["files"]
        for folder in folders:
            here = here.setdefault(folder, {"files": {}})["files"]  # type: ignore[index,assignment]
        here[last] = {"size": len(content), "offset": str(len(data))}
        data += content
    header = json.dumps(tree).encode()
    padded = header + b"\0" * (-len(header) % 4)
    return struct.pack("<IIII", 4, len(padded) + 8, len(padded) + 4, len(header)) + padded + data


def xp3(files: Mapping[str, bytes], *, packed: bool = True, second: bool = False, key: int = 0) -> bytes:
    """Return an archive of KiriKiri; with a `key` every byte is scrambled by it, as games do."""
    head = b"XP3\r\n \n\x1a\x8bg\x01"
    start = len(head) + 8 + (17 if second else 0)
    data, index = b"", b""
    for name, content in files.items():
        half = len(content) // 2
        segments = b""
        for piece in (content[:half], content[half:]):
            plain = bytes(byte ^ key for byte in piece)
            stored = zlib.compress(plain) if packed else plain
            segments += struct.pack("<IQQQ", int(packed), start + len(data), len(piece), len(stored))
            data += stored
        raw = name.encode("utf-16-le")
        info = struct.pack("<IQQH", 0, len(content), len(content), len(name)) + raw
        adler = struct.pack("<I", zlib.adler32(content))
        parts = b"".join(
            kind + struct.pack("<Q", len(body)) + body
            for kind, body in ((b"info", info), (b"segm", segments), (b"adlr", adler))
        )
        index += b"File" + struct.pack("<Q", len(parts)) + parts
    at = start + len(data)
    told = struct.pack("<BQQ", 1, len(zlib.compress(index)), len(index)) + zlib.compress(index)
    if not packed:
        told = struct.pack("<BQ", 0, len(index)) + index
    if second:
        return head + struct.pack("<Q", 19) + struct.pack("<BQQ", 0x80, 0, at) + data + told
    return head + struct.pack("<Q", at) + data + told
