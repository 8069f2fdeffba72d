"""The register of deviations: all of them, and how many per severity and year."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.models import (
    Assessment,
    Campaign,
    Declaration,
    Deviation,
    DeviationState,
    Request,
    Supplier,
)
from questionnaires.model import Severity


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see; None: all."""

    state: DeviationState | None = DeviationState.FLAGGED
    year: int | None = None
    severity: Severity | None = None
    questionnaire: str | None = None


@dataclass(frozen=True, slots=True)
class YearCounts:
    """How many deviations were flagged in one reporting year; zero is a result too."""

    year: int
    declarations: int
    """Signed and in force: what the counts are out of."""
    flagged: dict[Severity, int]

    @property
    def total(self) -> int:
        """Return the sum over all severities."""
        return sum(self.flagged.values())


_STATES: dict[DeviationState, tuple[sa.ColumnElement[bool], ...]] = {
    DeviationState.FLAGGED: (Deviation.flagged_at.is_not(None),),
    DeviationState.DISMISSED: (Deviation.dismissed_at.is_not(None),),
    # what a newer declaration replaced needs no decision any more
    DeviationState.PROPOSED: (
        Deviation.flagged_at.is_(None),
        Deviation.dismissed_at.is_(None),
        Declaration.superseded_by_id.is_(None),
    ),
}


def query(wanted: Wanted) -> sa.Select[Deviation]:
    """Return the statement for the deviations wanted, newest first, with everything that a row shows."""
    conditions: list[sa.ColumnElement[bool]] = list(_STATES[wanted.state]) if wanted.state else []
    if wanted.year:
        conditions.append(Campaign.reporting_year == wanted.year)
    if wanted.severity:
        conditions.append(Deviation.severity == wanted.severity)
    if wanted.questionnaire:
        conditions.append(Assessment.questionnaire == wanted.questionnaire)
    request = joinedload(Deviation.declaration).joinedload(Declaration.assessment).joinedload(Assessment.request)
    return (
        sa.select(Deviation)
        .join(Deviation.declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.campaign)
        .join(Request.supplier)
        .where(*conditions)
        .options(
            request.joinedload(Request.supplier),
            request.joinedload(Request.campaign),
            joinedload(Deviation.decided_by),
        )
        .order_by(Deviation.found_at.desc(), Supplier.name, Deviation.rule, Deviation.id)
    )


def count_by_year(session: Session) -> list[YearCounts]:
    """Return the counts of every reporting year with a signed declaration, newest first.

    A deviation that was not mended is found again in the newer declaration; it counts once, as it stands there.
    """
    years = _declarations_by_year(session)
    latest: dict[tuple[uuid.UUID, str], tuple[int, Severity]] = {}
    for year, assessment_id, rule, deviation_id, severity in session.execute(_flagged()):
        latest[assessment_id, rule or str(deviation_id)] = (year, severity)
    counts = {year: dict.fromkeys(Severity, 0) for year in years}
    for year, severity in latest.values():
        counts[year][severity] += 1
    return [YearCounts(year, years[year], counts[year]) for year in sorted(years, reverse=True)]


def _flagged() -> sa.Select[int, uuid.UUID, str | None, uuid.UUID, Severity]:
    return (
        sa.select(
            Campaign.reporting_year,
            Declaration.assessment_id,
            Deviation.rule,
            Deviation.id,
            Deviation.severity,
        )
        .join(Deviation.declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.campaign)
        .where(Deviation.flagged_at.is_not(None))
        .order_by(Declaration.accepted_at)
    )


def _declarations_by_year(session: Session) -> dict[int, int]:
    in_force = sa.func.count().filter(Declaration.superseded_by_id.is_(None))
    statement = (
        sa.select(Campaign.reporting_year.label("year"), in_force.label("in_force"))
        .select_from(Declaration)
        .join(Declaration.assessment)
        .join(Assessment.request)
        .join(Request.campaign)
        .where(Declaration.signed_at.is_not(None))
        .group_by(Campaign.reporting_year)
    )
    return {row.year: row.in_force for row in session.execute(statement)}


def decided_at(deviation: Deviation) -> datetime | None:
    """Return when it was flagged or dismissed."""
    return deviation.flagged_at or deviation.dismissed_at
