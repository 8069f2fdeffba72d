"""Deviations: proposed by the rules of a questionnaire, decided on by a reviewer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Declaration, Deed, Deviation, DeviationState, User
from portal.services import ledger, minerals_findings
from portal.services.actors import PORTAL, user_actor
from portal.services.minerals_findings import Left
from portal.services.refusals import ReviewRefused
from portal.services.reviews import check_words, hold, open_review
from questionnaires import deviations as rules
from questionnaires.deviations import Finding
from questionnaires.model import Questionnaire, Severity


def propose(session: Session, declaration: Declaration, questionnaire: Questionnaire, now: datetime) -> list[Deviation]:
    """Propose what the questionnaire's rules find in the signed answers, and what is left of a minerals workbook.

    What was proposed before stays as it is.
    """
    query = sa.select(Deviation.rule).where(Deviation.declaration_id == declaration.id)
    known = set(session.scalars(query))
    found = [_by_rule(each) for each in rules.find(questionnaire, declaration.answers, declaration.accepted_at.date())]
    found += minerals_findings.find(session, declaration, questionnaire)
    fresh = [
        Deviation(
            id=uuid.uuid4(),
            declaration=declaration,
            question=left.question,
            rule=left.rule,
            severity=left.severity,
            proposed_severity=left.severity,
            sentence=left.sentence,
            found_at=now,
        )
        for left in found
        if left.rule not in known
    ]
    session.add_all(fresh)
    session.flush()
    if fresh:
        told = [{"rule": deviation.rule, "severity": deviation.severity.value} for deviation in fresh]
        subject = ledger.subject_of("declaration", declaration.id)
        ledger.record(session, Deed.DEVIATIONS_PROPOSED, subject, by=PORTAL, now=now, data={"found": told})
    return fresh


def _by_rule(finding: Finding) -> Left:
    sentence = {code: finding.sentence.in_language(code) for code in finding.sentence.languages}
    return Left(finding.question.id, finding.rule, finding.severity, sentence)


def flag(session: Session, deviation: Deviation, severity: Severity, reason: str, *, by: User, now: datetime) -> None:
    """Make a proposal a deviation. Flagging it again as it is leaves no second trace.

    Raises:
        ReviewRefused: the declaration is closed, or a severity below the proposed one has no reason.
    """
    reason = check_words(reason, required=False)
    _hold(session, deviation, by)
    if deviation.state is DeviationState.FLAGGED and (deviation.severity, deviation.reason) == (severity, reason):
        return
    proposed = deviation.proposed_severity
    if proposed and severity.rank > proposed.rank and not reason:
        raise ReviewRefused("reason_to_lower")
    open_review(session, deviation.declaration, by=by, now=now)
    deviation.severity, deviation.reason = severity, reason
    deviation.flagged_at, deviation.dismissed_at, deviation.decided_by = now, None, by
    _record(session, Deed.DEVIATION_FLAGGED, deviation, by, now)


def dismiss(session: Session, deviation: Deviation, reason: str, *, by: User, now: datetime) -> None:
    """Decide that this is no deviation. Dismissing it again for the same reason leaves no second trace.

    Raises:
        ReviewRefused: the declaration is closed, or the reason is missing.
    """
    reason = check_words(reason, required=False)
    _hold(session, deviation, by)
    if not reason:
        raise ReviewRefused("reason_to_dismiss")
    if deviation.state is DeviationState.DISMISSED and deviation.reason == reason:
        return
    open_review(session, deviation.declaration, by=by, now=now)
    deviation.reason = reason
    deviation.flagged_at, deviation.dismissed_at, deviation.decided_by = None, now, by
    _record(session, Deed.DEVIATION_DISMISSED, deviation, by, now)


def add(
    session: Session,
    declaration: Declaration,
    questionnaire: Questionnaire,
    *,
    question: str | None,
    severity: Severity,
    sentence: str,
    by: User,
    now: datetime,
) -> Deviation:
    """Add a deviation that no rule found; None as the question for one that is about the whole.

    Raises:
        ReviewRefused: the declaration is closed, has no such question, or the sentence is missing.
    """
    sentence = check_words(sentence)
    hold(session, declaration, by=by)
    if question is not None and question not in {known.id for known in questionnaire.questions}:
        raise ReviewRefused("unknown_question")
    open_review(session, declaration, by=by, now=now)
    deviation = Deviation(
        id=uuid.uuid4(),
        declaration=declaration,
        question=question,
        severity=severity,
        sentence={"en": sentence},
        found_at=now,
        flagged_at=now,
        decided_by=by,
    )
    session.add(deviation)
    _record(session, Deed.DEVIATION_ADDED, deviation, by, now, sentence=sentence)
    return deviation


def worst(deviations: list[Deviation]) -> Severity | None:
    """Return the most serious severity among those that are not dismissed."""
    open_ones = [each.severity for each in deviations if each.state is not DeviationState.DISMISSED]
    return min(open_ones, key=lambda severity: severity.rank, default=None)


def in_order(deviations: list[Deviation]) -> list[Deviation]:
    """Return the deviations as a reviewer wants them: undecided, then flagged, then dismissed; serious ones first."""
    states = list(DeviationState)
    return sorted(
        deviations, key=lambda each: (states.index(each.state), each.severity.rank, each.found_at, each.rule or "")
    )


def _hold(session: Session, deviation: Deviation, by: User) -> None:
    hold(session, deviation.declaration, by=by)
    session.refresh(deviation)


def _record(session: Session, deed: Deed, deviation: Deviation, by: User, now: datetime, **words: str) -> None:
    proposed = deviation.proposed_severity
    data: dict[str, Any] = {
        "declaration": str(deviation.declaration.id),
        "question": deviation.question,
        "rule": deviation.rule,
        "severity": deviation.severity.value,
        "proposed": proposed.value if proposed else None,
    }
    if deviation.reason:
        words["reason"] = deviation.reason
    ledger.record(
        session,
        deed,
        ledger.subject_of("deviation", deviation.id),
        by=user_actor(by),
        now=now,
        data=data,
        personal=dict(words) or None,  # free words may name people
    )
