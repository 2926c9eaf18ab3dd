"""Playing in the studio: reading by keys, variables, recorded plays that tell what broke them."""

import io
import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.studio import SAMPLE, Server

pytestmark = pytest.mark.engine


def begin(page: Page, address: str, **liking: object) -> Locator:
    """Open a play whose text comes at once, and return its stage."""
    page.goto("/")
    kept = json.dumps({"state": {"cps": 0, "side": True, **liking}, "version": 0})
    page.evaluate("kept => { localStorage['comfyvn.play'] = kept }", kept)
    page.goto(SAMPLE + address)
    stage = page.get_by_role("group", name="The stage.")
    expect(stage).to_be_focused()
    return stage


def options(page: Page) -> Locator:
    return page.locator("[data-choice]")


def test_the_sample_is_played_to_an_end_by_keys(page: Page) -> None:
    page.goto(f"{SAMPLE}/play")
    page.get_by_label("Seed", exact=True).fill("3")
    play = page.get_by_role("button", name="Play", exact=True).last
    expect(play).to_be_enabled()
    play.press("Enter")
    stage = page.get_by_role("group", name="The stage.")
    expect(stage).to_be_focused()
    live = page.get_by_role("status").filter(has_text="The lost property office")
    expect(live).to_have_text(re.compile(r"umbrellas.*\.$"))
    page.keyboard.press("Enter")  # the rest of the line
    expect(stage.get_by_text("▾")).to_be_visible()
    page.keyboard.press("s")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("1")
    expect(options(page)).to_have_count(0)
    page.keyboard.press("PageUp")
    expect(options(page)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(options(page)).to_have_count(0)
    expect(page.get_by_role("checkbox", name="noise")).to_be_checked()
    for _ in range(3):
        page.keyboard.press("s")
        expect(options(page).first).to_be_visible()
        page.keyboard.press("1")
        expect(options(page)).to_have_count(0)
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    page.keyboard.press("l")
    page.get_by_role("button", name="Blow into it.").click()
    expect(page.get_by_role("checkbox", name="noise")).to_have_count(0)
    expect(page.get_by_role("heading", name="The end")).to_have_count(0)


def test_a_variable_opens_an_option_that_was_closed(page: Page) -> None:
    begin(page, "/play/visitor/visitor-36?seed=1", closed=True, tab="variables")
    expect(options(page)).to_have_count(2)
    expect(page.get_by_text("needs clue · clue: false")).to_be_visible()
    begin(page, "/play/visitor/visitor-35?seed=1", closed=True, tab="variables")
    clue = page.get_by_role("checkbox", name="clue")
    clue.click()
    expect(page.get_by_text("overridden")).to_be_visible()
    page.get_by_role("group", name="The stage.").focus()
    page.keyboard.press("s")
    expect(options(page)).to_have_count(3)
    page.get_by_role("button", name="Give clue its value again: false").click()
    expect(clue).not_to_be_checked()
    expect(page.get_by_text("overridden")).to_have_count(0)


def test_a_recorded_play_names_the_change_that_broke_it(page: Page, server: Server) -> None:
    begin(page, "/play/form/form-01?seed=2", tab="record")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    page.get_by_role("button", name="Replay against now").click()
    expect(page.get_by_text("Everything is the same, to the last word.")).to_be_visible()
    commands = "/api/projects/the-tuba-on-tram-nine/branches/main/scenes/form"
    server.post(f"{commands}/reword-line", {"node_id": "form-01", "text": "Form 12-C has no fields."})
    page.get_by_role("button", name="Replay against now").click()
    expect(page.get_by_text("It parts at step 1, in Form 11-B")).to_be_visible()
    expect(page.locator("ins")).to_contain_text("Form 12-C has no fields.")
    expect(page.get_by_text("ann ·")).to_be_visible()
    page.get_by_role("button", name="Go to the line").click()
    expect(page).to_have_url(re.compile(r"/scenes/form/form-01$"))


def test_a_character_that_changes_does_so_in_the_play_too(page: Page) -> None:
    begin(page, "/play/visitor/visitor-03?seed=1", tab="log")
    expect(page.get_by_role("status").filter(has_text="Hanneke: ")).to_have_count(1)
    page.get_by_role("link", name="Characters").or_(page.get_by_role("button", name="Characters")).first.click()
    page.get_by_role("button", name="Hanneke").press("Enter")
    preview = page.get_by_role("figure", name="How it looks in a play")
    expect(preview).to_contain_text("I've come about a tuba.")
    expect(page.get_by_text("17 lines, 238 words").last).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Johanna")
    page.keyboard.press("Enter")
    expect(preview).to_contain_text("Johanna")
    page.get_by_label("As a code").fill("#ffcc00")
    page.keyboard.press("Enter")
    expect(preview.get_by_text("Johanna")).to_have_css("color", "rgb(255, 204, 0)")
    page.get_by_label("New trait").fill("instrument")
    page.get_by_label("What is told of it").fill("tuba")
    page.keyboard.press("Enter")
    expect(page.get_by_label("instrument", exact=True)).to_have_value("tuba")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("status").filter(has_text="Johanna: ")).to_have_count(1)


def test_a_character_comes_and_goes_by_keys(page: Page) -> None:
    page.goto(f"{SAMPLE}/characters")
    expect(page.get_by_role("button", name="Olek 11 lines")).to_be_visible()
    page.keyboard.press("Control+Alt+n")
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Somebody new")
    page.get_by_role("button", name="Remove").press("Enter")
    expect(page.get_by_text("Somebody new was removed.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Characters of this variant").get_by_text("Somebody new")).to_have_count(
        0
    )


def test_a_new_picture_shows_a_character_in_the_play(page: Page) -> None:
    page.goto(f"{SAMPLE}/characters/olek")
    page.get_by_label("New expression").fill("happy")
    page.keyboard.press("Enter")
    picture = io.BytesIO()
    Image.new("RGB", (40, 60), "orange").save(picture, "PNG")
    page.locator("dialog input[type=file]").first.set_input_files(
        {"name": "olek laughs.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    expect(page.get_by_role("figure").get_by_role("img", name="olek happy")).to_be_visible()
    page.get_by_role("button", name="Choose a portrait").click()
    page.get_by_role("option", name="olek laughs.png").press("Enter")
    expect(page.get_by_role("img", name="Portrait of Olek")).to_be_visible()
    begin(page, "/play/depot/depot-28?seed=1")
    expect(page.get_by_role("img", name="olek")).to_be_visible()


def test_a_line_is_written_and_played_beside_the_script(page: Page) -> None:
    page.goto(f"{SAMPLE}/scenes/quiet-hours/quiet-hours-02")
    line = page.locator("textarea[data-row='quiet-hours-02']")
    expect(line).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Softly.")
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("region", name="Play")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Softly.")).to_have_count(1)
    expect(page.get_by_role("group", name="The stage.")).to_be_focused()
    page.get_by_role("button", name="Edit this line").click()
    expect(line).to_be_focused()
    page.keyboard.type(" Very.")
    page.get_by_role("button", name="Go on in the new version").click()
    expect(page.get_by_role("status").filter(has_text="Very.")).to_have_count(1)
    page.get_by_role("button", name="Close the play").click()
    expect(page.get_by_role("region", name="Play")).to_have_count(0)
