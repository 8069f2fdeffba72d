"""The pages of a questionnaire, to be read as a supplier meets them, in each of its languages."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.clock import clock
from portal.web.access import open_to
from portal.web.administrator import bp
from portal.web.administrator.editions import find_edition
from portal.web.administrator.shown import Shown
from portal.web.buyer.rights import READERS
from portal.web.languages import choose_language
from questionnaires.burden import burden
from questionnaires.errors import UnknownQuestion
from questionnaires.model import Questionnaire
from questionnaires.texts import ENGLISH

ADDRESS = "/questionnaires/<key>/<edition>/preview"


@bp.get(ADDRESS)
@open_to(*READERS)
def preview(key: str, edition: str) -> ResponseReturnValue:
    """Show what an edition asks, section by section."""
    return show_entry(_shown(key, edition))


@bp.get(ADDRESS + "/all")
@open_to(*READERS)
def preview_all(key: str, edition: str) -> ResponseReturnValue:
    """Show all sections on one page, for reading and printing."""
    return show_all(_shown(key, edition))


@bp.get(ADDRESS + "/sections/<section>")
@open_to(*READERS)
def preview_section(key: str, edition: str, section: str) -> ResponseReturnValue:
    """Show one section with all its questions, also those that are asked only of some."""
    shown = _shown(key, edition)
    try:
        return show_section(shown, shown.questionnaire.section(section).id)
    except UnknownQuestion:
        abort(404)


def language_of(questionnaire: Questionnaire, wanted: str | None) -> str:
    """Return the edition's language that was wanted, or the reader's, or English."""
    return next((code for code in (wanted, choose_language()) if code in questionnaire.languages), ENGLISH)


def show_entry(shown: Shown, *, gone: bool = False) -> str:
    """Return the first page.

    Args:
        shown: what to show.
        gone: whether answers that were tried could not be read any longer.
    """
    asked = burden(shown.asked_of)
    return render_template("administrator/preview/entry.html", shown=shown, burden=asked, gone=gone)


def show_all(shown: Shown) -> str:
    """Return the page with all sections."""
    return render_template("administrator/preview/all.html", shown=shown)


def show_section(shown: Shown, section_id: str) -> str:
    """Return the page of a section that is shown; 404 where it is not."""
    ids = [each.section.id for each in shown.sections]
    if section_id not in ids:
        abort(404)
    at = ids.index(section_id)
    return render_template("administrator/preview/section.html", shown=shown, each=shown.sections[at], number=at + 1)


def _shown(key: str, edition: str) -> Shown:
    questionnaire = find_edition(key, edition)
    language = language_of(questionnaire, request.args.get("language"))
    return Shown(questionnaire, language, clock().date(), more_rows=request.args.get("more", ""))
