"""How well answers are backed: stated, documented, checked by us, checked on site; what a newer declaration keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import AnswerCheck, CheckLevel, Declaration, Deed, LedgerEvent, LedgerPersonalData, Role, User
from portal.services import answer_checks, evidence_levels
from portal.services.evidence_levels import EvidenceLevel
from portal.services.refusals import ReviewRefused
from questionnaires.catalogue import Catalogue
from tests.factories import Make

TINY = Catalogue.load(Path(__file__).parents[2] / "questionnaires" / "tiny")
FILE = {"sha256": "a" * 64, "name": "audit.pdf", "size": 9, "media_type": "application/pdf"}
OTHER = {**FILE, "sha256": "b" * 64}
CERTIFICATE = {"kind": "ISO", "number": "1", "issuer": "Us", "valid_until": "2030-01-01"}
ANSWERS: dict[str, Any] = {
    "P-policy": "yes",
    "P-audit": "yes",
    "P-audit#documents": [FILE],
    "P-guards": "no",
    "P-lodging": "yes",
    "P-own": CERTIFICATE,
}
SEEN = "Saw the audit report."

Declare = Callable[..., Declaration]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def buyer(make: Make) -> User:
    return make.user()


@pytest.fixture
def declare(make: Make, session: Session) -> Declare:
    """Return a function that signs another declaration of one assessment, which replaces those before."""
    assessment = make.request(make.campaign(keys=("documented",))).assessments[0]

    def declare(**changes: Any) -> Declaration:
        before = list(assessment.declarations)
        made = make.declaration(assessment, f"%PDF {len(before)}".encode())
        made.answers = {**ANSWERS, **{key.replace("_", "-"): value for key, value in changes.items()}}
        made.accepted_at = make.now + timedelta(minutes=len(before))
        for older in before:
            older.superseded_by = made
        session.commit()
        session.expire_all()
        return made

    return declare


@pytest.fixture
def check(session: Session, make: Make, buyer: User) -> Callable[..., None]:
    """Return a function that marks an answer as checked."""

    def check(
        declaration: Declaration,
        question: str,
        level: CheckLevel = CheckLevel.CHECKED,
        note: str = SEEN,
        by: User = buyer,
    ) -> None:
        questionnaire = TINY.find("documented", "2026-1")
        answer_checks.check(session, declaration, questionnaire, question, level, note, by=by, now=make.now)
        session.commit()

    return check


def levels(declaration: Declaration) -> dict[str, str]:
    return {key: each.level.value for key, each in evidence_levels.backing_of(declaration, TINY).items()}


def events(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.scalars(sa.select(LedgerEvent).order_by(LedgerEvent.seq))
    return [(row.deed, json.loads(row.record)["data"]) for row in rows]


def test_an_answer_with_a_file_is_documented_and_any_other_is_stated(declare: Declare) -> None:
    declaration = declare()
    assert levels(declaration) == {
        "P-policy": "stated",
        "P-audit": "documented",
        "P-guards": "stated",
        "P-lodging": "stated",
        "P-own": "stated",
    }
    assert levels(declare(**{"P-own#documents": [FILE]}))["P-own"] == "documented"
    counts = evidence_levels.count_levels(evidence_levels.backing_of(declaration, TINY).values())
    assert list(counts.items()) == [
        (EvidenceLevel.STATED, 4),
        (EvidenceLevel.DOCUMENTED, 1),
        (EvidenceLevel.CHECKED, 0),
        (EvidenceLevel.CHECKED_ON_SITE, 0),
    ]


def test_what_was_not_answered_has_no_level(declare: Declare) -> None:
    declaration = declare()
    declaration.answers = {"P-policy": "no"}
    assert levels(declaration) == {"P-policy": "stated"}


def test_a_check_names_who_when_and_what_and_leaves_one_trace(
    session: Session, declare: Declare, check: Callable[..., None], buyer: User, make: Make
) -> None:
    declaration = declare()
    for _again in range(2):
        check(declaration, "P-audit", note=f" {SEEN}\x00 ")

    backing = evidence_levels.backing_of(declaration, TINY)["P-audit"]
    assert backing.level is EvidenceLevel.CHECKED
    assert backing.check is not None
    assert (backing.check.checked_by, backing.check.checked_at, backing.check.note) == (buyer, make.now, SEEN)
    assert events(session) == [(Deed.ANSWER_CHECKED, {"question": "P-audit", "check": "checked"})]
    assert SEEN.encode() in b"".join(session.scalars(sa.select(LedgerPersonalData.payload)))


def test_a_check_can_be_raised_and_taken_back_with_a_trace(
    session: Session, declare: Declare, check: Callable[..., None], buyer: User, make: Make
) -> None:
    declaration = declare()
    check(declaration, "P-audit")
    check(declaration, "P-audit", CheckLevel.CHECKED_ON_SITE, "Walked through the plant.")
    assert levels(declaration)["P-audit"] == "checked_on_site"

    for _again in range(2):
        answer_checks.take_back(session, declaration, "P-audit", by=buyer, now=make.now)
        session.commit()

    assert levels(declaration)["P-audit"] == "documented"
    assert [deed for deed, _ in events(session)] == [Deed.ANSWER_CHECKED] * 2 + [Deed.CHECK_TAKEN_BACK]
    assert session.scalars(sa.select(AnswerCheck)).all() == []


def test_a_check_that_cannot_be_is_refused(
    session: Session, make: Make, declare: Declare, check: Callable[..., None], buyer: User
) -> None:
    declaration = declare()
    for note, code in ((" \n ", "what_was_looked_at"), ("x" * 4001, "too_long")):
        with pytest.raises(ReviewRefused) as refused:
            check(declaration, "P-audit", note=note)
        assert refused.value.code == code
    for question in ("P-unknown", "\x00", "P-own#documents"):
        with pytest.raises(ReviewRefused) as refused:
            check(declaration, question)
        assert refused.value.code == "unknown_question"
    declaration.answers = {key: value for key, value in ANSWERS.items() if key != "P-own"}
    session.commit()
    with pytest.raises(ReviewRefused):
        check(declaration, "P-own")
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        outsider = make.user(role)
        with pytest.raises(ReviewRefused, match="Only buyers and approvers"):
            check(declaration, "P-audit", by=outsider)
        with pytest.raises(ReviewRefused, match="Only buyers and approvers"):
            answer_checks.take_back(session, declaration, "P-audit", by=outsider, now=make.now)
    assert events(session) == []


def test_only_the_declaration_in_force_is_checked(
    session: Session, make: Make, declare: Declare, check: Callable[..., None], buyer: User
) -> None:
    older = declare()
    check(older, "P-audit")
    declare()
    with pytest.raises(ReviewRefused, match="A newer declaration"):
        check(older, "P-policy")
    with pytest.raises(ReviewRefused, match="A newer declaration"):
        answer_checks.take_back(session, older, "P-audit", by=buyer, now=make.now)
    session.rollback()
    unsigned = make.declaration(make.request(make.campaign(keys=("documented",))).assessments[0], signed=False)
    with pytest.raises(ReviewRefused, match="not signed"):
        check(unsigned, "P-audit")


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, {"P-audit", "P-policy"}),
        ({"P_policy": "no"}, {"P-audit"}),
        ({"P-audit#documents": [OTHER]}, {"P-policy"}),
        ({"P-audit#documents": [FILE, OTHER]}, {"P-policy"}),
        ({"P-policy#documents": [FILE]}, {"P-audit"}),
        ({"P_guards": "yes"}, {"P-audit", "P-policy"}),
    ],
)
def test_a_newer_declaration_shows_the_earlier_check_of_an_unchanged_answer_and_is_not_checked_by_it(
    declare: Declare, check: Callable[..., None], changes: dict[str, Any], kept: set[str]
) -> None:
    older = declare()
    for question in ("P-audit", "P-policy"):
        check(older, question)

    newer = declare(**changes)

    backing = evidence_levels.backing_of(newer, TINY)
    assert {key for key, each in backing.items() if each.earlier} == kept
    assert not any(each.check for each in backing.values())
    assert {each.level.value for each in backing.values()} <= {"stated", "documented"}


def test_a_check_of_the_newer_declaration_stands_before_the_earlier_one(
    declare: Declare, check: Callable[..., None]
) -> None:
    check(declare(), "P-audit")
    newer = declare()
    check(newer, "P-audit", CheckLevel.CHECKED_ON_SITE)

    backing = evidence_levels.backing_of(newer, TINY)["P-audit"]

    assert (backing.level, backing.earlier) == (EvidenceLevel.CHECKED_ON_SITE, None)


def test_an_answer_that_was_changed_and_changed_back_shows_its_check(
    declare: Declare, check: Callable[..., None]
) -> None:
    check(declare(), "P-policy")
    declare(P_policy="no")
    assert evidence_levels.backing_of(declare(), TINY)["P-policy"].earlier is not None


def test_last_years_check_is_shown_where_the_question_means_the_same(session: Session, make: Make, buyer: User) -> None:
    last_year = make.request(make.campaign(keys=("carrying",))).assessments[0]
    then = make.declaration(last_year)
    then.answers = {"K-same": "yes", "K-worded": 7, "K-meant": "yes"}
    session.add_all(
        AnswerCheck(declaration=then, question=each, level=CheckLevel.CHECKED, checked_at=make.now, checked_by=buyer)
        for each in then.answers
    )
    this_year = make.request(make.campaign(keys=("carrying",)), last_year.request.supplier).assessments[0]
    this_year.edition, this_year.carried_from = "2027-1", then
    now = make.declaration(this_year, b"%PDF this year")
    now.answers = dict(then.answers)
    session.commit()

    assert [key for key, each in evidence_levels.backing_of(now, TINY).items() if each.earlier] == [
        "K-same",
        "K-worded",
    ]
