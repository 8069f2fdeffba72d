"""Renewing: before the certificate of a declaration's last time stamp ends, another time stamp goes over all of it.

The renewed file is a new one that begins with the bytes of the old one; both stay, and the ledger names both hashes.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal.models import Declaration, Deed, Renewal
from portal.pdf.certificates import Trust
from portal.pdf.signing import Signed, Signer, SigningError
from portal.pdf.verification import Verdict, verify
from portal.services import ledger
from portal.services.actors import PORTAL
from portal.storage import Store, StoreError

LEAD = timedelta(days=365)
"""How long before the end a time stamp is renewed: time enough to find another authority."""
MOST_AT_ONCE = 20

log = logging.getLogger(__name__)


class RenewalError(Exception):
    """The file is not what was signed, or cannot be shown to be; a time stamp over it would prove nothing."""


@dataclass(frozen=True, slots=True)
class _Work:
    reference: str
    sha256: str


def due(session: Session, now: datetime) -> list[uuid.UUID]:
    """Return declarations whose last time stamp decays within `LEAD`; the most urgent first."""
    last = (
        sa.select(sa.func.max(Renewal.renew_before))
        .where(Renewal.declaration_id == Declaration.id)
        .scalar_subquery()
        .correlate(Declaration)
    )
    ends = sa.func.coalesce(last, Declaration.renew_before)
    query = sa.select(Declaration.id).where(Declaration.renew_before.is_not(None), ends < now + LEAD)
    query = query.where(Declaration.deleted_at.is_(None))
    return list(session.scalars(query.order_by(ends).limit(MOST_AT_ONCE)))


def renew(
    new_session: sessionmaker[Session],
    declaration_id: uuid.UUID,
    *,
    store: Store,
    signer: Callable[[], Signer],
    trust: Trust,
    now: Callable[[], datetime],
) -> bool:
    """Put a time stamp over the newest file of a declaration; return whether this call did it.

    The file must be proven by itself first, without the ledger's word. What fails is logged, and tried again later.
    """
    with new_session() as session:
        declaration = session.get_one(Declaration, declaration_id)
        work = _Work(declaration.reference, declaration.newest_sha256 or "")
    try:
        signed = _renewed(work, store, signer(), trust, now())
        renewed_sha256 = store.put(signed.pdf)
    except (SigningError, StoreError, RenewalError) as error:
        log.critical("the time stamp of declaration %s could not be renewed: %s", work.reference, error)
        return False
    with new_session.begin() as session:
        return _write_down(session, declaration_id, work, signed, renewed_sha256, now())


def _renewed(work: _Work, store: Store, signer: Signer, trust: Trust, now: datetime) -> Signed:
    old = store.get(work.sha256)
    report = verify(old, trust, None, now=now)
    if report.verdict is not Verdict.PROVEN:
        raise RenewalError(" ".join(report.sentences("en")))
    signed = signer.renew(old, work.reference, now)
    after = verify(signed.pdf, trust, None, now=now)
    if not signed.pdf.startswith(old) or after.verdict is not Verdict.PROVEN:
        raise RenewalError("the renewed file is not proven, and was thrown away: " + " ".join(after.sentences("en")))
    return signed


def _write_down(
    session: Session, declaration_id: uuid.UUID, work: _Work, signed: Signed, sha256: str, now: datetime
) -> bool:
    ledger.begin(session)
    declaration = session.get_one(Declaration, declaration_id, with_for_update=True)
    if declaration.newest_sha256 != work.sha256 or signed.renew_before is None:
        return False  # another worker was quicker; its file counts
    renewal = Renewal(
        declaration_id=declaration.id,
        number=len(declaration.renewals) + 1,
        pdf_sha256=sha256,
        renewed_at=now,
        renew_before=signed.renew_before,
    )
    session.add(renewal)
    data = {
        "pdf_sha256": sha256,
        "before_sha256": work.sha256,
        "reference": work.reference,
        "renew_before": signed.renew_before.isoformat(),
    }
    subject = ledger.subject_of("declaration", declaration.id)
    ledger.record(session, Deed.DECLARATION_RENEWED, subject, by=PORTAL, now=now, data=data)
    return True
