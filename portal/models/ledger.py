"""The append-only record of what was done."""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class Deed(enum.StrEnum):
    """What can be recorded: `subject:what-happened`, in the past tense."""

    INSTALLATION_MADE = "installation:made"
    INSTALLATION_RESTORED = "installation:restored"
    SEAL_CHANGED = "seal:changed"
    SEAL_REVOKED = "seal:revoked"
    ROOTS_TRUSTED = "installation:roots-trusted"
    USER_ADDED = "user:added"
    USER_CHANGED = "user:changed"
    USER_SIGNED_IN = "user:signed-in"
    USER_SIGNED_OUT = "user:signed-out"
    SIGN_IN_REFUSED = "user:sign-in-refused"
    SUPPLIERS_IMPORTED = "suppliers:imported"
    SUPPLIER_ADDED = "supplier:added"
    SUPPLIER_CHANGED = "supplier:changed"
    CAMPAIGN_MADE = "campaign:made"
    CAMPAIGN_CHANGED = "campaign:changed"
    CAMPAIGN_SENT = "campaign:sent"
    REQUEST_SENT = "request:sent"
    INVITATION_OPENED = "invitation:opened"
    INVITATION_REISSUED = "invitation:reissued"
    INVITATION_REVOKED = "invitation:revoked"
    CONTACT_SUGGESTED = "contact:suggested"
    SUGGESTION_DECIDED = "contact:suggestion-decided"
    FILE_UPLOADED = "attachment:uploaded"
    FILE_REMOVED = "attachment:removed"
    WORKBOOK_READ = "workbook:read"
    WORKBOOK_EXPLAINED = "workbook:explained"
    PREVIEW_MADE = "preview:made"
    CODE_SENT = "signing:code-sent"
    CODE_REFUSED = "signing:code-refused"
    OWN_SIGNATURE_BROUGHT = "signing:own-signature-brought"
    SIGNING_ACCEPTED = "signing:accepted"
    DECLARATION_SIGNED = "declaration:signed"
    DECLARATION_SUPERSEDED = "declaration:superseded"
    DECLARATION_RENEWED = "declaration:renewed"
    REVIEW_OPENED = "review:opened"
    REVIEW_HANDED_OVER = "review:handed-over"
    REVIEW_APPROVED = "review:approved"
    QUESTION_RETURNED = "question:returned"
    NOTE_WRITTEN = "note:written"
    DEVIATION_ADDED = "deviation:added"
    DEVIATION_FLAGGED = "deviation:flagged"
    DEVIATION_DISMISSED = "deviation:dismissed"
    EVIDENCE_DOWNLOADED = "evidence:downloaded"
    LEDGER_EXPORTED = "ledger:exported"
    DEVIATIONS_PROPOSED = "declaration:deviations-proposed"
    CONTACT_ADDED = "contact:added"
    CONTACT_CHANGED = "contact:changed"
    CONTACT_RETIRED = "contact:retired"
    REQUEST_WITHDRAWN = "request:withdrawn"
    DUE_DATE_MOVED = "request:due-date-moved"
    INVITATION_ISSUED = "invitation:issued"
    MAIL_RETRIED = "mail:retried"
    EDITION_UPLOADED = "edition:uploaded"
    EDITION_PUBLISHED = "edition:published"
    EDITION_RETIRED = "edition:retired"
    EDITION_DISCARDED = "edition:discarded"
    ANSWER_CHECKED = "answer:checked"
    CHECK_TAKEN_BACK = "answer:check-taken-back"
    CODE_MAPPED = "code:mapped"
    ADDENDUM_ISSUED = "code:addendum-issued"
    ADDENDUM_TAKEN_BACK = "code:addendum-taken-back"
    ANSWERS_IMPORTED = "answers:imported"
    SIGNATORY_ASKED = "signing:next-asked"
    SIGNATORY_REMINDED = "signing:next-reminded"
    SIGNATORY_ADDRESS_CORRECTED = "signing:address-corrected"
    SIGNING_VOIDED = "signing:voided"
    LONG_FORM_CHOSEN = "request:long-form-chosen"
    LONG_FORM_TAKEN_BACK = "request:long-form-taken-back"
    HOLD_PLACED = "supplier:hold-placed"
    HOLD_LIFTED = "supplier:hold-lifted"
    PERSON_ERASED = "person:erased"
    DECLARATION_DELETED = "declaration:deleted"
    MINERALS_TEMPLATE_IMPORTED = "minerals:template-imported"
    SMELTER_STATUSES_IMPORTED = "minerals:statuses-imported"
    SMELTER_MATCHED = "smelter:matched"
    MINERALS_WRITTEN = "minerals:roll-up-written"


class LedgerEvent(Base):
    """One record: canonical bytes, their leaf hash, and the leaf hash before."""

    __tablename__ = "ledger_events"

    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    """From 0, without gaps."""
    prev: Mapped[str] = mapped_column(sa.String(64), unique=True)
    leaf: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of 0x00 and the record (RFC 6962 leaf hash)."""
    record: Mapped[bytes]
    """RFC 8785 JSON."""
    deed: Mapped[str] = mapped_column(sa.String(48), index=True)
    """A copy of the record's type, for searching; the record decides."""
    subject: Mapped[str] = mapped_column(sa.String(80), index=True)
    """A copy of the record's object (`declaration:<uuid>`), for searching."""


class LedgerPersonalData(Base):
    """What a record only commits to; can be erased without breaking a proof."""

    __tablename__ = "ledger_personal_data"

    seq: Mapped[int] = mapped_column(sa.ForeignKey("ledger_events.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    payload: Mapped[bytes]
    """RFC 8785 JSON: names, addresses, browsers."""
