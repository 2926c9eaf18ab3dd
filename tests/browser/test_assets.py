"""Assets in the studio: a long grid, filters, uploads that can be stopped, sound, lineage."""

import io
import math
import os
import struct
import wave
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.studio import SAMPLE, Server
from tests.patience import ended, until

pytestmark = pytest.mark.engine

PROJECT = "the-tuba-on-tram-nine"
PICTURES = int(os.environ.get("COMFYVN_TEST_PICTURES", "520"))
"""More than one page of the list; 2,000 take a minute to register."""


def picture(number: int, side: int = 8) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), (number % 256, number // 256 * 32, 99)).save(made, "PNG")
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 9))) for n in range(8000)))
    return made.getvalue()


def register(server: Server, folder: Path, **asked: Any) -> None:
    job = server.post("/assets/register", {"path": str(folder), "project": PROJECT, **asked})
    now = ended(lambda: server.get(f"/jobs/{job['id']}"))
    assert now["status"] == "done", now["error"]


@pytest.fixture(scope="module")
def pictures(server: Server, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Many pictures are registered; return how many."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(PICTURES):
        (folder / f"{number:04}.png").write_bytes(picture(number))
    register(server, folder, under="many", tags=["many"], meta={"license": "CC0-1.0"})
    return PICTURES


def test_many_pictures_scroll_and_are_filtered(page: Page, pictures: int) -> None:
    page.goto(f"{SAMPLE}/assets")
    grid = page.get_by_role("listbox", name="Assets")
    page.get_by_label("Tag").fill("many")
    expect(page.get_by_text(f"{pictures:,} assets")).to_be_visible()
    expect(grid.get_by_text("0000.png")).to_be_visible()
    assert grid.get_by_role("option").count() < 200
    grid.get_by_role("option").first.focus()
    page.keyboard.press("End")
    expect(grid.locator(":focus")).to_contain_text(".png")
    page.get_by_label("Search").fill(f"{pictures - 1:04}")
    expect(page.get_by_text("1 asset", exact=True)).to_be_visible()
    grid.get_by_role("option").click()
    expect(page.get_by_role("region", name=f"{pictures - 1:04}.png")).to_contain_text("Nothing uses it.")
    page.get_by_label("Add a tag").fill("last")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Take off the tag last")).to_be_visible()
    page.get_by_label("Licence", exact=True).last.fill("all mine")
    page.keyboard.press("Enter")
    expect(page.get_by_text("'all mine' is no SPDX expression")).to_be_visible()


def test_fifty_files_show_their_progress_and_can_be_stopped(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/assets")
    files = [FilePayload(name=f"up{n:02}.png", mimeType="image/png", buffer=picture(n, 600)) for n in range(50)]
    cdp = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 100, "downloadThroughput": -1, "uploadThroughput": 60_000}
    cdp.send("Network.emulateNetworkConditions", slow)
    page.get_by_label("Choose files").set_input_files(files)
    progress = page.get_by_role("progressbar")
    expect(progress).to_be_visible()
    # the pages forbid the way in which Playwright would wait for a script
    until(lambda: page.evaluate("document.querySelector('progress')?.value > 0.15"))
    page.get_by_role("button", name="Stop").click()
    expect(progress).to_have_count(0)
    came = server.get(f"/assets?project={PROJECT}&text=up&limit=500")["total"]
    assert 0 < came < 50


def test_a_sound_is_heard_and_the_lineage_of_a_picture_opens(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/assets")
    page.get_by_label("Choose files").set_input_files(
        [
            FilePayload(name="hum.wav", mimeType="audio/wav", buffer=sound()),
            FilePayload(name="sketch.png", mimeType="image/png", buffer=picture(7, 64)),
            FilePayload(name="final.png", mimeType="image/png", buffer=picture(9, 64)),
        ]
    )
    page.get_by_label("Type").select_option("sound")
    page.get_by_role("option", name="hum.wav").click()
    until(lambda: page.evaluate("document.querySelector('audio')?.duration > 0.9"))
    rows = {name: server.get(f"/assets?project={PROJECT}&text={name}.png")["items"][0] for name in ("sketch", "final")}
    sketch, final = rows["sketch"]["id"], rows["final"]["id"]
    said = {"subject": f"asset:{final}", "activity": "derived", "inputs": {f"asset:{sketch}": "parent"}}
    server.post(f"/api/provenance/facts?project={PROJECT}", said)
    page.get_by_label("Type").select_option("")
    page.get_by_label("Search").fill("final")
    page.get_by_role("option", name="final.png").click()
    page.get_by_role("button", name="Show lineage").click()
    dialog = page.get_by_role("dialog", name="Lineage of final.png")
    expect(dialog.get_by_role("button", name="sketch.png")).to_be_visible()
    dialog.get_by_role("button", name="sketch.png").click()
    expect(page.get_by_role("region", name="sketch.png")).to_be_visible()
