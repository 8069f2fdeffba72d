"""The signing act: previews become declarations when the mailed code comes back."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.failpoints import Point, reach
from portal.models import Assessment, Declaration, Deed, Invitation, Preview, Request, Signing
from portal.services import assessments, carrying, cosigning, ledger, previews, signatories, signing_codes
from portal.services.actors import Actor
from portal.services.links import Links
from questionnaires.catalogue import Catalogue
from questionnaires.journey import Lineage, canonical, counted
from questionnaires.values import Value


class AnswersChanged(Exception):
    """An answer was saved after the preview was made; a new preview is needed."""


class NotAllBrought(Exception):
    """Of some document there is no file yet that the supplier signed itself."""


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
    lead = signing.lead
    for preview in lead.previews:
        assessment = preview.assessment
        if previews.is_covered(assessment) or assessment.awaiting_id not in {None, lead.id}:
            raise AlreadyDeclared
        if assessment.version != preview.assessment_version:
            raise AnswersChanged


def accept(  # noqa: PLR0913 -- each is a fact of the signing act
    session: Session,
    signing: Signing,
    typed: str,
    *,
    links: Links,
    catalogue: Catalogue,
    evidence: dict[str, str],
    brought: bool = False,
    now: datetime,
    by: Actor,
) -> list[Declaration]:
    """Sign: take the code, and let each preview become a declaration that waits for its seal.

    With `brought` the files count that the supplier signed itself, and the portal will add only its seal.
    Returns the new declarations; none where others must sign too, the next of whom is asked, or if the signing was
    accepted before: a repeated request changes nothing.

    Raises:
        AnswersChanged, AlreadyDeclared: see `check_current`.
        SigningVoid: another of the signatories declined, or it was taken back.
        NotAllBrought: a document is missing among those that were brought, or several must sign.
        CodeRefused: the code is not the one that was sent, or no longer.
        LinkDead: the link was revoked or replaced meanwhile, or the request withdrawn.
    """
    lead = cosigning.hold(session, signing, now)
    if signing.accepted_at is not None:
        return []
    _refuse_unless_acceptable(signing, brought)
    content = [_previewed(preview, catalogue) for preview in lead.previews]
    signing_codes.check(session, signing, typed, links=links, now=now, by=by)
    signing.accepted_at = now
    signing.evidence = {**evidence, "method": signing_codes.METHOD}
    signed = () if signatories.missing(lead) else zip(lead.previews, content, strict=True)
    session.add_all(declarations := [_declare(preview, *each, now, brought=brought) for preview, each in signed])
    session.flush()
    reach(Point.ACCEPTANCE_INSERTED)
    _record_acceptance(session, signing, declarations, catalogue, evidence, now, by)
    cosigning.go_on(session, lead, catalogue, now=now, by=by)
    return declarations


def _refuse_unless_acceptable(signing: Signing, brought: bool) -> None:
    lead = signing.lead
    cosigning.refuse_void(lead)
    check_current(signing)
    if brought and (lead.co_signatories or not all(preview.brought_sha256 for preview in lead.previews)):
        raise NotAllBrought


def _record_acceptance(
    session: Session,
    signing: Signing,
    declarations: Sequence[Declaration],
    catalogue: Catalogue,
    evidence: dict[str, str],
    now: datetime,
    by: Actor,
) -> None:
    made = {each.preview_id: _named(each) for each in declarations}
    documents = [
        {
            **previews.hashes_of(each),
            **made.get(each.id, {}),
            "edition_sha256": assessments.edition_of(each.assessment, catalogue).digest,
        }
        for each in signing.shown
    ]
    data: dict[str, Any] = {"bound_to": signing.bound_to, "method": signing_codes.METHOD, "documents": documents}
    if signing.lead.co_signatories:
        data |= {"signature": signing.position, "of": len(signing.lead.co_signatories) + 1}
    personal = {
        "name": signing.signatory_name,
        "title": signing.signatory_title,
        "email": signing.invitation.email,
        **evidence,
    }
    subject = ledger.subject_of("signing", signing.id)
    ledger.record(session, Deed.SIGNING_ACCEPTED, subject, by=by, now=now, data=data, personal=personal)


def _named(declaration: Declaration) -> dict[str, str]:
    """Return how the acceptance names what came of a preview."""
    brought = {"brought_sha256": declaration.brought_sha256} if declaration.brought_sha256 else {}
    return {"declaration_id": str(declaration.id), **brought}


def _previewed(preview: Preview, catalogue: Catalogue) -> tuple[dict[str, Value], Lineage | None]:
    """Return the answers that count now, and their lineage; make sure that they are the preview's, to the byte."""
    questionnaire = assessments.edition_of(preview.assessment, catalogue)
    answers = assessments.answers_of(preview.assessment)
    lineage = carrying.lineage_of(preview.assessment, answers, catalogue, preview.created_at)
    if hashlib.sha256(canonical(questionnaire, answers, lineage)).hexdigest() != preview.answers_sha256:
        raise AnswersChanged
    return counted(questionnaire, answers), lineage


def _declare(
    preview: Preview, answers: dict[str, Value], lineage: Lineage | None, now: datetime, *, brought: bool
) -> Declaration:
    return Declaration(
        assessment=preview.assessment,
        preview=preview,
        reference=preview.reference,
        answers=answers,
        facts=dict(preview.assessment.facts),
        marks=dict(lineage.marks) if lineage else None,
        accepted_at=now,
        brought_sha256=preview.brought_sha256 if brought else None,
    )
