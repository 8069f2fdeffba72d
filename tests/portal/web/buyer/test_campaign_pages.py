"""A campaign on its pages: made, aimed, looked at, sent once, followed."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import (
    Campaign,
    Contact,
    ContactSuggestion,
    Deed,
    Invitation,
    LedgerEvent,
    OutgoingMail,
    Request,
    Role,
    Supplier,
)
from tests.factories import Make

TOKEN = re.compile(r"/i/[\w-]+\.[\w-]+\.[\w-]+")


@pytest.fixture
def campaign(buyer: FlaskClient, make: Make, session: Session) -> Campaign:
    """A campaign made on its page, with nobody in it."""
    data = {
        "title": "Self-declaration 2026",
        "reporting_year": "2026",
        "questionnaires": ["code-of-conduct", "human-rights"],
        "due_on": (make.now + timedelta(days=30)).date().isoformat(),
        "message": "Thank you for your help.",
    }
    assert buyer.post("/campaigns/new", data=data).status_code == 303
    return session.scalars(sa.select(Campaign)).one()


def ticked(*suppliers: Supplier, shown: tuple[Supplier, ...] = ()) -> dict[str, list[str]]:
    return {"supplier": [str(one.id) for one in suppliers], "shown": [str(one.id) for one in shown or suppliers]}


def chosen(session: Session) -> set[str]:
    query = sa.select(Supplier.name).join(Request, Request.supplier_id == Supplier.id)
    return set(session.scalars(query))


def test_the_form_says_what_is_missing(buyer: FlaskClient, make: Make) -> None:
    today = make.now.date().isoformat()

    answer = buyer.post("/campaigns/new", data={"title": "T", "reporting_year": "1066", "due_on": today})

    assert answer.status_code == 422
    assert "Reporting year:" in answer.text
    assert "Questionnaires:" in answer.text
    past = {"title": "T", "reporting_year": "2026", "due_on": today, "questionnaires": "human-rights"}
    assert "Choose a date after today." in buyer.post("/campaigns/new", data=past).text


def test_the_audience_is_chosen_by_hand_and_by_filter(
    buyer: FlaskClient, make: Make, session: Session, campaign: Campaign
) -> None:
    page = f"/campaigns/{campaign.id}/audience"
    one, two = make.supplier("One", criticality="A"), make.supplier("Two", "CN", criticality="A")
    make.supplier("Three", criticality="B")

    buyer.post(page, data=ticked(one, shown=(one, two)))
    assert chosen(session) == {"One"}
    buyer.post(page, data=ticked(two, shown=(one, two)))
    assert chosen(session) == {"Two"}
    buyer.post(f"{page}/all?criticality=A")
    assert chosen(session) == {"One", "Two"}
    filtered = buyer.get(f"{page}?country=CN").text
    assert f'id="supplier-{two.id}" checked' in filtered
    assert str(one.id) not in filtered


def test_the_mail_is_shown_in_each_language_and_without_a_link(
    buyer: FlaskClient, make: Make, campaign: Campaign
) -> None:
    buyer.post(f"/campaigns/{campaign.id}/audience", data=ticked(make.supplier("Ansnes", language="nb")))
    buyer.post(f"/campaigns/{campaign.id}/audience", data=ticked(make.supplier("Huaxing", "CN")))

    page = buyer.get(f"/campaigns/{campaign.id}/send").text

    assert 'lang="nb"' in page
    assert 'lang="en"' in page
    assert "Thank you for your help." in page
    assert "[the supplier’s personal link]" in page
    assert not TOKEN.search(page)
    assert "No mail server is set up" in page


def test_sending_twice_sends_once_and_those_without_contact_are_named(
    buyer: FlaskClient, make: Make, session: Session, campaign: Campaign
) -> None:
    nobody = make.supplier("Nobody There")
    nobody.contacts[0].retired_at = make.now
    session.commit()
    buyer.post(f"/campaigns/{campaign.id}/audience", data=ticked(make.supplier("One"), nobody))
    assert "Nobody There" in buyer.get(f"/campaigns/{campaign.id}/send").text

    answers = [buyer.post(f"/campaigns/{campaign.id}/send", follow_redirects=True).text for _twice in range(2)]

    assert "One supplier is asked" in answers[0]
    assert "nothing was sent again" in answers[1]
    assert session.scalar(sa.select(sa.func.count(OutgoingMail.id))) == 1
    request = session.scalars(sa.select(Request).where(Request.sent_at.is_not(None))).one()
    assert request.sent_by is not None


def test_nobody_chosen_is_a_sentence(buyer: FlaskClient, campaign: Campaign) -> None:
    assert "Nobody can be asked yet." in buyer.post(f"/campaigns/{campaign.id}/send", follow_redirects=True).text


def test_the_progress_page_tells_who_is_late(buyer: FlaskClient, make: Make, session: Session) -> None:
    campaign = make.campaign()
    late, early = (make.request(campaign, make.supplier(name)) for name in ("Late AS", "Early AS"))
    late.due_on = (make.now - timedelta(days=3)).date()
    session.commit()

    page = buyer.get(f"/campaigns/{campaign.id}").text

    assert page.index("Late AS") < page.index("Early AS")
    assert "3 days late" in page
    assert "Early AS" not in buyer.get(f"/campaigns/{campaign.id}?state=overdue").text
    assert early.id != late.id


def test_the_table_as_a_file_holds_no_formula(buyer: FlaskClient, make: Make) -> None:
    campaign = make.campaign()
    make.request(campaign, make.supplier("=cmd|' /C calc'!A0"))

    answer = buyer.get(f"/campaigns/{campaign.id}/requests.csv")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "'=cmd" in answer.text
    assert not re.search(r"^=", answer.text, re.MULTILINE)


def test_links_are_sent_again_and_revoked_and_never_seen(
    buyer: FlaskClient, make: Make, session: Session, installation: Installation
) -> None:
    invitation = make.invitation()
    old = installation.links.token(invitation)
    request_page = f"/requests/{invitation.request_id}"

    buyer.post(f"/invitations/{invitation.id}/resend")
    assert invitation.generation == 2
    buyer.post(f"/campaigns/{invitation.request.campaign_id}/resend", data={"request": str(invitation.request_id)})
    assert invitation.generation == 3
    token = installation.links.token(invitation)
    for page in (request_page, f"/campaigns/{invitation.request.campaign_id}"):
        text = buyer.get(page).text
        assert token not in text
        assert old not in text
        assert not TOKEN.search(text)
    buyer.post(f"/invitations/{invitation.id}/revoke")
    assert invitation.revoked_at is not None
    assert "Revoked" in buyer.get(request_page).text


def test_a_request_gets_another_date_another_reader_and_an_end(
    buyer: FlaskClient, make: Make, session: Session
) -> None:
    invitation = make.invitation()
    request, page = invitation.request, f"/requests/{invitation.request_id}"
    other = Contact(supplier=request.supplier, name="Ola", email="ola@supplier.example", created_at=make.now)
    session.add(other)
    session.commit()
    later = (make.now + timedelta(days=60)).date()

    assert (
        "Choose a date after today."
        in buyer.post(f"{page}/due-date", data={"due_on": "2001-01-01"}, follow_redirects=True).text
    )
    buyer.post(f"{page}/due-date", data={"due_on": later.isoformat()})
    buyer.post(f"{page}/invite/{other.id}")
    buyer.post(f"{page}/withdraw")

    session.expire_all()
    assert (request.due_on, len(request.invitations)) == (later, 2)
    assert request.withdrawn_at is not None
    assert all(each.revoked_at for each in request.invitations)


def test_another_suppliers_contact_cannot_be_invited(buyer: FlaskClient, make: Make) -> None:
    request, stranger = make.request(), make.supplier("Stranger").contacts[0]

    assert buyer.post(f"/requests/{request.id}/invite/{stranger.id}").status_code == 404
    assert buyer.post(f"/requests/{request.id}/invite/{uuid.uuid4()}").status_code == 404


def test_a_suggested_contact_is_taken_once(buyer: FlaskClient, make: Make, session: Session) -> None:
    invitation = make.invitation()
    suggestion = ContactSuggestion(
        invitation=invitation,
        name="Ola",
        email="ola@supplier.example",
        language="nb",
        reason="I left",
        created_at=make.now,
    )
    session.add(suggestion)
    session.commit()
    assert "ola@supplier.example" in buyer.get("/contacts/suggestions").text
    assert "One suggested contact waits" in buyer.get("/suppliers").text

    answers = [
        buyer.post(f"/contacts/suggestions/{suggestion.id}", data={"decision": "accept"}, follow_redirects=True).text
        for _twice in range(2)
    ]

    assert "is the contact now" in answers[0]
    assert "Somebody has decided on this already." in answers[1]
    session.expire_all()
    assert invitation.revoked_at is not None
    reached = session.scalars(sa.select(Invitation.email).where(Invitation.revoked_at.is_(None))).all()
    assert reached == ["ola@supplier.example"]
    assert session.scalars(sa.select(OutgoingMail.to_email)).all() == ["ola@supplier.example"]


def test_a_suggested_contact_is_turned_down(buyer: FlaskClient, make: Make, session: Session) -> None:
    invitation = make.invitation()
    suggestion = ContactSuggestion(
        invitation=invitation, name="Ola", email="ola@supplier.example", language="nb", created_at=make.now
    )
    session.add(suggestion)
    session.commit()

    assert buyer.post(f"/contacts/suggestions/{suggestion.id}", data={"decision": "perhaps"}).status_code == 400
    buyer.post(f"/contacts/suggestions/{suggestion.id}", data={"decision": "refuse"})

    session.expire_all()
    assert (suggestion.accepted, invitation.revoked_at) == (False, None)
    assert "No suggestion waits." in buyer.get("/contacts/suggestions").text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.APPROVER, Role.AUDITOR])
def test_only_a_buyer_sends(client: FlaskClient, make: Make, role: Role) -> None:
    request = make.request()
    make.sign_in(client, make.user(role))
    campaign = f"/campaigns/{request.campaign_id}"

    assert client.get(campaign).status_code == (403 if role is Role.AUDITOR else 200)
    for path in (
        f"{campaign}/send",
        f"{campaign}/resend",
        f"{campaign}/audience/all",
        f"/requests/{request.id}/withdraw",
    ):
        assert client.post(path).status_code == 403


def test_every_mail_of_a_request_is_shown_and_a_failed_one_tried_again(
    buyer: FlaskClient, make: Make, session: Session
) -> None:
    request = make.request()
    declaration = make.declaration(request.assessments[0])
    signing_id = declaration.preview.signing_id
    suggestion = ContactSuggestion(
        invitation=request.invitations[0], name="Ola", email="ola@x.example", language="en", created_at=make.now
    )
    session.add(suggestion)
    session.flush()
    subjects = {
        "receipt": f"signing:{signing_id}",
        "declaration_signed": f"declaration:{declaration.id}",
        "contact_suggested": f"suggestion:{suggestion.id}",
        "invitation": f"invitation:{request.invitations[0].id}",
    }
    for kind, subject in subjects.items():
        mail = OutgoingMail(
            kind=kind, to_email=f"{kind}@x.example", language="en", facts={}, subject=subject, queued_at=make.now,
            failed_at=make.now, last_error="refused: 550 no such box",
        )  # fmt: skip
        session.add(mail)
    session.commit()
    for page in (f"/requests/{request.id}", f"/suppliers/{request.supplier_id}"):
        text = buyer.get(page).text
        assert [kind for kind in subjects if f"{kind}@x.example" not in text] == []
        assert text.count("550 no such box") == text.count("/try-again") == len(subjects)
    for mail in session.scalars(sa.select(OutgoingMail)).all():
        answer = buyer.post(f"/mails/{mail.id}/try-again")
        assert (answer.status_code, answer.location) == (303, f"/requests/{request.id}")
        buyer.post(f"/mails/{mail.id}/try-again")
    session.expire_all()
    assert {mail.failed_at for mail in session.scalars(sa.select(OutgoingMail))} == {None}
    retried = sa.select(sa.func.count(LedgerEvent.seq)).where(LedgerEvent.deed == Deed.MAIL_RETRIED)
    assert session.scalar(retried) == len(subjects)
    assert buyer.post(f"/mails/{uuid.uuid4()}/try-again").status_code == 404


def test_a_seal_that_fails_is_told(buyer: FlaskClient, make: Make, session: Session) -> None:
    request = make.request()
    declaration = make.declaration(request.assessments[0], signed=False)
    assert "Sealing failed" not in buyer.get(f"/requests/{request.id}").text
    declaration.sealing_tries, declaration.sealing_error = 3, "The <time> stamp authority is away"
    session.commit()
    page = buyer.get(f"/requests/{request.id}").text
    assert "Sealing failed 3 times: The &lt;time&gt; stamp authority is away. It is tried again." in page


def test_an_unknown_id_is_not_found(buyer: FlaskClient) -> None:
    nobody = uuid.uuid4()

    for path in ("", "/edit", "/audience", "/send", "/requests.csv"):
        assert buyer.get(f"/campaigns/{nobody}{path}").status_code == 404
    assert buyer.get(f"/requests/{nobody}").status_code == 404
    assert buyer.post(f"/invitations/{nobody}/resend").status_code == 404
    assert buyer.post(f"/contacts/suggestions/{nobody}", data={"decision": "accept"}).status_code == 404
