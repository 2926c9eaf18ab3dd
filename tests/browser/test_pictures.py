"""The journey that takes the pictures of the documentation is still possible, and all that is shown is there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from docs.pictures import IMAGES, journey
from tests.browser.studio import Server
from tests.docs.runner import ROOT

pytestmark = pytest.mark.engine


def test_the_pictures_of_the_readme_can_be_taken(page: Page, server: Server, tmp_path: Path) -> None:
    taken = journey(page, server, tmp_path)
    shown = re.findall(r"docs/images/([\w-]+\.png)", (ROOT / "README.md").read_text("utf-8"))
    assert sorted(taken) == sorted(set(shown)) == sorted(file.name for file in IMAGES.iterdir())
    assert all((tmp_path / name).stat().st_size > 10_000 for name in taken)
