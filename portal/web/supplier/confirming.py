"""Last year's answers on a posted page: those that are confirmed or changed are saved, the others wait on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from portal.clock import clock
from portal.extensions import db
from portal.services import attachments
from portal.web.carried import Carried
from portal.web.forms import CONFIRM, PROPOSED, Form, Reading, form_keys
from portal.web.languages import choose_language
from portal.web.supplier.sheets import Sheet
from questionnaires.answers import AnswerError
from questionnaires.model import FileSlot, Question, Section
from questionnaires.values import Value

CONFIRM_ALL = "confirm"
"""What the button posts that confirms a whole page."""


def hold_back(
    reading: Reading, questions: Iterable[Question], form: Form, carried: Mapping[str, Carried], asked: frozenset[str]
) -> list[Question]:
    """Take out of a reading what the page only proposed; return the questions whose answers are confirmed.

    A proposed answer that was emptied is remembered as such.

    Args:
        reading: what the form says; changed in place.
        questions: those that the form holds.
        form: as it was posted.
        carried: last year's answers, by question.
        asked: the questions that the reader saw; the button that confirms a page is about no others.
    """
    proposed, confirmed = set(form.getlist(PROPOSED)), _confirmed(form, asked)
    return [
        question
        for question in questions
        if question.id in carried and _is_confirmed(reading, carried[question.id], proposed, confirmed)
    ]


def bring_files(sheet: Sheet, reading: Reading, confirmed: Iterable[Question], carried: Mapping[str, Carried]) -> None:
    """Take last year's files along with the answers that are confirmed, and were not answered otherwise meanwhile.

    Raises:
        NotEditable: a question is closed.
    """
    for question in confirmed:
        if question.id in reading.problems:
            continue
        for slot in question.file_slots:
            named = [file.record for file in carried[question.id].files if file.slot == slot.key]
            reading.problems.update(_bring(sheet, slot, named))


def keep_named(sheet: Sheet, section: Section, named: str) -> dict[str, str]:
    """Take along the one file of last year's that a button names as `key sha256`; a name that is none takes none.

    Raises:
        NotEditable: the question is closed.
    """
    for carried in sheet.carried(section).values():
        for file in carried.files:
            if named == f"{file.slot} {file.record['sha256']}":
                slot = next(each for each in carried.question.file_slots if each.key == file.slot)
                return _bring(sheet, slot, [file.record])
    return {}


def demand(sheet: Sheet, section: Section, reading: Reading, form: Form, asked: frozenset[str]) -> None:
    """Add a sentence to the problems for each required answer that the page proposed and nobody has confirmed."""
    proposed = set(form.getlist(PROPOSED))
    for carried in sheet.carried(section).values():
        question = carried.question
        seen = question.required and question.id in proposed & asked
        if seen and carried.waits and reading.problems.keys().isdisjoint((question.id, question.comment_key)):
            reading.problems[question.id] = str(_("Confirm last year's answer, or change it."))


def _confirmed(form: Form, asked: frozenset[str]) -> frozenset[str]:
    return asked if form.get("go") == CONFIRM_ALL else frozenset(form.getlist(CONFIRM))


def _is_confirmed(reading: Reading, carried: Carried, proposed: set[str], confirmed: frozenset[str]) -> bool:
    question, keys = carried.question, form_keys(carried.question)
    if carried.earlier.reason or any(key in reading.problems for key in keys):
        return False
    shown = carried.proposed if question.type.prefilled else {}
    is_left = question.id in proposed and all(reading.changes.get(key) == shown.get(key) for key in keys)
    if question.id in proposed & confirmed:
        if is_left:
            reading.changes.update({key: carried.proposed.get(key) for key in keys})
        return True
    if is_left:
        for key in keys:
            reading.changes.pop(key, None)
    elif question.type.read_from_form and reading.changes.get(question.id) is None:
        reading.changes[question.declined_key] = True
    return False


def _bring(sheet: Sheet, slot: FileSlot, records: Sequence[Mapping[str, Value]]) -> dict[str, str]:
    try:
        attachments.bring_along(
            db.session, sheet.assessment, slot, records, sheet.invitation, clock(), sheet.open_questions
        )
    except AnswerError as error:
        return {slot.key: error.message(choose_language())}
    sheet.reload()
    return {}
