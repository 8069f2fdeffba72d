"""A signed declaration that names the supplier's own code, and the people who hold it against ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.models import Attachment, Coverage, Declaration, LedgerEvent, Return, Role, Supplier, User
from portal.services import addenda, code_mapping
from portal.services.code_mapping import Comparison, Decision, MappingCase
from questionnaires.catalogue import Catalogue
from tests.factories import Make

TINY = Path(__file__).resolve().parents[1] / "questionnaires" / "tiny"
CATALOGUE = Catalogue.load(TINY)
KEY = "own-code"
COVERED, PARTLY, MISSING = Coverage.COVERED, Coverage.PARTLY, Coverage.MISSING
ALL_COVERED = {"1": Decision(COVERED, "p. 2"), "2": Decision(COVERED), "3": Decision(COVERED)}
SOME_LACKING = {"1": Decision(COVERED, "p. 2"), "2": Decision(PARTLY, "p. 4, section 3"), "3": Decision(MISSING)}


def file_of(sha: str = "a", name: str = "Våre regler.pdf") -> dict[str, Any]:
    """Return what an answer says of a file."""
    return {"sha256": sha * 64, "name": name, "size": 12_000, "media_type": "application/pdf"}


def answers_with(*files: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return complete answers of a supplier that follows its own code."""
    own = {"O-read": True, "O-choice": "own", "O-file": list(files) or [file_of()], "O-lacks": ["safety"]}
    return {**own, **{name.replace("_", "-"): value for name, value in more.items()}}


@dataclass
class MappingTable:
    """One declaration on a reviewer's table; the buyer sent the request."""

    session: Session
    make: Make
    now: datetime
    buyer: User
    approver: User
    declaration: Declaration
    catalogue: Catalogue = CATALOGUE

    @property
    def case(self) -> MappingCase:
        """What there is to compare."""
        found = code_mapping.case_of(self.declaration, self.catalogue)
        assert found is not None
        return found

    @property
    def soon(self) -> date:
        """A date that an addendum may be due on."""
        return (self.now + timedelta(days=10)).date()

    def compared(self) -> Comparison:
        """Return what is known."""
        return code_mapping.compare(self.session, self.case, self.catalogue)

    def save(self, decisions: dict[str, Decision], **how: Any) -> Comparison:
        """Decide on clauses; the buyer does it unless somebody else is named."""
        given = {"by": self.buyer, "now": self.now, **how}
        compared = code_mapping.save(self.session, self.case, self.catalogue, decisions, **given)
        self.session.commit()
        return compared

    def issue(self, words: str = "", due_on: date | None = None, **how: Any) -> Return:
        """Issue the addendum."""
        given = {"by": self.buyer, "now": self.now, **how}
        returned = addenda.issue(self.session, self.case, self.catalogue, words, due_on or self.soon, **given)
        self.session.commit()
        return returned

    def take_back(self, **how: Any) -> None:
        """Take the addendum back."""
        addenda.take_back(self.session, self.case, self.catalogue, **{"by": self.buyer, "now": self.now, **how})
        self.session.commit()

    def replace(self, **answers: Any) -> MappingTable:
        """Let the supplier sign anew, with these answers beside the ones it gave, and return the newer table."""
        assessment = self.declaration.assessment
        given = {name.replace("_", "-"): value for name, value in answers.items()}
        newer = self.make.declaration(assessment, str(given).encode())
        newer.answers = {**self.declaration.answers, **given}
        newer.accepted_at = self.now + timedelta(minutes=5)
        self.declaration.superseded_by = newer
        for each in assessment.returns:
            each.settled_at = each.settled_at or newer.accepted_at
        self.session.commit()
        self.session.expire_all()
        return MappingTable(self.session, self.make, self.now, self.buyer, self.approver, newer, self.catalogue)

    def events(self, deed: str) -> list[LedgerEvent]:
        """Return what the ledger says of a kind of deed."""
        self.session.expire_all()
        return list(self.session.query(LedgerEvent).filter_by(deed=deed).order_by(LedgerEvent.seq))


def lay_out(
    make: Make,
    answers: dict[str, Any] | None = None,
    supplier: Supplier | None = None,
    put: Callable[[bytes], str] | None = None,
    **columns: Any,
) -> MappingTable:
    """Return a signed declaration with an own code; `put` stores the file's bytes where a test downloads it."""
    buyer = make.user(Role.BUYER)
    request = make.request(make.campaign(buyer, keys=(KEY,)), supplier or make.supplier(**columns))
    assessment = request.assessments[0]
    given = answers or answers_with(*([_stored(put)] if put else []))
    make.answers(assessment, given)
    for file in given.get("O-file", ()):
        row = {"filename": file["name"], **{key: file[key] for key in ("sha256", "size", "media_type")}}
        make.session.add(Attachment(assessment_id=assessment.id, question="O-file", uploaded_at=make.now, **row))
    declaration = make.declaration(assessment)
    make.session.commit()
    return MappingTable(make.session, make, make.now, buyer, make.user(Role.APPROVER), declaration)


def _stored(put: Callable[[bytes], str]) -> dict[str, Any]:
    return {**file_of(), "sha256": put(b"%PDF-1.7 their own code %%EOF")}
