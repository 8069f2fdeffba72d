"""The supplier's overview: what is asked, how far it has come, what remains, what to do next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.models import Invitation, Return, Signing
from portal.services import assessments, invitations, signatories
from portal.web import visits
from portal.web.access import Audience, open_to
from portal.web.current import installation
from portal.web.supplier import bp
from portal.web.supplier.minerals import address_of
from portal.web.supplier.sheets import Sheet
from questionnaires import journey
from questionnaires.model import Question

READY, STARTED, NOT_STARTED, AWAITING, SIGNED, SEALING, CAME_BACK = (
    "ready", "started", "not_started", "awaiting", "signed", "sealing", "came_back"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToDo:
    """A question that waits for something, and where it stands."""

    question: Question
    address: str
    lack: journey.Lack = journey.Lack.ANSWER
    returned: Return | None = None
    waits: bool = False
    """Last year's answer is there to be confirmed."""


@dataclass(frozen=True, slots=True)
class Card:
    """One questionnaire on the overview."""

    sheet: Sheet
    state: str
    progress: journey.Progress
    missing: list[ToDo]
    returned: list[ToDo]

    @property
    def go_on(self) -> str:
        """The address of the first question that waits, or of the first section."""
        return self.returned[0].address if self.returned else self.sheet.first_address()


@bp.get("/r/<uuid:request_id>")
@open_to(Audience.LINK)
def overview(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show the questionnaires and what remains."""
    invitation = visits.find_visit(request_id)
    cards = cards_of(invitation)
    waiting = [card for card in cards if card.state in {CAME_BACK, STARTED, NOT_STARTED}]
    return render_template(
        "supplier/overview.html",
        invitation=invitation,
        cards=cards,
        next_card=waiting[0] if waiting else None,
        can_sign=not waiting and any(card.state == READY for card in cards),
        to_sign=signatories.to_sign(db.session, invitation),
        signings=[each for each in signatories.of_request(db.session, invitation.request) if is_shown(each)],
        seats_of=signatories.seats_of,
        waiting_id=next((card.sheet.assessment.awaiting_id for card in cards if card.state == AWAITING), None),
        suggestion=invitations.waiting_suggestion(db.session, invitation),
    )


@bp.post("/r/<uuid:request_id>/leave")
@open_to(Audience.LINK)
def leave(request_id: uuid.UUID) -> ResponseReturnValue:
    """End the visit, on the server too."""
    visits.end(visits.find_session(request_id))
    return redirect(url_for("supplier.left"), 303)


@bp.get("/left")
@open_to(Audience.ANYONE)
def left() -> ResponseReturnValue:
    """Say that the visit is over and how to come back."""
    return render_template("supplier/left.html")


def is_shown(lead: Signing) -> bool:
    """Return whether a signing of several is news: it waits, or came to nothing and nothing was signed since."""
    if lead.voided_at is None:
        return signatories.is_waiting(lead)
    made = [each.accepted_at for preview in lead.previews for each in preview.assessment.declarations]
    again = [each.assessment.awaiting_id for each in lead.previews]
    return not any(again) and all(moment < lead.voided_at for moment in made)


def cards_of(invitation: Invitation) -> list[Card]:
    """Return the request's questionnaires as the overview shows them."""
    found = assessments.of_request(db.session, invitation.request_id)
    answers = assessments.answers_of_all(db.session, found)
    catalogue = installation().catalogue
    return [_card(Sheet(invitation, each, assessments.edition_of(each, catalogue), answers[each.id])) for each in found]


def _card(sheet: Sheet) -> Card:
    questionnaire = sheet.questionnaire
    missing = [
        ToDo(
            question=questionnaire.question(lack.question_id),
            address=_address(sheet, lack),
            lack=lack.lack,
            waits=lack.question_id in sheet.unconfirmed,
        )
        for lack in sheet.lacks
    ]
    returned = [
        ToDo(question, sheet.address(asked.section.id, question.id), returned=sheet.returned[question.id])
        for asked in sheet.asked
        for question in asked.questions
        if question.id in sheet.returned
    ]
    return Card(sheet, _state(sheet), sheet.progress, missing, returned)


def _address(sheet: Sheet, lack: journey.Missing) -> str:
    """Return where what is missing can be given: errors in a workbook stand in its report."""
    findings = lack.lack is journey.Lack.FINDINGS
    return address_of(sheet) if findings else sheet.address(lack.section_id, lack.question_id)


def _state(sheet: Sheet) -> str:
    if sheet.assessment.awaiting_id:
        return AWAITING
    declaration = assessments.latest_declaration(sheet.assessment)
    if declaration is not None and (declaration.signed_at is None or not sheet.returned):
        return SIGNED if declaration.signed_at else SEALING
    if declaration is not None and not sheet.saved_since_return:
        return CAME_BACK
    if sheet.answers and not sheet.lacks:
        return READY
    return STARTED if sheet.answers else NOT_STARTED
