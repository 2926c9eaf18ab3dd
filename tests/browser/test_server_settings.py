"""How the server is, seen from the studio: how busy it is, and where it will listen."""

import re
import socket

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio import Server

pytestmark = pytest.mark.engine


def test_the_health_of_the_server_opens_live_graphs(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="The server answers").click()
    dialog = page.get_by_role("dialog", name="The server")
    expect(dialog.get_by_role("img", name=re.compile(r"Processors: \d+ %"))).to_be_visible()
    expect(dialog.get_by_role("img", name=re.compile("Memory: "))).to_be_visible()


def test_another_port_is_checked_before_it_is_kept(page: Page, server: Server) -> None:
    page.goto("/studio/settings")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        page.get_by_label("Port").fill(str(other.getsockname()[1]))
        page.get_by_role("button", name="Check and use after the next start").click()
        expect(page.get_by_text("is taken by another program")).to_be_visible()
        free = other.getsockname()[1]
    page.get_by_label("Port").fill(str(free))
    page.get_by_role("button", name="Check and use after the next start").click()
    expect(page.get_by_text(f"Start the server again, and it will be at 127.0.0.1:{free}.")).to_be_visible()
    assert server.get("/system/info")["relaunch"] is True
