"""What is planted at the failpoints: an end at one of them, as `PORTAL_FAILPOINT=name:exit:hit` would say."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import failpoints
from portal.failpoints import Point

COMMITS = ("before-commit", "after-commit")
"""Of every transaction, whoever makes it; the others stand where they are in the code."""
POINTS = (*(each.value for each in Point), *COMMITS)
CODE = 70


class Doom:
    """Ends this process when it is at a point for the nth time, without any farewell."""

    def __init__(self, chosen: str, folder: Path) -> None:
        name, deed, hit = chosen.split(":")
        assert (name in POINTS, deed) == (True, "exit"), chosen
        self._name, self._left, self._folder = name, int(hit), folder

    def reach(self, name: str) -> None:
        """Count, and perhaps end."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            note(self._folder / "reached", name)
            os._exit(CODE)


def plant(chosen: str, folder: Path, engine: sa.Engine) -> None:
    """Plant an end at a point."""
    doom = Doom(chosen, folder)
    failpoints.plant(doom.reach)
    sa.event.listen(engine, "commit", lambda _connection: doom.reach(COMMITS[0]))
    sa.event.listen(Session, "after_commit", lambda _session: doom.reach(COMMITS[1]))


def note(path: Path, line: str) -> None:
    """Append a line, whole or not at all, so that it is there whatever happens to this process next."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)
