"""A supplier's own code of conduct: where an edition asks for it, and which of our clauses it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires import journey
from questionnaires.answers import Acknowledgement, Clause
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Answers


@dataclass(frozen=True, slots=True)
class OwnCode:
    """What an edition asks of a supplier that has a code of its own."""

    upload: Question
    """Takes the supplier's files."""
    addendum: Question
    """Shows those clauses that the own code lacks, to be accepted besides."""
    clauses: tuple[Clause, ...]
    """All clauses of our code."""

    def is_unchanged(self, number: str, since: OwnCode) -> bool:
        """Return whether the clause of a number stood in another edition, word for word in English."""
        texts = [{each.no: each.text.english for each in one.clauses}.get(number) for one in (self, since)]
        return texts[0] is not None and texts[0] == texts[1]


def own_code(questionnaire: Questionnaire) -> OwnCode | None:
    """Return where the edition asks for an own code; None where it does not say, so that none can be mapped."""
    for question in questionnaire.questions:
        kind = question.type
        if isinstance(kind, Acknowledgement) and kind.own_code:
            return OwnCode(questionnaire.question(kind.own_code), question, kind.clauses)
    return None


def uploaded(questionnaire: Questionnaire, answers: Answers) -> tuple[Mapping[str, Any], ...]:
    """Return the records of the supplier's own code among the answers that count; see `answers.Files`."""
    found = own_code(questionnaire)
    files = journey.counted(questionnaire, answers).get(found.upload.id) if found else None
    return tuple(files) if isinstance(files, list) else ()


def stated(questionnaire: Questionnaire, answers: Answers) -> tuple[Question, ...]:
    """Return what else the supplier answered where it was asked for its code: what it says of it."""
    found = own_code(questionnaire)
    if found is None:
        return ()
    way = journey.walk(questionnaire, answers)
    asked = next((one.questions for one in way.sections if found.upload in one.section.questions), ())
    aside = {found.upload.id, found.addendum.id}
    return tuple(each for each in asked if each.id not in aside and each.id in way.seen)
