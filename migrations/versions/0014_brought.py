"""Documents that suppliers sign with certificates of their own and bring back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("previews") as table:
        table.add_column(sa.Column("brought_sha256", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("brought_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("brought", JSON, nullable=True))
    with op.batch_alter_table("declarations") as table:
        table.add_column(sa.Column("brought_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("declarations") as table:
        table.drop_column("brought_sha256")
    with op.batch_alter_table("previews") as table:
        table.drop_column("brought")
        table.drop_column("brought_at")
        table.drop_column("brought_sha256")
