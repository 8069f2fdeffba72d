"""The ledger: what is tampered with is found, and the first broken row is named."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Deed, LedgerEvent, LedgerPersonalData
from portal.services import ledger
from portal.services.actors import PORTAL
from portal.services.ledger import Broken

ROWS = 8
EVENTS, PERSONAL = cast("tuple[sa.Table, sa.Table]", (LedgerEvent.__table__, LedgerPersonalData.__table__))
Tampering = Callable[[Session], None]


@pytest.fixture
def chain(session: Session, now: datetime) -> Session:
    """A ledger of eight events, each with personal data."""
    for number in range(ROWS):
        append(session, now, number)
    session.commit()
    return session


def append(session: Session, now: datetime, number: int) -> LedgerEvent:
    """Append an event that is like no other."""
    data, personal = {"number": number}, {"name": f"Kari {number}"}
    return ledger.record(session, Deed.NOTE_WRITTEN, f"note:{number}", by=PORTAL, now=now, data=data, personal=personal)


def without_guards(session: Session) -> None:
    """Take the triggers away, as somebody with every right on the database could."""
    if session.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete", "replace"):
            session.execute(sa.text(f"DROP TRIGGER ledger_refuses_{deed}"))
        session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    else:
        session.execute(sa.text("DROP TRIGGER ledger_refuses_change ON ledger_events"))
        session.execute(sa.text("SET session_replication_role = replica"))


def row(session: Session, seq: int) -> dict[str, Any]:
    """Return a row as it is."""
    return dict(session.execute(sa.select(EVENTS).where(EVENTS.c.seq == seq)).mappings().one())


def put(session: Session, at: int, **columns: Any) -> None:
    """Overwrite columns of a row."""
    session.execute(sa.update(EVENTS).where(EVENTS.c.seq == at).values(**columns))


def forged(session: Session, at: int, **changes: Any) -> dict[str, Any]:
    """Return a row with a changed record and the leaf that fits it."""
    old = row(session, at)
    body = json.dumps({**json.loads(old["record"]), **changes}, separators=(",", ":"), sort_keys=True).encode()
    return {**old, "record": body, "leaf": ledger.leaf_hash(body)}


def edit_a_record(session: Session) -> None:
    put(session, 3, record=row(session, 3)["record"].replace(b'"number":3', b'"number":9'))


def edit_a_record_and_its_leaf(session: Session) -> None:
    put(session, 3, **forged(session, 3, data={"number": 9}))


def edit_a_copied_column(session: Session) -> None:
    put(session, 3, deed="user:signed-out")


def edit_a_subject(session: Session) -> None:
    put(session, 3, subject="note:4")


def edit_personal_data(session: Session) -> None:
    session.execute(sa.update(PERSONAL).where(PERSONAL.c.seq == 3).values(payload=b'{"name":"Ola"}'))


def delete_a_row(session: Session) -> None:
    session.execute(sa.delete(PERSONAL).where(PERSONAL.c.seq == 3))
    session.execute(sa.delete(EVENTS).where(EVENTS.c.seq == 3))


def delete_the_first_row(session: Session) -> None:
    session.execute(sa.delete(PERSONAL).where(PERSONAL.c.seq == 0))
    session.execute(sa.delete(EVENTS).where(EVENTS.c.seq == 0))


def delete_a_row_and_close_the_gap(session: Session) -> None:
    delete_a_row(session)
    for seq in range(4, ROWS):
        session.execute(sa.update(PERSONAL).where(PERSONAL.c.seq == seq).values(seq=seq - 1))
        put(session, seq, seq=seq - 1)


def swap_two_rows(session: Session) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        put(session, old, seq=new)


def insert_a_row(session: Session) -> None:
    """A row between two others, the later ones moved on."""
    for seq in range(ROWS - 1, 3, -1):
        session.execute(sa.update(PERSONAL).where(PERSONAL.c.seq == seq).values(seq=seq + 1))
        put(session, seq, seq=seq + 1)
    false = forged(session, 3, seq=4, prev="f" * 64, pii=None)
    session.execute(sa.insert(EVENTS).values({**false, "seq": 4, "prev": "f" * 64}))


def repeat_a_row_at_the_end(session: Session) -> None:
    last = row(session, ROWS - 1)
    false = forged(session, ROWS - 1, seq=ROWS + 1, prev=last["leaf"])
    session.execute(sa.insert(EVENTS).values({**false, "seq": ROWS + 1, "prev": last["leaf"]}))


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (edit_a_record, Broken(3, "leaf")),
        (edit_a_record_and_its_leaf, Broken(4, "chain")),
        (edit_a_copied_column, Broken(3, "record")),
        (edit_a_subject, Broken(3, "record")),
        (edit_personal_data, Broken(3, "personal-data")),
        (delete_a_row, Broken(3, "gap")),
        (delete_the_first_row, Broken(0, "gap")),
        (delete_a_row_and_close_the_gap, Broken(3, "chain")),
        (swap_two_rows, Broken(3, "chain")),
        (insert_a_row, Broken(4, "chain")),
        (repeat_a_row_at_the_end, Broken(ROWS, "gap")),
    ],
)
def test_the_first_broken_row_is_named(chain: Session, tamper: Tampering, broken: Broken) -> None:
    assert ledger.verify(chain) is None
    without_guards(chain)
    tamper(chain)
    chain.expire_all()
    found = ledger.verify(chain)
    chain.rollback()
    assert found == broken


def test_a_cut_tail_cannot_be_seen_in_the_chain_alone(chain: Session) -> None:
    """Why the head's hash must be kept outside: the page of the ledger says so."""
    without_guards(chain)
    for table in (PERSONAL, EVENTS):
        chain.execute(sa.delete(table).where(table.c.seq >= 5))
    chain.expire_all()
    found = ledger.verify(chain)
    chain.rollback()
    assert found is None


