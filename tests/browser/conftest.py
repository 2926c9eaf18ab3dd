"""A browser for all tests of a worker, and for each module a server with the sample story."""

import re
from collections.abc import Iterator

import pytest
from fasteners import InterProcessLock
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from comfyvn.interfaces.studio.building import STUDIO, build
from tests.browser.studio import CHROMIUM, Server
from tests.patience import PATIENCE

FAILURES = STUDIO / "failures"
"""Where a failed test leaves a screenshot, the words of the console and a trace: `playwright show-trace FILE`."""

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed  # type: ignore[attr-defined]
    return report  # type: ignore[return-value]


@pytest.fixture(scope="session")
def built() -> None:
    """Have the pages of the studio built from the sources that are here."""
    with InterProcessLock(STUDIO / "static.lock"):
        build()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium.

    It ends before the tests of other packages begin: until then Playwright keeps an event loop running in this thread.
    """
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that runs, with the sample story."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Return a fresh profile of the browser, in English."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 720}, locale="en-GB")
    context.set_default_timeout(PATIENCE * 1000)
    context.tracing.start(snapshots=True)
    said: list[str] = []
    context.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: said.append(f"error: {error.error}"))
    yield context
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    if request.node.stash.get(_failed, False):
        FAILURES.mkdir(exist_ok=True)
        for number, page in enumerate(context.pages):
            page.screenshot(path=FAILURES / f"{name}-{number}.png")
        (FAILURES / f"{name}.txt").write_text("\n".join(said), encoding="utf-8")
        context.tracing.stop(path=FAILURES / f"{name}.zip")
        print(f"see {FAILURES / name}*")  # noqa: T201 (pytest shows it beside the failure)
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return an empty page."""
    return context.new_page()
