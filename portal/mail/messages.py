"""The mails that the portal sends: one function for each, which says what facts it needs.

Facts hold ids and plain words, never a link or a code: those are made when the mail is sent and kept nowhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is sent."""

    kind: str
    """Name of the folder under templates/emails/."""
    to_name: str
    to_email: str
    language: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON."""
    subject_id: str = ""
    """What it is about: `invitation:<uuid>`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a supplier was asked, by when and by whom."""

    supplier: str
    campaign: str
    due_on: date
    asked_by: str
    """The buyer's name."""
    asked_by_email: str
    """Where answers to the mail go."""

    def as_facts(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {**asdict(self), "due_on": self.due_on.isoformat()}


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A signed PDF that goes with a receipt."""

    title: str
    reference: str
    sha256: str
    filename: str


@dataclass(frozen=True, slots=True)
class ReturnedQuestion:
    """A question that the supplier is to answer again."""

    text: str
    reason: str


def invitation(
    reader: Reader,
    asked: Asked,
    *,
    invitation_id: uuid.UUID,
    questionnaires: Sequence[str],
    least_minutes: int,
    most_minutes: int,
    message: str = "",
) -> Draft:
    """Ask a supplier's contact to answer.

    Args:
        reader: the contact.
        asked: what, by when and by whom.
        invitation_id: whose link goes with the mail.
        questionnaires: their titles in the reader's language.
        least_minutes: how long all of them take together, where no answer leads to a further question.
        most_minutes: how long they take where every answer does.
        message: the buyer's own words.
    """
    facts = {
        **asked.as_facts(),
        "invitation_id": str(invitation_id),
        "questionnaires": list(questionnaires),
        "minutes": [least_minutes, most_minutes],
        "message": message,
    }
    return _draft("invitation", reader, facts, f"invitation:{invitation_id}")


def invitation_renewed(reader: Reader, asked: Asked, *, invitation_id: uuid.UUID) -> Draft:
    """Send a new link in place of an old one, which no longer works."""
    facts = {**asked.as_facts(), "invitation_id": str(invitation_id)}
    return _draft("invitation_renewed", reader, facts, f"invitation:{invitation_id}")


def signing_code(reader: Reader, *, signing_id: uuid.UUID, supplier: str, documents: Sequence[str]) -> Draft:
    """Send the six digits that a signatory types in; `documents` are the titles of what will be signed."""
    facts = {"signing_id": str(signing_id), "supplier": supplier, "documents": list(documents)}
    return _draft("signing_code", reader, facts, f"signing:{signing_id}")


def signature_wanted(
    reader: Reader,
    asked: Asked,
    *,
    invitation_id: uuid.UUID,
    signing_id: uuid.UUID,
    signed: Sequence[str],
    count: int,
    documents: Sequence[str],
    is_reminder: bool = False,
) -> Draft:
    """Ask the next one of several people to sign.

    Args:
        reader: that person.
        asked: what the supplier was asked, by when and by whom.
        invitation_id: whose link goes with the mail.
        signing_id: the person's own signing act.
        signed: who has signed before; the first of them named the others.
        count: how many sign in all.
        documents: titles of what is signed.
        is_reminder: the link was mailed before.
    """
    facts = {
        **asked.as_facts(),
        "invitation_id": str(invitation_id),
        "signing_id": str(signing_id),
        "signed": list(signed),
        "number": len(signed) + 1,
        "count": count,
        "documents": list(documents),
        "is_reminder": is_reminder,
    }
    return _draft("signature_wanted", reader, facts, f"invitation:{invitation_id}")


def signing_void(
    reader: Reader, asked: Asked, *, signing_id: uuid.UUID, why: str, name: str, words: str, had_signed: bool
) -> Draft:
    """Tell somebody who signed or was asked to that the signing of several came to nothing.

    `why` is a value of `VoidReason`; `name` and `words` are of the person who declined or took it back.
    """
    about = {name: fact for name, fact in asked.as_facts().items() if name != "due_on"}
    facts = {**about, "why": why, "name": name, "words": words, "had_signed": had_signed}
    return _draft("signing_void", reader, facts, f"signing:{signing_id}")


def receipt(
    reader: Reader,
    *,
    signing_id: uuid.UUID,
    supplier: str,
    campaign: str,
    signatory: str,
    signed_at: datetime,
    documents: Sequence[SignedDocument],
) -> Draft:
    """Send the signed PDFs to the one who signed."""
    facts = {
        "signing_id": str(signing_id),
        "supplier": supplier,
        "campaign": campaign,
        "signatory": signatory,
        "signed_at": signed_at.isoformat(),
        "documents": [{"title": document.title, "reference": document.reference} for document in documents],
        "files": [{"sha256": document.sha256, "filename": document.filename} for document in documents],
    }
    return _draft("receipt", reader, facts, f"signing:{signing_id}")


def questions_returned(
    reader: Reader,
    asked: Asked,
    *,
    invitation_id: uuid.UUID,
    questionnaire: str,
    questions: Sequence[ReturnedQuestion],
) -> Draft:
    """Ask the supplier to answer questions again, by `asked.due_on`; all texts in the reader's language."""
    facts = {
        **asked.as_facts(),
        "invitation_id": str(invitation_id),
        "questionnaire": questionnaire,
        "questions": [asdict(question) for question in questions],
    }
    return _draft("questions_returned", reader, facts, f"invitation:{invitation_id}")


def ledger_checkpoint(reader: Reader, *, checkpoint_id: uuid.UUID, note: str, size: int, made_at: datetime) -> Draft:
    """Give somebody outside of the portal a signed head of the ledger to keep."""
    facts = {"note": note, "size": size, "made_at": made_at.isoformat()}
    return _draft("ledger_checkpoint", reader, facts, f"checkpoint:{checkpoint_id}")


def contact_suggested(
    reader: Reader,
    *,
    suggestion_id: uuid.UUID,
    supplier: str,
    campaign: str,
    suggested_by: str,
    suggested_name: str,
    suggested_email: str,
    reason: str = "",
) -> Draft:
    """Tell the buyer that the wrong person was asked, and who may be the right one."""
    facts = {
        "suggestion_id": str(suggestion_id),
        "supplier": supplier,
        "campaign": campaign,
        "suggested_by": suggested_by,
        "suggested_name": suggested_name,
        "suggested_email": suggested_email,
        "reason": reason,
    }
    return _draft("contact_suggested", reader, facts, f"suggestion:{suggestion_id}")


def declaration_signed(
    reader: Reader,
    *,
    declaration_id: uuid.UUID,
    supplier: str,
    campaign: str,
    questionnaire: str,
    reference: str,
    signatory: str,
    signed_at: datetime,
) -> Draft:
    """Tell the buyer who asked that a declaration waits for review."""
    facts = {
        "declaration_id": str(declaration_id),
        "supplier": supplier,
        "campaign": campaign,
        "questionnaire": questionnaire,
        "reference": reference,
        "signatory": signatory,
        "signed_at": signed_at.isoformat(),
    }
    return _draft("declaration_signed", reader, facts, f"declaration:{declaration_id}")


def operations_alarm(reader: Reader, *, alarm: str, count: int, name: str, day: str, subject_id: str) -> Draft:
    """Tell an administrator what should be looked at today; `day` is in ISO 8601, or empty."""
    return _draft("operations_alarm", reader, {"alarm": alarm, "count": count, "name": name, "day": day}, subject_id)


def _draft(kind: str, reader: Reader, facts: dict[str, Any], subject_id: str) -> Draft:
    return Draft(kind, reader.name, reader.email, reader.language, facts, subject_id)
