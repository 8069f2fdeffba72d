"""Better contacts that suppliers have named, and that wait for a buyer's word."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import ContactSuggestion, Invitation, Request, Supplier


def waiting(session: Session, supplier: Supplier | None = None) -> list[ContactSuggestion]:
    """Return the suggestions that nobody has decided on, oldest first; of one supplier or of all."""
    request = joinedload(ContactSuggestion.invitation, innerjoin=True).joinedload(Invitation.request, innerjoin=True)
    query = (
        sa.select(ContactSuggestion)
        .where(ContactSuggestion.decided_at.is_(None))
        .options(request.joinedload(Request.supplier), request.joinedload(Request.campaign))
        .order_by(ContactSuggestion.created_at, ContactSuggestion.id)
    )
    if supplier is not None:
        of_supplier = ContactSuggestion.invitation.has(Invitation.request.has(Request.supplier_id == supplier.id))
        query = query.where(of_supplier)
    return list(session.scalars(query))


def count_waiting(session: Session) -> int:
    """Return how many wait."""
    query = sa.select(sa.func.count(ContactSuggestion.id)).where(ContactSuggestion.decided_at.is_(None))
    return session.scalar(query) or 0
