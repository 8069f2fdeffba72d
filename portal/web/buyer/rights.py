"""Who may do what in the register and with campaigns."""

from __future__ import annotations

from portal.web.access import Audience

READERS = (Audience.ADMINISTRATOR, Audience.BUYER, Audience.APPROVER)
KEEPERS = (Audience.ADMINISTRATOR, Audience.BUYER)
"""Of the register."""
SENDERS = (Audience.BUYER,)
"""Of campaigns: whoever sends a request is one of the four eyes on its answers."""
REVIEWERS = (Audience.BUYER, Audience.APPROVER)
"""Of declarations."""
