"""A supplier's own code of conduct, held against the clauses of ours by a reviewer, and kept for next time.

What is decided belongs to the supplier's files, not to one declaration: where the same file is named again, the same
decisions hold. Several files are one code in several languages, so that each decision is kept for each of them.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.mail.message import one_line
from portal.models import CodeMapping, Coverage, Declaration, Deed, Supplier, User
from portal.services import assessments, ledger
from portal.services.actors import user_actor
from portal.services.refusals import ReviewRefused
from portal.services.reviews import hold, open_review
from questionnaires.answers import Clause
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from questionnaires.own_code import OwnCode, own_code, uploaded

LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True)
class MappingCase:
    """A signed declaration that names the supplier's own code, and what that is held against."""

    declaration: Declaration
    questionnaire: Questionnaire
    """As it was asked when the declaration was signed."""
    code: OwnCode
    files: tuple[Mapping[str, Any], ...]
    """Records of the supplier's code, as the signed answers name it; see `questionnaires.answers.Files`."""

    @property
    def supplier(self) -> Supplier:
        """Whose code it is."""
        return self.declaration.assessment.request.supplier

    @property
    def hashes(self) -> tuple[str, ...]:
        """The SHA-256 of each file."""
        return tuple(str(file["sha256"]) for file in self.files)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says of one clause."""

    coverage: Coverage
    place: str = ""
    """Page or section of the supplier's file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One clause of ours, and what is known of it in the supplier's code."""

    clause: Clause
    decided: CodeMapping | None
    """For all files of the code and this edition."""
    proposed: CodeMapping | None
    """Where nothing is decided: what was decided last time of one of the files, about a clause of the same words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The supplier's code beside ours."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[Coverage, int]:
        """Return how many clauses are decided how."""
        found = [line.decided.coverage for line in self.lines if line.decided]
        return {coverage: found.count(coverage) for coverage in Coverage}

    @property
    def is_complete(self) -> bool:
        """Return whether every clause is decided."""
        return all(line.decided for line in self.lines)

    @property
    def lacking(self) -> tuple[Line, ...]:
        """Return the clauses that the code covers in part or not at all."""
        return tuple(line for line in self.lines if line.decided and line.decided.coverage is not Coverage.COVERED)

    @property
    def last(self) -> CodeMapping | None:
        """Return the newest decision."""
        return max((line.decided for line in self.lines if line.decided), key=lambda row: row.decided_at, default=None)


def case_of(declaration: Declaration, catalogue: Catalogue) -> MappingCase | None:
    """Return what there is to compare; None where nothing is signed, no own code was named, or no addendum exists."""
    if declaration.signed_at is None:
        return None
    questionnaire = assessments.edition_signed(declaration, catalogue)
    code, files = own_code(questionnaire), uploaded(questionnaire, declaration.answers)
    return MappingCase(declaration, questionnaire, code, files) if code and files else None


def compare(session: Session, case: MappingCase, catalogue: Catalogue) -> Comparison:
    """Return each clause with what has been decided, and what last time's decisions propose."""
    rows = _rows(session, case)
    here = [row for row in rows if row.edition == case.questionnaire.edition]
    usable = [row for row in rows if _is_of_these_words(row, case, catalogue)]
    return Comparison(tuple(_line(clause, here, usable, len(case.files)) for clause in case.code.clauses))


def save(
    session: Session,
    case: MappingCase,
    catalogue: Catalogue,
    decisions: Mapping[str, Decision],
    *,
    finish: bool = False,
    by: User,
    now: datetime,
) -> Comparison:
    """Keep what a reviewer decided; once every clause is decided, a trace is left of it.

    Args:
        session: the transaction of the deed.
        case: a declaration in force.
        catalogue: the editions.
        decisions: by the clause's number; other clauses stay as they are.
        finish: refuse while a clause is undecided.
        by: the reviewer.
        now: the moment.

    Raises:
        ReviewRefused: the declaration is closed, a place is too long, or a clause is undecided.
    """
    hold(session, case.declaration, by=by)
    cleaned = {number: _cleaned(decision) for number, decision in decisions.items()}
    open_review(session, case.declaration, by=by, now=now)
    _write(session, case, cleaned, by, now)
    compared = compare(session, case, catalogue)
    if finish and not compared.is_complete:
        raise ReviewRefused("clauses_undecided")
    if compared.is_complete:
        _record(session, case, compared, by, now)
    return compared


