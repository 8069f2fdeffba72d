"""Alarms by mail: to every administrator, once a day, about what is not mended."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.mail.rendering import render
from portal.models import OutgoingMail, Role
from portal.services import alarms, lasting
from tests.factories import Make
from tests.portal.mail.samples import adds
from tests.portal.signing_acts import Act

HOUR = timedelta(hours=1)


def tell(installation: Installation, session: Session, now: datetime) -> int:
    settings = installation.settings
    told = alarms.tell(session, settings.data_dir, settings.keys_dir, "nb", now)
    session.commit()
    return told


def test_each_administrator_hears_of_each_alarm_once_a_day(
    installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    act = Act(installation, session, make)
    assert (tell(installation, session, now), len(act.mails(alarms.KIND))) == (0, 0)
    act.accepted(act.ready(), now)
    people = [make.user(role=Role.ADMINISTRATOR, email=f"{name}@testfirma.example") for name in "abc"]
    make.user(role=Role.AUDITOR)
    people[2].disabled_at = now
    found = {"begun_at": now.isoformat(), "looked_at": 3, "troubles": {"2026-1": "ends-too-soon"}}
    (installation.settings.data_dir / lasting.FILENAME).write_text(json.dumps(found))

    assert [tell(installation, session, now + hours * HOUR) for hours in (1, 2, 24, 25)] == [4, 0, 0, 4]
    mails = act.mails(alarms.KIND)
    assert {mail.to_email for mail in mails} == {"a@testfirma.example", "b@testfirma.example"}
    assert {mail.subject for mail in mails} == {"alarm:stuck:", "alarm:fading:"}


def test_a_certificate_that_ends_is_named(
    installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    make.user(role=Role.ADMINISTRATOR)
    later = now + timedelta(days=9 * 365 + 320)
    assert tell(installation, session, later) == 1
    (mail,) = session.query(OutgoingMail).filter_by(kind=alarms.KIND)
    assert mail.facts["name"] == "seal.pem"
    assert f"seal.pem ends on {mail.facts['day']}" in render(alarms.KIND, "en", {**adds(), **mail.facts}).text


@pytest.mark.parametrize(
    ("alarm", "words"),
    [
        ("stuck", "2 erklæringer har ventet"),
        ("failed-mails", "2 e-poster"),
        ("decaying", "Tidsstemplene på 2 erklæringer"),
        ("fading", "2 erklæringer vil ikke være bevist"),
    ],
)
def test_every_alarm_has_its_words(alarm: str, words: str) -> None:
    facts = {"alarm": alarm, "count": 2, "name": "2026-1", "day": ""}
    said = render(alarms.KIND, "nb", {**adds(), **facts})
    assert words in said.text
    assert words in said.html
