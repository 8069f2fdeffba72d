"""Erasing a person in the browser, and legal holds on a supplier's page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Contact, Declaration, LegalHold, Role
from tests.factories import Make
from tests.portal.review_case import open_case
from tests.portal.web.pages import check


@pytest.fixture
def contact(make: Make) -> Contact:
    """Somebody who has signed a declaration."""
    return open_case(make).declaration.assessment.request.supplier.contacts[0]


def test_what_goes_and_what_stays_is_shown_before_it_is_done(
    administrator: FlaskClient, contact: Contact, session: Session
) -> None:
    email, page = contact.email, check(administrator.get("/erasure"))
    session.rollback()
    assert "What goes" not in page
    page = check(administrator.post("/erasure", data={"email": email.upper()}))
    assert "The contact Kari Prøve at" in page
    assert "kept with the name until" in page
    assert (
        "Nothing is known of nobody@x.example."
        in administrator.post("/erasure", data={"email": "nobody@x.example"}).text
    )
    refused = administrator.post("/erasure/erase", data={"email": email, "basis": " "})
    assert (refused.status_code, "Write why" in check(refused)) == (422, True)
    done = administrator.post("/erasure/erase", data={"email": email, "basis": "letter"}, follow_redirects=True)
    assert "is erased." in check(done)
    session.expire_all()
    assert contact.erased_at
    page = check(administrator.get(f"/suppliers/{contact.supplier_id}"))
    assert email not in page
    assert "erased.invalid" not in page


def test_a_hold_is_placed_and_lifted_on_the_suppliers_page_and_keeps_everything(
    administrator: FlaskClient, contact: Contact, session: Session
) -> None:
    email, place = contact.email, f"/suppliers/{contact.supplier_id}/hold"
    session.rollback()
    assert "Write a reason" in check(administrator.post(place, data={"reason": ""}, follow_redirects=True))
    assert "Legal hold since" in check(administrator.post(place, data={"reason": "A claim"}, follow_redirects=True))
    assert "stands already" in check(administrator.post(place, data={"reason": "More"}, follow_redirects=True))
    assert "A claim" in check(administrator.post("/erasure", data={"email": email}))
    kept = administrator.post("/erasure/erase", data={"email": email, "basis": "letter"})
    assert (kept.status_code, "A legal hold stands" in check(kept)) == (409, True)
    assert "is lifted" in check(administrator.post(f"{place}/lift", data={"reason": "Settled"}, follow_redirects=True))
    assert [hold.lifted_at is None for hold in session.query(LegalHold)] == [False]


def test_buyers_see_a_hold_and_cannot_lift_it(client: FlaskClient, make: Make, contact: Contact) -> None:
    make.session.add(
        LegalHold(supplier=contact.supplier, reason="A claim", placed_at=make.now, placed_by=make.user(Role.APPROVER))
    )
    make.session.commit()
    make.sign_in(client, make.user(Role.BUYER))
    page = check(client.get(f"/suppliers/{contact.supplier_id}"))
    assert "A claim" in page
    assert "hold/lift" not in page


def test_a_deleted_declaration_says_so_and_not_that_a_file_is_missing(
    administrator: FlaskClient, make: Make, session: Session
) -> None:
    declaration = open_case(make).declaration
    declaration.deleted_at, declaration.answers = make.now, {}
    session.commit()
    page = check(administrator.get(f"/archive/{session.get_one(Declaration, declaration.id).id}"))
    session.rollback()
    assert "Deleted after retention" in page
    assert "missing from the store" not in page
    assert "evidence.zip" not in page
