"""Campaigns: what is asked of whom, by when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reporting_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_campaigns_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_questionnaires",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_questionnaires_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_questionnaires")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_campaign_questionnaires_campaign_id_key")),
    )
    op.create_index(
        op.f("ix_campaign_questionnaires_campaign_id"),
        "campaign_questionnaires",
        ["campaign_id"],
        unique=False,
    )
    op.create_table(
        "requests",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_requests_campaign_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name=op.f("fk_requests_sent_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_requests_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("campaign_id", "supplier_id", name=op.f("uq_requests_campaign_id_supplier_id")),
        sa.UniqueConstraint("id", "sent_by_id", name=op.f("uq_requests_id_sent_by_id")),
    )
    op.create_index(op.f("ix_requests_campaign_id"), "requests", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_requests_supplier_id"), "requests", ["supplier_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("requests")
    op.drop_table("campaign_questionnaires")
    op.drop_table("campaigns")
    # ### end Alembic commands ###
