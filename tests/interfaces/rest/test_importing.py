"""Imports over HTTP: files that are sent, texts in the request, paths of the server; previews, policies, logs."""

import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from comfyvn.interfaces.rest.importing import file_name
from tests.infrastructure.imports.test_twine import HARLOWE, twee
from tests.interfaces.rest.client import fill, make_app, make_studio
from tests.patience import ended

CHAT = "Ann: Hello.\nBo: Hi.\nAnn: Bye.\n"


@pytest.fixture
def api() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    with TestClient(make_app(studio), base_url="http://localhost") as client:
        yield client
    studio.store.close()


def over(api: TestClient, job: Any) -> Any:
    """Wait for a job, and return it."""
    return ended(lambda: api.get(f"/imports/status/{job['id']}").json())


def sent(name: str, content: str) -> Any:
    return ("file", (name, io.BytesIO(content.encode())))


def test_a_text_in_the_request_is_imported_and_waited_for(api: TestClient) -> None:
    asked = {"text": CHAT, "project": "Chat", "background": False}
    answer = api.post("/roleplay/import", json=asked, headers={"X-Actor": "ann"})
    assert answer.status_code == 200, answer.text
    job = answer.json()
    assert (job["status"], job["type"], job["output_json"]["lines"]) == ("done", "import", 3)
    assert [row["id"] for row in api.get("/roleplay/imports").json()["items"]] == [job["id"]]
    assert api.get(f"/roleplay/imports/{job['id']}").json() == job
    log = api.get(f"/roleplay/imports/{job['id']}/log")
    assert log.headers["content-type"].startswith("text/plain")
    assert "import by ann, attempt 1" in log.text
    assert "policy merge" in log.text
    assert " 1 scenes, 3 lines" in log.text
    again = api.post("/roleplay/import", json=asked).json()
    assert again["output_json"]["events"] == 0


def test_files_are_sent_and_gone_afterwards(api: TestClient) -> None:
    files = [sent("a.twee", twee(HARLOWE, "Harlowe")), sent("b.twee", ":: Secret\nHush.\n")]
    answer = api.post("/vn/import", files=files, data={"project": "Inn"})
    assert answer.status_code == 202, answer.text
    job = over(api, answer.json())
    assert (job["status"], job["output_json"]["engine"], job["output_json"]["scenes"]) == ("done", "twine", 5)
    assert api.get(f"/vn/import/{job['id']}").json() == job
    told = api.get("/api/projects/inn/branches/main/play", params={"seed": 1}).json()["items"]
    assert told[0]["what"].startswith("You have 2 coins")
    assert "passage_missing" not in api.get(f"/api/imports/{job['id']}/log").text


