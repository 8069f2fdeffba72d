"""A supplier uploads a workbook, reads what was found, mends or explains it, and takes answers from it."""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from portal.installation import Installation
from portal.models import Answer, Attachment, Invitation, MineralsWorkbook, SmelterMention
from tests.factories import Make
from tests.portal.services.test_minerals_workbooks import ANSWERS, CLEAN, CONTRADICTORY
from tests.portal.uploads import PDF, workbook
from tests.portal.web.pages import check
from tests.portal.web.supplier.visiting import Visitor
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, build, smelter

SECTION, REPORT = "/conflict-minerals/policy-and-file", "/workbooks/conflict-minerals"
LEFT_OPEN = ("TG-04-tin", "TG-05-tin", "TG-08", "TG-08#comment")


@pytest.fixture
def asked(make: Make) -> Invitation:
    """All is answered but a few questions and the file."""
    request = make.request(make.campaign(keys=("conflict-minerals",)))
    make.answers(request.assessments[0], {key: value for key, value in ANSWERS.items() if key not in LEFT_OPEN})
    return make.invitation(request)


def send(
    visitor: Visitor, path: str, field: str, content: bytes, name: str = "cmrt.xlsx", **fields: Any
) -> TestResponse:
    sent = MultiDict(fields)
    sent.add(field, FileStorage(io.BytesIO(content), name))
    boundary, body = encode_multipart(sent)
    return visitor.client.post(visitor.home + path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def upload(visitor: Visitor, content: bytes, name: str = "cmrt.xlsx") -> TestResponse:
    return send(visitor, SECTION, "TG-10", content, name, on_page="TG-10", upload="TG-10")


def rows(session: Session) -> list[MineralsWorkbook]:
    found = list(session.scalars(sa.select(MineralsWorkbook)))
    session.expunge_all()
    session.rollback()
    return found


def answers(session: Session) -> dict[str, Any]:
    found = {each.question: each.value for each in session.scalars(sa.select(Answer))}
    session.rollback()
    return found


def test_the_report_comes_at_once_and_holds_up_the_signature_until_the_file_is_mended(
    visitor: Visitor, session: Session
) -> None:
    sent = upload(visitor, CONTRADICTORY)
    assert sent.headers["Location"] == visitor.home + REPORT
    page = html.unescape(check(visitor.get(REPORT)))
    assert page.index("To be mended or explained") < page.index("The workbook and your answers")
    assert "The smelter list has gold (rows: 1), but question 1 says “No” for gold." in page
    assert "“Gold” is ticked, but CMRT 6.6.1 says “No” (Declaration!D28)." in page
    assert "Look at what was found" in visitor.get("/sign").text
    assert REPORT in visitor.get().text
    (old,) = rows(session)
    mended = send(visitor, f"{REPORT}/{old.attachment_id}", "file", CLEAN)
    assert mended.headers["Location"] == visitor.home + REPORT
    (new,) = rows(session)
    assert (new.unexplained, [file["sha256"] for file in answers(session)["TG-10"]]) == (0, [new.sha256])
    assert "Nothing here keeps you from signing." in check(visitor.get(REPORT))


def test_an_explanation_is_kept_and_goes_on_with_the_next_file(visitor: Visitor, session: Session) -> None:
    upload(visitor, CONTRADICTORY)
    (row,) = rows(session)
    explained = visitor.post(f"{REPORT}/{row.attachment_id}/explain", fields={"explain-M2a": "Listed by mistake."})
    assert explained.status_code == 303
    assert "Listed by mistake." in check(visitor.get(REPORT))
    gold = [smelter(line) for line in SMELTERS_KNOWN[:5]]
    send(visitor, f"{REPORT}/{row.attachment_id}", "file", build(smelters=gold, answers={"used": "No"}, version="6.5"))
    (new,) = rows(session)
    assert (new.version, new.explanations) == ("6.5", {"M2a": "Listed by mistake."})


def test_answers_are_taken_from_the_workbook_by_one_press(visitor: Visitor, session: Session) -> None:
    upload(visitor, CONTRADICTORY)
    page = html.unescape(check(visitor.get(REPORT)))
    assert "Take these 3 answers" in page
    visitor.post(REPORT + "/answers", fields={"take": "proposed"})
    now = answers(session)
    assert (now["TG-04-tin"], now["TG-05-tin"], now["TG-08"]) == ("yes", "100", "yes")
    assert now["TG-08#comment"] == "https://bjork.example/policy"
    assert "gold" in now["TG-01"]
    visitor.post(REPORT + "/answers", fields={"take": "TG-01"})
    assert "gold" not in answers(session)["TG-01"]


def test_a_question_shows_what_the_workbook_says(visitor: Visitor, session: Session) -> None:
    upload(visitor, CONTRADICTORY)
    page = html.unescape(check(visitor.get("/conflict-minerals/mineral-tin")))
    assert "CMRT 6.6.1 says “100%” (Declaration!D57)." in page
    taken = visitor.post("/conflict-minerals/mineral-tin", fields={"take": "TG-05-tin"})
    assert taken.headers["Location"].endswith("/mineral-tin#TG-05-tin")
    assert answers(session)["TG-05-tin"] == "100"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("a.pdf", PDF, "This is a PDF file, not a workbook."), ("a.xlsx", workbook(), "The workbook cannot be read.")],
)
def test_what_is_no_workbook_is_refused_as_such(
    visitor: Visitor, session: Session, name: str, content: bytes, sentence: str
) -> None:
    page = upload(visitor, content, name)
    assert page.status_code == 422
    assert sentence in html.unescape(page.text)
    assert (rows(session), "TG-10" in answers(session)) == ([], False)


def test_a_file_of_before_can_be_checked(visitor: Visitor, session: Session) -> None:
    upload(visitor, CONTRADICTORY)
    session.execute(sa.delete(SmelterMention))
    session.execute(sa.delete(MineralsWorkbook))
    session.commit()
    assert "Check the file" in check(visitor.get(REPORT))
    assert "The workbook is not in order" in visitor.get("/sign").text
    attachment_id = session.scalar(sa.select(Attachment.id))
    session.rollback()
    visitor.post(f"{REPORT}/{attachment_id}/read")
    assert [row.unexplained for row in rows(session)] == [1]


def test_a_neighbour_finds_nothing(
    visitor: Visitor, session: Session, make: Make, app: Flask, installation: Installation
) -> None:
    upload(visitor, CONTRADICTORY)
    (row,) = rows(session)
    other = make.invitation(make.request(make.campaign(keys=("conflict-minerals",))))
    neighbour = Visitor(app, installation, other).open()
    assert neighbour.get(REPORT).status_code == 200
    assert neighbour.post(f"{REPORT}/{row.attachment_id}/explain", fields={"explain-M2a": "x"}).status_code == 404
    assert send(neighbour, f"{REPORT}/{row.attachment_id}", "file", CLEAN).status_code == 404
    assert neighbour.get("/workbooks/human-rights").status_code == 404
    assert neighbour.client.get(visitor.home + REPORT).status_code in {404, 410}
