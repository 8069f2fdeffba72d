"""Smelters: reference lists, dated statuses, mentions in suppliers' workbooks, and matches made by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "minerals_templates",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_minerals_templates_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minerals_templates")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_minerals_templates_kind_version")),
    )
    op.create_table(
        "listed_smelters",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_words("metal", "alias", "standard_name", "country", "smelter_id", "street", "city", "state"),
        sa.ForeignKeyConstraint(
            ["template_id"], ["minerals_templates.id"], name=op.f("fk_listed_smelters_template_id")
        ),
        sa.PrimaryKeyConstraint("template_id", "position", name=op.f("pk_listed_smelters")),
    )
    op.create_index(op.f("ix_listed_smelters_smelter_id"), "listed_smelters", ["smelter_id"])
    op.create_table(
        "smelter_status_lists",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_smelter_status_lists_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smelter_status_lists")),
        sa.UniqueConstraint("as_of", name=op.f("uq_smelter_status_lists_as_of")),
    )
    op.create_table(
        "smelter_statuses",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("smelter_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("audited", sa.Date(), nullable=True),
        sa.Column("cycle_years", sa.Integer(), nullable=True),
        *_words("metal", "name", "country"),
        sa.ForeignKeyConstraint(["list_id"], ["smelter_status_lists.id"], name=op.f("fk_smelter_statuses_list_id")),
        sa.PrimaryKeyConstraint("list_id", "smelter_id", name=op.f("pk_smelter_statuses")),
    )
    op.create_index(op.f("ix_smelter_statuses_smelter_id"), "smelter_statuses", ["smelter_id"])
    op.create_table(
        "smelter_matches",
        *_words("metal", "name", "country", "written_id"),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("smelter_id", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decision IN ('is', 'new', 'none')", name=op.f("ck_smelter_matches_match_decision")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_smelter_matches_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smelter_matches")),
        sa.UniqueConstraint(
            "metal", "name", "country", "written_id", name=op.f("uq_smelter_matches_metal_name_country_written_id")
        ),
    )
    op.create_table(
        "smelter_mentions",
        sa.Column("workbook_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("smelter_id", sa.String(length=32), nullable=False),
        *_words("metal", "name", "country", "written_id", "folded_metal", "folded_name", "folded_country", "folded_id"),
        sa.Column("doubt", sa.String(length=32), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "doubt IN ('not-listed', 'unknown-id', 'left-list', 'metal-differs', 'name-differs', 'country-differs')",
            name=op.f("ck_smelter_mentions_doubt"),
        ),
        sa.ForeignKeyConstraint(
            ["workbook_id"], ["minerals_workbooks.id"], name=op.f("fk_smelter_mentions_workbook_id")
        ),
        sa.ForeignKeyConstraint(["match_id"], ["smelter_matches.id"], name=op.f("fk_smelter_mentions_match_id")),
        sa.PrimaryKeyConstraint("workbook_id", "row", name=op.f("pk_smelter_mentions")),
    )
    for column in ("smelter_id", "match_id"):
        op.create_index(op.f(f"ix_smelter_mentions_{column}"), "smelter_mentions", [column])


def downgrade() -> None:
    for table in (
        "smelter_mentions", "smelter_matches", "smelter_statuses", "smelter_status_lists", "listed_smelters",
        "minerals_templates",
    ):  # fmt: skip
        op.drop_table(table)
