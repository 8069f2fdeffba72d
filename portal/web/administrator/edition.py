"""One edition: what it holds, what it changed, and publishing or retiring it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.models import QuestionnaireEdition
from portal.services import own_questionnaires
from portal.services.own_questionnaires import EditionError
from portal.web.access import Audience, open_to
from portal.web.administrator import bp
from portal.web.administrator.editions import find_shown
from portal.web.administrator.words import COLOURS, REFUSALS, STATES
from portal.web.buyer.rights import READERS
from portal.web.current import installation, signed_in_user
from portal.web.transactions import after_commit, mark_failed
from questionnaires.catalogue import age
from questionnaires.errors import UnknownQuestionnaire
from questionnaires.model import Change, Question, Questionnaire
from questionnaires.translating import completeness

ADDRESS = "/questionnaires/<key>/<edition>"
MOST_MISSING = 200
"""How many missing translations a page names."""


class Turn(StrEnum):
    """How a question differs from the edition before."""

    NEW = "new"
    WORDING = "wording"
    MEANING = "meaning"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Changed:
    """A question that is not as it was."""

    question: Question
    turn: Turn


@bp.get(ADDRESS)
@open_to(*READERS)
def edition(key: str, edition: str) -> ResponseReturnValue:
    """Show what an edition holds, and how it differs from the one before."""
    return _page(key, edition)


@bp.post(ADDRESS + "/publish")
@open_to(Audience.ADMINISTRATOR)
def publish_edition(key: str, edition: str) -> ResponseReturnValue:
    """Publish a draft for good."""

    def publish(row: QuestionnaireEdition) -> None:
        parts, digest, by = installation(), request.form.get("digest", ""), signed_in_user()
        own_questionnaires.publish(db.session, parts.store, parts.catalogue, row, digest, now=clock(), by=by)
        after_commit(parts.catalogue.refresh)
        flash(_("The edition is published. It can be asked in a campaign."), "success")

    return _do(key, edition, publish)


@bp.post(ADDRESS + "/retire")
@open_to(Audience.ADMINISTRATOR)
def retire_edition(key: str, edition: str) -> ResponseReturnValue:
    """Ask an edition no more."""

    def retire(row: QuestionnaireEdition) -> None:
        own_questionnaires.retire(db.session, row, now=clock(), by=signed_in_user())
        after_commit(installation().catalogue.refresh)
        flash(_("The edition is retired: new campaigns do not ask it. Who has it, can still answer."), "success")

    return _do(key, edition, retire)


@bp.post(ADDRESS + "/discard")
@open_to(Audience.ADMINISTRATOR)
def discard_edition(key: str, edition: str) -> ResponseReturnValue:
    """Throw a draft away."""

    def discard(row: QuestionnaireEdition) -> None:
        own_questionnaires.discard(db.session, row, now=clock(), by=signed_in_user())
        flash(_("The draft is thrown away."), "success")

    return _do(key, edition, discard, url_for("administrator.questionnaires"))


def _do(
    key: str, edition: str, deed: Callable[[QuestionnaireEdition], None], then: str | None = None
) -> ResponseReturnValue:
    row = find_shown(key, edition).row or abort(404)
    try:
        deed(row)
    except EditionError as error:
        mark_failed()
        return _page(key, edition, error)
    return redirect(then or url_for("administrator.edition", key=key, edition=edition), 303)


def _page(key: str, edition: str, refused: EditionError | None = None) -> ResponseReturnValue:
    shown = find_shown(key, edition)
    before = _before(shown.questionnaire)
    name = shown.questionnaire.key, shown.questionnaire.edition
    page = render_template(
        "administrator/questionnaires/edition.html",
        shown=shown,
        before=before,
        changed=list(_changed(shown.questionnaire, before)) if before else [],
        translated=completeness(shown.questionnaire),
        most_missing=MOST_MISSING,
        signed_by=own_questionnaires.signed_by(db.session).get(name, 0),
        asked_in=own_questionnaires.asked_in(db.session).get(name, 0),
        refused=REFUSALS[refused.code] if refused else None,
        problems=refused.problems if refused else (),
        states=STATES,
        colours=COLOURS,
        Turn=Turn,
    )
    return page, 409 if refused else 200


def _before(questionnaire: Questionnaire) -> Questionnaire | None:
    """Return the edition that came before, if there is one."""
    try:
        editions = installation().catalogue.editions(questionnaire.key)
    except UnknownQuestionnaire:
        return None
    earlier = [one for one in editions if age(one.edition) < age(questionnaire.edition)]
    return earlier[-1] if earlier else None


def _changed(questionnaire: Questionnaire, before: Questionnaire) -> list[Changed]:
    turns = {Change.WORDING: Turn.WORDING, Change.MEANING: Turn.MEANING}
    found = []
    for question in questionnaire.questions:
        turn = turns.get(question.changed) if question.changed else None
        if turn is None and not before.has(question.id):
            turn = Turn.NEW
        if turn:
            found.append(Changed(question, turn))
    gone = [Changed(each, Turn.GONE) for each in before.questions if not questionnaire.has(each.id)]
    return found + gone
