"""Last year's declaration: which one is proposed, and that preview, acceptance and evidence agree to the byte."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import uuid
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.installation import Installation
from portal.models import Assessment, Attachment, Declaration, Deed, Invitation, LedgerEvent
from portal.pdf.embedded import find_file
from portal.pdf.signing import Signatory
from portal.services import attachments, campaigns, carrying, documents, evidence
from portal.services.campaigns import CampaignTerms
from portal.services.documents import Setting
from portal.services.evidence import Sources
from questionnaires.answers import AnswerError
from questionnaires.catalogue import Catalogue
from tests.factories import Make
from tests.portal.carried_case import CARRYING, CERTIFICATE, TINY, last_year, this_year, with_files
from tests.portal.pdf.test_document import text_of
from tests.portal.signing_acts import Act

ANSWERS: dict[str, Any] = {
    "K-same": "no",
    "K-same#comment": "Next year",
    "K-worded": 13,
    "K-meant": "partly",
    "K-fresh": "2026-01-01",
    "K-cert": CERTIFICATE,
    "K-narrowed": 40,
    "K-new": "yes",
}
MARKS = {
    "K-same": "confirmed",
    "K-worded": "changed",
    "K-meant": "new",
    "K-fresh": "new",
    "K-cert": "confirmed",
    "K-narrowed": "new",
    "K-new": "new",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, questionnaires=TINY)


def ask_again(make: Make, installation: Installation, earlier: Declaration) -> Assessment:
    """Send a campaign with the newest edition to the same supplier; return what is asked."""
    buyer = make.user()
    due_on = (make.now + timedelta(days=30)).date()
    terms = CampaignTerms("Next", 2027, due_on, (earlier.assessment.questionnaire, "documented"))
    campaign = campaigns.create(make.session, terms, installation.catalogue, now=make.now, by=buyer)
    supplier = earlier.assessment.request.supplier
    campaigns.choose(make.session, campaign, [supplier, make.supplier("New here")], now=make.now, by=buyer)
    campaigns.send(make.session, campaign, installation.catalogue, now=make.now, by=buyer)
    make.session.commit()
    (mine,) = [each for each in campaign.requests if each.supplier_id == supplier.id]
    others = [one for each in campaign.requests for one in each.assessments if each is not mine]
    assert [one.carried_from_id for one in others] == [None, None], "a supplier who signed nothing begins anew"
    assert mine.assessments[1].carried_from_id is None, "another questionnaire is not carried over"
    return mine.assessments[0]


def test_sending_remembers_what_was_signed_last(make: Make, installation: Installation) -> None:
    earlier = last_year(make, "carrying", CARRYING)
    asked = ask_again(make, installation, earlier)
    assert (asked.edition, asked.carried_from) == ("2027-1", earlier)
    found = carrying.earlier_answers(asked, installation.catalogue, make.now.date())
    assert found["K-worded"].value == 12
    assert found["K-worded"].question.text.english == "How many work for you?"


def test_the_newest_sealed_and_unreplaced_declaration_counts(make: Make, session: Session) -> None:
    first = last_year(make, "carrying", CARRYING)
    supplier = first.assessment.request.supplier
    make.now += timedelta(days=1)
    second = last_year(make, "carrying", {"K-same": "yes"}, supplier, pdf=b"%PDF second")
    make.now += timedelta(days=1)
    last_year(make, "carrying", {"K-same": "no"}, supplier, pdf=b"%PDF third", signed=False)
    last_year(make, "carrying", {"K-same": "no"}, pdf=b"%PDF somebody else")

    def proposed(**more: Any) -> Any:
        return carrying.proposed_declarations(session, [supplier.id], ["carrying", "yearly"], **more)

    assert proposed() == {(supplier.id, "carrying"): second}
    second.superseded_by = make.declaration(second.assessment, b"%PDF fourth")
    session.commit()
    assert proposed() == {(supplier.id, "carrying"): second.superseded_by}
    second.superseded_by.assessment.edition = "2027-1"
    session.commit()
    assert proposed(editions={"carrying": {"2026-1"}, "yearly": set()}) == {(supplier.id, "carrying"): first}
    assert carrying.proposed_declarations(session, [], ["carrying"]) == {}


def test_a_newer_edition_is_never_carried_into_an_older_one(installation: Installation) -> None:
    assert carrying.up_to(installation.catalogue, "carrying", "2026-1") == {"2026-1"}
    assert carrying.up_to(installation.catalogue, "carrying", "2027-1") == {"2026-1", "2027-1"}


def test_many_suppliers_take_few_queries(make: Make, session: Session) -> None:
    earlier = last_year(make, "carrying", CARRYING)
    ids = [uuid.uuid4() for _ in range(499)] + [earlier.assessment.request.supplier_id]
    asked: list[str] = []
    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    found = carrying.proposed_declarations(session, ids, ["carrying", "yearly"])
    assert [each.assessment.edition for each in found.values()] == ["2026-1"]
    assert len(asked) == 2


@pytest.fixture
def asked(make: Make) -> Invitation:
    """This year's request, answered: one answer confirmed, one changed, the others new."""
    invitation = this_year(make, last_year(make, "carrying", CARRYING))
    make.answers(invitation.request.assessments[0], {**ANSWERS, "K-gone#declined": True})
    make.session.expire_all()
    return invitation


