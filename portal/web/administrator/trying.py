"""Answering a questionnaire to see what is asked, what deviates and how long it takes; nothing of it is kept.

The answers travel in the form itself, signed (see `portal.services.trials`). Posting only computes: it writes nothing,
so it leaves no event in the ledger, and its database transaction is one that reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.clock import clock
from portal.services.trials import Trial, TrialGone, Trials, TrialTooLarge
from portal.web import forms
from portal.web.access import open_to
from portal.web.administrator import bp
from portal.web.administrator.editions import find_edition
from portal.web.administrator.preview import ADDRESS, language_of, show_all, show_entry, show_section
from portal.web.administrator.shown import Shown
from portal.web.administrator.trial_facts import read_facts
from portal.web.buyer.rights import READERS
from portal.web.current import installation, signed_in_user
from portal.web.forms import Form
from portal.web.transactions import begins_reading
from questionnaires import deviations, journey
from questionnaires.burden import Burden, burden
from questionnaires.deviations import Finding
from questionnaires.errors import UnknownQuestion
from questionnaires.model import Question, Questionnaire
from questionnaires.values import Value

ALL, RESULT = "all", "result"
"""Pages beside those of the sections; their ids hold no slash, so a section stands as `/id`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of answers that were tried."""

    findings: tuple[Finding, ...]
    missing: tuple[journey.Missing, ...]
    burden: Burden
    idle: tuple[Question, ...]
    """Answered, but not asked any longer: the answers do not count."""


@bp.post(ADDRESS)
@open_to(*READERS)
@begins_reading
def try_preview(key: str, edition: str) -> ResponseReturnValue:
    """Take what was answered, and show the page that was wanted or what came of it."""
    questionnaire, form = find_edition(key, edition), request.form
    language = language_of(questionnaire, form.get("switch") or form.get("language"))
    trials = Trials(installation().settings, questionnaire, signed_in_user().id)
    shown = Shown(questionnaire, language, clock().date(), more_rows=form.get("add_row", ""))
    try:
        trial = trials.open(form["ticket"]) if form.get("ticket") else Trial(shown.today)
    except TrialGone:
        return show_entry(shown, gone=True), 422
    shown = _answered(shown, trial, form)
    try:
        shown = replace(shown, ticket=trials.seal(shown.trial or trial))
    except TrialTooLarge:
        sentence = str(_("These are more answers than can be tried at once. Those of this page were left out."))
        shown = replace(shown, trial=trial, ticket=form.get("ticket", ""), reading=forms.Reading())
        return _show_result(shown, sentence), 422
    return _show(shown, form)


def _answered(shown: Shown, trial: Trial, form: Form) -> Shown:
    """Return what is shown once a form's facts and answers are taken in."""
    trial, fact_problems = read_facts(shown.questionnaire, form, trial, shown.language)
    asked = shown.questionnaire.asked_of(trial.facts)
    held = forms.on_page(_as_asked(asked, trial), form)
    reading = forms.read(held, form, trial.day, shown.language)
    changes = {**reading.changes, **_example_files(held, form)}
    kept = {key: value for key, value in {**trial.answers, **changes}.items() if value is not None}
    reading = forms.only_asked(reading, forms.asked_keys(asked, kept))
    return replace(
        shown,
        trial=replace(trial, answers=kept),
        form=form if reading.problems else None,
        reading=reading,
        fact_problems=fact_problems,
    )


def _as_asked(questionnaire: Questionnaire, trial: Trial) -> list[Question]:
    """Return all questions, those that are asked as they are asked after the answers so far."""
    given = {question.id: question for question in journey.walk(questionnaire, trial.answers).questions}
    return [given.get(question.id, question) for question in questionnaire.questions]


def _example_files(held: list[Question], form: Form) -> dict[str, Value]:
    """Return what stands in where a file would be uploaded, and None where one is taken away."""
    wanted, taken_away = form.get("upload"), form.get("remove", "").partition(" ")[0]
    changes: dict[str, Value] = {}
    for slot in (slot for question in held for slot in question.file_slots):
        media_type = min(slot.kind.media_types)
        if slot.key == wanted:
            name = str(_("example file"))
            changes[slot.key] = [{"sha256": "0" * 64, "name": name, "size": 1000, "media_type": media_type}]
        elif slot.key == taken_away:
            changes[slot.key] = None
    return changes


def _show(shown: Shown, form: Form) -> ResponseReturnValue:
    at, go = form.get("at", ""), form.get("go", "")
    if shown.fact_problems:
        return _show_result(shown), 422
    if shown.reading.problems:
        return _show_page(shown, at if at in _pages(shown) else _page_of_problem(shown)), 422
    if any(name in form for name in ("switch", "add_row", "upload", "remove")):
        return _show_page(shown, at)
    return _show_page(shown, _following(shown, at) if go == "next" else go)


def _following(shown: Shown, at: str) -> str:
    """Return the page after the one that was answered; 404 where there is none such."""
    try:
        following = journey.next_section(shown.asked_of, shown.way.counted, at[1:] if at.startswith("/") else None)
    except UnknownQuestion:
        abort(404)
    return f"/{following}" if following else RESULT


def _show_page(shown: Shown, page: str) -> str:
    if page in _pages(shown):
        return show_all(shown) if page == ALL else show_section(shown, page[1:])
    if page in {f"/{section.id}" for section in shown.questionnaire.sections}:
        return _show_result(shown, str(_("With these answers and facts, that page is not asked.")))
    if page.startswith("/"):
        abort(404)
    return _show_result(shown)


def _pages(shown: Shown) -> list[str]:
    return [ALL, *(f"/{each.section.id}" for each in shown.sections)]


def _page_of_problem(shown: Shown) -> str:
    """Return the page of the first answer that does not fit; only what is asked can be wrong, so it has one."""
    question = next(iter(shown.reading.problems)).partition("#")[0]
    found = (each.section.id for each in shown.sections if question in {one.id for one in each.questions})
    return f"/{next(found)}"


def _show_result(shown: Shown, problem: str = "") -> str:
    trial = shown.trial or Trial(shown.today)
    asked = {question.id for question in shown.way.questions}
    result = Result(
        findings=deviations.find(shown.asked_of, trial.answers, trial.day),
        missing=journey.missing(shown.asked_of, trial.answers),
        burden=burden(shown.asked_of),
        idle=tuple(each for each in shown.questionnaire.questions if each.id in trial.answers and each.id not in asked),
    )
    return render_template("administrator/preview/result.html", shown=shown, result=result, problem=problem)
