"""The demo's answers fit every shipped questionnaire."""

from __future__ import annotations

from random import Random

import pytest

from portal.demo.answering import DAY, answer_all
from questionnaires import deviations, journey
from questionnaires.catalogue import Catalogue

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize("key", CATALOGUE.keys())
@pytest.mark.parametrize("deviating", [0.0, 0.3, 1.0])
def test_every_answer_fits_its_question_and_none_is_missing(key: str, deviating: float) -> None:
    questionnaire = CATALOGUE.newest(key).asked_of({})
    answers = answer_all(questionnaire, Random(7), deviating=deviating)
    for question_id, value in answers.items():
        if "#" not in question_id:
            questionnaire.question(question_id).type.check(value)
    assert journey.missing(questionnaire, answers) == ()


@pytest.mark.parametrize("key", CATALOGUE.keys())
def test_who_wants_deviations_gets_more_of_them(key: str) -> None:
    questionnaire = CATALOGUE.newest(key).asked_of({})
    good = deviations.find(questionnaire, answer_all(questionnaire, Random(7)), DAY)
    bad = deviations.find(questionnaire, answer_all(questionnaire, Random(7), deviating=1.0), DAY)
    assert {finding.question.type.name for finding in good} <= {"file"}, "a file cannot be made up"
    assert len(bad) >= 1


def test_a_form_can_be_left_half_filled_in() -> None:
    questionnaire = CATALOGUE.newest("human-rights").asked_of({})
    answers = answer_all(questionnaire, Random(7), until=12)
    assert 12 <= len(answers) <= 14
    assert journey.missing(questionnaire, answers)
