"""How many files of strangers are examined at a time; each may take much memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort

AT_ONCE = 2
SECONDS_TO_WAIT = 1
places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a free place among those that are examined; 503 when none comes free."""
    if not places.acquire(timeout=SECONDS_TO_WAIT):
        abort(503)
    try:
        yield
    finally:
        places.release()
