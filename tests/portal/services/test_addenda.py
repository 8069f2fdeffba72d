"""Clauses that a supplier's own code lacks go to the supplier as an addendum, which it accepts and signs."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Declaration, Deed, Invitation, OutgoingMail, Role
from portal.pdf.signing import Signatory
from portal.services import addenda, assessments, evidence, previews, reviews
from portal.services.addenda import AddendumState
from portal.services.code_mapping import Decision
from portal.services.declarations import AnswersChanged
from portal.services.documents import Setting
from portal.services.refusals import ReviewRefused
from tests.factories import Make
from tests.portal.mapping_case import (
    ALL_COVERED,
    CATALOGUE,
    COVERED,
    KEY,
    MISSING,
    SOME_LACKING,
    TINY,
    MappingTable,
    answers_with,
    file_of,
    lay_out,
)
from tests.portal.signing_acts import Act


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of an installation with the tiny questionnaires."""
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def table(make: Make) -> MappingTable:
    found = lay_out(make, language="nb")
    found.save(SOME_LACKING, finish=True)
    return found


def refusal(table: MappingTable, **how: Any) -> str:
    with pytest.raises(ReviewRefused) as refused:
        table.issue(**how)
    table.session.rollback()
    return refused.value.code


def state_of(table: MappingTable) -> AddendumState | None:
    table.session.expire_all()
    return addenda.state_of(table.case, table.compared())


def mails(table: MappingTable) -> list[OutgoingMail]:
    return list(table.session.query(OutgoingMail).filter_by(kind="questions_returned"))


def test_the_supplier_is_asked_to_accept_what_is_lacking_in_its_own_language(table: MappingTable) -> None:
    assert state_of(table) is AddendumState.TO_ISSUE
    returned = table.issue("Ring oss gjerne.\nHilsen Kari")
    assert returned.question == "O-addendum"
    assert (
        "2 Arbeid (bare delvis dekket)\n3 Sikkerhet (ikke funnet)\n\nRing oss gjerne.\nHilsen Kari" in returned.reason
    )
    (mail,) = mails(table)
    assert mail.facts["questions"][0]["reason"] == returned.reason
    assert mail.facts["due_on"] == table.soon.isoformat()
    assert table.declaration.assessment.facts["addendum"] == ["2", "3"]
    assert assessments.editable_questions(table.declaration.assessment) == frozenset({"O-addendum"})
    assert state_of(table) is AddendumState.WITH_THE_SUPPLIER


def test_readers_of_two_languages_get_both(table: MappingTable) -> None:
    request = table.declaration.assessment.request
    contact = request.supplier.contacts[0]
    other = Invitation(
        request=request, contact=contact, email="b@supplier.example", language="en",
        created_at=table.now, issued_at=table.now,
    )  # fmt: skip
    table.session.add(other)
    table.session.commit()
    reason = table.issue().reason
    assert reason.index("3 Safety (not found)") < reason.index("3 Sikkerhet (ikke funnet)")


def test_it_leaves_a_trace_with_the_clauses_and_the_comparison(table: MappingTable) -> None:
    table.issue("A secret word")
    (event,) = table.events(Deed.ADDENDUM_ISSUED)
    data = json.loads(event.record)["data"]
    assert (data["clauses"], data["missing"], data["due_on"]) == (["2", "3"], 1, table.soon.isoformat())
    assert len(table.events(Deed.QUESTION_RETURNED)) == 1
    assert not any(b"secret" in each.record for each in table.events(Deed.QUESTION_RETURNED))


def test_a_very_long_list_of_clauses_has_their_numbers_only(table: MappingTable) -> None:
    lines = table.compared().lacking * 40
    reason = addenda.reason_for(lines, ["en"])
    assert "2, 3, 2, 3" in reason
    assert "Safety" not in reason


def test_what_cannot_be_issued(table: MappingTable) -> None:
    assert refusal(table, by=table.make.user(Role.AUDITOR)) == "not_a_reviewer"
    assert refusal(table, due_on=table.now.date()) == "date_not_possible"
    assert refusal(table, words="x" * 4001) == "too_long"
    table.declaration.assessment.request.withdrawn_at = table.now
    table.session.commit()
    assert refusal(table) == "withdrawn"
    assert table.declaration.assessment.facts == {}


