"""Mailed links and signing codes: made from keys, checked on every use, stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.config import DAYS_LINK_LASTS, MINUTES_CODE_LASTS, Settings
from portal.models import Invitation, Signing

LINK_LIFETIME = timedelta(days=DAYS_LINK_LASTS)
CODE_LIFETIME = timedelta(minutes=MINUTES_CODE_LASTS)
CODE_DIGITS = 6


class LinkInvalid(Exception):
    """The token was not made by this portal, or by a key that is gone."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a genuine token says; whether it still opens anything is for the invitation to tell."""

    invitation_id: uuid.UUID
    generation: int


class Links:
    """Makes and reads tokens; the oldest key comes first and still verifies, the newest signs."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._code_keys = settings.secrets.code
        self._serialiser = URLSafeTimedSerializer(
            list(settings.secrets.link),
            salt="portal.invitation-link",
            signer_kwargs={"digest_method": hashlib.sha256},
        )

    def token(self, invitation: Invitation) -> str:
        """Return the token of the invitation's present generation."""
        return self._serialiser.dumps([invitation.id.hex, invitation.generation])

    def address(self, invitation: Invitation) -> str:
        """Return the link to mail."""
        return f"{self._base_url}/i/{self.token(invitation)}"

    def read(self, token: str) -> LinkClaim:
        """Return what a token says.

        The age is not judged here: an old link must still find its invitation, to offer a new one to the same address.

        Raises:
            LinkInvalid: the signature or the form is wrong.
        """
        try:
            identity, generation = self._serialiser.loads(token)
            return LinkClaim(uuid.UUID(hex=identity), int(generation))
        except (BadSignature, ValueError, TypeError, AttributeError) as error:
            raise LinkInvalid from error

    def code(self, signing: Signing) -> str:
        """Return the six digits that were mailed for a signing at its last sending.

        They are worked out from a key, the signing, what it is bound to and the moment of sending, so that neither the
        database nor the outbox holds them.
        """
        return self._code(signing, self._code_keys[-1])

    def code_fits(self, signing: Signing, typed: str) -> bool:
        """Return whether the digits are the ones that were mailed, whichever key made them."""
        digits = "".join(character for character in typed if character.isascii() and character.isdigit())
        return any(hmac.compare_digest(self._code(signing, key), digits) for key in self._code_keys)

    @staticmethod
    def _code(signing: Signing, key: str) -> str:
        sent = signing.code_sent_at.isoformat() if signing.code_sent_at else ""
        message = f"{signing.id.hex}|{signing.bound_to}|{sent}|{signing.code_sends}".encode()
        number = int.from_bytes(hmac.new(key.encode(), message, hashlib.sha256).digest()[:8], "big")
        return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def link_expires_at(invitation: Invitation) -> datetime:
    """Return when the invitation's present link ends."""
    return invitation.issued_at + LINK_LIFETIME


def code_expires_at(signing: Signing) -> datetime | None:
    """Return when the signing's present code ends; None while none has been sent."""
    return signing.code_sent_at + CODE_LIFETIME if signing.code_sent_at else None
