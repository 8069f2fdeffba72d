import hashlib
import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers import PdfTimeStamper

from portal.pdf.certificates import SigningKeys, Trust, create_installation_keys, load_keys
from portal.pdf.report import Coverage, Level, Report, Role, Verdict
from portal.pdf.sentences import SENTENCES
from portal.pdf.timestamps import Authority
from portal.pdf.verification import verify
from tests.portal.pdf import tampering
from tests.portal.pdf.conftest import PASSPHRASE
from tests.portal.pdf.facts import NOW

LATER = NOW + timedelta(hours=1)
YEARS_LATER = datetime(2034, 5, 17, tzinfo=UTC)
CHANGES: dict[str, tuple[tampering.Change, set[str]]] = {
    "one byte changed": (
        tampering.content_flipped,
        {"signatory_content_changed", "seal_content_changed"},
    ),
    "page added": (tampering.page_added, {"pages_changed_later"}),
    "one byte appended": (lambda pdf: pdf + b"x", {"bytes_appended"}),
    "new line appended": (lambda pdf: pdf + b"\n", {"bytes_appended"}),
    "fifty bytes appended": (lambda pdf: pdf + b"junk!" * 10, {"bytes_appended"}),
    "cut after the first signature": (tampering.cut_after_first_signature, {"seal_missing"}),
    "filling changed": (tampering.filling_changed, {"seal_space_altered"}),
    "digits in lower case": (tampering.digits_in_lower_case, {"seal_space_altered"}),
    "seal shown twice": (
        tampering.seal_shown_twice,
        {"unexpected_signature", "signature_used_twice", "seal_changed_afterwards"},
    ),
    "cut in the middle": (lambda pdf: pdf[: len(pdf) // 2], {"unreadable"}),
    "only a beginning": (lambda _: b"%PDF-1.7\n", {"unreadable"}),
    "random bytes in a PDF's clothes": (
        lambda _: b"%PDF-1.7\n" + random.Random(1).randbytes(5_000),
        {"unreadable"},
    ),
}
FORGERIES: dict[str, tuple[Callable[[SigningKeys, bytes], bytes], set[str]]] = {
    "sealed by a signatory": (tampering.sealed_by_a_signatory, {"seal_not_trusted"}),
    "changed between the signatures": (tampering.changed_between, {"signatory_changed_afterwards"}),
    "seal older than the signature": (tampering.sealed_first, {"seal_time_wrong"}),
    "sealed but not signed": (tampering.seal_only, {"signatory_missing"}),
    "signed in the old way": (tampering.signed_in_the_old_way, {"signatory_form_not_accepted"}),
    "not signed": (lambda _, preview: preview, {"unsigned"}),
}


def codes(report: Report) -> set[str]:
    return {each.code for each in report.problems}


@pytest.fixture(scope="module")
def foreign_keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    """The keys of another installation of the same name."""
    folder = tmp_path_factory.mktemp("foreign")
    create_installation_keys(folder, "Fjord Kraft & Søn AS", PASSPHRASE, NOW)
    return load_keys(folder, PASSPHRASE)


@pytest.fixture(scope="module")
def archived(stamped: bytes, signing_keys: SigningKeys, tsa_url: str) -> bytes:
    """A declaration with a document time stamp after the seal."""
    stamper = PdfTimeStamper(
        Authority(tsa_url, signing_keys.tsa_roots, NOW), invis_settings=InvisSigSettings(box_out_of_bounds=True)
    )
    output = io.BytesIO()
    stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(stamped)), "sha256", bytes_reserved=16_384, output=output)
    return output.getvalue()


def test_a_declaration_is_proven(declaration: bytes, trust: Trust) -> None:
    report = verify(declaration, trust, lambda _: True, now=LATER)

    assert (report.verdict, codes(report), report.in_ledger) == (Verdict.PROVEN, set(), True)
    signatory, seal = report.signatures
    assert (signatory.role, signatory.name, signatory.title, signatory.email) == (
        Role.SIGNATORY,
        "Åse Bjørnæs Østgård",
        "Managing director",
        "ase@stoperi.example",
    )
    assert (signatory.reference, report.reference) == ("DEC-2026-000123", "DEC-2026-000123")
    assert (signatory.signed_at, signatory.level, signatory.covers) == (
        NOW,
        Level.B,
        Coverage.EARLIER_REVISION,
    )
    assert (seal.role, seal.organisation, seal.covers) == (
        Role.SEAL,
        "Fjord Kraft & Søn AS",
        Coverage.WHOLE_FILE,
    )


def test_a_time_stamped_declaration_is_proven(stamped: bytes, trust: Trust) -> None:
    report = verify(stamped, trust, None, now=LATER)

    assert (report.verdict, codes(report)) == (Verdict.PROVEN, set())
    assert [each.level for each in report.signatures] == [Level.T, Level.T]


def test_a_document_time_stamp_may_follow_the_seal(archived: bytes, trust: Trust) -> None:
    report = verify(archived, trust, None, now=LATER)

    assert (report.verdict, codes(report)) == (Verdict.PROVEN, set())
    assert [each.role for each in report.signatures] == [Role.SIGNATORY, Role.SEAL, Role.TIME_STAMP]
    assert codes(verify(archived + b"x", trust, None, now=LATER)) == {"bytes_appended"}


def test_the_signatorys_certificate_need_not_live_as_long_as_the_proof(
    declaration: bytes, stamped: bytes, trust: Trust
) -> None:
    for pdf in (declaration, stamped):
        assert verify(pdf, trust, None, now=YEARS_LATER).verdict is Verdict.PROVEN


