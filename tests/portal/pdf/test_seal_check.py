"""When nothing is sealed: certificates that end or are not for it, a seal that is revoked, clocks that differ."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from certomancer.registry import CertomancerConfig
from cryptography.hazmat.primitives.serialization import Encoding

from portal.pdf.certificates import (
    CertificateError,
    SigningKeys,
    Trust,
    create_seal,
    issue_crl,
    issue_one_shot,
    load_keys,
    load_trust,
)
from portal.pdf.report import Report, Verdict
from portal.pdf.seal_changes import renew_seal, revoke_seal
from portal.pdf.seal_check import SENTENCES, SealProblem, find_problem
from portal.pdf.signing import Level, Signer, SigningError
from portal.pdf.verification import verify
from tests.portal.pdf.authorities import clock, serving
from tests.portal.pdf.conftest import PASSPHRASE, SIGNATORY
from tests.portal.pdf.facts import NOW

DAY, YEAR = timedelta(days=1), timedelta(days=366)
ORGANISATION = "Fjord Kraft & Søn AS"


@pytest.fixture
def folder(keys_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(keys_folder, tmp_path / "keys")


def codes(report: Report) -> set[str]:
    return {problem.code for problem in report.problems}


@pytest.mark.parametrize(
    ("later", "problem"),
    [
        (-2 * DAY, SealProblem.NOT_YET_VALID),
        (timedelta(0), None),
        (11 * YEAR, SealProblem.ENDED),
    ],
)
def test_a_seal_has_its_time(
    signing_keys: SigningKeys, preview: bytes, later: timedelta, problem: SealProblem | None
) -> None:
    found = Signer(signing_keys, None).check(NOW + later)

    assert [each.problem for each in found] == [problem] * bool(problem)
    if problem:
        with pytest.raises(SigningError, match=SENTENCES[problem]):
            Signer(signing_keys, None).sign(preview, SIGNATORY, "DEC-1", NOW + later)


def test_not_every_certificate_seals(signing_keys: SigningKeys) -> None:
    assert signing_keys.seal_root_key
    root = signing_keys.seal_root
    of_a_signatory = issue_one_shot(signing_keys.one_shot_root, (), "me@example.org", NOW).certificate
    of_nobody = create_seal(replace(signing_keys.seal_root_key, key=signing_keys.one_shot_root.key), "X", NOW)

    problems = [find_problem(each, root, None, NOW) for each in (root, of_a_signatory, of_nobody.certificate)]

    assert problems == [SealProblem.WRONG_USAGE, SealProblem.NOT_OURS, SealProblem.NOT_OURS]


def test_a_revoked_seal_seals_no_more_and_what_is_proven_to_be_older_stays_proven(
    folder: Path, declaration: bytes, stamped: bytes, preview: bytes, tsa_url: str
) -> None:
    keys = load_keys(folder, PASSPHRASE)
    revoke_seal(folder, PASSPHRASE, NOW + DAY, NOW + DAY)
    trust = load_trust(folder)

    with pytest.raises(SigningError, match="revoked"):
        Signer(load_keys(folder, PASSPHRASE), tsa_url).sign(preview, SIGNATORY, "DEC-1", NOW)
    with pytest.raises(CertificateError, match="already"):
        revoke_seal(folder, PASSPHRASE, NOW, NOW)
    assert verify(stamped, trust, None, now=NOW + 2 * DAY).verdict is Verdict.PROVEN
    assert verify(declaration, trust, lambda _: True, now=NOW + 2 * DAY).verdict is Verdict.PROVEN
    assert codes(verify(declaration, trust, None, now=NOW + 2 * DAY)) == {"seal_revoked"}
    stolen = Signer(keys, None).sign(preview, SIGNATORY, "DEC-1", NOW - timedelta(hours=1)).pdf
    assert codes(verify(stolen, trust, None, now=NOW + 2 * DAY)) == {"seal_revoked"}


def test_with_a_stolen_key_and_a_time_stamp_from_after_nothing_is_proven(folder: Path, stamped: bytes) -> None:
    revoke_seal(folder, PASSPHRASE, NOW - DAY, NOW)

    assert codes(verify(stamped, load_trust(folder), None, now=NOW + DAY)) == {"seal_revoked"}


def test_after_a_revocation_the_next_seal_seals_and_its_documents_carry_the_list(
    folder: Path, preview: bytes, tsa_url: str
) -> None:
    before = Signer(load_keys(folder, PASSPHRASE), tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW)
    old = revoke_seal(folder, PASSPHRASE, NOW + timedelta(minutes=1), NOW)
    renew_seal(folder, ORGANISATION, PASSPHRASE, None, NOW)
    keys = load_keys(folder, PASSPHRASE)

    after = Signer(keys, tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-2", NOW)
    renewed = Signer(keys, tsa_url, Level.LTA).renew(before.pdf, "DEC-1", NOW)

    for pdf in (before.pdf, after.pdf, renewed.pdf):
        report = verify(pdf, load_trust(folder), None, now=NOW + DAY)
        assert (codes(report), report.level) == (set(), Level.LTA)
    assert old.serial_number.to_bytes(20, "big").lstrip(b"\0") in b"".join(keys.crls(NOW))


def test_a_list_that_the_root_did_not_sign_is_none(folder: Path, signing_keys: SigningKeys) -> None:
    (folder / "seal-root.crl").write_bytes(issue_crl(signing_keys.one_shot_root, NOW))

    with pytest.raises(CertificateError, match="not signed by"):
        load_trust(folder)


def test_without_the_roots_key_a_list_from_elsewhere_says_what_is_revoked(
    folder: Path, preview: bytes, trust: Trust, tsa_url: str
) -> None:
    root = load_keys(folder, PASSPHRASE).seal_root_key
    assert root
    (folder / "seal-root.p12").unlink()
    with pytest.raises(CertificateError, match="bring it back"):
        revoke_seal(folder, PASSPHRASE, NOW, NOW)
    (folder / "seal-root.crl").write_bytes(issue_crl(root, NOW))

    signed = Signer(load_keys(folder, PASSPHRASE), tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW)

    assert verify(signed.pdf, trust, None, now=NOW).verdict is Verdict.PROVEN
    assert signed.pdf.startswith(preview)
    assert root.certificate.public_bytes(Encoding.PEM) == (folder / "seal-root.pem").read_bytes()


@pytest.mark.parametrize(("seconds", "problems"), [(50, []), (70, ["clock_off"]), (-70, ["clock_off"])])
def test_a_clock_that_is_a_minute_off_seals_nothing(
    signing_keys: SigningKeys, preview: bytes, authority: CertomancerConfig, seconds: int, problems: list[str]
) -> None:
    with serving(clock(authority, NOW + timedelta(seconds=seconds))) as address:
        signer = Signer(signing_keys, f"{address}/clock/tsa/stamps")
        assert [each.problem.value for each in signer.check(NOW)] == problems
        if problems:
            with pytest.raises(SigningError, match="its clock says"):
                signer.sign(preview, SIGNATORY, "DEC-1", NOW)


def test_an_authority_that_is_away_is_told_apart_from_a_clock(signing_keys: SigningKeys) -> None:
    found = Signer(signing_keys, "http://127.0.0.1:9/tsa").check(NOW)

    assert [each.problem for each in found] == [SealProblem.NO_STAMP]
