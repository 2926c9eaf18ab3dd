"""Take the pictures of the studio that the documentation shows: ``python docs/pictures.py``.

A journey through a real server in a real browser; a test goes on it too, so that it stays possible.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from comfyvn.interfaces.studio.building import build
from tests.browser.conftest import FLAGS
from tests.browser.studio import CHROMIUM, SAMPLE, Server

IMAGES = Path(__file__).parent / "images"
SIZE = {"width": 1280, "height": 720}


def journey(page: Page, server: Server, folder: Path) -> list[str]:
    """Go through the studio and take a picture of each place; return the names of the files."""
    taken: list[str] = []

    def picture(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png", animations="disabled")
        taken.append(f"{name}.png")

    _change(server)
    page.goto(f"{SAMPLE}/scenes/depot")
    expect(page.get_by_text("It came in on tram nine")).to_be_visible()
    picture("studio")
    page.goto(f"{SAMPLE}/map")
    expect(page.get_by_role("heading").first).to_be_visible()
    picture("map")
    page.goto(f"{SAMPLE}/play/depot")
    expect(page.get_by_role("heading").first).to_be_visible()
    picture("play")
    page.goto(f"{SAMPLE}/history")
    page.get_by_text("The tuba has its own chair, and its own opinion.").or_(
        page.get_by_text("Reworded")
    ).first.wait_for()
    picture("history")
    return taken


def _change(server: Server) -> None:
    """Make the changes that the history shows."""
    branch = "/api/projects/the-tuba-on-tram-nine/branches/main"
    said = {
        "node_id": "depot-03",
        "text": "The umbrellas hang on the wall. The tuba has its own chair, and its own opinion.",
    }
    server.post(f"{branch}/scenes/depot/reword-line", said, actor="Ada")
    said = {"node_id": "depot-06", "text": "I do not ask whose it is."}
    server.post(f"{branch}/scenes/depot/reword-line", said, actor="Ben")


def main() -> None:
    """Take all pictures."""
    build()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=server.url, viewport=SIZE, locale="en-GB", reduced_motion="reduce")
        journey(page, server, IMAGES)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
