"""Conflict-minerals workbooks as they were read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "minerals_workbooks",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=1), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("workbook", JSON, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("explanations", JSON, nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_minerals_workbooks_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name=op.f("fk_minerals_workbooks_attachment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minerals_workbooks")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_minerals_workbooks_attachment_id")),
    )
    for column in ("assessment_id", "sha256"):
        op.create_index(op.f(f"ix_minerals_workbooks_{column}"), "minerals_workbooks", [column])


def downgrade() -> None:
    op.drop_table("minerals_workbooks")
