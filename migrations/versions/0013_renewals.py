"""Renewals: a later document time stamp over a signed declaration, in a file of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("declarations") as table:
        table.add_column(sa.Column("renew_before", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "renewals",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renew_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["declarations.id"], name=op.f("fk_renewals_declaration_id_declarations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewals")),
        sa.UniqueConstraint("declaration_id", "number", name=op.f("uq_renewals_declaration_id_number")),
        sa.UniqueConstraint("pdf_sha256", name=op.f("uq_renewals_pdf_sha256")),
    )


def downgrade() -> None:
    op.drop_table("renewals")
    with op.batch_alter_table("declarations") as table:
        table.drop_column("renew_before")
