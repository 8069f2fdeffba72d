"""Ledger guards: triggers refuse UPDATE, DELETE and replacement of ledger events, whoever asks."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_refuses_{deed.lower()} BEFORE {deed} ON ledger_events "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
        # INSERT OR REPLACE deletes the row in its way without firing the trigger above
        op.execute(
            "CREATE TRIGGER ledger_refuses_replace BEFORE INSERT ON ledger_events "
            "WHEN EXISTS (SELECT 1 FROM ledger_events "
            "WHERE seq = NEW.seq OR prev = NEW.prev OR leaf = NEW.leaf) "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OR DELETE ON ledger_events "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuses()"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_truncate BEFORE TRUNCATE ON ledger_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER ledger_refuses_update")
        op.execute("DROP TRIGGER ledger_refuses_delete")
        op.execute("DROP TRIGGER ledger_refuses_replace")
        return
    op.execute("DROP TRIGGER ledger_refuses_truncate ON ledger_events")
    op.execute("DROP TRIGGER ledger_refuses_change ON ledger_events")
    op.execute("DROP FUNCTION ledger_refuses()")
