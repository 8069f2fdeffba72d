"""The look ahead: what will be proven in ten years, and what raises the alarm."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Declaration, Role
from portal.pdf.certificates import load_trust
from portal.pdf.outlook import Trouble
from portal.services import lasting
from portal.services.lasting import Outlook
from tests.factories import Make
from tests.portal.services.test_renewing import DAY, ENDS, Stamped, declaration, stamped
from tests.portal.web.pages import check

__all__ = ["declaration", "stamped"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


def look(stamped: Stamped, session: Session, now: datetime) -> Outlook:
    session.commit()
    parts = stamped.installation
    return lasting.look(parts.new_session, parts.store, load_trust(stamped.keys_dir), parts.settings.data_dir, now)


def test_a_sound_declaration_will_be_proven_and_is_looked_at_once_a_night(
    stamped: Stamped, session: Session, declaration: Declaration, now: datetime
) -> None:
    folder, night = stamped.installation.settings.data_dir, (now + DAY).replace(hour=2)
    assert (lasting.is_due(folder, night), lasting.last(folder)) == (True, None)
    assert look(stamped, session, night) == Outlook(night, 1, {})
    assert (lasting.is_due(folder, night), lasting.last(folder)) == (False, Outlook(night, 1, {}))


def test_a_time_stamp_whose_end_cannot_be_met_raises_the_alarm(
    stamped: Stamped,
    session: Session,
    declaration: Declaration,
    make: Make,
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reference = declaration.reference
    outlook = look(stamped, session, ENDS - 30 * DAY)
    assert outlook.troubles == {reference: Trouble.ENDS_TOO_SOON}
    assert f"{reference} will not be proven in years to come: ends-too-soon" in caplog.text
    assert caplog.records[-1].levelno == logging.CRITICAL

    make.sign_in(client, make.user(role=Role.ADMINISTRATOR))
    page = check(client.get("/operations"))
    assert f"One declaration will not be proven in five or ten years, though it is renewed in time: {reference}" in page
    page = client.get("/operations", headers={"Accept-Language": "nb"}).text
    assert f"Én erklæring vil ikke være bevist om fem eller ti år, selv om den fornyes i tide: {reference}" in page


def test_what_is_not_proven_now_or_not_there_will_not_be_later(
    stamped: Stamped, session: Session, declaration: Declaration, now: datetime
) -> None:
    reference, place = declaration.reference, declaration.pdf_sha256 or ""
    assert look(stamped, session, datetime(2037, 1, 1, tzinfo=UTC)).troubles == {reference: Trouble.NOT_PROVEN}
    path: Path = stamped.installation.settings.files_dir / place[:2] / place
    path.write_bytes(path.read_bytes()[:-1])
    assert look(stamped, session, now).troubles == {reference: lasting.MISSING}
