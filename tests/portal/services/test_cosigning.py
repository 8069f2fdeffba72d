"""Two directors, a board of seven: each signs by a link and a code of their own, in order."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import CoSignatory, Deed, Invitation, InvitationRole, OutgoingMail, Return, Signing, VoidReason
from portal.pdf.report import Verdict
from portal.pdf.signing import Signatory
from portal.pdf.verification import verify
from portal.services import (
    archive,
    assessments,
    cosigning,
    declarations,
    erasing,
    evidence,
    ledger,
    posting,
    previews,
    requests,
    signatories,
)
from portal.services.actors import PORTAL, link_actor
from portal.services.assessments import NotEditable
from portal.services.cosigning import NamingRefused, NotWaiting, SigningVoid, TooSoon
from portal.services.declarations import AlreadyDeclared
from portal.services.documents import Setting
from portal.services.evidence import Sources
from portal.services.invitations import LinkRevoked
from portal.services.previews import Standing
from portal.services.signing_codes import CodeRefused
from tests.factories import Make
from tests.portal.services.test_bundle import failed
from tests.portal.signing_acts import Act

DAY = timedelta(days=1)


class Board(Act):
    """Several people who sign."""

    def named(self, invitation: Invitation, now: datetime, count: int) -> Signing:
        """Return the leading act, with so many signatories in all."""
        parts, company = self.installation, invitation.request.supplier.name
        first = Signatory("Kari Prøve", "Managing director", invitation.email, company)
        others = [
            Signatory(f"Styremedlem {number}", "Board member", f"board{number}@supplier.example", company)
            for number in range(2, count + 1)
        ]
        setting = Setting("Testfirma AS", "http://localhost/verify", "en", now)
        drafts = previews.draft_all(
            self.session, invitation.request, parts.catalogue, first, setting, secrets.token_bytes, others
        )
        made = previews.typeset(drafts, parts.renderer, parts.store)
        by = link_actor(invitation)
        signing = previews.keep_previews(self.session, invitation, made, now=now, by=by, others=others)
        self.session.commit()
        return signing

    def sign(self, act: Signing, now: datetime) -> int:
        """Accept with an own code; return how many declarations came of it."""
        return len(self.accept(act, self.send(act, now), now))

    def act_of(self, lead: Signing, position: int) -> Signing:
        """Return the act of one of the others, who has been asked."""
        self.session.refresh(lead)
        act = lead.co_signatories[position - 2].act
        assert act is not None
        return act

    def deeds(self, lead: Signing) -> list[str]:
        """Return what the ledger says about the leading act."""
        return [event.deed for event in ledger.events_about(self.session, ledger.subject_of("signing", lead.id))]


@pytest.fixture
def board(installation: Installation, session: Session, make: Make) -> Board:
    return Board(installation, session, make)


@pytest.fixture
def lead(board: Board, now: datetime) -> Signing:
    """Return the leading act of three, which the first has accepted."""
    lead = board.named(board.ready(), now, 3)
    assert board.sign(lead, now) == 0
    return lead


def second(lead: Signing) -> CoSignatory:
    return lead.co_signatories[0]


def test_two_directors_sign_one_after_the_other(board: Board, now: datetime) -> None:
    invitation = board.ready()
    lead = board.named(invitation, now, 2)
    assert board.mails("signature_wanted") == [], "nobody is asked before the first has signed"
    assert board.sign(lead, now) == 0
    assert signatories.is_waiting(lead)
    (mail,) = board.mails("signature_wanted")
    assert (mail.to_email, mail.facts["signed"], mail.facts["count"]) == ("board2@supplier.example", ["Kari Prøve"], 2)
    act = board.act_of(lead, 2)
    assert (act.invitation.role, act.bound_to, act.shown) == (InvitationRole.READER, lead.bound_to, lead.previews)
    assert board.sign(act, now + DAY) == 1
    assert not signatories.is_waiting(lead)
    (declaration,) = invitation.request.assessments[0].declarations
    assert board.seal(declaration, now + DAY)
    assert {each.to_email for each in board.mails("receipt")} == {invitation.email, "board2@supplier.example"}
    assert board.mails("declaration_signed")[0].facts["signatory"] == "Kari Prøve, Styremedlem 2"
    told = [event.deed for event in archive.history(board.session, declaration)]
    assert told.count(Deed.SIGNING_ACCEPTED) == 2
    assert Deed.SIGNATORY_ASKED in told


def test_a_board_of_seven_signs_the_very_bytes_that_all_were_shown(board: Board, now: datetime) -> None:
    invitation = board.ready()
    lead = board.named(invitation, now, 7)
    board.sign(lead, now)
    for number in range(2, 8):
        assert invitation.request.assessments[0].declarations == []
        board.sign(board.act_of(lead, number), now + number * DAY)
    board.session.expire_all()
    (declaration,) = invitation.request.assessments[0].declarations
    assert board.seal(declaration, now + 8 * DAY)
    pdf = board.installation.store.get(declaration.pdf_sha256 or "")
    assert pdf.startswith(board.installation.store.get(lead.previews[0].pdf_sha256))
    report = verify(pdf, board.installation.trust, None, now=now + 8 * DAY)
    assert (report.verdict, len(report.signatures)) == (Verdict.PROVEN, 8)
    assert [each.accepted_at for each in report.signatures[1:7]] == [now + number * DAY for number in range(2, 8)]
    (event,) = ledger.events_about(board.session, ledger.subject_of("declaration", declaration.id))[:1]
    assert json.loads(event.record)["data"]["signatories"] == 7


def test_the_evidence_needs_the_acceptance_of_each(
    board: Board, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "_report", lambda *_: b"{}\n")
    invitation, parts = board.ready(), board.installation
    lead = board.named(invitation, now, 2)
    board.sign(lead, now)
    board.sign(board.act_of(lead, 2), now + DAY)
    (declaration,) = invitation.request.assessments[0].declarations
    assert board.seal(declaration, now + DAY)
    sources = Sources(parts.store, parts.catalogue, parts.settings.keys_dir, parts.trust, "Testfirma AS")
    content = evidence.build(board.session, declaration, sources, now + DAY).content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert failed(files) == set()
    lines = files["events.jsonl"].splitlines(keepends=True)
    second = max(number for number, line in enumerate(lines) if b'"signing:accepted"' in line)
    for forged in (lines[:second] + lines[second + 1 :], [*lines, lines[second]]):
        assert "Signatories" in failed({**files, "events.jsonl": b"".join(forged)})


def test_nothing_can_be_changed_or_signed_otherwise_meanwhile(board: Board, lead: Signing, now: datetime) -> None:
    invitation, assessment = lead.invitation, lead.previews[0].assessment
    with pytest.raises(NotEditable):
        assessments.save(board.session, assessment, {"CC-06": "Somebody else"}, invitation, now)
    board.session.rollback()
    (line,) = previews.lines_of(board.session, invitation.request, board.installation.catalogue)
    assert line.standing is Standing.AWAITING
    assert not assessments.is_all_signed(invitation.request.assessments)


def test_an_older_preview_cannot_be_signed_beside_it(board: Board, now: datetime) -> None:
    invitation = board.ready()
    alone, lead = board.preview(invitation, now), board.named(invitation, now, 2)
    board.sign(lead, now)
    with pytest.raises(AlreadyDeclared):
        board.accept(alone, "000000", now)


def test_accepting_twice_asks_the_next_one_once(board: Board, lead: Signing, now: datetime) -> None:
    code = board.installation.links.code(lead)
    assert board.accept(lead, code, now) == []
    assert len(board.mails("signature_wanted")) == 1
    assert board.deeds(lead).count(Deed.SIGNING_ACCEPTED) == 1
    act = board.act_of(lead, 2)
    code = board.send(act, now)
    board.accept(act, code, now)
    board.accept(act, code, now)
    assert [each.to_email for each in board.mails("signature_wanted")] == [
        "board2@supplier.example",
        "board3@supplier.example",
    ]


def test_the_code_of_one_does_not_sign_for_another(board: Board, lead: Signing, now: datetime) -> None:
    act = board.act_of(lead, 2)
    board.send(act, now)
    with pytest.raises(CodeRefused):
        board.accept(act, board.installation.links.code(lead), now)
    assert declarations.find_signing(board.session, lead.invitation, act.id) is None
    assert declarations.find_signing(board.session, act.invitation, lead.id) is None
    assert act.accepted_at is None


def test_one_who_declines_ends_it_and_all_are_told(board: Board, lead: Signing, now: datetime) -> None:
    board.sign(board.act_of(lead, 2), now)
    third = board.act_of(lead, 3)
    cosigning.decline(board.session, third, "The answer to CC-07 is wrong.", now=now, by=link_actor(third.invitation))
    cosigning.decline(board.session, third, "Twice", now=now, by=link_actor(third.invitation))
    board.session.commit()
    assert (lead.void_reason, lead.void_words, lead.voided_by) == (
        VoidReason.DECLINED,
        "The answer to CC-07 is wrong.",
        "Styremedlem 3",
    )
    told = board.mails("signing_void")
    assert {(each.to_email, each.facts["had_signed"]) for each in told} == {
        (lead.invitation.email, True),
        ("board2@supplier.example", True),
        ("board3@supplier.example", False),
    }
    assert board.deeds(lead).count(Deed.SIGNING_VOIDED) == 1
    assessment = lead.previews[0].assessment
    assert assessments.editable(assessment)
    assert assessments.answers_of(assessment)["CC-06"], "nothing of the answers is lost"
    with pytest.raises(SigningVoid):
        board.accept(third, "000000", now)
    assert board.sign(board.preview(lead.invitation, now), now) == 1, "and it can be signed anew"


def test_one_who_declined_can_be_erased(board: Board, lead: Signing, now: datetime) -> None:
    act = board.act_of(lead, 2)
    cosigning.decline(board.session, act, "I left the board.", now=now, by=link_actor(act.invitation))
    board.session.commit()

    erasing.erase(board.session, "Board2@supplier.example", "", 10, now=now, by=PORTAL)

    board.session.commit()
    place = second(lead)
    assert (place.name, place.title, lead.void_words, lead.voided_by, act.signatory_name) == ("", "", "", "", "")
    assert place.email.endswith("@erased.invalid")
    assert not erasing.find(board.session, "board2@supplier.example", 10).is_anything
    assert erasing.find(board.session, "board3@supplier.example", 10).places, "who was not asked yet is found too"


def test_a_wrong_address_is_corrected_and_the_old_link_ends(board: Board, lead: Signing, now: datetime) -> None:
    act, person = board.act_of(lead, 2), second(lead)
    old, code = act.invitation, board.send(act, now)
    by = link_actor(lead.invitation)
    correct = cosigning.correct_address
    with pytest.raises(NamingRefused):
        correct(board.session, person, "Board3@supplier.example", board.installation.catalogue, now=now, by=by)
    board.session.rollback()
    correct(board.session, person, "per@supplier.example", board.installation.catalogue, now=now, by=by)
    board.session.commit()
    assert old.revoked_at is not None
    assert declarations.find_signing(board.session, old, act.id) is None
    assert act.invitation.email == "per@supplier.example"
    with pytest.raises(CodeRefused):
        board.accept(act, code, now)
    assert board.sign(act, now) == 0
    with pytest.raises(NotWaiting):
        correct(board.session, person, "too@late.example", board.installation.catalogue, now=now, by=by)


def test_a_reminder_goes_to_whose_turn_it_is_once_a_day(board: Board, lead: Signing, now: datetime) -> None:
    catalogue, by = board.installation.catalogue, link_actor(lead.invitation)
    with pytest.raises(TooSoon):
        cosigning.remind(board.session, second(lead), catalogue, now=now + DAY - timedelta(minutes=1), by=by)
    board.session.rollback()
    cosigning.remind(board.session, second(lead), catalogue, now=now + DAY, by=by)
    board.session.commit()
    assert [each.facts["is_reminder"] for each in board.mails("signature_wanted")] == [False, True]
    board.act_of(lead, 2).invitation.revoked_at = now
    board.session.commit()
    with pytest.raises(NamingRefused):
        cosigning.remind(board.session, second(lead), catalogue, now=now + 2 * DAY, by=by)
    board.session.rollback()
    with pytest.raises(NotWaiting):
        cosigning.remind(board.session, lead.co_signatories[1], catalogue, now=now + 2 * DAY, by=by)


def test_the_first_takes_it_back(board: Board, lead: Signing, now: datetime) -> None:
    cosigning.take_back(board.session, lead, "", now=now, by=link_actor(lead.invitation))
    board.session.commit()
    assert lead.void_reason is VoidReason.TAKEN_BACK
    assert not signatories.is_waiting(lead)
    mail = board.mails("signature_wanted")[0]
    letterhead = posting.Letterhead(
        board.installation.links, board.installation.store, "Testfirma AS", "http://localhost", "p@x.example", "local"
    )
    with pytest.raises(posting.Unsendable):
        posting.compose(board.session, mail, letterhead, now)


def test_a_request_that_is_withdrawn_ends_it(board: Board, lead: Signing, now: datetime) -> None:
    act, request = board.act_of(lead, 2), lead.invitation.request
    requests.withdraw(board.session, request, now=now, by=request.campaign.created_by)
    board.session.commit()
    assert lead.void_reason is VoidReason.WITHDRAWN
    with pytest.raises(LinkRevoked):
        board.accept(act, "000000", now)


def test_a_buyer_who_asks_anew_ends_it(board: Board, now: datetime) -> None:
    invitation = board.ready()
    (declaration,) = board.accepted(invitation, now)
    board.seal(declaration, now)
    assessment, buyer = declaration.assessment, invitation.request.campaign.created_by
    assessment.returns.append(
        Return(question="CC-06", reason="Who?", due_on=now.date(), returned_at=now, returned_by=buyer)
    )
    board.session.commit()
    lead = board.named(invitation, now + DAY, 2)
    board.sign(lead, now + DAY)
    assert assessments.editable_questions(assessment) == frozenset()
    cosigning.end_waiting(board.session, assessment, VoidReason.ASKED_ANEW, now=now, by=link_actor(invitation))
    board.session.commit()
    assert assessments.editable_questions(assessment) == frozenset({"CC-06"})
    assert len(board.mails("signing_void")) == 2


def test_each_needs_a_mailbox_of_their_own(board: Board, now: datetime) -> None:
    invitation = board.ready()
    session, request = board.session, invitation.request
    people = [Signatory(f"P{number}", "Director", f"p{number}@x.example", "X AS") for number in range(8)]
    cosigning.check_named(session, request, people[0], people[1:7])
    with pytest.raises(NamingRefused) as many:
        cosigning.check_named(session, request, people[0], people[1:])
    with pytest.raises(NamingRefused) as twice:
        cosigning.check_named(session, request, people[0], [Signatory("Other", "CEO", "P0@x.example", "X AS")])
    invitation.revoked_at = now
    with pytest.raises(NamingRefused) as closed:
        cosigning.check_named(session, request, people[0], [Signatory("Kari", "CEO", invitation.email, "X AS")])
    assert [each.value.code for each in (many, twice, closed)] == ["too-many", "twice", "closed"]


def test_whoever_answers_already_keeps_that_link(board: Board, now: datetime) -> None:
    invitation = board.ready()
    contact = invitation.contact
    colleague = Invitation(
        request=invitation.request, contact=contact, email="board2@supplier.example", language="nb",
        role=InvitationRole.RESPONDENT, created_at=now, issued_at=now,
    )  # fmt: skip
    board.session.add(colleague)
    board.session.commit()
    lead = board.named(invitation, now, 2)
    board.sign(lead, now)
    act = board.act_of(lead, 2)
    assert (act.invitation, colleague.role, colleague.generation) == (colleague, InvitationRole.RESPONDENT, 1)
    assert signatories.to_sign(board.session, colleague) is act
    assert board.session.query(OutgoingMail).filter_by(kind="invitation").count() == 0
