"""What is known of smelters: reference lists, dated statuses, where suppliers named them, what buyers matched."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, WithId, one_of
from portal.models.minerals import MineralsWorkbook
from portal.models.users import User


class MineralsTemplate(WithId, Base):
    """A blank CMRT or EMRT that an administrator brought; its bytes lie in the store, its list in `listed_smelters`."""

    __tablename__ = "minerals_templates"

    kind: Mapped[str] = mapped_column(sa.String(8))
    """CMRT or EMRT."""
    version: Mapped[str] = mapped_column(sa.String(16))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    uploaded_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    """None: on the command line."""

    __table_args__ = (sa.UniqueConstraint("kind", "version"),)

    by: Mapped[User | None] = relationship()


class ListedSmelter(Base):
    """One alias of a smelter in a template's list (`questionnaires.minerals.model.Listed`)."""

    __tablename__ = "listed_smelters"

    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("minerals_templates.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    metal: Mapped[str] = mapped_column(sa.Text)
    alias: Mapped[str] = mapped_column(sa.Text)
    standard_name: Mapped[str] = mapped_column(sa.Text)
    country: Mapped[str] = mapped_column(sa.Text)
    smelter_id: Mapped[str] = mapped_column(sa.Text, index=True)
    street: Mapped[str] = mapped_column(sa.Text)
    city: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text)


class StatusList(WithId, Base):
    """What the Responsible Minerals Initiative's programme said of smelters on a day."""

    __tablename__ = "smelter_status_lists"

    as_of: Mapped[date] = mapped_column(unique=True)
    imported_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    """None: on the command line."""

    by: Mapped[User | None] = relationship()


class SmelterStatus(Base):
    """One smelter in a dated list."""

    __tablename__ = "smelter_statuses"

    list_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("smelter_status_lists.id"), primary_key=True)
    smelter_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, index=True)
    status: Mapped[str] = mapped_column(sa.String(64))
    audited: Mapped[date | None]
    """Day of the last audit."""
    cycle_years: Mapped[int | None]
    """How long the audit counts."""
    metal: Mapped[str] = mapped_column(sa.Text, default="")
    name: Mapped[str] = mapped_column(sa.Text, default="")
    country: Mapped[str] = mapped_column(sa.Text, default="")


class MatchDecision(enum.StrEnum):
    """What a buyer found out about a name that no list has."""

    IS = "is"
    """A smelter that the lists have."""
    NEW = "new"
    """A smelter that no list has yet; it gets an id of the portal's own."""
    NONE = "none"
    """No smelter: a trader, a manufacturer, a slip of the pen."""


class SmelterMatch(WithId, Base):
    """What a supplier's words stand for, remembered for next time."""

    __tablename__ = "smelter_matches"

    metal: Mapped[str] = mapped_column(sa.Text)
    """This and the next three as in `SmelterMention`, folded: without capitals, accents and marks."""
    name: Mapped[str] = mapped_column(sa.Text)
    country: Mapped[str] = mapped_column(sa.Text)
    written_id: Mapped[str] = mapped_column(sa.Text)
    decision: Mapped[MatchDecision] = mapped_column(one_of(MatchDecision, "match_decision"))
    smelter_id: Mapped[str] = mapped_column(sa.String(32))
    """Empty for no smelter."""
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("metal", "name", "country", "written_id"),)

    by: Mapped[User] = relationship()


class Doubt(enum.StrEnum):
    """Why a row of a supplier is on the work list."""

    NOT_LISTED = "not-listed"
    UNKNOWN_ID = "unknown-id"
    LEFT_LIST = "left-list"
    METAL_DIFFERS = "metal-differs"
    NAME_DIFFERS = "name-differs"
    COUNTRY_DIFFERS = "country-differs"


class SmelterMention(Base):
    """A row of a workbook's smelter list, resolved: an index that can be made anew from the workbooks at any time."""

    __tablename__ = "smelter_mentions"

    workbook_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("minerals_workbooks.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the sheet, from 1."""
    smelter_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    """By the lists or by a buyer's match; empty where nobody knows, or where it is no smelter."""
    metal: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.Text)
    country: Mapped[str] = mapped_column(sa.Text)
    written_id: Mapped[str] = mapped_column(sa.Text)
    """As the supplier wrote it."""
    folded_metal: Mapped[str] = mapped_column(sa.Text)
    folded_name: Mapped[str] = mapped_column(sa.Text)
    folded_country: Mapped[str] = mapped_column(sa.Text)
    folded_id: Mapped[str] = mapped_column(sa.Text)
    doubt: Mapped[Doubt | None] = mapped_column(one_of(Doubt, "doubt"))
    """What there is to decide; None where all agrees, or a buyer has decided."""
    match_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("smelter_matches.id"), index=True)

    workbook: Mapped[MineralsWorkbook] = relationship()
    match: Mapped[SmelterMatch | None] = relationship()
