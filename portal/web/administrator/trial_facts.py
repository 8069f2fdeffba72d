"""What is taken to be known of the supplier while a questionnaire is tried, and on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.services.trials import Trial
from portal.web.administrator.condition_words import FACTS
from portal.web.forms import Form
from questionnaires.answers import Acknowledgement, AnswerError, Clause, Country, Day, OneOf
from questionnaires.fact_types import FACT_TYPES
from questionnaires.facts import ADDENDUM, key_of
from questionnaires.model import Questionnaire
from questionnaires.values import Value

ON_FACTS = "on_facts"
"""Tells that a form holds the fields of this module."""
DAY = "trial-day"


@dataclass(frozen=True, slots=True)
class FactField:
    """One field about the supplier."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    """Code and words; none where it is typed."""
    problem: str = ""


def name_of_field(fact: str) -> str:
    """Return the name of a fact's field."""
    return "fact-" + fact


def read_facts(questionnaire: Questionnaire, form: Form, trial: Trial, language: str) -> tuple[Trial, dict[str, str]]:
    """Return the trial with the facts and the day of a form, and what is wrong with them by field."""
    if ON_FACTS not in form:
        return trial, {}
    problems: dict[str, str] = {}
    facts: dict[str, Value] = {}
    for fact in _looked_at(questionnaire):
        try:
            facts[fact] = FACT_TYPES[fact].read(form, name_of_field(fact))
        except AnswerError as error:
            problems[name_of_field(fact)] = error.message(language)
    chosen = set(form.getlist(name_of_field(ADDENDUM)))
    facts[ADDENDUM] = [clause.no for clause in addendum_clauses(questionnaire) if clause.no in chosen] or None
    on = trial.day
    try:
        written = Day().read(form, DAY)
        on = date.fromisoformat(str(written)) if written else on
    except AnswerError as error:
        problems[DAY] = error.message(language)
    known = {name: value for name, value in facts.items() if value is not None}
    return replace(trial, facts=known, day=on), problems


def fact_fields(questionnaire: Questionnaire, trial: Trial, language: str) -> list[FactField]:
    """Return the fields of those facts that the edition looks at."""
    return [
        FactField(
            name=name_of_field(fact),
            label=str(FACTS[fact]),
            value=str(FACT_TYPES[fact].field_values(trial.facts.get(fact))["value"]),
            options=_options(fact, language),
        )
        for fact in _looked_at(questionnaire)
    ]


def addendum_clauses(questionnaire: Questionnaire) -> Sequence[Clause]:
    """Return the clauses that a supplier's own code may lack; none where the edition has no addendum."""
    kinds = (question.type for question in questionnaire.questions)
    return next((kind.clauses for kind in kinds if isinstance(kind, Acknowledgement) and kind.addendum_to), ())


def _looked_at(questionnaire: Questionnaire) -> list[str]:
    return [fact for fact in FACT_TYPES if key_of(fact) in questionnaire.facts_looked_at]


def _options(fact: str, language: str) -> tuple[tuple[str, str], ...]:
    kind = FACT_TYPES[fact]
    if isinstance(kind, Country):
        return tuple(kind.choices(language))
    if isinstance(kind, OneOf):
        return tuple((option.code, option.text.in_language(language)) for option in kind.options)
    return ()