def test_an_expired_authority_is_believed_for_files_in_the_ledger_only(stamped: bytes, trust: Trust) -> None:
    afterwards = datetime(2037, 1, 1, tzinfo=UTC)

    assert verify(stamped, trust, lambda _: True, now=afterwards).verdict is Verdict.PROVEN
    assert codes(verify(stamped, trust, None, now=afterwards)) == {
        "signatory_not_trusted_authority",
        "seal_not_trusted_authority",
    }


def test_a_time_stamp_of_an_unknown_authority_proves_nothing(stamped: bytes, trust: Trust) -> None:
    report = verify(stamped, replace(trust, tsa_roots=()), None, now=LATER)

    assert "signatory_not_trusted_authority" in codes(report)


def test_a_signature_from_the_future_is_not_believed(declaration: bytes, trust: Trust) -> None:
    report = verify(declaration, trust, None, now=NOW - timedelta(hours=1))

    assert codes(report) == {"signatory_time_wrong", "seal_time_wrong"}


def test_a_file_that_the_ledger_does_not_know_is_not_proven(declaration: bytes, trust: Trust) -> None:
    ledger = {"0" * 64}

    report = verify(declaration, trust, ledger.__contains__, now=LATER)
    ledger.add(hashlib.sha256(declaration).hexdigest())

    assert (report.verdict, codes(report)) == (Verdict.NOT_PROVEN, {"not_in_ledger"})
    assert verify(declaration, trust, ledger.__contains__, now=LATER).verdict is Verdict.PROVEN


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_declaration_is_not_proven(
    declaration: bytes, trust: Trust, change: tampering.Change, expected: set[str]
) -> None:
    report = verify(change(declaration), trust, lambda _: True, now=LATER)

    assert (report.verdict, codes(report)) == (Verdict.NOT_PROVEN, expected)


@pytest.mark.parametrize(("forge", "expected"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_declaration_is_not_proven(
    signing_keys: SigningKeys,
    preview: bytes,
    trust: Trust,
    forge: Callable[[SigningKeys, bytes], bytes],
    expected: set[str],
) -> None:
    report = verify(forge(signing_keys, preview), trust, lambda _: True, now=LATER)

    assert (report.verdict, codes(report)) == (Verdict.NOT_PROVEN, expected)


def test_a_signature_cannot_move_to_another_declaration(
    signing_keys: SigningKeys, preview: bytes, declaration: bytes, trust: Trust
) -> None:
    other = tampering.signed_with(signing_keys, preview.replace(b"DEC-2026", b"DEC-2027"))

    report = verify(tampering.signature_taken_from(other)(declaration), trust, None, now=LATER)

    assert "signatory_content_changed" in codes(report)


def test_a_third_signature_is_not_accepted(signing_keys: SigningKeys, declaration: bytes, trust: Trust) -> None:
    report = verify(tampering.third_signature(signing_keys)(declaration), trust, None, now=LATER)

    assert "unexpected_signature" in codes(report)


def test_only_this_portals_roots_count(
    signing_keys: SigningKeys, foreign_keys: SigningKeys, preview: bytes, trust: Trust
) -> None:
    foreign_seal = replace(signing_keys, seal=foreign_keys.seal, seal_root=foreign_keys.seal_root)
    foreign_signatory = replace(signing_keys, one_shot_root=foreign_keys.one_shot_root)

    sealed = verify(tampering.signed_with(foreign_seal, preview), trust, None, now=LATER)
    signed = verify(tampering.signed_with(foreign_signatory, preview), trust, None, now=LATER)

    assert (codes(sealed), codes(signed)) == ({"seal_not_trusted"}, {"signatory_not_trusted"})


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b" %PDF-1.7", b"\x00" * 100])
def test_what_is_not_a_pdf_is_called_so(trust: Trust, content: bytes) -> None:
    report = verify(content, trust, lambda _: True)

    assert (report.verdict, report.problems, report.in_ledger) == (Verdict.NOT_A_PDF, (), None)


def test_no_changed_byte_goes_unnoticed(declaration: bytes, trust: Trust) -> None:
    chance = random.Random(20261121)
    start, end = tampering.signature_space(declaration, "Seal")
    # A few bytes around the seal itself are covered by no signature: they mean nothing, and the ledger sees them.
    covered = [position for position in range(len(declaration)) if not start <= position < end]
    signatory = range(*tampering.signature_space(declaration, "Supplier"))[:2_000]
    positions = [*chance.sample(covered, 40), *chance.sample(signatory, 20)]

    verdicts = {
        position: verify(tampering.flip(declaration, position), trust, None, now=LATER).verdict
        for position in positions
    }

    assert [position for position, verdict in verdicts.items() if verdict is Verdict.PROVEN] == []


def test_the_outcome_is_said_in_both_languages(declaration: bytes, trust: Trust) -> None:
    report = verify(declaration, trust, None, now=LATER)

    english, norwegian = report.sentences("en"), report.sentences("nb")

    assert english[0].startswith("Proven")
    assert norwegian[0].startswith("Bevist")
    assert "Åse Bjørnæs Østgård, Managing director" in english[1]
    assert "No independent time stamp" in " ".join(english)
    assert "ledger was not checked" in english[-1]
    assert len(english) == len(norwegian)
    appended = verify(declaration + b"x", trust, None, now=LATER).sentences("en")
    assert appended[1] == "Something was appended to the file after it was sealed; number of bytes: 1."


def test_every_sentence_exists_in_both_languages() -> None:
    assert {code for code, texts in SENTENCES.items() if texts.keys() != {"en", "nb"}} == set()


def test_a_report_survives_json(stamped: bytes, trust: Trust, tmp_path: Path) -> None:
    report = verify(stamped + b"x", trust, lambda _: True, now=LATER)

    assert Report.from_json(report.as_json()) == report
