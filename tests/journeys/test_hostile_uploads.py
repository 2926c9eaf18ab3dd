"""Bombs and lies at the door of a real server: a clear error each, little memory, and nothing half registered."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request
from tests.infrastructure.media.samples import archive, png_chunk, sample
from tests.infrastructure.media.test_hostile import png
from tests.journeys.processes import served
from tests.journeys.registrar import open_registry
from tests.journeys.test_crash_assets import looked, memory
from tests.patience import PATIENCE

SVG = (
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)' width='9' height='9'>"
    b"<script>fetch('/api/projects')</script></svg>"
)
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "square.png": ("media_bomb", lambda: png(30_000, 30_000)),
    "text.png": (
        "media_bomb",
        lambda: png(8, 8, png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 << 20), 9))),
    ),
    "other.png": ("media_mismatch", archive),
    "program.gif": ("media_mismatch", lambda: b"MZ" + bytes(200)),
    "both.png": ("media_mismatch", lambda: sample("a.png") + archive()),
    "page.jpg": ("media_mismatch", lambda: sample("a.jpg") + b"<script>alert(1)</script>"),
    "drawing.png": ("media_mismatch", lambda: SVG),
    "cut.mp4": ("media_broken", lambda: sample("a.mp4")[: len(sample("a.mp4")) * 6 // 10]),
}


@pytest.fixture
def home(home: Path) -> Path:
    registry = open_registry(str(home))
    found_project(registry.studio, "Rain", Request(actor="ada"))
    registry.studio.store.close()
    return home


@pytest.fixture
def server(home: Path) -> Iterator[tuple[Any, httpx2.Client]]:
    with (
        served(home) as (process, port),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        yield process, client


def upload(client: httpx2.Client, name: str, content: bytes) -> Any:
    return client.post("/assets/upload", files={"file": (name, content)})


def test_bombs_and_lies_are_refused_and_nothing_is_half_registered(
    server: tuple[Any, httpx2.Client], home: Path
) -> None:
    process, client = server
    whole = upload(client, "whole.png", sample("a.png"))
    assert whole.status_code == 200, whole.text
    before = memory(process)
    for name, (code, make) in HOSTILE.items():
        answer = upload(client, name, make())
        assert answer.headers["content-type"] == "application/problem+json", name
        assert (answer.status_code, answer.json()["code"]) == (400, code), name
        assert answer.json()["detail"].endswith("."), name
    assert memory(process) - before < 64
    listed = client.get("/assets").json()
    assert [item["path_full"] for item in listed["items"]] == ["whole.png"]
    process.kill()
    process.wait()
    found, hashes = looked(home)
    assert (found.ok, hashes) == (True, [whole.json()["items"][0]["hash"]])
    assert {flaw.code for flaw in found.flaws} <= {"blob_unnamed", "thumb_missing"}


def test_a_drawing_with_a_script_is_stored_and_never_served_as_active_content(
    server: tuple[Any, httpx2.Client],
) -> None:
    _, client = server
    answer = upload(client, "evil.svg", SVG)
    assert answer.status_code == 200, answer.text
    (asset,) = answer.json()["items"]
    place = f"/assets/{asset['id']}"
    for asked in ({}, {"Range": "bytes=0-40"}):
        served_file = client.get(f"{place}/download", headers=asked)
        assert served_file.content == SVG[: len(served_file.content)]
        headers = served_file.headers
        assert headers["content-disposition"] == "attachment; filename*=UTF-8''evil.svg"
        assert headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert headers["x-content-type-options"] == "nosniff"
    row = client.get(place).json()
    assert row["meta"]["facts"]["active"] is True
    drawn = client.get(f"{place}/thumbnail")
    assert (drawn.status_code, drawn.json()["code"]) in ((404, "thumbnail_pending"), (404, "thumbnail_none"))
