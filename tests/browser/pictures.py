"""The pictures of the README, taken of the sample story: `python -m tests.browser.pictures`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from comfyvn.interfaces.studio.building import build
from tests.browser.conftest import FLAGS
from tests.browser.studio import CHROMIUM, SAMPLE, Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SETTLED_MS = 500
PICTURES = {
    "studio.png": ("light", f"{SAMPLE}/scenes/depot/depot-07", "[data-row=depot-12]"),
    "studio-dark.png": ("dark", f"{SAMPLE}/scenes/visitor", "[data-row]"),
}
"""File -> theme, address, and what is shown when all is."""


def take() -> None:
    """Start a server, and take all pictures."""
    build()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for file, (theme, address, shown) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 720}, base_url=server.url)
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.goto(address)
            page.locator(shown).first.wait_for()
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=IMAGES / file)
        browser.close()
        server.stop()


if __name__ == "__main__":
    take()
