"""Exports over HTTP: jobs with progress, results to download, refusals as problems."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import c2pa
import pytest
from starlette.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio
from tests.patience import ended


@pytest.fixture(scope="module")
def client() -> TestClient:
    studio = make_studio()
    fill(studio)
    return TestClient(make_app(studio), base_url="http://localhost")


def over(client: TestClient, path: str, **asked: Any) -> Any:
    answer = client.post(path, json=asked)
    assert answer.status_code == 202, answer.text
    return ended(lambda: client.get(f"/jobs/{answer.json()['id']}").json())


def test_a_dry_run_and_an_export(client: TestClient) -> None:
    planned = over(client, "/export/renpy", dry_run=True)
    assert (planned["status"], planned["output_json"]["written"]) == ("done", False)
    job = over(client, "/export/renpy", project="rain")
    assert job["output_json"]["files"] == planned["output_json"]["files"]
    assert job["done"] == job["total"] == len(job["output_json"]["files"]) - 2  # the seal is made of all others
    folder = Path(job["output_json"]["folder"])
    assert (folder / "provenance.json").is_file()
    assert [finding["code"] for finding in job["output_json"]["findings"]] == ["falls_off_end"]
    refused = client.get(f"/jobs/{job['id']}/result")
    assert (refused.status_code, refused.json()["code"]) == (404, "job_without_file")


def test_a_bundle_is_downloaded(client: TestClient) -> None:
    job = over(client, "/bundle/renpy")
    assert (job["stage"], job["done"], job["total"]) == ("scenes", 1, 1)
    answer = client.get(job["download"])
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {*job["output_json"]["files"]} < {*archive.namelist()}


def test_a_signed_export_and_a_signed_bundle(client: TestClient) -> None:
    job = over(client, "/export/renpy", sign=True)
    assert job["status"] == "done", job["error"]
    job = over(client, "/bundle/renpy", sign=True)
    content = client.get(job["download"]).content
    with c2pa.Reader("application/x-zip", io.BytesIO(content)) as reader:
        assert str(reader.get_validation_state()) == "Valid"


def test_without_the_library_signing_is_refused_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    for path in ("/export/renpy", "/bundle/renpy"):
        answer = client.post(path, json={"sign": True})
        assert (answer.status_code, answer.json()["code"]) == (400, "credentials_not_installed")


def test_a_strict_export_fails_on_errors_and_writes_nothing(client: TestClient) -> None:
    path = "/api/projects/rain/branches/main/scenes/s1/reword-line"
    assert client.post(path, json={"node_id": "n1", "text": "[nobody]"}).status_code == 200
    job = over(client, "/bundle/renpy", strict=True)
    assert (job["status"], job["error"]["code"], job["download"]) == ("failed", "story_invalid", None)
    assert client.get(f"/jobs/{job['id']}/result").json()["code"] == "job_unfinished"
    before = over(client, "/bundle/renpy", strict=True, at=4)
    assert before["status"] == "done"


def test_jobs_are_listed_and_cancelled(client: TestClient) -> None:
    job = over(client, "/export/renpy", dry_run=True)
    assert client.get("/jobs").json()["items"][0] == job
    assert client.post(f"/jobs/{job['id']}/cancel").json() == job
    unknown = client.post("/jobs/none/cancel")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "job_unknown")


def test_what_is_not_there_is_told_at_once(client: TestClient) -> None:
    answer = client.post("/export/renpy", json={"project": "nothing"})
    assert (answer.status_code, answer.json()["code"]) == (404, "project_unknown")


@pytest.mark.engine
def test_the_engine_checks_what_was_written(client: TestClient) -> None:
    job = over(client, "/export/renpy", lint=True)
    assert job["status"] == "done", job["error"]
    assert job["output_json"]["lint"]["code"] == 0
    assert "Statistics" in job["output_json"]["lint"]["report"]
    unfit = client.post("/export/renpy", json={"lint": True, "dry_run": True})
    assert (unfit.status_code, unfit.json()["code"]) == (400, "options_unfit")


def test_a_server_that_others_reach_runs_no_code_of_stories() -> None:
    studio = make_studio()
    fill(studio)
    shared = TestClient(make_app(studio, alone=False), base_url="http://localhost")
    refused = shared.post("/export/renpy", json={"lint": True})
    assert (refused.status_code, refused.json()["code"]) == (400, "lint_forbidden")
