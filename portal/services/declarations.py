"""The signing act: previews become declarations when the mailed code comes back."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.failpoints import Point, reach
from portal.models import Assessment, Declaration, Deed, Invitation, Preview, Request, Signing
from portal.services import assessments, carrying, invitations, ledger, previews, signing_codes
from portal.services.actors import Actor
from portal.services.links import Links
from questionnaires.catalogue import Catalogue
from questionnaires.journey import Lineage, canonical, counted
from questionnaires.values import Value


class AnswersChanged(Exception):
    """An answer was saved after the preview was made; a new preview is needed."""


class AlreadyDeclared(Exception):
    """These answers were signed meanwhile, by another preview."""


def find_signing(session: Session, invitation: Invitation, signing_id: uuid.UUID) -> Signing | None:
    """Return a signing act of this invitation, or None."""
    query = sa.select(Signing).where(Signing.id == signing_id, Signing.invitation_id == invitation.id)
    return session.scalar(query)


def find_signed(session: Session, request: Request, declaration_id: uuid.UUID) -> Declaration | None:
    """Return a sealed declaration of this request, or None."""
    query = sa.select(Declaration).join(Declaration.assessment)
    mine = Declaration.id == declaration_id, Assessment.request_id == request.id, Declaration.signed_at.is_not(None)
    return session.scalar(query.where(*mine))


def check_current(signing: Signing) -> None:
    """Make sure that what was previewed is still what is answered, and that nobody has signed it.

    Raises:
        AnswersChanged: an answer was saved since.
        AlreadyDeclared: the answers were signed by another preview.
    """
    for preview in signing.previews:
        assessment = preview.assessment
        if previews.is_covered(assessment):
            raise AlreadyDeclared
        if assessment.version != preview.assessment_version:
            raise AnswersChanged


def accept(
    session: Session,
    signing: Signing,
    typed: str,
    *,
    links: Links,
    catalogue: Catalogue,
    evidence: dict[str, str],
    now: datetime,
    by: Actor,
) -> list[Declaration]:
    """Sign: take the code, and let each preview become a declaration that waits for its seal.

    Returns the new declarations; none if the signing was accepted before: a repeated request changes nothing.

    Raises:
        AnswersChanged: an answer was saved since the preview.
        AlreadyDeclared: the answers were signed by another preview.
        CodeRefused: the code is not the one that was sent, or no longer.
        LinkDead: the link was revoked or replaced meanwhile, or the request withdrawn.
    """
    _lock(session, signing, now)
    if signing.accepted_at is not None:
        return []
    check_current(signing)
    content = [_previewed(preview, catalogue) for preview in signing.previews]
    signing_codes.check(session, signing, typed, links=links, now=now, by=by)
    signing.accepted_at = now
    signing.evidence = {**evidence, "method": signing_codes.METHOD}
    declarations = [_declare(preview, *each, now) for preview, each in zip(signing.previews, content, strict=True)]
    session.add_all(declarations)
    session.flush()
    reach(Point.ACCEPTANCE_INSERTED)
    _record_acceptance(session, signing, declarations, catalogue, evidence, by)
    return declarations


def _record_acceptance(
    session: Session,
    signing: Signing,
    declarations: Sequence[Declaration],
    catalogue: Catalogue,
    evidence: dict[str, str],
    by: Actor,
) -> None:
    documents = [
        {
            **previews.hashes_of(each.preview),
            "declaration_id": str(each.id),
            "edition_sha256": assessments.edition_of(each.assessment, catalogue).digest,
        }
        for each in declarations
    ]
    data = {"bound_to": signing.bound_to, "method": signing_codes.METHOD, "documents": documents}
    personal = {
        "name": signing.signatory_name,
        "title": signing.signatory_title,
        "email": signing.invitation.email,
        **evidence,
    }
    subject = ledger.subject_of("signing", signing.id)
    now = declarations[0].accepted_at
    ledger.record(session, Deed.SIGNING_ACCEPTED, subject, by=by, now=now, data=data, personal=personal)


def _lock(session: Session, signing: Signing, now: datetime) -> None:
    """Queue up behind whoever signs or saves the same answers, or closes the link; see the rows as they are now.

    On SQLite the writing transaction is that queue already.
    """
    ledger.begin(session)
    invitation = signing.invitation
    generation = invitation.generation
    for row in (invitation.request, invitation):
        session.refresh(row, with_for_update={"key_share": True})  # others may still refer to it
    invitations.refuse_dead(invitation, generation, now)
    session.refresh(signing, with_for_update=True)
    ids = sa.select(Preview.assessment_id).where(Preview.signing_id == signing.id)
    query = sa.select(Assessment).where(Assessment.id.in_(ids)).order_by(Assessment.id).with_for_update()
    for assessment in session.scalars(query.execution_options(populate_existing=True)):
        session.expire(assessment, ["answers", "declarations", "returns"])


def _previewed(preview: Preview, catalogue: Catalogue) -> tuple[dict[str, Value], Lineage | None]:
    """Return the answers that count now, and their lineage; make sure that they are the preview's, to the byte."""
    questionnaire = assessments.edition_of(preview.assessment, catalogue)
    answers = assessments.answers_of(preview.assessment)
    lineage = carrying.lineage_of(preview.assessment, answers, catalogue, preview.created_at)
    if hashlib.sha256(canonical(questionnaire, answers, lineage)).hexdigest() != preview.answers_sha256:
        raise AnswersChanged
    return counted(questionnaire, answers), lineage


def _declare(preview: Preview, answers: dict[str, Value], lineage: Lineage | None, now: datetime) -> Declaration:
    return Declaration(
        assessment=preview.assessment,
        preview=preview,
        reference=preview.reference,
        answers=answers,
        facts=dict(preview.assessment.facts),
        marks=dict(lineage.marks) if lineage else None,
        accepted_at=now,
    )
