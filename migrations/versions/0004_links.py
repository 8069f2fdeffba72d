"""Links: invitations, visits by link, suggested contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "signatory",
                "respondent",
                "reader",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_invitations_contact_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_invitations_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("request_id", "email", name=op.f("uq_invitations_request_id_email")),
    )
    op.create_index(op.f("ix_invitations_request_id"), "invitations", ["request_id"], unique=False)
    op.create_table(
        "contact_suggestions",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (accepted IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_contact_suggestions_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_contact_suggestions_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_contact_suggestions_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_suggestions")),
    )
    op.create_index(
        op.f("ix_contact_suggestions_invitation_id"), "contact_suggestions", ["invitation_id"], unique=False
    )
    op.create_table(
        "supplier_sessions",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_supplier_sessions_invitation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_sessions")),
    )
    op.create_index(op.f("ix_supplier_sessions_invitation_id"), "supplier_sessions", ["invitation_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("supplier_sessions")
    op.drop_table("contact_suggestions")
    op.drop_table("invitations")
    # ### end Alembic commands ###
