"""Questionnaires of the company's own; facts that conditions look at; last year's answers; checks and code mappings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("campaigns") as table:
        table.create_check_constraint(op.f("ck_campaigns_year_is_plausible"), "reporting_year BETWEEN 2000 AND 2100")
    with op.batch_alter_table("suppliers") as table:
        table.create_check_constraint(op.f("ck_suppliers_country_is_iso2"), "length(country) = 2")
        table.add_column(sa.Column("size", choice("size", "micro", "small", "medium", "large"), nullable=True))
        table.add_column(sa.Column("tier", choice("tier", "low", "medium", "high"), nullable=True))
    with op.batch_alter_table("requests") as table:
        table.add_column(sa.Column("long_form_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("assessments") as table:
        table.add_column(sa.Column("facts", JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("carried_from_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_assessments_carried_from_id"), "declarations", ["carried_from_id"], ["id"], use_alter=True
        )
        table.create_index(op.f("ix_assessments_carried_from_id"), ["carried_from_id"])
    with op.batch_alter_table("declarations") as table:
        table.add_column(sa.Column("facts", JSON, nullable=False, server_default="{}"))
        table.add_column(sa.Column("marks", JSON, nullable=True))
    op.create_table(
        "questionnaire_editions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_questionnaire_editions_published_whole"),
        ),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by_id IS NULL)", name=op.f("ck_questionnaire_editions_retired_whole")
        ),
        sa.CheckConstraint(
            "retired_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_questionnaire_editions_retired_after_published"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_questionnaire_editions_uploaded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_questionnaire_editions_published_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["users.id"], name=op.f("fk_questionnaire_editions_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_editions")),
        sa.UniqueConstraint("key", "edition", name=op.f("uq_questionnaire_editions_key_edition")),
    )
    op.create_table(
        "answer_checks",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("level", choice("level", "checked", "checked_on_site"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["declaration_id"], ["declarations.id"], name=op.f("fk_answer_checks_declaration_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["users.id"], name=op.f("fk_answer_checks_checked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_checks")),
        sa.UniqueConstraint("declaration_id", "question", name=op.f("uq_answer_checks_declaration_id_question")),
    )
    op.create_index(op.f("ix_answer_checks_declaration_id"), "answer_checks", ["declaration_id"])
    op.create_table(
        "code_mappings",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=32), nullable=False),
        sa.Column("clause", sa.String(length=16), nullable=False),
        sa.Column("coverage", choice("coverage", "covered", "partly", "missing"), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_code_mappings_supplier_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_code_mappings_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_mappings")),
        sa.UniqueConstraint(
            "supplier_id",
            "code_sha256",
            "questionnaire",
            "edition",
            "clause",
            name=op.f("uq_code_mappings_supplier_id_code_sha256_questionnaire_edition_clause"),
        ),
    )
    op.create_index(op.f("ix_code_mappings_supplier_id"), "code_mappings", ["supplier_id"])


def downgrade() -> None:
    op.drop_table("code_mappings")
    op.drop_table("answer_checks")
    op.drop_table("questionnaire_editions")
    with op.batch_alter_table("declarations") as table:
        table.drop_column("facts")
        table.drop_column("marks")
    with op.batch_alter_table("assessments") as table:
        table.drop_constraint(op.f("fk_assessments_carried_from_id"), type_="foreignkey")
        table.drop_index(op.f("ix_assessments_carried_from_id"))
        table.drop_column("carried_from_id")
        table.drop_column("facts")
    with op.batch_alter_table("requests") as table:
        table.drop_column("long_form_reason")
    with op.batch_alter_table("suppliers") as table:
        table.drop_constraint(op.f("ck_suppliers_tier"), type_="check")
        table.drop_constraint(op.f("ck_suppliers_size"), type_="check")
        table.drop_column("tier")
        table.drop_column("size")
        table.drop_constraint(op.f("ck_suppliers_country_is_iso2"), type_="check")
    with op.batch_alter_table("campaigns") as table:
        table.drop_constraint(op.f("ck_campaigns_year_is_plausible"), type_="check")
