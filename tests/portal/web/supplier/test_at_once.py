"""All questions at once: files to take away, and a filled workbook that changes nothing unseen."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.clock import clock
from portal.installation import Installation
from portal.models import Deed, Invitation, InvitationRole, LedgerEvent
from portal.services.verifying_all import verify_all
from portal.services.workbook_child import read_sheets
from tests.factories import Make
from tests.portal.filled_workbooks import fill, saved
from tests.portal.pdf.test_document import text_of
from tests.portal.uploads import PDF, workbook
from tests.portal.web.pages import check
from tests.portal.web.supplier.test_answering import CHILDREN, assessment_of, send_back, stored
from tests.portal.web.supplier.visiting import Visitor

AT_ONCE = "/at-once/human-rights"


def download(visitor: Visitor, name: str = "answers.xlsx") -> bytes:
    answer = visitor.get(f"{AT_ONCE}/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=human-rights-2026-1")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    return bytes(answer.data)


def upload(visitor: Visitor, content: bytes, path: str = AT_ONCE, name: str = "filled.xlsx") -> TestResponse:
    return visitor.post(path, fields={"file": (io.BytesIO(content), name)})


def shown(visitor: Visitor, content: bytes) -> tuple[str, str]:
    """Upload a workbook; return the path of the page that shows the difference, and the page."""
    answer = upload(visitor, content)
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"].removeprefix(visitor.home)
    return path, check(visitor.get(path))


def take(visitor: Visitor, path: str, page: str, *chosen: str, **more: Any) -> TestResponse:
    was = dict(re.findall(r'name="(was-[^"]+)" value="([0-9a-f]{16})"', page))
    return visitor.post(path, fields={"take": list(chosen), **was, **more})


def imports(session: Session) -> list[dict[str, Any]]:
    events = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.ANSWERS_IMPORTED))
    found: list[dict[str, Any]] = [json.loads(event.record)["data"] for event in events]
    session.rollback()
    return found


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_page_and_the_overview_offer_the_files(visitor: Visitor, language: str) -> None:
    visitor.client.post("/language", data={"language": language})
    visitor.answer(CHILDREN, {"HR-18": "17"})
    for page in (check(visitor.get()), check(visitor.get(AT_ONCE))):
        for name in ("blank.pdf", "answers.pdf", "answers.xlsx"):
            assert f"{visitor.home}{AT_ONCE}/{name}" in page


def test_the_pdfs_say_what_they_are(visitor: Visitor) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17"})
    for name, words in (("blank.pdf", "to prepare answers on"), ("answers.pdf", "17 years")):
        text = text_of(download(visitor, name))
        assert words in text.replace("\u00a0", " ")
        assert "Not signed, and not a declaration." in text


def test_a_filled_workbook_is_shown_then_taken_over(visitor: Visitor, session: Session) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17", "HR-19": "yes"})
    cells = {
        "HR-18": 16,
        "HR-19": "no",
        "HR-01": "Partly",
        "HR-01#comment": "=SUM(A1) is missing.",
        "HR-08/home_workers": "x",
    }
    content = fill(download(visitor), cells, {"HR-06": [["Verk 1", "Gate 1", "Norge", "Sveising", 12]]})
    path, page = shown(visitor, content)
    assert stored(session) == {"HR-18": 17, "HR-19": "yes"}, "nothing is saved by looking"
    assert imports(session) == []
    assert re.findall(r'value="(HR-\d+)" checked', page) == ["HR-01", "HR-06", "HR-08"]
    assert [each for each in ("HR-18", "HR-19") if f'name="take" value="{each}">' in page] == ["HR-18", "HR-19"]
    assert "17\u00a0years" in page
    assert "16\u00a0years" in page

    answer = take(visitor, path, page, "HR-01", "HR-06", "HR-08", "HR-18")

    assert answer.headers["Location"] == visitor.home
    assert "4 answers were taken over." in visitor.get().text
    assert stored(session) == {
        "HR-18": 16,
        "HR-19": "yes",
        "HR-01": "partly",
        "HR-01#comment": "=SUM(A1) is missing.",
        "HR-06": [{"name": "Verk 1", "address": "Gate 1", "country": "NO", "activity": "Sveising", "workers": 12}],
        "HR-08": ["home_workers"],
    }
    assert imports(session) == [
        {"file_sha256": hashlib.sha256(content).hexdigest(), "answers_new": 3, "answers_changed": 1}
    ]
    parts = visitor.client.application.extensions["installation"]
    assert verify_all(parts.provable, clock()).faults == [], "the workbook that the record names is in the store"
    again = visitor.get(path).text
    assert 'value="HR-01"' not in again, "what was taken over is unchanged now"


def test_everything_can_be_taken_over_at_once(visitor: Visitor, session: Session) -> None:
    visitor.answer(CHILDREN, {"HR-18": "17"})
    path, page = shown(visitor, fill(download(visitor), {"HR-18": 15, "HR-19": "yes"}))
    take(visitor, path, page, everything="yes")
    assert stored(session) == {"HR-18": 15, "HR-19": "yes"}


def test_nothing_ticked_leaves_no_trace(visitor: Visitor, session: Session) -> None:
    path, page = shown(visitor, fill(download(visitor), {"HR-18": 15}))
    assert take(visitor, path, page).status_code == 303
    assert (stored(session), imports(session)) == ({}, [])


def test_wrong_cells_are_told_and_the_rest_is_taken(visitor: Visitor, session: Session) -> None:
    path, page = shown(visitor, fill(download(visitor), {"HR-18": "<b>many</b>", "HR-19": "yes"}))
    cell = re.search(r"<strong>(Answers!F\d+)</strong>", page)
    assert cell
    assert "Write a whole number" in page
    assert "<b>many" not in page
    take(visitor, path, page, "HR-19", "HR-18")
    assert stored(session) == {"HR-19": "yes"}


def test_answers_that_are_not_asked_are_told_and_left_out(visitor: Visitor, session: Session) -> None:
    cells = {"HR-01": "yes", "HR-01#comment": "Nothing.", "HR-45-any": "no", "HR-09": "No"}
    path, page = shown(visitor, fill(download(visitor), cells))
    left_out = page.partition('id="not-asked"')[2]
    assert "Nothing." in left_out
    assert "HR-09" in left_out
    take(visitor, path, page, everything="yes")
    assert stored(session) == {"HR-01": "yes", "HR-45-any": "no"}


def test_what_hangs_on_an_answer_that_is_not_chosen_is_left_out(visitor: Visitor, session: Session) -> None:
    path, page = shown(visitor, fill(download(visitor), {"HR-08/agencies": "x", "HR-09": "No"}))
    take(visitor, path, page, "HR-09")
    assert stored(session) == {}
    assert "One was left out" in visitor.get().text


def test_an_answer_given_meanwhile_is_not_overwritten_unseen(
    app: Flask, installation: Installation, asked: Invitation, visitor: Visitor, session: Session
) -> None:
    path, page = shown(visitor, fill(download(visitor), {"HR-18": 15, "HR-19": "yes"}))
    Visitor(app, installation, asked).open().answer(f"{CHILDREN}/answer", {"HR-18": "16"})

    answer = take(visitor, path, page, "HR-18", "HR-19")

    assert answer.status_code == 409
    text = check(answer)
    assert "Answered by somebody else since you looked" in text
    assert "16\u00a0years" in text
    assert re.findall(r'value="(HR-\d+)" checked', text) == ["HR-19"]
    assert (stored(session), imports(session)) == ({"HR-18": 16}, [])
    take(visitor, path, text, "HR-18", "HR-19")
    assert stored(session) == {"HR-18": 15, "HR-19": "yes"}


def test_only_questions_that_came_back_are_taken_once_signed(
    visitor: Visitor, make: Make, asked: Invitation, session: Session, now: datetime
) -> None:
    assessment = assessment_of(asked)
    make.answers(assessment, {"HR-18": 17, "HR-19": "yes"})
    send_back(make, assessment, "HR-18", now)
    path, page = shown(visitor, fill(download(visitor), {"HR-18": 18, "HR-19": "no", "HR-04": "40 %"}))
    closed = page.partition('id="signed-already"')[2]
    assert "HR-19" in closed
    assert "HR-04" in closed
    take(visitor, path, page, "HR-18", "HR-19", "HR-04")
    assert stored(session) == {"HR-18": 18, "HR-19": "yes"}


def test_after_signing_nothing_is_taken(visitor: Visitor, make: Make, asked: Invitation, session: Session) -> None:
    content = fill(download(visitor), {"HR-18": 18})
    path, page = shown(visitor, content)
    make.declaration(assessment_of(asked))
    assert upload(visitor, content).status_code == 409
    assert visitor.get(path).status_code == 409
    take(visitor, path, page, "HR-18")
    assert (stored(session), imports(session)) == ({}, [])
    assert 'type="file"' not in check(visitor.get(AT_ONCE))


def test_a_reader_downloads_and_uploads_nothing(visitor: Visitor, asked: Invitation, session: Session) -> None:
    content = fill(download(visitor), {"HR-18": 18})
    path, page = shown(visitor, content)
    asked.role = InvitationRole.READER
    session.commit()
    assert download(visitor)
    assert 'type="file"' not in check(visitor.get(AT_ONCE))
    assert upload(visitor, content).status_code == 409
    take(visitor, path, page, "HR-18")
    assert stored(session) == {}


def _another_edition(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["Form"]["B3"] = "2025-1"
    return saved(book)


def _bomb() -> bytes:
    return workbook({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"0" * 50_000_000})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first."),
        (PDF, "cannot be read as an Excel workbook"),
        (b"PK\x03\x04 nothing", "cannot be read as an Excel workbook"),
        (workbook(), "cannot be read as an Excel workbook"),
        (_bomb(), "too large"),
        (workbook(extra=[("xl/vbaProject.bin", b"x")]), "has macros"),
        (workbook(extra=[("../../etc/passwd", b"x")]), "spreadsheet programs do not write"),
        (saved(openpyxl.Workbook()), "not the workbook of the form"),
    ],
    ids=["nothing", "pdf", "rubbish", "empty package", "bomb", "macros", "unsafe", "another workbook"],
)
def test_hostile_and_wrong_files_are_refused_with_a_sentence(visitor: Visitor, content: bytes, words: str) -> None:
    answer = upload(visitor, content)
    assert answer.status_code == 422
    assert words in check(answer)


def test_workbooks_of_other_forms_are_refused_with_a_sentence(
    app: Flask, installation: Installation, visitor: Visitor, make: Make
) -> None:
    neighbour = Visitor(app, installation, make.invitation(make.request(supplier=make.supplier("Other AS")))).open()
    other_questionnaire = visitor.get("/at-once/code-of-conduct/answers.xlsx").data
    for content, words in (
        (other_questionnaire, "of another questionnaire"),
        (_another_edition(download(visitor)), "another edition"),
        (download(neighbour), "another request"),
    ):
        answer = upload(visitor, content)
        assert answer.status_code == 422
        assert words in check(answer)


def test_a_ticket_is_for_its_owner_and_its_questionnaire_alone(
    app: Flask, installation: Installation, visitor: Visitor, make: Make, session: Session
) -> None:
    path, page = shown(visitor, fill(download(visitor), {"HR-18": 18}))
    ticket = path.rpartition("/")[2]
    neighbour = Visitor(app, installation, make.invitation(make.request(supplier=make.supplier("Other AS")))).open()
    for reader, at, status in (
        (neighbour, f"{AT_ONCE}/{ticket}", 410),
        (visitor, f"{AT_ONCE}/{ticket[:-3]}abc", 410),
        (visitor, f"/at-once/code-of-conduct/{ticket}", 422),
    ):
        assert reader.get(at).status_code == status
        assert take(reader, at, page, "HR-18").status_code == status
    assert neighbour.client.get(f"{visitor.home}{AT_ONCE}/answers.xlsx").status_code == 404
    assert visitor.get("/at-once/unknown").status_code == 404
    assert stored(session) == {}


def test_the_norwegian_workbook_is_read_as_well(visitor: Visitor, session: Session) -> None:
    visitor.client.post("/language", data={"language": "nb"})
    content = download(visitor)
    assert {"Les meg", "Svar", "Skjema", "HR-06"} <= read_sheets(content).keys()
    path, page = shown(visitor, fill(content, {"HR-01": "Ja", "HR-19": "nei", "HR-04": "12,5 %"}))
    take(visitor, path, page, everything="yes")
    assert stored(session) == {"HR-01": "yes", "HR-19": "no", "HR-04": "12.5"}
