"""Jobs over HTTP: handed in by kind, listed, followed, stopped and tried again."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from websockets.sync.client import connect

from comfyvn.application.jobs.job import OPEN
from comfyvn.application.studio import find_branch
from tests.interfaces.rest.client import fill, make_app, make_studio
from tests.listening import serving
from tests.patience import ended


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    client = TestClient(make_app(studio), base_url="http://localhost")
    client.branch = find_branch(studio, "rain").id  # type: ignore[attr-defined]
    yield client
    studio.store.close()


def handed_in(client: TestClient, kind: str, order: Any, **more: Any) -> Any:
    answer = client.post(f"/jobs/{kind}", json={"input": order, **more}, headers={"X-Actor": "ann"})
    assert answer.status_code == 202, answer.text
    return answer.json()


def over(client: TestClient, job: Any) -> Any:
    return ended(lambda: client.get(f"/jobs/status/{job['id']}").json())


def test_a_job_of_any_kind_is_handed_in_and_followed(client: TestClient) -> None:
    order = {"branch": client.branch, "dry_run": True}  # type: ignore[attr-defined]
    job = handed_in(client, "export-renpy", order, priority=5)
    assert (job["type"], job["actor"], job["priority"], job["input_json"]) == ("export-renpy", "ann", 5, order)
    job = over(client, job)
    assert (job["status"], job["progress"], job["attempts"], job["output_json"]["written"]) == ("done", 1.0, 1, False)
    assert job["created_at"] <= job["started_at"] <= job["ended_at"]
    assert job == client.get(f"/jobs/{job['id']}").json()
    log = client.get(f"/jobs/{job['id']}/log")
    assert log.headers["content-type"].startswith("text/plain")
    assert log.text.splitlines()[-1].endswith(" done")
    again = client.post(f"/jobs/{job['id']}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "job_done")


def test_orders_that_make_no_sense_are_refused_at_once(client: TestClient) -> None:
    branch = client.branch  # type: ignore[attr-defined]
    for kind, order, status, code in (
        ("nothing", {}, 404, "job_type_unknown"),
        ("export-renpy", {}, 400, "job_input_malformed"),
        ("export-renpy", {"branch": branch, "secret": 1}, 400, "job_input_malformed"),
        ("export-renpy", {"branch": "nowhere"}, 404, "branch_unknown"),
        ("import", {}, 400, "import_malformed"),
        ("import", {"path": "/etc/passwd"}, 400, "path_forbidden"),
        ("import", {"files": [{"name": "../a.txt", "hash": "0" * 64}]}, 400, "import_malformed"),
        ("import", {"files": [{"name": "..", "hash": "0" * 64}]}, 400, "import_malformed"),
        ("register-folder", {"branch": branch, "path": "/etc"}, 400, "path_forbidden"),
    ):
        answer = client.post(f"/jobs/{kind}", json={"input": order})
        assert (answer.status_code, answer.json()["code"]) == (status, code), order
    for verb in ("cancel", "retry"):
        answer = client.post(f"/jobs/nothing/{verb}")
        assert (answer.status_code, answer.json()["code"]) == (404, "job_unknown")
    assert client.get("/jobs/nothing/log").json()["code"] == "job_unknown"


def test_a_file_that_is_gone_is_no_result(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    job = over(client, handed_in(client, "bundle-renpy", {"branch": client.branch}))  # type: ignore[attr-defined]
    assert client.get(job["download"]).status_code == 200
    monkeypatch.setattr("comfyvn.interfaces.rest.jobs.File", lambda path: Path(f"{path}.gone"))
    answer = client.get(job["download"])
    assert (answer.status_code, answer.json()["code"]) == (404, "job_file_gone")


def test_lists_are_filtered_and_come_in_pages(client: TestClient) -> None:
    made = [over(client, handed_in(client, "enforce-assets", {}))["id"] for _ in range(3)]
    failed = over(client, handed_in(client, "analysis", {"branch": client.branch, "start": "nowhere"}))["id"]  # type: ignore[attr-defined]
    first = client.get("/jobs", params={"type": "enforce-assets", "limit": 2}).json()
    assert ([job["id"] for job in first["items"]], first["next"]) == ([made[2], made[1]], made[1])
    rest = client.get("/jobs", params={"type": "enforce-assets", "cursor": first["next"]}).json()
    assert ([job["id"] for job in rest["items"]], rest["next"]) == ([made[0]], None)
    assert [job["id"] for job in client.get("/jobs", params={"status": "failed"}).json()["items"]] == [failed]
    assert client.post(f"/jobs/{failed}/retry").status_code == 202
    assert over(client, {"id": failed})["attempts"] == 2
    assert client.post(f"/jobs/{failed}/cancel").json()["status"] == "failed"


def test_how_jobs_go_on_is_told_over_a_socket(tmp_path: Path) -> None:
    studio = make_studio()
    fill(studio)
    with serving(studio, tmp_path) as served, connect(f"ws://localhost:{served.port}/jobs/ws") as socket:
        assert json.loads(socket.recv(60))["frame"] == "ready"
        told = _told(served.port, socket)
        assert {frame["topic"].partition("/")[0] for frame in told} == {"jobs"}
        assert told[-1]["data"]["status"] == "done"
        socket.send(json.dumps({"topics": ["commits"]}))
        with pytest.raises(Exception, match="topic_unknown"):
            socket.recv(60)
    studio.store.close()


def _told(port: int, socket: Any) -> list[Any]:
    asked = urllib.request.Request(
        f"http://localhost:{port}/assets/enforce", b"{}", {"Content-Type": "application/json"}
    )
    job = json.load(urllib.request.urlopen(asked))["id"]
    told: list[Any] = []
    while not told or told[-1]["data"]["status"] in OPEN:
        frame = json.loads(socket.recv(60))
        told += [frame] if frame["frame"] == "event" and frame["data"]["id"] == job else []
    return told
