"""Rules M: which minerals are declared, and whether answers and smelters agree on it."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.minerals.consistency.examined import Examined, Facts, Found, Rule, in_words_of, quoted
from questionnaires.minerals.findings import Level
from questionnaires.minerals.layout import YES_NO_UNKNOWN, CompanyQuestion
from questionnaires.minerals.model import Answer, Asked


def no_smelter(examined: Examined) -> Found:
    """A mineral is needed, and no row is about it."""
    for mineral in examined.needed:
        if not examined.smelters_of(mineral):
            yield examined.place(Asked.USED, mineral), {"mineral": mineral}


def only_unidentified(examined: Examined) -> Found:
    """All rows of a mineral say that the smelter is not known yet."""
    for mineral in examined.needed:
        rows = examined.smelters_of(mineral)
        if rows and all(row.is_not_identified for row in rows):
            yield rows[0].place("C"), {"mineral": mineral}


def smelters_of_unused(examined: Examined) -> Found:
    """Smelters of a mineral that is not used, or of which nothing remains."""
    for mineral in examined.workbook.minerals:
        closed_by = examined.closing(mineral)
        rows = examined.smelters_of(mineral)
        if closed_by and rows:
            answer = examined.said(closed_by, mineral)
            number = str(examined.numbers[closed_by])
            yield (
                rows[0].place("B"),
                {"mineral": mineral, "question": number, "answer": answer, "count": str(len(rows))},
            )


def smelters_of_others(examined: Examined) -> Found:
    """A row's mineral is none of those that the workbook asks about."""
    asked = {mineral.casefold() for mineral in examined.workbook.minerals}
    for metal, rows in examined.smelters.items():
        if metal and metal not in asked:
            for row in rows:
                yield row.place("B"), {"value": quoted(row.metal)}


def answer_not_offered(examined: Examined) -> Found:
    """An answer about a mineral that the drop-down does not have."""
    for (asked, mineral), value in examined.answers.items():
        if value not in examined.options(asked, mineral):
            number = str(examined.numbers[asked])
            yield examined.place(asked, mineral), {"question": number, "mineral": mineral, "value": quoted(value)}


def company_answer_not_offered(examined: Examined) -> Found:
    """An answer about the company that the drop-down does not have."""
    for question in examined.layout.company_questions:
        for answer, options in _answers_to(question, examined):
            if answer.value and in_words_of(options, answer.value) not in options:
                yield answer.place, {"question": question.letter, "value": quoted(answer.value)}


def _answers_to(question: CompanyQuestion, examined: Examined) -> list[tuple[Answer, tuple[str, ...]]]:
    given = examined.workbook.company_answers
    if not question.by_mineral:
        return [(given[question.letter], question.answers)]
    more = question.more or {}
    return [
        (given[f"{question.letter}/{mineral}"], (*question.answers, *more.get(mineral, ())))
        for mineral in examined.workbook.minerals
    ]


def scope_not_offered(examined: Examined) -> Found:
    """A scope that is none of the three."""
    entry = examined.workbook.company["scope"]
    if entry.value and examined.workbook.scope is None:
        yield entry.place, {"value": quoted(entry.value)}


def recycled_not_offered(examined: Examined) -> Found:
    """A row says something else than Yes, No or Unknown about recycled material."""
    for row in examined.workbook.smelters:
        if row.recycled and in_words_of(YES_NO_UNKNOWN, row.recycled) not in YES_NO_UNKNOWN:
            yield row.place("P"), {"value": quoted(row.recycled)}


def leftovers(examined: Examined) -> Found:
    """Questions are answered that the answer to the first or second makes superfluous."""
    for mineral in examined.workbook.minerals:
        closed_by = examined.closing(mineral)
        if closed_by is None:
            continue
        order = list(examined.numbers)
        left = [asked for asked in order[order.index(closed_by) + 1 :] if examined.said(asked, mineral)]
        if left:
            facts: Facts = {
                "mineral": mineral,
                "question": str(examined.numbers[closed_by]),
                "answer": examined.said(closed_by, mineral),
                "questions": ", ".join(str(examined.numbers[asked]) for asked in left),
            }
            yield examined.place(left[0], mineral), facts


RULES: Mapping[str, tuple[Level, Rule]] = {
    "M1a": (Level.ERROR, no_smelter),
    "M1b": (Level.WARNING, only_unidentified),
    "M2a": (Level.ERROR, smelters_of_unused),
    "M2b": (Level.ERROR, smelters_of_others),
    "M3a": (Level.ERROR, answer_not_offered),
    "M3b": (Level.ERROR, company_answer_not_offered),
    "M3c": (Level.ERROR, scope_not_offered),
    "M3d": (Level.ERROR, recycled_not_offered),
    "M4": (Level.NOTICE, leftovers),
}
