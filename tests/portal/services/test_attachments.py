"""Files given as answers are what they say they are, and are kept under their hash."""

from __future__ import annotations

import hashlib
import re
import warnings
from datetime import datetime
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import MAXIMUM_UPLOAD_BYTES
from portal.installation import Installation
from portal.models import Assessment, Attachment, LedgerEvent
from portal.services import assessments, attachments
from portal.services.assessments import NotEditable
from portal.services.attachments import FileRefused, Upload
from portal.services.uploads import examine, plain_name
from questionnaires.answers import AnswerError
from questionnaires.model import Question
from tests.factories import Make
from tests.portal.uploads import JPEG, PARTS, PDF, PNG, WEBP, link_entry, workbook

XLSX = workbook()
MANY = workbook(extra=[(f"xl/{number}.xml", b"") for number in range(2_001)])
BOMB = workbook(extra=[("xl/sheet.xml", b"0" * 3_000_000)])


@pytest.fixture
def assessment(make: Make) -> Assessment:
    return make.request(make.campaign(keys=("code-of-conduct",))).assessments[0]


@pytest.fixture
def question(installation: Installation) -> Question:
    """Up to three PDFs."""
    return installation.catalogue.newest("code-of-conduct").question("CC-03")


def attach(
    session: Session, installation: Installation, assessment: Assessment, question: Question, now: datetime,
    name: str = "Code 行为准则.pdf", content: bytes = PDF,
) -> Attachment:  # fmt: skip
    upload = Upload(name, content)
    return attachments.attach(session, installation.store, assessment, question.file_slots[0], upload, None, now)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("b.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("c.png", PNG, "image/png"),
        ("d.jpg", JPEG, "image/jpeg"),
        ("d.jpeg", JPEG, "image/jpeg"),
        ("e.webp", WEBP, "image/webp"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name: str, content: bytes, media_type: str) -> None:
    assert examine(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", PDF + b" " * MAXIMUM_UPLOAD_BYTES, "too_large"),
        ("a.pdf", b"\n" + PDF, "unknown_kind"),
        ("a.pdf", PDF.replace(b"%%EOF", b""), "damaged"),
        ("a.pdf", PDF + b" " * 3_000, "damaged"),
        ("a.pdf", XLSX, "other_kind"),
        ("a.pdf", PDF + XLSX, "other_kind"),
        ("a.exe", b"MZ\x90\x00", "unknown_kind"),
        ("a.html", b"<html><script>alert(1)</script>", "unknown_kind"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_kind"),
        ("a", PDF, "unknown_kind"),
        ("a.png", JPEG, "other_kind"),
        ("a.png", PNG + XLSX, "other_kind"),
        ("a.png", PNG + PDF, "other_kind"),
        ("a.gif", b"GIF89a" + b"\0" * 20, "unknown_kind"),
        ("a.xlsx", b"PK\x03\x04 and no more", "damaged"),
        ("a.xlsx", XLSX[:-30], "damaged"),
        ("a.xlsx", workbook({"word/document.xml": b""}), "other_kind"),
        ("a.xlsx", workbook(extra=[("xl/vbaProject.bin", b"x")]), "macros"),
        ("a.xlsx", workbook(extra=[("../../etc/passwd", b"x")]), "unsafe"),
        ("a.xlsx", workbook(extra=[("/etc/passwd", b"x")]), "unsafe"),
        ("a.xlsx", workbook(extra=[("xl\\..\\x", b"x")]), "unsafe"),
        ("a.xlsx", workbook(extra=[(link_entry(), b"/etc/passwd")]), "unsafe"),
        ("a.xlsx", MANY, "unsafe"),
        ("a.xlsx", BOMB, "unsafe"),
    ],
)
def test_a_file_that_is_not_is_refused_in_both_languages(name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        examine(name, content)
    assert refused.value.code == code
    assert name in refused.value.message("en")
    assert refused.value.message("en") != refused.value.message("nb")


def test_a_workbook_that_names_a_part_twice_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of what the test is about
        twice = workbook(extra=[("xl/workbook.xml", b"other")])
    with pytest.raises(FileRefused, match="unsafe"):
        examine("a.xlsx", twice)


def test_a_workbook_behind_a_password_is_refused() -> None:
    locked = bytearray(workbook(PARTS))
    for found in re.finditer(b"PK\x01\x02", bytes(locked)):
        locked[found.start() + 8] |= 1
    with pytest.raises(FileRefused, match="protected"):
        examine("a.xlsx", bytes(locked))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\li\\行为准则.pdf", "行为准则.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("gnp\u202efdp.pdf", "gnpfdp.pdf"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
        (".pdf", "file.pdf"),
        ("\0\0", "file.pdf"),
        ("…/", "file.pdf"),
    ],
)
def test_a_name_is_kept_as_one_clean_line(written: str, kept: str) -> None:
    assert plain_name(written, PDF) == kept


def test_a_file_is_stored_under_its_hash_and_becomes_the_answer(
    session: Session, installation: Installation, assessment: Assessment, question: Question, now: datetime
) -> None:
    attachment = attach(session, installation, assessment, question, now)
    digest = hashlib.sha256(PDF).hexdigest()
    assert (attachment.sha256, attachment.filename, attachment.size) == (digest, "Code 行为准则.pdf", len(PDF))
    assert installation.store.get(digest) == PDF
    answer = [{"sha256": digest, "name": "Code 行为准则.pdf", "size": len(PDF), "media_type": "application/pdf"}]
    assert assessments.answers_of(assessment) == {"CC-03": answer}
    assert attachments.present(session, assessment) == {f"CC-03 {digest}": attachment.id}


def test_a_removed_file_leaves_the_answer_and_stays_in_the_store(
    session: Session, installation: Installation, assessment: Assessment, question: Question, now: datetime
) -> None:
    first = attach(session, installation, assessment, question, now)
    second = attach(session, installation, assessment, question, now, "other.pdf", PDF + b"\n")
    for _ in range(2):
        attachments.remove(session, assessment, first, None, now)
    (left,) = cast("list[dict[str, str]]", assessments.answers_of(assessment)["CC-03"])
    assert left["name"] == "other.pdf"
    attachments.remove(session, assessment, second, None, now)
    assert assessments.answers_of(assessment) == {}
    assert installation.store.has(first.sha256)
    deeds = list(session.scalars(sa.select(LedgerEvent.deed).order_by(LedgerEvent.seq)))
    assert deeds == ["attachment:uploaded"] * 2 + ["attachment:removed"] * 2


@pytest.mark.parametrize(("name", "content", "code"), [("a.png", PNG, "wrong_kind"), ("again.pdf", PDF, "same_file")])
def test_the_question_says_which_files_it_wants(
    session: Session, installation: Installation, assessment: Assessment, question: Question, now: datetime,
    name: str, content: bytes, code: str,
) -> None:  # fmt: skip
    attach(session, installation, assessment, question, now)
    with pytest.raises(AnswerError) as refused:
        attach(session, installation, assessment, question, now, name, content)
    assert refused.value.code == code
    assert session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 1


def test_a_signed_questionnaire_takes_no_files(
    session: Session, make: Make, installation: Installation, assessment: Assessment, question: Question, now: datetime
) -> None:
    make.declaration(assessment)
    session.refresh(assessment)
    with pytest.raises(NotEditable):
        attach(session, installation, assessment, question, now)


def test_a_file_is_found_within_its_request_only(
    session: Session, make: Make, installation: Installation, assessment: Assessment, question: Question, now: datetime
) -> None:
    attachment = attach(session, installation, assessment, question, now)
    session.commit()
    other = make.request()
    assert attachments.find(session, assessment.request_id, attachment.id) is attachment
    assert attachments.find(session, other.id, attachment.id) is None
