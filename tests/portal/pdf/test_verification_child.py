import logging
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portal.pdf import verification_child
from portal.pdf.certificates import CertificateError, Trust
from portal.pdf.report import Verdict
from portal.pdf.verification import verify
from portal.pdf.verification_child import verifiers, verify_in_child
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
    monkeypatch.setattr(sys, "executable", "/bin/false")

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
    monkeypatch.delattr(verification_child, "verifiers")

    assert verify_in_child(b"PK", keys_folder, None).verdict is Verdict.NOT_A_PDF


def test_missing_certificates_are_an_error_of_the_installation(declaration: bytes, tmp_path: Path) -> None:
    with pytest.raises(CertificateError):
        verify_in_child(declaration, tmp_path, None)


def test_one_child_verifies_many_files_and_a_dead_one_is_replaced(
    declaration: bytes, keys_folder: Path, trust: Trust
) -> None:
    expected = verify(declaration, trust, None, now=LATER)
    with verifiers(keys_folder, at_most=1) as kept:

        def check(timeout: float = 30) -> list[str]:
            report = verify_in_child(declaration, keys_folder, None, now=LATER, children=kept, timeout=timeout)
            return ["same"] if report == expected else [each.code for each in report.problems]

        assert [check(), check(), check(0.001), check()] == [["same"], ["same"], ["unreadable"], ["same"]]
