"""What is kept as code over HTTP: where it stands, by kind and page by page."""

from starlette.testclient import TestClient

from tests.interfaces.rest.client import fill, make_app, make_studio

SCREEN = "screen shop():\n    text 'Tea'"


def test_code_is_listed_with_its_place_by_kind() -> None:
    studio = make_studio()
    fill(studio)
    client = TestClient(make_app(studio), base_url="http://localhost")
    scene = "/api/projects/rain/branches/main/scenes/s1"
    for node, text in (("c1", SCREEN), ("c2", "$ renpy.pause(2)"), ("c3", "screen tea():\n    pass")):
        done = client.post(f"{scene}/place-action", json={"node_id": node, "verb": "raw", "content": text})
        assert done.is_success, done.text
    found = client.get("/api/code").json()
    assert (found["total"], found["kinds"]) == (3, {"screen": 2, "$": 1})
    assert [(item["scene"], item["node"], item["kind"]) for item in found["items"]] == [
        ("s1", "c1", "screen"),
        ("s1", "c2", "$"),
        ("s1", "c3", "screen"),
    ]
    assert found["items"][0] | {"title": "Roof", "role": "story", "text": SCREEN, "file": None} == found["items"][0]
    page = client.get("/api/code", params={"kind": "screen", "offset": 1, "limit": 1}).json()
    assert ([item["node"] for item in page["items"]], page["total"]) == (["c3"], 2)
    assert client.get("/api/code", params={"at": 4}).json()["items"] == []
