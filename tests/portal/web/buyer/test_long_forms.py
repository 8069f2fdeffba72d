"""Before sending: what is asked of whom, the short form, and the long one with a reason, on the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Assessment, Campaign, CampaignQuestionnaire, Invitation, Request, Role, Supplier
from tests.factories import Make
from tests.portal.web.pages import check

TINY = Path(__file__).parents[3] / "questionnaires" / "tiny"
REASON = "They make our <circuit> boards."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def campaign(make: Make, session: Session) -> Campaign:
    """A campaign to two small suppliers and a large one; `facts` has the short form `asking`."""
    campaign = make.campaign(keys=("facts", "documented"))
    for name, columns in (
        ("Small Norwegian", {"size": "small", "tier": "low", "language": "nb"}),
        ("Small English", {"size": "micro", "tier": "low"}),
        ("Large", {"size": "large", "tier": "high"}),
    ):
        supplier = make.supplier(name, **columns)
        session.add(Request(campaign=campaign, supplier=supplier, due_on=campaign.due_on))
    session.commit()
    return campaign


def request_of(session: Session, name: str) -> Request:
    return session.scalars(sa.select(Request).join(Request.supplier).where(Supplier.name == name)).one()


def page_of(campaign: Campaign, name: str = "long-forms") -> str:
    return f"/campaigns/{campaign.id}/{name}"


def posted(session: Session, **reasons: str) -> dict[str, object]:
    """Return the form with these suppliers ticked (`_` for a space), and all small ones shown."""
    shown = [str(request_of(session, name).id) for name in ("Small Norwegian", "Small English")]
    named = {str(request_of(session, name.replace("_", " ")).id): reason for name, reason in reasons.items()}
    return {"shown": shown, "long": list(named), **{f"reason-{each}": reason for each, reason in named.items()}}


def test_before_sending_the_buyer_sees_what_is_asked_and_who_gets_the_short_form(
    buyer: FlaskClient, campaign: Campaign
) -> None:
    text = check(buyer.get(page_of(campaign, "send")))

    assert "2 suppliers get a short form." in text
    assert "What you ask of them" in text
    assert "These are bounds, not a forecast." in text
    assert re.search(
        r'<th scope="row">Asking<br><span class="muted">short form</span></th><td class="number">2</td>', text
    )
    assert page_of(campaign) in text


def test_the_mails_shown_name_what_each_supplier_is_really_asked(buyer: FlaskClient, campaign: Campaign) -> None:
    text = buyer.get(page_of(campaign, "send")).text

    mails = re.findall(r'<div class="ds-card plain mail" lang="(\w+)">(.*?)</div>\s*</div>', text, re.DOTALL)
    titles = [(language, re.findall(r"^ +- (.+)$", words, re.MULTILINE)) for language, words in mails]
    assert titles == [
        ("en", ["Asking", "Documented"]),
        ("en", ["Facts", "Documented"]),
        ("nb", ["Spørre", "Dokumentert"]),
    ]
    assert "The mail in Norsk bokmål to Small Norwegian" in text


def test_the_long_form_is_chosen_with_a_reason_that_all_pages_show(
    buyer: FlaskClient, session: Session, campaign: Campaign
) -> None:
    assert "Small Norwegian" in check(buyer.get(page_of(campaign)))
    assert "Large" not in buyer.get(page_of(campaign)).text

    sent = buyer.post(page_of(campaign), data=posted(session, Small_Norwegian=REASON))

    assert sent.status_code == 303
    text = check(buyer.get(page_of(campaign, "send")))
    assert "One supplier gets a short form." in text
    assert "One who was offered it gets the long form, with your reason." in text
    buyer.post(page_of(campaign, "send"))
    request = request_of(session, "Small Norwegian")
    shown = check(buyer.get(f"/requests/{request.id}"))
    assert "They make our &lt;circuit&gt; boards." in shown
    assert "Long form, with a reason" in shown
    session.commit()
    overview = check(buyer.get(f"/campaigns/{campaign.id}"))
    assert "One supplier gets the short form: Asking" in overview
    assert "Long form, with a reason" in overview
    table = buyer.get(f"/campaigns/{campaign.id}/requests.csv").text
    assert (
        f'Small Norwegian,Norway,,Not opened,Not opened,{campaign.due_on},,,Mail waiting,"Facts, Documented",' in table
    )
    assert REASON in table


def test_a_request_that_is_not_sent_says_what_will_be_asked(
    buyer: FlaskClient, session: Session, campaign: Campaign
) -> None:
    texts = [check(buyer.get(f"/requests/{request_of(session, name).id}")) for name in ("Small English", "Large")]
    assert ["Asking <span" in text for text in texts] == [True, False]
    assert ["Facts, Documented" in text for text in texts] == [False, True]


def test_one_reason_can_do_for_all_ticked(buyer: FlaskClient, session: Session, campaign: Campaign) -> None:
    form = posted(session, Small_Norwegian="", Small_English="Their own.")

    assert buyer.post(page_of(campaign), data={**form, "reason": REASON}).status_code == 303

    assert request_of(session, "Small Norwegian").long_form_reason == REASON
    assert request_of(session, "Small English").long_form_reason == "Their own."


def test_a_tick_without_a_reason_and_a_reason_without_a_tick_lose_nothing_typed(
    buyer: FlaskClient, session: Session, campaign: Campaign
) -> None:
    form = posted(session, Small_Norwegian="")
    unticked = request_of(session, "Small English").id
    answer = buyer.post(page_of(campaign), data={**form, f"reason-{unticked}": "Typed"})

    assert answer.status_code == 422
    text = check(answer)
    assert "<title>Error:" in text
    assert "Small Norwegian: Write why this supplier is asked the long form" in text
    assert "Small English: Tick the long form too, or take the reason away." in text
    assert ">Typed</textarea>" in text
    assert f'id="long-{request_of(session, "Small Norwegian").id}" checked' in text
    assert request_of(session, "Small Norwegian").long_form_reason == ""


def test_a_reason_for_nobody_is_not_lost(buyer: FlaskClient, session: Session, campaign: Campaign) -> None:
    answer = buyer.post(page_of(campaign), data={**posted(session), "reason": "Typed"})

    assert answer.status_code == 422
    text = check(answer)
    assert "Tick the suppliers that the reason is for, or take it away." in text
    assert ">Typed</textarea>" in text


def test_taking_the_tick_away_brings_the_short_form_back(
    buyer: FlaskClient, session: Session, campaign: Campaign
) -> None:
    buyer.post(page_of(campaign), data=posted(session, Small_Norwegian=REASON))
    form = posted(session, Small_Norwegian=REASON)

    assert buyer.post(page_of(campaign), data={**form, "long": []}).status_code == 303

    assert request_of(session, "Small Norwegian").long_form_reason == ""


@pytest.mark.parametrize("hostile", ["\0", "x" * 1001, "not-an-id", "'; DROP TABLE requests; --"])
def test_hostile_words_are_no_fault_of_the_portal(
    buyer: FlaskClient, session: Session, campaign: Campaign, hostile: str
) -> None:
    form = posted(session, Small_Norwegian=hostile)
    answer = buyer.post(f"{page_of(campaign)}?page={hostile[:9]}", data={**form, "long": [*form["long"], hostile]})  # type: ignore[misc]
    assert answer.status_code in {303, 422}


def test_without_a_short_form_the_page_says_when_there_is_one(
    buyer: FlaskClient, make: Make, session: Session, campaign: Campaign
) -> None:
    campaign.questionnaires.append(CampaignQuestionnaire(key="asking", edition="2026-1", position=2))
    session.commit()

    assert "No supplier in the audience is offered a short form." in check(buyer.get(page_of(campaign)))
    assert page_of(campaign) not in buyer.get(page_of(campaign, "send")).text


def test_the_supplier_reads_its_own_minutes(
    buyer: FlaskClient, session: Session, installation: Installation, campaign: Campaign
) -> None:
    buyer.post(page_of(campaign, "send"))
    texts = {}
    for invitation in session.scalars(sa.select(Invitation)).all():
        token = installation.links.token(invitation)
        texts[invitation.request.supplier.name] = check(buyer.get(f"/i/{token}"))

    assert "Asking" in texts["Small English"]
    assert "About 3 minutes in all." in texts["Small English"]
    assert "Facts" in texts["Large"]
    assert "About 6 minutes in all." in texts["Large"]


def test_the_review_and_the_archive_say_why_the_long_form_was_asked(
    client: FlaskClient, make: Make, session: Session
) -> None:
    buyer = make.user()
    request = make.request(make.campaign(buyer, keys=("facts", "documented")), make.supplier(size="small", tier="low"))
    request.long_form_reason = REASON
    session.commit()
    facts, documented = (make.declaration(each) for each in session.scalars(sa.select(Assessment)))
    make.sign_in(client, make.user(Role.APPROVER))

    for address in ("/assessments/{assessment}", "/archive/{declaration}"):
        pages = [
            check(client.get(address.format(assessment=each.assessment_id, declaration=each.id)))
            for each in (facts, documented)
        ]
        assert ["They make our &lt;circuit&gt; boards." in text for text in pages] == [True, False]


def test_a_campaign_that_is_sent_asks_late_comers_in_the_same_way(
    buyer: FlaskClient, make: Make, session: Session, campaign: Campaign
) -> None:
    buyer.post(page_of(campaign, "send"))
    late = make.supplier("Late and small", size="small", tier="low")
    session.add(Request(campaign=campaign, supplier=late, due_on=(make.now + timedelta(days=9)).date()))
    session.commit()

    text = check(buyer.get(page_of(campaign)))

    assert "Late and small" in text
    assert "Small English" not in text
