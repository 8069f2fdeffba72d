"""The page of operations: calm when all is well, and plain when something is stuck or ends."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.installation import Installation
from portal.models import Declaration, OutgoingMail
from portal.pdf.certificates import SEAL_CRL, create_installation_keys, issue_crl, load_keys
from portal.pdf.key_folder import endings
from portal.pdf.seal_changes import revoke_seal
from portal.pdf.seal_check import SealProblem
from portal.services import operations, seal_checks
from portal.web.administrator.operations import SEAL_PROBLEMS
from tests.factories import Make
from tests.portal.signing_acts import Act
from tests.portal.web.pages import check


@pytest.fixture
def accepted(installation: Installation, session: Session, make: Make) -> Declaration:
    """A declaration that waits for its seal."""
    act = Act(installation, session, make)
    (declaration,) = act.accepted(act.ready(), make.now)
    session.commit()
    return declaration


def test_all_is_well(administrator: FlaskClient) -> None:
    text = check(administrator.get("/operations"))
    assert "Nothing is stuck" in text
    assert "seal.pem" in text
    assert "PAdES B-B" in text


def test_a_stuck_declaration_is_shown_with_what_keeps_it(
    administrator: FlaskClient, session: Session, accepted: Declaration, make: Make
) -> None:
    accepted.accepted_at = make.now - timedelta(days=400)
    accepted.sealing_tries, accepted.sealing_error = 7, "TimestampError: <b>answered 503</b>"
    session.commit()
    text = check(administrator.get("/operations"))
    assert "One declaration has waited for its seal for more than five minutes." in text
    assert accepted.reference in text
    assert "TimestampError: &lt;b&gt;answered 503" in text


@pytest.mark.parametrize(("error", "is_missed"), [("refused: 550 no such user", True), ("code-used", False)])
def test_a_mail_that_somebody_misses_is_counted(
    administrator: FlaskClient, session: Session, accepted: Declaration, error: str, is_missed: bool
) -> None:
    mail = session.query(OutgoingMail).first()
    assert mail
    mail.next_try_at, mail.failed_at, mail.last_error = None, clock(), error
    session.commit()
    assert ("could not be delivered" in check(administrator.get("/operations"))) == is_missed


def test_what_is_stuck_or_ends_is_an_alarm_in_the_log(
    installation: Installation, session: Session, accepted: Declaration, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    keys_dir = installation.settings.keys_dir
    with caplog.at_level(logging.CRITICAL):
        operations.raise_alarms(session, keys_dir, make.now + timedelta(minutes=4))
    assert caplog.text == ""
    (ends,) = [each.at for each in endings(keys_dir) if each.name == "seal.pem"]
    with caplog.at_level(logging.CRITICAL):
        operations.raise_alarms(session, keys_dir, ends - timedelta(days=20))
    assert accepted.reference in caplog.text
    assert "seal.pem ends on" in caplog.text


def test_the_warning_comes_at_sixty_thirty_and_seven_days(tmp_path: Path, make: Make) -> None:
    create_installation_keys(tmp_path, "Testfirma AS", b"passphrase", make.now)
    keys = load_keys(tmp_path, b"passphrase")
    assert keys.seal_root_key
    (tmp_path / SEAL_CRL).write_bytes(issue_crl(keys.seal_root_key, make.now))
    found = {each.name: each for each in endings(tmp_path)}
    assert found.keys() == {"seal.pem", "seal-root.pem", "oneshot-root.pem", SEAL_CRL}
    seal = found["seal.pem"]
    assert keys.seal.certificate.public_bytes(Encoding.PEM) == (tmp_path / "seal.pem").read_bytes()
    days = {left: operations.warning_before(seal, seal.at - timedelta(days=left)) for left in (61, 59, 29, 6, -1)}
    assert [each.days if each else None for each in days.values()] == [None, 60, 30, 7, 7]


def test_each_reason_not_to_seal_has_a_sentence_of_its_own() -> None:
    assert SEAL_PROBLEMS.keys() == set(SealProblem)
    assert len({str(sentence) for sentence in SEAL_PROBLEMS.values()}) == len(SealProblem)


@pytest.mark.parametrize(
    ("language", "sentence", "revoked"),
    [
        ("en", "the key of the seal cannot be used", "the certificate of the seal is revoked"),
        ("nb", "seglets nøkkel kan ikke brukes", "seglets sertifikat er trukket tilbake"),
    ],
)
def test_what_keeps_the_seal_from_sealing_is_on_the_page(
    administrator: FlaskClient, installation: Installation, session: Session, accepted: Declaration, make: Make,
    language: str, sentence: str, revoked: str,
) -> None:  # fmt: skip
    """The worker leaves what only it can see; what the certificates say is seen at once."""
    settings = replace(installation.settings, seal_key="csc:http://127.0.0.1:9?credential=1")
    without = Installation(settings)
    declaration_id = accepted.id
    session.rollback()
    assert not Act(without, session, make).seal(declaration_id, make.now)
    assert seal_checks.is_due(session, settings.data_dir, make.now, make.now - timedelta(minutes=6))
    seal_checks.run(lambda: without.signer, settings.data_dir, make.now)

    page = check(administrator.get("/operations", headers={"Accept-Language": language}))
    assert sentence in page
    assert seal_checks.last_checked(settings.data_dir) == make.now
    assert page.count("signing service http://127.0.0.1:9: ClientConnectorError") == 2, "and beside what waits"
    assert revoked not in page
    revoke_seal(settings.keys_dir, settings.seal_passphrase, make.now - timedelta(1), make.now)
    assert revoked in check(administrator.get("/operations", headers={"Accept-Language": language}))

    seal_checks.run(lambda: installation.signer, settings.data_dir, make.now)
    page = check(administrator.get("/operations", headers={"Accept-Language": language}))
    assert sentence not in page
    assert revoked in page


def test_the_seal_is_looked_at_daily(
    installation: Installation, session: Session, accepted: Declaration, make: Make
) -> None:
    data_dir, now = installation.settings.data_dir, make.now
    seal_checks.run(lambda: installation.signer, data_dir, now)
    ages = (timedelta(minutes=6), timedelta(hours=23), timedelta(hours=24))
    assert [seal_checks.is_due(session, data_dir, now, now - age) for age in ages] == [False, False, True]
