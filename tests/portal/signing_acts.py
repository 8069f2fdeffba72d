"""The steps of signing, taken through the services, for tests that need a real preview or a real declaration."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Invitation, OutgoingMail, Request, Signing
from portal.pdf.signing import Signatory
from portal.services import declarations, previews, sealing, signing_codes
from portal.services.actors import link_actor
from portal.services.documents import Setting
from tests.factories import Make

ANSWERS: dict[str, Any] = {
    "CC-01": True,
    "CC-02": "accept",
    "CC-06": "Åse Bjørnæs, purchasing",
    "CC-07": "yes",
}
"""All that the Code of Conduct asks of those who accept it."""
NO_MINERALS: dict[str, Any] = {"TG-01": ["none"], "TG-01#comment": "We sell services only."}
EVIDENCE = {"address": "192.0.2.7", "browser": "Test/1.0"}


class Act:
    """Takes the steps in one session, committing after each; every step gives what the next one needs."""

    def __init__(self, installation: Installation, session: Session, make: Make) -> None:
        self.installation = installation
        self.session = session
        self.make = make

    def ready(self, keys: tuple[str, ...] = ("code-of-conduct",)) -> Invitation:
        """Return an invitation to a request whose Code of Conduct is answered."""
        request = self.make.request(self.make.campaign(keys=keys))
        self.make.answers(request.assessments[0], ANSWERS)
        return self.make.invitation(request)

    def preview(self, invitation: Invitation, now: datetime, name: str = "Kari Prøve") -> Signing:
        """Return a signing act with previews of all that is ready."""
        parts = self.installation
        setting = Setting("Testfirma AS", "http://localhost/verify", "en", now)
        signatory = Signatory(name, "Managing director", invitation.email, invitation.request.supplier.name)
        drafts = previews.draft_all(
            self.session, invitation.request, parts.catalogue, signatory, setting, secrets.token_bytes
        )
        made = previews.typeset(drafts, parts.renderer, parts.store)
        signing = previews.keep_previews(self.session, invitation, made, now=now, by=link_actor(invitation))
        self.session.commit()
        return signing

    def send(self, signing: Signing, now: datetime) -> str:
        """Send a code; return it."""
        signing_codes.send(self.session, signing, ["Code of Conduct"], now=now, by=link_actor(signing.invitation))
        self.session.commit()
        return self.installation.links.code(signing)

    def accept(self, signing: Signing, code: str, now: datetime) -> list[Declaration]:
        """Sign with a code; a refused try is kept, as the web keeps it."""
        try:
            return declarations.accept(
                self.session,
                signing,
                code,
                links=self.installation.links,
                catalogue=self.installation.catalogue,
                evidence=EVIDENCE,
                now=now,
                by=link_actor(signing.invitation),
            )
        finally:
            self.session.commit()

    def accepted(self, invitation: Invitation, now: datetime) -> list[Declaration]:
        """Take all steps up to the signature."""
        signing = self.preview(invitation, now)
        return self.accept(signing, self.send(signing, now), now)

    def seal(self, declaration: Declaration | uuid.UUID, now: datetime, **instead: Any) -> bool:
        """Seal as a worker does, with other parts where given."""
        declaration_id = declaration if isinstance(declaration, uuid.UUID) else declaration.id
        self.session.rollback()
        parts, signer = self.installation, instead.pop("signer", None)
        tools: dict[str, Any] = {
            "store": parts.store,
            "signer": lambda: signer or parts.signer,
            "catalogue": parts.catalogue,
            "now": lambda: now,
        }
        done = sealing.seal(parts.new_session, declaration_id, **{**tools, **instead})
        self.session.expire_all()
        return done

    def mails(self, kind: str) -> list[OutgoingMail]:
        """Return the queued mails of a kind."""
        return list(self.session.query(OutgoingMail).filter_by(kind=kind).order_by(OutgoingMail.queued_at))


def all_declarations(request: Request) -> list[Declaration]:
    """Return the declarations of a request, oldest first."""
    return [each for assessment in request.assessments for each in assessment.declarations]
