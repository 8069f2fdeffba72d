"""The work list: which declarations wait for whom, and since when."""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.models import Assessment, Campaign, Declaration, Request, Review, Role, Supplier, User
from portal.services.deviations import worst
from questionnaires.model import Severity


class Stage(enum.StrEnum):
    """Where a declaration stands between signed and approved; worked out from its facts."""

    READY = "ready"
    """Handed over: waits for an approver."""
    NEW = "new"
    """Nobody has begun."""
    BEGUN = "begun"
    RETURNED = "returned"
    """Questions are with the supplier."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see; None: all, except that no stage means what waits for the reader."""

    campaign_id: uuid.UUID | None = None
    questionnaire: str | None = None
    severity: Severity | None = None
    owner_id: uuid.UUID | None = None
    """Who answers for the supplier."""
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One declaration that waits."""

    declaration: Declaration
    stage: Stage
    worst: Severity | None
    """Of the deviations proposed or flagged."""
    days: int
    """Since it was signed."""


def find_waiting(session: Session, reader: User, wanted: Wanted, now: datetime) -> list[Waiting]:
    """Return what waits: new ones first, then the oldest first; for an approver what was handed over."""
    rows = [_row(declaration, now) for declaration in session.scalars(_query(wanted))]
    order = list(Stage)
    fitting = [row for row in rows if _is_wanted(row, reader, wanted)]
    return sorted(fitting, key=lambda row: (order.index(row.stage), row.declaration.signed_at or now))


def count_stages(session: Session) -> dict[Stage, int]:
    """Return how many declarations stand at each stage, whoever they wait for."""
    counts = dict.fromkeys(Stage, 0)
    for declaration in session.scalars(_query(Wanted())):
        counts[stage_of(declaration)] += 1
    return counts


def stage_of(declaration: Declaration) -> Stage:
    """Return where a declaration that is not approved stands."""
    if any(each.settled_at is None for each in declaration.assessment.returns):
        return Stage.RETURNED
    if declaration.review is None:
        return Stage.NEW
    return Stage.READY if declaration.review.ready_at else Stage.BEGUN


def _row(declaration: Declaration, now: datetime) -> Waiting:
    since = declaration.signed_at or now
    return Waiting(declaration, stage_of(declaration), worst(declaration.deviations), (now - since).days)


def _is_wanted(row: Waiting, reader: User, wanted: Wanted) -> bool:
    if wanted.severity and row.worst is not wanted.severity:
        return False
    if wanted.stage:
        return row.stage is wanted.stage
    if reader.role is Role.APPROVER:
        own = row.declaration.assessment.request.sent_by_id == reader.id
        return row.stage is Stage.READY and not own
    return row.stage in {Stage.NEW, Stage.BEGUN}


def _query(wanted: Wanted) -> sa.Select[Declaration]:
    conditions: list[sa.ColumnElement[bool]] = [
        Declaration.signed_at.is_not(None),
        Declaration.superseded_by_id.is_(None),
        Review.approved_at.is_(None),
        Request.withdrawn_at.is_(None),
    ]
    if wanted.campaign_id:
        conditions.append(Request.campaign_id == wanted.campaign_id)
    if wanted.questionnaire:
        conditions.append(Assessment.questionnaire == wanted.questionnaire)
    if wanted.owner_id:
        conditions.append(Supplier.owner_id == wanted.owner_id)
    request = joinedload(Declaration.assessment).joinedload(Assessment.request)
    return (
        sa.select(Declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.supplier)
        .outerjoin(Declaration.review)
        .where(*conditions)
        .options(
            request.joinedload(Request.supplier),
            request.joinedload(Request.campaign),
            joinedload(Declaration.assessment).selectinload(Assessment.returns),
            selectinload(Declaration.review),
            selectinload(Declaration.deviations),
        )
    )


def campaigns_with_declarations(session: Session) -> list[Campaign]:
    """Return the campaigns that something was signed in, newest first."""
    signed = (
        sa.select(Request.campaign_id)
        .join(Assessment, Assessment.request_id == Request.id)
        .join(Declaration, Declaration.assessment_id == Assessment.id)
        .where(Declaration.signed_at.is_not(None))
    )
    return list(session.scalars(sa.select(Campaign).where(Campaign.id.in_(signed)).order_by(Campaign.sent_at.desc())))
