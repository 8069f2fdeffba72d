"""Files that somebody has uploaded and has yet to decide about."""

from __future__ import annotations

import hashlib
import time
import uuid

from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.config import Settings
from portal.storage import FileMissing, LocalStore

SECONDS_TO_DECIDE = 3600
"""How long after the upload a dry run can be looked at and applied."""


class UploadGone(Exception):
    """The ticket is forged, too old, somebody else's, or its file is not there."""


class Uploads:
    """Files that wait for a decision; a signed ticket says whose and until when."""

    def __init__(self, settings: Settings, store: LocalStore, purpose: str) -> None:
        """``purpose`` is what the files are for: a ticket for one purpose is none for another."""
        self._store = store
        self._serialiser = URLSafeTimedSerializer(
            list(settings.secrets.intent),
            salt=f"portal.{purpose}",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def keep(self, content: bytes, filename: str, owner_id: uuid.UUID) -> str:
        """Keep a file; return the ticket to it, which opens it for its owner alone. Older ones are forgotten."""
        self._store.forget(time.time() - SECONDS_TO_DECIDE)
        return self._serialiser.dumps([self._store.put(content), filename[:80], owner_id.hex])

    def find(self, ticket: str, owner_id: uuid.UUID) -> tuple[bytes, str]:
        """Return the file and its name.

        Raises:
            UploadGone: see there.
        """
        try:
            sha256, filename, owner = self._serialiser.loads(ticket, max_age=SECONDS_TO_DECIDE)
            if owner != owner_id.hex:
                raise UploadGone
            return self._store.get(sha256), str(filename)
        except (BadSignature, FileMissing, ValueError, TypeError) as error:
            raise UploadGone from error
