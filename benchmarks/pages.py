"""First paint of the studio, and how smoothly its grid of assets scrolls, in Chromium: `python -m benchmarks.pages`.

The pages come from a real server; the list of assets is made up here.
"""

import json
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from comfyvn.interfaces.studio.building import build
from tests.browser.conftest import FLAGS
from tests.browser.studio import CHROMIUM, SAMPLE, Server

LARGE: Final = 2_000
SMALL: Final = 300
PAINT_TARGET_MS: Final = 1_000
FACTOR: Final = 2.0
"""How many times the frame time of the small grid that of the large one may be."""
PICTURE: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="teal"/></svg>'
)
BARE: Final = "<!doctype html><title>Bare</title><p>Nothing but a line of text."

SCROLL: Final = """async (frames) => {
  const scroller = document.querySelector("[role=listbox]").parentElement;
  const next = () => new Promise(requestAnimationFrame);
  const times = [];
  let last = await next();
  for (let n = 0; n < frames; n++) {
    scroller.scrollTop += n % 120 < 60 ? 90 : -90;
    const now = await next();
    times.push(now - last);
    last = now;
  }
  return times;
}"""


def listing(count: int) -> str:
    """Return a page of assets as the server tells it."""
    row = {"type": "image", "path_thumb": "t.webp", "bytes": 999, "meta": {}, "tags": [], "created_at": "2026-11-26"}
    items = [
        {**row, "id": f"a{n}", "uid": f"a{n}", "path_full": f"bg/{n:05}.png", "hash": f"{n:064x}"} for n in range(count)
    ]
    return json.dumps({"items": items, "total": count, "next": None, "position": 1})


def first_paint(page: Page, url: str) -> float:
    """Return after how many milliseconds something is seen."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))


def paints(browser: Browser, server: Server) -> tuple[float, float]:
    """Return the first paint of the studio and that of a bare page of the same server, in a fresh profile."""
    context = browser.new_context(base_url=server.url)
    context.route("**/bare", lambda route: route.fulfill(body=BARE, content_type="text/html"))
    page = context.new_page()
    theirs = first_paint(page, "/bare")
    ours = first_paint(page, "/")
    context.close()
    return ours, theirs


def scrolling(browser: Browser, server: Server, count: int, frames: int) -> float:
    """Return the time in milliseconds that 95 of 100 frames stay below while a grid of assets scrolls."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 720})
    context.route("**/assets?*", lambda route: route.fulfill(body=listing(count), content_type="application/json"))
    context.route("**/thumbnail?*", lambda route: route.fulfill(body=PICTURE, content_type="image/svg+xml"))
    page = context.new_page()
    page.goto(f"{SAMPLE}/assets")
    page.locator("[role=option]").first.wait_for()
    times: list[float] = page.evaluate(SCROLL, frames)
    context.close()
    return quantiles(times, n=20)[-1]


def main(argv: list[str]) -> int:
    """Print both; exit code 1 where a target is missed."""
    parser = ArgumentParser("python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=240)
    args = parser.parse_args(argv)
    build()
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server(Path(home))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        painted = [paints(browser, server) for _ in range(args.rounds)]
        grids = {
            count: median(scrolling(browser, server, count, args.frames) for _ in range(args.rounds))
            for count in (SMALL, LARGE)
        }
        browser.close()
        server.stop()
    ours, theirs = (median(side) for side in zip(*painted, strict=True))
    ratio = grids[LARGE] / grids[SMALL]
    print(f"first paint {ours:.0f} ms, a bare page {theirs:.0f} ms, ratio {ours / theirs:.1f}")
    print(f"p95 frame, {LARGE} assets {grids[LARGE]:.0f} ms, {SMALL} assets {grids[SMALL]:.0f} ms, ratio {ratio:.2f}")
    return int(ours > PAINT_TARGET_MS or ratio > FACTOR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
