"""Rows for tests, made through the models alone."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import (
    Answer,
    Assessment,
    Campaign,
    CampaignQuestionnaire,
    Contact,
    Declaration,
    Invitation,
    Level,
    Preview,
    Request,
    Role,
    Signing,
    Supplier,
    User,
    UserSession,
)

KEYS = ("code-of-conduct", "conflict-minerals", "human-rights")


T = TypeVar("T")


class Make:
    """Makes and commits one thing a call, with what it needs around it."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now

    def user(self, role: Role = Role.BUYER, email: str | None = None) -> User:
        """Return a user who cannot sign in by password; see `sign_in`."""
        return self._add(
            User(
                email=email or f"{role.value}-{uuid.uuid4().hex[:6]}@testfirma.example", name=role.value.title(),
                role=role, password_hash="!", created_at=self.now,
            )
        )  # fmt: skip

    def supplier(self, name: str = "Prøve Metall AS", country: str = "NO", **columns: Any) -> Supplier:
        """Return a supplier with one contact."""
        language = columns.pop("language", "en")
        supplier = Supplier(name=name, country=country, created_at=self.now, **columns)
        email = f"contact-{uuid.uuid4().hex[:8]}@supplier.example"
        supplier.contacts.append(Contact(name="Kari Prøve", email=email, language=language, created_at=self.now))
        return self._add(supplier)

    def campaign(self, buyer: User | None = None, keys: tuple[str, ...] = KEYS, **columns: Any) -> Campaign:
        """Return a campaign that has not been sent."""
        campaign = Campaign(
            title=columns.pop("title", "Self-declaration 2026"), reporting_year=2026,
            due_on=(self.now + timedelta(days=30)).date(), created_by=buyer or self.user(),
            created_at=self.now, **columns,
        )  # fmt: skip
        campaign.questionnaires = [
            CampaignQuestionnaire(key=key, edition="2026-1", position=position) for position, key in enumerate(keys)
        ]
        return self._add(campaign)

    def request(self, campaign: Campaign | None = None, supplier: Supplier | None = None) -> Request:
        """Return a sent request with its assessments."""
        campaign, supplier = campaign or self.campaign(), supplier or self.supplier()
        campaign.sent_at = campaign.sent_at or self.now
        request = Request(
            campaign=campaign,
            supplier=supplier,
            due_on=campaign.due_on,
            sent_at=self.now,
            sent_by=campaign.created_by,
        )
        self._add(request)
        for asked in campaign.questionnaires:
            self.session.add(
                Assessment(request=request, questionnaire=asked.key, edition=asked.edition, position=asked.position)
            )
        self.session.commit()
        return request

    def invitation(self, request: Request | None = None) -> Invitation:
        """Return the invitation of the supplier's first contact."""
        request = request or self.request()
        contact = request.supplier.contacts[0]
        return self._add(
            Invitation(
                request=request, contact=contact, email=contact.email, language=contact.language,
                created_at=self.now, issued_at=self.now,
            )
        )  # fmt: skip

    def answers(self, assessment: Assessment, values: dict[str, Any]) -> None:
        """Store answers as they are."""
        for question, value in values.items():
            self.session.add(Answer(assessment=assessment, question=question, value=value, answered_at=self.now))
        assessment.version += 1
        assessment.changed_at = self.now
        self.session.commit()

    def declaration(
        self, assessment: Assessment, pdf: bytes = b"%PDF-1.7 pretended", signed: bool = True
    ) -> Declaration:
        """Return a declaration whose file is pretended; tests of signatures make real ones."""
        invitation = (
            assessment.request.invitations[0] if assessment.request.invitations else self.invitation(assessment.request)
        )
        values = {answer.question: answer.value for answer in assessment.answers}
        digest = hashlib.sha256(pdf + assessment.id.bytes).hexdigest()
        signing = Signing(
            invitation=invitation, signatory_name="Kari Prøve", signatory_title="Managing director",
            company=assessment.request.supplier.name, language="en", bound_to=digest,
            created_at=self.now, accepted_at=self.now,
        )  # fmt: skip
        preview = Preview(
            signing=signing, assessment=assessment, position=0, reference=f"2026-{uuid.uuid4().hex[:8].upper()}",
            assessment_version=assessment.version, answers_sha256=digest, pdf_sha256=digest, created_at=self.now,
        )  # fmt: skip
        declaration = Declaration(
            assessment=assessment,
            preview=preview,
            reference=preview.reference,
            answers=values,
            facts=dict(assessment.facts),
            accepted_at=self.now,
        )
        if signed:
            declaration.signed_at, declaration.pdf_sha256, declaration.level = self.now, digest, Level.B_B
        self.session.add(signing)
        return self._add(declaration)

    def sign_in(self, client: FlaskClient, user: User) -> None:
        """Sign a user in without the password form."""
        signed_id = uuid.uuid4()
        self._add(UserSession(id=signed_id, user=user, started_at=datetime.now(self.now.tzinfo)))
        with client.session_transaction() as cookie:
            cookie["_user_id"] = str(signed_id)
            cookie["_fresh"] = True
            cookie["seen"] = datetime.now(self.now.tzinfo).timestamp()
            cookie.permanent = True

    def _add(self, thing: T) -> T:
        self.session.add(thing)
        self.session.commit()
        return thing
