"""The frame of the studio: it loads quickly, alone and safely, and is usable by everybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from comfyvn.interfaces.studio.building import STATIC
from tests.browser.studio import SAMPLE, Server, findings

pytestmark = pytest.mark.engine

MAIN_BYTES = 250_000
VIEWS = (
    "/",
    f"{SAMPLE}/scenes",
    f"{SAMPLE}/scenes/depot",
    f"{SAMPLE}/timeline",
    f"{SAMPLE}/play",
    f"{SAMPLE}/play/depot",
    f"{SAMPLE}/history",
    f"{SAMPLE}/history?at=126",
    f"{SAMPLE}/history/variants",
    f"{SAMPLE}/history/line/depot/depot-03",
    f"{SAMPLE}/settings",
    f"{SAMPLE}/assets",
    "/studio/imports",
    f"{SAMPLE}/export",
    "/studio/jobs",
)


def test_the_first_page_loads_at_once_and_asks_nobody_else(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/")
    expect(page.get_by_role("heading", name="Your projects")).to_be_visible()
    assert not errors
    assert {url for url in asked if not url.startswith((server.url, "data:"))} == set()


def test_what_the_first_page_loads_is_small() -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    first = re.findall(r'(?:src|href)="/(static/[^"]+\.js)"', page)
    assert first
    assert sum((STATIC / f"{name}.gz").stat().st_size for name in first) < MAIN_BYTES


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_every_view_can_be_used_by_everybody(page: Page, theme: str) -> None:
    page.goto("/")
    page.evaluate(f"localStorage['comfyvn.preferences'] = JSON.stringify({{state: {{theme: '{theme}'}}, version: 0}})")
    found = {}
    for view in VIEWS:
        page.goto(view)
        expect(page.get_by_role("heading").first).to_be_visible()
        if wrong := findings(page):
            found[view] = wrong
    assert not found
