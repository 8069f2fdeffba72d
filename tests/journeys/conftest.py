"""A browser, a portal to visit, and an eye on every page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import servers
from tests.chromium import chromium
from tests.journeys.site import ROOT, Site, running_site

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A folder to put a picture of every page into, at both widths."""

Look = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, gone with this module."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A fresh portal on SQLite."""
    with running_site(tmp_path) as running:
        yield running


@pytest.fixture
def large_site(tmp_path: Path) -> Iterator[Site]:
    """A fresh portal on PostgreSQL and Redis."""
    with ExitStack() as stack:
        try:
            urls = (stack.enter_context(servers.postgresql()), stack.enter_context(servers.redis()))
        except servers.NoServer as error:
            servers.do_without(str(error))
        yield stack.enter_context(running_site(tmp_path, *urls))


@pytest.fixture
def look() -> Look:
    """Look at a page: nothing that axe finds, one h1, a title, no sideways scrolling on a phone; and take a picture."""
    source = AXE.read_text()

    def look_at(page: Page, name: str) -> None:
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults = [
            f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:4]}"
            for fault in found["violations"]
        ]
        assert faults == [], f"{name} ({page.url})"
        assert page.locator("h1").count() == 1, f"{name} has one h1"
        assert page.title().strip(), f"{name} has a title"
        before = page.viewport_size
        for width in (PHONE, DESK):
            page.set_viewport_size(width)  # type: ignore[arg-type]
            sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert sideways <= 1, f"{name} scrolls sideways by {sideways} pixels at {width['width']}"
            if SCREENSHOTS:
                page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{width['width']}.png", full_page=True)
        if before:
            page.set_viewport_size(before)

    return look_at
