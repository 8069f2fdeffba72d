"""How well each answer is backed: stated, documented, checked by us, checked on site.

A check belongs to one declaration. Where a newer one repeats an answer, with the same documents, the check is shown as
an earlier one; it does not count for the newer declaration until somebody says so.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.models import AnswerCheck, CheckLevel, Declaration
from questionnaires.catalogue import Catalogue
from questionnaires.editions import changes_since
from questionnaires.journey import asked_sections
from questionnaires.model import DOCUMENTS_SUFFIX, Change, Question
from questionnaires.values import Answers


class EvidenceLevel(enum.StrEnum):
    """How well an answer is backed; the highest that holds."""

    STATED = "stated"
    """The supplier says so."""
    DOCUMENTED = "documented"
    """With a file."""
    CHECKED = "checked"
    CHECKED_ON_SITE = "checked_on_site"


_OF_CHECKS = {
    CheckLevel.CHECKED: EvidenceLevel.CHECKED,
    CheckLevel.CHECKED_ON_SITE: EvidenceLevel.CHECKED_ON_SITE,
}


@dataclass(frozen=True, slots=True)
class Backing:
    """How well one answer is backed, and by whom."""

    level: EvidenceLevel
    check: AnswerCheck | None = None
    """Who looked into this very declaration's answer, when, and at what."""
    earlier: AnswerCheck | None = None
    """Who looked into the same answer in an earlier declaration; None where this one is checked."""


def level_of(question: Question, answers: Answers, check: AnswerCheck | None) -> EvidenceLevel:
    """Return how well a question's answer is backed."""
    if check is not None:
        return _OF_CHECKS[check.level]
    has_files = any(answers.get(slot.key) for slot in question.file_slots)
    return EvidenceLevel.DOCUMENTED if has_files else EvidenceLevel.STATED


def backing_of(declaration: Declaration, catalogue: Catalogue) -> dict[str, Backing]:
    """Return how well each answer of a declaration is backed, by question, in the questions' order."""
    answers = declaration.answers
    checks = {check.question: check for check in declaration.checks}
    earlier = _earlier_checks(declaration, catalogue)
    return {
        question.id: Backing(
            level_of(question, answers, checks.get(question.id)),
            checks.get(question.id),
            earlier.get(question.id) if question.id not in checks else None,
        )
        for question in _answered(declaration, catalogue)
    }


def count_levels(backings: Iterable[Backing]) -> dict[EvidenceLevel, int]:
    """Return how many answers stand at each level, each level named, the lowest first."""
    found = Counter(each.level for each in backings)
    return {level: found[level] for level in EvidenceLevel}


def _answered(declaration: Declaration, catalogue: Catalogue) -> Iterator[Question]:
    assessment = declaration.assessment
    questionnaire = catalogue.find(assessment.questionnaire, assessment.edition).asked_of(assessment.facts)
    for section in asked_sections(questionnaire, declaration.answers):
        yield from (question for question in section.questions if question.id in declaration.answers)


def _earlier_checks(declaration: Declaration, catalogue: Catalogue) -> dict[str, AnswerCheck]:
    """Return the newest check of each answer that an earlier declaration has in common with this one."""
    found: dict[str, AnswerCheck] = {}
    for older in _older(declaration):
        for check in older.checks:
            newest = found.get(check.question)
            is_newer = newest is None or check.checked_at > newest.checked_at
            if is_newer and _is_unchanged(check.question, older, declaration, catalogue):
                found[check.question] = check
    return found


def _older(declaration: Declaration) -> Iterator[Declaration]:
    """Yield the declarations that this one replaced, and those that its answers were carried over from."""
    before: Declaration | None = declaration
    while before is not None:
        yield from (each for each in before.assessment.declarations if _is_replaced_by(each, before))
        before = before.assessment.carried_from
        if before is not None:
            yield before


def _is_replaced_by(older: Declaration, newer: Declaration) -> bool:
    was_replaced = older.signed_at is not None and older.superseded_by_id is not None
    return was_replaced and older.id != newer.id and older.accepted_at <= newer.accepted_at


def _is_unchanged(question_id: str, older: Declaration, newer: Declaration, catalogue: Catalogue) -> bool:
    """Return whether a question was asked in the same meaning and got the same answer and documents."""
    then, now = older.assessment, newer.assessment
    if then.questionnaire != now.questionnaire:
        return False
    later = catalogue.between(now.questionnaire, then.edition, now.edition)[1:]
    if changes_since(question_id, later) is Change.MEANING:
        return False
    keys = question_id, question_id + DOCUMENTS_SUFFIX
    return all(older.answers.get(key) == newer.answers.get(key) for key in keys)
