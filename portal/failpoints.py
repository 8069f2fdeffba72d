"""Boundaries at which a crash must do no harm, by name.

Nothing that the portal reads leads here: no setting, no variable of the environment. Only the crash tests plant an end
in a process of their own (`tests/crash/doom.py`). A portal that is started with PORTAL_FAILPOINT refuses to start, as
with every setting that it does not know.
"""

from __future__ import annotations

import enum
from collections.abc import Callable


class Point(enum.StrEnum):
    """A moment between two steps, of which the first is done and the second is not."""

    TYPESETTING = "before-typesetting"
    TYPESET = "after-typesetting"
    FILE_WRITTEN = "file-written"
    """Under a name for the time being, perhaps in memory only."""
    FILE_SYNCED = "file-synced"
    FILE_NAMED = "file-named"
    """Under its own name, its folder perhaps in memory only."""
    LEDGER_INSERTED = "ledger-inserted"
    ACCEPTANCE_INSERTED = "acceptance-inserted"
    CLAIMED = "sealing-claimed"
    STAMP_ASKED = "stamp-asked"
    """Before the time stamp authority is asked."""
    STAMP_GIVEN = "stamp-given"
    SIGNED = "sealing-signed"
    STORED = "sealing-stored"
    SEAL_INSERTED = "seal-inserted"
    """The transaction that writes down the seal is done but for its commit."""
    MAILS_CLAIMED = "mails-claimed"
    MAIL_TAKEN = "mail-taken"
    """The mail server has answered the end of DATA; the connection is open yet."""
    MAIL_UNMARKED = "mail-unmarked"
    """The mail is sent, and the row does not say so."""


_planted: list[Callable[[Point], None]] = []


def reach(point: Point) -> None:
    """Do nothing, unless a crash test has planted something."""
    for each in _planted:
        each(point)


def plant(deed: Callable[[Point], None]) -> None:
    """Have this process do something at each point: for tests only."""
    _planted.append(deed)
