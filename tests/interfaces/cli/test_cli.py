"""The command line: JSON for machines, exit codes that scripts can rely on, clear refusals that write nothing."""

import json
import os
import sqlite3
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from comfyvn.main import cli

pytestmark = pytest.mark.usefixtures("home")


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal:
    """Runs commands as a person would."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        try:
            code = cli(arguments)
        except SystemExit as left:
            code = int(str(left.code))
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def json(self, *arguments: str, code: int = 0) -> Any:
        said = self(*arguments, "--json")
        assert said.code == code, said
        return said.json

    def reword(self, text: str, *more: str, node: str = "depot-03") -> Any:
        body = json.dumps({"node_id": node, "text": text})
        return self.json("do", "story.reword-line", "scene:depot", body, *more)

    def words(self, *more: str, node: str = "depot-03") -> str:
        nodes = self.json("show", "scene:depot", *more)["nodes"]
        return next(n["content"] for n in nodes if n["id"] == node)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture
def story(run: Terminal) -> Terminal:
    run.json("new", "Tuba", "--sample")
    return run


GAME = """
define e = Character("Eileen")
default met = False
label start:
    e "Hello."
    menu:
        "Stay.":
            $ met = True
        "Go.":
            pass
    if met:
        e "Good."
    return
"""


@pytest.fixture
def game(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "game").mkdir(parents=True)
    (folder / "game" / "script.rpy").write_text(GAME, "utf-8")
    return folder


def test_an_imported_game_answers_with_the_promised_fields(run: Terminal, game: Path) -> None:
    done = run.json("import", str(game), "--project", "Tiny")
    expected = {
        "project": "tiny",
        "branch": "main",
        "engine": "renpy",
        "scenes": 1,
        "lines": 2,
        "choices": 1,
        "characters": 1,
        "commits": 1,
    }
    assert done == {**done, **expected}
    assert done["events"] > 0
    assert done["coverage"]["recognised"] <= done["coverage"]["total"]
    assert done["warnings"] == []
    again = run.json("import", str(game), "--project", "Tiny")
    assert (again["events"], again["position"]) == (0, done["position"])


def test_a_changed_game_that_collides_asks_with_exit_code_three(run: Terminal, game: Path) -> None:
    run.json("import", str(game), "--project", "Tiny")
    nodes = run.json("show", "scene:start", "--project", "tiny")["nodes"]
    node_id = next(node["id"] for node in nodes if node["content"] == "Hello.")
    body = json.dumps({"node_id": node_id, "text": "Hi."})
    run.json("do", "story.reword-line", "scene:start", body, "--project", "tiny")
    (script,) = game.rglob("*.rpy")
    script.write_text(script.read_text().replace("Hello.", "Hello there."))
    asked = run.json("import", str(game), "--project", "Tiny", code=3)
    (conflict,) = asked["conflicts"]
    assert (asked["commits"], conflict["ours"], conflict["theirs"]) == (0, "Hi.", "Hello there.")
    done = run.json("import", str(game), "--project", "Tiny", "--theirs", conflict["id"])
    assert (done["commits"], done["conflicts"]) == (1, [])
    nodes = run.json("show", "scene:start", "--project", "tiny")["nodes"]
    assert next(node["content"] for node in nodes if node["id"] == node_id) == "Hello there."


def test_a_play_is_json_lines_and_takes_the_picks(run: Terminal, game: Path) -> None:
    run("import", str(game), "--project", "Tiny")
    said = run("play", "--project", "tiny", "--seed", "1", "--choices", "0", "--json")
    items = [json.loads(line) for line in said.out.splitlines()]
    shape = [(i["type"], i.get("who"), i.get("what") or i.get("options") or i.get("reason")) for i in items]
    assert shape == [
        ("line", "Eileen", "Hello."),
        ("menu", None, ["Stay.", "Go."]),
        ("line", "Eileen", "Good."),
        ("end", None, "end"),
    ]
    assert items[1]["picked"] == 0
    other = run("play", "--project", "tiny", "--choices", "1", "--json").out
    assert '"Good."' not in other
    short = run("play", "--project", "tiny", "--max-steps", "1", "--json").out.splitlines()
    assert json.loads(short[-1])["reason"] == "max_steps"


def test_undo_redo_restore_and_history(story: Terminal) -> None:
    before = story.words()
    position = story.json("history")[0]["position"]
    first = story.reword("It snores.")
    assert (first["events"], first["conflicts"]) == (1, [])
    assert story.json("undo")["commit"]
    assert story.words() == before
    story.json("redo")
    assert story.words() == "It snores."
    assert story.words("--at", str(position)) == before
    story.json("restore", str(position), "--only", "scene:depot", "--part", "depot-03")
    assert story.words() == before
    commits = story.json("history")
    assert [c["kind"] for c in commits] == ["restore", "redo", "undo", "do", "import", "system"]
    assert {"seq", "commit", "kind", "actor", "at", "message", "events"} <= commits[0].keys()
    assert commits[3]["name"].startswith("Reworded a line in ")
    assert story.json("history", "--of", "scene:depot", "--text", "reworded", "--limit", "3") == commits[1:4]
    blame = story.json("blame", "scene:depot", "depot-03")
    assert len(blame["versions"]) == 5


def test_a_difference_reads_as_prose(story: Terminal) -> None:
    position = str(story.json("history")[0]["position"])
    story.reword("It snores.")
    said = story("diff", "--at", position, "--prose").out
    assert "{+It+}" in said
    assert story.json("diff", "--at", position, "--prose")["scenes"][0]["changed"] == 1
    story.json("undo")


def test_what_machines_wrote_is_reviewed(story: Terminal) -> None:
    waiting = story.json("review")
    assert waiting["total"] == len(waiting["items"]) > 10
    before = story.words()
    story.reword("It snores.", "--actor", "model:gpt")
    assert "scene:depot/depot-03 by model:gpt: " in story("review", "--by", "model").out
    assert story.json("review", "--by", "model", "--reject", "all")[0]["events"] == 1
    assert story.words() == before
    assert story.json("review", "--accept", waiting["items"][0]["subject"])[0]["conflicts"] == []
    assert story.json("review")["total"] < waiting["total"]


def test_words_are_counted(story: Terminal) -> None:
    found = story.json("words")
    assert found["words"] == sum(scene["words"] for scene in found["scenes"])
    assert f"{found['words']} words in " in story("words").out


def test_words_are_found_and_replaced(story: Terminal) -> None:
    before = story.words()
    found = story.json("find", before[:8], "--in", "dialogue", "--scene", "depot")
    hit = next(item for item in found["items"] if item["part"] == "depot-03")
    assert hit["spans"] == [[0, 8]]
    shown = story.json("replace", before[:8], "XX", "--preview", "--only", hit["id"])
    assert [item["after"] for item in shown["items"]] == [f"XX{before[8:]}"]
    assert story.words() == before
    assert story.json("replace", before[:8], "XX", "--only", hit["id"])["events"] == 1
    assert story.words() == f"XX{before[8:]}"
    story.json("undo")


def test_branches_merge_and_conflicts_have_exit_code_three(story: Terminal) -> None:
    assert story.json("branch", "create", "darker")["name"] == "darker"
    story.reword("It snores.", "--branch", "darker")
    assert [d["part"] for d in story.json("diff", "--with", "darker")] == ["depot-03"]
    story.reword("It hums.")
    clash = story.json("merge", "darker", code=3)
    (conflict,) = clash["conflicts"]
    assert (clash["commit"], conflict["ours"], conflict["theirs"]) == (None, "It hums.", "It snores.")
    assert story.words() == "It hums."
    assert story.json("merge", "darker", "--theirs", conflict["id"])["events"] == 1
    assert story.words() == "It snores."
    story.json("branch", "rename", "darker", "night")
    story.json("branch", "close", "night")
    rows = story.json("branch", "list")
    assert [(r["name"], r["closed"]) for r in rows] == [("main", False), ("night", True)]


def test_a_stale_command_has_exit_code_three(story: Terminal) -> None:
    version = story.json("show", "scene:depot")["version"]
    story.reword("It snores.", "--expected", str(version))
    body = json.dumps({"node_id": "depot-03", "text": "It hums."})
    said = story("do", "story.reword-line", "scene:depot", body, "--expected", str(version), "--json")
    assert said.code == 3
    assert said.json["error"]["code"] == "stale"
    assert story.words() == "It snores."


def test_verify_checkpoint_and_rebuild(story: Terminal, tmp_path: Path) -> None:
    verified = story.json("verify")
    assert (verified["ok"], verified["commits"], verified["first_bad"]) == (True, 2, None)
    file = tmp_path / "point.json"
    story.json("checkpoint", str(file))
    assert story.json("checkpoint", str(file), "--check")["ok"]
    assert story.json("rebuild")["equal"]
    database = Path(os.environ["COMFYVN_HOME"]) / "data" / "comfyvn.db"
    with sqlite3.connect(database) as raw:
        tables = [r[0] for r in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        (events,) = [t for t in tables if t.endswith(("event", "events"))]
        raw.execute(f"UPDATE {events} SET state = replace(state, 'tuba', 'flute')")
    raw.close()
    bad = story.json("verify", code=1)
    assert (bad["ok"], bool(bad["first_bad"]["commit"])) == (False, True)


def test_words_for_people_go_to_standard_output_and_nothing_else(story: Terminal) -> None:
    for command in (("projects",), ("history",), ("show",), ("show", "scene:depot"), ("verify",), ("branch", "list")):
        said = story(*command)
        assert (said.code, said.err) == (0, ""), command
        assert said.out.strip()
    assert story("doctor").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("show", "--project", "none"), 4, "project_unknown"),
        (("show", "--project", "tuba", "--branch", "none"), 4, "branch_unknown"),
        (("show", "scene:none"), 4, "scene_unknown"),
        (("play", "--start", "none"), 4, "scene_unknown"),
        (("play", "--choices", "x"), 4, "choices_malformed"),
        (("play", "--choices", "99"), 4, "pick_unknown"),
        (("do", "story.nothing", "scene:depot"), 4, "command_unknown"),
        (("do", "story.reword-line", "scene:depot", "{"), 4, "command_malformed"),
        (("do", "story.reword-line", "scene:depot", '{"node_id": "x"}'), 4, "command_malformed"),
        (("do", "story.save-scene", "scene:q", '{"document": {"title": 3}}'), 4, "scene_malformed"),
        (("undo", "--actor", "nobody"), 4, "nothing_to_undo"),
        (("revert", "abcd"), 4, "commit_unknown"),
        (("restore", "999999"), 4, "position_unknown"),
        (("merge", "none"), 4, "branch_unknown"),
        (("new", "Tuba"), 4, "project_exists"),
        (("new", "  "), 4, "name_malformed"),
        (("branch", "create", "main"), 4, "branch_exists"),
        (("branch", "close", "main"), 4, "branch_main"),
        (("import", "nowhere"), 4, "path_unknown"),
        (("checkpoint", "nowhere.json", "--check"), 4, "file_unusable"),
    ],
)
def test_refusals_write_nothing(story: Terminal, arguments: tuple[str, ...], code: int, error: str) -> None:
    before = story.json("history")
    said = story(*arguments, "--json")
    last = json.loads(said.out.splitlines()[-1])
    assert (said.code, last["error"]["code"]) == (code, error)
    assert said.err.startswith("comfyvn: ")
    assert story.json("history") == before


@pytest.mark.parametrize("arguments", [(), ("dance",), ("play", "--seed", "x"), ("restore", "-1"), ("export",)])
def test_wrong_use_has_exit_code_two(run: Terminal, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "usage:" in said.err


def test_bad_games_are_refused_before_anything_is_written(run: Terminal, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run.json("import", str(empty), "--project", "X", code=4)["error"]["code"] == "not_a_game"
    latin = tmp_path / "latin" / "game"
    latin.mkdir(parents=True)
    (latin / "script.rpy").write_bytes('label start:\n    "caf\xe9"\n'.encode("latin-1"))
    refused = run.json("import", str(latin.parent), "--project", "X", code=4)["error"]
    assert refused["code"] == "script_not_utf8"
    assert "script.rpy" in refused["message"]
    huge = tmp_path / "huge.rpy"
    with huge.open("wb") as file:
        file.truncate(2**30)
    assert run.json("import", str(huge), "--project", "X", code=4)["error"]["code"] in {"not_a_game", "file_too_large"}
    inside = tmp_path / "inside" / "game"
    inside.mkdir(parents=True)
    with (inside / "script.rpy").open("wb") as file:
        file.truncate(2**30)
    assert run.json("import", str(inside.parent), "--project", "X", code=4)["error"]["code"] == "file_too_large"
    assert run.json("projects") == []


def test_the_demo_goes_all_the_way(run: Terminal, game: Path) -> None:
    assert run.json("demo", str(game), code=4)["error"]["code"] == "game_too_short"
    script = game / "game" / "script.rpy"
    script.write_text(GAME.replace("    return", '    "One."\n    "Two."\n    "Three."\n    return'), "utf-8")
    report = run.json("demo", str(game))
    assert report["ok"]
    assert [s["step"] for s in report["steps"]] == [
        "import",
        "again",
        "read",
        "edit",
        "undo",
        "redo",
        "branch",
        "compare",
        "merge",
        "conflict",
        "settle",
        "play",
        "export",
        "verify",
    ]
    assert run.json("projects") == []


def test_analyse_tells_endings_and_what_nobody_can_reach(run: Terminal, game: Path) -> None:
    run.json("import", str(game), "--project", "Tiny")
    found = run.json("analyse", "--project", "Tiny")
    assert found["exact"]
    assert found["unreachable"] == []
    assert [ending["share"]["value"] for ending in found["endings"]] == [1.0]
    assert found["words"]["total"] == 4
    (game / "game" / "more.rpy").write_text('label island:\n    "Alone."\n    return\n', "utf-8")
    run.json("import", str(game), "--project", "Tiny")
    lost = run.json("analyse", "--project", "Tiny", code=1)["unreachable"]
    assert {(fact["scene"], fact["verdict"]) for fact in lost} == {("island", "unreachable")}
    words = run("analyse", "--project", "Tiny")
    assert "no way leads to island" in words.out
    table = run("analyse", "--project", "Tiny", "--scene", "start")
    assert table.out.splitlines()[0].split() == ["node", "visits", "words", "picks", "values", "not", "reached"]


def test_an_import_is_read_as_it_is_told(run: Terminal, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_bytes("Voice => Жди.\nAnn => Hi.\nOOC: brb\n".encode("koi8-r"))
    rules = ("--speaker", "{name} => {text}", "--narrator", "voice", "--gap", "5", "--ooc", "drop", "--no-headings")
    run.json("import", str(tmp_path / "chat.txt"), "--project", "C", "--encoding", "*.txt=koi8-r", *rules)
    told = [json.loads(row) for row in run("play", "--project", "c", "--json").out.splitlines()]
    assert [line.get("what") for line in told] == ["Жди.", "Hi.", None]
    asked = ("import", str(tmp_path / "chat.txt"), "--dry-run")
    assert (
        run.json(*asked, "--encoding", "*.txt=utf-8", "--engine", "roleplay", code=4)["error"]["code"]
        == "encoding_wrong"
    )
    assert run.json(*asked, "--encoding", "*.txt=morse", code=4)["error"]["code"] == "encoding_unknown"
    assert run.json(*asked, "--speaker", "{who}", code=4)["error"]["code"] == "rule_malformed"
    assert run.json(*asked, "--script-speaker", "{name}", code=4)["error"]["code"] == "rule_malformed"
    assert run.json(*asked, "--engine", "none", code=4)["error"]["code"] == "engine_unknown"
    assert run(*asked, "--encoding", "cp932").code == 2


@pytest.mark.engine
def test_an_extractor_is_installed_shown_used_and_forgotten(run: Terminal, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "inn.zip", "w") as packed:
        packed.writestr("inn/story.twee", ":: Start\nRain.\n")
    assert "Held by" in run("tools", "list").out
    first = run("tools", "install", "bsdtar", "/usr/bin/bsdtar")
    assert (first.code, "--acknowledge" in first.err) == (4, True)
    known = {one["name"]: one for one in run.json("tools", "catalogue")["items"]}
    agreed = ("--acknowledge", known["bsdtar"]["licence_id"])
    made = run.json("tools", "install", "bsdtar", "/usr/bin/bsdtar", *agreed)
    assert (made["state"], made["licence"]) == ("ready", "BSD-2-Clause")
    assert run.json("tools", "show", "bsdtar") == made
    told = run("tools", "show", "bsdtar").out
    assert made["hash"] in told
    done = run.json("import", str(tmp_path / "inn.zip"), "--extractor", "bsdtar")
    assert done["contents"]["extraction"]["program_hash"] == made["hash"]
    assert "Unpacked by bsdtar" in run("import", str(tmp_path / "inn.zip"), "--extractor", "bsdtar", "--dry-run").out
    call = ("--call=-x", "--call=-f", "--call={input}", "--licence", "BSD-2-Clause", "--source", "https://a.org/")
    own = run.json("tools", "register", "own", "/usr/bin/bsdtar", *call, "--warning", "Mine.", "--unpacks", "tar")
    assert (own["argv"], own["warnings"], own["containers"]) == (["-x", "-f", "{input}"], ["Mine."], ["tar"])
    assert [one["name"] for one in run.json("tools", "list")["items"]] == ["bsdtar", "own"]
    assert run.json("tools", "remove", "own") == {"removed": "own"}
    assert run.json("tools", "show", "own", code=4)["error"]["code"] == "tool_unknown"
    assert run("tools", "catalogue").out.count("acknowledge with") == len(known)
