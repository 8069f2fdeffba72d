"""The archive's pages, and the downloads that leave a trace."""

from __future__ import annotations

import hashlib
import io
import json
import re
import uuid
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Declaration, Deed, LedgerEvent, Role
from portal.services import bulk_evidence
from tests.factories import Make
from tests.portal.review_case import open_case
from tests.portal.signing_acts import Act
from tests.portal.web.pages import check


@pytest.fixture
def signed(installation: Installation, session: Session, make: Make) -> Declaration:
    """A declaration that was really signed."""
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), make.now)
    assert act.seal(accepted, make.now)
    return session.get_one(Declaration, accepted.id)


def downloads(session: Session) -> list[dict[str, str]]:
    session.rollback()
    events = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.EVIDENCE_DOWNLOADED))
    return [json.loads(event.record)["data"] for event in events]


def test_an_empty_archive_says_when_something_appears(auditor: FlaskClient) -> None:
    assert "The archive is empty." in check(auditor.get("/archive"))


def test_searching(auditor: FlaskClient, make: Make) -> None:
    case = open_case(make, name="Ødegård Verk AS")
    assert case.declaration.reference in check(auditor.get("/archive?q=ødegård&year=2026&state=signed"))
    assert "No declaration fits." in check(auditor.get("/archive?q=nobody"))
    assert auditor.get("/archive?q=%00&year=x&state=x&questionnaire=x&page=x").status_code == 200


def drawn(auditor: FlaskClient, query: str) -> list[str]:
    return re.findall(r'class="reference"><a[^>]*>([^<]+)<', check(auditor.get(f"/archive?{query}")))


def test_a_sample_is_drawn_the_same_way_each_time(auditor: FlaskClient, make: Make) -> None:
    for number in range(12):
        open_case(make, name=f"Supplier {number}")
    first = drawn(auditor, "sample=5&seed=7")
    assert (len(first), first) == (5, drawn(auditor, "sample=5&seed=7"))
    assert any(drawn(auditor, f"sample=5&seed={seed}") != first for seed in range(8, 12))
    assert "5 of 12 declarations, drawn by chance with seed 7" in auditor.get("/archive?sample=5&seed=7").text
    assert len(drawn(auditor, "sample=9999999&seed=1")) == 12
    assert drawn(auditor, "sample=3&seed=1&q=Supplier+11") == drawn(auditor, "q=Supplier+11")
    assert len(drawn(auditor, "sample=-1&seed=x")) == 12, "what is no number draws nothing"


def test_a_long_archive_has_pages_that_keep_the_search(auditor: FlaskClient, make: Make) -> None:
    assessment = make.request(make.campaign(keys=("human-rights",))).assessments[0]
    for number in range(51):
        make.declaration(assessment, f"%PDF {number}".encode())
    text = check(auditor.get("/archive?q=metall"))
    assert "51 declarations" in text
    assert "q=metall&amp;page=2" in text
    assert "Page 2 of 2" in check(auditor.get("/archive?q=metall&page=99"))


def test_a_declaration_tells_its_history_in_sentences(auditor: FlaskClient, signed: Declaration) -> None:
    text = check(auditor.get(f"/archive/{signed.id}"))
    assert "Kari Prøve, for the supplier, signed with the mailed code." in text
    assert "The portal sealed the signed declaration." in text
    assert text.count(signed.pdf_sha256 or "-") >= 1
    assert "192.0.2.7" not in text


