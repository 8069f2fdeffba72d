"""Register: suppliers and their contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "suppliers",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("national_id", sa.String(length=64), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "criticality",
            sa.Enum("A", "B", "C", name="criticality", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("product_groups", JSON, nullable=False),
        sa.Column(
            "supplier_type",
            sa.Enum(
                "manufacturer",
                "reseller",
                name="supplier_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("minerals_relevant", sa.Boolean(), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_suppliers_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("country", "national_id", name=op.f("uq_suppliers_country_national_id")),
        sa.UniqueConstraint("external_id", name=op.f("uq_suppliers_external_id")),
    )
    op.create_index(op.f("ix_suppliers_name"), "suppliers", ["name"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_contacts_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("supplier_id", "email", name=op.f("uq_contacts_supplier_id_email")),
    )
    op.create_index(op.f("ix_contacts_supplier_id"), "contacts", ["supplier_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("contacts")
    op.drop_table("suppliers")
    # ### end Alembic commands ###