def sources(installation: Installation, catalogue: Catalogue | None = None) -> Sources:
    return Sources(
        store=installation.store,
        catalogue=catalogue or installation.catalogue,
        keys_dir=installation.settings.keys_dir,
        trust=installation.trust,
        organisation="Testfirma AS",
    )


def test_preview_acceptance_and_evidence_agree_to_the_byte(
    asked: Invitation, installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    act = Act(installation, session, make)
    (declaration,) = act.accepted(asked, now)
    assert act.seal(declaration, now)
    declaration = session.get_one(Declaration, declaration.id)
    assert declaration.marks == MARKS
    signed = find_file(installation.store.get(declaration.pdf_sha256 or ""))
    earlier = declaration.assessment.carried_from
    assert earlier is not None
    content = json.loads(signed)
    assert content["marks"] == MARKS
    assert content["carried_from"] == {
        "reference": earlier.reference,
        "edition": "2026-1",
        "answers_sha256": earlier.preview.answers_sha256,
    }
    printed = " ".join(text_of(installation.store.get(declaration.pdf_sha256 or "")).split())
    assert f"proposed from the declaration {earlier.reference} of" in printed
    assert [printed.count(word) for word in ("Confirmed", "Changed", "New")] == [3, 2, 5], "each mark, and its meaning"
    assert packed_answers(session, declaration, sources(installation), now) == signed
    assert hashlib.sha256(signed).hexdigest() == declaration.preview.answers_sha256


def test_evidence_years_later_holds_the_marks_that_were_signed(
    asked: Invitation, installation: Installation, session: Session, make: Make, now: datetime, tmp_path: Path
) -> None:
    act = Act(installation, session, make)
    (declaration,) = act.accepted(asked, now)
    assert act.seal(declaration, now)
    folder = shutil.copytree(TINY, tmp_path / "later")
    between = shutil.copytree(folder / "carrying" / "2027-1", folder / "carrying" / "2026-2")
    path = between / "questionnaire.yaml"
    path.write_text(path.read_text("utf-8").replace("2027-1", "2026-2").replace("changed: wording", "changed: meaning"))
    later = Catalogue.load(folder)
    declaration = session.get_one(Declaration, declaration.id)
    answers = packed_answers(session, declaration, sources(installation, later), now + timedelta(days=4_000))
    assert hashlib.sha256(answers).hexdigest() == declaration.preview.answers_sha256


def test_a_certificate_that_expires_between_preview_and_code_is_marked_as_the_preview_says(
    installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    before = (now + timedelta(days=1)).replace(hour=23, minute=57)
    certificate = {**CERTIFICATE, "valid_until": before.date().isoformat()}
    asked = this_year(make, last_year(make, "carrying", {**CARRYING, "K-cert": certificate}))
    make.answers(asked.request.assessments[0], {**ANSWERS, "K-cert": certificate})
    session.expire_all()
    act = Act(installation, session, make)
    signing = act.preview(asked, before)
    (declaration,) = act.accept(signing, act.send(signing, before), before + timedelta(minutes=6))
    assert declaration.accepted_at.date() > before.date()
    assert declaration.marks == MARKS


def test_what_is_not_carried_over_is_signed_as_before(
    installation: Installation, session: Session, make: Make, now: datetime
) -> None:
    request = make.request(make.campaign(keys=("carrying",)))
    make.answers(request.assessments[0], dict(CARRYING))
    act = Act(installation, session, make)
    (declaration,) = act.accepted(make.invitation(request), now)
    assert act.seal(declaration, now)
    declaration = session.get_one(Declaration, declaration.id)
    assert declaration.marks is None
    content = json.loads(packed_answers(session, declaration, sources(installation), now))
    assert set(content) == {"answers", "edition", "questionnaire"}


def packed_answers(session: Session, declaration: Declaration, parts: Sources, now: datetime) -> bytes:
    built = evidence.build(session, declaration, parts, now)
    with zipfile.ZipFile(io.BytesIO(built.content)) as packed:
        return packed.read("answers.json")


def test_the_paper_and_its_clauses_are_printed_in_the_signatorys_language(
    installation: Installation, make: Make, now: datetime
) -> None:
    assessment = make.request(make.campaign(keys=("addendum",))).assessments[0]
    questionnaire = installation.catalogue.newest("addendum").asked_of({})
    signatory = Signatory("Kari", "Head", "kari@supplier.example", "Prøve AS")
    setting = Setting("Testfirma AS", "http://localhost/verify", "nb", now)
    facts = documents.facts_of(assessment, questionnaire, {"U-code": True}, signatory, "2026-A", setting)
    clauses = facts.sections[0].clauses
    assert (clauses[0].number, clauses[0].text) == (
        "",
        "POL039, versjon 4. Gjelder fra 1. februar 2026. Vedtatt av: Styret.",
    )
    assert [clause.number for clause in clauses[1:]] == ["1", "2", "3"]
    assert facts.carried_from is None


def test_files_come_along_once_each_with_its_trace(make: Make, installation: Installation, session: Session) -> None:
    earlier = with_files(make, installation)
    assessment = this_year(make, earlier).request.assessments[0]
    question = installation.catalogue.find("yearly", "2027-1").question("Y-policy")
    (slot,) = question.file_slots
    for _ in range(2):
        attachments.bring_along(session, assessment, slot, earlier.answers[slot.key], None, make.now)
        session.commit()
    rows = list(session.scalars(sa.select(Attachment).where(Attachment.assessment_id == assessment.id)))
    assert [(row.question, row.filename) for row in rows] == [("Y-policy#documents", "policy.pdf")]
    assert installation.store.get(rows[0].sha256)
    traces = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.FILE_UPLOADED))
    data = [json.loads(trace.record)["data"] for trace in traces]
    assert [each.get("carried_from") for each in data] == [None, None, str(earlier.id)]


