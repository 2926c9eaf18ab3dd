"""External programs over HTTP: registered, acknowledged, used by imports, forgotten; from this machine alone."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.infrastructure.extractors.programs import script
from tests.interfaces.rest.client import make_app, make_studio
from tests.patience import ended


@pytest.fixture
def api() -> Iterator[TestClient]:
    studio = make_studio()
    with TestClient(make_app(studio), base_url="http://localhost") as client:
        yield client
    studio.store.close()


def over(api: TestClient, job: Any) -> Any:
    return ended(lambda: api.get(f"/imports/status/{job['id']}").json())


@pytest.mark.engine
def test_a_program_is_registered_used_and_forgotten(api: TestClient) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = script(folder, 'cat "$1" > story.twee; mkdir art; echo x > art/a.png')
        asked = {
            "name": "tool",
            "path": str(program),
            "argv": ["{input}"],
            "licence": "mit",
            "source": "https://a.org/",
        }
        made = api.post("/vn/tools/register", json={**asked, "warnings": ["Slow."], "version_argv": []})
        assert made.status_code == 201, made.text
        assert api.get("/vn/tools").json()["items"] == [made.json()]
        assert api.get("/vn/tools").json()["confinement"]["kind"] == "bubblewrap"
        assert api.get("/vn/tools/tool").json() == made.json()
        told = {key: made.json()[key] for key in ("name", "licence", "warnings", "state", "version")}
        assert told == {"name": "tool", "licence": "MIT", "warnings": ["Slow."], "state": "ready", "version": ""}
        assert api.post("/vn/tools/register", json=asked).json()["code"] == "tool_exists"
        (folder / "game.dat").write_bytes(b":: Start\nRain.\n")
        order = {"path": str(folder / "game.dat"), "reading": {"extractor": "tool"}, "background": True}
        job = over(api, api.post("/vn/import", json=order).json())
        assert job["status"] == "done", job
        contents = job["output_json"]["contents"]
        assert (contents["title"], contents["assets"], contents["extraction"]["tool"]) == ("game", 1, "tool")
        assert contents["extraction"]["confinement"]["whole"] is True
        assert '"kind": "bubblewrap"' in api.get(f"/api/imports/{job['id']}/log").text
        again = over(api, api.post("/vn/import", json={**order, "dry_run": True}).json())
        assert again["output_json"]["contents"] == contents
        sent = {"reading": '{"extractor": "tool"}'}
        by_form = api.post("/api/imports", files=[("file", ("g.dat", b":: Start\nSnow.\n"))], data=sent).json()
        assert over(api, by_form)["output_json"]["contents"]["extraction"]["source"] == "g.dat"
    assert api.delete("/vn/tools/tool").status_code == 204
    assert api.get("/vn/tools/tool").json()["code"] == "tool_unknown"
    unknown = api.post("/vn/import", json={"text": "x", "reading": order["reading"]}).json()
    assert over(api, unknown)["error"]["code"] == "tool_unknown"


def test_a_licence_is_acknowledged_first(api: TestClient) -> None:
    known = {one["name"]: one for one in api.get("/vn/tools/catalogue").json()["items"]}
    assert {"arc_unpacker", "garbro", "lmar", "unrpa"} <= known.keys()
    asked = {"name": "arc_unpacker", "path": "/bin/true"}
    answer = api.post("/vn/tools/install", json=asked).json()
    wanted = known["arc_unpacker"]
    assert (answer["code"], answer["status"]) == ("licence_not_acknowledged", 400)
    assert (answer["licence"], answer["source"], answer["text"], answer["licence_id"]) == tuple(
        wanted[key] for key in ("licence", "source", "licence_text", "licence_id")
    )
    agreed = {**asked, "acknowledged": True, "licence_id": answer["licence_id"], "unconfined": True}
    made = api.post("/vn/tools/install", json=agreed)
    assert made.status_code == 201, made.text
    assert (made.json()["acknowledged"], made.json()["warnings"]) == (answer["licence_id"], wanted["warnings"])
    assert api.post("/vn/tools/install", json={"name": "none"}).status_code == 404


def test_other_machines_register_nothing() -> None:
    studio = make_studio()
    with TestClient(make_app(studio, alone=False), base_url="http://localhost") as api:
        assert api.get("/vn/tools").status_code == 200
        body = {"name": "tool", "path": "/bin/true", "argv": ["{input}"], "licence": "MIT", "source": "x"}
        for answer in (
            api.post("/vn/tools/register", json=body),
            api.post("/vn/tools/install", json={"name": "7z"}),
            api.delete("/vn/tools/tool"),
        ):
            assert answer.json()["code"] == "tools_not_from_here", answer.text
    studio.store.close()
