"""Suppliers' certificates, as the signed answers in force name them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Assessment, Attachment, CheckLevel, Declaration, Supplier
from portal.services import answer_checks, certificate_register
from portal.services.certificate_register import Listed, Standing, Validity, Wanted
from portal.services.evidence_levels import EvidenceLevel
from questionnaires.catalogue import Catalogue
from tests.factories import Make

TINY = Catalogue.load(Path(__file__).parents[2] / "questionnaires" / "tiny")
TODAY = date(2026, 11, 26)
FILE = {"sha256": "a" * 64, "name": "iso.pdf", "size": 9_000, "media_type": "application/pdf"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


def certificate(
    until: date = TODAY, kind: str = "ISO 9001", number: str = "N-1", issuer: str = "DNV"
) -> dict[str, str]:
    return {"kind": kind, "number": number, "issuer": issuer, "valid_until": until.isoformat()}


def declare(make: Make, assessment: Assessment, answers: dict[str, Any], minutes: int = 0) -> Declaration:
    """Sign these answers; what was signed before is replaced."""
    before = list(assessment.declarations)
    declaration = make.declaration(assessment, f"%PDF {len(before)}".encode())
    declaration.answers = answers
    declaration.accepted_at = make.now + timedelta(minutes=minutes + len(before))
    for older in before:
        older.superseded_by = declaration
    make.session.commit()
    return declaration


def asked(make: Make, key: str, supplier: Supplier | None = None) -> Assessment:
    return make.request(make.campaign(keys=(key,)), supplier).assessments[0]


def numbers(session: Session, supplier: Supplier | None = None) -> list[str]:
    supplier_id = supplier.id if supplier else None
    return [each.value["number"] for each in certificate_register.find(session, TINY, supplier_id)]


def test_an_empty_register_is_a_register(session: Session, make: Make) -> None:
    assert certificate_register.find(session, TINY) == []
    declare(make, asked(make, "documented"), {"P-policy": "yes"})
    declare(make, asked(make, "asking"), {"A-agency": "no"})
    assert certificate_register.find(session, TINY) == []


def test_a_certificate_is_listed_as_it_was_signed_with_its_file_and_its_level(session: Session, make: Make) -> None:
    supplier = make.supplier("Ødegård Verk AS")
    assessment = asked(make, "every-type", supplier)
    answers = {"Q-cert": certificate(kind="iso_14001"), "Q-cert#documents": [FILE], "Q-body": certificate(kind="Own")}
    declaration = declare(make, assessment, answers)
    attachment = Attachment(
        assessment_id=assessment.id, question="Q-cert#documents", filename="iso.pdf", media_type="application/pdf",
        size=9_000, sha256="a" * 64, uploaded_at=make.now,
    )  # fmt: skip
    session.add(attachment)
    session.commit()

    own, iso = sorted(certificate_register.find(session, TINY), key=lambda each: each.question.id)

    assert (iso.kind("nb"), own.kind("nb")) == ("ISO 14001", "Own")
    assert (iso.supplier, iso.assessment_id, iso.questionnaire.key) == (supplier, assessment.id, "every-type")
    assert [(file.name, file.attachment_id) for file in iso.files] == [("iso.pdf", attachment.id)]
    assert (iso.level, own.level, own.files) == (EvidenceLevel.DOCUMENTED, EvidenceLevel.STATED, ())
    buyer = make.user()
    answer_checks.check(
        session, declaration, TINY.find("every-type", "2026-1"), "Q-body", CheckLevel.CHECKED, "Called them.",
        by=buyer, now=make.now,
    )  # fmt: skip
    own = next(each for each in certificate_register.find(session, TINY) if each.question.id == "Q-body")
    assert own.level is EvidenceLevel.CHECKED
    assert own.check is not None
    assert own.check.checked_by is buyer


def test_only_what_is_in_force_is_listed(session: Session, make: Make) -> None:
    supplier = make.supplier()
    first = asked(make, "comparing", supplier)
    declare(make, first, {"V-cert": certificate(number="replaced")})
    declare(make, first, {"V-cert": certificate(number="this year")})
    make.declaration(asked(make, "comparing"), signed=False).answers = {"V-cert": certificate(number="not sealed")}
    session.commit()
    assert numbers(session) == ["this year"]

    declare(make, asked(make, "documented", supplier), {"P-own": certificate(number="elsewhere")})
    next_year = asked(make, "comparing", supplier)
    assert sorted(numbers(session)) == ["elsewhere", "this year"]
    declare(make, next_year, {"V-cert": certificate(number="next year")}, minutes=60)
    assert sorted(numbers(session)) == ["elsewhere", "next year"]
    declare(make, next_year, {"V-limit": 15}, minutes=60)
    assert numbers(session) == ["elsewhere"]


def test_what_was_replaced_is_out_even_where_the_clock_was_set_back_meanwhile(session: Session, make: Make) -> None:
    assessment = asked(make, "comparing")
    replaced = declare(make, assessment, {"V-cert": certificate(number="replaced")})
    declare(make, assessment, {"V-cert": certificate(number="in force")})
    replaced.accepted_at = make.now + timedelta(hours=1)
    session.commit()

    assert numbers(session) == ["in force"]


def test_a_suppliers_own_are_found(session: Session, make: Make) -> None:
    one, other = make.supplier("One"), make.supplier("Other")
    for supplier in (one, other):
        declare(make, asked(make, "comparing", supplier), {"V-cert": certificate(number=supplier.name)})

    assert numbers(session, one) == ["One"]
    assert numbers(session, make.supplier("Nothing")) == []


def listed(session: Session, make: Make) -> list[Listed]:
    """Return certificates that end so many days from today as their numbers say."""
    for days in (-400, -1, 0, 30, 31, 60, 61, 90, 91):
        answers = {"V-cert": certificate(TODAY + timedelta(days=days), number=str(days))}
        declare(make, asked(make, "comparing", make.supplier(f"Supplier {days}")), answers)
    return certificate_register.find(session, TINY)


@pytest.mark.parametrize(
    ("validity", "days"),
    [
        (None, [-400, -1, 0, 30, 31, 60, 61, 90, 91]),
        (Validity.VALID, [0, 30, 31, 60, 61, 90, 91]),
        (Validity.WITHIN_30, [0, 30]),
        (Validity.WITHIN_60, [0, 30, 31, 60]),
        (Validity.WITHIN_90, [0, 30, 31, 60, 61, 90]),
        (Validity.EXPIRED, [-400, -1]),
    ],
)
def test_what_expires_can_be_looked_for(
    session: Session, make: Make, validity: Validity | None, days: list[int]
) -> None:
    found = certificate_register.fitting(listed(session, make), Wanted(validity), TODAY)
    assert [each.days_left(TODAY) for each in found] == days


def test_what_has_expired_or_does_soon_stands_so(session: Session, make: Make) -> None:
    standings = {each.days_left(TODAY): each.standing(TODAY) for each in listed(session, make)}
    assert [days for days, standing in standings.items() if standing is Standing.EXPIRED] == [-400, -1]
    assert [days for days, standing in standings.items() if standing is Standing.VALID] == [91]


def test_supplier_and_kind_can_be_looked_for(session: Session, make: Make) -> None:
    for name, key, answers in (
        ("Ødegård", "every-type", {"Q-cert": certificate(kind="sa_8000")}),
        ("Other", "comparing", {"V-cert": certificate(kind="Fairtrade")}),
    ):
        declare(make, asked(make, key, make.supplier(name)), answers)
    every = certificate_register.find(session, TINY)

    assert certificate_register.kinds(every, "en") == [("Fairtrade", "Fairtrade"), ("sa_8000", "SA 8000")]
    for wanted, names in (
        (Wanted(supplier="øDE"), ["Ødegård"]),
        (Wanted(kind="Fairtrade"), ["Other"]),
        (Wanted(kind="sa_8000", supplier="other"), []),
        (Wanted(kind="nothing"), []),
    ):
        assert [each.supplier.name for each in certificate_register.fitting(every, wanted, TODAY)] == names


def test_many_certificates_take_as_many_queries_as_few(session: Session, make: Make) -> None:
    statements: list[str] = []
    taken = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *event: statements.append(event[2]))
    for _more in range(2):
        for _each in range(4):
            declare(make, asked(make, "comparing", make.supplier()), {"V-cert": certificate()})
        session.expunge_all()
        statements.clear()
        assert all(each.supplier.name for each in certificate_register.find(session, TINY))
        taken.append(len(statements))

    assert taken[0] == taken[1] <= 4
