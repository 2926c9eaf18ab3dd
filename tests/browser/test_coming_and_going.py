"""A game is dropped into the studio, looked at, taken in, remixed, and taken out to be checked by its engine."""

import base64
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio import Server

pytestmark = pytest.mark.engine

GAME = Path("/usr/share/games/renpy/the_question")


DROP = """(zone, packed) => {
  const content = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([content], "the_question.zip"));
  for (const type of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
}"""
QUESTION = "/p/the-question"


def packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for file in sorted(GAME.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(GAME.parent))
    return made.getvalue()


def add(page: Page, branch: str, scene: str, line: str, words: str) -> None:
    """Write on at the end of a line of the game."""
    page.goto(f"{QUESTION}/{branch}/scenes/{scene}/{line}")
    row = page.locator(f"[data-row='{line}']")
    expect(row).to_be_focused()
    row.press("Control+End")
    page.keyboard.type(words)
    page.keyboard.press("Escape")
    expect(page.get_by_text("All is kept")).to_be_visible()


def test_a_game_is_dropped_remixed_in_a_variant_merged_exported_and_linted(page: Page, server: Server) -> None:
    bring_in(page, server)
    remix(page, server)
    take_out(page)
    page.goto("/studio/jobs")
    page.get_by_role("button", name="Ren'Py project").first.click()
    expect(page.get_by_role("log", name="Log")).to_be_visible()
    folder = Path(server.get("/jobs?type=export-renpy&limit=1")["items"][0]["output_json"]["folder"])
    assert "Really. In the remix." in (folder / "game" / "script.rpy").read_text("utf-8")


def bring_in(page: Page, server: Server) -> None:
    """Drop the game, look what would come, and take it in."""
    page.goto("/studio/imports")
    zone = page.get_by_role("region", name="Files to import")
    content = base64.b64encode(packed()).decode()
    zone.evaluate(DROP, content)
    expect(page.get_by_role("heading", name="the_question.zip · Ren'Py")).to_be_visible()
    before = server.get("/api/projects")["items"]
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="This would come")).to_be_visible()
    expect(page.get_by_text("70 lines")).to_be_visible()
    assert server.get("/api/projects")["items"] == before
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="It is here")).to_be_visible()
    page.get_by_text("Log", exact=True).click()
    expect(page.get_by_role("log", name="Log")).to_contain_text("read as renpy")
    page.get_by_text(re.compile(r"Where the \d+ statements of code stand")).click()
    page.get_by_role("button", name=re.compile(r"^screen \d+$")).click()
    page.get_by_role("listitem").filter(has_text="screens.rpy").get_by_role("button", name="Show").first.click()
    expect(page.get_by_text(re.compile("^screen ")).first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Open it").click()
    page.wait_for_url("**/scenes**")


def remix(page: Page, server: Server) -> None:
    """Edit three lines, see where one comes from, change it in a variant too, and merge that."""
    scenes = server.get("/api/projects/the-question/branches/main/scenes")["items"]
    start = next(scene["id"] for scene in scenes if scene.get("label") == "start")
    nodes = server.scene(start, "the-question")["nodes"]
    lines = [node["id"] for node in nodes if node["type"] == "text"][:3]
    for line in lines:
        add(page, "main", start, line, " Really.")
    row = page.get_by_role("listitem").filter(has=page.locator(f"[data-row='{lines[2]}']"))
    row.get_by_role("button", name=re.compile("who wrote it")).hover()
    expect(page.get_by_text("script.rpy").first).to_be_visible()

    page.goto(f"{QUESTION}/main/history/variants")
    page.get_by_role("button", name="New variant from here").click()
    page.get_by_label("Name of the variant").fill("remix")
    page.keyboard.press("Enter")
    page.wait_for_url("**/remix/history/variants")
    add(page, "remix", start, lines[0], " In the remix.")
    add(page, "main", start, lines[0], " In the game.")
    page.goto(f"{QUESTION}/main/history/variants/remix")
    beside = page.get_by_role("article", name="main beside remix")
    expect(beside.locator("ins", has_text="remix")).to_be_visible()
    beside.get_by_role("button", name="Merge into main").click()
    expect(page.get_by_role("dialog", name="1 place differs in both")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("remix is merged into main")).to_be_visible()


def take_out(page: Page) -> None:
    """Check the story, export it and read what the engine's lint says."""
    page.goto(f"{QUESTION}/main/export")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("files would be written")).to_be_visible()
    page.get_by_label("Let Ren'Py check it").check()
    page.get_by_role("main").get_by_role("button", name="Export", exact=True).click()
    expect(page.get_by_text("Ren'Py's lint found nothing.")).to_be_visible()
    page.get_by_text("Ren'Py's lint found nothing.").click()
    expect(page.get_by_role("log", name="What lint says")).to_contain_text("The game contains")


def test_files_that_nobody_knows_are_told_so(page: Page) -> None:
    page.goto("/studio/imports")
    page.get_by_label("Choose files").set_input_files(
        {"name": "notes.bin", "mimeType": "application/octet-stream", "buffer": b"\0\1\2"}
    )
    expect(page.get_by_text("No reader knows what notes.bin is.")).to_be_visible()
