"""The history: variants that meet again, journeys to the past, and what several people did to the same line."""

import re
from typing import Any
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Browser, Page, expect

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


def usable(page: Page) -> None:
    """Have axe look at the page in each theme."""
    page.emulate_media(reduced_motion="reduce")
    for theme in ("light", "dark", "contrast"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        assert not findings(page), theme


def test_a_variant_is_made_compared_and_merged_where_one_line_differs_in_both(page: Page, server: Server) -> None:
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
    usable(page)

    beside.get_by_role("button", name="Map").click()
    expect(beside.get_by_role("button", name="Seat fourteen")).to_be_disabled()
    usable(page)
    beside.get_by_role("button", name="Form 11-B").click()
    form = beside.get_by_role("region", name="Form 11-B")
    form.get_by_role("checkbox", name="Take this line").check()
    beside.get_by_role("button", name="Take into main").click()
    expect(page.get_by_text("Taken over from darker")).to_be_visible()
    assert line(server, "form", "form-02") == "The form is black."

    beside.get_by_role("button", name="Merge into main").click()
    dialog = page.get_by_role("dialog", name="1 place differs in both")
    expect(dialog.get_by_text("1 other line merges without a question")).to_be_visible()
    usable(page)
    page.keyboard.press("2")
    expect(dialog.get_by_role("radio", name="darker")).to_be_checked()
    page.keyboard.press("3")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Nobody asks.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("darker is merged into main")).to_be_visible()
    words = "The umbrellas hang in rows. The tuba has no chair any more. Nobody asks."
    assert line(server, "depot", "depot-03") == words
    expect(beside.locator("del", has_text="Nobody asks.")).to_be_visible()
    expect(beside.get_by_role("listitem")).to_have_count(1)
    newest, taken = server.get(f"{PROJECT}/main/history?limit=2")["items"]
    assert (newest["kind"], newest["actor"], taken["kind"]) == ("merge", "local", "merge")


def test_a_variant_is_renamed_closed_and_opened_again(page: Page, server: Server) -> None:
    server.post(PROJECT, {"name": "draft", "source": "main"})
    page.goto(f"{HISTORY}/variants")
    more = page.get_by_role("button", name="More for draft")
    more.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the variant").fill("main")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is an open branch 'main' already.")).to_be_visible()
    usable(page)
    page.get_by_label("Name of the variant").fill("second")
    page.keyboard.press("Enter")
    expect(page.get_by_text("draft is called second now")).to_be_visible()
    more = page.get_by_role("button", name="More for second")
    more.click()
    usable(page)
    page.get_by_role("menuitem", name="Close").click()
    expect(page.get_by_text("second is closed: it can be read")).to_be_visible()
    with pytest.raises(HTTPError):
        reword(server, "depot", "depot-03", "Nothing is written here any more.", "second")
    more.click()
    page.get_by_role("menuitem", name="Open again").click()
    expect(page.get_by_text("second takes changes again")).to_be_visible()
    assert reword(server, "depot", "depot-03", "It goes on.", "second")
    expect(page.get_by_role("button", name="More for main")).to_have_count(0)

    page.goto(f"{HISTORY.replace('/main/', '/second/')}/variants")  # the one that is open
    more.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the variant").fill("third")
    page.keyboard.press("Enter")
    page.wait_for_url("**/third/history/variants")
    expect(page.get_by_role("button", name="Variant: third")).to_be_visible()
    page.get_by_role("button", name="More for third").click()
    page.get_by_role("menuitem", name="Close").click()
    page.wait_for_url("**/main/history/variants")
    expect(page.get_by_role("button", name="More for third")).to_be_visible()


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
    expect(page.get_by_role("button", name="Take back")).to_have_count(0)
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
    change.get_by_role("button", name="Restore as before").click()
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
    page.get_by_role("button", name="Take back").click()
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


def test_two_people_in_one_scene_see_each_other_and_lose_nothing(page: Page, browser: Browser, server: Server) -> None:
    scene = f"{SAMPLE}/scenes/not-in-service"
    there = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 720}, locale="en-GB")
    other = there.new_page()
    for each, name in ((page, "ines"), (other, "olek")):
        each.goto("/")
        each.evaluate("name => localStorage['comfyvn.preferences'] = JSON.stringify({state: {actor: name}})", name)
        each.goto(f"{scene}/not-in-service-03")
        expect(each.locator("[data-row=not-in-service-03]")).to_be_focused()
    mine, theirs = (each.locator("[data-row=not-in-service-03]") for each in (page, other))
    page.keyboard.press("End")
    page.keyboard.type(" Mine.")
    theirs.press("End")
    other.keyboard.type(" Theirs.")
    other.keyboard.press("ArrowDown")
    other.keyboard.press("End")
    other.keyboard.type(" Beside it.")
    other.keyboard.press("ArrowDown")
    expect(page.locator("[data-row=not-in-service-04]")).to_have_value(re.compile("Beside it.$"))
    page.keyboard.press("ArrowDown")
    compare = page.get_by_role("dialog", name="Somebody else changed this meanwhile")
    expect(compare).to_contain_text("Theirs.")
    compare.get_by_role("button", name="Take mine").click()
    expect(theirs).to_have_value(mine.input_value())
    there.close()
    page.goto(f"{HISTORY}/line/not-in-service/not-in-service-03")
    versions = page.get_by_role("article", name="The past of a line").get_by_role("listitem")
    expect(versions.filter(has_text="olek")).to_contain_text("Theirs.")
    expect(versions.filter(has_text="ines").first).to_contain_text("Mine.")


def test_what_a_model_wrote_is_accepted_reworded_and_rejected_by_keys(page: Page, server: Server) -> None:
    before = line(server, "form", "form-05")
    for node in ("form-03", "form-04", "form-05"):
        reword(server, "form", node, f"A model wrote {node}.", actor="model:quill")
    page.goto(f"{HISTORY}/review")
    page.get_by_role("button", name="Models").click()
    expect(page.get_by_role("heading", name="3 lines wait for you")).to_be_visible()
    usable(page)
    waiting = page.get_by_role("region", name="Form 11-B").get_by_role("listitem")
    waiting.first.focus()
    page.keyboard.press("a")
    expect(waiting).to_have_count(2)
    page.keyboard.press("e")
    page.get_by_label("Words of your own").fill("A person wrote this.")
    page.keyboard.press("Control+Enter")
    expect(waiting).to_have_count(1)
    waiting.first.focus()
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    found = [line(server, "form", node) for node in ("form-03", "form-04", "form-05")]
    assert found == ["A model wrote form-03.", "A person wrote this.", before]
