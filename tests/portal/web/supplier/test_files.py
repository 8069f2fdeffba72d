"""Files come with a section's form, and go out as downloads to those who uploaded them."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from portal.config import MAXIMUM_UPLOAD_BYTES
from portal.installation import Installation
from portal.models import Answer, Attachment, Invitation
from tests.factories import Make
from tests.portal.uploads import PDF, PNG
from tests.portal.web.supplier.visiting import Visitor

PAGE = "/code-of-conduct/own-code"


@pytest.fixture
def visitor(visitor: Visitor) -> Visitor:
    """A supplier with a code of its own, which is to be uploaded."""
    visitor.answer("/code-of-conduct/commitment", {"CC-02": "own"})
    return visitor


def upload(visitor: Visitor, *files: tuple[str, bytes], **fields: Any) -> TestResponse:
    sent = MultiDict({"on_page": "CC-03", **fields})
    for name, content in files:
        sent.add("CC-03", FileStorage(io.BytesIO(content), name))
    boundary, body = encode_multipart(sent)
    return visitor.client.post(visitor.home + PAGE, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def attachments(session: Session) -> list[Attachment]:
    found = list(session.scalars(sa.select(Attachment).order_by(Attachment.filename)))
    for attachment in found:
        session.expunge(attachment)
    session.rollback()
    return found


def answer(session: Session) -> Any:
    value = session.scalar(sa.select(Answer.value).where(Answer.question == "CC-03"))
    session.rollback()
    return value


def test_a_file_is_uploaded_shown_and_downloaded(visitor: Visitor, session: Session) -> None:
    sent = upload(visitor, ("Code 行为准则.pdf", PDF), upload="CC-03")
    assert sent.headers["Location"].endswith(f"{PAGE}#CC-03")
    (attachment,) = attachments(session)
    page = visitor.get(PAGE).text
    assert "Code 行为准则.pdf" in page
    assert f'href="{visitor.home}/files/{attachment.id}"' in page
    file = visitor.get(f"/files/{attachment.id}")
    assert file.data == PDF
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''Code%20%E8%A1%8C" in file.headers["Content-Disposition"]
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_several_files_come_at_once_and_one_goes(visitor: Visitor, session: Session) -> None:
    assert upload(visitor, ("a.pdf", PDF), ("b.pdf", PDF + b"\n"), upload="CC-03").status_code == 303
    first, second = attachments(session)
    removed = visitor.post(PAGE, fields={"on_page": "CC-03", "remove": f"CC-03 {first.id}"})
    assert removed.headers["Location"].endswith(f"{PAGE}#CC-03")
    assert [file["sha256"] for file in answer(session)] == [second.sha256]
    assert visitor.get(f"/files/{first.id}").status_code == 200


def test_a_file_that_cannot_be_taken_is_explained_and_the_rest_of_the_page_is_saved(
    visitor: Visitor, session: Session
) -> None:
    page = upload(visitor, ("a.pdf", PNG), **{"on_page": ["CC-03", "CC-05"], "CC-05": "Li Wei"}, go="next")
    assert page.status_code == 422
    assert "“a.pdf” is named as one kind of file" in page.text
    assert (attachments(session), answer(session)) == ([], None)


def test_a_kind_that_the_question_does_not_want_is_refused(visitor: Visitor, session: Session) -> None:
    page = upload(visitor, ("a.png", PNG), upload="CC-03")
    assert page.status_code == 422
    assert "Upload a PDF" in page.text
    assert attachments(session) == []


def test_the_largest_file_is_taken_and_a_larger_one_is_explained(visitor: Visitor, session: Session) -> None:
    largest = PDF + b" " * (MAXIMUM_UPLOAD_BYTES - len(PDF) - 5) + b"%%EOF"
    assert upload(visitor, ("large.pdf", largest)).status_code == 303
    page = upload(visitor, ("larger.pdf", largest + b" "))
    assert page.status_code == 422
    assert "larger than 25 MB" in page.text
    refused = upload(visitor, ("huge.pdf", largest + b" " * 3_000_000))
    assert refused.status_code == 413
    assert "25 MB at most" in refused.text
    assert f'href="{visitor.home}{PAGE}"' in refused.text
    assert len(attachments(session)) == 1


@pytest.mark.parametrize("named", ["", "x", "CC-03", "CC-03 x", "CC-03 00000000-0000-4000-8000-000000000000"])
def test_removing_what_is_not_there_changes_nothing(visitor: Visitor, session: Session, named: str) -> None:
    upload(visitor, ("a.pdf", PDF))
    assert visitor.post(PAGE, fields={"on_page": "CC-03", "remove": named}).status_code == 303
    assert len(answer(session)) == 1


def test_another_suppliers_files_are_neither_sent_nor_removed(
    app: Flask, installation: Installation, make: Make, visitor: Visitor, session: Session
) -> None:
    upload(visitor, ("a.pdf", PDF))
    (attachment,) = attachments(session)
    neighbour = Visitor(app, installation, make.invitation(make.request())).open()
    assert neighbour.get(f"/files/{attachment.id}").status_code == 404
    assert neighbour.client.get(f"{visitor.home}/files/{attachment.id}").status_code == 404
    neighbour.post(PAGE, fields={"remove": f"CC-03 {attachment.id}"})
    neighbour.client.post(visitor.home + PAGE, data={"remove": f"CC-03 {attachment.id}"})
    assert len(answer(session)) == 1


def test_a_signed_questionnaire_keeps_its_files(
    visitor: Visitor, make: Make, asked: Invitation, session: Session
) -> None:
    upload(visitor, ("a.pdf", PDF))
    (attachment,) = attachments(session)
    make.declaration(asked.request.assessments[0])
    assert upload(visitor, ("b.pdf", PDF + b"\n")).status_code == 409
    assert visitor.post(PAGE, fields={"remove": f"CC-03 {attachment.id}"}).status_code == 409
    assert len(answer(session)) == 1
    assert "a.pdf" in visitor.get(PAGE).text
