"""Lineage, manifests, facts and the rows of lines over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    with TestClient(make_app(studio), base_url="http://localhost") as opened:
        for name in ("raw", "cut"):
            done = opened.post("/assets/upload", files=[("file", (f"{name}.png", name.encode() * 9))])
            assert done.status_code == 200, done.text
        yield opened


def asset(client: TestClient, path: str) -> Any:
    return next(item for item in client.get("/assets").json()["items"] if item["path_full"] == path)


def test_a_fact_is_recorded_listed_and_part_of_manifest_and_lineage(client: TestClient) -> None:
    raw, cut = asset(client, "raw.png"), asset(client, "cut.png")
    said = {"subject": f"asset:{cut['id']}", "activity": "derived", "method": "crop", "tool": "gimp"}
    said |= {"inputs": {f"asset:{raw['id']}": "parent"}, "licence": "mit"}
    done = client.post("/api/provenance/facts", json=said, headers={"X-Actor": "ann", "Idempotency-Key": "f1"}).json()
    fact = done["fact"]
    assert (fact["asset_id"], fact["user_id"], fact["origin"]["licence"]) == (cut["id"], "ann", "MIT")
    assert (fact["commit"], fact["c2pa_like"]["action"]) == (done["outcome"]["commit"]["id"], "c2pa.cropped")
    again = client.post("/api/provenance/facts", json=said, headers={"X-Actor": "ann"}).json()
    assert (again["fact"], again["outcome"]["commit"]) == (fact, None)
    listed = client.get("/api/provenance/facts", params={"subject": f"asset:{cut['id']}", "activity": "derived"}).json()
    assert listed["items"] == [fact]
    assert client.get("/api/provenance/facts", params={"limit": 1}).json()["total"] == 3
    graph = client.get(f"/api/provenance/{cut['hash']}/lineage").json()
    assert [(edge["source"], edge["target"]) for edge in graph["edges"]] == [(f"asset:{raw['id']}", fact["subject"])]
    assert {node["title"]: node["distance"] for node in graph["nodes"]} == {"cut.png": 0, "raw.png": -1}
    down = client.get(f"/api/provenance/{raw['id']}/lineage", params={"direction": "down", "depth": 1}).json()
    assert [edge["record"] for edge in down["edges"]] == [fact["id"]]
    assert client.get(f"/api/provenance/{raw['id']}/lineage", params={"direction": "up"}).json()["edges"] == []
    manifest = client.get(f"/api/provenance/{cut['id']}/manifest").json()
    assert (manifest["path"], manifest["hash"]) == ("cut.png", cut["hash"])
    assert fact in manifest["facts"]
    assert [one["subject"] for one in manifest["ancestors"]] == [f"asset:{raw['id']}"]
    past = client.get(f"/api/provenance/{cut['id']}/lineage", params={"at": fact["position"] - 1}).json()
    assert past["edges"] == []


def test_a_line_tells_its_versions_and_what_was_made_of_it(client: TestClient) -> None:
    base = "/api/projects/rain/branches/main"
    words = {"language": "fr", "target": "n1", "source": "Rain.", "text": "Pluie."}
    assert client.post(f"{base}/translations/fr1/make-translation", json=words).status_code == 200
    assert client.post(f"{base}/scenes/s1/reword-line", json={"node_id": "n1", "text": "Storm."}).status_code == 200
    line = client.get("/api/provenance/lines/n1").json()
    assert [version["text"] for version in line["versions"]] == ["Rain.", "Storm."]
    assert [(unit["id"], unit["stale"]) for unit in line["translations"]] == [("fr1", True)]
    graph = client.get("/api/provenance/lines/n1/lineage").json()
    assert [edge["target"] for edge in graph["edges"]] == ["translation:fr1"]
    assert client.get("/api/provenance/lines").json()["total"] == 0
    assert client.get("/api/provenance/translation:fr1/lineage").json()["edges"] == graph["edges"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/provenance/none/lineage", "asset_unknown"),
        ("/api/provenance/none/manifest", "asset_unknown"),
        ("/api/provenance/scene:none/lineage", "subject_unknown"),
        ("/api/provenance/lines/none", "line_unknown"),
        ("/api/provenance/lines/none/lineage", "line_unknown"),
        ("/api/provenance/facts?cursor=x", "cursor_malformed"),
        ("/api/provenance/lines?cursor=x", "cursor_malformed"),
    ],
)
def test_refusals(client: TestClient, path: str, code: str) -> None:
    assert client.get(path).json()["code"] == code


def test_what_is_no_fact_is_refused(client: TestClient) -> None:
    for wrong in ({"subject": "x"}, {"subject": "x", "activity": "dreamt"}):
        assert client.post("/api/provenance/facts", json=wrong).status_code == 422
    nameless = client.post("/api/provenance/facts", json={"subject": "", "activity": "edited"})
    assert (nameless.status_code, nameless.json()["code"]) == (400, "provenance_malformed")
    for large in ({"seed": -(2**63) - 1}, {"details": {"deep": [2**64]}}, {"inputs": {"asset:a": 2**80}}):
        said = {"activity": "edited", "subject": "asset:a", **large}
        assert client.post("/api/provenance/facts", json=said).json()["code"] == "value_unfit", large
    bad = {"subject": "asset:x", "activity": "edited", "prompt_hash": "zz"}
    assert client.post("/api/provenance/facts", json=bad).status_code in (400, 422)
    mine = {"subject": "asset:x", "activity": "licensed", "licence": "all mine!"}
    assert client.post("/api/provenance/facts", json=mine).json()["code"] == "licence_unknown"


@pytest.mark.parametrize(
    "path",
    ["a%00b/lineage", "a%00b/manifest", "lines/%00", "lines/n1?scene=%00", "lines/%00/lineage", "facts?subject=%00"],
)
def test_names_that_no_database_holds_are_refused(client: TestClient, path: str) -> None:
    assert client.get(f"/api/provenance/{path}").status_code == 422
    assert client.get("/assets/used-by?subject=scene:%00").json()["code"] == "subject_malformed"
