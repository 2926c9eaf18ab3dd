"""Playthroughs and variables over HTTP, from the first line to the commit that broke a route."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio


@pytest.fixture
def api() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    client = TestClient(make_app(studio), base_url="http://localhost")
    edges = [{"id": "l", "text": "Left", "node": "n1"}, {"id": "r", "text": "Right [luck]"}]
    nodes = [
        {"id": "n1", "type": "text", "content": "Rain."},
        {"id": "set", "type": "action", "verb": "set", "content": "luck += 1"},
        {"id": "c", "type": "choice", "content": "Where?", "next": edges},
    ]
    post(client, "/api/scenes/save", {"id": "s1", "title": "Roof", "label": "start", "nodes": nodes})
    for name, scope in (("luck", "session"), ("seen", "global")):
        body = {"type": "int", "default": 0, "scope": scope}
        post(client, f"/api/projects/rain/branches/main/variables/{name}/declare-variable", body)
    yield client
    studio.store.close()


def post(api: TestClient, path: str, body: Any = None) -> Any:
    answer = api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_playthrough_from_start_to_end(api: TestClient) -> None:
    begun = post(api, "/replay/start", {"seed": 3, "title": "First"})
    play = begun["id"]
    assert [item["what"] for item in begun["outputs"]] == ["Rain."]
    asked = post(api, "/replay/step", {"id": play})
    assert asked["menu"]["options"] == [{"edge": "l", "text": "Left"}, {"edge": "r", "text": "Right 1"}]
    assert code(api.post("/replay/step", json={"id": play})) == (409, "choice_needed")
    assert code(api.post(f"/api/playthroughs/{play}/choose", json={"edge": "x"})) == (404, "option_unknown")
    post(api, f"/api/playthroughs/{play}/save", {"slot": "door"})
    again = post(api, f"/api/playthroughs/{play}/choose", {"edge": "l"})
    assert (again["variables"]["luck"], again["depth"]) == (1, 2)
    back = post(api, f"/api/playthroughs/{play}/rollback", {"steps": 2})
    assert (back["trace"], back["undone"]) == (begun["trace"], 2)
    assert post(api, f"/api/playthroughs/{play}/rollback", {"steps": -2})["trace"] == again["trace"]
    post(api, f"/api/playthroughs/{play}/force-variable", {"name": "luck", "value": 9})
    assert post(api, "/replay/step", {"id": play})["menu"]["options"][1]["text"] == "Right 10"
    assert post(api, f"/api/playthroughs/{play}/load", {"slot": "door"})["trace"] == asked["trace"]
    fork = post(api, f"/api/playthroughs/{play}/fork", {"steps": 1})
    over = post(api, "/replay/step", {"id": play, "edge": "r"})
    assert (over["ended"], over["closed"]) == ("end", False)
    assert post(api, f"/api/playthroughs/{play}/end")["closed"]
    assert code(api.post("/replay/step", json={"id": play}))[0] == 409
    trace = api.get(f"/api/playthroughs/{play}").json()
    assert [step["input"] for step in trace["steps"]] == [None, {"move": "read"}, {"move": "choose", "edge": "r"}]
    assert trace["steps"][-1]["trace"] == over["trace"]
    assert trace["steps"][-1]["stage"] == over["stage"]
    assert {item["id"] for item in api.get("/api/playthroughs").json()["items"]} == {play, fork["id"]}
    assert api.get("/replay/status", params={"id": fork["id"]}).json()["menu"] == asked["menu"]
    assert post(api, "/replay/auto", {"id": fork["id"]})["ended"] == "end"


def test_the_same_request_twice_is_one_step(api: TestClient) -> None:
    play = post(api, "/replay/start", {})["id"]
    for _ in range(2):
        answer = api.post("/replay/step", json={"id": play}, headers={"Idempotency-Key": "once"})
        assert answer.json()["depth"] == 1
    stale = api.post("/replay/step", json={"id": play, "edge": "r"}, headers={"If-Match": '"1"'})
    assert code(stale) == (409, "stale")


def test_a_changed_line_is_found_with_its_commit(api: TestClient) -> None:
    play = post(api, "/replay/start", {})["id"]
    post(api, "/replay/auto", {"id": play})
    assert post(api, f"/api/playthroughs/{play}/replay")["result"] == "same"
    body = {"node_id": "n1", "text": "Snow."}
    changed = post(api, "/api/projects/rain/branches/main/scenes/s1/reword-line", body)
    found = post(api, f"/api/playthroughs/{play}/replay")
    assert (found["result"], found["divergence"]["step"], found["divergence"]["node"]) == ("diverged", 0, "n1")
    assert found["divergence"]["before"]["outputs"][0]["what"] == "Rain."
    assert found["divergence"]["now"]["outputs"][0]["what"] == "Snow."
    assert found["commit"]["id"] == changed["commit"]["id"]
    assert post(api, f"/api/playthroughs/{play}/bisect")["result"] == "same"


def test_variables_have_scopes(api: TestClient) -> None:
    play = post(api, "/replay/start", {})["id"]
    post(api, "/api/vars/set", {"name": "luck", "value": 5, "playthrough": play})
    post(api, "/api/vars/set", {"name": "seen", "value": 2})
    named = {item["name"]: item["value"] for item in api.get("/api/vars/list").json()["items"]}
    assert named == {"luck": 0, "seen": 2}
    own = api.get("/api/vars/list", params={"playthrough": play, "scope": "session"}).json()["items"]
    assert [(item["name"], item["value"]) for item in own] == [("luck", 5)]
    assert post(api, "/api/vars/reset", {"scope": "session", "playthrough": play})["reset"] == ["luck"]
    assert api.get("/api/vars/get", params={"name": "luck", "playthrough": play}).json()["value"] == 0
    assert post(api, "/replay/start", {})["variables"]["seen"] == 2
    assert post(api, "/api/vars/reset", {"scope": "global"})["reset"] == ["seen"]
    assert post(api, "/replay/start", {})["variables"]["seen"] == 0
    assert code(api.post("/api/vars/set", json={"name": "lost", "value": 1})) == (404, "variable_unknown")
    assert code(api.post("/api/vars/set", json={"name": "luck", "value": "x", "playthrough": play}))[1] == (
        "variable_malformed"
    )


def test_a_play_begins_at_any_line_of_any_past_position(api: TestClient) -> None:
    before = post(api, "/replay/start", {})["position"]
    post(api, "/api/projects/rain/branches/main/scenes/s1/reword-line", {"node_id": "n1", "text": "Snow."})
    here = {"seed": 1, "start": "s1:n1"}
    assert post(api, "/replay/start", here)["outputs"][0]["what"] == "Snow."
    past = post(api, "/replay/start", {**here, "at": before})
    assert (past["outputs"][0]["what"], past["position"]) == ("Rain.", before)
    menu = post(api, "/replay/start", {"start": "start:c", "forced": {"luck": 4}})
    assert [option["text"] for option in menu["menu"]["options"]] == ["Left", "Right 4"]
    assert [item["what"] for item in menu["outputs"]] == ["Where?"]
    assert code(api.post("/replay/start", json={"start": "s1:gone"})) == (404, "scene_unknown")
    told = api.get("/api/projects/rain/branches/main/play", params={"start": "s1:c"}).json()["items"]
    assert [item["type"] for item in told[:2]] == ["line", "menu"]


def test_what_is_not_there_is_told(api: TestClient) -> None:
    assert code(api.get("/api/playthroughs/none")) == (404, "playthrough_unknown")
    assert code(api.post("/replay/start", json={"start": "nowhere"})) == (404, "scene_unknown")
    assert code(api.post("/replay/start", json={"forced": {"lost": 1}})) == (404, "variable_unknown")
    assert api.get("/api/playthroughs").json() == {"items": []}
    assert [row["name"] for row in api.get("/api/projects/rain/branches").json()["items"]] == ["main"]


def test_a_variable_that_is_forced_at_a_menu_asks_for_its_options_anew(api: TestClient) -> None:
    edges = [{"id": "l", "text": "Left"}, {"id": "r", "text": "Right", "condition": "luck > 1"}]
    nodes = [{"id": "line", "type": "text", "content": "Rain."}, {"id": "c", "type": "choice", "next": edges}]
    post(api, "/api/scenes/save", {"id": "s2", "title": "Door", "nodes": nodes})
    play = post(api, "/replay/start", {"start": "s2"})["id"]
    asked = post(api, "/replay/step", {"id": play})
    assert [option["edge"] for option in asked["menu"]["options"]] == ["l"]
    told = api.get(f"/api/playthroughs/{play}/dialogue", params={"stream": False, "after": "1.0:6"}).json()
    assert [item["type"] for item in told["items"]] == ["menu"]
    forced = post(api, f"/api/playthroughs/{play}/force-variable", {"name": "luck", "value": 2})
    assert [option["edge"] for option in forced["menu"]["options"]] == ["l", "r"]
    assert post(api, f"/api/playthroughs/{play}/choose", {"edge": "r"})["ended"] == "end"
    back = post(api, f"/api/playthroughs/{play}/rollback", {"steps": 2})
    assert (back["menu"], back["trace"]) == (asked["menu"], asked["trace"])
