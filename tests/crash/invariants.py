"""What must hold whatever was killed and whenever."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, LedgerEvent, OutgoingMail, Preview, Signing
from portal.services import ledger
from portal.storage import FileMissing, Store

FEWEST = 15
"""So many documents must have gone through, or the run proves nothing."""


def violations(installation: Installation, fewest: int = FEWEST) -> list[str]:
    """Return everything that is wrong, in words."""
    with installation.new_session() as session:
        return [
            *_failures(installation),
            *_power(session, fewest),
            *_acknowledged(installation, session),
            *_acceptances(session),
            *_documents(session, installation.store),
            *_mails(session),
            *(["the ledger is broken"] if ledger.verify(session) else []),
        ]


def _failures(installation: Installation) -> Iterator[str]:
    path = installation.settings.data_dir / "failures"
    if path.exists():
        yield f"a child failed: {path.read_text()[-1500:]}"


def summary(installation: Installation) -> str:
    """Return how much went through, for those who watch."""
    with installation.new_session() as session:
        signed = session.scalar(sa.select(sa.func.count()).select_from(Declaration))
        events = session.scalar(sa.select(sa.func.count()).select_from(LedgerEvent))
    named = sum(1 for each in installation.store.walk() if each.sha256)
    torn = sum(1 for each in installation.store.walk() if each.is_unfinished)
    return f"{signed} declarations, {events} ledger events, {named} files and {torn} unfinished ones"


def _power(session: Session, fewest: int) -> Iterator[str]:
    signed = session.scalar(sa.select(sa.func.count()).select_from(Declaration)) or 0
    if signed < fewest:
        yield f"only {signed} documents went through"


def _acknowledged(installation: Installation, session: Session) -> Iterator[str]:
    told = set((installation.settings.data_dir / "acknowledged").read_text().split())
    for signing_id in told:
        if session.get_one(Signing, uuid.UUID(signing_id)).accepted_at is None:
            yield f"signing {signing_id} was acknowledged and is lost"


def _acceptances(session: Session) -> Iterator[str]:
    events = Counter(session.scalars(sa.select(LedgerEvent.subject).where(LedgerEvent.deed == Deed.SIGNING_ACCEPTED)))
    accepted = set(session.scalars(sa.select(Signing.id).where(Signing.accepted_at.is_not(None))))
    if events != Counter(f"signing:{each}" for each in accepted):
        yield "the ledger's acceptances are not those of the tables"
    rows = session.execute(sa.select(Preview.signing_id, Declaration.id).outerjoin(Declaration))
    for signing_id, declaration_id in rows:
        if (signing_id in accepted) != (declaration_id is not None):
            yield f"signing {signing_id} and its declarations disagree"
    assessed = Counter(session.scalars(sa.select(Declaration.assessment_id)))
    yield from (f"assessment {each} was declared {times} times" for each, times in assessed.items() if times > 1)


def _documents(session: Session, store: Store) -> Iterator[str]:
    events: dict[str, list[str]] = {}
    for event in session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.DECLARATION_SIGNED)):
        events.setdefault(event.subject, []).append(json.loads(event.record)["data"]["pdf_sha256"])
    for declaration in session.scalars(sa.select(Declaration)):
        if declaration.signed_at is None:
            yield f"{declaration.reference} was never sealed"
            continue
        told = events.get(f"declaration:{declaration.id}", [])
        if len(told) > 1:
            yield f"{declaration.reference} was signed more than once"
        elif told != [declaration.pdf_sha256]:
            yield f"{declaration.reference}: ledger and row name different files"
        yield from _file(declaration, store)


def _file(declaration: Declaration, store: Store) -> Iterator[str]:
    try:
        signed = store.get(declaration.pdf_sha256 or "")
        shown = store.get(declaration.preview.pdf_sha256)
    except FileMissing:
        yield f"{declaration.reference}: a file is missing"
        return
    if not signed.startswith(shown):
        yield f"{declaration.reference}: something else was signed than was shown"


def _mails(session: Session) -> Iterator[str]:
    mails = Counter(
        (kind, about) for kind, about in session.execute(sa.select(OutgoingMail.kind, OutgoingMail.subject))
    )
    for signing_id in session.scalars(sa.select(Signing.id).where(Signing.accepted_at.is_not(None))):
        sent = mails[("receipt", f"signing:{signing_id}")]
        if sent != 1:
            yield f"signing {signing_id} has {sent} receipts"
    for declaration_id in session.scalars(sa.select(Declaration.id)):
        sent = mails[("declaration_signed", f"declaration:{declaration_id}")]
        if sent != 1:
            yield f"declaration {declaration_id} has {sent} notices"
