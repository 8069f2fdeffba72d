"""One questionnaire of a request, with all that its pages need: who answers, what was answered, what may be changed."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from functools import cached_property

from flask import abort, url_for

from portal.clock import clock
from portal.extensions import db
from portal.models import Assessment, Invitation, InvitationRole, Return
from portal.services import assessments, carrying, minerals_workbooks
from portal.web import forms
from portal.web.carried import Carried, carried_at
from portal.web.current import installation
from portal.web.visits import find_visit
from questionnaires import journey
from questionnaires.carry_over import Earlier, marks, unconfirmed
from questionnaires.errors import UnknownQuestion
from questionnaires.model import Question, Questionnaire, Section
from questionnaires.texts import Text
from questionnaires.values import Value

_KEY = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Step:
    """One section on the way through a questionnaire."""

    number: int
    title: Text
    address: str
    is_done: bool
    """Nothing required is missing there, and something is answered."""
    is_current: bool
    came_back: bool
    """The buyer sent back a question of it."""
    waiting: int = 0
    """How many of last year's answers wait there to be confirmed."""


@dataclass
class Sheet:
    """An assessment in the hands of the person who answers it."""

    invitation: Invitation
    assessment: Assessment
    questionnaire: Questionnaire
    answers: dict[str, Value]

    @cached_property
    def open_questions(self) -> frozenset[str] | None:
        """The questions that may be changed; None for all."""
        if self.invitation.role is InvitationRole.READER:
            return frozenset()
        return assessments.open_questions(self.assessment, self.questionnaire, self.answers)

    @cached_property
    def returned(self) -> dict[str, Return]:
        """The questions that the buyer sent back."""
        return assessments.returned(self.assessment) if self.assessment.declarations else {}

    @property
    def saved_since_return(self) -> bool:
        """Whether an answer was saved after the last question came back."""
        changed_at = self.assessment.changed_at
        return changed_at is not None and all(changed_at > one.returned_at for one in self.returned.values())

    @cached_property
    def asked(self) -> tuple[journey.AskedSection, ...]:
        """The sections that are asked, with their questions."""
        return journey.asked_sections(self.questionnaire, self.answers)

    @cached_property
    def earlier(self) -> dict[str, Earlier]:
        """Last year's answers, by question."""
        return carrying.earlier_answers(self.assessment, installation().catalogue, clock().date())

    @cached_property
    def unconfirmed(self) -> frozenset[str]:
        """The questions whose answers of last year wait to be confirmed, as far as this person may do so."""
        if not self.earlier:
            return frozenset()
        waiting = {question.id for question in unconfirmed(self.questionnaire, self.earlier, self.answers)}
        return frozenset(waiting if self.open_questions is None else waiting & self.open_questions)

    def carried(self, section: Section) -> dict[str, Carried]:
        """Return last year's answers to the questions of a section, and how it stands with each."""
        declaration = self.assessment.carried_from
        if declaration is None:
            return {}
        marks_now = marks(self.questionnaire, self.earlier, self.answers)
        signed_on = declaration.accepted_at.date()
        return carried_at(self.questions(section), self.earlier, self.answers, marks_now, signed_on)

    @cached_property
    def lacks(self) -> tuple[journey.Missing, ...]:
        """What is required and missing, in order; errors in a minerals workbook come last."""
        missing = journey.missing(self.questionnaire, self.answers)
        held = minerals_workbooks.lacks(db.session, self.assessment, self.questionnaire, self.answers)
        return missing + held

    @cached_property
    def progress(self) -> journey.Progress:
        """How far the answers have come."""
        return journey.progress(self.questionnaire, self.answers)

    @cached_property
    def asked_keys(self) -> frozenset[str]:
        """The keys of questions and comments that are asked."""
        return forms.asked_keys(self.questionnaire, self.answers)

    def section(self, section_id: str) -> Section:
        """Return a section; 404 where there is none."""
        try:
            return self.questionnaire.section(section_id)
        except UnknownQuestion:
            abort(404)

    def questions(self, section: Section) -> tuple[Question, ...]:
        """Return a section's questions, each as it is asked after the answers so far; others as they are written."""
        asked = next((one.questions for one in self.asked if one.section is section), ())
        given = {question.id: question for question in asked}
        return tuple(given.get(question.id, question) for question in section.questions)

    def address(self, section_id: str, anchor: str | None = None, more: str | None = None) -> str:
        """Return the address of a section's page, or of a question on it."""
        return url_for(
            "supplier.section",
            request_id=self.assessment.request_id,
            questionnaire=self.assessment.questionnaire,
            section=section_id,
            _anchor=anchor,
            more=more,
        )

    def address_of(self, question: str) -> str:
        """Return the address of a question that is asked."""
        section = next(each.section for each in self.asked if question in {one.id for one in each.questions})
        return self.address(section.id, question)

    def first_address(self) -> str:
        """Return the address of the first question that waits for an answer, or of the first section."""
        if self.answers and self.lacks:
            return self.address(self.lacks[0].section_id, self.lacks[0].question_id)
        return self.address(self.asked[0].section.id)

    def steps(self, current: Section | None = None) -> list[Step]:
        """Return the sections that are asked, and how each stands."""
        missing = {lack.section_id for lack in self.lacks}
        returned = self.returned.keys()
        return [
            Step(
                number=number,
                title=asked.section.title,
                address=self.address(asked.section.id),
                is_done=asked.section.id not in missing and any(q.id in self.answers for q in asked.questions),
                is_current=asked.section is current,
                came_back=any(question.id in returned for question in asked.questions),
                waiting=sum(question.id in self.unconfirmed for question in asked.questions),
            )
            for number, asked in enumerate(self.asked, start=1)
        ]

    def save(self, changes: dict[str, Value]) -> None:
        """Save answers; raises NotEditable."""
        assessments.save(
            db.session, self.assessment, changes, self.invitation, clock(), self.open_questions, self.answers
        )
        kept = {**self.answers, **changes}
        self._now_has({key: value for key, value in kept.items() if value is not None})

    def reload(self) -> None:
        """Read the answers again, after a service has changed them."""
        self._now_has(assessments.answers_of(self.assessment))

    def _now_has(self, answers: dict[str, Value]) -> None:
        self.answers = answers
        for worked_out in ("open_questions", "asked", "asked_keys", "progress", "unconfirmed", "lacks"):
            self.__dict__.pop(worked_out, None)


def find_sheet(request_id: uuid.UUID, questionnaire: str, *, to_write: bool = False) -> Sheet:
    """Return a questionnaire of the request that the reader came for; 404 where it does not ask that one."""
    invitation = find_visit(request_id)
    if not _KEY.fullmatch(questionnaire):
        abort(404)  # whatever stands in an address, even what no database takes
    assessment = assessments.find(db.session, request_id, questionnaire, to_write=to_write)
    if assessment is None:
        abort(404)
    edition = assessments.edition_of(assessment, installation().catalogue)
    return Sheet(invitation, assessment, edition, assessments.answers_of(assessment))
