"""Where answers differ from what is accepted, how serious that is, and the sentence that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from questionnaires.journey import asked_sections, counted
from questionnaires.model import Question, Questionnaire, Severity
from questionnaires.texts import Text
from questionnaires.values import Answers


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer that deviates."""

    question: Question
    severity: Severity
    rule: str
    """The rule's id: ``human-rights/2026-1:HR-18``."""
    sentence: Text


def find(questionnaire: Questionnaire, answers: Answers) -> tuple[Finding, ...]:
    """Return what deviates among the answers that count: most serious first, then in the questions' order.

    Of a question's rules the first that holds counts; a question that is not asked cannot deviate.
    """
    counting = counted(questionnaire, answers)
    findings = []
    for section in asked_sections(questionnaire, answers):
        for question in section.questions:
            rule = next((rule for rule in question.deviations if rule.when.holds(counting)), None)
            if rule:
                findings.append(Finding(question, rule.severity, rule.id, rule.sentence))
    return tuple(sorted(findings, key=lambda finding: finding.severity.rank))
