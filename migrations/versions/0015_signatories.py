"""Signatories: several people sign the same previews, one after the other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("signings") as table:
        table.add_column(sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("void_reason", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("void_words", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("voided_by", sa.String(length=200), server_default="", nullable=False))
        table.create_check_constraint(
            op.f("ck_signings_void_reason"),
            "void_reason IN ('declined', 'taken-back', 'asked-anew', 'withdrawn')",
        )
        table.create_check_constraint(op.f("ck_signings_voided_whole"), "(voided_at IS NULL) = (void_reason IS NULL)")
    op.create_table(
        "co_signatories",
        sa.Column("signing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("position BETWEEN 2 AND 7", name=op.f("ck_co_signatories_position_in_range")),
        sa.CheckConstraint("(act_id IS NULL) = (asked_at IS NULL)", name=op.f("ck_co_signatories_asked_whole")),
        sa.ForeignKeyConstraint(["act_id"], ["signings.id"], name=op.f("fk_co_signatories_act_id_signings")),
        sa.ForeignKeyConstraint(["signing_id"], ["signings.id"], name=op.f("fk_co_signatories_signing_id_signings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_signatories")),
        sa.UniqueConstraint("act_id", name=op.f("uq_co_signatories_act_id")),
        sa.UniqueConstraint("signing_id", "email", name=op.f("uq_co_signatories_signing_id_email")),
        sa.UniqueConstraint("signing_id", "position", name=op.f("uq_co_signatories_signing_id_position")),
    )
    with op.batch_alter_table("assessments") as table:
        table.add_column(sa.Column("awaiting_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_assessments_awaiting_id_signings"), "signings", ["awaiting_id"], ["id"])
        table.create_index(op.f("ix_assessments_awaiting_id"), ["awaiting_id"])


def downgrade() -> None:
    with op.batch_alter_table("assessments") as table:
        table.drop_index(op.f("ix_assessments_awaiting_id"))
        table.drop_constraint(op.f("fk_assessments_awaiting_id_signings"), type_="foreignkey")
        table.drop_column("awaiting_id")
    op.drop_table("co_signatories")
    with op.batch_alter_table("signings") as table:
        table.drop_constraint(op.f("ck_signings_voided_whole"), type_="check")
        table.drop_constraint(op.f("ck_signings_void_reason"), type_="check")
        for column in ("voided_by", "void_words", "void_reason", "voided_at"):
            table.drop_column(column)