def test_nothing_is_issued_before_all_is_decided_or_where_nothing_lacks(make: Make) -> None:
    table = lay_out(make)
    assert state_of(table) is None
    assert refusal(table) == "clauses_undecided"
    table.save(ALL_COVERED, finish=True)
    assert state_of(table) is AddendumState.NOT_NEEDED
    assert refusal(table) == "nothing_lacking"


def test_nobody_to_ask(table: MappingTable) -> None:
    table.declaration.assessment.request.invitations[0].revoked_at = table.now
    table.session.commit()
    assert refusal(table) == "nobody_to_ask"
    assert addenda.languages_of(table.declaration) == ("en",)


def test_the_same_addendum_is_issued_once(table: MappingTable) -> None:
    table.issue()
    assert refusal(table) == "addendum_issued"
    assert len(mails(table)) == 1


def test_the_next_comparison_replaces_the_list(table: MappingTable) -> None:
    table.issue()
    table.save({"1": Decision(MISSING), "2": Decision(COVERED)}, finish=True)
    assert state_of(table) is AddendumState.TO_ISSUE
    table.issue(now=table.now + timedelta(minutes=1))
    assert table.declaration.assessment.facts["addendum"] == ["1", "3"]
    waiting = [each for each in table.declaration.assessment.returns if each.settled_at is None]
    assert len(waiting) == 1
    assert "1 Lov (ikke funnet)" in waiting[0].reason
    assert len(mails(table)) == 2


def test_an_addendum_can_be_taken_back(table: MappingTable) -> None:
    table.issue()
    table.save({"2": Decision(COVERED), "3": Decision(COVERED)}, finish=True)
    version = table.declaration.assessment.version
    table.take_back()
    assessment = table.declaration.assessment
    assert "addendum" not in assessment.facts
    assert assessment.version > version
    assert not assessments.editable(assessment)
    assert state_of(table) is AddendumState.NOT_NEEDED
    (event,) = table.events(Deed.ADDENDUM_TAKEN_BACK)
    assert json.loads(event.record)["data"]["clauses"] == ["2", "3"]
    with pytest.raises(ReviewRefused) as refused:
        table.take_back()
    assert refused.value.code == "no_addendum"


def test_four_eyes_stay_four(table: MappingTable) -> None:
    reviews.hand_over(table.session, table.declaration, by=table.buyer, now=table.now)
    table.session.commit()
    table.issue(by=table.approver)
    with pytest.raises(ReviewRefused) as refused:
        reviews.approve(table.session, table.declaration, by=table.approver, now=table.now)
    assert refused.value.code == "not_handed_over"
    with pytest.raises(ReviewRefused) as refused:
        reviews.hand_over(table.session, table.declaration, by=table.buyer, now=table.now)
    assert refused.value.code == "with_the_supplier"


# from here on the supplier really signs


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def signed(act: Act, make: Make) -> MappingTable:
    """A declaration with an own code, signed for good, to which an addendum of two clauses is issued."""
    buyer = make.user(Role.BUYER)
    request = make.request(make.campaign(buyer, keys=(KEY,)))
    make.answers(request.assessments[0], answers_with(file_of()))
    invitation = make.invitation(request)
    table = MappingTable(make.session, make, make.now, buyer, make.user(Role.APPROVER), sign(act, invitation, make))
    table.save(SOME_LACKING, finish=True)
    table.issue()
    return table


def sign(act: Act, invitation: Invitation, make: Make, minutes: int = 0) -> Declaration:
    """Sign and seal what is ready."""
    now = make.now + timedelta(minutes=minutes)
    (declaration,) = act.accepted(invitation, now)
    assert act.seal(declaration, now)
    return declaration


def accept_addendum(table: MappingTable, minutes: int = 5) -> Invitation:
    """Tick the box of the addendum."""
    assessment = table.declaration.assessment
    (invitation,) = assessment.request.invitations
    at = table.now + timedelta(minutes=minutes)
    assessments.save(table.session, assessment, {"O-addendum": True}, invitation, at)
    table.session.commit()
    return invitation


