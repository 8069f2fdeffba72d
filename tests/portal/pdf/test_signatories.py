"""Several people sign one document, in a given order, before the seal."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import page
import pytest

from portal.pdf.certificates import SigningKeys, Trust
from portal.pdf.document import PrintedSignatory, Renderer
from portal.pdf.fields import MOST_SIGNATORIES, SEAL, SUPPLIER, Box, add_signature_fields, signatory_fields
from portal.pdf.report import Report, Role, Verdict
from portal.pdf.signing import Signatory, Signer, SigningError
from portal.pdf.verification import verify
from tests.portal.pdf.conftest import SIGNATORY
from tests.portal.pdf.facts import ENGLISH, NOW
from tests.portal.pdf.test_signing import FALSE_ALARMS

BOARD = tuple(
    Signatory(f"Styremedlem {number} Ødegård", "Board member", f"board{number}@stoperi.example", SIGNATORY.company)
    for number in range(2, MOST_SIGNATORIES + 1)
)
DAY = timedelta(days=1)


def previewed(renderer: Renderer, others: tuple[Signatory, ...]) -> bytes:
    printed = tuple(PrintedSignatory(each.name, each.title) for each in others)
    return renderer.render(replace(ENGLISH, other_signatories=printed))


def accepted(people: tuple[Signatory, ...]) -> tuple[Signatory, ...]:
    return tuple(replace(each, accepted_at=NOW - 9 * DAY + number * DAY) for number, each in enumerate(people))


@pytest.fixture(scope="module")
def for_two(renderer: Renderer) -> bytes:
    return previewed(renderer, BOARD[:1])


@pytest.fixture(scope="module")
def for_three(renderer: Renderer) -> bytes:
    return previewed(renderer, BOARD[:2])


@pytest.fixture(scope="module")
def for_seven(renderer: Renderer) -> bytes:
    return previewed(renderer, BOARD)


def signed(keys: SigningKeys, shown: bytes, people: tuple[Signatory, ...], tsa_url: str | None = None) -> bytes:
    first, *others = accepted(people)
    return Signer(keys, tsa_url).sign(shown, first, "DEC-1", NOW, others).pdf


def checked(pdf: bytes, trust: Trust) -> Report:
    return verify(pdf, trust, None, now=NOW + DAY)


def in_order(keys: SigningKeys, pdf: bytes, fields: tuple[str, ...]) -> bytes:
    """Fill fields in this order, each with the name that belongs there."""
    signer, people = Signer(keys, None), dict(zip(signatory_fields(3), (SIGNATORY, *BOARD), strict=False))
    for field in fields:
        key = signer._seal if field == SEAL else signer._one_shot(people[field], "DEC-1", NOW)
        pdf = signer._append(pdf, field, key, NOW)
    return pdf


@pytest.mark.parametrize("has_time_stamps", [False, True])
def test_a_board_of_seven_signs_and_all_of_it_is_proven(
    signing_keys: SigningKeys, for_seven: bytes, trust: Trust, tsa_url: str, has_time_stamps: bool, tmp_path: Path
) -> None:
    people = (SIGNATORY, *BOARD)
    pdf = signed(signing_keys, for_seven, people, tsa_url if has_time_stamps else None)
    report = checked(pdf, trust)
    assert (report.verdict, report.problems) == (Verdict.PROVEN, ())
    *found, seal = report.signatures
    assert [(each.name, each.email) for each in found] == [(each.name, each.email) for each in people]
    assert [each.accepted_at for each in found] == [each.accepted_at for each in accepted(people)]
    assert (seal.role, seal.accepted_at) == (Role.SEAL, None)
    assert Report.from_json(report.as_json()) == report
    assert sum("accepted 20" in sentence for sentence in report.sentences("en")) == len(people)
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert {each.rule_id for each in page.validate_pdf_bytes(pdf, profile=profile).failures} <= FALSE_ALARMS
    if shutil.which("pdfsig"):
        (tmp_path / "seven.pdf").write_bytes(pdf)
        command = ["pdfsig", "-nocert", "seven.pdf"]
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True).stdout
        assert said.count("Signature is Valid.") == len(people) + 1


def test_two_directors_are_named_with_the_time_when_each_accepted(
    signing_keys: SigningKeys, for_two: bytes, trust: Trust
) -> None:
    report = checked(signed(signing_keys, for_two, (SIGNATORY, BOARD[0])), trust)
    assert report.verdict is Verdict.PROVEN
    assert "godtatt" in report.sentences("nb")[2]
    assert BOARD[0].name in report.sentences("nb")[2]


def test_who_is_declared_must_sign(signing_keys: SigningKeys, for_seven: bytes, trust: Trust) -> None:
    with pytest.raises(SigningError):
        signed(signing_keys, previewed_for_one(for_seven), (SIGNATORY, *BOARD))
    report = checked(signed(signing_keys, for_seven, (SIGNATORY, *BOARD[:4])), trust)
    assert [each.code for each in report.problems] == ["one_signatory_missing"] * 2
    assert report.problems[1].parameters == {"name": BOARD[5].name, "number": 7, "count": 7}


def previewed_for_one(pdf: bytes) -> bytes:
    """A document without the fields: cut before they were added."""
    return pdf[: pdf.index(b"%%EOF") + 6]


FORGERIES: dict[str, tuple[Callable[[SigningKeys, bytes], bytes], set[str]]] = {
    "the third before the second": (
        lambda keys, pdf: in_order(keys, pdf, (SUPPLIER, "Supplier-3", "Supplier-2", SEAL)),
        {"signatories_out_of_order", "another_signatory"},
    ),
    "somebody else in the second place": (
        lambda keys, pdf: signed(keys, pdf, (SIGNATORY, BOARD[2], BOARD[1])),
        {"another_signatory"},
    ),
    "two in each other's places": (
        lambda keys, pdf: signed(keys, pdf, (SIGNATORY, BOARD[1], BOARD[0])),
        {"another_signatory"},
    ),
    "the last missing": (
        lambda keys, pdf: in_order(keys, pdf, (SUPPLIER, "Supplier-2", SEAL)),
        {"one_signatory_missing"},
    ),
    "only the first": (
        lambda keys, pdf: signed(keys, pdf, (SIGNATORY,)),
        {"one_signatory_missing"},
    ),
    "sealed before the last": (
        lambda keys, pdf: in_order(keys, pdf, (SUPPLIER, "Supplier-2", SEAL, "Supplier-3")),
        {"out_of_order", "seal_changed_afterwards"},
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_wrong_set_of_signatures_is_refused_with_its_own_sentence(
    signing_keys: SigningKeys, for_three: bytes, trust: Trust, forgery: str
) -> None:
    forge, expected = FORGERIES[forgery]
    report = checked(forge(signing_keys, for_three), trust)
    assert report.verdict is Verdict.NOT_PROVEN
    assert {each.code for each in report.problems} == expected
    assert all(report.sentences(language) for language in ("en", "nb"))


def test_one_more_signature_than_declared_is_refused(signing_keys: SigningKeys, preview: bytes, trust: Trust) -> None:
    wider = add_signature_fields(preview, [Box("Supplier-2", "Second", 1, 0, 0, 100, 50)])
    report = checked(in_order(signing_keys, wider, (SUPPLIER, "Supplier-2", SEAL)), trust)
    assert [each.code for each in report.problems] == ["unexpected_signature"]


def test_fields_are_named_by_number() -> None:
    assert signatory_fields(1) == [SUPPLIER]
    assert signatory_fields(3) == [SUPPLIER, "Supplier-2", "Supplier-3"]
