"""Licences, credits and disclosure over HTTP."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio
from tests.interfaces.rest.test_assets import upload

BRANCH = "/api/projects/rain/branches/main"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    with TestClient(make_app(studio), base_url="http://localhost") as served:
        yield served


def test_licences_of_a_project_over_http(client: TestClient) -> None:
    upload(client, ("park.png", b"a park"), meta='{"license": "cc by-nc 4", "author": "Ann"}')
    before = client.get("/api/provenance/licences").json()
    assert (before["ok"], before["commercial"]) == (True, None)
    assert [(f["code"], f["severity"]) for f in before["findings"]] == [("noncommercial_open", "warning")]
    said = client.post(f"{BRANCH}/project/rain/declare-commercial", json={"commercial": True})
    assert said.status_code == 200, said.text
    after = client.get("/api/provenance/licences", params={"project": "Rain", "branch": "main"}).json()
    assert (after["ok"], after["findings"][0]["code"]) == (False, "noncommercial")
    assert after["items"][0]["stated"] == after["items"][0]["computed"] == "CC-BY-NC-4.0"
    assert client.get("/api/provenance/licences", params={"at": before["position"]}).json() == before
    refused = client.post("/assets/upload", files=[("file", ("x.png", b"x"))], data={"meta": '{"license": "ask me"}'})
    assert (refused.status_code, refused.json()["code"]) == (400, "licence_unknown")
    assert client.get("/api/provenance/licences", params={"project": "none"}).status_code == 404


def test_disclosure_of_a_project_over_http(client: TestClient) -> None:
    body = {"node_id": "g1", "text": "Words of a model."}
    said = client.post(f"{BRANCH}/scenes/s1/write-line", json=body, headers={"X-Actor": "model:gpt"})
    assert said.status_code == 200, said.text
    found = client.get("/api/provenance/disclosure", params={"evidence": 1}).json()
    text = found["kinds"][0]
    assert (text["kind"], text["generated"]["lines"], text["human"]["lines"]) == ("text", 1, 1)
    assert (found["evidence"][0]["subject"], found["evidence"][0]["model"]) == ("scene:s1/g1", "gpt")
    assert client.get("/api/provenance/disclosure", params={"evidence": 0}).json()["evidence"] == []
    past = client.get("/api/provenance/disclosure", params={"at": found["position"] - 1}).json()
    assert past["evidence_total"] == 0


def test_credits_over_http(client: TestClient) -> None:
    given = client.post(f"{BRANCH}/project/rain/give-credit", json={"role": "story", "name": "Zo_e"})
    assert given.status_code == 200, given.text
    assert client.get("/api/provenance/credits").json()["roles"][0] == {"role": "story", "names": ["Zo_e"]}
    assert "  Zo_e\n" in client.get("/api/provenance/credits", params={"format": "text"}).text
    assert "- Zo\\_e\n" in client.get("/api/provenance/credits", params={"format": "markdown"}).text
    assert "prefix" in client.get("/api/provenance/prov").json()
