"""Links are issued, opened, renewed, revoked and handed on."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.mail.message import AddressInvalid
from portal.models import (
    ContactSuggestion,
    Deed,
    Invitation,
    LedgerEvent,
    LedgerPersonalData,
    OutgoingMail,
    SupplierSession,
)
from portal.services import invitations
from portal.services.actors import COMMAND_LINE, user_actor
from portal.services.invitations import (
    AlreadyDecided,
    LinkExpired,
    LinkReplaced,
    LinkRevoked,
    LinkUnknown,
    RequestClosed,
)
from portal.services.links import LINK_LIFETIME
from questionnaires.burden import burden
from tests.factories import Make

BROWSER = {"address": "192.0.2.1", "browser": "Test"}
DAY = timedelta(days=1)


@pytest.fixture
def invitation(make: Make) -> Invitation:
    return make.invitation()


@pytest.fixture
def token(installation: Installation, invitation: Invitation) -> str:
    return installation.links.token(invitation)


def mails(session: Session) -> list[OutgoingMail]:
    return list(session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.queued_at)))


def deeds(session: Session, deed: Deed) -> int:
    return session.scalar(sa.select(sa.func.count()).where(LedgerEvent.deed == deed.value)) or 0


def test_an_invitation_mails_what_is_asked_and_never_the_link_itself(
    session: Session, make: Make, installation: Installation, now: datetime
) -> None:
    request = make.request()
    contact = request.supplier.contacts[0]
    invitation = invitations.issue(session, request, contact, now, COMMAND_LINE, installation.catalogue)
    (mail,) = mails(session)
    assert (mail.kind, mail.to_email) == ("invitation", contact.email)
    assert len(mail.facts["questionnaires"]) == 3
    asked = [installation.catalogue.find(each.questionnaire, each.edition) for each in request.assessments]
    burdens = [burden(questionnaire.asked_of({})) for questionnaire in asked]
    assert mail.facts["minutes"] == [
        sum(each.least_minutes for each in burdens),
        sum(each.most_minutes for each in burdens),
    ]
    assert installation.links.token(invitation) not in str(mail.facts)


def test_an_invitation_leaves_a_trace_that_names_no_address(
    session: Session, make: Make, installation: Installation, now: datetime
) -> None:
    request = make.request()
    contact = request.supplier.contacts[0]
    invitation = invitations.issue(session, request, contact, now, COMMAND_LINE, installation.catalogue)
    invitations.issue(session, request, contact, now, COMMAND_LINE, installation.catalogue)
    (event,) = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.INVITATION_ISSUED))
    data = json.loads(event.record)["data"]
    assert event.subject == f"invitation:{invitation.id}"
    assert (data["request"], data["contact"]) == (str(request.id), str(contact.id))
    assert contact.email.encode() not in event.record
    personal = session.get_one(LedgerPersonalData, event.seq)
    assert json.loads(personal.payload) == {"email": contact.email}


def test_new_links_and_an_opening_at_once_do_not_wait_for_each_other(
    session: Session, make: Make, installation: Installation, now: datetime
) -> None:
    """One holds the ledger's queue and wants the second row; the other must not hold that row and want the queue."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    first, second = make.invitation(), make.invitation()
    token, failures = installation.links.token(second), list[Exception]()

    def open_the_second() -> None:
        try:
            with installation.new_session.begin() as own:
                invitations.open_link(own, installation.links, token, now, BROWSER)
        except DatabaseError as error:
            failures.append(error)

    by = user_actor(make.user())
    invitations.reissue(session, first, now, by)
    opening = threading.Thread(target=open_the_second)
    opening.start()
    wait_for_the_queue(session)
    invitations.reissue(session, second, now, by)
    session.commit()
    opening.join()
    assert failures == []
    assert deeds(session, Deed.INVITATION_OPENED) == 1


def wait_for_the_queue(session: Session) -> None:
    """Return when somebody waits for the ledger's lock."""
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    deadline = time.monotonic() + 10
    while not session.scalar(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_inviting_the_same_address_again_replaces_the_link(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    request, contact = invitation.request, invitation.contact
    again = invitations.issue(session, request, contact, now, COMMAND_LINE, installation.catalogue)
    assert again is invitation
    with pytest.raises(LinkReplaced):
        invitations.find(session, installation.links, token, now)


def test_opening_twice_leaves_one_trace_and_two_visits(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    for later in (now, now + DAY):
        invitations.open_link(session, installation.links, token, later, BROWSER)
    assert invitation.opened_at == now
    assert deeds(session, Deed.INVITATION_OPENED) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(SupplierSession)) == 2


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "WyJ4IiwxXQ.aaaa.bbbb", "💥", "x" * 5000])
def test_a_token_that_is_none_is_unknown(
    session: Session, installation: Installation, now: datetime, garbage: str
) -> None:
    with pytest.raises(LinkUnknown):
        invitations.find(session, installation.links, garbage, now)


