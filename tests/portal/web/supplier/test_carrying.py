"""Last year's answers on a section's page, without JavaScript: confirmed, changed, left, emptied, shown beside."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from portal.config import Settings
from portal.installation import Installation
from portal.models import Assessment, Invitation, InvitationRole
from tests.factories import Make
from tests.portal.carried_case import CARRYING, CERTIFICATE, TINY, files, last_year, stored, this_year, with_files
from tests.portal.uploads import PDF
from tests.portal.web.pages import check
from tests.portal.web.supplier.test_answering import send_back
from tests.portal.web.supplier.visiting import Visitor

ALL = "/carrying/all"
PROPOSED = ["K-same", "K-worded", "K-cert"]
UNTOUCHED: dict[str, Any] = {
    "K-same": "no",
    "K-same_comment": "Next year",
    "K-worded": "12",
    "K-cert-kind": "ISO 9001",
    "K-cert-number": "17",
    "K-cert-issuer": "DNV",
    "K-cert-valid_until": "2199-12-31",
}
SENTENCE = "Confirm last year&#39;s answer, or change it."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def asked(make: Make) -> Invitation:
    return this_year(make, last_year(make, "carrying", CARRYING))


@pytest.fixture
def assessment(asked: Invitation, make: Make) -> Assessment:
    found = asked.request.assessments[0]
    make.session.commit()  # what the tests have read must not hold up the pages' writing
    return found


def told(page: str) -> list[str]:
    """Return what the page says became of last year's answers."""
    found = re.findall(r'<p class="carried-state">(.*?)</p>', page)
    return [re.sub("<[^>]+>", "", each).removeprefix("✓ ").partition(" ")[0].strip(",.") for each in found]


def save(visitor: Visitor, **fields: Any) -> TestResponse:
    """Send the page as it was shown, with what is given put in its place; names hold _ for -."""
    changed = {name.replace("K_", "K-", 1): value for name, value in fields.items()}
    posted = {"on_page": PROPOSED, "proposed": PROPOSED, "go": "next", **UNTOUCHED, **changed}
    return visitor.post(ALL, fields={name: value for name, value in posted.items() if value is not None})


def test_last_years_answers_are_shown_to_be_confirmed_and_nothing_is_answered(
    visitor: Visitor, make: Make, assessment: Assessment
) -> None:
    page = check(visitor.get(ALL))
    assert page.count("From your declaration of") == 3
    assert re.findall(r'name="confirm" value="([^"]+)"', page) == PROPOSED
    assert 'id="K-same-no" name="K-same" value="no" checked' in page
    assert "Next year</textarea>" in page
    assert 'name="K-worded" value="12"' in page
    assert 'value="ISO 9001"' in page
    assert "The question then: How many work for you?" in page
    assert "0 of 7 questions answered" in page
    assert "3 answers from last year wait for your confirmation." in page
    assert stored(make, assessment.id) == {}


def test_what_cannot_be_confirmed_is_shown_beside_with_the_reason(visitor: Visitor) -> None:
    page = visitor.get(ALL).text
    for reason in ("The question has changed", "must be found out anew", "outside of what the question takes"):
        assert reason in page
    assert "1 January 2026" in page
    assert 'name="K-fresh" value=""' in page
    norwegian = visitor.client.get(visitor.home + ALL, headers={"Accept-Language": "nb"})
    assert norwegian.status_code == 200


def test_an_expired_certificate_is_shown_and_not_proposed(app: Flask, installation: Installation, make: Make) -> None:
    expired = {**CERTIFICATE, "valid_until": "2020-01-31"}
    asked = this_year(make, last_year(make, "carrying", {**CARRYING, "K-cert": expired}))
    page = Visitor(app, installation, asked).open().get(ALL).text
    assert "This has expired since." in page
    assert 'value="ISO 9001"' not in page


def test_a_tick_confirms_a_change_is_saved_and_the_rest_is_asked_for(
    visitor: Visitor, make: Make, assessment: Assessment
) -> None:
    page = save(visitor, confirm="K-same", K_worded="13", **{"K-cert-number": "17"})
    assert page.status_code == 303, "the certificate is not required"
    assert stored(make, assessment.id) == {"K-same": "no", "K-same#comment": "Next year", "K-worded": 13}
    shown = visitor.get(ALL).text
    assert told(shown) == ["Confirmed", "Changed"]
    assert "One answer from last year waits for your confirmation." in shown


