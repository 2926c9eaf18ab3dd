"""The map in the studio: scenes and nodes by keys, mouse and outline; ways, places that stay, routes, large stories."""

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.maps import story
from tests.browser.studio import SAMPLE, Server

pytestmark = pytest.mark.engine

PROJECT = "project=the-tuba-on-tram-nine"


def _map(page: Page) -> Locator:
    return page.get_by_role("application")


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="What is chosen")


def _place(server: Server, scene: str) -> tuple[float, float]:
    scenes = server.get(f"/api/map?{PROJECT}")["scenes"]
    return next((each["x"], each["y"]) for each in scenes if each["id"] == scene)


def test_scenes_are_made_led_to_and_moved_by_keys(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/map")
    view = _map(page)
    view.press("ArrowRight")  # the first, as none is chosen
    view.press("ArrowRight")
    inspector = _inspector(page)
    expect(inspector.get_by_role("heading", name="Seat fourteen")).to_be_visible()
    expect(inspector.get_by_text("Give her the tuba.")).to_be_visible()
    expect(inspector.get_by_text("1 warning")).to_be_visible()
    expect(inspector.get_by_role("region", name="What the check found").get_by_role("listitem")).to_have_count(1)

    view.press("n")
    expect(inspector.get_by_role("heading", name="Untitled scene")).to_be_visible()
    title = inspector.get_by_role("textbox", name="Title")
    title.fill("The canteen")
    title.press("Enter")
    expect(inspector.get_by_role("heading", name="The canteen")).to_be_visible()

    page.get_by_role("treeitem", name="Lot forty-one").click()
    view.press("c")
    expect(page.get_by_text("From Lot forty-one: choose").first).to_be_visible()
    page.get_by_role("treeitem", name="The canteen").click()
    view.press("Enter")
    page.get_by_role("radio", name="By a jump at its end").check()
    page.get_by_role("button", name="Draw it").click()
    expect(inspector.get_by_role("button", name="Lot forty-one jumps")).to_be_visible()

    made = next(each for each in server.get(f"/api/map?{PROJECT}")["scenes"] if each["title"] == "The canteen")
    view.press("Alt+ArrowDown")
    view.press("Alt+ArrowDown")
    page.wait_for_function(  # it is kept after a pause
        "async ([url, y]) => (await (await fetch(url)).json()).scenes.some((each) => each.y === y)",
        arg=[f"/api/map?{PROJECT}", made["y"] + 40],
    )
    view.press("Delete")
    expect(page.get_by_text("The canteen was discarded")).to_be_visible()
    expect(page.get_by_role("treeitem", name="The canteen")).to_have_count(0)


def test_a_scene_is_dragged_and_stands_there_when_one_comes_back(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/map")
    card = page.locator("[data-node=form]")
    before = card.bounding_box()
    assert before
    x, y = _place(server, "form")
    page.mouse.move(before["x"] + 30, before["y"] + 30)
    page.mouse.down()
    page.mouse.move(before["x"] + 30, before["y"] + 130, steps=4)
    with page.expect_response("**/api/map?*"):
        page.mouse.up()
    now_x, now_y = _place(server, "form")
    assert abs(now_x - x) <= 2
    assert now_y > y + 90
    page.reload()
    after, other = card.bounding_box(), page.locator("[data-node=lot-41]").bounding_box()
    assert after
    assert other
    assert after["y"] > other["y"] + 60
    assert _place(server, "form") == (now_x, now_y)


def test_the_map_of_a_scene_is_written_on(page: Page, server: Server) -> None:
    page.goto(f"{SAMPLE}/map")
    page.get_by_role("treeitem", name="Quiet hours").dblclick()
    expect(page.get_by_role("heading", name="Quiet hours")).to_be_visible()
    _map(page).press("ArrowRight")
    _map(page).press("n")
    inspector = _inspector(page)
    text = inspector.get_by_role("textbox", name="Text")
    expect(text).to_be_empty()
    text.fill("Nobody plays after ten.")
    text.press("Enter")
    expect(page.locator("[data-node]", has_text="Nobody plays after ten.")).to_be_visible()
    inspector.get_by_role("combobox", name="Speaker").select_option("Ines")
    condition = inspector.get_by_role("textbox", name="Only if")
    condition.fill("clue and")
    condition.press("Enter")
    expect(inspector.get_by_role("alert")).to_be_visible()
    written = server.scene("quiet-hours")["nodes"][1]
    assert (written["content"], written["speaker"]) == ("Nobody plays after ten.", "ines")

    _map(page).press("Shift+N")
    inspector.get_by_role("textbox", name="Option 1: text").fill("Play on.")
    inspector.get_by_role("textbox", name="Option 1: text").press("Enter")
    target = inspector.get_by_role("group", name="Option 1").get_by_role("combobox", name="Leads to")
    target.focus()  # then all scenes are listed
    target.select_option("Form 11-B")
    expect(page.locator("[data-look=exit]", has_text="Form 11-B")).to_be_visible()
    _map(page).press("Escape")
    _map(page).press("Escape")
    expect(page.get_by_role("heading", name="Map", exact=True)).to_be_visible()


def test_what_plays_do_is_painted_on_it(page: Page) -> None:
    page.goto(f"{SAMPLE}/map")
    page.get_by_role("button", name="Routes").click()
    expect(page.get_by_text("All plays were looked at.")).to_be_visible()
    expect(page.locator("[data-node=lot-41]")).to_contain_text("of plays end here")
    page.get_by_role("searchbox", name="Find on the map").fill("midnight")
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(page.locator("[data-node=lot-41][data-faded]")).to_be_visible()


def test_of_a_large_story_only_what_is_near_is_there(page: Page) -> None:
    told = story(5_000)
    page.route("**/api/map?*", lambda route: route.fulfill(body=told, content_type="application/json"))
    page.goto(f"{SAMPLE}/map")
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem", name="act 0")).to_be_visible()
    expect(page.locator("[data-node]")).to_have_count(0)
    assert tree.get_by_role("treeitem").count() < 60
    page.get_by_role("searchbox", name="Find on the map").fill("The 4321th")
    page.get_by_role("treeitem", name="The 4321th evening").click()
    _map(page).press("1")
    expect(page.locator("[data-node=s4321][data-chosen]")).to_be_visible()
    assert page.locator("[data-node]").count() < 160
