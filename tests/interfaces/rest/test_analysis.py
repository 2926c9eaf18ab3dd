"""The analysis over HTTP: asked for as a job, read part by part, known only for the state that was analysed."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from comfyvn.application.handle import handle
from comfyvn.application.ports import Ref
from comfyvn.application.studio import find_branch
from comfyvn.domain.story.commands import OpenScene, WriteLine
from tests.interfaces.rest.client import ANN, fill, make_app, make_studio
from tests.patience import ended, until

LINE = "/api/projects/rain/branches/main/scenes/s1/write-line"


@pytest.fixture
def client() -> TestClient:
    studio = make_studio()
    fill(studio)
    main = find_branch(studio, "rain").id
    handle(studio, main, Ref("scene", "attic"), OpenScene("Attic"), ANN)
    handle(studio, main, Ref("scene", "attic"), WriteLine("n1", "Dust, everywhere dust."), ANN)
    return TestClient(make_app(studio), base_url="http://localhost")


def analysed(client: TestClient, **asked: Any) -> Any:
    answer = client.post("/api/analysis", json=asked)
    assert answer.status_code == 202, answer.text
    return ended(lambda: client.get(f"/jobs/{answer.json()['id']}").json())


def test_an_analysis_is_made_once_and_read_part_by_part(client: TestClient) -> None:
    missing = client.get("/api/analysis/summary")
    assert (missing.status_code, missing.json()["code"]) == (404, "analysis_missing")
    job = analysed(client)
    assert job["status"] == "done"
    summary = client.get("/api/analysis/summary").json()
    assert summary == job["output_json"]
    assert (summary["exact"], summary["reached"], summary["nodes"], summary["not_reached"]) == (True, 1, 2, 1)
    assert [ending["share"]["value"] for ending in summary["endings"]] == [1.0]
    assert summary["words"]["by_scene"] == {"s1": 1, "attic": 3}
    page = client.get("/api/analysis/unreachable").json()
    assert page["total"] == 1
    assert page["items"][0]["cause"]["reason"] == "no_way"
    nodes = client.get("/api/analysis/scenes/s1").json()["items"]
    route = {"picks": [], "lucky": False, "words": 0}
    assert [(n["node"], n["visits"], n["route"]) for n in nodes] == [("n1", 1.0, route)]
    assert client.get("/api/analysis/scenes/nowhere").json()["code"] == "scene_unknown"


def test_an_edit_makes_another_state_that_is_not_known_yet(client: TestClient) -> None:
    position = analysed(client)["output_json"]["position"]
    assert client.post(LINE, json={"node_id": "n2", "text": "More rain."}).status_code == 200
    assert client.get("/api/analysis/summary").json()["code"] == "analysis_missing"
    assert client.get("/api/analysis/summary", params={"at": position}).json()["nodes"] == 2
    assert analysed(client)["output_json"]["reached"] == 2


def test_a_start_that_is_not_there_fails_the_job(client: TestClient) -> None:
    job = analysed(client, start="nowhere")
    assert (job["status"], job["error"]["code"]) == ("failed", "scene_unknown")


def test_the_way_to_an_option_and_the_heat_of_a_story(client: TestClient) -> None:
    edges = [{"id": "in", "text": "In", "scene": "attic"}, {"id": "out", "text": "Out"}, {"id": "up", "text": "Up"}]
    edges[2]["condition"] = "gold > 1"
    nodes = [
        {"id": "n1", "type": "text", "content": "Rain and more rain."},
        {"id": "c", "type": "choice", "content": "Where to?", "next": edges},
    ]
    body = {"id": "s1", "title": "Roof", "label": "start", "nodes": nodes}
    assert client.post("/api/scenes/save", json=body).status_code == 200
    declared = {"type": "int", "default": 0, "scope": "session"}
    path = "/api/projects/rain/branches/main/variables/gold/declare-variable"
    assert client.post(path, json=declared).status_code == 200
    assert client.get("/api/analysis/heat").json()["code"] == "analysis_missing"
    summary = analysed(client)["output_json"]
    assert [choice["never_offered"] for choice in summary["choices"]] == [["up"]]
    assert sorted((end["scene"], end["words"], end["fewest"]) for end in summary["endings"]) == [
        ("attic", 9.0, 9),
        ("s1", 6.0, 6),
    ]
    heat = client.get("/api/analysis/heat").json()["items"]
    assert [(fact["scene"], fact["visits"], fact["heat"]) for fact in heat] == [
        ("s1", 1.0, {"c": 1.0, "n1": 1.0}),
        ("attic", 0.5, {"n1": 0.5}),
    ]
    way = client.get("/api/analysis/way", params={"scene": "attic", "node": "n1"}).json()
    choice = {"scene": "s1", "node": "c", "pick": 0, "edge": "in", "text": "In"}
    assert (way["picks"], way["choices"], way["seed"], way["words"]) == ([0], [choice], 0, 6)
    option = client.get("/api/analysis/way", params={"scene": "s1", "node": "c", "edge": "out"}).json()
    assert option["picks"] == [1]
    lost = client.get("/api/analysis/way", params={"scene": "s1", "node": "c", "edge": "up"})
    assert (lost.status_code, lost.json()["code"]) == (404, "way_missing")
    unknown = client.get("/api/analysis/way", params={"scene": "s1", "node": "nothing"})
    assert unknown.json()["code"] == "node_unknown"


def test_an_analysis_can_be_cancelled(client: TestClient) -> None:
    again = {"id": "l", "type": "action", "verb": "jump", "next": [{"id": "e", "scene": "s1"}]}
    menu = {
        "id": "c",
        "type": "choice",
        "next": [{"id": "a", "text": "Go"}, {"id": "b", "text": "[gold]", "node": "z"}],
    }
    nodes = [
        {"id": "set", "type": "action", "verb": "set", "content": "gold += 1"},
        menu,
        again,
        {"id": "z", "type": "text", "content": "z", "conditions": ["gold > 1"]},
    ]
    client.post("/api/scenes/save", json={"id": "s1", "title": "Roof", "label": "start", "nodes": nodes})
    declared = {"type": "int", "default": 0, "scope": "session"}
    client.post("/api/projects/rain/branches/main/variables/gold/declare-variable", json=declared)
    job = client.post("/api/analysis", json={"moments": 5_000_000}).json()["id"]
    until(lambda: client.get(f"/jobs/{job}").json()["done"])
    assert client.post(f"/jobs/{job}/cancel").status_code == 200
    now = ended(lambda: client.get(f"/jobs/{job}").json())
    assert now["status"] == "cancelled"


def test_the_graph_tells_how_scenes_lead_to_each_other(client: TestClient) -> None:
    answer = client.get("/api/graph")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {scene["id"] for scene in found["scenes"]} >= {"s1", "attic"}
    assert {tuple(way) for way in found["ways"]} <= {("kind", "scene", "node", "target", "to", "dynamic", "in_code")}
    early = client.get("/api/graph", params={"at": 1}).json()
    assert len(early["scenes"]) < len(found["scenes"])
    assert client.get("/api/graph", params={"project": "none"}).status_code == 404
