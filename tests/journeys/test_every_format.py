"""Each format becomes an asset with row, view, sidecar, thumbnail and origin, and goes out stamped.

Its pixels and samples are the same then.
"""

import hashlib
import io
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request
from tests.infrastructure.media.samples import sample
from tests.infrastructure.media.stamps.test_stamping import DECODERS, by_mutagen, by_pillow, strip
from tests.journeys.processes import served
from tests.journeys.registrar import open_registry
from tests.patience import PATIENCE

FORMATS = {
    "png": ("image", "images"),
    "jpg": ("image", "images"),
    "webp": ("image", "images"),
    "avif": ("image", "images"),
    "gif": ("image", "images"),
    "mp3": ("sound", "sounds"),
    "ogg": ("sound", "sounds"),
    "opus": ("sound", "sounds"),
    "flac": ("sound", "sounds"),
    "wav": ("sound", "sounds"),
    "m4a": ("sound", "sounds"),
    "ttf": ("font", "fonts"),
    "mp4": ("video", "videos"),
}
UNSTAMPED = ("gif", "ttf")


@pytest.fixture
def home(home: Path) -> Path:
    registry = open_registry(str(home))
    found_project(registry.studio, "Rain", Request(actor="ada"))
    registry.studio.store.close()
    return home


@pytest.fixture
def client(home: Path) -> Iterator[httpx2.Client]:
    with served(home) as (_, port), httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as found:
        yield found


def upload(client: httpx2.Client, files: dict[str, bytes], **fields: str) -> Any:
    answer = client.post("/assets/upload", files=[("file", (name, one)) for name, one in files.items()], data=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def thumbnail(client: httpx2.Client, asset: str) -> bytes:
    end = time.monotonic() + PATIENCE
    while (answer := client.get(f"/assets/{asset}/thumbnail")).status_code != 200:
        assert answer.json()["code"] == "thumbnail_pending"
        assert time.monotonic() < end
        time.sleep(0.05)
    return answer.content


def origins(client: httpx2.Client) -> list[dict[str, Any]]:
    listed = client.get("/api/projects/rain/branches/main/provenance", params={"limit": 500})
    assert listed.status_code == 200, listed.text
    return [
        client.get(f"/api/projects/rain/branches/main/provenance/{item['id']}").json()
        for item in listed.json()["items"]
    ]


def read_back(ending: str, content: bytes, folder: Path) -> dict[str, Any]:
    """Return the words of a stamp by a reader that is not ours."""
    if ending == "avif":
        exiftool = shutil.which("exiftool")
        assert exiftool
        file = folder / "a.avif"
        file.write_bytes(content)
        done = subprocess.run([exiftool, "-j", str(file)], capture_output=True, text=True, check=True)
        words = json.loads(done.stdout)[0]["Provenance"]
    else:
        words = (by_pillow if ending in ("png", "jpg", "webp") else by_mutagen)(content)
    found = json.loads(words[words.index('{"asset"') : words.rindex("}") + 1])
    assert isinstance(found, dict)
    return found


@pytest.mark.engine
def test_every_format_goes_in_and_comes_out(client: httpx2.Client, home: Path, tmp_path: Path) -> None:
    files = {f"one.{ending}": sample(f"a.{ending}") for ending in FORMATS}
    done = upload(client, files, meta=json.dumps({"license": "CC-BY-4.0", "author": "Ann"}))
    rows = {row["path_full"]: row for row in done["items"]}
    assert rows.keys() == files.keys()
    facts = {fact["subject"]: fact for fact in origins(client)}
    commit = done["outcome"]["commit"]["id"]
    for name, content in files.items():
        ending, row = name.rpartition(".")[2], rows[name]
        kind, folder = FORMATS[ending]
        assert (row["type"], row["hash"], row["bytes"]) == (kind, hashlib.sha256(content).hexdigest(), len(content))
        view = home / "data" / "assets" / folder / "rain" / name
        assert view.read_bytes() == content
        assert json.loads(view.with_name(name + ".asset.json").read_bytes()) == row
        with Image.open(io.BytesIO(thumbnail(client, row["id"]))) as shown:
            assert (shown.format, max(shown.size) <= 320) == ("WEBP", True)
        assert (home / "cache" / row["path_thumb"]).is_file()
        fact = facts[f"asset:{row['id']}"]
        assert (fact["activity"], fact["method"], fact["source"]) == ("imported", "upload", name)
        assert (fact["source_hash"], fact["licence"], fact["credit"]) == (row["hash"], "CC-BY-4.0", "Ann")

        path = f"/assets/{row['id']}/download"
        assert client.get(path).content == content
        answer = client.get(path, params={"stamped": True})
        if ending in UNSTAMPED:
            assert (answer.status_code, answer.json()["code"]) == (400, "stamp_unfit")
            continue
        assert answer.status_code == 200, answer.text
        said = read_back(ending, answer.content, tmp_path)
        said.pop("with", None)
        assert said == {
            "v": 1,
            "asset": row["id"],
            "sha256": row["hash"],
            "licence": "CC-BY-4.0",
            "credit": "Ann",
            "project": "rain",
            "commit": commit,
        }
        assert DECODERS[ending](answer.content) == DECODERS[ending](content)
        assert strip(answer.content) == content
        part = client.get(path, params={"stamped": True}, headers={"Range": "bytes=20-600"})
        assert (part.status_code, part.content) == (206, answer.content[20:601])
        known = client.get(path, params={"stamped": True}, headers={"If-None-Match": answer.headers["etag"]})
        assert (known.status_code, answer.headers["etag"] != client.get(path).headers["etag"]) == (304, True)

    stamped = {
        name: client.get(f"/assets/{row['id']}/download", params={"stamped": True}).content
        for name, row in rows.items()
        if name.rpartition(".")[2] not in UNSTAMPED
    }
    again = upload(client, stamped)
    assert (again["outcome"]["events"], again["outcome"]["commit"]) == (0, None)
    assert [row["hash"] for row in again["items"]] == [rows[name]["hash"] for name in stamped]

    upload(client, {"two.jpg": stamped["one.jpg"]})
    fresh = client.get("/assets", params={"text": "two"}).json()["items"][0]
    assert fresh["hash"] == rows["one.jpg"]["hash"], "under another name it is the same content"
    told = {fact["method"]: fact for fact in origins(client) if fact["subject"] == f"asset:{fresh['id']}"}
    assert (told["stamp"]["licence"], told["stamp"]["credit"]) == ("CC-BY-4.0", "Ann")
    assert told["stamp"]["details"]["asset"] == rows["one.jpg"]["id"]
