"""How much a questionnaire asks of a supplier, before anything is answered."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields

from questionnaires.conditions import Condition, Outlook
from questionnaires.facts import as_answers
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers

_ALWAYS = Outlook(can_hold=True, can_fail=False)
_SHARE_OF_CONFIRMING = 4
"""Confirming an answer takes about a quarter of the time that giving it takes: an estimate, not a measurement."""


@dataclass(frozen=True, slots=True)
class Burden:
    """Questions and minutes, at least and at most."""

    least_questions: int
    most_questions: int
    prefilled: int
    """Of the most questions, how many come with last year's answer to confirm."""
    least_minutes: int
    most_minutes: int

    @property
    def prefilled_share(self) -> float:
        """The prefilled part of all questions that may be asked, from 0 to 1."""
        return self.prefilled / self.most_questions if self.most_questions else 0.0


def burden(questionnaire: Questionnaire, prefilled: Container[str] = ()) -> Burden:
    """Return what the questionnaire asks of the supplier whose facts it was given.

    Bounds, not forecasts: each condition on an answer is taken to come out either way, also where two of them exclude
    each other. Minutes are the edition's own estimate for all of it, by the share that is asked.

    Args:
        questionnaire: with the supplier's facts, if it looks at any.
        prefilled: questions that come with last year's answer to confirm.
    """
    known = as_answers(questionnaire.facts or {})
    outlooks = list(_outlooks(questionnaire, known))
    possible = [question for question, outlook in outlooks if outlook.can_hold]
    certain = [question for question, outlook in outlooks if outlook.can_hold and not outlook.can_fail]
    return Burden(
        least_questions=len(certain),
        most_questions=len(possible),
        prefilled=sum(question.id in prefilled for question in possible),
        least_minutes=_minutes(questionnaire, certain, prefilled),
        most_minutes=_minutes(questionnaire, possible, prefilled),
    )


def together(burdens: Iterable[Burden]) -> Burden:
    """Return several burdens as one: the sum of each figure."""
    found = list(burdens)
    return Burden(*(sum(getattr(each, figure.name) for each in found) for figure in fields(Burden)))


def spread(burdens: Iterable[Burden]) -> Burden:
    """Return what the lightest asks at least and the heaviest at most; `burdens` holds at least one."""
    found = list(burdens)
    return Burden(
        least_questions=min(each.least_questions for each in found),
        most_questions=max(each.most_questions for each in found),
        prefilled=max(each.prefilled for each in found),
        least_minutes=min(each.least_minutes for each in found),
        most_minutes=max(each.most_minutes for each in found),
    )


def _outlooks(questionnaire: Questionnaire, known: Answers) -> Iterator[tuple[Question, Outlook]]:
    for section in questionnaire.sections:
        page = _outlook(section.ask_if, known)
        for question in section.questions:
            own = _outlook(question.ask_if, known)
            yield question, Outlook(page.can_hold and own.can_hold, page.can_fail or own.can_fail)


def _outlook(condition: Condition | None, known: Answers) -> Outlook:
    return condition.outlook(known) if condition else _ALWAYS


def _minutes(questionnaire: Questionnaire, asked: list[Question], prefilled: Container[str]) -> int:
    weight = sum(1 / _SHARE_OF_CONFIRMING if question.id in prefilled else 1 for question in asked)
    return round(questionnaire.minutes * weight / len(questionnaire.questions)) or int(bool(asked))
