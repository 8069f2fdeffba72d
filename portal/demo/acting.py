"""The invented people at work: suppliers who open, answer and sign; a buyer and an approver who review.

They call the same services as the pages do; only the clock is theirs.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from portal import jobs
from portal.demo.answering import answer_all
from portal.demo.minerals import demo_cmrt
from portal.installation import Installation
from portal.models import Assessment, Declaration, DeviationState, Invitation, User
from portal.pdf.signing import Signatory
from portal.services import (
    assessments,
    attachments,
    declarations,
    deviations,
    invitations,
    minerals_workbooks,
    previews,
    returns,
    reviews,
    signing_codes,
    smelters,
)
from portal.services.actors import link_actor
from portal.services.attachments import Upload
from portal.services.documents import Setting
from questionnaires import journey
from questionnaires.minerals.prefill import file_question
from questionnaires.model import FileSlot, Questionnaire

BROWSER = {"address": "192.0.2.1", "browser": "Demo"}


@dataclass(frozen=True, slots=True)
class DemoSupplierActs:
    """What one supplier does with its request."""

    installation: Installation
    random: Random

    def open(self, session: Session, invitation: Invitation, now: datetime) -> None:
        """Follow the mailed link and press the button."""
        links = self.installation.links
        invitations.open_link(session, links, links.token(invitation), now, BROWSER)

    def answer(
        self, session: Session, invitation: Invitation, now: datetime, *, deviating: float, until: int | None = None
    ) -> None:
        """Answer all questionnaires, or only the first so many questions of each."""
        for assessment in assessments.of_request(session, invitation.request_id):
            questionnaire = assessments.edition_of(assessment, self.installation.catalogue)

            answers = answer_all(questionnaire, self.random, deviating=deviating, until=until)
            assessments.save(session, assessment, answers, invitation, now)
            if until is None:
                self._attach_files(session, assessment, questionnaire, invitation, now)

    def sign(
        self, session: Session, invitation: Invitation, now: datetime, others: Sequence[Signatory] = ()
    ) -> list[uuid.UUID]:
        """Preview, ask for the code, sign; return the declarations that wait for their seals, if all have signed."""
        installation, contact = self.installation, invitation.contact
        setting = Setting(
            organisation=installation.settings.organisation,
            verify_url=f"{installation.settings.base_url}/verify",
            language=invitation.language,
            now=now,
        )
        company = invitation.request.supplier.name
        signatory = Signatory(contact.name, "Managing director (demo)", invitation.email, company)
        drafts = previews.draft_all(
            session, invitation.request, installation.catalogue, signatory, setting, secrets.token_bytes, others
        )
        made = previews.typeset(drafts, installation.renderer, installation.store)
        by = link_actor(invitation)
        signing = previews.keep_previews(session, invitation, made, now=now, by=by, others=others)
        signing_codes.send(session, signing, [draft.facts.questionnaire_title for draft in drafts], now=now, by=by)
        accepted = declarations.accept(
            session,
            signing,
            installation.links.code(signing),
            links=installation.links,
            catalogue=installation.catalogue,
            evidence=BROWSER,
            now=now,
            by=by,
        )
        return [declaration.id for declaration in accepted]

    def _attach_files(
        self,
        session: Session,
        assessment: Assessment,
        questionnaire: Questionnaire,
        invitation: Invitation,
        now: datetime,
    ) -> None:
        """Give a workbook wherever a workbook is asked for."""
        session.flush()
        session.expire(assessment, ["answers"])
        supplier = invitation.request.supplier.name
        content = demo_cmrt(supplier, invitation.email, now.date(), self.random)
        for asked in journey.asked_sections(questionnaire, assessments.answers_of(assessment)):
            for question in asked.questions:
                for slot in question.file_slots:
                    if slot.key == file_question(questionnaire.key):
                        self._attach_workbook(session, assessment, slot, content, invitation, now)

    def _attach_workbook(
        self,
        session: Session,
        assessment: Assessment,
        slot: FileSlot,
        content: bytes,
        invitation: Invitation,
        now: datetime,
    ) -> None:
        """Hand in a CMRT, which is read and checked as any other."""
        known = smelters.known(session, now.date(), self.installation.settings.minerals)
        examined = minerals_workbooks.examine(content, assessment.questionnaire, known)
        upload, store = Upload("demo-cmrt.xlsx", content), self.installation.store
        attachment = attachments.attach(session, store, assessment, slot, upload, invitation, now)
        minerals_workbooks.keep(session, attachment, examined, invitation, now)


@dataclass(frozen=True, slots=True)
class DemoReview:
    """What the buyer and the approver do with a signed declaration."""

    installation: Installation
    buyer: User
    approver: User

    def decide(self, session: Session, declaration: Declaration, now: datetime) -> None:
        """Flag what is serious, dismiss what is minor."""
        for deviation in declaration.deviations:
            if deviation.state is not DeviationState.PROPOSED:
                continue
            if deviation.severity.rank <= 2:
                deviations.flag(session, deviation, deviation.severity, "", by=self.buyer, now=now)
            else:
                reason = "Demo: explained in a call, a document will follow."
                deviations.dismiss(session, deviation, reason, by=self.buyer, now=now)

    def hand_over(self, session: Session, declaration: Declaration, now: datetime) -> None:
        """Leave it to the approver."""
        reviews.hand_over(session, declaration, by=self.buyer, now=now)

    def approve(self, session: Session, declaration: Declaration, now: datetime) -> None:
        """Hand over and approve, by two people."""
        self.hand_over(session, declaration, now)
        reviews.approve(session, declaration, by=self.approver, now=now)

    def give_back(self, session: Session, declaration: Declaration, now: datetime) -> None:
        """Return one question that deviates, with a reason."""
        question = next(deviation.question for deviation in declaration.deviations if deviation.question)
        questionnaire = assessments.edition_of(declaration.assessment, self.installation.catalogue)
        reason = "Demo: please tell us what you have decided to do about this, and by when."
        due_on = (now + timedelta(days=14)).date()
        returns.return_questions(
            session, declaration, questionnaire, {question: reason}, due_on, by=self.buyer, now=now
        )


def seal_all(installation: Installation, waiting: list[uuid.UUID]) -> None:
    """Seal declarations at once, as the worker would."""
    for declaration_id in waiting:
        jobs.seal(installation, declaration_id)
