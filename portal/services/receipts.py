"""The mails that follow a seal: the receipt with all signed PDFs, and the notice to the buyer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.mail import messages
from portal.models import Declaration, Preview, Signing
from portal.services import outbox, signatories
from questionnaires.catalogue import Catalogue
from questionnaires.texts import ENGLISH


def tell(session: Session, signing: Signing, declaration: Declaration, catalogue: Catalogue, now: datetime) -> None:
    """Queue the notice that a declaration is sealed and, if it was the last of its signing act, the receipt.

    The caller holds the signing's row, so that exactly one of its declarations is the last.
    """
    _tell_buyer(session, signing, declaration, catalogue, now)
    documents = _documents(session, signing)
    if all(each.signed_at is not None for each in documents):
        _send_receipt(session, signing, documents, catalogue, now)


def filename_of(declaration: Declaration) -> str:
    """Return the name under which a signed PDF is handed out."""
    return f"{declaration.assessment.questionnaire}-{declaration.reference}.pdf"


def _tell_buyer(
    session: Session, signing: Signing, declaration: Declaration, catalogue: Catalogue, now: datetime
) -> None:
    request = declaration.assessment.request
    buyer = request.sent_by
    if buyer is None or buyer.disabled_at is not None:
        return
    language = buyer.language or ENGLISH
    notice = messages.declaration_signed(
        messages.Reader(buyer.display_name, buyer.email, language),
        declaration_id=declaration.id,
        supplier=request.supplier.name,
        campaign=request.campaign.title,
        questionnaire=_title(declaration, catalogue, language),
        reference=declaration.reference,
        signatory=signatories.names_of(signing),
        signed_at=declaration.accepted_at,
    )
    outbox.queue(session, notice, now)


def _send_receipt(
    session: Session, signing: Signing, documents: list[Declaration], catalogue: Catalogue, now: datetime
) -> None:
    request = signing.invitation.request
    files = [
        messages.SignedDocument(
            title=_title(each, catalogue, signing.language),
            reference=each.reference,
            sha256=each.pdf_sha256 or "",
            filename=filename_of(each),
        )
        for each in documents
    ]
    for person in signatories.who_signed(signing):
        receipt = messages.receipt(
            messages.Reader(person.name, person.email, signing.language),
            signing_id=signing.id,
            supplier=request.supplier.name,
            campaign=request.campaign.title,
            signatory=signatories.names_of(signing),
            signed_at=documents[0].accepted_at,
            documents=files,
        )
        outbox.queue(session, receipt, now)


def _documents(session: Session, signing: Signing) -> list[Declaration]:
    query = sa.select(Declaration).join(Declaration.preview).where(Preview.signing_id == signing.id)
    in_order = query.order_by(Preview.position).execution_options(populate_existing=True)
    return list(session.scalars(in_order))


def _title(declaration: Declaration, catalogue: Catalogue, language: str) -> str:
    assessment = declaration.assessment
    return catalogue.find(assessment.questionnaire, assessment.edition).title.in_language(language)
