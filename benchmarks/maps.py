"""Frames of the studio's map in Chromium, of a large story beside a small one: `python -m benchmarks.maps`.

The pages come from a real server. The map itself is made up here, and laid out as the server lays maps out.
"""

import json
import random
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from comfyvn.domain.layout import layout
from comfyvn.interfaces.studio.building import build
from tests.browser.conftest import FLAGS
from tests.browser.studio import CHROMIUM, SAMPLE, Server

LARGE: Final = 5_000
SMALL: Final = 300
FRAMES: Final = 150
FACTOR: Final = 2.0
"""How many times the frame time of the small map that of the large one may be."""

GESTURES: Final = {"pan": "[24 * turn, 10 * turn, false]", "zoom": "[0, 14 * turn, true]"}
VIEWS: Final = {"near": "1", "all": "0"}
"""Keys that bring about how near the map is: at its own size, or all of it in view."""

MOVE: Final = """async ([frames]) => {
  const view = document.querySelector("[data-map]");
  const box = view.getBoundingClientRect();
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true, cancelable: true };
  const next = () => new Promise(requestAnimationFrame);
  const times = [];
  let last = await next();
  for (let n = 0; n < frames; n++) {
    const turn = n % 60 < 30 ? 1 : -1;
    const [deltaX, deltaY, ctrlKey] = GESTURE;
    view.dispatchEvent(new WheelEvent("wheel", { ...at, deltaX, deltaY, ctrlKey }));
    const now = await next();
    times.push(now - last);
    last = now;
  }
  return times;
}"""


def story(scenes: int) -> str:
    """Return the map of a story as the server tells it: a tree with ways across and back."""
    dice = random.Random(scenes)
    names = [f"s{n}" for n in range(scenes)]
    ways = [(names[dice.randrange(max(0, n - 40), n)], names[n]) for n in range(1, scenes)]
    ways += [(dice.choice(names), dice.choice(names)) for _ in range(scenes // 3)]
    places = layout(names, ways)
    facts = {"label": "", "role": "story", "lines": 24, "choices": 2, "words": 310, "chosen": False}
    nodes = [
        {
            **facts,
            "id": name,
            "title": f"The {n}th evening",
            "group": f"act {n * 5 // scenes}",
            "begins": None if n else "start",
            "x": places[name].x,
            "y": places[name].y,
            "errors": int(n % 97 == 0),
            "warnings": int(n % 31 == 0),
        }
        for n, name in enumerate(names)
    ]
    edges = [{"source": a, "target": b, "kind": dice.choice(["jump", "falls"]), "count": 1} for a, b in ways]
    return json.dumps({"position": 1, "scenes": nodes, "edges": edges, "loose": []})


def frames(browser: Browser, url: str, told: str, count: int) -> Iterator[tuple[str, list[float]]]:
    """Yield the milliseconds between frames for each view and gesture; first the time until the map is there."""
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page = context.new_page()
    page.route("**/api/map?*", lambda route: route.fulfill(body=told, content_type="application/json"))
    page.goto(f"{SAMPLE}/timeline")
    page.get_by_role("heading", name="Timeline").wait_for()
    opened = page.evaluate("""async () => {
      const begin = performance.now();
      [...document.querySelectorAll("nav button, nav a")].find((each) => each.textContent.trim() === "Map").click();
      while (!document.querySelector("[data-map] canvas")) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    }""")
    yield "opened", [opened]
    for view, key in VIEWS.items():
        for gesture, deltas in GESTURES.items():
            page.locator("[data-map]").press(key)
            page.wait_for_timeout(600)
            yield f"{gesture}, {view}", page.evaluate(MOVE.replace("GESTURE", deltas), [count])
    context.close()


def p95(times: list[float]) -> float:
    """Return the time that 95 of 100 frames stay below."""
    return quantiles(times, n=20)[-1]


def main(argv: list[str]) -> int:
    """Print the table; exit code 1 where the large map is too slow."""
    parser = ArgumentParser("python -m benchmarks.maps", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(argv)
    build()
    stories = {scenes: story(scenes) for scenes in (SMALL, LARGE)}
    found: dict[str, dict[int, list[list[float]]]] = {}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for _ in range(args.rounds):
                for scenes, told in stories.items():
                    for what, times in frames(browser, server.url, told, FRAMES):
                        found.setdefault(what, {}).setdefault(scenes, []).append(times)
            browser.close()
        finally:
            server.stop()
    opened = {scenes: median(times for [times] in rounds) for scenes, rounds in found.pop("opened").items()}
    print(f"opened after {opened[SMALL]:.0f} ms with {SMALL} scenes, {opened[LARGE]:.0f} ms with {LARGE}\n")
    print(f"| | {SMALL}: p50 | p95 | {LARGE}: p50 | p95 | ratio of p95 |\n|---|---|---|---|---|---|")
    missed = False
    for what, by_size in found.items():
        cells, ends = [], []
        for scenes in (SMALL, LARGE):
            ends.append(median(map(p95, by_size[scenes])))
            cells += [f"{median(map(median, by_size[scenes])):.1f} ms", f"{ends[-1]:.1f} ms"]
        missed |= ends[1] > FACTOR * ends[0]
        print(f"| {what} | {' | '.join(cells)} | {ends[1] / ends[0]:.2f} |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
