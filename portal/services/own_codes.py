"""How a supplier's own code of conduct stands: held against ours, what it lacks, what was accepted besides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.models import Assessment, Attachment, Declaration, Request, Supplier
from portal.services.addenda import Addendum, AddendumState, addendum_of, state_of
from portal.services.code_mapping import Comparison, MappingCase, case_of, compare
from questionnaires.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """An own code that a declaration names, and how far it has come."""

    case: MappingCase
    compared: Comparison
    addendum: Addendum
    state: AddendumState | None
    """None while a clause is undecided."""

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files of the code; one that was uploaded twice once."""
        case = self.case
        uploads = [each for each in case.declaration.assessment.attachments if each.question == case.code.upload.id]
        rows = {each.sha256: each for each in uploads}
        return tuple(rows[sha256] for sha256 in case.hashes if sha256 in rows)

    @property
    def uploaded_at(self) -> datetime | None:
        """When the newest of the files came."""
        return max((each.uploaded_at for each in self.files), default=None)


def standing_of(session: Session, declaration: Declaration, catalogue: Catalogue) -> CodeStanding | None:
    """Return how the own code of a declaration stands; None where it names none that can be mapped."""
    case = case_of(declaration, catalogue)
    if case is None:
        return None
    compared = compare(session, case, catalogue)
    return CodeStanding(case, compared, addendum_of(case), state_of(case, compared))


def of_supplier(session: Session, supplier: Supplier, catalogue: Catalogue) -> list[CodeStanding]:
    """Return the own codes that a supplier's declarations in force name, the newest declaration first."""
    assessment = joinedload(Declaration.assessment)
    query = (
        sa.select(Declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .where(
            Request.supplier_id == supplier.id,
            Declaration.signed_at.is_not(None),
            Declaration.superseded_by_id.is_(None),
        )
        .options(
            assessment.joinedload(Assessment.request).joinedload(Request.campaign),
            assessment.selectinload(Assessment.returns),
            assessment.selectinload(Assessment.attachments),
            selectinload(Declaration.review),
        )
        .order_by(Declaration.signed_at.desc())
    )
    found = [standing_of(session, each, catalogue) for each in session.scalars(query)]
    return [each for each in found if each]
