"""Links are issued, opened, renewed, revoked and handed on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.mail.message import AddressInvalid
from portal.models import ContactSuggestion, Deed, Invitation, LedgerEvent, OutgoingMail, SupplierSession
from portal.services import invitations
from portal.services.actors import COMMAND_LINE, user_actor
from portal.services.invitations import AlreadyDecided, LinkExpired, LinkReplaced, LinkRevoked, LinkUnknown
from portal.services.links import LINK_LIFETIME
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
    assert mail.facts["minutes"] > 0
    assert installation.links.token(invitation) not in str(mail.facts)


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


def test_a_contact_that_is_turned_down_changes_nothing(
    session: Session, make: Make, invitation: Invitation, token: str, installation: Installation, now: datetime
) -> None:
    suggestion = suggest(session, invitation, now)
    by = user_actor(make.user())
    assert invitations.decide_suggestion(session, suggestion, False, now, by, installation.catalogue) is None
    assert invitations.find(session, installation.links, token, now) is invitation
    assert invitations.waiting_suggestion(session, invitation) is None
