"""Every version of a line with who, when, from which file and row; and what was made from its words."""

from hashlib import sha256
from pathlib import Path

import pytest

from comfyvn.application.imports import import_pack
from comfyvn.application.ports import Ref
from comfyvn.application.provenance.facts import record_fact
from comfyvn.application.provenance.lineage import manifest
from comfyvn.application.provenance.lines import line_history, line_page
from comfyvn.application.studio import Request
from comfyvn.domain.assets import ImportAsset
from comfyvn.domain.kernel import Missing
from comfyvn.domain.localisation import MakeTranslation, WordTranslation
from comfyvn.domain.provenance import RecordOrigin
from comfyvn.domain.story.commands import PlaceAction, RemoveNode, WriteLine
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.renpy.reader import RenpyReader
from comfyvn.infrastructure.storage.blobs import FileBlobs
from tests.desks import Desk

SCRIPTS, PER_SCRIPT = 20, 500


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a game of ten thousand lines, indented and ended in several ways."""
    folder = tmp_path_factory.mktemp("game") / "Long"
    (folder / "game" / "part").mkdir(parents=True)
    for n in range(SCRIPTS):
        end = "\r\n" if n % 3 == 0 else "\n"
        rows = ['define e = Character("Eve")', ""] if n == 0 else []
        rows += [f"label part{n}:", ""]
        for i in range(PER_SCRIPT):
            rows.append(
                f'    {"e " if i % 2 else ""}"Line {i} of part {n}, Ünïcode."' + ("  # why" if i % 7 == 0 else "")
            )
            rows += [""] * (i % 5 == 0)
        text = end.join([*rows, "    return" if n == SCRIPTS - 1 else f"    jump part{n + 1}", ""])
        (folder / "game" / "part" / f"p{n:02}.rpy").write_bytes(text.encode())
    return folder


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.open()
    return found


def bring(desk: Desk, folder: Path, blobs: Path) -> None:
    incoming = RenpyReader().read(Files(folder))
    import_pack(desk.studio, FileBlobs(blobs), desk.main, incoming.pack, incoming.open_member, Request())


def test_ten_thousand_imported_lines_tell_file_row_and_hash(game: Path, tmp_path: Path) -> None:
    desk = Desk()
    bring(desk, game, tmp_path)
    found, cursor = [], None
    while True:
        page = line_page(desk.studio, desk.main, cursor=cursor, limit=4000)
        found += page.items
        if (cursor := page.next) is None:
            break
    assert len(found) == page.total == SCRIPTS * PER_SCRIPT
    files = {file.relative_to(game / "game").as_posix(): file.read_bytes() for file in (game / "game").rglob("*.rpy")}
    rows = {name: content.decode().splitlines() for name, content in files.items()}
    for line in found:
        row = rows[line.source.file][line.source.row - 1].strip()
        assert line.text in row
        assert line.source.raw == row
        assert line.source.row_hash == sha256(row.encode()).hexdigest()
        assert line.source.file_hash == sha256(files[line.source.file]).hexdigest()
        assert line.hash == sha256(line.text.encode()).hexdigest()
    assert len({(line.source.file, line.source.row) for line in found}) == len(found)
    (commit,) = {line.commit for line in found}
    for line in (found[0], found[5000], found[-1]):
        (version,) = line_history(desk.studio, desk.main, line.node).versions
        assert (version.commit, version.kind, version.source) == (commit, "import", line.source)
    few = line_page(desk.studio, desk.main, file="part/p03.rpy", limit=10)
    assert (few.total, len(few.items), few.items[0].source.row) == (PER_SCRIPT, 10, 3)
    desk.studio.store.close()


def test_an_imported_file_tells_the_game_that_it_came_with(tmp_path: Path) -> None:
    folder = tmp_path / "Game"
    (folder / "game" / "images").mkdir(parents=True)
    (folder / "game" / "script.rpy").write_text('label start:\n    scene bg room\n    "One."\n')
    (folder / "game" / "images" / "bg room.png").write_bytes(b"room")
    desk = Desk()
    bring(desk, folder, tmp_path / "blobs")
    (asset,) = (ref.id for ref in desk.studio.store.heads(desk.main, "asset"))
    (fact,) = manifest(desk.studio, desk.main, asset).facts
    assert (fact.source, fact.c2pa_like["action"]) == ("renpy Game: images/bg room.png", "c2pa.opened")
    assert fact.origin["source_hash"] == sha256(b"room").hexdigest()
    assert desk.studio.store.commit(fact.commit).kind == "import"


def test_a_line_keeps_its_file_through_edits_and_later_imports(tmp_path: Path) -> None:
    folder, script = tmp_path / "Game", tmp_path / "Game" / "game" / "script.rpy"
    script.parent.mkdir(parents=True)
    script.write_text('label start:\n    "One."\n    "Two, a longer one."\n    return\n')
    old = sha256(script.read_bytes()).hexdigest()
    desk = Desk()
    bring(desk, folder, tmp_path / "blobs")
    one, two = line_page(desk.studio, desk.main).items
    script.write_text('label start:\n    "One."\n    "New."\n    "Two, a longer text."\n    return\n')
    new = sha256(script.read_bytes()).hexdigest()
    bring(desk, folder, tmp_path / "blobs")
    versions = line_history(desk.studio, desk.main, two.node).versions
    said = [(v.text, v.source.row, v.source.file_hash) for v in versions if v.source]
    assert said == [("Two, a longer one.", 3, old), ("Two, a longer text.", 4, new)]
    (kept,) = line_history(desk.studio, desk.main, one.node).versions
    assert kept.source and kept.source.file_hash == old


def test_versions_tell_actor_model_prompt_and_licence(desk: Desk) -> None:
    desk.reword("uno", actor="model:gpt")
    said = RecordOrigin("scene:s/n1", "generated", model="gpt-9", prompt_hash="b" * 64, licence="MIT", tool="chat 1")
    record_fact(desk.studio, desk.main, said, Request(actor="bob"))
    desk.reword("eins", actor="cleo")
    desk.do(RemoveNode("n1"))
    found = line_history(desk.studio, desk.main, "n1")
    assert [(v.actor, v.text, v.model, v.prompt_hash[:1], v.licence) for v in found.versions] == [
        ("ada", "one", "", "", ""),
        ("model:gpt", "uno", "gpt-9", "b", "MIT"),
        ("cleo", "eins", "", "", ""),
        ("ada", None, "", "", ""),
    ]
    assert (found.text, found.licence, found.facts[0].user_id) == (None, "MIT", "bob")
    assert found.versions[1].facts == (found.facts[0].id,)
    assert all(v.commit == desk.studio.store.commits_at([v.position])[v.position].id for v in found.versions)
    then = line_history(desk.studio, desk.main, "n1", found.versions[1].position)
    assert (then.text, len(then.versions), then.licence) == ("uno", 2, "")
    with pytest.raises(Missing):
        line_history(desk.studio, desk.main, "none")


def test_a_fact_that_names_its_words_is_about_these(desk: Desk) -> None:
    desk.reword("two")
    early = sha256(b"one").hexdigest()
    record_fact(desk.studio, desk.main, RecordOrigin("scene:s/n1", "edited", source_hash=early, tool="x"), Request())
    assert [v.tool for v in line_history(desk.studio, desk.main, "n1").versions] == ["x", ""]


def test_translations_and_voices_grow_stale(desk: Desk) -> None:
    desk.do(MakeTranslation("fr", "n1", "one", "un"), Ref("translation", "fr1"))
    desk.do(MakeTranslation("de", "n1", "one", "eins"), Ref("translation", "de1"))
    desk.do(ImportAsset("voice", "voice/n1.ogg", "1" * 64, 5, {"license": "CC0-1.0"}), Ref("asset", "v1"))
    tts = RecordOrigin("asset:v1", "generated", "tts", model="voice", inputs={"scene:s/n1": "text"})
    record_fact(desk.studio, desk.main, tts, Request())
    fresh = line_history(desk.studio, desk.main, "n1")
    assert [(t.id, t.language, t.stale) for t in fresh.translations] == [("de1", "de", False), ("fr1", "fr", False)]
    assert [(v.id, v.how, v.stale, v.from_text, v.text, v.licence) for v in fresh.voices] == [
        ("v1", "fact", False, "one", "voice/n1.ogg", "CC0-1.0")
    ]
    desk.reword("the one")
    desk.do(WordTranslation("the one", "le un"), Ref("translation", "fr1"))
    found = line_history(desk.studio, desk.main, "n1")
    assert [(t.id, t.stale, t.from_text) for t in found.translations] == [
        ("de1", True, "one"),
        ("fr1", False, "the one"),
    ]
    assert [(v.stale, v.from_text) for v in found.voices] == [(True, "one")]
    desk.reword("one")
    assert [v.stale for v in line_history(desk.studio, desk.main, "n1").voices] == [False]


def test_a_voice_that_plays_before_the_line(desk: Desk) -> None:
    desk.do(ImportAsset("voice", "voice/hm.ogg", "1" * 64, 5), Ref("asset", "v1"))
    desk.do(PlaceAction("v", "voice", content="voice/hm.ogg"))
    desk.do(WriteLine("n2", "Hm."))
    desk.do(WriteLine("n3", "Ah."))
    (voice,) = line_history(desk.studio, desk.main, "n2").voices
    assert (voice.id, voice.how, voice.stale) == ("v1", "scene", None)
    assert line_history(desk.studio, desk.main, "n3").voices == ()
