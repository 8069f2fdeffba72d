"""A signed human-rights declaration with proposed deviations, and the people who review it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.models import Declaration, Deviation, Role, User
from portal.services import deviations, reviews
from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from tests.factories import Make

CATALOGUE = Catalogue.load()
QUESTIONNAIRE: Questionnaire = CATALOGUE.find("human-rights", "2026-1").asked_of({})
ANSWERS: dict[str, Any] = {"HR-01": "no", "HR-02": "Åse Bjørnæs", "HR-11": "no", "HR-18": 16}


@dataclass
class Case:
    """One declaration; the buyer sent the request."""

    session: Session
    make: Make
    now: datetime
    buyer: User
    approver: User
    declaration: Declaration

    def proposal(self, question: str) -> Deviation:
        """Return what the rules proposed for a question."""
        return next(each for each in self.declaration.deviations if each.question == question)

    def decide_all(self) -> None:
        """Flag every proposal as proposed."""
        for each in self.declaration.deviations:
            deviations.flag(self.session, each, each.severity, "", by=self.buyer, now=self.now)
        self.session.commit()

    def hand_over(self, by: User | None = None) -> None:
        """Finish the review; the buyer does it unless somebody else is named."""
        self.decide_all()
        reviews.hand_over(self.session, self.declaration, by=by or self.buyer, now=self.now)
        self.session.commit()

    def approve(self) -> None:
        """Finish and approve."""
        self.hand_over()
        reviews.approve(self.session, self.declaration, by=self.approver, now=self.now)
        self.session.commit()

    def replace(self) -> Declaration:
        """Let a newer declaration stand in place of this one."""
        newer = self.make.declaration(self.declaration.assessment, b"%PDF-1.7 newer")
        self.declaration.superseded_by = newer
        self.session.commit()
        return newer


def open_case(make: Make, answers: dict[str, Any] | None = None, **supplier: Any) -> Case:
    """Return a case whose deviations are proposed and undecided."""
    session, buyer = make.session, make.user(Role.BUYER)
    request = make.request(make.campaign(buyer, keys=("human-rights",)), make.supplier(**supplier))
    assessment = request.assessments[0]
    make.answers(assessment, ANSWERS if answers is None else answers)
    declaration = make.declaration(assessment)
    deviations.propose(session, declaration, QUESTIONNAIRE, make.now)
    session.commit()
    return Case(session, make, make.now, buyer, make.user(Role.APPROVER), declaration)