def test_the_supplier_signs_anew_and_the_new_declaration_holds_the_addendum(act: Act, signed: MappingTable) -> None:
    invitation = accept_addendum(signed)
    newer = replace(signed, declaration=sign(act, invitation, signed.make, 10))
    assert newer.declaration.facts == {"addendum": ["2", "3"]}
    assert newer.declaration.answers["O-addendum"] is True
    assert signed.declaration.superseded_by_id == newer.declaration.id
    assert newer.compared().is_complete, "the same file needs no new comparison"
    assert state_of(newer) is AddendumState.SIGNED
    assert addenda.addendum_of(newer.case).signed == ("2", "3")
    assert refusal(newer) == "addendum_signed"
    assert not assessments.editable(newer.declaration.assessment)


def test_what_was_signed_before_stays_as_it_was(
    act: Act, signed: MappingTable, installation: Installation, session: Session
) -> None:
    sign(act, accept_addendum(signed), signed.make, 10)
    parts = installation
    sources = evidence.Sources(
        parts.store, parts.catalogue, parts.settings.keys_dir, parts.trust, parts.settings.organisation
    )
    packed = evidence.build(session, signed.declaration, sources, signed.now)
    with zipfile.ZipFile(io.BytesIO(packed.content)) as opened:
        answers = opened.read("answers.json")
    assert hashlib.sha256(answers).hexdigest() == signed.declaration.preview.answers_sha256


def test_a_preview_from_before_the_addendum_cannot_be_signed(act: Act, make: Make) -> None:
    table = lay_out(make, answers_with(O_lacks=["none"]))
    (invitation,) = table.declaration.assessment.request.invitations
    table.save(SOME_LACKING, finish=True)
    table.issue()
    accept_addendum(table)
    preview = act.preview(invitation, table.now + timedelta(minutes=6))
    code = act.send(preview, table.now + timedelta(minutes=6))
    table.save({"1": Decision(MISSING)}, finish=True)
    table.issue()
    with pytest.raises(AnswersChanged):
        act.accept(preview, code, table.now + timedelta(minutes=7))


def test_what_was_accepted_does_not_count_for_other_clauses(act: Act, signed: MappingTable) -> None:
    invitation = accept_addendum(signed)
    newer = replace(signed, declaration=sign(act, invitation, signed.make, 10))
    later = signed.now + timedelta(minutes=20)
    newer.save({"1": Decision(MISSING)}, finish=True, now=later)
    newer.issue(now=later)
    assert "O-addendum" not in assessments.answers_of(newer.declaration.assessment)
    assert addenda.addendum_of(newer.case).signed == ("2", "3")
    newer.take_back(now=later)
    assessment = newer.declaration.assessment
    assert assessments.answers_of(assessment)["O-addendum"] is True
    assert assessment.facts["addendum"] == ["2", "3"]


def test_while_a_newer_declaration_is_being_sealed_nothing_is_issued(act: Act, signed: MappingTable) -> None:
    invitation = accept_addendum(signed)
    act.accepted(invitation, signed.now + timedelta(minutes=10))
    signed.save({"1": Decision(MISSING)}, finish=True)
    assert refusal(signed) == "being_sealed"


@pytest.mark.parametrize(
    ("language", "clauses", "answer"),
    [
        ("en", ["Work is freely chosen.", "The workplace is safe and healthy."], "Confirmed"),
        ("nb", ["Arbeid er frivillig.", "Arbeidsplassen er trygg og helsefremmende."], "Bekreftet"),
    ],
)
def test_the_document_prints_exactly_these_clauses_with_the_acceptance(
    act: Act, signed: MappingTable, language: str, clauses: list[str], answer: str
) -> None:
    invitation = accept_addendum(signed)
    setting = Setting("Testfirma AS", "http://localhost/verify", language, signed.now)
    signatory = Signatory("Kari Prøve", "CEO", invitation.email, "Prøve Metall AS")
    drafts = previews.draft_all(act.session, invitation.request, CATALOGUE, signatory, setting, secrets.token_bytes)
    ours, yours, addendum = drafts[0].facts.sections
    assert [clause.number for clause in ours.clauses] == ["1", "2", "3"]
    assert yours.clauses == ()
    assert [clause.text for clause in addendum.clauses] == clauses
    assert [question.answer for question in addendum.questions] == [answer]
