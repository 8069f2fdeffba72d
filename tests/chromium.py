"""Chromium for the tests: the machine's own where there is one, else Playwright's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

from tests.servers import do_without


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium until the end of the block.

    Not for longer than a module: while Playwright runs, the thread has an event loop, and pyHanko can sign in no such
    thread.
    """
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        except Error as error:
            do_without(f"no browser: {error.message.splitlines()[0]} (Debian: apt install chromium)")
        yield opened
        opened.close()
