"""The work list of smelters that no list explains: see suggestions, decide, take back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.clock import clock
from portal.extensions import db
from portal.mail.message import one_line
from portal.models import Doubt, MatchDecision, SmelterMatch, SmelterMention
from portal.services import smelter_matching, smelters
from portal.services.handed_workbooks import all_handed, newest_of
from portal.services.smelter_matching import MatchRefused, Open, Suggester
from portal.web import smelter_words
from portal.web.access import open_to
from portal.web.asking import chosen, handed_on
from portal.web.buyer import bp
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import signed_in_user
from portal.web.paging import page_of
from portal.web.transactions import mark_failed

PER_PAGE = 20
REFUSALS = {"unknown_id": lazy_gettext("No list has this smelter id. Check it, or choose another answer.")}


@bp.get("/smelters/unmatched", endpoint="smelter_matching")
@open_to(*REVIEWERS)
def page() -> ResponseReturnValue:
    """Show what is to decide, with the nearest smelters of the lists, and what was decided."""
    handed = newest_of(all_handed(db.session)).values()
    every, doubt = smelter_matching.open_rows(db.session, handed), chosen(Doubt, "doubt")
    shown = page_of([row for row in every if doubt in (None, row.doubt)], PER_PAGE)
    suggester = Suggester(smelters.newest_lines(db.session))
    return render_template(
        "buyer/smelters/matching.html",
        page=shown,
        suggestions={row.key: _suggestions(row, suggester) for row in shown.items},
        counts={each: sum(row.doubt is each for row in every) for each in Doubt},
        total=len(every),
        doubt=doubt,
        decided=smelter_matching.decided(db.session),
        given=handed_on(),
        words=smelter_words,
        MatchDecision=MatchDecision,
    )


def _suggestions(row: Open, suggester: Suggester) -> list[smelter_matching.Suggestion]:
    """Return the nearest smelters, without the one that the written id stands for: it is offered by itself."""
    written = row.listed.smelter_id if row.listed else None
    return [each for each in suggester.suggest(row.mention) if each.line.smelter_id != written]


@bp.post("/smelters/unmatched/<uuid:workbook_id>")
@open_to(*REVIEWERS)
def match_smelter(workbook_id: uuid.UUID) -> ResponseReturnValue:
    """Remember what the words of a row stand for."""
    row = request.form.get("row", "")
    is_number = row.isascii() and row.isdigit() and len(row) < 8
    mention = db.session.get(SmelterMention, (workbook_id, int(row))) if is_number else None
    chosen_as = one_line(request.form.get("decision", ""))
    if mention is None:
        abort(404)
    smelter_id = one_line(request.form.get("smelter_id", ""))[:32]
    if chosen_as not in set(MatchDecision):  # a suggestion's button names its smelter
        smelter_id, chosen_as = chosen_as[:32], MatchDecision.IS.value
    by, now = signed_in_user(), clock()
    try:
        smelter_matching.decide(db.session, mention, MatchDecision(chosen_as), smelter_id, now=now, by=by)
    except MatchRefused as refused:
        mark_failed()
        flash(str(REFUSALS[refused.code]), "danger")
    else:
        flash(_("Remembered: the same words are understood from now on."), "success")
    kept: dict[str, Any] = dict(handed_on())
    return redirect(url_for("buyer.smelter_matching", **kept), 303)


@bp.post("/smelters/matches/<uuid:match_id>/take-back")
@open_to(*REVIEWERS)
def take_match_back(match_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a decision."""
    match = db.session.get(SmelterMatch, match_id) or abort(404)
    smelter_matching.take_back(db.session, match, now=clock(), by=signed_in_user())
    flash(_("Taken back: what it was about is on the work list again."), "success")
    return redirect(url_for("buyer.smelter_matching"), 303)
