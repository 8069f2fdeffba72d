"""Legal holds: placed and lifted with a reason; while one stands, nothing about the supplier is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import Deed, LegalHold, Supplier, User
from portal.services import ledger
from portal.services.actors import user_actor


class AlreadyHeld(Exception):
    """A hold stands on the supplier already."""


def standing(session: Session, supplier_ids: Iterable[uuid.UUID]) -> list[LegalHold]:
    """Return the holds that stand on some suppliers."""
    is_standing = LegalHold.supplier_id.in_(list(supplier_ids)) & LegalHold.lifted_at.is_(None)
    query = sa.select(LegalHold).where(is_standing).options(joinedload(LegalHold.supplier))
    return list(session.scalars(query.order_by(LegalHold.placed_at)))


def place(session: Session, supplier: Supplier, reason: str, *, now: datetime, by: User) -> LegalHold:
    """Keep everything about a supplier until the hold is lifted; raises AlreadyHeld."""
    ledger.begin(session)
    if standing(session, [supplier.id]):
        raise AlreadyHeld
    hold = LegalHold(id=uuid.uuid4(), supplier=supplier, reason=reason, placed_at=now, placed_by=by)
    session.add(hold)
    _record(session, Deed.HOLD_PLACED, hold, reason, now, by)
    return hold


def lift(session: Session, hold: LegalHold, reason: str, *, now: datetime, by: User) -> None:
    """Let erasure and retention go on; a second time changes nothing."""
    ledger.begin(session)
    session.refresh(hold)
    if hold.lifted_at is None:
        hold.lifted_at = now
        _record(session, Deed.HOLD_LIFTED, hold, reason, now, by)


def _record(session: Session, deed: Deed, hold: LegalHold, reason: str, now: datetime, by: User) -> None:
    subject = ledger.subject_of("supplier", hold.supplier.id)
    data, personal = {"hold": str(hold.id)}, {"reason": reason}  # free words may name people
    ledger.record(session, deed, subject, by=user_actor(by), now=now, data=data, personal=personal)
