"""Each page of the register and of campaigns has what a page must have, empty and full, in both languages."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import ContactSuggestion, MailState, OutgoingMail
from tests.factories import Make
from tests.portal.web.pages import check

ODD = "<script>alert(1)</script> {{7*7}} 深圳"


def full(make: Make, session: Session) -> list[str]:
    """Fill the portal with one of each thing; return the addresses of the pages about them."""
    invitation = make.invitation(make.request(supplier=make.supplier(ODD, product_groups=[ODD], criticality="A")))
    request = invitation.request
    make.declaration(request.assessments[0])
    make.supplier("Nobody there").contacts[0].retired_at = make.now
    session.add(
        ContactSuggestion(invitation=invitation, name=ODD, email="a@b.example", language="nb", created_at=make.now)
    )
    for state in MailState:
        mail = OutgoingMail(
            kind="invitation", to_email="a@b.example", language="en", facts={}, queued_at=make.now,
            subject=f"invitation:{invitation.id}", last_error=f"refused: {ODD}" if state is MailState.FAILED else None,
            failed_at=make.now if state is MailState.FAILED else None,
            sent_at=make.now if state is MailState.SENT else None,
        )  # fmt: skip
        session.add(mail)
    session.commit()
    campaign, supplier = f"/campaigns/{request.campaign_id}", f"/suppliers/{request.supplier_id}"
    contact = f"/contacts/{request.supplier.contacts[0].id}"
    paths = ["", "/edit", "/audience", "/send"]
    return [
        *(f"{campaign}{path}" for path in paths),
        *(f"{supplier}{path}" for path in ("", "/edit", "/contacts/new")),
        *(f"{contact}/edit", f"/requests/{request.id}", "/contacts/suggestions", "/suppliers", "/campaigns"),
    ]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_full_pages(buyer: FlaskClient, make: Make, session: Session, language: str) -> None:
    buyer.post("/language", data={"language": language})

    for address in full(make, session):
        text = check(buyer.get(address))
        assert "<script>alert" not in text, address
        assert "49 深圳" not in text, address


def test_empty_pages(buyer: FlaskClient) -> None:
    for address in (
        "/suppliers",
        "/campaigns",
        "/contacts/suggestions",
        "/suppliers/new",
        "/suppliers/import",
        "/campaigns/new",
    ):
        check(buyer.get(address))


def test_refused_forms(buyer: FlaskClient, make: Make) -> None:
    supplier = make.supplier()
    for address in ("/suppliers/new", f"/suppliers/{supplier.id}/contacts/new", "/campaigns/new", "/suppliers/import"):
        answer = buyer.post(address, data={})
        assert answer.status_code == 422
        assert "<title>Error:" in check(answer)


def test_the_dry_run(buyer: FlaskClient) -> None:
    content = f"name;country;criticality;colour\n{ODD};NO;A;red\n{ODD};NO;B;\nWrong;Atlantis;;\n".encode()
    sent = buyer.post("/suppliers/import", data={"file": (io.BytesIO(content), f"{ODD}.csv")})

    text = check(buyer.get(sent.location))

    assert "Row 2 says otherwise about the same supplier." in text
    assert "<script>alert" not in text
