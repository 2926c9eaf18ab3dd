"""What clients rely on: versions, retries, conflicts, document saves, history, and clear refusals."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from comfyvn.application.studio import Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.interfaces.rest.client import Swap, fill, make_app, make_studio

HERE = "/api/projects/rain/branches/main"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[TestClient, Studio]]:
    studio = Studio(Swap(), SystemClock(), RandomIds())  # type: ignore[arg-type]
    yield TestClient(make_app(studio)), studio


@pytest.fixture
def api(served: tuple[TestClient, Studio]) -> TestClient:
    client, studio = served
    assert isinstance(studio.store, Swap)
    studio.store.current = open_store("sqlite://", KINDS)
    fill(studio)
    return client


def reword(api: TestClient, text: str, **headers: str) -> tuple[int, dict[str, object]]:
    body = {"node_id": "n1", "text": text}
    answer = api.post(f"{HERE}/scenes/s1/reword-line", json=body, headers=headers)
    return answer.status_code, answer.json()


def words(api: TestClient, **params: object) -> str:
    return api.get(f"{HERE}/scenes/s1", params=params).json()["nodes"][0]["content"]


def test_the_server_is_well_and_tells_what_it_is(api: TestClient) -> None:
    assert api.get("/health").json() == {"status": "ok"}
    status = api.get("/status").json()
    assert status["database"] == "sqlite"
    assert status["projects"] == {"rain": 4}
    assert "POST /api/scenes/save" in status["routes"]


def test_the_server_tells_its_address_and_how_busy_it_is(api: TestClient) -> None:
    metrics = api.get("/system/metrics").json()
    assert metrics["memory"]["total"] > metrics["process"]["memory"] > 0
    info = api.get("/system/info").json()
    assert (info["name"], info["host"], info["port"], info["relaunch"]) == ("ComfyVN", "127.0.0.1", 8001, False)
    api.post("/settings/save", json={"server": {"port": 8002}})
    info = api.get("/system/info").json()
    assert (info["configured"], info["relaunch"]) == ({"host": "127.0.0.1", "port": 8002}, True)
    api.post("/settings/save", json={"server": None})
    assert api.get("/system/address", params={"port": 8001}).json()["state"] == "here"
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = {"port": other.getsockname()[1]}
        assert api.get("/system/address", params=taken).json()["state"] == "taken"
    assert api.get("/system/address", params=taken).json()["state"] == "free"
    answer = api.get("/system/address", params={"port": 80, "host": "..\0"})
    assert (answer.status_code, answer.json()["code"]) == (400, "host_invalid")


def test_a_command_is_seen_at_once_and_gives_the_new_version(api: TestClient) -> None:
    status, body = reword(api, "Rain again.")
    assert (status, body["events"], body["versions"]) == (200, 1, {"scene:s1": 3})
    answer = api.get(f"{HERE}/scenes/s1")
    assert (answer.json()["nodes"][0]["content"], answer.headers["ETag"]) == ("Rain again.", '"3"')


def test_a_retry_changes_nothing_and_another_body_is_refused(api: TestClient) -> None:
    first = reword(api, "Rain again.", **{"Idempotency-Key": "k1"})
    assert reword(api, "Rain again.", **{"Idempotency-Key": "k1"}) == first
    status, body = reword(api, "Sun.", **{"Idempotency-Key": "k1"})
    assert (status, body["code"]) == (409, "command_id_reused")
    assert words(api) == "Rain again."


def test_the_second_of_two_people_on_one_line_gets_both_values(api: TestClient) -> None:
    assert reword(api, "Ann was here.", **{"If-Match": '"2"', "X-Actor": "ann"})[0] == 200
    status, body = reword(api, "Ben was here.", **{"If-Match": '"2"', "X-Actor": "ben"})
    assert (status, body["code"], body["expected"], body["found"]) == (409, "stale", 2, 3)
    assert body["conflicts"] == [
        {
            "id": "scene:s1/nodes/n1/content",
            "code": "changed_on_both_sides",
            "entity": "scene:s1",
            "path": ["nodes", "n1", "content"],
            "base": "Rain.",
            "ours": "Ann was here.",
            "theirs": "Ben was here.",
        }
    ]
    assert words(api) == "Ann was here."


def test_a_stale_command_on_another_line_has_no_conflicts(api: TestClient) -> None:
    reword(api, "Rain again.")
    body = {"node_id": "n2", "text": "And again."}
    answer = api.post(f"{HERE}/scenes/s1/write-line", json=body, headers={"If-Match": '"2"'})
    assert (answer.status_code, answer.json()["code"], answer.json()["conflicts"]) == (409, "stale", [])
    assert api.post(f"{HERE}/scenes/s1/write-line", json=body, headers={"If-Match": '"3"'}).status_code == 200


def test_an_unchanged_document_adds_no_event(api: TestClient) -> None:
    document = api.get("/api/scenes/get", params={"id": "s1"}).json()
    assert api.post("/api/scenes/save", json=document).json()["events"] == 0
    document["nodes"][0]["content"] = "Snow."
    document["nodes"].append({"id": "n2", "type": "text", "content": "More snow."})
    assert api.post("/api/scenes/save", json=document).json()["events"] == 2
    assert [n["content"] for n in api.get(f"{HERE}/scenes/s1").json()["nodes"]] == ["Snow.", "More snow."]
    assert api.post("/api/scenes/delete", json={"id": "s1"}).json()["events"] == 1
    assert api.get("/api/scenes/get", params={"id": "s1"}).status_code == 404
    assert api.get("/api/scenes/get", params={"id": "s1", "at": 4}).json()["nodes"][0]["content"] == "Rain."


@pytest.mark.parametrize(
    ("path", "save", "document"),
    [
        ("characters", "update", {"id": "ann", "name": "Ann", "traits": {"mood": "wet"}}),
        ("timelines", "save", {"id": "t1", "name": "Main", "scene_order": ["s1"]}),
        ("templates", "save", {"id": "p1", "name": "Greeting", "kind": "scene", "body": {"x": "Hello."}}),
        ("worlds", "save", {"id": "w1", "name": "Harbour", "rules": {"magic": "none"}}),
    ],
)
def test_documents_of_every_kind_are_kept(api: TestClient, path: str, save: str, document: dict[str, object]) -> None:
    assert api.post(f"/api/{path}/{save}", json=document).json()["events"] == 1
    kept = api.get(f"/api/{path}/get", params={"id": document["id"]}).json()
    assert kept == {**kept, **document}
    assert [item["id"] for item in api.get(f"/api/{path}/list").json()["items"]] == [document["id"]]
    assert api.post(f"/api/{path}/{save}", json=kept).json()["events"] == 0


def test_variables_are_set_within_their_type_and_reset(api: TestClient) -> None:
    api.post(f"{HERE}/variables/book/declare-variable", json={"type": "bool", "default": False})
    assert api.get("/api/vars/get", params={"name": "book"}).json()["value"] is False
    assert api.post("/api/vars/set", json={"name": "book", "value": True}).status_code == 200
    assert [v["value"] for v in api.get("/api/vars/list").json()["items"]] == [True]
    refused = api.post("/api/vars/set", json={"name": "book", "value": "yes"})
    assert (refused.status_code, refused.json()["code"]) == (400, "variable_malformed")
    assert api.post("/api/vars/reset", json={}).json()["reset"] == ["book"]
    assert api.get("/api/vars/get", params={"name": "book"}).json()["value"] is False


def test_undo_redo_restore_and_blame(api: TestClient) -> None:
    reword(api, "One.", **{"X-Actor": "ann"})
    reword(api, "Two.", **{"X-Actor": "ben"})
    assert api.post(f"{HERE}/undo", headers={"X-Actor": "ben"}).json()["events"] == 1
    assert words(api) == "One."
    assert api.post(f"{HERE}/redo", headers={"X-Actor": "ben"}).status_code == 200
    assert words(api) == "Two."
    blame = api.get(f"{HERE}/scenes/s1/blame", params={"part": "n1"}).json()
    assert blame["fields"]["content"]["actor"] == "ben"
    assert [v["body"]["content"] for v in blame["versions"]] == ["Rain.", "One.", "Two.", "One.", "Two."]
    assert words(api, at=5) == "One."
    assert api.post(f"{HERE}/restore", json={"position": 4}).json()["events"] == 1
    assert words(api) == "Rain."
    assert [c["kind"] for c in api.get(f"{HERE}/history", params={"limit": 3}).json()["items"]] == [
        "restore",
        "redo",
        "undo",
    ]
    refused = api.post(f"{HERE}/undo", headers={"X-Actor": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (404, "nothing_to_undo")


def test_branches_are_forked_compared_and_merged(api: TestClient) -> None:
    assert api.post("/api/projects/rain/branches", json={"name": "dry"}).status_code == 201
    dry = "/api/projects/rain/branches/dry"
    api.post(f"{dry}/scenes/s1/reword-line", json={"node_id": "n1", "text": "Sun."})
    found = api.get(f"{HERE}/compare", params={"with": "dry"}).json()["items"]
    assert [(d["part"], d["before"]["content"], d["after"]["content"]) for d in found] == [("n1", "Rain.", "Sun.")]
    reword(api, "Hail.")
    preview = api.get(f"{HERE}/merge-preview", params={"source": "dry"}).json()
    clash = api.post(f"{HERE}/merge", json={"source": "dry"})
    assert (clash.status_code, clash.json()["conflicts"]) == (409, preview["conflicts"])
    settled = {c["id"]: "theirs" for c in preview["conflicts"]}
    assert api.post(f"{HERE}/merge", json={"source": "dry", "settled": settled}).json()["events"] == 1
    assert words(api) == "Sun."
    assert api.post(f"{dry}/close").status_code == 200
    refused = api.post(f"{dry}/scenes/s1/retitle-scene", json={"title": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "branch_closed")


def test_a_branch_is_played(api: TestClient) -> None:
    items = api.get(f"{HERE}/play", params={"seed": 1}).json()["items"]
    assert [(i["type"], i.get("what"), i.get("reason")) for i in items] == [
        ("line", "Rain.", None),
        ("end", None, "end"),
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/projects/none", None, 404, "project_unknown"),
        ("GET", "/api/projects/rain/branches/none/scenes", None, 404, "branch_unknown"),
        ("GET", f"{HERE}/scenes/none", None, 404, "scene_unknown"),
        ("POST", f"{HERE}/scenes/none/retitle-scene", {"title": "x"}, 404, "scene_unknown"),
        ("POST", f"{HERE}/scenes/s1/open-scene", {"title": "x"}, 409, "scene_exists"),
        ("POST", f"{HERE}/scenes/s1/write-line", {"node_id": "n9"}, 422, "request_malformed"),
        ("POST", f"{HERE}/scenes/s1/write-line", {"node_id": "n9", "text": "", "x": 1}, 422, "request_malformed"),
        ("POST", "/api/scenes/save", {"id": "q"}, 400, "scene_malformed"),
        ("POST", "/api/scenes/save", {"id": "q", "title": "Q", "nodes": [{"id": "x"}]}, 400, "scene_malformed"),
        ("POST", "/api/scenes/save", {"title": "no id"}, 400, "scene_malformed"),
        ("POST", "/api/scenes/save", [], 422, "request_malformed"),
        ("POST", "/api/projects", {"name": "Rain"}, 409, "project_exists"),
        ("POST", "/api/projects", {"name": " !! "}, 400, "name_malformed"),
        ("POST", f"{HERE}/restore", {"position": 10_000}, 400, "position_unknown"),
        ("POST", f"{HERE}/restore", {"position": 1, "only": ["scene"]}, 400, "entity_malformed"),
        ("POST", f"{HERE}/revert", {"commit": "abcd"}, 404, "commit_unknown"),
        ("POST", f"{HERE}/merge", {"source": "none"}, 404, "branch_unknown"),
        ("GET", f"{HERE}/play?choices=x", None, 400, "choices_malformed"),
        ("GET", f"{HERE}/scenes?at=-1", None, 422, "request_malformed"),
        ("GET", "/nowhere", None, 404, "route_unknown"),
        ("DELETE", "/health", None, 405, "method_not_allowed"),
    ],
)
def test_refusals_have_a_stable_code(
    api: TestClient, method: str, path: str, body: object, status: int, code: str
) -> None:
    before = api.get("/status").json()["projects"]
    answer = api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.get("/status").json()["projects"] == before


def test_a_malformed_if_match_is_refused(api: TestClient) -> None:
    status, body = reword(api, "x", **{"If-Match": "yesterday"})
    assert (status, body["code"]) == (400, "if_match_malformed")


def test_strangers_are_kept_out(api: TestClient) -> None:
    assert api.get("/health", headers={"Host": "evil.example"}).json()["code"] == "host_unknown"
    assert api.get("/health", headers={"Host": "[::1]:8001"}).status_code == 200
    refused = api.post("/api/projects", json={"name": "x"}, headers={"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["code"]) == (403, "origin_foreign")
    refused = api.post("/api/projects", json={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.json()["code"] == "origin_foreign"
    huge = api.post("/api/scenes/save", content=b"{}", headers={"Content-Length": str(10**9)})
    assert (huge.status_code, huge.json()["code"]) == (413, "body_too_large")


def test_settings_are_merged(api: TestClient) -> None:
    api.post("/settings/save", json={"current_project": "rain"})
    assert api.get("/settings/get").json() == {"current_project": "rain"}


def test_every_route_says_what_it_does_and_how_it_fails(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            assert route.get("summary"), (method, path)
            status = min(route["responses"])
            told = route["responses"][status].get("content", {}).values()
            assert status == "204" or next(iter(told))["schema"], (method, path)
            if path.startswith("/api/"):
                assert {"400", "404", "409", "422"} <= route["responses"].keys(), (method, path)


def test_beyond_loopback_the_token_opens_the_server() -> None:
    studio = make_studio()
    fill(studio)
    with TestClient(make_app(studio, token="s3cret")) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/").status_code == 200
        refused = client.get("/api/projects", headers={"Host": "192.168.1.9:8001"})
        assert (refused.status_code, refused.json()["code"]) == (401, "token_missing")
        assert client.get("/api/projects", headers={"Host": "evil.example"}).json()["code"] == "host_unknown"
        assert client.get("/api/projects", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/projects", headers={"Authorization": "Bearer s3cret"}).status_code == 200
        assert client.post("/session", json={"token": "wrong"}).json()["code"] == "token_wrong"
        signed = client.post("/session", json={"token": "s3cret"})
        assert "samesite=strict" in signed.headers["set-cookie"].lower()
        assert client.get("/api/projects").status_code == 200


def test_a_number_beyond_64_bits_is_refused_and_told(api: TestClient) -> None:
    answer = api.post(f"{HERE}/restore", json={"position": -(2**63) - 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "position_unknown")
    assert answer.json()["at"] == -(2**63) - 1


def test_changes_have_names_and_undo_says_what_it_would_do(api: TestClient) -> None:
    reword(api, "Rain again.", **{"X-Actor": "ben"})
    page = api.get(f"{HERE}/history", params={"limit": 2}).json()
    assert [item["name"] for item in page["items"]] == ["Reworded a line in Roof", "Wrote a line in Roof"]
    assert page["more"]
    rest = api.get(f"{HERE}/history", params={"at": page["below"]}).json()
    assert (rest["items"][0]["name"], rest["more"], rest["below"]) == ("Opened Roof", False, None)
    query = {"kind": "do", "entity": "scene:s1", "text": "roof", "since": "2020-01-01", "actor": "ben"}
    found = api.get(f"{HERE}/history", params=query).json()["items"]
    touched = [{"entity": "scene:s1", "kind": "scene", "name": "Roof", "events": {"story.line_reworded": 1}}]
    assert [item["touched"] for item in found] == [touched]
    assert api.get(f"{HERE}/history", params={"until": "2020-01-01T00:00:00+02:00"}).json()["items"] == []
    assert api.get(f"{HERE}/history", params={"since": "0001-01-01T00:00:00+02:00"}).json()["code"] == "time_unknown"
    steps = api.get(f"{HERE}/next-steps", headers={"X-Actor": "ben"}).json()
    assert (steps["undo"]["name"], steps["redo"]) == ("Reworded a line in Roof", None)
    api.post(f"{HERE}/undo", headers={"X-Actor": "ben"})
    steps = api.get(f"{HERE}/next-steps", headers={"X-Actor": "ben"}).json()
    assert (steps["undo"], steps["redo"]["name"]) == (None, "Reworded a line in Roof")


def test_words_are_found_shown_and_replaced(api: TestClient) -> None:
    query = {"text": "RAIN", "where": "dialogue", "speaker": "x"}
    assert api.get("/api/search", params=query).json()["items"] == []
    del query["speaker"]
    found = api.get("/api/search", params=query).json()
    assert (found["total"], found["items"][0]["spans"]) == (1, [[0, 4]])
    asked = {"text": "r(ain)", "replacement": "b\\1", "regex": True, "where": ["dialogue"]}
    shown = api.post("/api/replace/preview", json=asked).json()
    assert (shown["items"][0]["hit"]["id"], shown["items"][0]["after"]) == ("scene:s1/n1/content", "bain.")
    assert words(api) == "Rain."
    answer = api.post("/api/replace", json={**asked, "only": ["scene:s1/n1/content"]})
    assert (answer.status_code, answer.json()["events"]) == (200, 1)
    assert words(api) == "bain."
    assert api.get(f"{HERE}/history").json()["items"][0]["name"] == "Replaced “r(ain)” with “b\\1”"
    gone = api.post("/api/replace", json={**asked, "only": ["scene:s1/n1/content"]})
    assert (gone.status_code, gone.json()["code"]) == (404, "hit_unknown")


def test_maps_keep_what_was_moved(api: TestClient) -> None:
    moved = {"places": {"s1": {"x": 40.5, "y": -3}}}
    assert api.put("/api/map/places", json=moved).json() == {"moved": 1}
    scene = api.get("/api/map", params={"findings": True}).json()["scenes"][0]
    assert (scene["id"], scene["x"], scene["y"], scene["chosen"], scene["words"]) == ("s1", 40.5, -3, True, 1)
    assert api.delete("/api/map/places", params={"everything": True}).json() == {"view": "project"}
    assert api.get("/api/map").json()["scenes"][0]["chosen"] is False
    api.put("/api/scenes/s1/map/places", json={"places": {"n1": {"x": 1, "y": 2}}})
    node = api.get("/api/scenes/s1/map").json()["nodes"][0]
    assert (node["id"], node["x"], node["y"], node["chosen"]) == ("n1", 1, 2, True)
    assert api.delete("/api/scenes/s1/map/places").json() == {"view": "scene:s1"}
    assert api.put("/api/map/places", json={"places": {"s1": {"x": "NaN", "y": 2}}}).status_code == 422


def test_a_condition_is_checked_while_it_is_written(api: TestClient) -> None:
    api.post(f"{HERE}/variables/mood/declare-variable", json={"default": 0}).raise_for_status()

    def checked(source: str) -> Any:
        return api.get(f"{HERE}/check-expression", params={"source": source}).json()

    assert checked("mood > 2 and clue") == {"error": None, "names": ["clue", "mood"], "undeclared": ["clue"]}
    assert "mood >" in checked("mood >")["error"] or checked("mood >")["error"]
    assert checked("mood >")["names"] == []
    assert checked("lambda: 1")["error"]


def test_variants_are_compared_as_prose_and_lines_taken_over(api: TestClient) -> None:
    api.post("/api/projects/rain/branches", json={"name": "v"})
    there = HERE.replace("main", "v")
    commit = api.post(f"{there}/scenes/s1/reword-line", json={"node_id": "n1", "text": "Soft rain."}).json()["commit"]
    found = api.get(f"{HERE}/compare/prose", params={"with": "v"}).json()
    marked = [["removed", "Rain"], ["added", "Soft rain"], ["same", "."]]
    assert found["scenes"][0]["lines"][0]["marks"] == marked
    bare = api.get(f"{HERE}/compare/prose", params={"with": "v", "words": False}).json()
    assert (bare["scenes"][0]["changed"], bare["scenes"][0]["lines"]) == (1, [])
    assert api.get(f"{there}/commits/{commit['id']}/prose").json()["scenes"] == found["scenes"]
    assert api.get(f"{HERE}/commits/0000/prose").status_code == 404
    preview = api.get(f"{HERE}/merge-preview/prose", params={"source": "v"}).json()
    assert (preview["conflicts"], preview["prose"]["scenes"]) == ([], found["scenes"])
    taken = {"source": "v", "parts": [{"entity": "scene:s1", "part": "n1"}]}
    assert api.post(f"{HERE}/take-parts", json=taken).json()["events"] == 1
    assert words(api) == "Soft rain."
    unknown = {"source": "v", "parts": [{"entity": "nothing:s1", "part": "n1"}]}
    assert api.post(f"{HERE}/take-parts", json=unknown).json()["code"] == "kind_unknown"


def test_words_lines_and_plain_text(api: TestClient) -> None:
    api.post(f"{HERE}/characters/ann/introduce-character", json={"name": "Ann"})
    api.post(f"{HERE}/scenes/s1/write-line", json={"node_id": "n2", "text": "Two words.", "speaker": "ann"})
    assert [c["words"] for c in api.get("/api/words").json()["characters"]] == [2, 1]
    assert api.get("/api/characters/ann/lines").json()["items"][0]["node"] == "n2"
    assert api.get("/api/characters/ben/lines").status_code == 404
    assert [line["text"] for line in api.get("/api/scenes/s1/text").json()["lines"]] == ["Rain.", "Two words."]


def test_what_a_model_wrote_is_reviewed(api: TestClient) -> None:
    reword(api, "Rain by a model.", **{"X-Actor": "model:gpt"})
    page = api.get(f"{HERE}/review", params={"by": "model"}).json()
    (item,) = page["items"]
    assert (item["subject"], item["before"], page["actors"]) == ("scene:s1/n1", "Rain.", {"model:gpt": 1})
    asked = {"lines": [{"subject": item["subject"], "position": item["position"]}]}
    assert api.post(f"{HERE}/review/accept", json=asked).json()["events"] == 1
    assert api.get(f"{HERE}/review").json()["items"] == []
    assert api.get(f"{HERE}/history").json()["items"][0]["name"] == "Accepted 1 line"
    assert api.post(f"{HERE}/review/reject", json=asked).json()["code"] == "stale"
    api.post(f"{HERE}/undo")
    (item,) = api.get(f"{HERE}/review").json()["items"]
    asked = {"lines": [{"subject": item["subject"], "position": item["position"]}]}
    assert api.post(f"{HERE}/review/reject", json=asked).json()["events"] == 1
    assert words(api) == "Rain."
