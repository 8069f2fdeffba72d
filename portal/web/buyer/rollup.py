"""A campaign's minerals workbooks rolled up: the answers with the files behind them, and our own workbook written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.clock import clock
from portal.extensions import db
from portal.models import Campaign
from portal.services import rollups
from portal.services.csv_files import as_csv
from portal.services.minerals_child import read_in_child
from portal.services.rollups import Question
from portal.services.uploads import XLSX
from portal.web.access import open_to
from portal.web.buyer import bp, rollup_files, rollup_form
from portal.web.buyer.campaigns import find
from portal.web.buyer.rights import REVIEWERS
from portal.web.current import signed_in_user
from portal.web.downloads import send_content
from portal.web.languages import choose_language
from portal.web.transactions import begin_writing, begins_reading
from questionnaires.minerals.checker import missing
from questionnaires.minerals.declaring import declare, rows_numbered
from questionnaires.minerals.model import Kind, Workbook
from questionnaires.minerals.refusals import NotReadable
from questionnaires.minerals.rollup import RollUp
from questionnaires.minerals.unwritable import NotWritable
from questionnaires.minerals.wording import (
    WORDS,
    follow_up_sentence,
    missing_sentence,
    rule_sentence,
    unwritable_sentence,
)  # fmt: skip

ADDRESS = "/campaigns/<uuid:campaign_id>/minerals"
MOST_SHOWN = 500
"""Lines of a table on the page; the files have all."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A blank template, and what it says."""

    content: bytes
    blank: Workbook


@bp.get(ADDRESS, endpoint="rollup")
@open_to(*REVIEWERS)
def show(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show the roll-up over those suppliers that the register takes for relevant, or over those chosen."""
    campaign = find(campaign_id)
    question = _question(campaign)
    return _page(question, rollups.result_of(db.session, question))


@bp.post(ADDRESS, endpoint="use_rollup")
@open_to(*REVIEWERS)
@begins_reading
def use(campaign_id: uuid.UUID) -> ResponseReturnValue:
    """Show what the choices lead to, or send it as a file; a POST, since a thousand suppliers fit in no address."""
    question = _question(find(campaign_id))
    try:
        uploaded = _uploaded()
        blank = uploaded.blank if uploaded and _fits(uploaded.blank, question.kind) else None
        result = rollups.result_of(db.session, question, blank)
        if request.form.get("do") == "write":
            return _written(question, result, uploaded)
    except NotWritable as refused:
        return _refused(question, unwritable_sentence(refused, choose_language()))
    except NotReadable as refused:
        return _refused(question, refused.sentence(choose_language()))
    send = DOWNLOADS.get(request.form.get("do", ""))
    return send(result) if send else _page(question, result)


def _written(question: Question, result: RollUp, uploaded: Uploaded | None) -> Response:
    """Raises NotReadable, NotWritable."""
    if uploaded is None:
        return _page(question, result, _("Choose a blank template first."))
    written = rollups.write(uploaded.content, uploaded.blank, result, rollup_form.company())
    campaign_id = question.campaign.id
    begin_writing()
    rollups.record_written(db.session, find(campaign_id), written, result, by=signed_in_user(), now=clock())
    return send_content(written, f"{question.kind}_{uploaded.blank.version}_{clock().date()}.xlsx", XLSX)


def _csv(table: rollup_files.Table, filename: str) -> Response:
    text = as_csv(table, separator=";" if choose_language() == "nb" else ",")
    return send_content(text.encode(), filename, "text/csv")


DOWNLOADS: Mapping[str, Callable[[RollUp], Response]] = {
    "smelters-csv": lambda result: _csv(rollup_files.smelters(result), "smelters.csv"),
    "countries-csv": lambda result: _csv(rollup_files.countries(result), "countries.csv"),
    "xlsx": lambda result: send_content(rollup_files.as_xlsx(result, choose_language()), "smelters.xlsx", XLSX),
}


def _question(campaign: Campaign) -> Question:
    chosen = rollup_form.suppliers_chosen()
    kind = rollup_form.kind_asked()
    if chosen is None:
        # the register knows of the four metals only
        asked = rollups.asked(db.session, campaign)
        chosen = frozenset(each.supplier_id for each in asked if each.is_relevant or kind is Kind.EMRT)
    return Question(campaign, kind, chosen, rollup_form.own_answers(kind))


def _uploaded() -> Uploaded | None:
    """Return the template of the form. Raises NotReadable."""
    file = request.files.get("template")
    content = file.read() if file else b""
    return Uploaded(content, read_in_child(content, with_references=True)) if content else None


def _fits(blank: Workbook, kind: Kind) -> bool:
    """Whether the list of the template is one for this roll-up; what does not fit is refused when it is written."""
    return blank.kind is kind and blank.version.partition(".")[0] == rollups.VERSIONS[kind].partition(".")[0]


def _lacking(result: RollUp, language: str) -> list[str]:
    """Return what the workbook's own Checker would miss if it were written now."""
    declaration = declare(result, rollups.VERSIONS[result.kind], rollup_form.company())
    return [missing_sentence(each, language) for each in missing(rows_numbered(declaration))]


def _refused(question: Question, sentence: str) -> Response:
    return _page(question, rollups.result_of(db.session, question), sentence)


def _page(question: Question, result: RollUp, error: str = "") -> Response:
    language = choose_language()
    html = render_template(
        "buyer/rollup/page.html",
        campaign=question.campaign,
        question=question,
        result=result,
        asked=rollups.asked(db.session, question.campaign),
        questions=rollup_form.QUESTIONS,
        open_questions=rollup_form.open_questions(result),
        letters=rollup_form.letters_of(result.kind, result.minerals),
        fields=rollup_form.FIELDS,
        scopes=rollup_form.SCOPES,
        written=rollup_form.filled_in(),
        name_of=rollup_form.name_of,
        error=error,
        lacking=_lacking(result, language) if request.method == "POST" else None,
        Kind=Kind,
        MOST_SHOWN=MOST_SHOWN,
        minerals=WORDS[language]["minerals"],
        rule=lambda rule: rule_sentence(rule, language),
        why=lambda reason: follow_up_sentence(reason, language),
    )
    return make_response(html, 422 if error else 200)
