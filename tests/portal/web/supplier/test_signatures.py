"""Several people sign through the pages: naming, waiting, the next one's own link, declining."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import CoSignatory, Invitation
from tests.factories import Make
from tests.portal.signing_acts import Act
from tests.portal.web.supplier.test_signing import SIGNATORY, base, enter, mailed_code, sealed

OTHER = {"person-2-name": "Ola Nordmann", "person-2-title": "Chair", "person-2-email": "ola@supplier.example"}
TWO = {**SIGNATORY, **OTHER, "people": "2"}


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def invitation(act: Act, client: FlaskClient, now: datetime) -> Invitation:
    return enter(act, client, act.ready(), now)


def sign_as_first(act: Act, client: FlaskClient, invitation: Invitation) -> str:
    """Name another, sign, and return the address of the page of the signatures."""
    address = str(client.post(base(act, invitation) + "/sign", data=TWO).location)
    code = mailed_code(act, client, address)
    answer = client.post(address + "/accept", data={"code": code})
    assert answer.location == address + "/signatures"
    return address


def second_act(act: Act) -> tuple[str, uuid.UUID]:
    """Return the token of the other person's link, and the id of that person's place; lets the database go."""
    act.session.expire_all()
    (place,) = act.session.query(CoSignatory)
    assert place.act
    found = act.installation.links.token(place.act.invitation), place.id
    act.session.commit()
    return found


def come_as_second(app: Flask, act: Act) -> tuple[FlaskClient, str]:
    """Open the other person's link; return that browser, and the address where it leads."""
    browser, link = app.test_client(), "/i/" + second_act(act)[0]
    assert "named you as one who must sign too" in browser.get(link).text
    return browser, str(browser.post(link).location)


def test_one_signatory_meets_one_link_more_and_nothing_else(
    client: FlaskClient, act: Act, invitation: Invitation
) -> None:
    page = client.get(base(act, invitation) + "/sign").text
    assert "More than one person must sign" in page
    assert "person-2" not in page
    asked = client.get(base(act, invitation) + "/sign?people=3").text
    assert ('name="person-3-email"' in asked, 'name="person-4-email"' in asked) == (True, False)
    assert client.get(base(act, invitation) + "/sign?people=99").text.count("<fieldset") == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"person-2-name": ""}, "Write the name of this person."),
        ({"person-2-email": "ola"}, "This is not a mail address."),
        ({"person-2-email": "first"}, "Each person needs a mailbox"),
    ],
)
def test_each_must_be_named_whole(
    client: FlaskClient, act: Act, invitation: Invitation, wrong: dict[str, str], sentence: str
) -> None:
    wrong = {key: invitation.email if value == "first" else value for key, value in wrong.items()}
    answer = client.post(base(act, invitation) + "/sign", data={**TWO, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Chair"' in answer.text


def test_two_sign_each_by_a_link_of_their_own(
    app: Flask, act: Act, client: FlaskClient, invitation: Invitation, now: datetime
) -> None:
    address = sign_as_first(act, client, invitation)
    waiting = client.get(address + "/signatures").text
    assert "Awaiting signatures: 1 of 2" in waiting
    assert "ola@supplier.example" in waiting
    assert client.get(address).location == address + "/signatures"
    assert "Your answers are locked" in client.get(base(act, invitation)).text
    assert "Awaiting signatures" in client.get(base(act, invitation) + "/sign").text
    assert "Awaiting signatures" in client.get(base(act, invitation) + "/receipt", follow_redirects=True).text


def test_the_next_one_sees_the_same_documents_by_a_link_of_his_own(
    app: Flask, act: Act, client: FlaskClient, invitation: Invitation, now: datetime
) -> None:
    address = sign_as_first(act, client, invitation)
    other, own = come_as_second(app, act)
    page = other.get(own).text
    assert "Åse Bjørnæs" in page
    (frame,) = re.findall(r'<iframe[^>]* src="([^"]+)"', page)
    shown = other.get(frame).data
    assert shown == client.get(frame.replace(own.rsplit("/", 1)[1], address.rsplit("/", 1)[1])).data
    code = mailed_code(act, other, own)
    assert "Tick the box" in other.post(own + "/accept", data={"code": code}).text
    done = other.post(own + "/accept", data={"code": code, "may_bind": "y"})
    assert done.location == base(act, invitation) + "/receipt"
    sealed(act, now)
    act.session.commit()
    for browser in (client, other):
        receipt = browser.get(base(act, invitation) + "/receipt").text
        assert "Ola Nordmann, Chair" in receipt


def test_a_link_signs_in_nobody_elses_place(app: Flask, act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = sign_as_first(act, client, invitation)
    other, own = come_as_second(app, act)
    for browser, foreign in ((other, address), (client, own)):
        refused = browser.get(foreign)
        assert refused.location.endswith("/signatures")
        assert "another person’s" in browser.get(refused.location).text
        for deed in ("/code", "/accept", "/decline"):
            assert browser.post(foreign + deed, data={"code": "000000", "words": "no"}).status_code == 404
    assert "Correct the address" not in other.get(address + "/signatures").text
    assert other.post(address + "/take-back").status_code == 404


def test_declining_needs_a_reason_and_opens_the_answers(
    app: Flask, act: Act, client: FlaskClient, invitation: Invitation
) -> None:
    address = sign_as_first(act, client, invitation)
    other, own = come_as_second(app, act)
    assert other.post(own + "/decline", data={"words": " "}).location.endswith("#decline")
    other.post(own + "/decline", data={"words": "We do have a mine."})
    assert "Sign anew" not in other.get(own, follow_redirects=True).text
    ended = client.get(address + "/signatures").text
    assert "Ola Nordmann declined to sign" in ended
    assert "We do have a mine." in ended
    overview = client.get(base(act, invitation)).text
    assert "A signing was ended" in overview
    assert "Ready to sign" in overview


def test_the_first_corrects_reminds_and_takes_back(act: Act, client: FlaskClient, invitation: Invitation) -> None:
    address = sign_as_first(act, client, invitation)
    _, place_id = second_act(act)
    soon = client.post(f"{address}/remind/{place_id}", follow_redirects=True).text
    assert "A mail went out within a day" in soon
    wrong = client.post(f"{address}/address/{place_id}", data={"email": "x"}, follow_redirects=True).text
    assert "This is not a mail address" in wrong
    right = client.post(f"{address}/address/{place_id}", data={"email": "o@supplier.example"}, follow_redirects=True)
    assert "The address is corrected" in right.text
    back = client.post(f"{address}/take-back", data={"words": ""}, follow_redirects=True).text
    assert "The signing was ended" in back
    assert "Sign anew" in back
