"""The history: variants that meet again, journeys to the past, and what several people did to the same line."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio import SAMPLE, Server, findings

pytestmark = pytest.mark.engine

PROJECT = "/api/projects/the-tuba-on-tram-nine/branches"
HISTORY = f"{SAMPLE}/history"


def reword(server: Server, scene: str, node: str, text: str, branch: str = "main", actor: str = "ann") -> Any:
    """Have another person reword a line."""
    path = f"{PROJECT}/{branch}/scenes/{scene}/reword-line"
    return server.post(path, {"node_id": node, "text": text}, actor)["commit"]


def line(server: Server, scene: str, node: str, branch: str = "main") -> str | None:
    """Return the words of a line."""
    nodes = server.scene(scene, branch=branch)["nodes"]
    return next((found["content"] for found in nodes if found["id"] == node), None)


def test_a_variant_is_made_compared_and_merged_where_one_line_differs_in_both(page: Page, server: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{HISTORY}/variants")
    page.get_by_role("button", name="New variant from here").click()
    page.get_by_label("Name of the variant").fill("darker")
    page.keyboard.press("Enter")
    page.wait_for_url("**/darker/history/variants")
    reword(server, "depot", "depot-03", "The umbrellas hang in rows. The tuba has no chair any more.", "darker")
    reword(server, "depot", "depot-07", "If I knew that, I would not be here.", "darker")
    reword(server, "form", "form-02", "The form is black.", "darker")
    reword(server, "depot", "depot-03", "The umbrellas hang on the wall. The tuba has the best chair.")

    page.goto(f"{HISTORY}/variants/darker")
    beside = page.get_by_role("article", name="main beside darker")
    expect(beside.locator("ins", has_text="in rows")).to_be_visible()
    expect(beside.locator("del", has_text="on the wall")).to_be_visible()
    beside.get_by_role("button", name="Ines 1").click()
    expect(beside.locator("ins", has_text="in rows")).to_have_count(0)
    beside.get_by_role("button", name="Ines 1").click()
    assert not findings(page)

    beside.get_by_role("button", name="Map").click()
    expect(beside.get_by_role("button", name="Seat fourteen")).to_be_disabled()
    assert not findings(page)
    beside.get_by_role("button", name="Form 11-B").click()
    form = beside.get_by_role("region", name="Form 11-B")
    form.get_by_role("checkbox", name="Take this line").check()
    beside.get_by_role("button", name="Take into main").click()
    expect(page.get_by_text("Taken over from darker")).to_be_visible()
    assert line(server, "form", "form-02") == "The form is black."

    beside.get_by_role("button", name="Merge into main").click()
    dialog = page.get_by_role("dialog", name="1 place differs in both")
    expect(dialog.get_by_text("1 other line merges without a question")).to_be_visible()
    assert not findings(page)
    page.keyboard.press("2")
    expect(dialog.get_by_role("radio", name="darker")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("darker is merged into main")).to_be_visible()
    expect(page.get_by_role("heading", name="main and darker are the same")).to_be_visible()
    assert line(server, "depot", "depot-03") == "The umbrellas hang in rows. The tuba has no chair any more."
    newest, taken = server.get(f"{PROJECT}/main/history?limit=2")["items"]
    assert (newest["kind"], newest["actor"], taken["kind"]) == ("merge", "local", "merge")


def test_a_journey_to_before_the_import_and_back_then_one_scene_is_restored(page: Page, server: Server) -> None:
    reword(server, "visitor", "visitor-02", "Nobody comes in.")
    ours = reword(server, "lot-41", "lot-41-03", "The lot is gone.")
    page.goto(HISTORY)
    river = page.get_by_role("slider", name="Moment that is shown")
    expect(river).to_have_attribute("aria-valuetext", "Now")
    river.focus()
    page.keyboard.press("Home")
    page.wait_for_url("**/history?at=2")
    expect(page.get_by_text("You look at")).to_be_visible()
    expect(page.get_by_role("heading", name="Founded the project")).to_be_visible()
    expect(page.get_by_role("button", name="Take this change back")).to_have_count(0)
    page.get_by_role("link", name="Scenes").click()
    expect(page.get_by_role("heading", name="No scene yet")).to_be_visible()
    page.get_by_role("slider", name="Moment that is shown").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/scenes?at=126")
    expect(page.get_by_role("button", name="Ten to midnight")).to_be_visible()
    page.get_by_role("button", name="Back to now").click()

    page.goto(f"{HISTORY}/changes/{ours['position']}")
    change = page.get_by_role("article", name="Reworded a line in Lot forty-one")
    expect(change.locator("ins").first).to_be_visible()
    change.get_by_role("button", name="As before", exact=True).click()
    expect(page.get_by_text("Lot forty-one is as it was before")).to_be_visible()
    assert line(server, "lot-41", "lot-41-03") != "The lot is gone."
    assert line(server, "visitor", "visitor-02") == "Nobody comes in."


def test_an_older_change_is_taken_back_although_another_person_went_on(page: Page, server: Server) -> None:
    reword(server, "quiet-hours", "quiet-hours-03", "Nobody plays.")
    page.goto(HISTORY)
    changes = page.get_by_role("group", name="Changes, newest first")
    expect(changes.get_by_role("button").first).to_contain_text("Reworded a line in Quiet hours")
    reword(server, "quiet-hours", "quiet-hours-03", "Nobody plays, and nobody listens.", actor="ben")
    expect(changes.get_by_role("button")).not_to_have_count(0)
    expect(changes.get_by_text("ben", exact=True).first).to_be_visible()
    page.get_by_role("searchbox").fill("quiet")
    page.get_by_role("button", name="Who").click()
    page.get_by_role("menuitemradio", name="ann").click()
    expect(changes.get_by_text("ben", exact=True)).to_have_count(0)
    changes.get_by_role("button", name="Quiet hours").first.click()
    page.get_by_role("button", name="Take this change back").click()
    dialog = page.get_by_role("dialog", name="Later changes touched the same")
    expect(dialog.get_by_role("heading", name="Quiet hours")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    assert line(server, "quiet-hours", "quiet-hours-03") == "Nobody plays, and nobody listens."

    page.get_by_role("button", name="Where this line comes from").click()
    past = page.get_by_role("article", name="The past of a line")
    expect(past.get_by_role("listitem")).to_have_count(3)
    past.get_by_role("button", name="Bring this version back").last.click()
    expect(page.get_by_text("The line is as it was then")).to_be_visible()
    assert line(server, "quiet-hours", "quiet-hours-03") not in ("Nobody plays.", "Nobody plays, and nobody listens.")
