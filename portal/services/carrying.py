"""Last year's declaration: which one it is, what of it is proposed this year, and what became of that.

A request remembers the declaration when it is sent. What becomes of the answers depends on the day (a certificate
expires) and on the editions there are; so marks are worked out for the moment of the preview, once more for that same
moment when it is accepted, and are then kept with the declaration.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import Assessment, Attachment, Declaration, Request
from portal.services import assessments
from questionnaires import carry_over
from questionnaires.carry_over import Earlier
from questionnaires.catalogue import Catalogue
from questionnaires.journey import Lineage
from questionnaires.model import Questionnaire
from questionnaires.values import Answers

ROWS_A_QUERY = 500
"""How many ids one query names; databases bound the number of parameters."""

Proposed: TypeAlias = dict[tuple[uuid.UUID, str], Declaration]
"""By supplier and questionnaire."""


def up_to(catalogue: Catalogue, key: str, edition: str) -> frozenset[str]:
    """Return the editions of a questionnaire up to one, itself included; raises UnknownQuestionnaire."""
    first = catalogue.editions(key)[0].edition
    return frozenset(each.edition for each in catalogue.between(key, first, edition))


def proposed_declarations(
    session: Session,
    supplier_ids: Sequence[uuid.UUID],
    keys: Iterable[str],
    editions: Mapping[str, Collection[str]] | None = None,
) -> Proposed:
    """Return each supplier's newest sealed declaration of each questionnaire, which no newer one has replaced.

    Args:
        session: a reading one will do.
        supplier_ids: whose; the number of queries grows by two for each 500.
        keys: of which questionnaires.
        editions: the ones that count, by key (see `up_to`); None for all.
    """
    wanted, newest = list(keys), dict[tuple[uuid.UUID, str], uuid.UUID]()
    for some in _in_parts(supplier_ids):
        for identity, supplier_id, key, edition in session.execute(_signed_by(some, wanted)):
            if editions is None or edition in editions[key]:
                newest[supplier_id, key] = identity
    found = {
        declaration.id: declaration
        for some in _in_parts(list(newest.values()))
        for declaration in session.scalars(_declarations(some))
    }
    return {place: found[identity] for place, identity in newest.items()}


def earlier_answers(assessment: Assessment, catalogue: Catalogue, on: date) -> dict[str, Earlier]:
    """Return last year's answers to the questions of an assessment; none where nothing is carried over."""
    declaration = assessment.carried_from
    if declaration is None:
        return {}
    return carried_into(declaration, catalogue.find(assessment.questionnaire, assessment.edition), catalogue, on)


def carried_into(
    declaration: Declaration, questionnaire: Questionnaire, catalogue: Catalogue, on: date
) -> dict[str, Earlier]:
    """Return what an earlier declaration says about an edition's questions, proposed or to be shown beside."""
    editions = catalogue.between(questionnaire.key, declaration.assessment.edition, questionnaire.edition)
    return carry_over.carried(editions, declaration.answers, on)


def lineage_of(
    assessment: Assessment, answers: Answers, catalogue: Catalogue, previewed_at: datetime
) -> Lineage | None:
    """Return what a declaration made of a preview of that moment says of last year's; None where nothing is carried."""
    declaration = assessment.carried_from
    if declaration is None:
        return None
    earlier = earlier_answers(assessment, catalogue, previewed_at.date())
    marks = carry_over.marks(assessments.edition_of(assessment, catalogue), earlier, answers)
    return _lineage(declaration, marks)


def signed_lineage(declaration: Declaration) -> Lineage | None:
    """Return what a declaration says of last year's, as it was signed."""
    earlier = declaration.assessment.carried_from
    if earlier is None or declaration.marks is None:
        return None
    return _lineage(earlier, declaration.marks)


def files_of(session: Session, declaration: Declaration) -> dict[str, uuid.UUID]:
    """Return the ids of the files that a declaration names, as `attachments.present` does for a draft."""
    rows = session.scalars(sa.select(Attachment).where(Attachment.assessment_id == declaration.assessment_id))
    return {f"{row.question} {row.sha256}": row.id for row in rows if _names(declaration, row)}


def find_file(session: Session, request_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment | None:
    """Return a file of a declaration that is carried over into a request, or None."""
    declarations = session.scalars(
        sa.select(Declaration)
        .join(Assessment, Assessment.carried_from_id == Declaration.id)
        .where(Assessment.request_id == request_id)
    )
    attachment = session.get(Attachment, attachment_id)
    if attachment is None:
        return None
    own = (each for each in declarations if each.assessment_id == attachment.assessment_id)
    return attachment if any(_names(each, attachment) for each in own) else None


def _lineage(declaration: Declaration, marks: Mapping[str, str]) -> Lineage:
    return Lineage(
        reference=declaration.reference,
        edition=declaration.assessment.edition,
        answers_sha256=declaration.preview.answers_sha256,
        marks=marks,
    )


def _names(declaration: Declaration, attachment: Attachment) -> bool:
    files = declaration.answers.get(attachment.question)
    return any(file["sha256"] == attachment.sha256 for file in files or [])


def _signed_by(supplier_ids: Sequence[uuid.UUID], keys: Sequence[str]) -> sa.Select[uuid.UUID, uuid.UUID, str, str]:
    """The oldest first."""
    return (
        sa.select(Declaration.id, Request.supplier_id, Assessment.questionnaire, Assessment.edition)
        .join(Assessment, Assessment.id == Declaration.assessment_id)
        .join(Request, Request.id == Assessment.request_id)
        .where(Request.supplier_id.in_(supplier_ids), Assessment.questionnaire.in_(keys))
        .where(Declaration.signed_at.is_not(None), Declaration.superseded_by_id.is_(None))
        .order_by(Declaration.accepted_at, Declaration.id)
    )


def _declarations(ids: Sequence[uuid.UUID]) -> sa.Select[Declaration]:
    return sa.select(Declaration).where(Declaration.id.in_(ids)).options(joinedload(Declaration.assessment))


def _in_parts(ids: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    return (ids[start : start + ROWS_A_QUERY] for start in range(0, len(ids), ROWS_A_QUERY))
