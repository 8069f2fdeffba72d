"""Answering: one section a page; each answer saved at once with JavaScript, each page without it."""

from __future__ import annotations

import uuid
from functools import cache

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal.clock import clock
from portal.extensions import db
from portal.services import assessments, carrying, ledger
from portal.services.assessments import NotEditable
from portal.services.attachments import present
from portal.web import forms
from portal.web.access import Audience, open_to
from portal.web.languages import choose_language
from portal.web.supplier import bp
from portal.web.supplier.confirming import bring_files, demand, hold_back, keep_named
from portal.web.supplier.files import asks_for_files, remove_named, take_uploads
from portal.web.supplier.meanwhile import spare_others
from portal.web.supplier.minerals import address_of, beside_of, take_named
from portal.web.supplier.sheets import Sheet, find_sheet
from portal.web.supplier.workbook_uploads import examine_uploads
from portal.web.transactions import begin_writing, begins_reading, mark_failed
from questionnaires import journey
from questionnaires.answers import Country
from questionnaires.minerals.prefill import file_question
from questionnaires.model import Section

SECTION = "/r/<uuid:request_id>/<questionnaire>/<section>"


@bp.get("/r/<uuid:request_id>/<questionnaire>")
@open_to(Audience.LINK)
def questionnaire(request_id: uuid.UUID, questionnaire: str) -> ResponseReturnValue:
    """Go to the first question that waits for an answer, or to the first section."""
    return redirect(find_sheet(request_id, questionnaire).first_address(), 303)


@bp.get(SECTION)
@open_to(Audience.LINK)
def section(request_id: uuid.UUID, questionnaire: str, section: str) -> ResponseReturnValue:
    """Show a section's questions with what has been answered."""
    sheet = find_sheet(request_id, questionnaire)
    shown = sheet.section(section)
    if not any(asked.section is shown for asked in sheet.asked):
        return redirect(url_for("supplier.overview", request_id=request_id), 303)
    return _show(sheet, shown, forms.Reading())


@bp.post(SECTION)
@open_to(Audience.LINK)
@begins_reading
def save_section(request_id: uuid.UUID, questionnaire: str, section: str) -> ResponseReturnValue:
    """Save what fits, show again what does not, and go on."""
    workbooks = examine_uploads(request_id, questionnaire)
    begin_writing()
    ledger.begin(db.session)  # files that come or go leave a trace
    sheet = find_sheet(request_id, questionnaire, to_write=True)
    shown = sheet.section(section)
    seen = sheet.asked_keys
    held, language = forms.on_page(sheet.questions(shown), request.form), choose_language()
    reading = forms.read(held, request.form, clock().date(), language)
    carried = sheet.carried(shown)
    confirmed = hold_back(reading, held, request.form, carried, seen)
    spare_others(reading, held, request.form, sheet.answers, language)
    try:
        sheet.save(reading.changes)
        bring_files(sheet, reading, confirmed, carried)
        reading.problems.update(keep_named(sheet, shown, request.form.get("keep", "")))
        reading.problems.update(take_uploads(sheet, shown, workbooks))
        take_named(sheet, request.form.get("take", ""))
        remove_named(sheet, request.form.get("remove", ""))
    except NotEditable:
        return _closed(sheet)
    if request.form.get("go") == "next":
        demand(sheet, shown, reading, request.form, seen)
    reading = forms.only_asked(reading, sheet.asked_keys)
    if reading.problems:
        return _show(sheet, shown, reading), 422
    if workbooks.kept and request.form.get("go") != "leave":
        return redirect(address_of(sheet), 303)
    return redirect(_next_address(sheet, shown, seen), 303)


@bp.post(SECTION + "/answer")
@open_to(Audience.LINK)
def save_answer(request_id: uuid.UUID, questionnaire: str, section: str) -> ResponseReturnValue:
    """Save one answer as soon as it is given; the page's script asks for this."""
    if forms.CONFIRM in request.form:
        ledger.begin(db.session)  # last year's files may come along
    sheet = find_sheet(request_id, questionnaire, to_write=True)
    shown = sheet.section(section)
    held = forms.on_page(sheet.questions(shown), request.form)
    reading = forms.read(held, request.form, clock().date(), choose_language())
    carried = sheet.carried(shown)
    confirmed = hold_back(reading, held, request.form, carried, sheet.asked_keys)
    try:
        sheet.save(reading.changes)
        bring_files(sheet, reading, confirmed, carried)
    except NotEditable:
        mark_failed()
        return jsonify(saved=False, message=_closed_sentence(), errors={}), 409
    errors = forms.only_asked(reading, sheet.asked_keys | {question.id for question in held}).problems
    return jsonify(
        saved=bool(held) and not errors,
        errors={forms.field_of(key): text for key, text in errors.items()},
        message="",
        was={forms.was_name(question): forms.fingerprint(question, sheet.answers) for question in held},
        asked=[question.id for question in shown.questions if question.id in sheet.asked_keys],
        progress=_progress_sentence(sheet),
        carried={question: one.state for question, one in sheet.carried(shown).items()},
        waiting=waiting_sentence(len(sheet.unconfirmed)),
    )


