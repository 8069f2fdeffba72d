"""The minerals workbooks that suppliers have signed for; drafts are the suppliers' own and count nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Assessment, Attachment, Campaign, Declaration, MineralsWorkbook, Request, Supplier


@dataclass(frozen=True, slots=True)
class Handed:
    """A workbook that a supplier has signed for."""

    workbook_id: uuid.UUID
    kind: str
    version: str
    scope: str
    effective_date: date | None
    sha256: str
    assessment_id: uuid.UUID
    attachment_id: uuid.UUID
    filename: str
    supplier_id: uuid.UUID
    supplier: str
    year: int
    """The reporting year of the campaign."""
    signed_at: datetime
    """When it was first declared."""

    @property
    def of(self) -> tuple[uuid.UUID, str]:
        """What it replaces older ones of: the supplier and the kind."""
        return self.supplier_id, self.kind


def all_handed(session: Session) -> list[Handed]:
    """Return the workbooks that signed declarations name, oldest first; drafts are the suppliers' own."""
    signed = sa.func.min(Declaration.accepted_at)
    book = MineralsWorkbook
    columns = (
        book.id, book.kind, book.version, book.scope, book.effective_date, book.sha256, book.assessment_id,
        Attachment.id, Attachment.filename, Supplier.id, Supplier.name, Campaign.reporting_year,
    )  # fmt: skip
    query = (
        sa.select(*columns, signed)
        .join(Attachment, Attachment.id == book.attachment_id)
        .join(Assessment, Assessment.id == book.assessment_id)
        .join(Request, Request.id == Assessment.request_id)
        .join(Campaign, Campaign.id == Request.campaign_id)
        .join(Supplier, Supplier.id == Request.supplier_id)
        .join(Declaration, Declaration.assessment_id == book.assessment_id)
        .where(
            Declaration.signed_at.is_not(None),
            Attachment.uploaded_at <= Declaration.accepted_at,
            sa.or_(Attachment.removed_at.is_(None), Attachment.removed_at > Declaration.accepted_at),
            Supplier.retired_at.is_(None),
        )
        .group_by(*columns, book.read_at)
        .order_by(signed, book.read_at)
    )
    rows: Iterable[Any] = session.execute(query)
    return [Handed(*row) for row in rows]


def newest_of(handed: Iterable[Handed], until: date | None = None) -> dict[tuple[uuid.UUID, str], Handed]:
    """Return the newest workbook of each supplier and kind; with `until` those that were the newest on that day."""
    return {each.of: each for each in handed if until is None or each.signed_at.date() <= until}


def products(session: Session, workbook_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return the products of workbooks that are about products: number and name, else how a scope is described."""
    book = MineralsWorkbook
    query = sa.select(book.id, book.scope, book.workbook["products"], book.workbook["company"]["scope_description"])
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for workbook_id, scope, rows, description in session.execute(query.where(book.id.in_(workbook_ids))):
        listed = tuple(" ".join(filter(None, row[1:3])) for row in rows or ()) if scope == "B" else ()
        described = (description[0],) if scope == "C" and description and description[0] else ()
        found[workbook_id] = listed or described
    return found
