"""Retention: when the years are over, a declaration's files, answers and names go; its hashes stay in the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta
from sqlalchemy.orm import Session, sessionmaker

from portal.models import (
    Answer,
    Assessment,
    Attachment,
    Declaration,
    Deed,
    LedgerEvent,
    LedgerPersonalData,
    LegalHold,
    MineralsWorkbook,
    OutgoingMail,
    Preview,
    Request,
    SmelterMention,
)
from portal.services import archive, ledger
from portal.services.actors import Actor
from portal.storage import Store


def kept_until(declaration: Declaration, years: int) -> datetime:
    """Return when the retention of a declaration ends."""
    return (declaration.signed_at or declaration.accepted_at) + relativedelta(years=years)


def due(session: Session, years: int, now: datetime) -> list[Declaration]:
    """Return the declarations whose retention has ended and that no legal hold keeps, oldest first."""
    return list(session.scalars(_due(years, now).order_by(Declaration.signed_at, Declaration.reference)))


def _due(years: int, now: datetime) -> sa.Select[Declaration]:
    held = sa.select(LegalHold.supplier_id).where(LegalHold.lifted_at.is_(None))
    return (
        sa.select(Declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .where(
            Declaration.signed_at <= now - relativedelta(years=years),
            Declaration.deleted_at.is_(None),
            Request.supplier_id.not_in(held),
        )
    )


def delete(new_session: sessionmaker[Session], store: Store, years: int, *, now: datetime, by: Actor) -> Iterator[str]:
    """Delete all that is due, each declaration in a transaction of its own; yield their references.

    Rows go first: a run that ends between rows and files leaves files that the next run takes away.
    """
    with new_session() as session:
        ids = [each.id for each in due(session, years, now)]
    for each in ids:
        with new_session.begin() as session:
            reference = _delete(session, each, years, now, by)
        if reference:
            yield reference
    with new_session() as session:
        for sha256 in _left(session):
            store.delete(sha256)


def _delete(session: Session, declaration_id: uuid.UUID, years: int, now: datetime, by: Actor) -> str | None:
    """Look once more, in the transaction, whether nothing keeps it."""
    ledger.begin(session)
    declaration = session.scalar(_due(years, now).where(Declaration.id == declaration_id))
    if declaration is None:
        return None
    subjects = [event.seq for event in archive.history(session, declaration) if _is_own(event, declaration)]
    files = [
        declaration.pdf_sha256,
        declaration.preview.pdf_sha256,
        *(each.pdf_sha256 for each in declaration.renewals),
        *filter(None, [declaration.preview.brought_sha256]),
    ]
    files += _forget_answers(session, declaration)
    session.execute(sa.delete(LedgerPersonalData).where(LedgerPersonalData.seq.in_(subjects)))
    declaration.answers, declaration.facts, declaration.marks, declaration.deleted_at = {}, {}, None, now
    signing, subject = declaration.preview.signing, ledger.subject_of("declaration", declaration.id)
    about = [subject, ledger.subject_of("signing", signing.id)]
    is_over = OutgoingMail.subject.in_(about) & OutgoingMail.next_try_at.is_(None)
    session.execute(sa.update(OutgoingMail).where(is_over).values(facts={}, to_name=""))
    _forget_people(declaration.preview)
    data = {
        "reference": declaration.reference,
        "pdf_sha256": declaration.newest_sha256,
        "files": files,
        "records": subjects,
        "retention_years": years,
    }
    ledger.record(session, Deed.DECLARATION_DELETED, subject, by=by, now=now, data=data)
    return declaration.reference


def _forget_people(preview: Preview) -> None:
    """Take out who signed: the first, the others, and what certificates of their own say."""
    places = preview.signing.co_signatories
    preview.brought = None
    for act in (preview.signing, *(each.act for each in places if each.act)):
        act.signatory_name, act.signatory_title, act.evidence = "", "", None
    for place in places:
        place.name, place.title, place.email = "", "", nobody(place.id)


def nobody(thing_id: uuid.UUID) -> str:
    """Return an address that leads nowhere (RFC 2606), one for each row, so that rows stay apart."""
    return f"erased-{thing_id.hex[:12]}@erased.invalid"


def _is_own(event: LedgerEvent, declaration: Declaration) -> bool:
    """Tell what is about the declaration from what is about a request that others answer too."""
    return event.subject.partition(":")[0] not in {"request", "invitation", "assessment", "attachment"} or (
        event.subject == ledger.subject_of("assessment", declaration.assessment_id)
    )


def _forget_answers(session: Session, declaration: Declaration) -> list[str]:
    """Delete the draft and what was attached to it, once no declaration made of it is kept; return the files."""
    others = [each for each in declaration.assessment.declarations if each is not declaration]
    if any(each.deleted_at is None for each in others):
        return []
    session.execute(sa.delete(Answer).where(Answer.assessment_id == declaration.assessment_id))
    workbooks = sa.select(MineralsWorkbook.id).where(MineralsWorkbook.assessment_id == declaration.assessment_id)
    session.execute(sa.delete(SmelterMention).where(SmelterMention.workbook_id.in_(workbooks)))
    session.execute(sa.delete(MineralsWorkbook).where(MineralsWorkbook.assessment_id == declaration.assessment_id))
    attached = list(session.scalars(sa.select(Attachment).where(Attachment.assessment_id == declaration.assessment_id)))
    for each in attached:
        session.delete(each)
    session.flush()
    files = {each.sha256 for each in attached}
    shared = session.scalars(sa.select(Attachment.sha256).where(Attachment.sha256.in_(files)))
    return sorted(files - set(shared))


def _left(session: Session) -> list[str]:
    """Return the files of deleted declarations that no row names any more, whether they are there or not."""
    records = sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.DECLARATION_DELETED)
    named = {sha256 for event in session.scalars(records) for sha256 in ledger.data_of(event).get("files", [])}
    attached = session.scalars(sa.select(Attachment.sha256).where(Attachment.sha256.in_(named)))
    shown = session.scalars(
        sa.select(Preview.pdf_sha256)
        .outerjoin(Declaration, Declaration.preview_id == Preview.id)
        .where(Preview.pdf_sha256.in_(named), Declaration.deleted_at.is_(None))
    )
    return sorted(named - set(attached) - set(shown))
