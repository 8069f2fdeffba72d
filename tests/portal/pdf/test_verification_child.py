import logging
from datetime import timedelta
from pathlib import Path

import pytest

from portal.pdf import verification_child
from portal.pdf.certificates import CertificateError, Trust
from portal.pdf.report import Verdict
from portal.pdf.verification import verify
from portal.pdf.verification_child import verify_in_child
from tests.portal.pdf.facts import NOW

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("known", [True, False, None])
def test_the_child_reports_what_the_parent_would(
    declaration: bytes, trust: Trust, keys_folder: Path, known: bool | None
) -> None:
    ledger = None if known is None else lambda _: bool(known)

    report = verify_in_child(declaration, keys_folder, ledger, now=LATER)

    assert report == verify(declaration, trust, ledger, now=LATER)


def test_a_dead_child_proves_nothing(
    declaration: bytes, keys_folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(verification_child, "_command", lambda *_: ["/bin/sh", "-c", "kill -ABRT $$"], raising=True)

    with caplog.at_level(logging.WARNING):
        report = verify_in_child(declaration, keys_folder, lambda _: True)

    assert (report.verdict, [each.code for each in report.problems]) == (Verdict.NOT_PROVEN, ["unreadable"])
    assert report.sha256 in caplog.text


def test_a_child_that_takes_too_long_proves_nothing(declaration: bytes, keys_folder: Path) -> None:
    report = verify_in_child(declaration, keys_folder, lambda _: True, timeout=0.05)

    assert [each.code for each in report.problems] == ["unreadable"]


def test_a_file_beyond_all_size_is_not_examined(keys_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_child, "LARGEST_FILE", 1_000_000)

    report = verify_in_child(b"%PDF-" + b"x" * 1_000_000, keys_folder, None)

    assert report.sentences("en")[1] == "The file is larger than 1 MB, so it was not examined."


def test_what_is_not_a_pdf_starts_no_child(keys_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(verification_child, "_command")

    assert verify_in_child(b"PK", keys_folder, None).verdict is Verdict.NOT_A_PDF


def test_missing_certificates_are_an_error_of_the_installation(declaration: bytes, tmp_path: Path) -> None:
    with pytest.raises(CertificateError):
        verify_in_child(declaration, tmp_path, None)
