"""Declarations that last: B-LTA, renewed year by year, and what is refused on the way."""

import hashlib
import io
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import page
import pytest
from certomancer.registry import CertomancerConfig
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.pdf.certificates import SigningKeys, Trust
from portal.pdf.fields import Revision, new_revision
from portal.pdf.report import Level, Report, Role, Verdict
from portal.pdf.signing import Signer, SigningError
from portal.pdf.verification import verify
from tests.portal.pdf import tampering
from tests.portal.pdf.authorities import clock, create_authority, root_of, serving
from tests.portal.pdf.conftest import SIGNATORY
from tests.portal.pdf.facts import NOW
from tests.portal.pdf.test_signing import FALSE_ALARMS
from tests.servers import free_port

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def lasting(signing_keys: SigningKeys, preview: bytes, tsa_url: str) -> bytes:
    """A declaration at B-LTA."""
    return Signer(signing_keys, tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW).pdf


def codes(report: Report) -> set[str]:
    return {each.code for each in report.problems}


def test_a_lasting_declaration_starts_with_what_was_shown_and_is_proven(
    lasting: bytes, preview: bytes, trust: Trust
) -> None:
    report = verify(lasting, trust, None, now=NOW + DAY)

    assert lasting.startswith(preview)
    assert (report.verdict, codes(report), report.level) == (Verdict.PROVEN, set(), Level.LTA)
    assert [each.role for each in report.signatures] == [Role.SIGNATORY, Role.SEAL, Role.TIME_STAMP]
    assert report.renew_before == datetime(2036, 1, 1, tzinfo=UTC)
    assert "The last time stamp should be renewed before 2036-01-01." in report.sentences("en")
    assert Report.from_json(report.as_json()) == report


