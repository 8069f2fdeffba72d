"""Reviews: approvals under four eyes, notes, deviations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_notes_assessment_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["users.id"], name=op.f("fk_notes_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_assessment_id"), "notes", ["assessment_id"], unique=False)
    op.create_table(
        "deviations",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=True),
        sa.Column("rule", sa.String(length=120), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "zero_tolerance",
                "major",
                "moderate",
                "minor",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "proposed_severity",
            sa.Enum(
                "zero_tolerance",
                "major",
                "moderate",
                "minor",
                name="proposed_severity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("sentence", JSON, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(flagged_at IS NULL AND dismissed_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_deviations_decided_by_somebody"),
        ),
        sa.CheckConstraint("flagged_at IS NULL OR dismissed_at IS NULL", name=op.f("ck_deviations_one_decision")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_deviations_decided_by_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name=op.f("fk_deviations_declaration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deviations")),
        sa.UniqueConstraint("declaration_id", "rule", name=op.f("uq_deviations_declaration_id_rule")),
    )
    op.create_index(op.f("ix_deviations_declaration_id"), "deviations", ["declaration_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name=op.f("ck_reviews_approved_whole")),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> sent_by_id", name=op.f("ck_reviews_sender_does_not_approve")
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR ready_by_id IS NULL OR approved_by_id <> ready_by_id",
            name=op.f("ck_reviews_reviewer_does_not_approve"),
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_reviews_approved_by_id")),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name=op.f("fk_reviews_declaration_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_reviews_opened_by_id")),
        sa.ForeignKeyConstraint(["ready_by_id"], ["users.id"], name=op.f("fk_reviews_ready_by_id")),
        sa.ForeignKeyConstraint(
            ["request_id", "sent_by_id"],
            ["requests.id", "requests.sent_by_id"],
            name=op.f("fk_reviews_request_id_sent_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("declaration_id", name=op.f("uq_reviews_declaration_id")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("deviations")
    op.drop_table("notes")
    # ### end Alembic commands ###
