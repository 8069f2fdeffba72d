"""A page of questions ↔ a posted form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from portal.web import forms
from portal.web.carried import Carried, carried_at
from portal.web.forms import Page
from questionnaires import carry_over
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from questionnaires.values import Value

TODAY = date(2026, 11, 21)
TINY = Path(__file__).parents[2] / "questionnaires" / "tiny"


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return Catalogue.load().newest("human-rights").asked_of({})


def form(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(pairs)


def read(questionnaire: Questionnaire, section: str, *pairs: tuple[str, str]) -> forms.Reading:
    posted = form(*pairs)
    held = forms.on_page(questionnaire.section(section).questions, posted)
    return forms.read(held, posted, TODAY, "en")


def test_only_questions_that_the_form_holds_are_read(questionnaire: Questionnaire) -> None:
    reading = read(questionnaire, "child-labour", ("on_page", "HR-18"), ("HR-18", "17"), ("HR-19", "yes"))
    assert reading.changes == {"HR-18": 17}


def test_a_question_of_another_section_is_not_read(questionnaire: Questionnaire) -> None:
    assert read(questionnaire, "child-labour", ("on_page", "HR-01"), ("HR-01", "yes")).changes == {}


def test_an_empty_field_takes_the_answer_away(questionnaire: Questionnaire) -> None:
    assert read(questionnaire, "child-labour", ("on_page", "HR-18")).changes == {"HR-18": None}


def test_a_comment_is_read_with_its_question(questionnaire: Questionnaire) -> None:
    reading = read(
        questionnaire, "governance", ("on_page", "HR-01"), ("HR-01", "no"), ("HR-01_comment", " Next\r\nyear ")
    )
    assert reading.changes == {"HR-01": "no", "HR-01#comment": "Next\nyear"}


def test_what_does_not_fit_is_a_sentence_in_the_readers_language(questionnaire: Questionnaire) -> None:
    posted = form(("on_page", "HR-18"), ("HR-18", "x"))
    for language, words in (("en", "Write a whole number"), ("nb", "Skriv et helt tall")):
        reading = forms.read([questionnaire.question("HR-18")], posted, TODAY, language)
        assert reading.changes == {}
        assert reading.problems["HR-18"].startswith(words)


def test_a_day_after_today_is_told(questionnaire: Questionnaire) -> None:
    tiny = Catalogue.load(TINY).newest("every-type")
    posted = form(("on_page", "Q-date"), ("Q-date", "2026-11-22"))
    reading = forms.read([tiny.question("Q-date")], posted, TODAY, "en")
    assert reading.problems == {"Q-date": "The date cannot be later than today."}


def test_problems_of_what_is_not_asked_are_nobodys(questionnaire: Questionnaire) -> None:
    reading = forms.Reading({}, {"HR-38": "Wrong.", "HR-01#comment": "Too long.", "HR-18": "Wrong."})
    asked = forms.asked_keys(questionnaire, {"HR-38-any": "no", "HR-01": "yes"})
    assert forms.only_asked(reading, asked).problems == {"HR-18": "Wrong."}


def test_a_page_shows_what_was_typed_where_it_is_wrong_and_what_is_stored_elsewhere(
    questionnaire: Questionnaire,
) -> None:
    posted = form(("on_page", "HR-18"), ("HR-18", "x"), ("on_page", "HR-19"))
    section = questionnaire.section("child-labour")
    reading = forms.read(forms.on_page(section.questions, posted), posted, TODAY, "en")
    answers: dict[str, Value] = {"HR-18": 17, "HR-20": "yes"}
    page = Page(
        section, section.questions, answers, forms.asked_keys(questionnaire, answers), form=posted, reading=reading
    )
    shown = {field.name: field.values["value"] for field in page.fields()}
    assert shown["HR-18"] == "x"
    assert shown["HR-20"] == "yes"
    assert page.problems("en")[0][0] == "HR-18"


def test_a_field_names_what_explains_it(questionnaire: Questionnaire) -> None:
    section = questionnaire.section("child-labour")
    page = Page(section, section.questions, {}, frozenset(), reading=forms.Reading({}, {"HR-18": "Wrong."}))
    first = page.fields()[0]
    assert first.described_by == "HR-18-about HR-18-unit HR-18-problem"
    assert not first.asked


def test_a_wrong_table_is_shown_without_its_empty_rows(questionnaire: Questionnaire) -> None:
    posted = form(("HR-06-0-name", " "), ("HR-06-4-name", "Plant"), ("HR-06-5-country", ""))
    (row,) = forms.as_typed(questionnaire.question("HR-06"), posted)["rows"]
    assert row["name"] == "Plant"


def carried(answers: dict[str, Value]) -> tuple[Questionnaire, dict[str, Carried]]:
    """Return this year's edition, and last year's answers as a page needs them after some answers of this year."""
    editions = Catalogue.load(TINY).editions("yearly")
    last_year: dict[str, Value] = {"Y-policy": "yes", "Y-which": [{"name": "Hire AS"}], "Y-agency": "yes"}
    earlier = carry_over.carried(editions, last_year, TODAY)
    marks = carry_over.marks(editions[-1], earlier, answers)
    return editions[-1], carried_at(editions[-1].questions, earlier, answers, marks, TODAY)


def test_a_page_shows_what_is_proposed_and_keeps_the_fingerprint_of_what_is_stored() -> None:
    questionnaire, found = carried({})
    section = questionnaire.section("work")
    page = Page(section, section.questions, {}, forms.asked_keys(questionnaire, {}), carried=found)
    shown = {field.name: field for field in page.fields()}
    assert shown["Y-policy"].values == {"value": "yes"}
    assert shown["Y-policy"].value is None
    assert shown["Y-policy"].was == forms.fingerprint(questionnaire.question("Y-policy"), {})
    assert shown["Y-policy"].described_by == "Y-policy-carried"
    assert shown["Y-which"].values["rows"][0]["name"] == "Hire AS"
    assert not shown["Y-which"].asked
    assert not shown["Y-award"].waits


def test_an_answer_that_is_given_is_shown_in_place_of_last_years() -> None:
    answers: dict[str, Value] = {"Y-policy": "no", "Y-agency": "yes"}
    questionnaire, found = carried(answers)
    section = questionnaire.section("work")
    page = Page(section, section.questions, answers, forms.asked_keys(questionnaire, answers), carried=found)
    shown = {field.name: field for field in page.fields()}
    assert shown["Y-policy"].values == {"value": "no"}
    assert [found[name].state.value for name in ("Y-policy", "Y-agency", "Y-which")] == [
        "changed",
        "confirmed",
        "waits",
    ]