def result_of(case: MappingCase, compared: Comparison) -> dict[str, Any]:
    """Return a finished comparison as a record states it."""
    return {
        "files": list(case.hashes),
        "coverage": {line.clause.no: line.decided.coverage.value for line in compared.lines if line.decided},
        **{coverage.value: count for coverage, count in compared.counts.items()},
    }


def _rows(session: Session, case: MappingCase) -> Sequence[CodeMapping]:
    """Return all that was decided about these files, newest first."""
    query = sa.select(CodeMapping).where(
        CodeMapping.supplier_id == case.supplier.id,
        CodeMapping.code_sha256.in_(case.hashes),
        CodeMapping.questionnaire == case.questionnaire.key,
    )
    ordered = query.order_by(CodeMapping.decided_at.desc(), CodeMapping.code_sha256)
    fresh = ordered.options(joinedload(CodeMapping.decided_by)).execution_options(populate_existing=True)
    return session.scalars(fresh).all()


def _is_of_these_words(row: CodeMapping, case: MappingCase, catalogue: Catalogue) -> bool:
    """Return whether a decision was made about the same words, in whichever edition."""
    if row.edition == case.questionnaire.edition:
        return True
    earlier = next((one for one in catalogue.editions(row.questionnaire) if one.edition == row.edition), None)
    then = own_code(earlier) if earlier else None
    return then is not None and case.code.is_unchanged(row.clause, since=then)


def _line(clause: Clause, here: Sequence[CodeMapping], usable: Sequence[CodeMapping], files: int) -> Line:
    own = [row for row in here if row.clause == clause.no]
    agree = len(own) == files and len({row.coverage for row in own}) == 1
    decided = own[0] if agree else None
    proposed = next((row for row in usable if row.clause == clause.no), None)
    return Line(clause, decided, None if decided else proposed)


def _cleaned(decision: Decision) -> Decision:
    place = one_line(decision.place).strip()
    if len(place) > LONGEST_PLACE:
        raise ReviewRefused("place_too_long")
    return Decision(decision.coverage, place)


def _write(session: Session, case: MappingCase, decisions: Mapping[str, Decision], by: User, now: datetime) -> None:
    known: dict[str, dict[str, CodeMapping]] = defaultdict(dict)
    for row in _rows(session, case):
        if row.edition == case.questionnaire.edition:
            known[row.code_sha256][row.clause] = row
    for clause in case.code.clauses:
        decision = decisions.get(clause.no)
        for sha256 in case.hashes if decision else ():
            row = known[sha256].get(clause.no) or _new_row(session, case, sha256, clause.no)
            if decision and (row.coverage, row.place) != (decision.coverage, decision.place):
                row.coverage, row.place = decision.coverage, decision.place
                row.decided_at, row.decided_by = now, by
    session.flush()


def _new_row(session: Session, case: MappingCase, sha256: str, clause: str) -> CodeMapping:
    row = CodeMapping(
        id=uuid.uuid4(),
        supplier_id=case.supplier.id,
        code_sha256=sha256,
        questionnaire=case.questionnaire.key,
        edition=case.questionnaire.edition,
        clause=clause,
    )
    session.add(row)
    return row


def _record(session: Session, case: MappingCase, compared: Comparison, by: User, now: datetime) -> None:
    """Leave a trace of a finished comparison; the same one again leaves none."""
    subject = ledger.subject_of("assessment", case.declaration.assessment_id)
    result = result_of(case, compared)
    traces = [event for event in ledger.events_about(session, subject) if event.deed == Deed.CODE_MAPPED]
    last = json.loads(traces[-1].record)["data"] if traces else {}
    if {name: last.get(name) for name in result} == result:
        return
    data = {"declaration": str(case.declaration.id), **result}
    ledger.record(session, Deed.CODE_MAPPED, subject, by=user_actor(by), now=now, data=data)
