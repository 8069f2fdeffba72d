"""The reviewer's pages: the work list, one assessment, each deed and each refusal."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Attachment, Deed, Deviation, DeviationState, LedgerEvent, OutgoingMail, Review, Role, User
from tests.factories import Make
from tests.portal.review_case import ANSWERS, Case, open_case
from tests.portal.web.pages import check


@pytest.fixture
def case(make: Make) -> Case:
    return open_case(make, name="Ødegård Verk AS")


@pytest.fixture
def buyer(case: Case, client: FlaskClient) -> FlaskClient:
    """The browser of the one who sent the request."""
    case.make.sign_in(client, case.buyer)
    return client


def as_user(case: Case, client: FlaskClient, user: User) -> FlaskClient:
    case.make.sign_in(client, user)
    return client


def page(case: Case) -> str:
    return f"/assessments/{case.declaration.assessment_id}"


def of_declaration(case: Case, deed: str) -> str:
    return f"/declarations/{case.declaration.id}/{deed}"


def fresh(case: Case, question: str) -> Deviation:
    case.session.expire_all()
    return case.proposal(question)


def test_the_work_list_shows_what_waits(buyer: FlaskClient, case: Case) -> None:
    text = check(buyer.get("/work"))
    assert "Ødegård Verk AS" in text
    assert "Zero tolerance" in text
    assert page(case) in text


@pytest.mark.parametrize(
    "filters",
    ["stage=ready", "questionnaire=code-of-conduct", "severity=minor", "mine=yes", f"campaign={uuid.UUID(int=7)}"],
)
def test_a_filter_that_nothing_fits_says_so(buyer: FlaskClient, filters: str) -> None:
    text = check(buyer.get(f"/work?{filters}"))
    assert "Nothing waits for you here." in text
    assert "In all: 1 new" in text


def test_made_up_filters_are_ignored(buyer: FlaskClient) -> None:
    answer = buyer.get("/work?stage=x&severity=x&campaign=x&page=-1&mine=maybe")
    assert answer.status_code == 200
    assert "Ødegård Verk AS" in answer.text


def test_an_assessment_shows_deviations_on_top_and_all_answers_below(buyer: FlaskClient, case: Case) -> None:
    text = check(buyer.get(page(case)))
    assert text.index(str(case.proposal("HR-11").sentence["en"])) < text.index('id="answers-heading"')
    assert "Åse Bjørnæs" in text
    assert "is-proposed" in text
    assert f"/archive/{case.declaration.id}/signed.pdf" in text
    norwegian = buyer.get(page(case), headers={"Accept-Language": "nb"}).text
    assert str(case.proposal("HR-11").sentence["nb"]) in norwegian


def test_a_draft_is_the_suppliers_own(buyer: FlaskClient, make: Make) -> None:
    request = make.request(make.campaign(keys=("human-rights",)))
    make.answers(request.assessments[0], ANSWERS)
    text = check(buyer.get(f"/assessments/{request.assessments[0].id}"))
    assert "has not signed yet" in text
    assert "Åse Bjørnæs" not in text


def test_flagging(buyer: FlaskClient, case: Case) -> None:
    deviation = case.proposal("HR-11")
    answer = buyer.post(f"/deviations/{deviation.id}/flag", data={"severity": "major", "reason": "Mended since"})
    assert answer.status_code == 303
    assert answer.location.endswith(f"{page(case)}#deviation-{deviation.id}")
    assert fresh(case, "HR-11").state is DeviationState.FLAGGED
    assert "Proposed as: Zero tolerance." in check(buyer.get(page(case)))


def test_dismissing_without_a_reason_is_refused_in_words_and_changes_nothing(buyer: FlaskClient, case: Case) -> None:
    answer = buyer.post(f"/deviations/{case.proposal('HR-11').id}/dismiss", data={"severity": "major", "reason": " "})
    assert answer.status_code == 422
    assert "Say why this is no deviation" in check(answer)
    assert fresh(case, "HR-11").state is DeviationState.PROPOSED
    assert case.session.query(Review).count() == 0


def test_adding_by_hand(buyer: FlaskClient, case: Case) -> None:
    data = {"question": "", "severity": "moderate", "sentence": "<b>The chain</b> is not open."}
    assert buyer.post(of_declaration(case, "deviations"), data=data).status_code == 303
    assert "&lt;b&gt;The chain&lt;/b&gt; is not open." in check(buyer.get(page(case)))


@pytest.mark.parametrize("severity", ["", "worst", "proposed"])
def test_a_severity_that_does_not_exist_is_no_severity(buyer: FlaskClient, case: Case, severity: str) -> None:
    data = {"severity": severity, "reason": "So"}
    assert buyer.post(f"/deviations/{case.proposal('HR-11').id}/flag", data=data).status_code == 400


def test_a_note_is_kept_and_shown(buyer: FlaskClient, case: Case) -> None:
    assert buyer.post(of_declaration(case, "notes"), data={"text": "Ask in May"}).status_code == 303
    assert "Ask in May" in check(buyer.get(page(case)))
    assert buyer.post(of_declaration(case, "notes"), data={"text": ""}).status_code == 422


def test_handing_over_waits_for_every_decision(buyer: FlaskClient, case: Case) -> None:
    assert buyer.post(of_declaration(case, "hand-over")).status_code == 422
    case.decide_all()
    assert "Hand over for approval" in buyer.get(page(case)).text
    assert buyer.post(of_declaration(case, "hand-over")).status_code == 303
    assert "Only an approver can approve" in check(buyer.get(page(case)))


def test_an_approver_approves(client: FlaskClient, case: Case) -> None:
    case.hand_over()
    approver = as_user(case, client, case.approver)
    assert "Approve the declaration" in check(approver.get(page(case)))
    assert approver.post(of_declaration(case, "approve")).status_code == 303
    text = check(approver.get(page(case)))
    assert "Approved by" in text
    assert "Flag as a deviation" not in text


def test_who_sent_the_request_reads_why_and_is_refused(client: FlaskClient, case: Case) -> None:
    case.hand_over()
    case.buyer.role = Role.APPROVER
    case.session.commit()
    sender = as_user(case, client, case.buyer)
    text = check(sender.get(page(case)))
    assert "somebody else must approve" in text
    assert "Approve the declaration" not in text
    answer = sender.post(of_declaration(case, "approve"))
    assert answer.status_code == 403
    assert "somebody else must approve" in check(answer)
    case.session.expire_all()
    assert case.session.scalars(sa.select(Review.approved_at)).one() is None


def test_nothing_is_decided_about_a_superseded_declaration(buyer: FlaskClient, case: Case) -> None:
    deviation_id, old = case.proposal("HR-11").id, case.declaration.id
    case.replace()
    for path, data in (
        (f"/deviations/{deviation_id}/flag", {"severity": "zero_tolerance"}),
        (f"/deviations/{deviation_id}/dismiss", {"reason": "So"}),
        (of_declaration(case, "deviations"), {"severity": "minor", "sentence": "So"}),
        (of_declaration(case, "hand-over"), {}),
        (of_declaration(case, "return"), {"due_on": "2026-12-24", "reason-HR-18": "Why"}),
        (of_declaration(case, "approve"), {}),
    ):
        assert buyer.post(path, data=data).status_code == 409, path
    text = check(buyer.get(f"{page(case)}?declaration={old}"))
    assert "a newer one has replaced it" in text
    assert "Flag as a deviation" not in text


def test_questions_go_back_with_one_mail(buyer: FlaskClient, case: Case) -> None:
    check(buyer.get(of_declaration(case, "return") + "?question=HR-18"))
    due_on = (case.now + timedelta(days=7)).date().isoformat()
    data = {"due_on": due_on, "reason-HR-18": "How old, exactly?", "reason-HR-01": ""}
    assert buyer.post(of_declaration(case, "return"), data=data).status_code == 303
    assert case.session.scalars(sa.select(OutgoingMail.kind)).all() == ["questions_returned"]
    text = check(buyer.get(page(case)))
    assert "How old, exactly?" in text
    assert "with the supplier already" in check(buyer.get(of_declaration(case, "return")))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"due_on": "2099-01-01", "reason-HR-18": "Kept words"}, "Choose a date"),
        ({"due_on": "tomorrow", "reason-HR-18": "Kept words"}, "Choose a date"),
        ({"due_on": "2026-12-24"}, "Write a reason"),
    ],
)
def test_a_refused_return_keeps_what_was_written(
    buyer: FlaskClient, case: Case, data: dict[str, str], says: str
) -> None:
    answer = buyer.post(of_declaration(case, "return"), data=data)
    assert answer.status_code == 422
    text = check(answer)
    assert says in text
    assert data.get("reason-HR-18", "") in text
    assert case.session.query(OutgoingMail).count() == 0


def test_attachments_are_downloads_of_their_own_assessment_only(
    buyer: FlaskClient, case: Case, make: Make, installation: Installation
) -> None:
    other = open_case(make)
    sha256 = installation.store.put(b"%PDF-1.4 a file")
    attachment = Attachment(
        assessment_id=case.declaration.assessment_id, question="HR-07", filename="\u202e<x>.pdf",
        media_type="application/pdf", size=15, sha256=sha256, uploaded_at=case.now,
    )  # fmt: skip
    case.session.add(attachment)
    case.session.commit()
    address = f"{page(case)}/attachments/{attachment.id}"
    assert buyer.get(address).status_code == 404  # a draft of the supplier's
    case.session.refresh(case.declaration)
    case.declaration.answers = {**case.declaration.answers, "HR-07": [{"sha256": sha256}]}
    case.session.commit()
    answer = buyer.get(address)
    assert answer.data == b"%PDF-1.4 a file"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert buyer.get(f"{page(other)}/attachments/{attachment.id}").status_code == 404
    assert buyer.get(f"{page(case)}/attachments/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_auditors_and_administrators_read_and_do_nothing_here(client: FlaskClient, case: Case, role: Role) -> None:
    reader = as_user(case, client, case.make.user(role))
    for path in ("/work", page(case), of_declaration(case, "return"), "/deviations", "/deviations.csv"):
        assert reader.get(path).status_code == 403, path
    for deed in ("approve", "hand-over", "notes", "deviations", "return"):
        assert reader.post(of_declaration(case, deed), data={"severity": "minor"}).status_code == 403, deed


@pytest.mark.parametrize(
    "path",
    ["/assessments/{}", "/declarations/{}/return", "/assessments/{}/attachments/{}"],
)
def test_made_up_ids_are_not_there(buyer: FlaskClient, path: str) -> None:
    assert buyer.get(path.format(uuid.uuid4(), uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("path", ["/deviations/{}/flag", "/deviations/{}/dismiss", "/declarations/{}/approve"])
def test_deeds_on_made_up_ids_are_not_there(buyer: FlaskClient, path: str) -> None:
    assert buyer.post(path.format(uuid.uuid4()), data={"severity": "minor", "reason": "So"}).status_code == 404


def test_the_register_counts_zero_and_filters(buyer: FlaskClient, case: Case) -> None:
    text = check(buyer.get("/deviations"))
    assert "No such deviations." in text
    assert re.search(r'<th scope="row">2026</th>(<td class="number">0</td>){5}', text)
    case.decide_all()
    text = check(buyer.get("/deviations?severity=zero_tolerance&year=2026&questionnaire=human-rights"))
    assert str(case.proposal("HR-11").sentence["en"]) in text
    assert "No such deviations." in buyer.get("/deviations?state=proposed").text


def test_the_register_as_csv_computes_nothing(buyer: FlaskClient, case: Case) -> None:
    sentence = "=HYPERLINK(1)"
    buyer.post(of_declaration(case, "deviations"), data={"severity": "minor", "sentence": sentence})
    answer = buyer.get("/deviations.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=deviations.csv"
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert f",'{sentence}," in rows[1]


def test_looking_leaves_no_trace(buyer: FlaskClient, case: Case, session: Session) -> None:
    before = session.query(LedgerEvent).count()
    for path in ("/work", page(case), of_declaration(case, "return"), "/deviations", "/deviations.csv"):
        assert buyer.get(path).status_code == 200
    session.rollback()
    assert session.query(LedgerEvent).count() == before
    assert session.query(Review).count() == 0
    assert not session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.REVIEW_OPENED)).all()
