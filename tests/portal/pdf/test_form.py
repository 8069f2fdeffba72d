"""A whole form as a PDF: archivable and accessible like the declaration, and marked as none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import page
import pytest

from portal.demo.answering import answer_all
from portal.models import Assessment, Campaign, Request, Supplier
from portal.pdf.document import DocumentError, Renderer
from portal.pdf.form_facts import FormFacts
from portal.services.whole_forms import Copy, form_of
from questionnaires.catalogue import Catalogue
from questionnaires.values import Answers
from tests.portal.pdf.test_document import HOSTILE, text_of

LIBRARY = Catalogue.load()
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def form(key: str, language: str, answers: Answers | None, supplier: str = "深圳五金有限公司") -> FormFacts:
    """Return a form of one supplier, whose names nobody has put into a database."""
    campaign = Campaign(title="Self-declaration 2026", reporting_year=2026)
    request = Request(campaign=campaign, supplier=Supplier(name=supplier), due_on=date(2026, 12, 24))
    questionnaire = LIBRARY.newest(key).asked_of({})
    return form_of(Assessment(request=request), questionnaire, Copy(language, "Testfirma AS", answers), NOW)


def faults_of(pdf: bytes) -> list[str]:
    """Return what a validator finds; where a stream ends in a byte as lines do, it miscounts the stream's length."""
    found = [
        each.rule_id
        for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
        for each in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]
    false_alarm = b"\r\nendstream" in pdf
    return [rule for rule in found if not (false_alarm and rule == "PDFA3A-STREAM-LENGTH-001")]


def words_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", text_of(pdf))


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("key", LIBRARY.keys())
def test_every_form_is_archivable_and_accessible(renderer: Renderer, key: str, language: str) -> None:
    answers = answer_all(LIBRARY.newest(key).asked_of({}), Random(key), deviating=0.3)
    for filled in (None, answers):
        assert faults_of(renderer.render_form(form(key, language, filled))) == []


def test_a_blank_form_asks_everything_and_says_when(renderer: Renderer) -> None:
    facts = form("human-rights", "en", None)
    text = words_of(renderer.render_form(facts))
    questions = [question for section in facts.sections for question in section.questions]
    assert len(questions) == len(LIBRARY.newest("human-rights").questions)
    assert [each.id for each in questions if each.id not in text] == []
    assert "Asked if HR-45-any is “Yes”." in text
    assert text.count("Not signed, and not a declaration.") >= 5, "on every page"
    assert "深圳五金有限公司" in text
    assert "Not answered" not in text


def test_a_filled_form_shows_answers_and_what_is_not_asked(renderer: Renderer) -> None:
    answers: Answers = {
        "HR-01": "partly",
        "HR-01#comment": "#panic() *not bold* 三月",
        "HR-06": [{"name": "Verk 1", "country": "NO", "activity": "Sveising"}],
        "HR-18": 17,
        "HR-45": [],
        "HR-45-any": "no",
    }
    text = words_of(renderer.render_form(form("human-rights", "nb", answers)))
    for words in ("× Delvis", "#panic() *not bold* 三月", "Verk 1", "Norge", "17 år", "Ikke besvart"):
        assert words in text.replace("\u00a0", " ")
    assert "Stilles ikke etter disse svarene" in text
    assert "Ikke signert, og ikke en erklæring." in text


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_people_write_can_be_printed(renderer: Renderer, words: str) -> None:
    assert renderer.render_form(form("human-rights", "en", {"HR-02": words or "-"}, supplier=words or "-"))


def test_a_form_without_a_time_zone_is_refused(renderer: Renderer) -> None:
    with pytest.raises(DocumentError):
        renderer.render_form(replace(form("human-rights", "en", None), made_at=datetime(2026, 1, 1)))  # noqa: DTZ001
