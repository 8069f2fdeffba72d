"""Single questions go back to the supplier, with a reason and a date."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.config import DAYS_LINK_LASTS
from portal.mail import messages
from portal.models import Declaration, Deed, Invitation, InvitationRole, Return, User, VoidReason
from portal.services import cosigning, invitations, ledger, outbox
from portal.services.actors import user_actor
from portal.services.links import link_expires_at
from portal.services.refusals import ReviewRefused
from portal.services.reviews import check_words, hold, open_review
from questionnaires import journey
from questionnaires.model import Question, Questionnaire

ANSWERING = frozenset({InvitationRole.SIGNATORY, InvitationRole.RESPONDENT})


def returnable(declaration: Declaration, questionnaire: Questionnaire) -> tuple[journey.AskedSection, ...]:
    """Return the sections with those questions that were asked and are not with the supplier already."""
    away = with_the_supplier(declaration)
    sections = (
        journey.AskedSection(asked.section, tuple(each for each in asked.questions if each.id not in away))
        for asked in journey.asked_sections(questionnaire, declaration.answers)
    )
    return tuple(asked for asked in sections if asked.questions)


def with_the_supplier(declaration: Declaration) -> frozenset[str]:
    """Return the ids of the questions that the supplier is to answer again."""
    return frozenset(each.question for each in declaration.assessment.returns if each.settled_at is None)


def invitations_to_ask(declaration: Declaration) -> list[Invitation]:
    """Return the links of those who can answer again.

    Raises:
        ReviewRefused: the request was withdrawn, or there is nobody.
    """
    request = declaration.assessment.request
    if request.withdrawn_at:
        raise ReviewRefused("withdrawn")
    found = [
        each
        for each in request.invitations
        if each.revoked_at is None and each.contact.retired_at is None and each.role in ANSWERING
    ]
    if not found:
        raise ReviewRefused("nobody_to_ask")
    return found


def return_questions(
    session: Session,
    declaration: Declaration,
    questionnaire: Questionnaire,
    reasons: Mapping[str, str],
    due_on: date,
    *,
    by: User,
    now: datetime,
) -> list[Return]:
    """Ask the supplier to answer some questions again; the rest stays as it is.

    Args:
        session: the request's transaction.
        declaration: the one in force.
        questionnaire: its edition.
        reasons: question id → why it comes back, in the buyer's words.
        due_on: by when.
        by: the reviewer.
        now: the moment.

    Raises:
        ReviewRefused: the declaration is closed, a question or the date does not fit, or nobody can be asked.
    """
    hold(session, declaration, by=by)
    session.expire(declaration.assessment, ["returns"])
    words = {question: check_words(reason) for question, reason in reasons.items()}
    questions = _questions(declaration, questionnaire, words)
    if not now.date() < due_on <= (now + timedelta(days=DAYS_LINK_LASTS)).date():
        raise ReviewRefused("date_not_possible")
    asked = invitations_to_ask(declaration)
    cosigning.end_waiting(session, declaration.assessment, VoidReason.ASKED_ANEW, now=now, by=user_actor(by))
    review = open_review(session, declaration, by=by, now=now)
    review.ready_at, review.ready_by = None, None
    returned = [_return(session, declaration, each, words[each.id], due_on, by, now) for each in questions]
    for invitation in asked:
        _keep_open(session, invitation, due_on, by, now)
        draft = _draft(invitation, questionnaire, questions, words, due_on, by)
        outbox.queue(session, draft, now)
    return returned


def _questions(declaration: Declaration, questionnaire: Questionnaire, words: Mapping[str, str]) -> list[Question]:
    if not words:
        raise ReviewRefused("nothing_returned")
    if with_the_supplier(declaration) & words.keys():
        raise ReviewRefused("already_returned")
    possible = [each for asked in returnable(declaration, questionnaire) for each in asked.questions]
    if not words.keys() <= {each.id for each in possible}:
        raise ReviewRefused("unknown_question")
    return [each for each in possible if each.id in words]


def _return(
    session: Session,
    declaration: Declaration,
    question: Question,
    reason: str,
    due_on: date,
    by: User,
    now: datetime,
) -> Return:
    assessment = declaration.assessment
    returned = Return(
        id=uuid.uuid4(),
        assessment=assessment,
        question=question.id,
        reason=reason,
        due_on=due_on,
        returned_at=now,
        returned_by=by,
    )
    session.add(returned)
    data = {"declaration": str(declaration.id), "question": question.id, "due_on": due_on.isoformat()}
    subject = ledger.subject_of("assessment", assessment.id)
    ledger.record(
        session,
        Deed.QUESTION_RETURNED,
        subject,
        by=user_actor(by),
        now=now,
        data=data,
        personal={"reason": reason},
    )
    return returned


def _keep_open(session: Session, invitation: Invitation, due_on: date, by: User, now: datetime) -> None:
    """Replace a link that would end before the date: the mail carries the new one. Other links go on as they are."""
    if link_expires_at(invitation).date() > due_on:
        return
    invitations.replace_link(session, invitation, now, user_actor(by))


def _draft(
    invitation: Invitation,
    questionnaire: Questionnaire,
    questions: list[Question],
    words: Mapping[str, str],
    due_on: date,
    by: User,
) -> messages.Draft:
    request, language = invitation.request, invitation.language
    return messages.questions_returned(
        messages.Reader(invitation.contact.name, invitation.email, language),
        messages.Asked(
            supplier=request.supplier.name,
            campaign=request.campaign.title,
            due_on=due_on,
            asked_by=by.display_name,
            asked_by_email=by.email,
        ),
        invitation_id=invitation.id,
        questionnaire=questionnaire.title.in_language(language),
        questions=[messages.ReturnedQuestion(each.text.in_language(language), words[each.id]) for each in questions],
    )
