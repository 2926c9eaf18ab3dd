"""Writing a scene: by keyboard alone, through undo, restarts and power cuts, and with another person in it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio import SAMPLE, Server, findings
from tests.patience import until

pytestmark = pytest.mark.engine

DEPOT = f"{SAMPLE}/scenes/depot"
SAMPLE_BRANCH = "/projects/the-tuba-on-tram-nine/branches/main"


def kept(page: Page) -> None:
    """Wait until the server has all that was written."""
    expect(page.get_by_text("All is kept")).to_be_visible()


def told(server: Server, project: str, scene: str) -> list[tuple[str, str | None, str]]:
    """Return the nodes of a scene as the server has them: type, speaker, and words with those of the options."""
    return [
        (
            node["type"],
            node.get("speaker"),
            " / ".join([node["content"], *(edge.get("text", "") for edge in node["next"])]),
        )
        for node in server.scene(scene, project)["nodes"]
    ]


def history(server: Server) -> list[Any]:
    """Return all changes of the new project."""
    found: list[Any] = server.get("/api/projects/night-bus/branches/main/history")["items"]
    return found


def palette(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


WRITTEN = [
    ("text", None, "The bus is empty."),
    ("text", "mara", "Is this seat taken?"),
    ("text", "mara", "I was asleep."),
    ("text", None, "Nobody answers."),
    ("action", None, "mara"),
    ("choice", None, " / Stay on the bus. / Get off."),
    ("text", None, "We drive on."),
    ("text", None, "The doors close."),
    ("text", "mara", "Too late."),
    ("text", "mara", "Or too early."),
]


def test_a_new_person_writes_a_scene_by_keyboard_and_all_of_it_can_be_undone_and_redone(
    page: Page, server: Server
) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Your projects")).to_be_visible()
    scene = write_all(page)
    assert told(server, "night-bus", scene) == WRITTEN
    changes = [change for change in history(server) if change["kind"] == "do"]
    assert len(changes) == 14  # a scene, its title, a person, nine nodes, an option more, and what follows the first

    press_for_each(page, server, len(changes), "Control+z")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert server.get("/api/projects/night-bus/branches/main/scenes")["items"] == []

    server.stop()
    server.start()
    page.reload()
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    press_for_each(page, server, len(changes), "Control+Shift+z")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    assert told(server, "night-bus", scene) == WRITTEN


def write_all(page: Page) -> str:
    """Found a project and write a scene, by keys alone; return the id of the scene."""
    palette(page, "New project")
    page.keyboard.type("Night Bus")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No scene yet")).to_be_visible()
    palette(page, "New scene")
    expect(page.get_by_label("Title of the scene")).to_be_focused()
    page.keyboard.type("The last stop")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Line", exact=True)).to_be_focused()
    for keys in (
        *("The bus is empty.", "<Enter>"),
        *("<Tab>", "Mara", "<Enter>", "Is this seat taken?", "<Enter>", "I was asleep.", "<Enter>"),
        *("<Tab>", "<Delete>", "<Enter>", "Nobody answers.", "<Enter>"),
        *("/show mara", "<Enter>"),
        *("<Control+Enter>", "Stay on the bus.", "<Enter>", "Get off.", "<Enter>", "<Enter>"),
        *("The doors close.", "<Enter>"),
        *("<Tab>", "mar", "<Enter>", "Too late.", "<Enter>", "Or too early."),
    ):
        if keys.startswith("<"):
            page.keyboard.press(keys.strip("<>"))
        else:
            page.keyboard.type(keys)
    kept(page)
    page.get_by_label("Option").first.press("Tab")
    page.keyboard.type("We drive on.")
    page.keyboard.press("Escape")
    kept(page)
    return page.url.split("/scenes/")[1].split("/")[0]


def press_for_each(page: Page, server: Server, changes: int, keys: str) -> None:
    """Press keys once for each of so many changes, each when the one before is done."""
    before = len(history(server))
    for count in range(before + 1, before + changes + 1):
        page.keyboard.press(keys)
        until(lambda count=count: len(history(server)) == count)


def test_what_is_written_while_the_server_is_away_is_kept_and_sent_once(page: Page, server: Server) -> None:
    page.goto(f"{DEPOT}/depot-03")
    line = page.locator("[data-row=depot-03]")
    expect(line).to_be_focused()
    page.wait_for_function("navigator.serviceWorker.controller")
    page.reload()  # from now on the worker has all that the page needs
    expect(line).to_be_focused()
    line.press("End")
    page.keyboard.type(" It waits.")
    server.kill()
    page.keyboard.type(" Patiently.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The server is away")).to_be_visible()
    page.keyboard.type("So do I.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 changes wait")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 changes wait")).to_be_visible()
    server.start()
    expect(page.get_by_text("The server is away")).to_be_hidden()
    kept(page)
    nodes = [node["content"] for node in server.scene("depot")["nodes"] if node["block"] == ""]
    assert nodes[2:4] == [
        "The umbrellas hang on the wall. The tuba has its own chair. It waits. Patiently.",
        "So do I.",
    ]
    assert nodes.count("So do I.") == 1


def test_another_person_never_overwrites_what_is_being_typed(page: Page, server: Server) -> None:
    page.goto(f"{DEPOT}/depot-06")
    line, other = page.locator("[data-row=depot-06]"), page.locator("[data-row=depot-07]")
    expect(line).to_be_focused()
    line.press("End")
    page.keyboard.type(" Softly")
    commands = "/api/projects/the-tuba-on-tram-nine/branches/main/scenes/depot"
    server.post(f"{commands}/reword-line", {"node_id": "depot-06", "text": "I ask nobody."})
    server.post(f"{commands}/reword-line", {"node_id": "depot-07", "text": "If I knew."})
    expect(other).to_have_value("If I knew.")
    page.keyboard.type(".")
    expect(line).to_have_value("I ask whose it is. Softly.")
    page.keyboard.press("ArrowDown")
    compare = page.get_by_role("dialog", name="Somebody else changed this meanwhile")
    expect(compare).to_contain_text("I ask nobody.")
    expect(compare).to_contain_text("I ask whose it is. Softly.")
    assert not findings(page)
    compare.get_by_role("button", name="Take mine").click()
    kept(page)
    expect(line).to_have_value("I ask whose it is. Softly.")
    assert [n["content"] for n in server.scene("depot")["nodes"] if n["id"] in ("depot-06", "depot-07")] == [
        "I ask whose it is. Softly.",
        "If I knew.",
    ]


def test_words_are_replaced_where_a_person_wants_it_and_undone_as_one(page: Page, server: Server) -> None:
    def read(scene: str) -> str:
        return " ".join(node["content"] for node in server.scene(scene)["nodes"])

    before = [read("depot"), read("visitor")]
    page.goto(f"{SAMPLE}/scenes/form")
    expect(page.get_by_label("Line", exact=True).first).to_be_visible()
    page.keyboard.press("Control+f")
    page.keyboard.type("tuba")
    expect(page.get_by_text("12 places")).to_be_visible()
    page.get_by_label("Replace with").fill("trombone")
    page.get_by_role("checkbox", name="Replace here").first.uncheck()
    assert not findings(page)
    page.get_by_role("button", name="Replace in 11 places").click()
    expect(page.get_by_text("1 place", exact=True)).to_be_visible()
    assert (read("depot").count("tuba"), read("depot").count("trombone")) == (1, before[0].count("tuba") - 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("12 places")).to_be_visible()
    assert [read("depot"), read("visitor")] == before


PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_each_gesture_is_one_change(page: Page, server: Server) -> None:
    commits = "/api/projects/the-tuba-on-tram-nine/branches/main/history?limit=20"
    before = server.get(commits)["items"][0]["id"]
    page.goto(f"{SAMPLE}/scenes/lot-41")
    first = page.get_by_label("Line", exact=True).first
    line = page.locator(f"[data-row='{first.get_attribute('data-row')}']")
    head, _, tail = line.input_value().partition(" ")
    line.press("Home")
    for _ in head:
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    second = page.get_by_label("Line", exact=True).nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_value(tail)
    page.keyboard.press("Alt+ArrowUp")
    expect(first).to_have_value(tail)
    page.keyboard.press("Control+i")
    page.keyboard.type("noise and")
    expect(page.get_by_text("invalid syntax")).to_be_visible()
    page.keyboard.type(" mood")
    expect(page.get_by_text("Nobody declared mood yet.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="if noise and mood")).to_be_visible()
    first.evaluate(PASTE, "Ines: Sold.\n\nTo nobody.")
    expect(page.get_by_label("Line", exact=True).nth(2)).to_have_value("To nobody.")
    kept(page)
    scenes = page.get_by_role("navigation", name="Scenes of this variant")
    scenes.get_by_role("button", name="Quiet hours", exact=True).press("Alt+ArrowUp")
    expect(scenes.get_by_role("button", name="Form 11-B", exact=True)).to_be_visible()
    until(
        lambda: (
            [s["title"] for s in server.get(f"/api{SAMPLE_BRANCH}/scenes")["items"]][2:4]
            == ["Quiet hours", "Form 11-B"]
        )
    )
    scenes.get_by_role("button", name="Quiet hours", exact=True).press("Delete")
    expect(page.get_by_text("Quiet hours is removed")).to_be_visible()
    names = []
    for change in server.get(commits)["items"]:
        if change["id"] == before:
            break
        names.append(change["name"])
    assert names == [
        "Discarded Quiet hours",
        "Moved Quiet hours",
        "Wrote 2 lines in Lot forty-one",
        "Changed the conditions of a line in Lot forty-one",
        "Moved a line in Lot forty-one",
        "Reworded a line, wrote a line in Lot forty-one",
    ]


def test_quick_steps_back_wait_for_each_other(page: Page, server: Server) -> None:
    before = server.scene("depot")["nodes"]
    lines = [node["id"] for node in before if node["type"] == "text"][:3]
    for line in lines:
        said = {"node_id": line, "text": f"Other words for {line}."}
        server.post(f"/api{SAMPLE_BRANCH}/scenes/depot/reword-line", said, actor="local")
    page.goto(DEPOT)
    expect(page.get_by_text(f"Other words for {lines[2]}.")).to_be_visible()
    page.get_by_text("All is kept").click()
    for _ in lines:
        page.keyboard.press("Control+z")
    until(lambda: server.scene("depot")["nodes"] == before)
    expect(page.get_by_text("Other words")).to_have_count(0)
    expect(page.locator("[data-kind=error]")).to_have_count(0)
