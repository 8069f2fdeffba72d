"""From answers to an accepted declaration."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.installation import Installation
from portal.models import Declaration, Deed, Invitation, Return
from portal.pdf.signing import Signatory
from portal.services import assessments, declarations, documents, ledger, previews
from portal.services.declarations import AlreadyDeclared, AnswersChanged
from portal.services.invitations import LinkReplaced, LinkRevoked
from portal.services.previews import Standing
from questionnaires.journey import canonical
from tests.factories import Make
from tests.portal.signing_acts import ANSWERS, EVIDENCE, Act

MINUTE = timedelta(minutes=1)


@pytest.fixture
def act(installation: Installation, session: Session, make: Make) -> Act:
    return Act(installation, session, make)


@pytest.fixture
def ready(act: Act) -> Invitation:
    return act.ready()


def change(act: Act, invitation: Invitation, now: datetime, key: str = "CC-06", value: str = "Somebody else") -> None:
    assessments.save(act.session, invitation.request.assessments[0], {key: value}, invitation, now)
    act.session.commit()


def send_back(act: Act, invitation: Invitation, now: datetime) -> None:
    assessment = invitation.request.assessments[0]
    buyer = invitation.request.campaign.created_by
    returned = Return(question="CC-06", reason="Who?", due_on=now.date(), returned_at=now, returned_by=buyer)
    assessment.returns.append(returned)
    act.session.commit()


def standing(act: Act, invitation: Invitation) -> list[Standing]:
    act.session.expire_all()
    lines = previews.lines_of(act.session, invitation.request, act.installation.catalogue)
    return [line.standing for line in lines]


@pytest.mark.parametrize(
    ("randomness", "reference"),
    [(b"\0" * 5, "2026-0000-0000"), (b"\xff" * 5, "2026-ZZZZ-ZZZZ"), (b"\x01\x23\x45\x67\x89", "2026-04HM-ASW9")],
)
def test_a_reference_is_crockford_base_32(randomness: bytes, reference: str) -> None:
    assert documents.reference_of(2026, randomness) == reference


def test_one_preview_for_each_questionnaire_that_is_ready(act: Act, now: datetime) -> None:
    invitation = act.ready(("code-of-conduct", "human-rights"))
    assert standing(act, invitation) == [Standing.READY, Standing.INCOMPLETE]
    signing = act.preview(invitation, now)
    assert [preview.assessment.questionnaire for preview in signing.previews] == ["code-of-conduct"]


def test_a_preview_binds_the_canonical_answers_and_the_stored_bytes(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    (preview,) = signing.previews
    questionnaire = act.installation.catalogue.find("code-of-conduct", "2026-1").asked_of({})
    assert preview.answers_sha256 == hashlib.sha256(canonical(questionnaire, ANSWERS)).hexdigest()
    assert signing.bound_to == hashlib.sha256(preview.pdf_sha256.encode()).hexdigest()
    pdf = act.installation.store.get(preview.pdf_sha256)
    assert pdf.startswith(b"%PDF-")
    (event,) = ledger.events_about(act.session, ledger.subject_of("signing", signing.id))
    (told,) = json.loads(event.record)["data"]["previews"]
    assert (told["preview_sha256"], told["answers_sha256"]) == (preview.pdf_sha256, preview.answers_sha256)
    assert b"Kari" not in event.record


def test_answers_that_are_not_asked_are_not_declared(act: Act, ready: Invitation, now: datetime) -> None:
    change(act, ready, now, "CC-05", "Never asked, since the Code is accepted")
    (declaration,) = act.accepted(ready, now)
    assert declaration.answers == ANSWERS


def test_the_document_lists_attachments_with_their_checksums(act: Act, ready: Invitation, now: datetime) -> None:
    file = {"sha256": "ab" * 32, "name": "our-code.pdf", "size": 1234, "media_type": "application/pdf"}
    change(act, ready, now, "CC-02", "own")
    assessments.save(act.session, ready.request.assessments[0], {"CC-03": [file], "CC-04": ["none"]}, ready, now)
    act.session.commit()
    line = previews.lines_of(act.session, ready.request, act.installation.catalogue)[0]
    signatory = Signatory("Kari", "CEO", ready.email, "Prøve Metall AS")
    setting = documents.Setting("Testfirma AS", "http://localhost/verify", "nb", now)
    facts = documents.facts_of(line.assessment, line.questionnaire, line.answers, signatory, "2026-A", setting)
    assert [(each.question, each.filename, each.sha256) for each in facts.attachments] == [
        ("CC-03", "our-code.pdf", "ab" * 32)
    ]
    assert facts.supplier_country == "Norge"
    assert facts.statement.startswith("Vi erklærer")
    document, *clauses = facts.sections[0].clauses
    assert document.number == ""
    assert "CODE-EXAMPLE" in document.text
    assert [clause.number for clause in clauses] == [str(number) for number in range(1, 13)]


def test_signing_keeps_the_answers_the_evidence_and_all_hashes(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    (declaration,) = act.accept(signing, act.send(signing, now), now + MINUTE)
    assert (signing.accepted_at, declaration.accepted_at) == (now + MINUTE, now + MINUTE)
    assert signing.evidence == {**EVIDENCE, "method": "code-by-mail"}
    event = ledger.events_about(act.session, ledger.subject_of("signing", signing.id))[-1]
    assert event.deed == Deed.SIGNING_ACCEPTED
    data = json.loads(event.record)["data"]
    preview = declaration.preview
    assert data["documents"] == [
        {
            "preview_id": str(preview.id),
            "assessment_id": str(declaration.assessment_id),
            "reference": declaration.reference,
            "preview_sha256": preview.pdf_sha256,
            "answers_sha256": preview.answers_sha256,
            "declaration_id": str(declaration.id),
            "edition_sha256": act.installation.catalogue.find("code-of-conduct", "2026-1").digest,
        }
    ]
    assert b"192.0.2.7" not in event.record
    assert b"Kari" not in event.record


@pytest.mark.parametrize("closed", ["revoked", "withdrawn"])
def test_a_link_closed_meanwhile_cannot_sign(act: Act, ready: Invitation, now: datetime, closed: str) -> None:
    signing = act.preview(ready, now)
    code = act.send(signing, now)
    row, column = (ready, "revoked_at") if closed == "revoked" else (ready.request, "withdrawn_at")
    before = getattr(row, column)
    setattr(row, column, now)
    act.session.commit()
    assert getattr(row, column) == now
    set_committed_value(row, column, before)  # as another transaction would have it: read before, changed since
    with pytest.raises(LinkRevoked):
        act.accept(signing, code, now)
    assert signing.accepted_at is None
    assert act.session.query(Declaration).count() == 0


def test_a_link_replaced_meanwhile_cannot_sign(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    code = act.send(signing, now)
    ready.generation += 1
    act.session.commit()
    set_committed_value(ready, "generation", ready.generation - 1)
    with pytest.raises(LinkReplaced):
        act.accept(signing, code, now)
    assert signing.accepted_at is None


def test_signing_again_changes_nothing(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    code = act.send(signing, now)
    assert len(act.accept(signing, code, now)) == 1
    assert act.accept(signing, code, now + MINUTE) == []
    assert act.accept(signing, "no code at all", now + 60 * MINUTE) == []
    assert signing.accepted_at == now
    assert act.session.query(Declaration).count() == 1


def test_an_answer_changed_after_the_preview_asks_for_a_new_one(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    code = act.send(signing, now)
    change(act, ready, now)
    with pytest.raises(AnswersChanged):
        act.accept(signing, code, now)
    assert signing.accepted_at is None
    assert signing.code_tries == 0
    newer = act.preview(ready, now)
    assert act.accept(newer, act.send(newer, now), now)


def test_an_answer_changed_behind_the_version_is_noticed(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    code = act.send(signing, now)
    ready.request.assessments[0].answers[0].value = "tampered"
    act.session.commit()
    with pytest.raises(AnswersChanged):
        act.accept(signing, code, now)
    assert signing.accepted_at is None


def test_the_same_answers_are_signed_once_whatever_the_preview(act: Act, ready: Invitation, now: datetime) -> None:
    first, second = act.preview(ready, now), act.preview(ready, now, name="Ola Annen")
    codes = [act.send(each, now) for each in (first, second)]
    assert act.accept(second, codes[1], now)
    with pytest.raises(AlreadyDeclared):
        act.accept(first, codes[0], now)
    assert standing(act, ready) == [Standing.DECLARED]


def test_a_signing_belongs_to_its_invitation(act: Act, ready: Invitation, now: datetime) -> None:
    signing = act.preview(ready, now)
    assert declarations.find_signing(act.session, ready, signing.id) is signing
    assert declarations.find_signing(act.session, act.ready(), signing.id) is None


def test_a_question_sent_back_can_be_answered_and_signed_again(act: Act, ready: Invitation, now: datetime) -> None:
    (first,) = act.accepted(ready, now)
    act.seal(first, now)
    send_back(act, ready, now + MINUTE)
    assert standing(act, ready) == [Standing.READY]
    change(act, ready, now + 2 * MINUTE)
    (second,) = act.accepted(ready, now + 3 * MINUTE)
    assert standing(act, ready) == [Standing.DECLARED]
    act.seal(second, now + 3 * MINUTE)
    assert standing(act, ready) == [Standing.DECLARED]
    assert (first.superseded_by_id, second.superseded_by_id) == (second.id, None)
    assert second.answers["CC-06"] == "Somebody else"
    assert ready.request.assessments[0].returns[0].settled_at == now + 3 * MINUTE


def test_a_question_sent_back_after_the_preview_stays_open(act: Act, ready: Invitation, now: datetime) -> None:
    (first,) = act.accepted(ready, now)
    act.seal(first, now)
    send_back(act, ready, now + MINUTE)
    signing = act.preview(ready, now + 2 * MINUTE)
    send_back(act, ready, now + 3 * MINUTE)
    (second,) = act.accept(signing, act.send(signing, now + 4 * MINUTE), now + 4 * MINUTE)
    act.seal(second, now + 4 * MINUTE)
    settled = [each.settled_at is not None for each in ready.request.assessments[0].returns]
    assert settled == [True, False]
    assert standing(act, ready) == [Standing.READY]
