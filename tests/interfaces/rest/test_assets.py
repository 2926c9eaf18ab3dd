"""The registry over HTTP: uploads, lists, ranges, thumbnails, jobs, refusals."""

import errno
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from comfyvn.infrastructure.storage import blobs
from tests.interfaces.rest.client import fill, make_app, make_studio
from tests.patience import PATIENCE, ended
from tests.registries import BROKEN

PNG, OGG = b"a picture" * 10, b"a song" * 10


@pytest.fixture(scope="module")
def served() -> Iterator[TestClient]:
    studio = make_studio()
    fill(studio)
    with TestClient(make_app(studio), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """Return a client of a project without assets."""
    name = f"P{time.monotonic_ns()}"
    assert served.post("/api/projects", json={"name": name}).status_code in (200, 201)
    return served


def upload(client: TestClient, *files: tuple[str, bytes], status: int = 200, key: str = "", **fields: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(
        "/assets/upload", files=[("file", one) for one in files], data=fields, headers={"X-Actor": "ann", **headers}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def over(client: TestClient, route: str, /, **asked: Any) -> Any:
    answer = client.post(route, json=asked)
    assert answer.status_code == 202, answer.text
    return ended(lambda: client.get(f"/jobs/{answer.json()['id']}").json())


def test_an_upload_answers_with_rows_in_one_commit(client: TestClient) -> None:
    meta = json.dumps({"license": "MIT"})
    done = upload(client, ("park.png", PNG), ("rain.ogg", OGG), under="bg", meta=meta, tags=["night", "wet"], key="k1")
    commit = done["outcome"]["commit"]
    assert (commit["actor"], commit["events"]) == ("ann", 4)
    park, rain = done["items"]
    assert (park["path_full"], park["type"], park["tags"]) == ("bg/park.png", "image", ["night", "wet"])
    assert (rain["type"], rain["hash"]) == ("music", hashlib.sha256(OGG).hexdigest())
    assert park["created_at"] == commit["at"]
    again = upload(client, ("park.png", PNG), ("rain.ogg", OGG), under="bg", meta=meta, tags=["night", "wet"], key="k1")
    assert again == done
    answer = client.get(f"/assets/{park['id']}")
    assert (answer.json(), answer.headers["etag"]) == (park, '"1"')
    assert client.get(f"/assets/{park['hash']}").json() == park


@pytest.mark.parametrize(
    ("files", "fields", "code"),
    [
        ([], {"under": "x"}, "form_malformed"),
        ([("a.png", BROKEN)], {}, "media_broken"),
        ([("a.png", b"x")], {"meta": "{"}, "form_malformed"),
        ([("a.png", b"x")], {"meta": "[]"}, "form_malformed"),
        ([("a.png", b"x")], {"type": "spell"}, "form_malformed"),
        ([("a.png", b"x")], {"under": "../up"}, "asset_malformed"),
        ([("a.png", b"x"), ("a.png", b"y")], {}, "form_malformed"),
        ([("a.png", b"x"), ("b.png", b"y")], {"path": "c.png"}, "form_malformed"),
        ([("..", b"x")], {}, "asset_malformed"),
    ],
)
def test_an_upload_that_is_refused_registers_nothing(
    client: TestClient, files: list[tuple[str, bytes]], fields: dict[str, str], code: str
) -> None:
    assert upload(client, *files, status=400, **fields)["code"] == code
    assert client.get("/assets").json()["total"] == 0


def test_a_form_without_a_file(client: TestClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="under"\r\n\r\nbg\r\n--x--\r\n'
    answer = client.post("/assets/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "file_missing")


def test_folders_that_a_client_puts_before_a_name_are_left_out(client: TestClient) -> None:
    name = b"C:\\\\Users\\\\me\\\\a.png"
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\nhi\r\n--x--\r\n'
    answer = client.post("/assets/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.json()["items"][0]["path_full"] == "a.png"


def test_a_download_in_whole_and_in_part(client: TestClient) -> None:
    asset = upload(client, ("a.png", PNG))["items"][0]
    path = f"/assets/{asset['id']}/download"
    whole = client.get(path)
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, PNG, "image/png")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"] == "inline; filename*=UTF-8''a.png"
    size = len(PNG)
    for asked, part in {
        "bytes=0-0": (0, 1),
        "bytes=5-9": (5, 10),
        "bytes=80-": (80, size),
        "bytes=-7": (size - 7, size),
        f"bytes=0-{size + 100}": (0, size),
        f"bytes=-{size + 100}": (0, size),
    }.items():
        answer = client.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, PNG[slice(*part)]), asked
        assert answer.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/{size}"
        assert int(answer.headers["content-length"]) == part[1] - part[0]
    for asked in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        answer = client.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}"), asked
    for asked in ("bytes=9-5", "bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=a-b"):
        assert client.get(path, headers={"Range": asked}).status_code == 200, asked
    tag = whole.headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(path, headers={"Range": "bytes=0-0", "If-Range": tag}).status_code == 206
    assert client.get(path, headers={"Range": "bytes=0-0", "If-Range": '"other"'}).status_code == 200


def test_what_can_hold_a_script_is_saved_and_never_shown(client: TestClient) -> None:
    files = [("a.svg", b"<svg/>"), ("b.html", b"<script>"), ("c.txt", b"text")]
    for asset in upload(client, *files)["items"]:
        headers = client.get(f"/assets/{asset['id']}/download").headers
        assert headers["content-disposition"].startswith("attachment;")
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_name_of_any_script_is_given_back(client: TestClient) -> None:
    asset = upload(client, ("雨 の音.ogg", OGG))["items"][0]
    assert asset["path_full"] == "雨 の音.ogg"
    headers = client.get(f"/assets/{asset['id']}/download").headers
    assert headers["content-disposition"] == "inline; filename*=UTF-8''%E9%9B%A8%20%E3%81%AE%E9%9F%B3.ogg"


def test_another_content_keeps_id_and_past(client: TestClient) -> None:
    done = upload(client, ("a.png", b"first"))
    asset, then = done["items"][0]["id"], done["outcome"]["position"]
    path = f"/assets/{asset}/replace"
    answer = client.post(path, files={"file": ("b.png", b"second")}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{answer.json()["versions"][f"asset:{asset}"]}"')
    assert client.get(f"/assets/{asset}/download").content == b"second"
    assert client.get(f"/assets/{asset}/download", params={"at": then}).content == b"first"
    stale = client.post(path, files={"file": ("b.png", b"third")}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    two = client.post(path, files=[("file", ("b.png", b"3")), ("file", ("c.png", b"4"))])
    assert (two.status_code, two.json()["code"]) == (400, "form_malformed")
    assert client.post("/assets/nobody/replace", files={"file": ("b.png", b"3")}).status_code == 404


def test_tags_licence_and_the_end(client: TestClient) -> None:
    asset = upload(client, ("a.png", PNG))["items"][0]["id"]
    assert client.post(f"/assets/{asset}/tag", json={"tag": "night"}).status_code == 200
    assert client.post(f"/assets/{asset}/tag", json={"tag": "wet"}).status_code == 200
    assert client.post(f"/assets/{asset}/untag", json={"tag": "night"}).status_code == 200
    licensed = client.post(
        f"/assets/{asset}/relicense", json={"license": "CC0-1.0"}, headers={"Idempotency-Key": asset}
    )
    assert licensed.json()["events"] == 2
    again = client.post(f"/assets/{asset}/relicense", json={"license": "CC0-1.0"}, headers={"Idempotency-Key": asset})
    assert again.json() == licensed.json()
    row = client.get(f"/assets/{asset}").json()
    assert (row["tags"], row["meta"]["license"]) == (["wet"], "CC0-1.0")
    ended = client.post(f"/assets/{asset}/retire", headers={"Idempotency-Key": asset + "r"})
    assert ended.status_code == 200
    assert client.post(f"/assets/{asset}/retire", headers={"Idempotency-Key": asset + "r"}).json() == ended.json()
    assert client.get(f"/assets/{asset}").json()["code"] == "asset_unknown"
    before = ended.json()["position"] - 1
    assert client.get(f"/assets/{asset}", params={"at": before}).json()["tags"] == ["wet"]


def test_the_list_is_filtered_and_comes_in_pages(client: TestClient) -> None:
    upload(client, *[(f"{n}.png", b"%d" % n) for n in range(7)], meta='{"license": "MIT", "rating": "teen"}')
    upload(client, ("Rain.ogg", OGG), tags=["wet"], meta='{"author": "Béla"}')
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = client.get("/assets", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["path_full"] for item in page["items"]]
        assert page["total"] == 8
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"{n}.png" for n in range(7)] + ["Rain.ogg"]

    def total(**asked: Any) -> int:
        found: int = client.get("/assets", params=asked).json()["total"]
        return found

    assert (total(type="music"), total(tag="wet"), total(licence="MIT"), total(rating="teen")) == (1, 1, 7, 7)
    assert (total(text="rain"), total(text="BÉLA"), total(text="nothing")) == (1, 1, 0)
    assert (total(missing=True), total(missing=False), total(type="music", tag="dry")) == (0, 8, 0)
    assert (total(unused=True), total(unused=False)) == (8, 0)
    for wrong in ("x", "WzFd", "bnVsbA=="):
        assert client.get("/assets", params={"cursor": wrong}).json()["code"] == "cursor_malformed"


def test_a_thumbnail_comes_after_the_upload(client: TestClient) -> None:
    picture, text = upload(client, ("t.png", b"thumb of this"), ("t.txt", b"no picture"))["items"]
    end = time.monotonic() + PATIENCE
    while (answer := client.get(f"/assets/{picture['id']}/thumbnail")).status_code != 200:
        assert answer.json()["code"] == "thumbnail_pending"
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (answer.headers["content-type"], answer.content) == ("image/webp", b"RIFFthumb of")
    while (answer := client.get(f"/assets/{text['id']}/thumbnail")).json()["code"] == "thumbnail_pending":
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (answer.status_code, answer.json()["code"]) == (404, "thumbnail_none")


def test_paths_of_the_server(client: TestClient, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for n in range(3):
        (source / f"{n}.png").write_bytes(b"%d" % n)
    done = client.post("/assets/register", json={"path": str(source / "1.png"), "under": "one", "tags": ["t"]})
    assert (done.status_code, done.json()["files"], len(done.json()["commits"])) == (200, 1, 1)
    job = over(client, "/assets/register", path=str(source), meta={"license": "MIT"})
    assert (job["status"], job["output_json"]["files"], len(job["output_json"]["ids"])) == ("done", 3, 3)
    assert client.get("/assets").json()["total"] == 4
    for path, code in (("/etc/passwd", "path_forbidden"), ("relative", "path_forbidden"), ("a\0b", "path_forbidden")):
        assert client.post("/assets/register", json={"path": path}).json()["code"] == code
    assert client.post("/assets/register", json={"path": str(source / "none")}).json()["code"] == "path_unknown"


def test_reports_and_repairs_are_jobs(client: TestClient) -> None:
    upload(client, ("r.png", b"report"))
    assert over(client, "/assets/rebuild")["status"] == "done"
    report = over(client, "/assets/enforce", deep=True)["output_json"]
    assert (report["ok"], report["deep"]) == (True, True)
    assert {flaw["code"] for flaw in report["flaws"]} <= {"blob_unnamed"}


def test_a_full_disk_is_told_plainly_and_registers_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> tuple[str, int]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs, "_write", full)
    answer = client.post("/assets/upload", files={"file": ("a.png", PNG)})
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert client.get("/assets").json()["total"] == 0


def test_where_used_both_ways_and_what_is_missing(client: TestClient) -> None:
    room = upload(client, ("bg room.png", PNG), under="images")["items"][0]
    alone = upload(client, ("alone.png", PNG + b"!"))["items"][0]
    lines = [{"id": "a", "type": "action", "verb": "scene", "content": "bg room"}]
    lines += [{"id": "b", "type": "action", "verb": "play", "content": "rain.ogg"}]
    saved = client.post("/api/scenes/save", json={"id": "s", "title": "Roof", "nodes": lines})
    assert saved.status_code == 200, saved.text
    found = client.get(f"/assets/{room['hash']}/where-used").json()
    (use,) = found["items"]
    assert (found["asset"], found["total"], found["next"]) == (room["id"], 1, None)
    assert (use["subject"], use["role"], use["title"], use["text"]) == ("scene:s/a", "shows", "Roof", "scene bg room")
    past = client.get(f"/assets/{room['id']}/where-used", params={"at": found["position"] - 1}).json()
    assert past["total"] in (0, 1)
    used = client.get("/assets/used-by", params={"subject": "scene:s"}).json()
    assert [(one["subject"], one["assets"]) for one in used] == [("scene:s/a", [room["id"]]), ("scene:s/b", [])]
    (missing,) = client.get("/assets/missing").json()["items"]
    assert (missing["name"], missing["total"], missing["uses"][0]["subject"]) == ("file:rain.ogg", 1, "scene:s/b")
    unused = client.get("/assets", params={"unused": True}).json()["items"]
    assert [item["id"] for item in unused] == [alone["id"]]
    assert client.get("/assets/none/where-used").json()["code"] == "asset_unknown"
    assert client.get(f"/assets/{room['id']}/exports").json() == []
    assert client.get("/assets/none/exports").json()["code"] == "asset_unknown"
    for subject, code in (("scene:none", "subject_unknown"), ("scene", "subject_malformed")):
        assert client.get("/assets/used-by", params={"subject": subject}).json()["code"] == code
    assert client.get(f"/assets/{room['id']}/where-used", params={"cursor": "x"}).json()["code"] == "cursor_malformed"


def test_a_job_needs_no_body(client: TestClient) -> None:
    for route in ("/assets/rebuild", "/assets/enforce"):
        assert client.post(route).status_code == 202


def test_names_mean_assets_by_path_and_by_expression(client: TestClient) -> None:
    done = upload(client, ("bg park.png", PNG), ("rain.ogg", OGG), under="images")
    park, rain = (item["id"] for item in done["items"])
    name = client.get("/api/projects").json()["items"][-1]["id"]
    ada = f"/api/projects/{name}/branches/main/characters/ada"
    assert client.post(f"{ada}/introduce-character", json={"name": "Ada", "variable": "ada"}).is_success
    assert client.post(f"{ada}/portray-expression", json={"key": "happy", "value": park}).is_success
    wanted = {
        "image:bg park": [park],
        "image:ada happy": [park],
        "image:ada sad": None,
        "file:images/rain.ogg": [rain],
        "file:<loop 2>no.ogg": None,
    }
    found = client.get("/assets/meant", params={"name": list(wanted), "project": name}).json()
    assert {item["name"]: item["assets"] for item in found} == wanted
    refused = client.get("/assets/meant", params={"name": "node:1"})
    assert (refused.status_code, refused.json()["code"]) == (400, "name_malformed")


def test_a_server_that_others_reach_opens_no_folders(client: TestClient) -> None:
    refused = client.post("/assets/any/reveal")
    assert (refused.status_code, refused.json()["code"]) == (400, "reveal_forbidden")
