"""Ledger: append-only, guarded by triggers against UPDATE and DELETE."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("deed", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_events")),
        sa.UniqueConstraint("leaf", name=op.f("uq_ledger_events_leaf")),
        sa.UniqueConstraint("prev", name=op.f("uq_ledger_events_prev")),
    )
    op.create_index(op.f("ix_ledger_events_deed"), "ledger_events", ["deed"], unique=False)
    op.create_index(op.f("ix_ledger_events_subject"), "ledger_events", ["subject"], unique=False)
    op.create_table(
        "ledger_personal_data",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["ledger_events.seq"], name=op.f("fk_ledger_personal_data_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_personal_data")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("ledger_personal_data")
    op.drop_table("ledger_events")
    # ### end Alembic commands ###