def _show(sheet: Sheet, shown: Section, reading: forms.Reading) -> str:
    page = forms.Page(
        section=shown,
        questions=sheet.questions(shown),
        answers=sheet.answers,
        asked=sheet.asked_keys,
        open_questions=sheet.open_questions,
        returned=sheet.returned,
        form=request.form if reading.problems else None,
        reading=reading,
        more_rows=request.values.get("add_row") or request.args.get("more", ""),
        carried=sheet.carried(shown),
    )
    return render_template(
        "supplier/section.html",
        sheet=sheet,
        page=page,
        steps=sheet.steps(shown),
        asks_for_files=asks_for_files(shown),
        files=_files_at_hand(sheet, shown),
        beside=beside_of(sheet),
        file_question=file_question(sheet.questionnaire.key),
    )


def _files_at_hand(sheet: Sheet, shown: Section) -> dict[str, uuid.UUID]:
    """Return the ids of the section's files; of last year's too, so that they can be looked at."""
    if not asks_for_files(shown):
        return {}
    earlier = sheet.assessment.carried_from
    return {**(carrying.files_of(db.session, earlier) if earlier else {}), **present(db.session, sheet.assessment)}


@bp.app_template_global()
def country_options(language: str, chosen: str) -> Markup:
    """Return the options of a list of countries, the chosen one first: a table holds many such lists."""
    name = dict(Country().choices(language)).get(chosen)
    first = Markup('<option value="{}" selected>{}</option>').format(chosen, name) if name else Markup("")
    return first + _all_countries(language)


@cache
def _all_countries(language: str) -> Markup:
    option = Markup('<option value="{}">{}</option>')
    return Markup('<option value=""></option>') + Markup("").join(
        option.format(code, name) for code, name in Country().choices(language)
    )


def _next_address(sheet: Sheet, shown: Section, seen: frozenset[str]) -> str:
    """Return where to go after a page was saved."""
    form = request.form
    if table := form.get("add_row"):
        return sheet.address(shown.id, table, more=table)
    named = form.get("remove") or form.get("keep", "")
    if changed := form.get("upload") or form.get("take") or named.partition(" ")[0]:
        return sheet.address(shown.id, assessments.question_of(changed))
    overview = url_for("supplier.overview", request_id=sheet.assessment.request_id)
    if form.get("go") == "leave":
        return overview
    if new := _newly_asked(sheet, shown, seen):
        flash(_("Your answers are saved. One of them leads to a question more; it is shown below."), "info")
        return sheet.address(shown.id, new)
    following = journey.next_section(sheet.questionnaire, sheet.answers, shown.id)
    return sheet.address(following) if following else overview


def _newly_asked(sheet: Sheet, shown: Section, seen: frozenset[str]) -> str | None:
    """Return the first question that an answer on this page has opened, and that has no answer yet."""
    new = sheet.asked_keys - seen - sheet.answers.keys()
    return next((each.id for each in shown.questions if {each.id, each.comment_key} & new), None)


def _closed(sheet: Sheet) -> ResponseReturnValue:
    mark_failed()
    return render_template("supplier/closed.html", invitation=sheet.invitation, sentence=_closed_sentence()), 409


def _closed_sentence() -> str:
    return str(_("This was not saved: the questionnaire is signed, and this question has not been sent back to you."))


def _progress_sentence(sheet: Sheet) -> str:
    progress = sheet.progress
    return str(_("%(answered)d of %(asked)d questions answered", answered=progress.answered, asked=progress.asked))


@bp.app_template_global()
def waiting_sentence(number: int) -> str:
    """Return how many of last year's answers wait to be confirmed, in words; nothing where none does."""
    if not number:
        return ""
    return str(
        ngettext(
            "One answer from last year waits for your confirmation.",
            "%(num)d answers from last year wait for your confirmation.",
            number,
        )
    )
