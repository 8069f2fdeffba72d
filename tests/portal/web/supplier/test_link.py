"""The mailed link: looking changes nothing, a button opens it, and what ends it is said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.extensions import limiter
from portal.installation import Installation
from portal.models import (
    ContactSuggestion,
    Invitation,
    LedgerEvent,
    OutgoingMail,
    SupplierSession,
)
from portal.services import invitations
from portal.services.actors import COMMAND_LINE
from portal.services.links import LINK_LIFETIME
from tests.conftest import database_url  # noqa: F401  on both kinds of database
from tests.factories import Make
from tests.portal.web.supplier.visiting import Visitor


@pytest.fixture
def invitation(make: Make) -> Invitation:
    return make.invitation()


@pytest.fixture
def visitor(app: Flask, installation: Installation, invitation: Invitation) -> Visitor:
    return Visitor(app, installation, invitation)


def expire(session: Session, invitation: Invitation, now: datetime) -> None:
    invitation.issued_at = now - LINK_LIFETIME - timedelta(days=1)
    session.commit()


def count(session: Session, table: type) -> int:
    found = session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    session.rollback()
    return found


def test_the_link_says_who_asks_what_for_and_until_when(visitor: Visitor) -> None:
    page = visitor.client.get(f"/i/{visitor.token}")
    assert page.status_code == 200
    for words in (
        "Testfirma AS",
        "Prøve Metall AS",
        "Self-declaration 2026",
        "Human rights",
        "minutes in all",
        "Start",
    ):
        assert words in page.text
    assert visitor.token not in page.headers.get("Location", "")
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_looks_a_hundred_times_changes_nothing(
    visitor: Visitor, session: Session, invitation: Invitation, method: str
) -> None:
    for _ in range(100):
        assert visitor.client.open(f"/i/{visitor.token}", method=method).status_code == 200
    session.refresh(invitation)
    assert (invitation.opened_at, count(session, SupplierSession), count(session, LedgerEvent)) == (None, 0, 0)
    assert visitor.open().get().status_code == 200


def test_the_button_leads_to_an_address_without_the_token(visitor: Visitor) -> None:
    answer = visitor.client.post(f"/i/{visitor.token}", data={"go": "answer"})
    assert (answer.status_code, answer.headers["Location"]) == (303, visitor.home)


def test_two_people_with_the_same_link_are_both_inside(
    app: Flask, installation: Installation, visitor: Visitor, invitation: Invitation
) -> None:
    second = Visitor(app, installation, invitation).open()
    assert visitor.open().get().status_code == second.get().status_code == 200


def test_after_everything_is_signed_the_button_leads_to_the_receipt(
    visitor: Visitor, session: Session, invitation: Invitation, make: Make
) -> None:
    for assessment in invitation.request.assessments:
        make.declaration(assessment)
    assert "See what was signed" in visitor.client.get(f"/i/{visitor.token}").text
    answer = visitor.client.post(f"/i/{visitor.token}")
    assert answer.headers["Location"] == f"{visitor.home}/receipt"


@pytest.mark.parametrize("token", ["x", "a.b.c", "<script>", "%00", "x" * 3000, "WyJ4IiwxXQ.aaaa.bbbb"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_link_is_explained(visitor: Visitor, token: str, method: str) -> None:
    page = visitor.client.open(f"/i/{token}", method=method)
    assert page.status_code == 404
    assert "We do not know this link" in page.text


def test_guessing_links_is_slowed_down_but_real_ones_are_not(app: Flask, visitor: Visitor) -> None:
    limiter.enabled = True
    limiter.reset()
    real = [visitor.client.get(f"/i/{visitor.token}").status_code for _ in range(35)]
    guessed = [visitor.client.get(f"/i/guess-{number}").status_code for number in range(35)]
    limiter.reset()
    assert set(real) == {200}
    assert guessed == [404] * 30 + [429] * 5


def test_an_expired_link_offers_a_new_one_to_the_same_address(
    visitor: Visitor, session: Session, invitation: Invitation, now: datetime
) -> None:
    expire(session, invitation, now)
    page = visitor.client.get(f"/i/{visitor.token}")
    assert page.status_code == 410
    assert "Mail me a new link" in page.text
    assert invitation.email not in page.text
    session.commit()
    answer = visitor.client.post(f"/i/{visitor.token}/renew")
    assert answer.status_code == 200
    mail = session.scalars(sa.select(OutgoingMail)).one()
    assert (mail.kind, mail.to_email) == ("invitation_renewed", invitation.email)


def test_new_links_can_be_asked_for_three_times_an_hour(
    app: Flask, visitor: Visitor, session: Session, invitation: Invitation, now: datetime
) -> None:
    expire(session, invitation, now)
    limiter.enabled = True
    limiter.reset()
    answers = [visitor.client.post(f"/i/{visitor.token}/renew").status_code for _ in range(5)]
    limiter.reset()
    assert answers == [200, 200, 200, 429, 429]


def test_a_revoked_link_says_so_and_ends_the_visit(
    visitor: Visitor, session: Session, invitation: Invitation, now: datetime
) -> None:
    visitor.open()
    invitations.revoke(session, invitation, now, COMMAND_LINE)
    session.commit()
    page = visitor.client.get(f"/i/{visitor.token}")
    assert page.status_code == 410
    assert "Mail me a new link" not in page.text
    inside = visitor.get()
    assert inside.status_code == 401
    assert "open your link again" in inside.text


def test_an_old_link_tells_of_the_newer_mail(
    visitor: Visitor, session: Session, invitation: Invitation, now: datetime
) -> None:
    visitor.open()
    invitations.reissue(session, invitation, now, COMMAND_LINE)
    session.commit()
    page = visitor.client.post(f"/i/{visitor.token}")
    assert page.status_code == 410
    assert "A newer mail" in page.text
    assert visitor.get().status_code == 401


def test_leaving_ends_the_visit_on_the_server(app: Flask, visitor: Visitor) -> None:
    visitor.open()
    cookie = visitor.client.get_cookie("portal")
    assert cookie is not None
    assert visitor.client.post(f"{visitor.home}/leave").headers["Location"] == "/left"
    assert visitor.client.get("/left").status_code == 200
    thief = app.test_client()
    thief.set_cookie("portal", cookie.value)
    assert thief.get(visitor.home).status_code == 401


def test_without_a_visit_one_is_asked_to_open_the_link(app: Flask, visitor: Visitor) -> None:
    page = app.test_client().get(visitor.home)
    assert page.status_code == 401
    assert "open your link again" in page.text


def test_the_invitation_decides_the_language_until_the_reader_does(
    app: Flask, installation: Installation, make: Make
) -> None:
    norwegian = Visitor(app, installation, make.invitation(make.request(supplier=make.supplier(language="nb"))))
    assert 'lang="nb"' in norwegian.client.get(f"/i/{norwegian.token}").text
    norwegian.client.post("/language", data={"language": "en", "next": f"/i/{norwegian.token}"})
    assert 'lang="en"' in norwegian.open().get().text


def test_the_wrong_person_names_a_better_one(visitor: Visitor, session: Session) -> None:
    answer = visitor.client.post(f"/i/{visitor.token}", data={"go": "wrong-person"})
    assert answer.headers["Location"] == f"{visitor.home}/wrong-person"
    assert visitor.get("/wrong-person").status_code == 200
    wrong = visitor.post("/wrong-person", name="Li Wei", email="li.wei", language="en")
    assert wrong.status_code == 422
    assert "name@company.com" in wrong.text
    sent = visitor.post("/wrong-person", name="Li Wei", email="li.wei@supplier.example", language="en", reason="")
    assert sent.status_code == 303
    assert "You have suggested Li Wei" in visitor.get().text
    assert session.scalars(sa.select(ContactSuggestion)).one().email == "li.wei@supplier.example"
    assert session.scalars(sa.select(OutgoingMail)).one().kind == "contact_suggested"


def test_a_suggestion_is_kept_without_control_characters(visitor: Visitor, session: Session) -> None:
    visitor.open()
    fields = {"name": "Li\0 Wei\x1b", "email": "li.wei@supplier.example", "language": "en"}
    fields["reason"] = "She\0\r\ndoes it."
    assert visitor.post("/wrong-person", name="\0", email="a@b.example", language="en").status_code == 422
    assert visitor.post("/wrong-person", fields=fields).status_code == 303
    kept = session.scalars(sa.select(ContactSuggestion)).one()
    assert (kept.name, kept.reason) == ("Li Wei", "She\ndoes it.")


@pytest.mark.parametrize("name", ["code%00x", "code-of-conduct%00", "nothing"])
def test_an_unknown_questionnaire_is_not_there(visitor: Visitor, name: str) -> None:
    visitor.open()
    for path in (f"/{name}", f"/{name}/governance"):
        assert visitor.get(path).status_code == 404
        assert visitor.post(path + "/answer").status_code in {404, 405}


def test_a_browser_holds_ten_requests_at_most(app: Flask, installation: Installation, make: Make) -> None:
    campaigns = [make.campaign(keys=("code-of-conduct",)) for _ in range(11)]
    first, *others = [Visitor(app, installation, make.invitation(make.request(one))) for one in campaigns]
    first.open()
    for other in others:
        other.client = first.client
        other.open()
    open_still = [visitor.get().status_code for visitor in (first, *others)]
    assert open_still.count(200) == 10
    assert open_still[-1] == 200
