"""From preview to signed PDF."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.assessments import Assessment
from portal.models.base import Base, WithId, one_of
from portal.models.invitations import Invitation

if TYPE_CHECKING:
    from portal.models.reviews import AnswerCheck, Deviation, Review


class VoidReason(enum.StrEnum):
    """Why a signing of several people came to nothing."""

    DECLINED = "declined"
    """One of them would not sign."""
    TAKEN_BACK = "taken-back"
    """The first, who had named the others, took it back."""
    ASKED_ANEW = "asked-anew"
    """The buyer asked for other answers meanwhile."""
    WITHDRAWN = "withdrawn"
    """The buyer withdrew the request."""


class Signing(WithId, Base):
    """One signing act: a signatory, a code sent to the mailbox, and the previews that it covers.

    Where several sign, the first act leads: it has the previews, and names the others in `co_signatories`. Each of
    these gets an act of its own, for the same previews, when it is that person's turn.
    """

    __tablename__ = "signings"

    invitation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("invitations.id"), index=True)
    signatory_name: Mapped[str] = mapped_column(sa.String(200))
    signatory_title: Mapped[str] = mapped_column(sa.String(200))
    company: Mapped[str] = mapped_column(sa.String(200))
    """The signatory's, as the previews name it; the register may change before the seal."""
    language: Mapped[str] = mapped_column(sa.String(8))
    """The language that the previews were shown in."""
    bound_to: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 over the previews' hashes, in order: what the code is good for."""
    created_at: Mapped[datetime]
    code_sent_at: Mapped[datetime | None]
    """The code lasts from here; it is worked out from id and this moment, never stored."""
    code_sends: Mapped[int] = mapped_column(default=0)
    code_tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    """When the right code came: the moment of signing."""
    evidence: Mapped[dict[str, Any] | None]
    """What the server saw at that moment: address, browser."""
    voided_at: Mapped[datetime | None]
    """Of a leading act only: when the signing came to nothing, before all had signed."""
    void_reason: Mapped[VoidReason | None] = mapped_column(one_of(VoidReason, "void_reason"))
    void_words: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """In the words of the person who declined or took it back."""
    voided_by: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    """That person's name; empty where the buyer's deed did it."""

    __table_args__ = (sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_whole"),)

    invitation: Mapped[Invitation] = relationship()
    previews: Mapped[list[Preview]] = relationship(back_populates="signing", order_by="Preview.position")
    co_signatories: Mapped[list[CoSignatory]] = relationship(
        back_populates="signing", order_by="CoSignatory.position", foreign_keys="CoSignatory.signing_id"
    )
    place: Mapped[CoSignatory | None] = relationship(
        back_populates="act", foreign_keys="CoSignatory.act_id", uselist=False
    )
    """Whose act this is, where it is not the leading one."""

    @property
    def lead(self) -> Signing:
        """The act that has the previews: this one, where one person signs or the first."""
        return self.place.signing if self.place else self

    @property
    def shown(self) -> list[Preview]:
        """The previews that this act signs."""
        return self.lead.previews

    @property
    def position(self) -> int:
        """Whose signature this is, counted from 1."""
        return self.place.position if self.place else 1


class CoSignatory(WithId, Base):
    """One more person who is to sign, as the first one stated; signs when all before have signed."""

    __tablename__ = "co_signatories"

    signing_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("signings.id"))
    """The leading act."""
    position: Mapped[int]
    """Counted from 1 with the first signatory, so 2 to 7."""
    name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    """Where the link and the code go; not in the documents, so that a wrong one can be put right."""
    act_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("signings.id"), unique=True)
    """The person's own act; None before it is his or her turn."""
    asked_at: Mapped[datetime | None]
    """When the link was mailed last."""

    __table_args__ = (
        sa.UniqueConstraint("signing_id", "position"),
        sa.UniqueConstraint("signing_id", "email"),
        sa.CheckConstraint("position BETWEEN 2 AND 7", name="position_in_range"),
        sa.CheckConstraint("(act_id IS NULL) = (asked_at IS NULL)", name="asked_whole"),
    )

    signing: Mapped[Signing] = relationship(back_populates="co_signatories", foreign_keys=[signing_id])
    act: Mapped[Signing | None] = relationship(back_populates="place", foreign_keys=[act_id])


