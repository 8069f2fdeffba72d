"""Files that wait between an upload and the decision about it."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.services.waiting_uploads import Uploads
from portal.web.current import installation

GONE = lazy_gettext(
    "The upload is no longer here: it is kept for an hour, for the one who made it. Upload the file again."
)
"""What the reader of a ticket that opens nothing is told."""


def uploads_for(purpose: str) -> Uploads:
    """Return the files that wait for one purpose."""
    parts = installation()
    return Uploads(parts.settings, parts.waiting, purpose)