def test_the_document_time_stamp_is_valid_for_openssl(
    lasting: bytes, authority: CertomancerConfig, tmp_path: Path
) -> None:
    stamp = PdfFileReader(io.BytesIO(lasting)).embedded_timestamp_signatures[-1]
    first, length, second, rest = (int(each) for each in stamp.byte_range)
    (tmp_path / "data").write_bytes(lasting[first : first + length] + lasting[second : second + rest])
    (tmp_path / "token").write_bytes(stamp.pkcs7_content)
    (tmp_path / "root.pem").write_bytes(root_of(authority))
    command = ["openssl", "ts", "-verify", "-in", "token", "-token_in", "-data", "data", "-CAfile", "root.pem"]
    answer = subprocess.run(
        [*command, "-attime", str(int(NOW.timestamp()))], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in answer.stdout, answer.stderr


def test_both_signatures_are_valid_for_poppler(lasting: bytes, tmp_path: Path) -> None:
    if not shutil.which("pdfsig"):
        pytest.skip("pdfsig (poppler-utils) is not here")
    (tmp_path / "lasting.pdf").write_bytes(lasting)
    answer = subprocess.run(
        ["pdfsig", "-nocert", "lasting.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.stdout.count("Signature is Valid") == 2, answer.stdout


def test_a_lasting_declaration_stays_archivable_and_accessible(lasting: bytes) -> None:
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        failures = page.validate_pdf_bytes(lasting, profile=profile).failures
        assert {each.rule_id for each in failures} <= FALSE_ALARMS


# ---- what is refused


def dropped(pdf: bytes) -> bytes:
    """Leave out the last revision: the validation data and the document time stamp."""
    seal = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[-1]
    return pdf[: int(seal.byte_range[2]) + int(seal.byte_range[3])]


def without_revocation_data(pdf: bytes) -> bytes:
    """Empty the lists of revoked certificates in a later revision."""
    writer = new_revision(pdf)
    writer.root["/DSS"][pdf_name("/CRLs")] = generic.ArrayObject()
    writer.update_container(writer.root["/DSS"])
    return _written(writer)


def without_any_validation_data(pdf: bytes) -> bytes:
    """Let a later revision forget that there is any."""
    writer = new_revision(pdf)
    del writer.root["/DSS"]
    writer.update_root()  # type: ignore[no-untyped-call]
    return _written(writer)


def title_changed(pdf: bytes) -> bytes:
    writer = new_revision(pdf)
    writer.root[pdf_name("/Lang")] = generic.pdf_string("tlh")
    writer.update_root()  # type: ignore[no-untyped-call]
    return _written(writer)


def _written(writer: Revision) -> bytes:
    written = io.BytesIO()
    writer.write(written)  # type: ignore[no-untyped-call]
    return written.getvalue()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (tampering.content_flipped, "seal_content_changed"),
        (tampering.page_added, "pages_changed_later"),
        (tampering.page_removed, "pages_changed_later"),
        (tampering.page_changed, "content_replaced_later"),
        (tampering.hidden, "content_replaced_later"),
        (tampering.replaced, "content_replaced_later"),
        (tampering.font_replaced, "content_replaced_later"),
        (tampering.annotated, "annotated_later"),
        (tampering.form_filled, "form_filled_later"),
        (without_revocation_data, "validation_data_changed_later"),
        (without_any_validation_data, "validation_data_changed_later"),
        (title_changed, "changed_after_sealing"),
        (lambda pdf: pdf + b"x", "bytes_appended"),
        (lambda pdf: pdf + b"\n", "bytes_appended"),
        (lambda pdf: pdf[:-1], "time_stamp_content_changed"),
    ],
)
def test_a_change_is_refused_with_its_own_sentence(
    lasting: bytes, trust: Trust, change: Callable[[bytes], bytes], found: str
) -> None:
    report = verify(change(lasting), trust, lambda _: True, now=NOW + DAY)

    assert report.verdict is Verdict.NOT_PROVEN
    assert found in codes(report)
    later = {each for each in codes(report) if each.endswith(("_later", "after_sealing"))}
    assert later <= {found}, "one change, one sentence"


def test_another_signature_on_a_lasting_declaration_is_refused(
    lasting: bytes, signing_keys: SigningKeys, trust: Trust
) -> None:
    report = verify(tampering.third_signature(signing_keys)(lasting), trust, lambda _: True, now=NOW + DAY)

    assert "unexpected_signature" in codes(report)


def test_a_removed_time_stamp_lowers_the_level_and_the_ledger_misses_it(lasting: bytes, trust: Trust) -> None:
    whole = hashlib.sha256(lasting).hexdigest()
    report = verify(dropped(lasting), trust, lambda sha256: sha256 == whole, now=NOW + DAY)

    assert report.level is Level.T
    assert codes(report) == {"document_time_stamp_missing", "not_in_ledger"}


def flips(pdf: bytes, count: int) -> Iterator[bytes]:
    """Yield copies with one bit turned each, anywhere."""
    chance = random.Random(11)
    for _ in range(count):
        place, bit = chance.randrange(len(pdf)), chance.randrange(8)
        yield pdf[:place] + bytes([pdf[place] ^ 1 << bit]) + pdf[place + 1 :]


@pytest.mark.slow
def test_turned_bits_are_refused_also_without_a_ledger(lasting: bytes, trust: Trust) -> None:
    """2,000 of them by hand: FLIPS=2000."""
    count = int(os.environ.get("FLIPS", "60"))
    refused: Counter[str] = Counter()
    for flipped in flips(lasting, count):
        report = verify(flipped, trust, None, now=NOW + DAY)
        assert report.verdict is not Verdict.PROVEN
        refused[report.problems[0].code if report.problems else report.verdict.value] += 1
    print(refused.most_common())


# ---- authorities that do not do what they should


def lists_elsewhere(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    start("302 Found", [("Location", "http://169.254.169.254/latest/meta-data")])
    return [b""]


def lists_gone(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
    start("503 Service Unavailable", [("Content-Type", "text/plain")])
    return [b"later"]


@pytest.mark.parametrize("lists", [lists_elsewhere, lists_gone])
def test_nothing_is_signed_without_the_authoritys_revocation_data(
    signing_keys: SigningKeys, preview: bytes, tmp_path: Path, lists: Callable[..., list[bytes]]
) -> None:
    port = free_port()
    authority = create_authority(tmp_path, port)
    keys = replace(signing_keys, tsa_roots=(x509.load_pem_x509_certificate(root_of(authority)),))
    with (
        serving(lists, port),
        serving(clock(authority, NOW)) as address,
        pytest.raises(SigningError, match=r"revocation"),
    ):
        Signer(keys, f"{address}/clock/tsa/stamps", Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW)


def test_where_the_first_authority_is_away_its_spare_stamps(
    signing_keys: SigningKeys, preview: bytes, trust: Trust, tsa_url: str
) -> None:
    signer = Signer(signing_keys, f"http://127.0.0.1:9/tsa, {tsa_url}", Level.LTA)
    signed = signer.sign(preview, SIGNATORY, "DEC-1", NOW)
    assert verify(signed.pdf, trust, None, now=NOW + DAY).level is Level.LTA
    with pytest.raises(SigningError, match=r"127\.0\.0\.1:9/tsa.*127\.0\.0\.1:9/spare"):
        Signer(signing_keys, "http://127.0.0.1:9/tsa,http://127.0.0.1:9/spare").sign(preview, SIGNATORY, "DEC-1", NOW)


def test_a_revoked_authority_is_refused(signing_keys: SigningKeys, preview: bytes, tmp_path: Path) -> None:
    port = free_port()
    authority = create_authority(tmp_path, port, revoked="2026-10-01T00:00:00+0000")
    keys = replace(signing_keys, tsa_roots=(x509.load_pem_x509_certificate(root_of(authority)),))
    with serving(clock(authority, NOW), port) as address, pytest.raises(SigningError, match="revoked"):
        Signer(keys, f"{address}/clock/tsa/stamps", Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW)


def test_a_seal_of_which_nothing_says_that_it_is_not_revoked_seals_nothing(
    signing_keys: SigningKeys, preview: bytes, tsa_url: str
) -> None:
    keys = replace(signing_keys, seal_root_key=None, seal_crl=None)
    with pytest.raises(SigningError, match=r"seal-root\.crl"):
        Signer(keys, tsa_url, Level.LTA).sign(preview, SIGNATORY, "DEC-1", NOW)


def test_a_level_that_cannot_be_had_is_refused_at_once(signing_keys: SigningKeys, tsa_url: str, lasting: bytes) -> None:
    with pytest.raises(SigningError, match="time stamp authority"):
        Signer(signing_keys, None, Level.LTA)
    with pytest.raises(SigningError, match="B-LTA only"):
        Signer(signing_keys, tsa_url, Level.T).renew(lasting, "DEC-1", NOW)


# ---- and later


def test_a_declaration_that_nobody_renewed_is_no_longer_proven_without_the_ledger(lasting: bytes, trust: Trust) -> None:
    afterwards = datetime(2036, 6, 1, tzinfo=UTC)

    assert verify(lasting, trust, None, now=afterwards).verdict is Verdict.NOT_PROVEN
    assert verify(lasting, trust, lambda _: True, now=afterwards).verdict is Verdict.PROVEN