def test_the_signed_file_comes_as_it_was_signed_and_leaves_a_trace(
    auditor: FlaskClient, signed: Declaration, session: Session
) -> None:
    answer = auditor.get(f"/archive/{signed.id}/signed.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == signed.pdf_sha256
    assert answer.headers["Content-Disposition"] == f"attachment; filename={signed.reference}.pdf"
    assert downloads(session) == [{"file": "signed.pdf", "sha256": signed.pdf_sha256}]
    assert "downloaded evidence." in auditor.get(f"/archive/{signed.id}").text


def taken(auditor: FlaskClient, query: str = "", **form: Any) -> dict[str, bytes]:
    with auditor.post(f"/archive/evidence.zip{query}", data=form) as answer:
        assert answer.is_streamed
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            return {name: packed.read(name) for name in packed.namelist()}


def test_the_evidence_of_many_comes_as_one_file_and_each_leaves_a_trace(
    auditor: FlaskClient, signed: Declaration, make: Make, session: Session
) -> None:
    lost = make.declaration(make.request(make.campaign(keys=("human-rights",))).assessments[0], b"%PDF lost")
    session.commit()
    files = taken(auditor, declaration=[str(signed.id), str(lost.id), str(signed.id)])
    sha256 = hashlib.sha256(files[f"evidence-{signed.reference}.zip"]).hexdigest()
    assert f"{sha256}  evidence-{signed.reference}.zip\n" in files["INDEX.sha256"].decode()
    assert files["MISSING.txt"].decode() == f"{lost.reference}\n"
    index = hashlib.sha256(files["INDEX.txt"]).hexdigest()
    noted = {each["pdf_sha256"]: (each["file"], each["index_sha256"]) for each in downloads(session)}
    assert noted == {each.pdf_sha256: ("evidence.zip", index) for each in (signed, lost)}
    assert index in check(auditor.get(f"/archive/{signed.id}"))


def test_all_that_a_search_finds_is_taken_without_ticking(
    auditor: FlaskClient, make: Make, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        open_case(make, name=f"Supplier {number}")
    page = check(auditor.get("/archive?q=Supplier&state=signed"))
    assert 'action="/archive/evidence.zip?q=Supplier&amp;state=signed"' in page
    assert "All that this search finds: 3 declarations" in page
    whole = taken(auditor, "?q=Supplier&state=signed", which="all", what="index")
    assert whole["INDEX.txt"].count(b"\tSupplier ") == 3
    assert taken(auditor, "?q=Supplier+1", which="all", what="index")["INDEX.txt"].count(b"\tSupplier ") == 1
    assert taken(auditor, "?sample=2&seed=1", which="all", what="index")["INDEX.txt"].count(b"\tSupplier ") == 2
    assert {each["file"] for each in downloads(session)} == {"index.zip"}
    monkeypatch.setattr(bulk_evidence, "MOST", 2)
    assert "At most 2 go into one file" in check(auditor.get("/archive"))
    refused = auditor.post("/archive/evidence.zip?q=Supplier", data={"which": "all"}, follow_redirects=True)
    assert "These are 3 declarations; at most 2 go into one file." in check(refused)
    assert len(downloads(session)) == 6


def test_ticking_nothing_or_what_is_not_there_brings_nothing(auditor: FlaskClient, session: Session) -> None:
    assert "Nothing was ticked." in check(auditor.post("/archive/evidence.zip", follow_redirects=True))
    assert auditor.post("/archive/evidence.zip", data={"declaration": str(uuid.uuid4())}).status_code == 404
    assert downloads(session) == []


def test_the_evidence_leaves_a_trace_with_its_hash(auditor: FlaskClient, signed: Declaration, session: Session) -> None:
    answer = auditor.get(f"/archive/{signed.id}/evidence.zip")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=evidence-{signed.reference}.zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        assert json.loads(packed.read("report.json"))["verdict"] == "proven"
    assert downloads(session) == [{"file": "evidence.zip", "sha256": hashlib.sha256(answer.data).hexdigest()}]


def test_asking_for_the_headers_alone_leaves_no_trace(
    auditor: FlaskClient, signed: Declaration, session: Session
) -> None:
    for file in ("signed.pdf", "evidence.zip"):
        assert auditor.head(f"/archive/{signed.id}/{file}").status_code == 200
    assert downloads(session) == []


def test_a_file_that_was_changed_is_not_given_out(
    auditor: FlaskClient, signed: Declaration, session: Session, installation: Installation
) -> None:
    sha256 = signed.pdf_sha256 or ""
    (installation.settings.files_dir / sha256[:2] / sha256).write_bytes(b"%PDF-1.7 something else")
    for file in ("signed.pdf", "evidence.zip"):
        assert auditor.get(f"/archive/{signed.id}/{file}").status_code == 404
    assert downloads(session) == []


def test_a_missing_file_is_announced(auditor: FlaskClient, make: Make) -> None:
    case = open_case(make)
    assert "missing from the store" in check(auditor.get(f"/archive/{case.declaration.id}"))


@pytest.mark.parametrize("part", ["", "/signed.pdf", "/evidence.zip"])
def test_what_is_not_sealed_or_made_up_is_not_there(auditor: FlaskClient, make: Make, part: str) -> None:
    request = make.request(make.campaign(keys=("human-rights",)))
    unsigned = make.declaration(request.assessments[0], signed=False)
    for identity in (unsigned.id, uuid.uuid4()):
        assert auditor.get(f"/archive/{identity}{part}").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_all_who_work_here_may_read_the_archive(client: FlaskClient, make: Make, role: Role) -> None:
    case = open_case(make)
    make.sign_in(client, make.user(role))
    assert client.get("/archive").status_code == 200
    assert client.get(f"/archive/{case.declaration.id}").status_code == 200


def test_nobody_else_does(client: FlaskClient, signed: Declaration, session: Session) -> None:
    for part in ("", "/signed.pdf", "/evidence.zip"):
        assert client.get(f"/archive/{signed.id}{part}").status_code == 302
    assert downloads(session) == []


def test_a_superseded_declaration_points_to_the_newer_one(auditor: FlaskClient, make: Make) -> None:
    case = open_case(make)
    newer = case.replace()
    text = check(auditor.get(f"/archive/{case.declaration.id}"))
    assert f"/archive/{newer.id}" in text
    assert case.declaration.reference in check(auditor.get(f"/archive/{newer.id}"))
