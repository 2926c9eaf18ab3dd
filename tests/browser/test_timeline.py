"""Timelines in the studio: their order by mouse and by keys, branch groups, notes, the seed, copies and files."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.studio import SAMPLE, Server

pytestmark = pytest.mark.engine

ORDER = ["Ten to midnight", "Seat fourteen", "Form 11-B", "Quiet hours", "Lot forty-one", "Not in service"]


def _titles(page: Page) -> Locator:
    return page.get_by_role("list", name="Steps in order").get_by_role("button", name="Open")


def _kept(server: Server, timeline: str = "evening") -> Any:
    return server.get(f"/api/projects/the-tuba-on-tram-nine/branches/main/timelines/{timeline}")


def test_steps_move_by_keys_and_by_mouse(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/timeline")
    expect(_titles(page)).to_have_text(ORDER)
    page.get_by_role("button", name="Move Form 11-B").press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")  # quicker than the server answers
    expect(page.get_by_text("Form 11-B is step 1 of 6.")).to_be_attached()
    expect(_titles(page)).to_have_text(["Form 11-B", "Ten to midnight", "Seat fourteen", *ORDER[3:]])
    page.reload()
    expect(_titles(page)).to_have_text(["Form 11-B", "Ten to midnight", "Seat fourteen", *ORDER[3:]])
    page.keyboard.press("Control+z")
    expect(_titles(page).first).to_have_text("Ten to midnight")
    page.keyboard.press("Control+z")
    expect(_titles(page)).to_have_text(ORDER)

    page.get_by_role("button", name="New branch group").click()
    page.get_by_role("textbox", name="Name of the branch group").fill("The quiet way")
    page.get_by_role("button", name="Move Quiet hours").press("Alt+ArrowRight")
    expect(page.get_by_text("Quiet hours is in The quiet way.")).to_be_attached()

    step = page.get_by_role("button", name="Move Not in service").bounding_box()
    first = page.get_by_role("button", name="Move Ten to midnight").bounding_box()
    group = page.get_by_role("textbox", name="Name of the branch group").bounding_box()
    assert step
    assert first
    assert group
    page.mouse.move(step["x"] + 5, step["y"] + 5)
    page.mouse.down()
    page.mouse.move(group["x"] + 20, first["y"] - 10, steps=4)
    page.mouse.up()
    expect(_titles(page).first).to_have_text("Not in service")
    page.get_by_role("button", name="Move Not in service").press("Delete")
    expect(_titles(page)).to_have_text(ORDER[:-1])
    page.get_by_role("button", name="Add Not in service").click()
    expect(_titles(page)).to_have_text(ORDER)

    page.reload()
    expect(_titles(page)).to_have_text(ORDER)
    kept = _kept(server)
    [group_kept] = kept["meta"]["groups"]
    assert group_kept["name"] == "The quiet way"
    assert {scene for scene in kept["scene_order"] if kept["meta"].get(f"group {scene}") == group_kept["id"]} == {
        "quiet-hours",
        "not-in-service",
    }


def test_notes_and_a_seed_are_kept(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/timeline/evening")
    page.get_by_label("Note on Form 11-B").fill("She signs it.")
    page.get_by_role("spinbutton", name="Seed").fill("7")
    page.get_by_role("button", name="Show a play").click()
    expect(page.get_by_text("Seed 7 comes to")).to_be_visible()
    expect(page.get_by_text("1. in the play")).to_be_visible()
    page.get_by_role("button", name="Keep this seed").click()
    expect(page.get_by_role("button", name="Keep this seed")).to_be_hidden()
    page.reload()
    expect(page.get_by_label("Note on Form 11-B")).to_have_value("She signs it.")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("7")
    assert _kept(server)["meta"]["note form"] == "She signs it."


def test_a_timeline_is_copied_saved_and_loaded(page: Page) -> None:
    page.goto(f"{SAMPLE}/timeline/evening")
    menu = page.get_by_role("button", name="More for this timeline")
    menu.click()
    page.get_by_role("menuitem", name="Duplicate").click()
    name = page.get_by_role("textbox", name="Name of the timeline")
    expect(name).to_have_value("The evening (copy)")
    menu.click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Save to a file").click()
    document = json.loads(saved.value.path().read_text("utf-8"))
    document |= {"name": "Backwards", "scene_order": document["scene_order"][::-1]}
    with page.expect_file_chooser() as chooser:
        menu.click()
        page.get_by_role("menuitem", name="Load from a file").click()
    chooser.value.set_files({"name": "b.json", "mimeType": "", "buffer": json.dumps(document).encode()})
    expect(name).to_have_value("Backwards")
    expect(_titles(page).first).to_have_text("Not in service")
    with page.expect_file_chooser() as chooser:
        menu.click()
        page.get_by_role("menuitem", name="Load from a file").click()
    chooser.value.set_files({"name": "c.json", "mimeType": "", "buffer": b"[]"})
    expect(page.get_by_text("c.json holds no timeline")).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Discard").click()
    timelines = page.get_by_role("navigation", name="Timelines of this variant")
    expect(timelines.get_by_text("Backwards")).to_have_count(0)
    expect(name).to_have_value("The evening")