def test_a_link_ends_with_its_days(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    last = now + LINK_LIFETIME
    assert invitations.find(session, installation.links, token, last - timedelta(seconds=1)) is invitation
    with pytest.raises(LinkExpired):
        invitations.find(session, installation.links, token, last)


def test_a_renewed_link_works_and_goes_to_the_same_address(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    late = now + LINK_LIFETIME + DAY
    invitations.renew(session, installation.links, token, late)
    (mail,) = mails(session)
    assert (mail.kind, mail.to_email) == ("invitation_renewed", invitation.email)
    fresh = installation.links.token(invitation)
    assert invitations.find(session, installation.links, fresh, late) is invitation
    with pytest.raises(LinkReplaced):
        invitations.find(session, installation.links, token, late)


def test_asking_by_an_old_link_mails_the_present_one_once_more(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    invitations.reissue(session, invitation, now, COMMAND_LINE)
    invitations.renew(session, installation.links, token, now)
    assert invitation.generation == 2
    assert [mail.kind for mail in mails(session)] == ["invitation_renewed"] * 2


@pytest.mark.parametrize("how", ["revoked", "withdrawn"])
def test_what_a_buyer_took_back_is_not_renewed(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime, how: str
) -> None:
    if how == "revoked":
        invitations.revoke(session, invitation, now, COMMAND_LINE)
    else:
        invitation.request.withdrawn_at = now
    for deed in (invitations.find, invitations.renew):
        with pytest.raises(LinkRevoked):
            deed(session, installation.links, token, now)
    assert mails(session) == []


def test_revoking_ends_visits_and_is_recorded_once(
    session: Session, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    visit = invitations.open_link(session, installation.links, token, now, BROWSER)
    for _ in range(2):
        invitations.revoke(session, invitation, now, COMMAND_LINE)
    session.refresh(visit)
    assert visit.ended_at == now
    assert deeds(session, Deed.INVITATION_REVOKED) == 1


def suggest(
    session: Session, invitation: Invitation, now: datetime, email: str = "li.wei@supplier.example"
) -> ContactSuggestion:
    return invitations.suggest_contact(session, invitation, "李伟", email, "en", "She left.", now)


def test_a_better_contact_is_told_to_the_buyer_who_asked(
    session: Session, invitation: Invitation, now: datetime
) -> None:
    first = suggest(session, invitation, now)
    assert suggest(session, invitation, now) is first
    (mail,) = mails(session)
    assert invitation.request.sent_by is not None
    assert (mail.kind, mail.to_email) == ("contact_suggested", invitation.request.sent_by.email)
    assert invitations.waiting_suggestion(session, invitation) is first


@pytest.mark.parametrize("email", ["", "li.wei", "a@b", "a@b.com, c@d.com", "a@b.com\nBcc: x@y.com"])
def test_a_contact_needs_one_mail_address(session: Session, invitation: Invitation, now: datetime, email: str) -> None:
    with pytest.raises(AddressInvalid):
        suggest(session, invitation, now, email)


def test_the_accepted_contact_is_invited_and_the_old_link_ends(
    session: Session, make: Make, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    suggestion = suggest(session, invitation, now)
    by = user_actor(make.user())
    new = invitations.decide_suggestion(session, suggestion, True, now, by, installation.catalogue)
    assert new is not None
    assert (new.email, new.request_id) == ("li.wei@supplier.example", invitation.request_id)
    assert mails(session)[-1].to_email == new.email
    with pytest.raises(LinkRevoked):
        invitations.find(session, installation.links, token, now)
    with pytest.raises(AlreadyDecided):
        invitations.decide_suggestion(session, suggestion, False, now, by, installation.catalogue)


def test_nobody_is_invited_to_a_request_that_is_withdrawn(
    session: Session, make: Make, invitation: Invitation, installation: Installation, now: datetime
) -> None:
    suggestion = invitations.suggest_contact(session, invitation, "Ola", "ola@supplier.example", "nb", "", now)
    invitation.request.withdrawn_at = now
    session.commit()
    by = user_actor(make.user())
    with pytest.raises(RequestClosed):
        invitations.decide_suggestion(session, suggestion, True, now, by, installation.catalogue)
    session.rollback()
    assert suggestion.decided_at is None
    assert invitations.decide_suggestion(session, suggestion, False, now, by, installation.catalogue) is None
    assert suggestion.decided_at == now


def test_a_contact_that_is_turned_down_changes_nothing(
    session: Session, make: Make, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    suggestion = suggest(session, invitation, now)
    by = user_actor(make.user())
    assert invitations.decide_suggestion(session, suggestion, False, now, by, installation.catalogue) is None
    assert invitations.find(session, installation.links, token, now) is invitation
    assert invitations.waiting_suggestion(session, invitation) is None
