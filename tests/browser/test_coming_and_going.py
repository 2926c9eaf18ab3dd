"""A game is dropped into the studio, looked at, taken in, and taken out again to be checked by its engine."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio import Server

pytestmark = pytest.mark.engine

GAME = Path("/usr/share/games/renpy/the_question")


def test_a_game_is_dropped_looked_at_and_taken_in_then_exported_and_linted(page: Page, server: Server) -> None:
    page.goto("/studio/imports")
    page.get_by_label("Choose a folder").set_input_files(GAME)
    expect(page.get_by_role("heading", name="the_question · Ren'Py")).to_be_visible()
    before = server.get("/api/projects")["items"]
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="This would come")).to_be_visible()
    expect(page.get_by_text("70 lines")).to_be_visible()
    assert server.get("/api/projects")["items"] == before
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="It is here")).to_be_visible()
    page.get_by_text("Log", exact=True).click()
    expect(page.get_by_role("log", name="Log")).to_contain_text("read as renpy")
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("link", name="Export").or_(page.get_by_role("button", name="Export")).first.click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("files would be written")).to_be_visible()
    page.get_by_label("Let Ren'Py check it").check()
    page.get_by_role("main").get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("Ren'Py's lint found nothing.")).to_be_visible()
    page.get_by_text("Ren'Py's lint found nothing.").click()
    expect(page.get_by_role("log", name="What lint says")).to_contain_text("The game contains")
    page.goto("/studio/jobs")
    page.get_by_role("button", name="Ren'Py project").first.click()
    expect(page.get_by_role("log", name="Log")).to_be_visible()


def test_files_that_nobody_knows_are_told_so(page: Page) -> None:
    page.goto("/studio/imports")
    page.get_by_label("Choose files").set_input_files(
        {"name": "notes.bin", "mimeType": "application/octet-stream", "buffer": b"\0\1\2"}
    )
    expect(page.get_by_text("No reader knows what notes.bin is.")).to_be_visible()
