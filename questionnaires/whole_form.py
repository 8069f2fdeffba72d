"""The whole form of an edition: everything that may be asked of one supplier, whatever the answers turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from questionnaires.answers import Table
from questionnaires.condition_words import can_be_asked, in_words
from questionnaires.conditions import Condition
from questionnaires.facts import as_answers
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.texts import Text

_ASKED_IF = Text.of("Asked if {words}.", nb="Spørres hvis {words}.")


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """A question that may be asked."""

    question: Question
    """With the columns that may be asked."""
    asked_if: str
    """A sentence; empty where it is asked whenever its section is."""


@dataclass(frozen=True, slots=True)
class FormSection:
    """A section that may be asked."""

    section: Section
    asked_if: str
    questions: tuple[FormQuestion, ...]


def whole_form(questionnaire: Questionnaire, language: str) -> tuple[FormSection, ...]:
    """Return the sections that may be asked of the supplier whose facts the questionnaire was given, in order."""
    sections = []
    for section in questionnaire.sections:
        questions = tuple(
            FormQuestion(possible(question, questionnaire), asked_if(question.ask_if, questionnaire, language))
            for question in section.questions
            if can_be_asked(question.ask_if, questionnaire)
        )
        if questions and can_be_asked(section.ask_if, questionnaire):
            sections.append(FormSection(section, asked_if(section.ask_if, questionnaire, language), questions))
    return tuple(sections)


def asked_if(condition: Condition | None, questionnaire: Questionnaire, language: str) -> str:
    """Return the sentence that says when something is asked; nothing where it always is."""
    words = in_words(condition, questionnaire, language)
    return _ASKED_IF.in_language(language).format(words=words) if words else ""


def possible(question: Question, questionnaire: Questionnaire) -> Question:
    """Return a question as it is asked of the supplier, with every column that some answer may open."""
    if not isinstance(question.type, Table):
        return question.given(as_answers(questionnaire.facts or {}))
    columns = tuple(column for column in question.type.columns if can_be_asked(column.ask_if, questionnaire))
    return replace(question, type=replace(question.type, columns=columns))
