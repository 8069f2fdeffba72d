"""CMRT and EMRT workbooks in the hands of the supplier: read and checked on upload, mended, or explained.

Which question takes them is data: `questionnaires/minerals/prefill.yaml`. A file is examined before the transaction
that attaches it: reading takes a process of its own and up to some seconds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload

from portal.models import Assessment, Attachment, Deed, Invitation, MineralsWorkbook, SmelterMention
from portal.services import assessments, ledger, smelter_index
from portal.services.actors import PORTAL, link_actor
from portal.services.minerals_child import read_in_child
from portal.services.reviews import check_words
from questionnaires.journey import Lack, Missing, walk
from questionnaires.minerals.grouping import groups_of, unexplained
from questionnaires.minerals.json_form import to_json
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Workbook
from questionnaires.minerals.prefill import Said, file_question, said_from_json, what_it_says
from questionnaires.minerals.references import References
from questionnaires.minerals.report import Report, check
from questionnaires.model import Questionnaire
from questionnaires.values import Answers

MOST_CELLS = 2_500
"""How many cells with the same fault are kept: as many as a template has rows for smelters."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read and checked, and is not kept yet."""

    sha256: str
    workbook: Workbook
    report: Report
    said: tuple[Said, ...]


def examine(content: bytes, key: str, known: Known) -> Examined:
    """Read and check a file that is to answer a questionnaire's file question; needs no database.

    Raises:
        NotReadable: it is no CMRT or EMRT that can be read; its sentence says why.
    """
    workbook = read_in_child(content, References.of(known.references))
    digest = hashlib.sha256(content).hexdigest()
    return Examined(digest, workbook, check(workbook, known), what_it_says(key, workbook))


def keep(
    session: Session, attachment: Attachment, examined: Examined, invitation: Invitation | None, now: datetime,
    explanations: Mapping[str, str] | None = None,
) -> MineralsWorkbook:  # fmt: skip
    """Keep what was found in an attached file.

    Args:
        session: the transaction that attached it.
        attachment: the file.
        examined: the same bytes.
        invitation: by whose link; None for the portal itself.
        now: when.
        explanations: those of the file that it replaces; they go on for what is found again.
    """
    workbook, report = examined.workbook, _bounded(examined.report.as_json())
    groups = groups_of(report)
    kept = {one.code: explanations[one.code] for one in groups if explanations and one.code in explanations}
    row = MineralsWorkbook(
        assessment_id=attachment.assessment_id,
        attachment_id=attachment.id,
        sha256=examined.sha256,
        kind=str(workbook.kind),
        version=workbook.version,
        scope=str(workbook.scope or ""),
        effective_date=workbook.effective_date,
        workbook=to_json(workbook),
        report=report,
        explanations=kept,
        unexplained=len(unexplained(groups, kept)),
        said=[one.as_json() for one in examined.said],
        read_at=now,
    )
    session.add(row)
    session.flush()
    smelter_index.index_workbook(session, row)
    counts = {name: int(number) for name, number in report["counts"].items()}
    _leave_trace(session, Deed.WORKBOOK_READ, row, attachment.question, invitation, now, counts=counts)
    return row


def explain(
    session: Session,
    row: MineralsWorkbook,
    words: Mapping[str, str],
    invitation: Invitation | None,
    now: datetime,
    allowed: frozenset[str] | None = None,
) -> None:
    """Keep why findings are left as they are, by their codes; empty words take an explanation away.

    Raises:
        NotEditable: the question is closed.
        ReviewRefused: the words are too long.
    """
    groups = groups_of(row.report)
    codes = {one.code for one in groups}
    said = {code: check_words(text, required=False) for code, text in words.items() if code in codes}
    explanations = {code: text for code, text in {**row.explanations, **said}.items() if text}
    if explanations == row.explanations:
        return
    question = row.attachment.question
    assessments.refuse_closed(row.assessment, [question], invitation, allowed)
    row.explanations, row.unexplained = explanations, len(unexplained(groups, explanations))
    assessments.touch(session, row.assessment, now)
    _leave_trace(
        session,
        Deed.WORKBOOK_EXPLAINED,
        row,
        question,
        invitation,
        now,
        personal=explanations,
        codes=sorted(explanations),
    )


