"""Declarations: signing acts, previews, signed PDFs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "signings",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("signatory_name", sa.String(length=200), nullable=False),
        sa.Column("signatory_title", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("bound_to", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_sends", sa.Integer(), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", JSON, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_signings_invitation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signings")),
    )
    op.create_index(op.f("ix_signings_invitation_id"), "signings", ["invitation_id"], unique=False)
    op.create_table(
        "previews",
        sa.Column("signing_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("assessment_version", sa.Integer(), nullable=False),
        sa.Column("answers_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_previews_assessment_id")),
        sa.ForeignKeyConstraint(["signing_id"], ["signings.id"], name=op.f("fk_previews_signing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        sa.UniqueConstraint("reference", name=op.f("uq_previews_reference")),
    )
    op.create_index(op.f("ix_previews_assessment_id"), "previews", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_previews_signing_id"), "previews", ["signing_id"], unique=False)
    op.create_table(
        "declarations",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("preview_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealing_tries", sa.Integer(), nullable=False),
        sa.Column("sealing_error", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "level",
            sa.Enum("B-B", "B-T", "B-LT", "B-LTA", name="level", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("superseded_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(signed_at IS NULL) = (pdf_sha256 IS NULL) AND (signed_at IS NULL) = (level IS NULL)",
            name=op.f("ck_declarations_signed_whole"),
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name=op.f("fk_declarations_assessment_id")),
        sa.ForeignKeyConstraint(["preview_id"], ["previews.id"], name=op.f("fk_declarations_preview_id")),
        sa.ForeignKeyConstraint(
            ["superseded_by_id"], ["declarations.id"], name=op.f("fk_declarations_superseded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_declarations_pdf_sha256")),
        sa.UniqueConstraint("preview_id", name=op.f("uq_declarations_preview_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_declarations_reference")),
    )
    op.create_index(op.f("ix_declarations_assessment_id"), "declarations", ["assessment_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("declarations")
    op.drop_table("previews")
    op.drop_table("signings")
    # ### end Alembic commands ###