@pytest.mark.parametrize("statement", ["UPDATE ledger_events SET deed = 'x'", "DELETE FROM ledger_events"])
@pytest.mark.parametrize("which", ["", " WHERE seq = 3"])
def test_the_database_refuses_to_change_or_delete(chain: Session, statement: str, which: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        chain.execute(sa.text(statement + which))


def test_the_database_refuses_a_fork(chain: Session) -> None:
    """No two records can name the same one before them, whoever writes them."""
    fork = forged(chain, ROWS - 1, data={"number": 9})
    with pytest.raises(DatabaseError, match=r"prev|append-only"):
        chain.execute(sa.insert(EVENTS).values({**fork, "seq": ROWS}))


@pytest.mark.parametrize("taken", ["seq", "prev", "leaf"])
def test_sqlite_refuses_to_replace_a_row(chain: Session, taken: str) -> None:
    """REPLACE deletes the row in its way without asking the trigger that guards deletion."""
    if chain.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    chain.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    new = {**forged(chain, 3, data={"number": 9}), "seq": ROWS, "prev": "e" * 64, "leaf": "f" * 64}
    with pytest.raises(DatabaseError, match="append-only"):
        chain.execute(sa.insert(EVENTS).prefix_with("OR REPLACE").values({**new, taken: row(chain, 3)[taken]}))


def test_postgresql_refuses_to_empty_the_table(chain: Session) -> None:
    if chain.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"):
        chain.execute(sa.text("TRUNCATE ledger_events CASCADE"))


def test_erased_personal_data_leave_the_chain_whole(chain: Session) -> None:
    chain.execute(sa.delete(PERSONAL).where(PERSONAL.c.seq.in_([2, 3])))
    chain.commit()
    assert ledger.verify(chain) is None
    assert all(b"Kari" not in event.record for event in chain.query(LedgerEvent))


def test_a_deed_that_is_undone_leaves_no_trace(chain: Session, now: datetime) -> None:
    append(chain, now, 99)
    chain.rollback()
    assert chain.query(LedgerEvent).count() == ROWS
    assert ledger.verify(chain) is None


def test_many_who_append_at_once_make_one_chain(installation: Installation, session: Session, now: datetime) -> None:
    threads, each_appends, failures = 6, 10, list[DatabaseError]()
    start = threading.Barrier(threads)

    def work(number: int) -> None:
        start.wait()
        try:
            for step in range(each_appends):
                with installation.new_session.begin() as own:
                    append(own, now, number * 100 + step)
        except DatabaseError as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert ledger.verify(session) is None
    assert [event.seq for event in session.query(LedgerEvent).order_by(LedgerEvent.seq)] == list(range(60))


def test_letters_are_written_in_one_form(session: Session, now: datetime) -> None:
    event = ledger.record(
        session, Deed.NOTE_WRITTEN, "note:1", by=PORTAL, now=now, data={"word": "A\u030angstro\u0308m"}
    )
    assert json.loads(event.record)["data"]["word"] == "Ångström"


def test_only_a_record_makes_a_file_known(session: Session) -> None:
    assert not ledger.knows_file(session, "0" * 64)


def test_one_deed_about_many_things_is_a_link_of_the_chain_for_each(chain: Session, now: datetime) -> None:
    before = chain.query(LedgerEvent).count()
    facts = {f"answer:{number}": {"number": number} for number in range(3)}
    ledger.record_all(chain, Deed.NOTE_WRITTEN, facts, by=PORTAL, now=now)
    ledger.record_all(chain, Deed.NOTE_WRITTEN, {}, by=PORTAL, now=now)
    append(chain, now, 1)
    assert ledger.verify(chain) is None
    assert chain.query(LedgerEvent).count() == before + 4
    (event,) = ledger.events_about(chain, "answer:2")
    assert json.loads(event.record)["data"] == {"number": 2}