def test_a_required_answer_that_is_left_is_named_and_keeps_its_place(
    visitor: Visitor, make: Make, assessment: Assessment
) -> None:
    page = save(visitor, confirm="K-worded")
    assert page.status_code == 422
    assert page.text.count(SENTENCE) == 2, "once in the summary, once at the question"
    assert 'href="#K-same"' in page.text
    assert 'href="#K-cert"' not in page.text
    assert 'id="K-same-no" name="K-same" value="no" checked' in page.text
    assert "Next year</textarea>" in page.text
    assert stored(make, assessment.id) == {"K-worded": 12}


def test_leaving_the_page_demands_nothing(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    assert save(visitor, go="leave").headers["Location"] == visitor.home
    assert stored(make, assessment.id) == {}
    overview = check(visitor.get())
    assert "3 answers from last year wait for your confirmation." in overview
    assert "Not started" in overview


def test_another_comment_is_a_change_of_its_own(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    save(visitor, K_same_comment="In May")
    assert stored(make, assessment.id) == {"K-same": "no", "K-same#comment": "In May"}


def test_a_changed_answer_counts_whether_ticked_or_not(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    save(visitor, confirm=PROPOSED, K_worded="14")
    assert stored(make, assessment.id)["K-worded"] == 14
    assert stored(make, assessment.id)["K-cert"] == CERTIFICATE


def test_one_button_confirms_what_has_not_changed(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    assert "Confirm everything on this page that has not changed" in visitor.get(ALL).text
    assert save(visitor, go="confirm", K_worded="15").status_code == 303
    assert stored(make, assessment.id) == {
        "K-same": "no",
        "K-same#comment": "Next year",
        "K-worded": 15,
        "K-cert": CERTIFICATE,
    }
    assert "Confirm everything" not in visitor.get(ALL).text


def test_an_emptied_answer_does_not_come_back(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    empty = {name: "" for name in UNTOUCHED if name.startswith("K-cert")}
    assert save(visitor, confirm=["K-same", "K-worded"], **empty).status_code == 303
    assert "K-cert" not in stored(make, assessment.id)
    page = visitor.get(ALL).text
    assert told(page) == ["Confirmed", "Confirmed", "You"]
    assert 'value="ISO 9001"' not in page
    assert "from last year" not in page


def test_a_wrong_change_is_told_and_shown_as_it_was_typed(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    page = save(visitor, confirm=["K-same", "K-worded"], K_worded="many")
    assert page.status_code == 422
    assert 'name="K-worded" value="many"' in page.text
    assert "Write a whole number" in page.text
    assert SENTENCE not in page.text
    assert "K-worded" not in stored(make, assessment.id)


def test_what_is_left_does_not_clash_with_a_colleagues_answer(
    app: Flask, installation: Installation, visitor: Visitor, make: Make, asked: Invitation, assessment: Assessment
) -> None:
    was = dict(re.findall(r'name="(was-[^"]+)" value="([0-9a-f]{16})"', visitor.get(ALL).text))
    colleague = Visitor(app, installation, asked).open()
    colleague.answer(f"{ALL}/answer", {"K-worded": "20"})
    assert save(visitor, confirm="K-same", **was).status_code == 303
    assert stored(make, assessment.id)["K-worded"] == 20
    clash = save(visitor, go="confirm", **was)
    assert clash.status_code == 422
    assert "This was answered meanwhile" in clash.text
    assert stored(make, assessment.id)["K-worded"] == 20


def test_the_script_saves_a_tick_at_once_and_learns_what_became_of_it(
    visitor: Visitor, make: Make, assessment: Assessment
) -> None:
    shown = {"on_page": "K-worded", "proposed": "K-worded", "K-worded": "12"}
    left = visitor.post(f"{ALL}/answer", fields=shown).json
    assert left is not None
    assert left["carried"]["K-worded"] == "waits"
    assert stored(make, assessment.id) == {}
    told = visitor.post(f"{ALL}/answer", fields={**shown, "confirm": "K-worded"}).json
    assert told is not None
    assert (told["saved"], told["carried"]["K-worded"]) == (True, "confirmed")
    assert told["waiting"] == "2 answers from last year wait for your confirmation."
    assert stored(make, assessment.id) == {"K-worded": 12}


def test_a_reader_sees_what_waits_and_can_confirm_nothing(
    app: Flask, installation: Installation, make: Make, asked: Invitation, assessment: Assessment
) -> None:
    asked.role = InvitationRole.READER
    reader = Visitor(app, installation, asked).open()
    page = check(reader.get(ALL))
    assert "Not confirmed yet." in page
    assert 'name="confirm"' not in page
    assert "Confirm everything" not in page
    assert "from last year" not in page
    assert save(reader, go="confirm").status_code == 409
    assert stored(make, assessment.id) == {}


def test_a_returned_question_is_answered_already_and_waits_for_nothing(
    visitor: Visitor, make: Make, assessment: Assessment, now: datetime
) -> None:
    make.answers(assessment, {"K-same": "yes", "K-worded": 12})
    make.session.expire_all()
    send_back(make, assessment, "K-same", now)
    page = check(visitor.get(ALL))
    assert told(page) == ["Changed", "Confirmed"]
    assert 'name="confirm"' not in page
    assert "from last year" not in visitor.get().text, "the certificate is closed, so nobody can confirm it"
    fields = {"on_page": "K-same", "K-same": "no", "K-same_comment": "Next year", "go": "next"}
    assert visitor.post(ALL, fields=fields).status_code == 303
    assert told(visitor.get(ALL).text) == ["Confirmed", "Confirmed"]


def test_nothing_that_is_posted_as_a_tick_breaks_the_page(visitor: Visitor, make: Make, assessment: Assessment) -> None:
    for hostile in ("", "K-gone", "K-meant", "no\0such", "<b>", "x" * 5_000):
        fields = {"on_page": ["K-meant", "K-same"], "proposed": [hostile, "K-meant"], "confirm": hostile}
        assert visitor.post(ALL, fields={**fields, "keep": hostile, "go": "next"}).status_code == 303
    assert set(stored(make, assessment.id)) <= {"K-same#declined"}


class TestFiles:
    """Of `yearly`: a document to an answer, an answer that is a file, and acknowledgements."""

    WORK = "/yearly/work"

    @pytest.fixture
    def asked(self, make: Make, installation: Installation) -> Invitation:
        make.now -= timedelta(days=365)
        earlier = with_files(make, installation)
        make.now += timedelta(days=365)
        return this_year(make, earlier)

    def send(self, visitor: Visitor, *sent: tuple[str, bytes], **fields: Any) -> TestResponse:
        """Send the page as it was shown; the agencies are on it too, hidden until they are asked for."""
        shown = ["Y-policy", "Y-licence", "Y-agency", "Y-which", "Y-award"]
        posted: MultiDict[str, Any] = MultiDict(
            [("on_page", one) for one in shown]
            + [("proposed", one) for one in shown]
            + [("Y-policy", "yes"), ("Y-agency", "yes"), ("Y-award", "Best mine")]
            + [("Y-which-0-name", "Hire AS"), ("Y-which-0-people", "4"), ("Y-which-1-name", "Vikar AS")]
        )
        for name, value in fields.items():
            posted.setlist(name, value if isinstance(value, list) else [value])
        for name, content in sent:
            posted.add(name, FileStorage(io.BytesIO(content), "new.pdf"))
        boundary, body = encode_multipart(posted)
        content_type = f"multipart/form-data; boundary={boundary}"
        return visitor.client.post(visitor.home + self.WORK, data=body, content_type=content_type)

    def test_last_years_files_can_be_looked_at_before_they_are_confirmed(self, visitor: Visitor) -> None:
        page = visitor.get(self.WORK).text
        links = re.findall(r'href="([^"]+/files/[^"]+)">([^<]+)</a>', page)
        assert sorted(name for _, name in links) == ["licence.pdf", "policy.pdf"]
        assert all(visitor.client.get(address).status_code == 200 for address, _ in links)

    def test_a_neighbour_cannot_look_at_them(
        self, app: Flask, installation: Installation, make: Make, visitor: Visitor
    ) -> None:
        address = re.findall(r'href="([^"]+)/files/([^"]+)"', visitor.get(self.WORK).text)[0][1]
        neighbour = Visitor(app, installation, make.invitation(make.request(make.campaign(keys=("yearly",))))).open()
        assert neighbour.get(f"/files/{address}").status_code == 404

    def test_confirming_takes_the_files_along(self, visitor: Visitor, make: Make, assessment: Assessment) -> None:
        assert self.send(visitor, confirm=["Y-policy", "Y-licence"], go="leave").status_code == 303
        answers = stored(make, assessment.id)
        assert [file["name"] for file in answers["Y-policy#documents"]] == ["policy.pdf"]
        assert [file["name"] for file in answers["Y-licence"]] == ["licence.pdf"]
        assert files(make, assessment) == {"Y-policy#documents": "policy.pdf", "Y-licence": "licence.pdf"}
        page = visitor.get(self.WORK).text
        assert told(page) == ["Confirmed", "Confirmed"]
        assert page.count('name="remove"') == 2

    def test_another_file_is_a_change_and_last_years_can_still_be_used(
        self, visitor: Visitor, make: Make, assessment: Assessment
    ) -> None:
        answer = self.send(visitor, ("Y-licence", PDF), confirm=["Y-policy", "Y-agency"], go="next")
        assert answer.status_code == 303, "the licence is not left: another one came"
        assert [file["name"] for file in stored(make, assessment.id)["Y-licence"]] == ["new.pdf"]
        keep = re.findall(r'name="keep" value="(Y-licence [0-9a-f]{64})"', visitor.get(self.WORK).text)
        assert self.send(visitor, keep=keep[0]).headers["Location"].endswith("#Y-licence")
        names = [file["name"] for file in stored(make, assessment.id)["Y-licence"]]
        assert names == ["new.pdf", "licence.pdf"]

    def test_a_changed_answer_leaves_the_documents_to_be_used_or_not(
        self, visitor: Visitor, make: Make, assessment: Assessment
    ) -> None:
        self.send(visitor, **{"Y-policy": "no", "go": "leave"})
        assert stored(make, assessment.id) == {"Y-policy": "no"}
        assert "Files of last year that you can use again" in visitor.get(self.WORK).text

    @pytest.mark.parametrize("go", ["confirm", "next"])
    def test_what_hangs_on_a_confirmed_answer_is_asked_and_neither_confirmed_nor_demanded_unseen(
        self, visitor: Visitor, make: Make, assessment: Assessment, go: str
    ) -> None:
        answer = self.send(visitor, go=go, confirm=["Y-policy", "Y-licence", "Y-agency", "Y-award"])
        assert answer.headers["Location"].endswith("#Y-which")
        assert "Y-which" not in stored(make, assessment.id)
        assert 'value="Hire AS"' in visitor.get(self.WORK).text
        self.send(visitor, go="leave", confirm="Y-which")
        assert stored(make, assessment.id)["Y-which"] == [{"name": "Hire AS", "people": 4}, {"name": "Vikar AS"}]

    def test_files_do_not_come_along_with_a_colleagues_other_answer(
        self, visitor: Visitor, make: Make, assessment: Assessment
    ) -> None:
        was = dict(re.findall(r'name="(was-[^"]+)" value="([0-9a-f]{16})"', visitor.get(self.WORK).text))
        visitor.answer(f"{self.WORK}/answer", {"Y-policy": "no"})
        assert self.send(visitor, go="confirm", **was).status_code == 422
        answers = stored(make, assessment.id)
        assert answers["Y-policy"] == "no"
        assert "Y-policy#documents" not in answers
        assert "Y-licence" in answers

    def test_a_box_is_never_ticked_for_the_reader(self, visitor: Visitor, make: Make, assessment: Assessment) -> None:
        page = check(visitor.get("/yearly/code"))
        assert "You confirmed this in your declaration of" in page
        assert " checked" not in page
        assert 'name="confirm"' not in page
        left = {"on_page": "Y-terms", "proposed": "Y-terms", "go": "next"}
        assert SENTENCE in visitor.post("/yearly/code", fields=left).text
        assert stored(make, assessment.id) == {}, "an empty box that was empty is no answer taken away"
        visitor.post("/yearly/code", fields={**left, "Y-terms": "yes"})
        assert stored(make, assessment.id) == {"Y-terms": True}

    def test_the_button_for_the_page_ticks_a_box_whose_text_is_the_same(
        self, visitor: Visitor, make: Make, assessment: Assessment
    ) -> None:
        shown = {"on_page": ["Y-code", "Y-terms"], "proposed": "Y-terms", "go": "confirm"}
        visitor.post("/yearly/code", fields=shown)
        assert stored(make, assessment.id) == {"Y-terms": True}

    def test_what_changed_in_the_code_is_shown_word_by_word(self, visitor: Visitor) -> None:
        page = check(visitor.get("/yearly/code"))
        assert "POL039, version 5. In force from 15 January 2027. Adopted by: The board." in page
        words = re.sub(r"<[^>]+>", "", page)
        assert "Follow [removed: the] [added: every] law of the land." in words
        assert "<del>" in page
        assert "<ins>" in page
        for fate in ("New clause", "Removed clause", "Changed clause", "One clause is as it was."):
            assert fate in page
        assert "Read the whole new text" in page

    def test_a_signature_by_name_is_never_proposed(self, visitor: Visitor) -> None:
        page = visitor.get("/yearly/name").text
        assert 'value="Kari Prøve"' not in page
        assert "Name: Kari Prøve" in page
        assert 'name="confirm"' not in page
