"""The register of deviations, on a page and as a file for a spreadsheet."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.extensions import db
from portal.models import Deviation, DeviationState
from portal.services import deviation_register
from portal.services.csv_files import as_csv
from portal.services.deviation_register import Wanted
from portal.web.access import open_to
from portal.web.asking import chosen, chosen_year, handed_on, words
from portal.web.buyer import bp
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import installation
from portal.web.filters import country, sentence
from portal.web.languages import choose_language
from portal.web.paging import page_of_query
from portal.web.severities import SEVERITIES
from questionnaires.model import Severity

STATES = {
    DeviationState.PROPOSED: lazy_gettext("Proposed"),
    DeviationState.FLAGGED: lazy_gettext("Flagged"),
    DeviationState.DISMISSED: lazy_gettext("Dismissed"),
}


@bp.get("/deviations")
@open_to(*REVIEWERS)
def deviations() -> ResponseReturnValue:
    """Show the deviations and how many there are per severity and year."""
    wanted = _wanted()
    return render_template(
        "buyer/deviations/register.html",
        page=page_of_query(db.session, deviation_register.query(wanted)),
        wanted=wanted,
        given=handed_on("page"),
        years=deviation_register.count_by_year(db.session),
        catalogue=installation().catalogue,
        decided_at=deviation_register.decided_at,
        Severity=Severity,
        DeviationState=DeviationState,
    )


@bp.get("/deviations.csv")
@open_to(*REVIEWERS)
def deviations_csv() -> ResponseReturnValue:
    """Send the deviations chosen on the page, all pages of them."""
    found = db.session.scalars(deviation_register.query(_wanted()))
    rows = [_headings(), *(_row(each) for each in found)]
    return as_csv(rows, separator=";" if choose_language() == "nb" else ","), {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": "attachment; filename=deviations.csv",
    }


def _wanted() -> Wanted:
    every = request.args.get("state") == "all"
    state = None if every else chosen(DeviationState, "state") or DeviationState.FLAGGED
    questionnaire = words("questionnaire") or None
    return Wanted(state, chosen_year(), chosen(Severity, "severity"), questionnaire)


def _headings() -> list[str]:
    return [
        _("Supplier"), _("Country"), _("Reporting year"), _("Questionnaire"), _("Question"), _("Severity"),
        _("Proposed severity"), _("State"), _("Deviation"), _("Reason"), _("Found"), _("Decided"), _("Declaration"),
    ]  # fmt: skip


def _row(deviation: Deviation) -> list[str]:
    asked = deviation.declaration.assessment
    decided = deviation_register.decided_at(deviation)
    return [
        asked.request.supplier.name,
        country(asked.request.supplier.country),
        str(asked.request.campaign.reporting_year),
        installation().catalogue.find(asked.questionnaire, asked.edition).title.in_language(choose_language()),
        deviation.question or "",
        str(SEVERITIES[deviation.severity]),
        str(SEVERITIES[deviation.proposed_severity]) if deviation.proposed_severity else "",
        str(STATES[deviation.state]),
        sentence(deviation.sentence),
        deviation.reason,
        deviation.found_at.date().isoformat(),
        decided.date().isoformat() if decided else "",
        deviation.declaration.reference,
    ]
