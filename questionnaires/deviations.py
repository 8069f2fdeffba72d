"""Where answers differ from what is accepted, how serious that is, and the sentence that explains it.

The same answers, facts, day and edition always give the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from questionnaires import journey
from questionnaires.facts import DAY, key_of
from questionnaires.model import DeviationRule, Question, Questionnaire, Severity
from questionnaires.texts import Text
from questionnaires.values import Answers


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that deviates, in one answer or in several together."""

    questions: tuple[Question, ...]
    """What it is about; where a reader looks first."""
    severity: Severity
    rule: str
    """The rule's id: ``human-rights/2026-1:HR-18``."""
    sentence: Text

    @property
    def question(self) -> Question:
        """The question where a reader looks first."""
        return self.questions[0]


@dataclass(frozen=True, slots=True)
class Replay:
    """What stored answers give under another edition, beside what they gave."""

    came: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    changed: tuple[tuple[Finding, Finding], ...]
    """Pairs of then and now: the same matter at another severity."""
    same: tuple[Finding, ...]


def find(questionnaire: Questionnaire, answers: Answers, on: date) -> tuple[Finding, ...]:
    """Return what deviates among the answers that count: most serious first, then in the questions' order.

    Of a question's own rules the first that holds counts; a question that is not asked cannot deviate. Rules over
    several answers come after those of the questions.

    Args:
        questionnaire: with the supplier's facts, if it looks at any.
        answers: all that were given, counting or not.
        on: the day that dates are compared with: when the answers were signed.
    """
    way = journey.walk(questionnaire, answers)
    seen = {**way.seen, key_of(DAY): on.isoformat()}
    holding = [_first(question.deviations, seen) for question in way.questions]
    holding += [rule for rule in questionnaire.rules if rule.when.holds(seen)]
    found = [_finding(rule, questionnaire, seen) for rule in holding if rule]
    return tuple(sorted(found, key=lambda finding: finding.severity.rank))


def replay(before: Questionnaire, after: Questionnaire, answers: Answers, on: date) -> Replay:
    """Return what answers to one edition give under another; nothing is changed.

    Findings are matched by what they are about, since each edition names its own rules.
    """
    then = {_subject(finding): finding for finding in find(before, answers, on)}
    now = {_subject(finding): finding for finding in find(after, answers, on)}
    both = [(then[subject], now[subject]) for subject in then if subject in now]
    return Replay(
        came=tuple(finding for subject, finding in now.items() if subject not in then),
        gone=tuple(finding for subject, finding in then.items() if subject not in now),
        changed=tuple(pair for pair in both if pair[0].severity is not pair[1].severity),
        same=tuple(later for earlier, later in both if earlier.severity is later.severity),
    )


def _first(rules: Iterable[DeviationRule], seen: Answers) -> DeviationRule | None:
    return next((rule for rule in rules if rule.when.holds(seen)), None)


def _finding(rule: DeviationRule, questionnaire: Questionnaire, seen: Answers) -> Finding:
    about = tuple(questionnaire.question(question_id) for question_id in rule.about)
    return Finding(about, rule.severity_given(seen), rule.id, rule.sentence)


def _subject(finding: Finding) -> tuple[str, ...]:
    """Return what tells findings of different editions apart: the questions, and the rule's own name if it has one."""
    name = finding.rule.partition(":")[2]
    own = {question.id for question in finding.questions}
    is_of_question = name.partition(".")[0] in own
    return (*(question.id for question in finding.questions), "" if is_of_question else name)
