"""What is left of the findings in a workbook: printed in the declaration, and proposed to the buyer as deviations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.models import Assessment, Declaration, MineralsWorkbook
from portal.services import minerals_answers, minerals_workbooks
from questionnaires.minerals.grouping import Group, groups_of
from questionnaires.minerals.prefill import file_question
from questionnaires.minerals.wording import report_sentence
from questionnaires.model import Questionnaire, Severity
from questionnaires.values import Answers

CONTRADICTION = Severity.MODERATE
"""An answer that the supplier's own workbook does not bear out."""
_CELLS_NAMED = 5
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "found": "{kind} {version}, {cell}: {sentence}",
        "more": "The same in {count} more: {cells}",
        "explained": "The supplier explains: “{words}”",
    },
    "nb": {
        "found": "{kind} {version}, {cell}: {sentence}",
        "more": "Det samme i {count} til: {cells}",
        "explained": "Leverandøren forklarer: «{words}»",
    },
}


@dataclass(frozen=True, slots=True)
class Left:
    """Something that the buyer should look at."""

    question: str
    rule: str
    """Part of a rule's name, unique in a declaration."""
    severity: Severity
    sentence: dict[str, str]
    """By language."""


def find(session: Session, declaration: Declaration, questionnaire: Questionnaire) -> list[Left]:
    """Return what is left, gravest first: each kind of finding once for a workbook, however many cells have it."""
    question = file_question(questionnaire.key)
    if question is None or not declaration.answers.get(question):
        return []
    rows = minerals_workbooks.of_answers(session, declaration.assessment, declaration.answers)
    found = [left for row in rows for left in _findings(row, question, questionnaire.name)]
    found += _contradictions(rows, questionnaire, declaration.answers)
    return sorted(found, key=lambda left: left.severity.rank)


def notes_of(session: Session, assessment: Assessment, answers: Answers, language: str) -> dict[str, tuple[str, ...]]:
    """Return what a declaration says about each workbook, by its SHA-256: how much was found, and the explanations."""
    code = language if language in _WORDS else "en"
    rows = (
        minerals_workbooks.of_answers(session, assessment, answers) if file_question(assessment.questionnaire) else []
    )
    return {row.sha256: (_summary(row, code), *_explained(row, code)) for row in rows}


def _summary(row: MineralsWorkbook, language: str) -> str:
    counts = {"missing": 0, **row.report["counts"]}
    facts = {name if name == "missing" else f"{name}s": str(number) for name, number in counts.items()}
    key = "found" if any(counts.values()) else "clean"
    return report_sentence(key, {"kind": row.kind, "version": row.version, **facts}, language)


def _explained(row: MineralsWorkbook, language: str) -> Iterator[str]:
    for group in groups_of(row.report):
        if group.code in row.explanations:
            yield _sentence(group, row, language)


def _findings(row: MineralsWorkbook, question: str, edition: str) -> Iterator[Left]:
    for group in groups_of(row.report):
        if group.severity:
            rule = f"{edition}:{question}.{row.kind}-{row.sha256[:8]}-{group.code}"
            words = {language: _sentence(group, row, language) for language in _WORDS}
            yield Left(question, rule, group.severity, words)


def _sentence(group: Group, row: MineralsWorkbook, language: str) -> str:
    words, first, *more = _WORDS[language], *group.cells
    told = [
        words["found"].format(kind=row.kind, version=row.version, cell=first.cell, sentence=first.sentence[language])
    ]
    if more:
        cells = ", ".join(one.cell for one in more[:_CELLS_NAMED]) + (" …" if len(more) > _CELLS_NAMED else ".")
        told.append(words["more"].format(count=len(more), cells=cells))
    if group.code in row.explanations:
        told.append(words["explained"].format(words=row.explanations[group.code]))
    return " ".join(told)


def _contradictions(rows: Iterable[MineralsWorkbook], questionnaire: Questionnaire, answers: Answers) -> Iterator[Left]:
    for beside in minerals_answers.beside(rows, questionnaire, answers).values():
        for one in beside.contradictions:
            row, question = beside.row, beside.question
            rule = f"{questionnaire.name}:{question.id}.{row.kind}" + (f"-{one.said.option}" if one.said.option else "")
            yield Left(question.id, rule, CONTRADICTION, {code: beside.in_words(one, code) for code in _WORDS})
