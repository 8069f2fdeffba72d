"""The supplier's own code beside ours: decide clause by clause, then ask for what it lacks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.config import DAYS_LINK_LASTS
from portal.extensions import db
from portal.models import CodeMapping, Coverage, Declaration
from portal.services import addenda, code_mapping, own_codes
from portal.services.code_mapping import LONGEST_PLACE, Decision, Line, MappingCase
from portal.services.own_codes import CodeStanding
from portal.services.refusals import ReviewRefused, explain
from portal.web.access import open_to
from portal.web.buyer import bp
from portal.web.buyer.assessment_page import STATUS
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import installation, queue, signed_in_user
from portal.web.languages import choose_language
from portal.web.transactions import after_commit, mark_failed
from questionnaires.answers import Clause
from questionnaires.own_code import stated

DAYS_TO_ACCEPT = 14
"""What the form proposes."""
LONGEST_WORDS = 1000
ADDRESS = "/declarations/<uuid:declaration_id>/own-code"


@dataclass(frozen=True, slots=True)
class ShownClause:
    """One clause of ours and the fields to decide on it, which are named after its place in the list."""

    number: int
    clause: Clause
    coverage: str
    place: str
    was: str
    """What was decided when the page was shown; saving it unchanged undoes nobody's later decision."""
    decided: CodeMapping | None
    proposed: CodeMapping | None


@bp.get(ADDRESS)
@open_to(*REVIEWERS)
def code_mapping_page(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Show our clauses, and what is known of them in the supplier's code."""
    return _page(declaration_id)


@bp.post(ADDRESS)
@open_to(*REVIEWERS)
def save_code_mapping(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was decided, be it of all clauses or of some."""
    case, finish = _case(declaration_id), request.form.get("finish") == "yes"

    def save() -> None:
        decided = _decisions(case)
        catalogue, by = installation().catalogue, signed_in_user()
        compared = code_mapping.save(db.session, case, catalogue, decided, finish=finish, by=by, now=clock())
        left = sum(line.decided is None for line in compared.lines)
        undecided = ngettext("Saved. One clause is undecided.", "Saved. %(num)d clauses are undecided.", left)
        flash(undecided if left else _("Saved. Every clause is decided; below stands what follows."), "success")

    return _do(declaration_id, save, "result" if finish else "clauses")


@bp.post(ADDRESS + "/addendum")
@open_to(*REVIEWERS)
def issue_addendum(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the supplier to accept what its code lacks."""
    case = _case(declaration_id)

    def issue() -> None:
        words, due_on = request.form.get("words", ""), _date()
        catalogue, by = installation().catalogue, signed_in_user()
        addenda.issue(db.session, case, catalogue, words, due_on, by=by, now=clock())
        after_commit(queue().wake_outbox)
        flash(_("The addendum is on its way to the supplier, who accepts it and signs once more."), "success")

    return _do(declaration_id, issue, "result")


@bp.post(ADDRESS + "/take-back")
@open_to(*REVIEWERS)
def take_back_addendum(declaration_id: uuid.UUID) -> ResponseReturnValue:
    """Ask no longer for the addendum that is with the supplier."""
    case = _case(declaration_id)

    def take_back() -> None:
        addenda.take_back(db.session, case, installation().catalogue, by=signed_in_user(), now=clock())
        flash(_("The addendum is taken back. No mail was sent about it."), "success")

    return _do(declaration_id, take_back, "result")


def _do(declaration_id: uuid.UUID, deed: Callable[[], None], anchor: str) -> ResponseReturnValue:
    """Do a deed and go back to the page, or say there why not, with all that was typed."""
    try:
        deed()
    except ReviewRefused as refused:
        mark_failed()
        return _page(declaration_id, refused)
    return redirect(url_for("buyer.code_mapping_page", declaration_id=declaration_id, _anchor=anchor), 303)


def _case(declaration_id: uuid.UUID) -> MappingCase:
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    return code_mapping.case_of(declaration, installation().catalogue) or abort(404)


def _page(declaration_id: uuid.UUID, refused: ReviewRefused | None = None) -> Response:
    declaration = db.session.get(Declaration, declaration_id) or abort(404)
    standing = own_codes.standing_of(db.session, declaration, installation().catalogue) or abort(404)
    today, review = clock().date(), declaration.review
    page = render_template(
        "buyer/code_mapping/page.html",
        standing=standing,
        declaration=declaration,
        clauses=[_shown(*each) for each in enumerate(standing.compared.lines, start=1)],
        said=_said(standing),
        reasons=_reasons(standing),
        can_decide=declaration.superseded_by_id is None and not (review and review.approved_at),
        refused=explain(refused, choose_language()) if refused else None,
        refused_code=refused.code if refused else None,
        written=request.form,
        due_on=request.form.get("due_on") or (today + timedelta(days=DAYS_TO_ACCEPT)).isoformat(),
        earliest=today + timedelta(days=1),
        latest=today + timedelta(days=DAYS_LINK_LASTS),
        longest_place=LONGEST_PLACE,
        longest_words=LONGEST_WORDS,
    )
    return make_response(page, STATUS.get(refused.code, 422) if refused else 200)


def _shown(number: int, line: Line) -> ShownClause:
    """Return a clause with what is decided or proposed, or with what was posted and could not be kept."""
    known = line.decided or line.proposed
    coverage, place = (known.coverage.value, known.place) if known else ("", "")
    return ShownClause(
        number=number,
        clause=line.clause,
        coverage=request.form.get(f"coverage-{number}", coverage),
        place=request.form.get(f"place-{number}", place),
        was=_as_shown(line.decided.coverage.value, line.decided.place) if line.decided else "",
        decided=line.decided,
        proposed=line.proposed,
    )


def _decisions(case: MappingCase) -> dict[str, Decision]:
    """Return what this reader has decided; what stands as it was shown is left out."""
    found = {}
    for number, clause in enumerate(case.code.clauses, start=1):
        coverage, place = request.form.get(f"coverage-{number}", ""), request.form.get(f"place-{number}", "")
        if coverage in set(Coverage) and _as_shown(coverage, place) != request.form.get(f"was-{number}"):
            found[clause.no] = Decision(Coverage(coverage), place)
        elif place.strip() and coverage not in set(Coverage):
            raise ReviewRefused("place_without_coverage")
    return found


def _as_shown(coverage: str, place: str) -> str:
    return f"{coverage} {place}"


def _said(standing: CodeStanding) -> list[tuple[str, str, str]]:
    """Return what the supplier says about its code: question, answer and comment."""
    answers, language = standing.case.declaration.answers, choose_language()
    return [
        (
            question.text.in_language(language),
            question.type.display(answers[question.id], language),
            str(answers.get(question.comment_key) or ""),
        )
        for question in stated(standing.case.questionnaire, answers)
    ]


def _reasons(standing: CodeStanding) -> list[tuple[str, str]]:
    """Return what the supplier would read, in each language of those who would be asked."""
    lacking, languages = standing.compared.lacking, addenda.languages_of(standing.case.declaration)
    return [(language, addenda.reason_for(lacking, [language])) for language in languages]


def _date() -> date:
    try:
        return date.fromisoformat(request.form.get("due_on", ""))
    except ValueError as error:
        raise ReviewRefused("date_not_possible") from error
