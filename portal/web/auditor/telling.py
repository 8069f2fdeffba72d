"""The ledger's records as plain sentences in the reader's language."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session, joinedload

from portal.models import CheckLevel, Deed, Invitation, LedgerEvent, Role, User
from portal.services.evidence_levels import EvidenceLevel
from portal.web.evidence_words import LEVELS
from portal.web.filters import day
from portal.web.severities import SEVERITIES
from questionnaires.model import Severity

SENTENCES = {
    Deed.INSTALLATION_MADE: lazy_gettext("%(who)s set up the portal."),
    Deed.INSTALLATION_RESTORED: lazy_gettext("%(who)s restored the portal from a backup."),
    Deed.SEAL_CHANGED: lazy_gettext("%(who)s gave the portal another seal."),
    Deed.SEAL_REVOKED: lazy_gettext("%(who)s revoked the portal’s seal."),
    Deed.ROOTS_TRUSTED: lazy_gettext("%(who)s took in certificates of issuers to trust."),
    Deed.USER_ADDED: lazy_gettext("%(who)s added an account."),
    Deed.USER_CHANGED: lazy_gettext("%(who)s changed an account."),
    Deed.USER_SIGNED_IN: lazy_gettext("%(who)s signed in."),
    Deed.USER_SIGNED_OUT: lazy_gettext("%(who)s signed out."),
    Deed.SIGN_IN_REFUSED: lazy_gettext("%(who)s tried to sign in and was refused."),
    Deed.SUPPLIERS_IMPORTED: lazy_gettext("%(who)s imported suppliers."),
    Deed.SUPPLIER_ADDED: lazy_gettext("%(who)s added a supplier."),
    Deed.SUPPLIER_CHANGED: lazy_gettext("%(who)s changed a supplier."),
    Deed.CONTACT_ADDED: lazy_gettext("%(who)s added a contact."),
    Deed.CONTACT_CHANGED: lazy_gettext("%(who)s changed a contact."),
    Deed.CONTACT_RETIRED: lazy_gettext("%(who)s retired a contact."),
    Deed.CAMPAIGN_MADE: lazy_gettext("%(who)s made a campaign."),
    Deed.CAMPAIGN_CHANGED: lazy_gettext("%(who)s changed a campaign."),
    Deed.CAMPAIGN_SENT: lazy_gettext("%(who)s sent a campaign."),
    Deed.REQUEST_SENT: lazy_gettext("%(who)s sent the request to the supplier."),
    Deed.REQUEST_WITHDRAWN: lazy_gettext("%(who)s withdrew the request."),
    Deed.DUE_DATE_MOVED: lazy_gettext("%(who)s moved the due date."),
    Deed.INVITATION_ISSUED: lazy_gettext("%(who)s invited a contact of the supplier."),
    Deed.INVITATION_OPENED: lazy_gettext("%(who)s opened the mailed link."),
    Deed.INVITATION_REISSUED: lazy_gettext("%(who)s had a new link mailed; the old one ended."),
    Deed.INVITATION_REVOKED: lazy_gettext("%(who)s took the link back."),
    Deed.CONTACT_SUGGESTED: lazy_gettext("%(who)s named another contact."),
    Deed.SUGGESTION_DECIDED: lazy_gettext("%(who)s decided on the contact that was named."),
    Deed.FILE_UPLOADED: lazy_gettext("%(who)s attached a file."),
    Deed.FILE_REMOVED: lazy_gettext("%(who)s took a file away."),
    Deed.WORKBOOK_READ: lazy_gettext("%(who)s handed in a minerals workbook, which was read and checked."),
    Deed.WORKBOOK_EXPLAINED: lazy_gettext("%(who)s explained what was found in a minerals workbook."),
    Deed.PREVIEW_MADE: lazy_gettext("%(who)s looked at the documents to sign."),
    Deed.CODE_SENT: lazy_gettext("%(who)s had a code mailed to sign with."),
    Deed.CODE_REFUSED: lazy_gettext("%(who)s typed a code that was refused."),
    Deed.OWN_SIGNATURE_BROUGHT: lazy_gettext("%(who)s brought a document signed with a certificate of its own."),
    Deed.SIGNING_ACCEPTED: lazy_gettext("%(who)s signed with the mailed code."),
    Deed.SIGNATORY_ASKED: lazy_gettext("%(who)s signed, and the next signatory was asked."),
    Deed.SIGNATORY_REMINDED: lazy_gettext("%(who)s reminded the signatory whose turn it was."),
    Deed.SIGNATORY_ADDRESS_CORRECTED: lazy_gettext("%(who)s corrected the e-mail address of a signatory."),
    Deed.SIGNING_VOIDED: lazy_gettext("%(who)s ended the signing before all had signed."),
    Deed.DECLARATION_SIGNED: lazy_gettext("%(who)s sealed the signed declaration."),
    Deed.DECLARATION_RENEWED: lazy_gettext("%(who)s put a new time stamp over the signed declaration."),
    Deed.DECLARATION_SUPERSEDED: lazy_gettext("%(who)s put a newer declaration in place of this one."),
    Deed.DEVIATIONS_PROPOSED: lazy_gettext("%(who)s proposed deviations by the rules of the questionnaire."),
    Deed.REVIEW_OPENED: lazy_gettext("%(who)s began the review."),
    Deed.REVIEW_HANDED_OVER: lazy_gettext("%(who)s handed the review over for approval."),
    Deed.REVIEW_APPROVED: lazy_gettext("%(who)s approved the declaration."),
    Deed.QUESTION_RETURNED: lazy_gettext("%(who)s returned a question to the supplier."),
    Deed.NOTE_WRITTEN: lazy_gettext("%(who)s wrote a note."),
    Deed.DEVIATION_ADDED: lazy_gettext("%(who)s added a deviation by hand."),
    Deed.DEVIATION_FLAGGED: lazy_gettext("%(who)s flagged a deviation."),
    Deed.DEVIATION_DISMISSED: lazy_gettext("%(who)s dismissed a proposed deviation."),
    Deed.MAIL_RETRIED: lazy_gettext("%(who)s had a failed mail sent again."),
    Deed.EVIDENCE_DOWNLOADED: lazy_gettext("%(who)s downloaded evidence."),
    Deed.EDITION_UPLOADED: lazy_gettext("%(who)s uploaded a questionnaire."),
    Deed.EDITION_PUBLISHED: lazy_gettext("%(who)s published a questionnaire."),
    Deed.EDITION_RETIRED: lazy_gettext("%(who)s retired a questionnaire."),
    Deed.EDITION_DISCARDED: lazy_gettext("%(who)s threw away the draft of a questionnaire."),
    Deed.ANSWER_CHECKED: lazy_gettext("%(who)s looked into an answer."),
    Deed.CHECK_TAKEN_BACK: lazy_gettext("%(who)s took back that an answer was checked."),
    Deed.CODE_MAPPED: lazy_gettext("%(who)s held the supplier’s own code of conduct against ours."),
    Deed.ADDENDUM_ISSUED: lazy_gettext("%(who)s asked the supplier to accept the clauses that its own code lacks."),
    Deed.ADDENDUM_TAKEN_BACK: lazy_gettext("%(who)s took back the addendum that the supplier had not signed."),
    Deed.ANSWERS_IMPORTED: lazy_gettext("%(who)s took answers from a workbook."),
    Deed.LONG_FORM_CHOSEN: lazy_gettext("%(who)s chose the long form, with a reason."),
    Deed.LONG_FORM_TAKEN_BACK: lazy_gettext("%(who)s went back to the short form."),
    Deed.HOLD_PLACED: lazy_gettext("%(who)s placed a legal hold on a supplier."),
    Deed.HOLD_LIFTED: lazy_gettext("%(who)s lifted the legal hold on a supplier."),
    Deed.PERSON_ERASED: lazy_gettext("%(who)s erased what was known of a person."),
    Deed.DECLARATION_DELETED: lazy_gettext("%(who)s deleted the declaration’s files after its retention."),
    Deed.MINERALS_TEMPLATE_IMPORTED: lazy_gettext("%(who)s took the list of smelters from a blank minerals workbook."),
    Deed.SMELTER_STATUSES_IMPORTED: lazy_gettext("%(who)s imported statuses of smelters."),
    Deed.SMELTER_MATCHED: lazy_gettext("%(who)s decided which smelter a supplier’s words stand for."),
    Deed.MINERALS_WRITTEN: lazy_gettext("%(who)s wrote our own minerals workbook from those of the suppliers."),
    Deed.LEDGER_EXPORTED: lazy_gettext("%(who)s exported the ledger."),
}
"""Each deed's sentence; `who` begins it. A test holds that none is missing."""