def forget(session: Session, assessment: Assessment, attachment: Attachment) -> None:
    """Take away what was found in a file that was taken out, unless something that was signed names the file."""
    if any(_names(each.answers, attachment) for each in assessment.declarations):
        return
    rows = sa.select(MineralsWorkbook.id).where(MineralsWorkbook.attachment_id == attachment.id)
    session.execute(sa.delete(SmelterMention).where(SmelterMention.workbook_id.in_(rows)))
    session.execute(sa.delete(MineralsWorkbook).where(MineralsWorkbook.attachment_id == attachment.id))


def of_draft(session: Session, assessment: Assessment) -> list[MineralsWorkbook]:
    """Return the workbooks in the draft, the oldest first; what each says in full is not loaded."""
    return list(session.scalars(_rows(assessment).where(Attachment.removed_at.is_(None))))


def of_answers(session: Session, assessment: Assessment, answers: Answers) -> list[MineralsWorkbook]:
    """Return the workbooks that some answers name, such as those of a declaration."""
    return [row for row in session.scalars(_rows(assessment)) if _names(answers, row.attachment)]


def said_by(rows: Sequence[MineralsWorkbook]) -> list[Said]:
    """Return all that workbooks say about the questionnaire's answers."""
    return [said_from_json(one) for row in rows for one in row.said]


def unread(session: Session, assessment: Assessment) -> list[Attachment]:
    """Return files of the workbook question that were never read: of last year's, or older than the reading."""
    question = file_question(assessment.questionnaire)
    rows = sa.select(MineralsWorkbook.attachment_id).where(MineralsWorkbook.assessment_id == assessment.id)
    query = sa.select(Attachment).where(
        Attachment.assessment_id == assessment.id,
        Attachment.question == question,
        Attachment.removed_at.is_(None),
        Attachment.id.not_in(rows),
    )
    return list(session.scalars(query.order_by(Attachment.uploaded_at)))


def lacks(
    session: Session, assessment: Assessment, questionnaire: Questionnaire, answers: Answers
) -> tuple[Missing, ...]:
    """Return the file question as missing something, while a workbook is unread, or has errors.

    Errors that are explained do not count. A question that is closed lacks nothing: what was signed cannot be mended.
    """
    question = file_question(questionnaire.key)
    if question is None or not answers.get(question):
        return ()
    way = walk(questionnaire, answers)
    section = next((one.section.id for one in way.sections if question in {each.id for each in one.questions}), None)
    may_change = assessments.open_questions(assessment, questionnaire, answers)
    if section is None or (may_change is not None and question not in may_change):
        return ()
    held = (
        sa.select(Attachment.id)
        .outerjoin(MineralsWorkbook)
        .where(
            Attachment.assessment_id == assessment.id,
            Attachment.question == question,
            Attachment.removed_at.is_(None),
            sa.or_(MineralsWorkbook.id.is_(None), MineralsWorkbook.unexplained > 0),
        )
    )
    return (Missing(section, question, Lack.FINDINGS),) if session.scalar(held.limit(1)) else ()


def _bounded(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report with so many cells as anybody reads; its counts tell of all."""
    seen: Counter[str] = Counter()
    kept = []
    for finding in report["findings"]:
        seen[finding["code"]] += 1
        if seen[finding["code"]] <= MOST_CELLS:
            kept.append(finding)
    return {**report, "findings": kept}


def _rows(assessment: Assessment) -> sa.Select[MineralsWorkbook]:
    return (
        sa.select(MineralsWorkbook)
        .join(Attachment)
        .where(MineralsWorkbook.assessment_id == assessment.id)
        .options(defer(MineralsWorkbook.workbook), joinedload(MineralsWorkbook.attachment))
        .order_by(Attachment.uploaded_at, MineralsWorkbook.id)
    )


def _names(answers: Answers, attachment: Attachment) -> bool:
    files = answers.get(attachment.question)
    return isinstance(files, list) and any(file["sha256"] == attachment.sha256 for file in files)


def _leave_trace(
    session: Session, deed: Deed, row: MineralsWorkbook, question: str, invitation: Invitation | None, now: datetime,
    personal: Mapping[str, str] | None = None, **more: object,
) -> None:  # fmt: skip
    data = {
        "question": question,
        "attachment": str(row.attachment_id),
        "sha256": row.sha256,
        "kind": row.kind,
        "version": row.version,
        **more,
    }
    subject = ledger.subject_of("assessment", row.assessment_id)
    by = link_actor(invitation) if invitation else PORTAL
    ledger.record(session, deed, subject, by=by, now=now, data=data, personal=dict(personal) if personal else None)
