"""Outbox: mail written in the transaction of the deed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "outgoing_mails",
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("to_name", sa.String(length=200), nullable=False),
        sa.Column("to_email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name=op.f("ck_outgoing_mails_sent_or_failed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
    )
    op.create_index(op.f("ix_outgoing_mails_next_try_at"), "outgoing_mails", ["next_try_at"], unique=False)
    op.create_index(op.f("ix_outgoing_mails_subject"), "outgoing_mails", ["subject"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("outgoing_mails")
    # ### end Alembic commands ###
