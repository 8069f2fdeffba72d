"""Answering without JavaScript, and the saving of single answers that the script asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Answer, Assessment, Invitation, InvitationRole, Return
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor

HR = "/human-rights"
CHILDREN = f"{HR}/child-labour"


def stored(session: Session, questionnaire: str = "human-rights") -> dict[str, Any]:
    query = sa.select(Answer.question, Answer.value).join(Assessment).where(Assessment.questionnaire == questionnaire)
    found = {row.question: row.value for row in session.execute(query)}
    session.rollback()
    return found


def assessment_of(asked: Invitation, questionnaire: str = "human-rights") -> Assessment:
    return next(one for one in asked.request.assessments if one.questionnaire == questionnaire)


def send_back(make: Make, assessment: Assessment, question: str, now: datetime) -> None:
    make.declaration(assessment)
    make.session.add(
        Return(
            assessment=assessment, question=question, reason="Which agency holds them?", due_on=date(2027, 1, 31),
            returned_at=now, returned_by=make.user(),
        )
    )  # fmt: skip
    make.session.commit()


def test_every_section_that_is_asked_opens(app: Flask, installation: Installation, make: Make) -> None:
    everything = make.invitation(make.request(make.campaign(keys=installation.catalogue.keys())))
    visitor = Visitor(app, installation, everything).open()
    for questionnaire in installation.catalogue.all():
        for section in questionnaire.sections:
            page = visitor.get(f"/{questionnaire.key}/{section.id}")
            assert page.status_code in {200, 303}
            if page.status_code == 200:
                assert page.text.count("<h1") == 1


def test_a_page_is_saved_and_leads_to_the_next(visitor: Visitor, session: Session) -> None:
    answer = visitor.answer(CHILDREN, {"HR-18": "17", "HR-19": "yes", "go": "next"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/human-rights/freedom-of-association")
    assert stored(session) == {"HR-18": 17, "HR-19": "yes"}
    assert 'value="17"' in visitor.get(CHILDREN).text


def test_saving_and_leaving_leads_to_the_overview(visitor: Visitor) -> None:
    assert visitor.answer(CHILDREN, {"HR-18": "17", "go": "leave"}).headers["Location"] == visitor.home


def test_valid_answers_are_kept_and_wrong_ones_shown_as_they_were_typed(visitor: Visitor, session: Session) -> None:
    page = visitor.answer(CHILDREN, {"HR-18": "about <17>", "HR-19": "yes", "go": "next"})
    assert page.status_code == 422
    assert 'value="about &lt;17&gt;"' in page.text
    assert "Write a whole number" in page.text
    assert 'id="error-summary"' in page.text
    assert 'href="#HR-18"' in page.text
    assert "<title>Error: " in page.text
    assert stored(session) == {"HR-19": "yes"}


def test_an_emptied_answer_is_taken_away_and_others_stay(visitor: Visitor, session: Session) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17", "HR-19": "yes"})
    visitor.answer(CHILDREN, {"HR-18": ""})
    assert stored(session) == {"HR-19": "yes"}


def test_a_follow_up_that_an_answer_opens_is_shown_at_once(visitor: Visitor) -> None:
    path = f"{HR}/health-and-safety"
    hidden = visitor.get(path).text
    assert 'id="HR-38" tabindex="-1" data-question hidden' in hidden
    answer = visitor.answer(path, {"HR-38-any": "yes", "go": "next"})
    assert answer.headers["Location"].endswith(f"{path}#HR-38")
    shown = visitor.get(path).text
    assert 'id="HR-38" tabindex="-1" data-question hidden' not in shown
    assert visitor.answer(path, {"HR-38-any": "yes", "go": "next"}).headers["Location"].endswith("/communities")


def test_a_comment_that_an_answer_calls_for_is_shown_at_once(visitor: Visitor, session: Session) -> None:
    path = f"{HR}/governance"
    answer = visitor.answer(path, {"HR-01": "no", "go": "next"})
    assert answer.headers["Location"].endswith(f"{path}#HR-01")
    visitor.answer(path, {"HR-01": "no", "HR-01_comment": "Next year.\r\n", "go": "next"})
    assert stored(session) == {"HR-01": "no", "HR-01#comment": "Next year."}


def test_a_table_gets_more_rows_and_keeps_what_is_in_it(visitor: Visitor, session: Session) -> None:
    path = f"{HR}/due-diligence"
    row = {"HR-06-7-name": "Plant 1", "HR-06-7-country": "CN", "HR-06-7-activity": "Moulding", "HR-06-7-workers": "120"}
    answer = visitor.post(path, fields={"on_page": "HR-06", **row, "add_row": "HR-06"})
    assert answer.headers["Location"].endswith("?more=HR-06#HR-06")
    page = visitor.client.get(answer.headers["Location"]).text
    assert page.count('-workers" aria-labelledby') == 1 + 5 + 1  # filled, empty, and the script's template
    assert stored(session)["HR-06"] == [{"name": "Plant 1", "country": "CN", "activity": "Moulding", "workers": 120}]


def test_a_half_written_row_is_shown_again_with_room_for_more(visitor: Visitor) -> None:
    fields = {"on_page": "HR-06", "HR-06-3-name": "Plant 1", "add_row": "HR-06"}
    page = visitor.post(f"{HR}/due-diligence", fields=fields)
    assert page.status_code == 422
    assert "Row 1, Country: Fill in this cell." in page.text
    assert 'value="Plant 1" name="HR-06-1-name"' in page.text


def test_one_answer_is_saved_when_the_script_asks(visitor: Visitor, session: Session) -> None:
    answer = visitor.answer(f"{CHILDREN}/answer", {"HR-18": "17"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["saved"] is True
    assert answer.json["progress"] == "1 of 44 questions answered"
    assert answer.json["asked"] == ["HR-18", "HR-19", "HR-20", "HR-21"]
    assert stored(session) == {"HR-18": 17}


def test_a_wrong_answer_is_explained_to_the_script(visitor: Visitor, session: Session) -> None:
    answer = visitor.answer(f"{CHILDREN}/answer", {"HR-18": "seventeen"}).json
    assert answer is not None
    assert answer["saved"] is False
    assert answer["errors"] == {"HR-18": "Write a whole number with digits only, for example 25."}
    assert stored(session) == {}


def test_the_script_learns_which_questions_are_asked_now(visitor: Visitor) -> None:
    path = f"{HR}/health-and-safety/answer"
    for code, is_asked in (("yes", True), ("no", False)):
        answer = visitor.answer(path, {"HR-38-any": code}).json
        assert answer is not None
        assert ("HR-38" in answer["asked"]) is is_asked


def test_an_answer_to_nothing_is_not_called_saved(visitor: Visitor) -> None:
    answer = visitor.post(f"{CHILDREN}/answer", fields={"HR-18": "17"}).json
    assert answer is not None
    assert answer["saved"] is False


def test_what_is_missing_is_linked_on_the_overview(visitor: Visitor) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17"})
    page = visitor.get().text
    assert "Not sent yet." in page
    assert "1 of 44 questions answered" in page
    assert f'href="{visitor.home}/human-rights/child-labour#HR-19"' in page
    assert "Review and sign" not in page


def test_the_questionnaires_address_leads_to_what_is_missing(visitor: Visitor) -> None:
    assert visitor.get(HR).headers["Location"].endswith("/human-rights/governance")
    visitor.answer(f"{HR}/governance", {"HR-01": "yes", "HR-03": "yes", "HR-04": "100"})
    assert visitor.get(HR).headers["Location"].endswith("/human-rights/due-diligence#HR-05")


def test_a_ready_questionnaire_leads_to_the_signature(app: Flask, installation: Installation, make: Make) -> None:
    asked = make.invitation(make.request(make.campaign(keys=("code-of-conduct",))))
    make.answers(
        asked.request.assessments[0],
        {"CC-01": True, "CC-02": "accept", "CC-06": "Li Wei, director", "CC-07": "yes"},
    )
    page = Visitor(app, installation, asked).open().get().text
    assert "Ready to sign" in page
    assert f'href="/r/{asked.request_id}/sign"' in page


def test_a_signed_questionnaire_is_read_only(visitor: Visitor, make: Make, asked: Invitation, session: Session) -> None:
    make.answers(assessment_of(asked), {"HR-18": 17})
    make.declaration(assessment_of(asked))
    page = visitor.get(CHILDREN)
    assert page.status_code == 200
    assert "Save and go on" not in page.text
    assert 'name="HR-18"' not in page.text
    assert "17\u00a0years" in page.text
    refused = visitor.answer(CHILDREN, {"HR-18": "15"})
    assert refused.status_code == 409
    assert "Already signed" in refused.text
    told = visitor.answer(f"{CHILDREN}/answer", {"HR-18": "15"})
    assert told.status_code == 409
    assert told.json is not None
    assert told.json["saved"] is False
    assert stored(session) == {"HR-18": 17}


def test_only_the_returned_question_can_be_changed(
    visitor: Visitor, make: Make, asked: Invitation, session: Session, now: datetime
) -> None:
    path = f"{HR}/forced-labour"
    make.answers(assessment_of(asked), {"HR-12": "us", "HR-14": "no"})
    send_back(make, assessment_of(asked), "HR-12", now)
    overview = visitor.get().text
    assert "Which agency holds them?" in overview
    assert f'href="{visitor.home}/human-rights/forced-labour#HR-12"' in overview
    page = visitor.get(path).text
    assert 'name="HR-12"' in page
    assert 'name="HR-14"' not in page
    assert visitor.answer(path, {"HR-12": "worker"}).status_code == 303
    assert visitor.answer(path, {"HR-14": "yes"}).status_code == 409
    assert stored(session) == {"HR-12": "worker", "HR-14": "no"}


def test_a_reader_reads(app: Flask, installation: Installation, make: Make, session: Session) -> None:
    asked = make.invitation()
    asked.role = InvitationRole.READER
    reader = Visitor(app, installation, asked).open()
    page = reader.get(CHILDREN)
    assert "but not change them" in page.text
    assert reader.answer(CHILDREN, {"HR-18": "17"}).status_code == 409
    assert stored(session) == {}


@pytest.mark.parametrize("path", ["", CHILDREN, HR, "/wrong-person", "/nothing", f"{HR}/nothing"])
def test_another_suppliers_pages_are_not_there(
    app: Flask, installation: Installation, make: Make, visitor: Visitor, path: str
) -> None:
    neighbour = Visitor(app, installation, make.invitation(make.request())).open()
    assert neighbour.client.get(visitor.home + path).status_code == 404


@pytest.mark.parametrize("path", [CHILDREN, f"{CHILDREN}/answer", "/leave", "/wrong-person"])
def test_another_suppliers_answers_cannot_be_changed(
    app: Flask, installation: Installation, make: Make, visitor: Visitor, session: Session, path: str
) -> None:
    neighbour = Visitor(app, installation, make.invitation(make.request())).open()
    fields = {"on_page": "HR-18", "HR-18": "9"}
    assert neighbour.client.post(visitor.home + path, data=fields).status_code == 404
    assert stored(session) == {}
    assert visitor.get().status_code == 200


def test_what_is_not_asked_of_this_supplier_is_not_there(app: Flask, installation: Installation, make: Make) -> None:
    asked = make.invitation(make.request(make.campaign(keys=("code-of-conduct",))))
    assert Visitor(app, installation, asked).open().get(CHILDREN).status_code == 404
