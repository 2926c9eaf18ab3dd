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
    f"{SAMPLE}/map",
    f"{SAMPLE}/map/visitor/visitor-11",
    f"{SAMPLE}/characters",
    f"{SAMPLE}/characters/ines",
    f"{SAMPLE}/timeline",
    f"{SAMPLE}/play",
    f"{SAMPLE}/play/depot",
    f"{SAMPLE}/history",
    f"{SAMPLE}/history?at=126",
    f"{SAMPLE}/history/variants",
    f"{SAMPLE}/history/review",
    f"{SAMPLE}/history/line/depot/depot-03",
    f"{SAMPLE}/settings",
    f"{SAMPLE}/assets",
    "/studio/imports",
    f"{SAMPLE}/export",
    "/studio/jobs",
)


def test_the_first_page_loads_and_asks_nobody_else(page: Page, server: Server) -> None:
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


def test_every_view_can_be_used_by_everybody(page: Page, server: Server) -> None:
    found = {}
    for view in VIEWS:
        page.goto(view)
        expect(page.get_by_role("heading").first).to_be_visible()
        if wrong := findings(page):
            found[view] = wrong
        for theme in ("dark", "contrast"):
            page.evaluate("theme => Object.assign(document.documentElement.dataset, {theme, motion: 'reduced'})", theme)
            if wrong := findings(page, rules=["color-contrast"]):
                found[f"{view} {theme}"] = wrong
    assert not found


def test_a_person_chooses_how_the_studio_looks_and_speaks(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/settings")
    page.get_by_label("Theme").select_option("contrast")
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Szenen")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == [
        "de",
        "contrast",
    ]
    page.get_by_role("button", name="Variante: main").press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="main")).to_be_visible()  # as soon as the variants are known
    page.keyboard.press("Home")
    expect(page.get_by_role("menuitemradio", name="main")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("menuitem", name="Neue Variante")).to_be_focused()
    assert not findings(page)


def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for view in VIEWS:
        page.goto(view)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, view
