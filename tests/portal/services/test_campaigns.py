"""Campaigns: sent once and whole, to those who can be asked; and what a buyer can do afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Campaign, Contact, Deed, Invitation, LedgerEvent, OutgoingMail, Request, User
from portal.services import campaigns, progress, requests
from portal.services.campaigns import CampaignError, CampaignTerms
from portal.services.progress import RequestState, state_of
from questionnaires.catalogue import Catalogue
from tests.factories import Make

KEYS = ("code-of-conduct", "human-rights")


@pytest.fixture
def catalogue(installation: Installation) -> Catalogue:
    return installation.catalogue


@pytest.fixture
def buyer(make: Make) -> User:
    return make.user()


@pytest.fixture
def terms(make: Make) -> CampaignTerms:
    return CampaignTerms("Self-declaration 2026", 2026, (make.now + timedelta(days=30)).date(), KEYS, "Please.")


@pytest.fixture
def campaign(session: Session, make: Make, buyer: User, terms: CampaignTerms, catalogue: Catalogue) -> Campaign:
    """A campaign to two suppliers, one of them with two contacts, and one without any."""
    made = campaigns.create(session, terms, catalogue, now=make.now, by=buyer)
    two = make.supplier("Two contacts")
    two.contacts.append(Contact(name="Ola", email="ola@two.example", language="nb", created_at=make.now))
    nobody = make.supplier("Nobody")
    nobody.contacts[0].retired_at = make.now
    campaigns.choose(session, made, [two, make.supplier("One contact"), nobody], now=make.now, by=buyer)
    session.commit()
    return made


def send(session: Session, campaign: Campaign, make: Make, buyer: User, catalogue: Catalogue) -> int:
    return campaigns.send(session, campaign, catalogue, now=make.now, by=buyer)


def mails(session: Session) -> list[str]:
    return sorted(session.scalars(sa.select(OutgoingMail.language)))


def changes(session: Session) -> int:
    query = sa.select(sa.func.count(LedgerEvent.seq)).where(LedgerEvent.deed == Deed.CAMPAIGN_CHANGED)
    return session.scalar(query) or 0


def test_who_is_chosen_leaves_one_trace(session: Session, campaign: Campaign) -> None:
    assert changes(session) == 1
    event = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.CAMPAIGN_CHANGED)).one()
    chosen = json.loads(event.record)["data"]["chosen"]
    assert sorted(chosen) == sorted(str(each.supplier_id) for each in campaigns.drafts(session, campaign))


def test_another_date_for_a_campaign_that_is_not_sent_leaves_one_trace(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    due_on, before = (make.now + timedelta(days=60)).date(), changes(session)
    requests.move_all_due_dates(session, campaign, due_on, now=make.now, by=buyer)
    requests.move_all_due_dates(session, campaign, due_on, now=make.now, by=buyer)
    assert changes(session) == before + 1
    assert {each.due_on for each in campaigns.drafts(session, campaign)} == {due_on}


def test_new_links_go_to_nobody_who_is_retired(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue
) -> None:
    send(session, campaign, make, buyer, catalogue)
    asked = [each for each in requests.of_campaign(session, campaign) if each.sent_at]
    asked[0].invitations[0].contact.retired_at = make.now
    generations = [each.generation for each in asked[0].invitations]
    resent = requests.resend(session, asked, now=make.now, by=buyer)
    assert resent == sum(len(each.invitations) for each in asked) - 1
    assert asked[0].invitations[0].generation == generations[0]


def test_who_cannot_be_asked_is_told_before_sending(session: Session, campaign: Campaign) -> None:
    audience = campaigns.audience(session, campaign)

    assert [request.supplier.name for request in audience.ready] == ["One contact", "Two contacts"]
    assert [request.supplier.name for request in audience.without_contact] == ["Nobody"]
    assert (audience.mails, audience.languages) == (3, ("en", "nb"))


def test_sending_asks_each_supplier_once_and_mails_each_contact_in_their_language(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue
) -> None:
    assert send(session, campaign, make, buyer, catalogue) == 2
    session.commit()

    assert mails(session) == ["en", "en", "nb"]
    for request in requests.of_campaign(session, campaign):
        if request.supplier.name == "Nobody":
            assert request.sent_at is None
            continue
        assert [(each.questionnaire, each.edition) for each in request.assessments] == [(key, "2026-1") for key in KEYS]
        assert request.sent_by == buyer
        assert state_of(request, make.now) is RequestState.NOT_OPENED


def test_sending_twice_sends_once(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue
) -> None:
    send(session, campaign, make, buyer, catalogue)
    session.commit()
    events = session.scalar(sa.select(sa.func.count(LedgerEvent.seq)))

    assert send(session, campaign, make, buyer, catalogue) == 0

    assert len(mails(session)) == 3
    assert session.scalar(sa.select(sa.func.count(LedgerEvent.seq))) == events


def test_a_supplier_added_later_is_asked_alone(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue
) -> None:
    send(session, campaign, make, buyer, catalogue)
    campaigns.choose(session, campaign, [make.supplier("Late")], now=make.now, by=buyer)

    assert send(session, campaign, make, make.user(), catalogue) == 1
    assert len(mails(session)) == 4


def test_choosing_twice_chooses_once_and_leaving_out_spares_who_was_asked(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue
) -> None:
    chosen = [request.supplier for request in campaigns.drafts(session, campaign)]
    before = changes(session)
    assert campaigns.choose(session, campaign, chosen, now=make.now, by=buyer) == 0
    retired = make.supplier("Gone", retired_at=make.now)
    assert campaigns.choose(session, campaign, [retired], now=make.now, by=buyer) == 0
    assert changes(session) == before
    send(session, campaign, make, buyer, catalogue)

    gone = campaigns.leave_out(session, campaign, [each.id for each in chosen], now=make.now, by=buyer)

    assert gone == 1  # the one without a contact
    assert changes(session) == before + 1
    assert session.scalar(sa.select(sa.func.count(Request.id))) == 2


def test_nobody_to_ask_and_a_date_that_has_passed_stop_the_sending(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue, terms: CampaignTerms
) -> None:
    empty = campaigns.create(session, replace(terms, title="Empty"), catalogue, now=make.now, by=buyer)
    with pytest.raises(CampaignError, match="nobody_to_ask"):
        send(session, empty, make, buyer, catalogue)

    with pytest.raises(CampaignError, match="due_date_past"):
        campaigns.send(session, campaign, catalogue, now=make.now + timedelta(days=31), by=buyer)
    assert mails(session) == []


@pytest.mark.parametrize(
    ("asked", "days", "code"),
    [((), 30, "questionnaires_missing"), (KEYS, 0, "due_date_past"), (KEYS, -1, "due_date_past")],
)
def test_terms_that_cannot_be_are_refused(
    session: Session, make: Make, buyer: User, catalogue: Catalogue, asked: tuple[str, ...], days: int, code: str
) -> None:
    terms = CampaignTerms("Title", 2026, (make.now + timedelta(days=days)).date(), asked)

    with pytest.raises(CampaignError, match=code):
        campaigns.create(session, terms, catalogue, now=make.now, by=buyer)


def test_questionnaires_are_fixed_by_sending(
    session: Session, make: Make, campaign: Campaign, buyer: User, catalogue: Catalogue, terms: CampaignTerms
) -> None:
    fewer = replace(terms, questionnaires=KEYS[:1])
    campaigns.change(session, campaign, fewer, catalogue, now=make.now, by=buyer)
    campaigns.change(session, campaign, terms, catalogue, now=make.now, by=buyer)
    assert [asked.key for asked in campaign.questionnaires] == list(KEYS)
    send(session, campaign, make, buyer, catalogue)

    with pytest.raises(CampaignError, match="questionnaires_fixed"):
        campaigns.change(session, campaign, fewer, catalogue, now=make.now, by=buyer)


def test_withdrawing_kills_the_links_and_a_signed_request_stays(session: Session, make: Make, buyer: User) -> None:
    request, signed = make.request(), make.request()
    invitation = make.invitation(request)
    make.declaration(signed.assessments[0])

    for _again in range(2):
        requests.withdraw(session, request, now=make.now, by=buyer)
    with pytest.raises(CampaignError, match="signed"):
        requests.withdraw(session, signed, now=make.now, by=buyer)

    assert (state_of(request, make.now), invitation.revoked_at) == (RequestState.WITHDRAWN, make.now)
    assert state_of(signed, make.now) is RequestState.IN_PROGRESS
    deeds = list(session.scalars(sa.select(LedgerEvent.deed).order_by(LedgerEvent.seq)))
    assert deeds == [Deed.INVITATION_REVOKED, Deed.REQUEST_WITHDRAWN]


def test_a_new_link_goes_to_those_who_have_something_left_to_do(session: Session, make: Make, buyer: User) -> None:
    waiting, done = make.invitation(), make.invitation()
    for assessment in done.request.assessments:
        make.declaration(assessment, pdf=assessment.id.bytes)

    assert requests.resend(session, [waiting.request, done.request], now=make.now, by=buyer) == 1

    assert (waiting.generation, done.generation) == (2, 1)


def test_another_date_is_kept_with_a_trace_and_never_in_the_past(session: Session, make: Make, buyer: User) -> None:
    request = make.request()
    later = request.due_on + timedelta(days=7)

    for _again in range(2):
        requests.move_due_date(session, request, later, now=make.now, by=buyer)
    with pytest.raises(CampaignError, match="due_date_past"):
        requests.move_due_date(session, request, make.now.date(), now=make.now, by=buyer)

    assert request.due_on == later
    assert list(session.scalars(sa.select(LedgerEvent.deed))) == [Deed.DUE_DATE_MOVED]


def test_a_withdrawn_request_takes_no_new_link_and_no_new_date(
    session: Session, make: Make, buyer: User, catalogue: Catalogue
) -> None:
    invitation: Invitation = make.invitation()
    request = invitation.request
    requests.withdraw(session, request, now=make.now, by=buyer)

    with pytest.raises(CampaignError, match="withdrawn"):
        requests.resend_one(session, invitation, now=make.now, by=buyer)
    with pytest.raises(CampaignError, match="withdrawn"):
        requests.move_due_date(session, request, request.due_on, now=make.now, by=buyer)
    with pytest.raises(CampaignError, match="withdrawn"):
        requests.invite(session, request, invitation.contact, catalogue, now=make.now, by=buyer)


def test_of_several_mails_the_newest_of_each_address_counts_and_trouble_comes_first(
    session: Session, make: Make, buyer: User, campaign: Campaign, catalogue: Catalogue
) -> None:
    send(session, campaign, make, buyer, catalogue)
    session.commit()
    queued = session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.to_email)).all()
    for mail in queued:
        mail.sent_at = make.now
    ola = next(mail for mail in queued if mail.to_email == "ola@two.example")
    ola.sent_at, ola.failed_at, ola.last_error = None, make.now, "refused: 550 no such user"
    session.commit()

    def states() -> dict[str, str]:
        asked = requests.of_campaign(session, campaign)
        return {request.supplier.name: state for request, state in progress.mail_states(session, asked).items()}

    assert states() == {"Two contacts": "failed", "One contact": "sent"}
    invitation = session.scalars(sa.select(Invitation).where(Invitation.email == "ola@two.example")).one()
    requests.resend_one(session, invitation, now=make.now + timedelta(minutes=1), by=buyer)
    assert states() == {"Two contacts": "waiting", "One contact": "sent"}


def test_the_progress_of_a_campaign_takes_as_many_queries_for_many_as_for_few(
    session: Session, make: Make, buyer: User
) -> None:
    campaign = make.campaign(buyer)
    statements: list[str] = []
    taken = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *event: statements.append(event[2]))
    for _more in range(2):
        for _each in range(3):
            make.invitation(make.request(campaign, make.supplier()))
        session.refresh(campaign)
        statements.clear()
        asked = requests.of_campaign(session, campaign)
        progress.mail_states(session, asked)
        assert all(state_of(request, make.now) for request in asked)
        taken.append(len(statements))

    assert taken[0] == taken[1]
