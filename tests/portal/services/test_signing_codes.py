"""The mailed code: how long, how often, and for what it is good."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.config import CODE_TRIES
from portal.installation import Installation
from portal.models import Deed, Signing
from portal.services import ledger, posting, signing_codes
from portal.services.signing_codes import CodeRefused, Refusal, TooManyCodes
from tests.factories import Make
from tests.portal.signing_acts import Act

MINUTE = timedelta(minutes=1)


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def signing(act: Act, now: datetime) -> Signing:
    return act.preview(act.ready(), now)


def refused(act: Act, signing: Signing, code: str, now: datetime) -> CodeRefused:
    with pytest.raises(CodeRefused) as caught:
        act.accept(signing, code, now)
    return caught.value


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_mailed_code_is_the_one_that_signs(act: Act, signing: Signing, now: datetime) -> None:
    code = act.send(signing, now)
    (mail,) = act.mails("signing_code")
    letterhead = posting.Letterhead(
        act.installation.links, act.installation.store, "Testfirma AS", "http://localhost", "p@x.example", "localhost"
    )
    composed = posting.compose(act.session, mail, letterhead, now)
    assert code in composed.mail.text
    assert composed.mail.to_email == signing.invitation.email
    assert len(act.accept(signing, code, now)) == 1


def test_spaces_in_the_code_do_no_harm(act: Act, signing: Signing, now: datetime) -> None:
    code = act.send(signing, now)
    assert act.accept(signing, f" {code[:3]} {code[3:]} ", now)


def test_no_code_was_sent(act: Act, signing: Signing, now: datetime) -> None:
    assert refused(act, signing, act.installation.links.code(signing), now).refusal is Refusal.NOT_SENT


@pytest.mark.parametrize(("after", "taken"), [(10 * MINUTE - timedelta(seconds=1), True), (10 * MINUTE, False)])
def test_a_code_lasts_ten_minutes(act: Act, signing: Signing, now: datetime, after: timedelta, taken: bool) -> None:
    code = act.send(signing, now)
    if taken:
        assert act.accept(signing, code, now + after)
    else:
        assert refused(act, signing, code, now + after).refusal is Refusal.EXPIRED
        assert signing.accepted_at is None


def test_five_wrong_tries_spend_a_code_and_a_new_one_works(act: Act, signing: Signing, now: datetime) -> None:
    code = act.send(signing, now)
    left = [refused(act, signing, other_than(code), now).tries_left for _ in range(CODE_TRIES)]
    assert left == [4, 3, 2, 1, 0]
    assert refused(act, signing, code, now).refusal is Refusal.TRIES_USED_UP
    assert not signing_codes.is_waiting(signing, now)
    newer = act.send(signing, now + MINUTE)
    assert newer != code
    assert act.accept(signing, newer, now + MINUTE)


def test_a_new_code_ends_the_old_one(act: Act, signing: Signing, now: datetime) -> None:
    old = act.send(signing, now)
    act.send(signing, now + MINUTE)
    assert refused(act, signing, old, now + MINUTE).refusal is Refusal.WRONG


def test_a_code_for_one_preview_does_not_sign_another(act: Act, signing: Signing, now: datetime) -> None:
    other = act.preview(signing.invitation, now, name="Ola Annen")
    code = act.send(signing, now)
    act.send(other, now)
    assert refused(act, other, code, now).refusal is Refusal.WRONG


def test_three_codes_an_hour_whatever_they_are_for(act: Act, signing: Signing, now: datetime) -> None:
    other = act.preview(signing.invitation, now, name="Ola Annen")
    for minutes, which in enumerate((signing, other, signing)):
        act.send(which, now + minutes * MINUTE)
    with pytest.raises(TooManyCodes) as caught:
        act.send(other, now + 59 * MINUTE)
    assert caught.value.until == now + 60 * MINUTE
    act.session.rollback()
    assert act.send(other, now + 60 * MINUTE)


def test_the_ledger_tells_of_codes_without_telling_them(act: Act, signing: Signing, now: datetime) -> None:
    code = act.send(signing, now)
    refused(act, signing, other_than(code), now)
    events = ledger.events_about(act.session, ledger.subject_of("signing", signing.id))
    assert [event.deed for event in events] == [Deed.PREVIEW_MADE, Deed.CODE_SENT, Deed.CODE_REFUSED]
    assert not any(code.encode() in event.record for event in events)
    assert ledger.verify(act.session) is None
