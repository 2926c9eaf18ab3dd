"""The licences that sources state, what follows from them, and that an import tells the same before and after."""

import json
import time
from pathlib import Path

import pytest

from comfyvn.application.contents import contents_of
from comfyvn.application.intake import Aim, Incoming, preview, take_in
from comfyvn.application.reading import Reading
from comfyvn.application.studio import Request
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.licences import in_files
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.main.readers import read
from tests.desks import Desk
from tests.infrastructure.extractors.programs import toolbox
from tests.infrastructure.imports.renpy.packing import zipped

MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and ..."
STORY = ":: Start\nHi.\n"


def incoming(path: Path) -> Incoming:
    return read(path, None, Reading(), lambda *_: None, toolbox(path))


@pytest.mark.parametrize(
    ("name", "words", "key"),
    [
        ("LICENSE", f"MIT License\n\nCopyright (c) 2026 Ann\n\n{MIT}\n", "MIT"),
        ("licence.txt", "GNU GENERAL PUBLIC LICENSE\n      Version 3, 29 June 2007\n", "GPL-3.0-only"),
        ("a/credits.md", "Music by Ann: https://creativecommons.org/licenses/by-nc-sa/4.0/\n", "CC-BY-NC-SA-4.0"),
        ("readme.md", "Pictures are under CC-BY-ND 4.0.\n", "CC-BY-ND-4.0"),
        ("COPYING", "SPDX-License-Identifier: Apache-2.0 OR MIT\n", "Apache-2.0 OR MIT"),
        ("font-license.txt", "This font is under the SIL Open Font License, Version 1.1.\n", "OFL-1.1"),
        ("copyright.txt", "(c) 2026 Ann. All rights reserved.\n", "LicenseRef-All-Rights-Reserved"),
        ("README", "\u7121\u65ad\u8ee2\u8f09\n", "LicenseRef-All-Rights-Reserved"),
        ("license.txt", "Be nice.\n", ""),
    ],
)
def test_what_a_file_states(tmp_path: Path, name: str, words: str, key: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / name).write_text(words, "utf-8")
    (found,) = in_files(Files(tmp_path))
    assert (found.licence, found.file, found.subject) == (key, name, "a/" if "/" in name else "")
    assert " ".join(found.said.split()) in " ".join(words.split())


@pytest.mark.parametrize("name", ["license.png", "licensed.txt.exe", "script.txt", "a.md"])
def test_other_files_state_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("CC0", "utf-8")
    (tmp_path / "readme.txt").write_text("Play with the arrow keys.", "utf-8")
    assert [*in_files(Files(tmp_path))] == []


@pytest.mark.parametrize("bit", ["\n", "License: ", " ", "*", "CC BY-", "License: a \n", MIT[:40], "A" * 99])
def test_a_file_made_to_be_slow_is_read_quickly(tmp_path: Path, bit: str) -> None:
    (tmp_path / "LICENSE").write_text(bit * (60_000 // len(bit)), "utf-8")
    begun = time.process_time()
    assert len([*in_files(Files(tmp_path))]) == 1
    assert time.process_time() - begun < 5


def test_flags_tell_what_a_licence_asks_for(tmp_path: Path) -> None:
    (tmp_path / "story.twee").write_text(STORY, "utf-8")
    assert [flag.code for flag in contents_of(incoming(tmp_path).pack).flags] == ["licence_not_stated"]
    (tmp_path / "LICENSE").write_text("Be nice.", "utf-8")
    (tmp_path / "credits.txt").write_text("CC-BY-NC-SA 4.0\nCC-BY-ND 4.0", "utf-8")
    flags = contents_of(incoming(tmp_path).pack).flags
    assert [(flag.code, flag.licence) for flag in flags] == [
        ("licence_unclear", "Be nice."),
        ("noncommercial", "CC-BY-NC-SA-4.0"),
        ("share_alike", "CC-BY-NC-SA-4.0"),
        ("attribution", "CC-BY-NC-SA-4.0"),
        ("no_derivatives", "CC-BY-ND-4.0"),
        ("attribution", "CC-BY-ND-4.0"),
    ]


def test_fields_of_cards_and_packs_state_licences(tmp_path: Path) -> None:
    data = {
        "name": "Aoi",
        "creator": "Ann",
        "description": "A",
        "first_mes": "B",
        "extensions": {"license": "CC BY 4.0"},
    }
    (tmp_path / "aoi.json").write_text(json.dumps({"spec": "chara_card_v2", "data": data}), "utf-8")
    (found,) = incoming(tmp_path / "aoi.json").pack.licences
    assert (found.subject, found.licence, found.credit) == ("character:Aoi", "CC-BY-4.0", "Ann")
    assert contents_of(incoming(tmp_path / "aoi.json").pack).flags == ()
    manifest = {"format": "comfyvn-pack@1", "title": "P", "assets": [{"path": "a.png", "licence": "mine alone"}]}
    files = {"comfyvn-pack.json": json.dumps(manifest).encode(), "a.png": b"x"}
    (tmp_path / "p.zip").write_bytes(zipped(files))
    told = contents_of(incoming(tmp_path / "p.zip").pack)
    assert [(one.subject, one.said, one.licence) for one in told.licences] == [("a.png", "mine alone", "")]
    assert (told.depth, told.coverage["share"], told.asset_types) == ("assets", None, {"image": 1})


def test_an_import_tells_the_same_before_and_after_and_keeps_what_was_stated(tmp_path: Path) -> None:
    (tmp_path / "story.twee").write_text(STORY, "utf-8")
    (tmp_path / "LICENSE").write_text("CC0", "utf-8")
    desk = Desk()
    before = preview(desk.studio, incoming(tmp_path), Aim("Story"))
    after = take_in(desk.studio, FileBlobs(tmp_path / "blobs"), incoming(tmp_path), Aim("Story"), Request())
    assert before.contents == after.contents
    assert (after.contents.depth, after.contents.coverage["share"]) == ("graph", 1.0)
    (commit,) = [c for c in desk.studio.store.commits_at([after.position]).values() if c.kind == "import"]
    assert commit.body["licences"] == [  # type: ignore[index, call-overload]
        {"subject": "", "said": "CC0", "licence": "CC0-1.0", "file": "LICENSE", "credit": ""}
    ]