ROLES = {
    Role.ADMINISTRATOR: lazy_gettext("administrator"),
    Role.BUYER: lazy_gettext("buyer"),
    Role.APPROVER: lazy_gettext("approver"),
    Role.AUDITOR: lazy_gettext("auditor"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a reader sees it."""

    seq: int
    at: datetime
    sentence: str
    details: tuple[str, ...]
    """What the record adds: the question, the severity, the file."""
    subject: str
    leaf: str


def tell(session: Session, events: Sequence[LedgerEvent]) -> list[Told]:
    """Return the events as sentences, in the order given."""
    records = [json.loads(event.record) for event in events]
    people = _people(session, [record["actor"] for record in records])
    return [
        Told(
            seq=event.seq,
            at=datetime.fromisoformat(record["ts"]),
            sentence=sentence_of(event.deed, _who(record["actor"], people)),
            details=tuple(_details(record["data"])),
            subject=event.subject,
            leaf=event.leaf,
        )
        for event, record in zip(events, records, strict=True)
    ]


def sentence_of(deed: str, who: str) -> str:
    """Return the sentence of a deed; one that a later portal wrote is named as it is."""
    known = deed in set(Deed)
    return str(SENTENCES[Deed(deed)]) % {"who": who} if known else f"{who}: {deed}"


def _who(actor: dict[str, Any], people: dict[str, str]) -> str:
    kinds = {
        "user": _("Somebody with a closed account"),
        "link": _("The supplier"),
        "portal": _("The portal"),
        "command-line": _("The operator, on the command line,"),
        "visitor": _("Somebody"),
    }
    return people.get(actor["id"] or "") or kinds.get(actor["kind"], actor["kind"])


def _people(session: Session, actors: list[dict[str, Any]]) -> dict[str, str]:
    """Return the names of those who are still known, by id, in two queries."""
    ids = {
        kind: {uuid.UUID(each["id"]) for each in actors if each["kind"] == kind and each["id"]}
        for kind in ("user", "link")
    }
    users = session.scalars(sa.select(User).where(User.id.in_(ids["user"])))
    query = sa.select(Invitation).where(Invitation.id.in_(ids["link"])).options(joinedload(Invitation.contact))
    named = {str(user.id): f"{user.display_name} ({ROLES[user.role]})" for user in users}
    for invitation in session.scalars(query):
        name = invitation.contact.name
        named[str(invitation.id)] = _("%(name)s, for the supplier,", name=name) if name else _("The supplier")
    return named


def _about_clauses(data: dict[str, Any]) -> list[str]:
    """Return what a record says about the clauses of a supplier's own code."""
    found = []
    if {"covered", "partly", "missing"} <= data.keys():
        found.append(_("%(covered)s covered, %(partly)s partly, %(missing)s missing", **data))
    if isinstance(data.get("clauses"), list):
        found.append(_("Clauses %(numbers)s", numbers=", ".join(data["clauses"])))
    return found


def _about_signatures(data: dict[str, Any]) -> list[str]:
    """Return which of several signatures a record is about."""
    if {"signature", "of"} <= data.keys():
        return [_("Signature %(number)s of %(count)s", number=data["signature"], count=data["of"])]
    return [_("%(count)s signatories", count=data["signatories"])] if data.get("signatories") else []


def _details(data: dict[str, Any]) -> list[str]:
    """Return the parts of a record's data that say something to a reader."""
    found = []
    if data.get("question"):
        found.append(_("Question %(question)s", question=data["question"]))
    if data.get("severity") in set(Severity):
        found.append(str(SEVERITIES[Severity(data["severity"])]))
    found += _about_signatures(data) + _about_clauses(data)
    if data.get("check") in set(CheckLevel):
        found.append(str(LEVELS[EvidenceLevel(data["check"])]))
    if data.get("due_on"):
        found.append(_("by %(day)s", day=day(date.fromisoformat(data["due_on"]))))
    if data.get("reference"):
        found.append(_("Reference %(reference)s", reference=data["reference"]))
    if isinstance(data.get("file"), str):
        found.append(data["file"])
    return found + _about_files(data)


def _about_files(data: dict[str, Any]) -> list[str]:
    """Return what a record says about documents: whose certificate signed them, and their hashes."""
    documents = data.get("documents")
    is_own = isinstance(documents, list) and any("brought_sha256" in each for each in documents)
    hashes = [data[name] for name in ("pdf_sha256", "sha256", "brought_sha256") if data.get(name)][:1]
    hashes += [data["index_sha256"]] if data.get("index_sha256") else []
    workbook = [f"{data['kind']} {data['version']}"] if {"kind", "version", "sha256"} <= data.keys() else []
    is_own_said = [_("Signed with the supplier's own certificate")] * is_own
    return workbook + is_own_said + [f"SHA-256 {each}" for each in hashes]