def test_a_preview_and_the_policies(api: TestClient) -> None:
    def take(**more: str) -> Any:
        answer = api.post("/api/imports", files=[sent("chat.txt", CHAT)], data={"background": "false", **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    dry = take(dry_run="true")
    assert (dry["output_json"]["project"], dry["output_json"]["contents"]["characters"]) == (None, ["Ann", "Bo"])
    assert [project["id"] for project in api.get("/api/projects").json()["items"]] == ["rain"]
    assert take()["status"] == "done"
    failed = take(policy="fail")
    assert (failed["status"], failed["error"]["code"]) == ("failed", "project_not_empty")
    assert "failed: project_not_empty" in api.get(f"/api/imports/{failed['id']}/log").text
    assert take(policy="branch")["output_json"]["branch"] == "import chat"


def test_what_something_is_is_told_before(api: TestClient) -> None:
    found = api.post("/api/imports/probe", files=[sent("chat.txt", CHAT)]).json()["items"]
    assert [(item["engine"], item["evidence"]) for item in found] == [("roleplay", ["chat.txt"])]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "inn.twee").write_text(twee(HARLOWE, "Harlowe"), "utf-8")
        found = api.get("/api/imports/probe", params={"path": f"{folder}/inn.twee"}).json()["items"]
        assert [item["engine"] for item in found] == ["twine"]
        by_path = api.post("/api/imports", json={"path": f"{folder}/inn.twee", "background": False}).json()
        assert by_path["output_json"]["project"] == "the-inn"
    forbidden = api.get("/api/imports/probe", params={"path": "/etc/passwd"})
    assert (forbidden.status_code, forbidden.json()["code"]) == (400, "path_forbidden")
    missing = api.get("/api/imports/probe", params={"path": f"{tempfile.gettempdir()}/nowhere"})
    assert (missing.status_code, missing.json()["code"]) == (404, "path_unknown")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "import_malformed"),
        ({"text": "a", "path": "b"}, "import_malformed"),
        ({"text": "a", "policy": "guess"}, "import_malformed"),
        ({"text": "a", "unknown": 1}, "import_malformed"),
        ([1], "import_malformed"),
    ],
)
def test_malformed_requests_are_refused(api: TestClient, body: Any, code: str) -> None:
    answer = api.post("/roleplay/import", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_what_cannot_be_read_fails_with_a_reason(api: TestClient) -> None:
    def failure(**asked: Any) -> str:
        job = api.post("/api/imports", json={"background": False, **asked}).json()
        assert job["status"] == "failed"
        code: str = job["error"]["code"]
        return code

    assert failure(text="Once upon a time.") == "not_a_game"
    assert failure(text=CHAT, engine="unity") == "engine_unknown"
    assert failure(text=CHAT, project="Rain", branch="other") == "branch_unknown"
    assert api.post("/api/imports", data={"project": "x"}, files={}).json()["code"] == "import_malformed"
    assert api.get("/api/imports/nothing").json()["code"] == "job_unknown"
    assert api.get("/api/imports/nothing/log").json()["code"] == "job_unknown"
    export = api.post("/export/renpy", json={"project": "rain"}).json()
    assert api.get(f"/api/imports/{export['id']}").json()["code"] == "job_unknown"


def test_an_upload_beyond_the_limit_is_refused(api: TestClient) -> None:
    answer = api.post("/api/imports", files=[sent("chat.txt", "x" * 10_000_001)])
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
    answer = api.post("/api/imports", files=[sent("a.txt", CHAT), sent("a.txt", CHAT)])
    assert (answer.status_code, answer.json()["code"]) == (400, "form_malformed")


@pytest.mark.parametrize(
    ("sent_as", "kept_as"),
    [
        ("chat.txt", "chat.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\games\\a b.twee", "a b.twee"),
        ("..", "upload"),
        (".hidden", "hidden"),
        ("a\0b/\u202egnp.exe", "_gnp.exe"),
        ("x" * 300 + ".jsonl", "x" * 114 + ".jsonl"),
        ("", "upload"),
    ],
)
def test_names_of_sent_files_are_made_safe(sent_as: str, kept_as: str) -> None:
    assert file_name(sent_as) == kept_as


def test_a_request_says_how_files_are_read(api: TestClient) -> None:
    rules = {"speakers": ["{name} => {text}"], "narrators": ["voice"], "ooc": "drop"}
    asked = {"text": "Voice => Dusk.\nAnn => Hi.\nOOC: brb\n", "dry_run": True, "background": False}
    job = api.post("/roleplay/import", json={**asked, "reading": {"roleplay": rules}}).json()
    told = job["output_json"]["contents"]
    assert (job["status"], told["characters"], told["lines"]) == ("done", ["Ann"], 2)
    assert job["input_json"]["reading"]["roleplay"]["gap_minutes"] == 360
    form = {"reading": '{"encodings": {"*.txt": "cp1251"}}', "background": "false", "engine": "roleplay"}
    words = "Ann: Жди.\nAnn: Жди!\n".encode("cp1251")
    job = api.post("/api/imports", files=[("file", ("chat.txt", words))], data=form).json()
    assert job["status"] == "done"
    assert api.get("/api/projects/chat/branches/main/play").json()["items"][0]["what"] == "Жди."


@pytest.mark.parametrize(
    ("reading", "code", "where"),
    [
        ({"encodings": {"*.ks": "morse"}}, "encoding_unknown", "encodings.*.ks"),
        ({"roleplay": {"speakers": ["{text}"]}}, "rule_malformed", "roleplay.speakers.0"),
        ({"roleplay": {"speaker": "x"}}, "import_malformed", "reading.roleplay.speaker"),
        ({"encodings": {"*.ks": 932}}, "import_malformed", "reading.encodings.*.ks"),
        ([], "import_malformed", "reading"),
        ("{", "import_malformed", "reading"),
    ],
)
def test_what_cannot_be_read_like_that(api: TestClient, reading: Any, code: str, where: str) -> None:
    for answer in (
        api.post("/api/imports", json={"text": CHAT, "reading": reading}),
        api.post("/api/imports", files=[sent("a.txt", CHAT)], data={"reading": json.dumps(reading)}),
    ):
        assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (400, code, where), answer.text
