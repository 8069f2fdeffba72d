"""How much a campaign asks: per supplier, per questionnaire, in all; short forms, and the long one with a reason."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Campaign, Deed, LedgerEvent, LedgerPersonalData, OutgoingMail, Request, Supplier, User
from portal.services import campaign_burden, campaigns, long_forms, prefilling
from portal.services.asked_forms import Form, forms_of
from portal.services.campaign_burden import AudienceBurden
from portal.services.campaigns import CampaignError, CampaignTerms
from portal.services.prefilling import Prefilled, PrefilledOf
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from tests.factories import Make

TINY = Catalogue.load(Path(__file__).parents[2] / "questionnaires" / "tiny")
SMALL = {"size": "small", "tier": "low"}
LARGE = {"size": "large", "tier": "high"}
REASON = "They make our circuit boards."


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def buyer(make: Make) -> User:
    return make.user()


@pytest.fixture
def terms(make: Make) -> CampaignTerms:
    return CampaignTerms("Self-declaration", 2026, (make.now + timedelta(days=30)).date(), ("facts", "documented"))


@pytest.fixture
def campaign(session: Session, make: Make, buyer: User, terms: CampaignTerms) -> Campaign:
    """A campaign to a small supplier at low risk and a large one at high risk; `facts` has the short form `asking`."""
    made = campaigns.create(session, terms, TINY, now=make.now, by=buyer)
    campaigns.choose(
        session, made, [make.supplier("Small", **SMALL), make.supplier("Large", **LARGE)], now=make.now, by=buyer
    )
    session.commit()
    return made


def of(session: Session, campaign: Campaign, name: str) -> Request:
    query = sa.select(Request).join(Request.supplier).where(Request.campaign_id == campaign.id, Supplier.name == name)
    return session.scalars(query).one()


def asked(request: Request) -> list[tuple[str, Form]]:
    return [(each.questionnaire.key, each.form) for each in forms_of(request, TINY)]


def weigh(
    session: Session, campaign: Campaign, prefilled_of: PrefilledOf = prefilling.before_sending
) -> AudienceBurden:
    ready = campaigns.audience(session, campaign).ready
    return campaign_burden.of_audience(session, ready, TINY, campaign.due_on, prefilled_of)


def choose(session: Session, campaign: Campaign, make: Make, buyer: User, reason: str) -> int:
    request = of(session, campaign, "Small")
    changed = long_forms.choose(session, campaign, {request.id: reason}, [], TINY, now=make.now, by=buyer)
    session.commit()
    return changed


def send(session: Session, campaign: Campaign, make: Make, buyer: User, catalogue: Catalogue = TINY) -> None:
    campaigns.send(session, campaign, catalogue, now=make.now, by=buyer)
    session.commit()


def deeds(session: Session, request: Request) -> list[str]:
    query = sa.select(LedgerEvent.deed).where(LedgerEvent.subject == f"request:{request.id}")
    return list(session.scalars(query.order_by(LedgerEvent.seq)))


def test_who_is_small_and_at_low_risk_is_asked_the_short_form(session: Session, campaign: Campaign) -> None:
    assert asked(of(session, campaign, "Small")) == [("asking", Form.SHORT), ("documented", Form.ONLY)]
    assert asked(of(session, campaign, "Large")) == [("facts", Form.LONG), ("documented", Form.ONLY)]


def test_who_names_both_forms_gets_both(
    session: Session, make: Make, campaign: Campaign, buyer: User, terms: CampaignTerms
) -> None:
    campaigns.change(
        session, campaign, replace(terms, questionnaires=("asking", "facts")), TINY, now=make.now, by=buyer
    )

    assert asked(of(session, campaign, "Small")) == [("asking", Form.ONLY), ("facts", Form.ONLY)]
    assert long_forms.offered(session, campaign, TINY) == []


def test_sending_asks_the_short_form_and_the_mail_names_it_with_the_suppliers_own_minutes(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    send(session, campaign, make, buyer)

    small, large = of(session, campaign, "Small"), of(session, campaign, "Large")
    assert [(each.questionnaire, each.edition) for each in small.assessments] == [
        ("asking", "2026-1"),
        ("documented", "2026-1"),
    ]
    assert asked(small) == [("asking", Form.SHORT), ("documented", Form.ONLY)]
    assert asked(large) == [("facts", Form.LONG), ("documented", Form.ONLY)]
    mails = {mail.facts["supplier"]: mail.facts for mail in session.scalars(sa.select(OutgoingMail))}
    assert mails["Small"]["questionnaires"] == ["Asking", "Documented"]
    assert mails["Large"]["questionnaires"] == ["Facts", "Documented"]
    assert mails["Small"]["minutes"][1] < mails["Large"]["minutes"][1]
    sent = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.subject == f"request:{small.id}")).one()
    assert json.loads(sent.record)["data"]["questionnaires"] == ["asking/2026-1", "documented/2026-1"]


def test_the_long_form_wants_a_reason_that_is_kept_with_the_request(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    with pytest.raises(CampaignError, match="reason_missing"):
        choose(session, campaign, make, buyer, " \n ")
    with pytest.raises(CampaignError, match="reason_too_long"):
        choose(session, campaign, make, buyer, "x" * 1001)

    assert [choose(session, campaign, make, buyer, f" {REASON}\x00 ") for _again in range(2)] == [1, 0]

    small = of(session, campaign, "Small")
    assert small.long_form_reason == REASON
    assert asked(small)[0] == ("facts", Form.LONG_BY_CHOICE)
    send(session, campaign, make, buyer)
    assert small.assessments[0].questionnaire == "facts"
    assert asked(small)[0] == ("facts", Form.LONG_BY_CHOICE)
    assert deeds(session, small) == [Deed.LONG_FORM_CHOSEN, Deed.REQUEST_SENT]
    kept = b"".join(session.scalars(sa.select(LedgerPersonalData.payload)))
    assert REASON.encode() in kept


def test_the_choice_can_be_taken_back_until_it_is_sent(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    choose(session, campaign, make, buyer, REASON)
    small = of(session, campaign, "Small")

    def take_back() -> int:
        return long_forms.choose(session, campaign, {}, [small.id], TINY, now=make.now, by=buyer)

    assert [take_back(), take_back()] == [1, 0]
    assert asked(small)[0] == ("asking", Form.SHORT)
    assert deeds(session, small) == [Deed.LONG_FORM_CHOSEN, Deed.LONG_FORM_TAKEN_BACK]
    choose(session, campaign, make, buyer, REASON)
    send(session, campaign, make, buyer)
    assert take_back() == 0
    assert small.long_form_reason == REASON


def test_nothing_is_chosen_for_those_who_are_not_offered_the_short_form_or_belong_to_another_campaign(
    session: Session, make: Make, campaign: Campaign, buyer: User, terms: CampaignTerms
) -> None:
    other = campaigns.create(session, terms, TINY, now=make.now, by=buyer)
    ids = [of(session, campaign, "Large").id, uuid.uuid4()]

    assert long_forms.choose(session, campaign, dict.fromkeys(ids, REASON), [], TINY, now=make.now, by=buyer) == 0
    small = of(session, campaign, "Small")
    assert long_forms.choose(session, other, {small.id: REASON}, [], TINY, now=make.now, by=buyer) == 0
    assert small.long_form_reason == ""


def test_a_reason_that_explains_nothing_any_more_is_not_sent_along(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    choose(session, campaign, make, buyer, REASON)
    small = of(session, campaign, "Small")
    small.supplier.tier = None
    send(session, campaign, make, buyer)

    assert small.long_form_reason == ""
    assert asked(small)[0] == ("facts", Form.LONG)


def test_what_is_asked_is_counted_for_each_supplier_and_in_all(session: Session, campaign: Campaign) -> None:
    whole = weigh(session, campaign)

    assert [each.request.supplier.name for each in whole.suppliers] == ["Large", "Small"]
    large, small = (each.total for each in whole.suppliers)
    assert whole.total.most_questions == large.most_questions + small.most_questions
    assert whole.total.least_minutes == large.least_minutes + small.least_minutes
    assert whole.each is not None
    assert (whole.each.least_minutes, whole.each.most_minutes) == (small.least_minutes, large.most_minutes)
    rows = [(row.questionnaire.key, row.is_short, row.suppliers) for row in whole.questionnaires]
    assert rows == [("facts", False, 1), ("asking", True, 1), ("documented", False, 2)]
    both = whole.questionnaires[2]
    assert both.total.most_questions == 2 * both.each.most_questions


def test_what_is_known_of_a_supplier_decides_how_much_it_is_asked(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    cables = make.supplier("Cables", size="large", tier="high", product_groups=["Cables"])
    campaigns.choose(session, campaign, [cables], now=make.now, by=buyer)

    questions = {
        each.request.supplier.name: each.forms[0].burden.most_questions for each in weigh(session, campaign).suppliers
    }

    assert questions == {"Cables": 4, "Large": 2, "Small": 10}


def test_what_comes_prefilled_takes_less_time(session: Session, campaign: Campaign) -> None:
    large = of(session, campaign, "Large")
    seen: list[set[str]] = []

    def prefilled_of(
        session: Session, suppliers: object, asked: Mapping[str, Questionnaire], *rest: object
    ) -> Prefilled:
        seen.append({each.name for each in asked.values()})
        return {(large.supplier_id, "facts"): frozenset({"F-policy", "F-sites"})}

    before, after = weigh(session, campaign), weigh(session, campaign, prefilled_of)

    assert seen == [{"facts/2026-1", "asking/2026-1", "documented/2026-1"}]
    assert (before.total.prefilled, after.total.prefilled) == (0, 2)
    assert after.total.most_minutes < before.total.most_minutes
    assert 0 < after.total.prefilled_share < 1


def test_nobody_is_asked_nothing(session: Session) -> None:
    whole = campaign_burden.of_audience(session, [], TINY, date(2026, 11, 26))
    assert (whole.suppliers, whole.questionnaires, whole.each) == ((), (), None)
    assert whole.total.most_minutes == 0


def test_many_suppliers_take_as_many_queries_as_few(
    session: Session, make: Make, campaign: Campaign, buyer: User
) -> None:
    statements: list[str] = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *event: statements.append(event[2]))
    taken = []
    for number in range(2):
        more = [make.supplier(f"More {number} {place}", **(SMALL if place % 2 else LARGE)) for place in range(6)]
        campaigns.choose(session, campaign, more, now=make.now, by=buyer)
        session.commit()
        session.expire_all()
        statements.clear()
        assert len(weigh(session, campaign).suppliers) == 2 + 6 * (number + 1)
        taken.append(len(statements))

    assert taken[0] == taken[1]


def test_who_was_asked_before_there_were_short_forms_was_asked_the_long_one(session: Session, make: Make) -> None:
    request = make.request(make.campaign(keys=("facts",)), make.supplier(**SMALL))
    request.assessments[0].facts = dict(SMALL)
    session.commit()

    assert asked(request) == [("facts", Form.LONG)]
    assert campaign_burden.of_request(request, TINY, request.due_on).total.most_questions == 2


def test_a_short_form_that_stands_in_for_two_questionnaires_is_asked_once(session: Session, make: Make) -> None:
    facts = TINY.newest("facts")
    other = replace(TINY.newest("documented"), short_form=facts.short_form)
    catalogue = Catalogue([facts, other, TINY.newest("asking")])
    campaign = make.campaign(keys=("facts", "documented"))
    request = Request(campaign=campaign, supplier=make.supplier(**SMALL), due_on=campaign.due_on)
    session.add(request)
    session.commit()

    assert [(each.questionnaire.key, each.form) for each in forms_of(request, catalogue)] == [("asking", Form.SHORT)]
    send(session, campaign, make, campaign.created_by, catalogue)
    assert [each.questionnaire for each in request.assessments] == ["asking"]
