"""Who does a deed, as the ledger writes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from portal.models import Invitation, User


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, an invitation's link, the command line, or the portal itself."""

    kind: str
    id: uuid.UUID | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return the pseudonymous form for a record."""
        return {"kind": self.kind, "id": str(self.id) if self.id else None}


PORTAL = Actor("portal")
COMMAND_LINE = Actor("command-line")


def user_actor(user: User) -> Actor:
    """Return the actor that a signed-in user is."""
    return Actor("user", user.id)


def link_actor(invitation: Invitation) -> Actor:
    """Return the actor that the holder of a mailed link is."""
    return Actor("link", invitation.id)