def test_more_files_than_the_question_takes_are_refused(
    make: Make, installation: Installation, session: Session
) -> None:
    assessment = this_year(make, with_files(make, installation)).request.assessments[0]
    (slot,) = installation.catalogue.find("yearly", "2027-1").question("Y-policy").file_slots
    records: list[dict[str, Any]] = [
        {"sha256": letter * 64, "name": "a.pdf", "size": 1, "media_type": "application/pdf"} for letter in "abc"
    ]
    with pytest.raises(AnswerError):
        attachments.bring_along(session, assessment, slot, records, None, make.now)


def test_only_files_that_the_remembered_declaration_names_are_found(
    make: Make, installation: Installation, session: Session
) -> None:
    earlier = with_files(make, installation)
    request = this_year(make, earlier).request
    named = carrying.files_of(session, earlier)
    assert {key.partition(" ")[0] for key in named} == {"Y-policy#documents", "Y-licence"}
    identity = next(iter(named.values()))
    found = carrying.find_file(session, request.id, identity)
    assert found is not None
    assert found.id == identity
    elsewhere = this_year(make, last_year(make, "yearly", {"Y-policy": "no"})).request
    assert carrying.find_file(session, elsewhere.id, identity) is None
    assert carrying.find_file(session, request.id, uuid.uuid4()) is None
    found.sha256 = "f" * 64  # no longer the one that was signed
    session.flush()
    assert carrying.find_file(session, request.id, identity) is None
