import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import page
import pytest
from certomancer.registry import CertomancerConfig

from portal.pdf.certificates import SigningKeys, Trust
from portal.pdf.embedded import find_file
from portal.pdf.report import Verdict
from portal.pdf.signing import Level, Signatory, Signer, SigningError
from portal.pdf.timestamps import LARGEST_ANSWER
from portal.pdf.verification import verify
from tests.portal.pdf.authorities import Application, clock, create_authority, serving
from tests.portal.pdf.conftest import SIGNATORY
from tests.portal.pdf.facts import ENGLISH, NOW

# The validator wants every signature to cover the whole file, which only the last of two can.
FALSE_ALARMS = {"PDFA3A-SIGNATURE-BYTERANGE-001"}


def answering(status: str, body: bytes, kind: str = "application/timestamp-reply") -> Application:
    def application(environment: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start(status, [("Content-Type", kind), ("Location", "/elsewhere")])
        return [body]

    return application


def test_what_was_shown_is_what_is_signed(preview: bytes, declaration: bytes) -> None:
    assert declaration.startswith(preview)
    assert find_file(declaration) == ENGLISH.answers


def test_a_signed_declaration_stays_archivable_and_accessible(declaration: bytes, stamped: bytes) -> None:
    for pdf in (declaration, stamped):
        for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
            failures = page.validate_pdf_bytes(pdf, profile=profile).failures
            assert {each.rule_id for each in failures} <= FALSE_ALARMS


def test_the_level_says_whether_there_are_time_stamps(signing_keys: SigningKeys, preview: bytes, tsa_url: str) -> None:
    assert Signer(signing_keys, None).sign(preview, SIGNATORY, "DEC-1", NOW).level is Level.B
    assert Signer(signing_keys, tsa_url).sign(preview, SIGNATORY, "DEC-1", NOW).level is Level.T


def test_each_signature_has_a_certificate_of_its_own(signing_keys: SigningKeys, preview: bytes) -> None:
    signer = Signer(signing_keys, None)

    first, second = (signer.sign(preview, SIGNATORY, "DEC-1", NOW).pdf for _ in range(2))

    assert first != second


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="needs pdfsig, from Debian's poppler-utils")
def test_another_verifier_agrees(tmp_path: Path, declaration: bytes, stamped: bytes) -> None:
    for name, pdf in (("plain.pdf", declaration), ("stamped.pdf", stamped)):
        (tmp_path / name).write_bytes(pdf)
        command = ["pdfsig", "-nocert", name]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True).stdout

        assert said.count("Signature is Valid.") == 2
        assert said.count("Signature Type: ETSI.CAdES.detached") == 2
        assert said.count("Total document signed") == 1


def test_a_document_without_fields_is_not_signed(signing_keys: SigningKeys) -> None:
    with pytest.raises(SigningError, match="DEC-1"):
        Signer(signing_keys, None).sign(b"%PDF-1.7\n", SIGNATORY, "DEC-1", NOW)


def test_a_declaration_is_not_signed_twice(signing_keys: SigningKeys, declaration: bytes) -> None:
    with pytest.raises(SigningError):
        Signer(signing_keys, None).sign(declaration, SIGNATORY, "DEC-1", NOW)


def test_an_expired_seal_does_not_sign(signing_keys: SigningKeys, preview: bytes) -> None:
    with pytest.raises(SigningError, match="has ended"):
        Signer(signing_keys, None).sign(preview, SIGNATORY, "DEC-1", NOW + timedelta(days=366 * 10))


def test_a_signatory_without_an_address_does_not_sign(signing_keys: SigningKeys, preview: bytes) -> None:
    with pytest.raises(SigningError):
        Signer(signing_keys, None).sign(preview, Signatory("Åse", "", "@", "AS"), "DEC-1", NOW)


@pytest.mark.parametrize(
    "application",
    [
        answering("500 Internal Server Error", b""),
        answering("302 Found", b""),
        answering("200 OK", b"garbage"),
        answering("200 OK", b"<html>", "text/html"),
        answering("200 OK", b"\x30" * (LARGEST_ANSWER + 1)),
    ],
    ids=["error", "redirect", "garbage", "another kind", "without end"],
)
def test_without_a_time_stamp_nothing_is_signed(
    signing_keys: SigningKeys, preview: bytes, application: Application
) -> None:
    with serving(application) as address, pytest.raises(SigningError, match="DEC-1"):
        Signer(signing_keys, f"{address}/tsa").sign(preview, SIGNATORY, "DEC-1", NOW)


def test_a_silent_authority_is_an_error(signing_keys: SigningKeys, preview: bytes) -> None:
    with pytest.raises(SigningError, match="Connect"):
        Signer(signing_keys, "http://127.0.0.1:9/tsa").sign(preview, SIGNATORY, "DEC-1", NOW)


def test_an_authority_with_a_wrong_clock_is_refused(
    signing_keys: SigningKeys, preview: bytes, authority: CertomancerConfig
) -> None:
    with (
        serving(clock(authority, NOW + timedelta(hours=1))) as address,
        pytest.raises(SigningError, match="clock"),
    ):
        Signer(signing_keys, f"{address}/clock/tsa/stamps").sign(preview, SIGNATORY, "DEC-1", NOW)


def test_an_authority_that_nobody_chose_is_refused(
    signing_keys: SigningKeys, preview: bytes, tmp_path: Path, authority_port: int
) -> None:
    with (
        serving(clock(create_authority(tmp_path, authority_port), NOW)) as address,
        pytest.raises(SigningError, match="tsa-roots"),
    ):
        Signer(signing_keys, f"{address}/clock/tsa/stamps").sign(preview, SIGNATORY, "DEC-1", NOW)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "file:///etc/passwd"])
def test_a_time_stamp_authority_has_a_web_address(signing_keys: SigningKeys, url: str) -> None:
    with pytest.raises(SigningError, match="address"):
        Signer(signing_keys, url)


def test_a_time_stamp_authority_needs_a_root(signing_keys: SigningKeys) -> None:
    with pytest.raises(SigningError, match="tsa-roots"):
        Signer(replace(signing_keys, tsa_roots=()), "https://tsa.example/")


def test_the_longest_names_fit(signing_keys: SigningKeys, preview: bytes, trust: Trust, tsa_url: str) -> None:
    longest = Signatory("𠮷" * 200, "𠮷" * 200, f"{'å' * 120}@{'ø' * 40}.example", "𠮷" * 200)

    for url in (None, tsa_url):
        signed = Signer(signing_keys, url).sign(preview, longest, "DEC-" + "1" * 200, NOW)

        assert verify(signed.pdf, trust, None, now=NOW).verdict is Verdict.PROVEN