class Preview(WithId, Base):
    """A PDF that was shown before signing; exactly these bytes get signed."""

    __tablename__ = "previews"

    signing_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("signings.id"), index=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    position: Mapped[int]
    reference: Mapped[str] = mapped_column(sa.String(32), unique=True)
    """Printed in the document, for people: `2026-7F3K-Q9TD`."""
    assessment_version: Mapped[int]
    answers_sha256: Mapped[str] = mapped_column(sa.String(64))
    pdf_sha256: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    brought_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    """The same document signed by the supplier with a certificate of its own; kept until the signing is accepted."""
    brought_at: Mapped[datetime | None]
    brought: Mapped[dict[str, Any] | None]
    """What its signatures and certificates say: `signatures`, as `SignatureReport` has them."""

    signing: Mapped[Signing] = relationship(back_populates="previews")
    assessment: Mapped[Assessment] = relationship()


class Level(enum.StrEnum):
    """PAdES baseline level reached (ETSI EN 319 142-1)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class DeclarationState(enum.StrEnum):
    """Where a declaration stands; worked out from its facts."""

    SIGNING = "signing"
    """Accepted, being sealed."""
    SIGNED = "signed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class Declaration(WithId, Base):
    """What was declared: a signed PDF that never changes; a correction is a newer declaration."""

    __tablename__ = "declarations"

    assessment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("assessments.id"), index=True)
    preview_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("previews.id"), unique=True)
    """Unique: a preview is signed once, whoever asks and however often."""
    reference: Mapped[str] = mapped_column(sa.String(32), unique=True)
    answers: Mapped[dict[str, Any]]
    """The canonical answers as signed (question → value)."""
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """What was known of the supplier when it signed: the assessment may learn more, such as an addendum."""
    marks: Mapped[dict[str, Any] | None]
    """What became of last year's answers, as signed (question → `confirmed`, `changed`, `new`); None: nothing carried.

    Kept, as it depends on what was true that day: which editions there were, and whether a certificate was valid.
    """
    accepted_at: Mapped[datetime]
    brought_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    """The document as the supplier signed it itself, to be sealed in place of the preview; None: signed by code."""
    sealing_until: Mapped[datetime | None]
    """A worker's claim; over when this moment has passed."""
    sealing_tries: Mapped[int] = mapped_column(default=0)
    sealing_error: Mapped[str | None] = mapped_column(sa.Text)
    signed_at: Mapped[datetime | None]
    """When the sealed file was stored."""
    pdf_sha256: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    level: Mapped[Level | None] = mapped_column(one_of(Level, "level"))
    renew_before: Mapped[datetime | None]
    """When the certificate of the file's document time stamp ends; None below B-LTA."""
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("declarations.id"))
    deleted_at: Mapped[datetime | None]
    """When its retention had ended and files, answers and names were deleted; hashes and ledger stay."""

    __table_args__ = (
        sa.CheckConstraint(
            "(signed_at IS NULL) = (pdf_sha256 IS NULL) AND (signed_at IS NULL) = (level IS NULL)",
            name="signed_whole",
        ),
    )

    assessment: Mapped[Assessment] = relationship(back_populates="declarations", foreign_keys=[assessment_id])
    preview: Mapped[Preview] = relationship()
    superseded_by: Mapped[Declaration | None] = relationship(remote_side="Declaration.id")
    review: Mapped[Review | None] = relationship(back_populates="declaration")
    deviations: Mapped[list[Deviation]] = relationship(back_populates="declaration")
    checks: Mapped[list[AnswerCheck]] = relationship(back_populates="declaration")
    renewals: Mapped[list[Renewal]] = relationship(order_by="Renewal.number")

    @property
    def newest_sha256(self) -> str | None:
        """The file to hand out: the signed one, or the one that its last renewal made of it; None before the seal."""
        return self.renewals[-1].pdf_sha256 if self.renewals else self.pdf_sha256

    @property
    def lasts_until(self) -> datetime | None:
        """When the newest file's last time stamp should have been renewed; None below B-LTA."""
        return self.renewals[-1].renew_before if self.renewals else self.renew_before


class Renewal(WithId, Base):
    """A document time stamp over a signed declaration, in a new file that begins with the bytes of the one before."""

    __tablename__ = "renewals"

    declaration_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("declarations.id"))
    number: Mapped[int]
    """Counted from 1 for each declaration."""
    pdf_sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    renewed_at: Mapped[datetime]
    renew_before: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("declaration_id", "number"),)
