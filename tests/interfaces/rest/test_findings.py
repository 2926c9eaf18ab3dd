"""What is wrong with a story over HTTP: all of it, of one scene, as it was."""

from starlette.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio


def test_findings_of_a_story_of_a_scene_and_of_the_past() -> None:
    studio = make_studio()
    fill(studio)
    client = TestClient(make_app(studio), base_url="http://localhost")
    before = client.get("/api/findings").json()
    scene = "/api/projects/rain/branches/main/scenes/attic"
    client.post(f"{scene}/open-scene", json={"title": "Attic"}).raise_for_status()
    client.post(f"{scene}/write-line", json={"node_id": "n1", "text": "{b}Dust."}).raise_for_status()
    found = client.get("/api/findings").json()
    assert {(item["code"], item["scene"]) for item in found["items"]} >= {
        ("falls_off_end", "s1"),
        ("scene_unreachable", "attic"),
        ("tag_unclosed", "attic"),
    }
    assert (found["total"], found["errors"]) == (
        len(found["items"]),
        sum(item["severity"] == "error" for item in found["items"]),
    )
    attic = client.get("/api/findings", params={"scene": "attic", "limit": 1}).json()
    assert (len(attic["items"]), attic["total"]) == (1, sum(item["scene"] == "attic" for item in found["items"]))
    assert client.get("/api/findings", params={"at": 4}).json() == before
