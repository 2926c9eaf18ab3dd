"""The pages of the studio as they are served: packed, kept for ever or never, and nothing beside them."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from comfyvn.interfaces.studio import pages

HASHED = "static/index-abc.js"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Return a folder of built pages, and a secret beside it."""
    folder = tmp_path / "static"
    (folder / "static").mkdir(parents=True)
    for name, content in {
        "index.html": b"<title>ComfyVN</title>",
        HASHED: b"let",
        "sw.js": b"sw",
        "BUILD": b"x",
    }.items():
        (folder / name).write_bytes(content)
        (folder / f"{name}.gz").write_bytes(b"gz " + content)
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def client(static: Path) -> TestClient:
    app = FastAPI()
    app.include_router(pages.routes(static))
    return TestClient(app, headers={"Accept-Encoding": "identity"})


@pytest.mark.parametrize("path", ["/", "/p/rain/main/scenes/s1?at=3", "/studio/settings", "/p/a%2Fb/.."])
def test_every_address_of_the_studio_is_the_one_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>ComfyVN</title>")
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_hashed_files_are_kept_for_ever_and_sent_as_the_browser_reads_them(client: TestClient) -> None:
    plain = client.get(f"/{HASHED}")
    assert (plain.text, plain.headers["content-type"]) == ("let", "text/javascript; charset=utf-8")
    assert "immutable" in plain.headers["cache-control"]
    assert "content-encoding" not in plain.headers
    with client.stream("GET", f"/{HASHED}", headers={"Accept-Encoding": "br;q=1.0, gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "Accept-Encoding"
        assert b"".join(packed.iter_raw()) == b"gz let"
    assert client.get("/sw.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../../secret.js", "..%2f..%2fsecret.js", "%2e%2e/BUILD", "none.js", "../index.html.gz"]
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(f"/static/{path}")
    assert answer.status_code == 404
    assert answer.text not in ("secret", "x")


def test_without_built_pages_the_server_says_what_to_do_and_shows_them_when_they_are_there(static: Path) -> None:
    index = static / "index.html"
    built = index.read_bytes()
    index.unlink()
    app = FastAPI()
    app.include_router(pages.routes(static))
    client = TestClient(app, headers={"Accept-Encoding": "identity"})
    assert "python3 run_comfyvn.py" in client.get("/p/rain").text
    index.write_bytes(built)
    assert client.get("/").text == "<title>ComfyVN</title>"
