"""The page of one assessment: the answers as the supplier saw them, and beside them what was decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import make_response, render_template
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Assessment, Attachment, Declaration, Deviation, DeviationState
from portal.services import archive, assessments, carrying, deviations, evidence_levels, reviews
from portal.services.own_codes import standing_of
from portal.services.refusals import ReviewRefused, explain
from portal.services.returns import with_the_supplier
from portal.web.current import installation, signed_in_user
from portal.web.languages import choose_language
from portal.web.transactions import mark_failed
from questionnaires.carry_over import Earlier, Mark
from questionnaires.journey import asked_sections
from questionnaires.model import Question, Questionnaire, Section, Severity

STATUS = {
    "superseded": 409,
    "approved": 409,
    "already_returned": 409,
    "withdrawn": 409,
    "not_signed": 409,
    "being_sealed": 409,
    "addendum_issued": 409,
    "addendum_signed": 409,
    "sender_approves": 403,
    "not_an_approver": 403,
    "not_a_reviewer": 403,
}
"""Refusals by code; all others are for the reader to mend: 422."""


@dataclass(frozen=True, slots=True)
class ShownThen:
    """Last year's answer, in the reader's language."""

    text: str
    comment: str
    documents: tuple[str, ...]
    """Their names."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One question with its answer, in the reader's language."""

    question: Question
    text: str
    """The answer, lines separated by newlines; empty where the question was left open."""
    comment: str
    files: tuple[Attachment, ...]
    deviations: tuple[Deviation, ...]
    is_returned: bool
    mark: str = ""
    """What became of last year's answer; empty where none was carried over."""
    then: ShownThen | None = None
    """Last year's answer, where it is another."""


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section that was asked."""

    section: Section
    answers: tuple[ShownAnswer, ...]


def show(declaration: Declaration, refused: ReviewRefused | None = None) -> Response:
    """Return the page; after a refusal it says why, and carries the refusal's status."""
    assessment = declaration.assessment
    questionnaire = signed_questionnaire(declaration)
    found = deviations.in_order(declaration.deviations)
    sections = show_sections(declaration, questionnaire, found)
    backing = evidence_levels.backing_of(declaration, installation().catalogue)
    page = render_template(
        "buyer/reviews/assessment.html",
        declaration=declaration,
        assessment=assessment,
        request_=assessment.request,
        questionnaire=questionnaire,
        sections=sections,
        marked=Counter(shown.mark for section in sections for shown in section.answers if shown.mark),
        answers={shown.question.id: shown for section in sections for shown in section.answers},
        backing=backing,
        evidence_counted=evidence_levels.count_levels(backing.values()),
        deviations=found,
        undecided=sum(each.state is DeviationState.PROPOSED for each in found),
        state=archive.state_of(declaration),
        state_of=archive.state_of,
        returns=[each for each in assessment.returns if each.settled_at is None],
        why_not_approve=_why_not_approve(declaration),
        refused=explain(refused, choose_language()) if refused else None,
        can_decide=declaration.superseded_by_id is None and not _is_approved(declaration),
        Severity=Severity,
        today=clock().date(),
        own_code=standing_of(db.session, declaration, installation().catalogue),
    )
    return make_response(page, STATUS.get(refused.code, 422) if refused else 200)


def refuse(declaration: Declaration, refused: ReviewRefused) -> Response:
    """Undo what the request began, and show the page with the reason."""
    mark_failed()
    return show(db.session.get_one(Declaration, declaration.id), refused)


def questionnaire_of(assessment: Assessment) -> Questionnaire:
    """Return the edition that was asked."""
    return assessments.edition_of(assessment, installation().catalogue)


def signed_questionnaire(declaration: Declaration) -> Questionnaire:
    """Return the edition as it was asked when the declaration was signed."""
    return assessments.edition_signed(declaration, installation().catalogue)


def show_sections(
    declaration: Declaration, questionnaire: Questionnaire, found: list[Deviation]
) -> tuple[ShownSection, ...]:
    """Return what was asked and answered, in the questions' order."""
    away, earlier = with_the_supplier(declaration), _earlier(declaration)
    return tuple(
        ShownSection(
            asked.section,
            tuple(_shown(each, declaration, found, each.id in away, earlier.get(each.id)) for each in asked.questions),
        )
        for asked in asked_sections(questionnaire, declaration.answers)
    )


def _earlier(declaration: Declaration) -> dict[str, Earlier]:
    """Return last year's answers as they were proposed when this was signed."""
    if declaration.marks is None:
        return {}
    day = declaration.preview.created_at.date()
    return carrying.earlier_answers(declaration.assessment, installation().catalogue, day)


def _shown(
    question: Question, declaration: Declaration, found: list[Deviation], returned: bool, earlier: Earlier | None
) -> ShownAnswer:
    value, mark = declaration.answers.get(question.id), (declaration.marks or {}).get(question.id, "")
    return ShownAnswer(
        question,
        question.type.display(value, choose_language()),
        str(declaration.answers.get(question.comment_key) or ""),
        _files(question, declaration),
        tuple(each for each in found if each.question == question.id),
        returned,
        mark,
        _then(earlier) if earlier and mark != Mark.CONFIRMED else None,
    )


def _then(earlier: Earlier) -> ShownThen:
    names = tuple(str(file["name"]) for file in earlier.documents)
    return ShownThen(earlier.question.type.display(earlier.value, choose_language()), earlier.comment, names)


def _files(question: Question, declaration: Declaration) -> tuple[Attachment, ...]:
    """The rows of the files that the signed answer names, removed ones included: the signature covers them."""
    keys = {slot.key for slot in question.file_slots}
    named = {file["sha256"] for key in keys for file in declaration.answers.get(key) or []}
    rows = {each.sha256: each for each in declaration.assessment.attachments if each.question in keys}
    return tuple(rows[sha256] for sha256 in sorted(named & rows.keys()))


def _why_not_approve(declaration: Declaration) -> str | None:
    code = reviews.why_not_approve(declaration, signed_in_user())
    return explain(ReviewRefused(code), choose_language()) if code else None


def _is_approved(declaration: Declaration) -> bool:
    return declaration.review is not None and declaration.review.approved_at is not None
