"""Backups made under load, brought back elsewhere, damaged and outdated; on both kinds of database."""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.installation import Installation
from portal.mail import messages
from portal.mail.messages import Reader
from portal.models import Attachment, Declaration, Deed, LedgerEvent, MailState, OutgoingMail
from portal.services import backups, checkpoints, database_copies, ledger, outbox, restoring
from portal.services.actors import PORTAL
from portal.services.backups import BackupError, Made
from portal.services.checkpoints import Keeping
from portal.services.notes import Head
from portal.services.restoring import Restored
from portal.services.verifying_all import verify_all
from tests import servers
from tests.factories import Make
from tests.portal.signing_acts import Act


@pytest.fixture(autouse=True)
def programs(database_url: str) -> None:
    """PostgreSQL's client programs, where they are asked."""
    needed = ("pg_dump", "pg_restore", "psql")
    if database_url.startswith("postgresql") and not all(shutil.which(name) for name in needed):
        servers.do_without(f"{', '.join(needed)} are not all on the PATH (Debian: apt install postgresql-client)")


@pytest.fixture
def declaration(installation: Installation, session: Session, make: Make, now: datetime) -> Declaration:
    """A declaration that was really signed and sealed; its receipt waits to be mailed."""
    act = Act(installation, session, make)
    (accepted,) = act.accepted(act.ready(), now)
    assert act.seal(accepted, now)
    found = session.get_one(Declaration, accepted.id)
    session.commit()
    return found


@pytest.fixture
def elsewhere(installation: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Another machine with the same keys, an empty folder and an empty database."""
    folder = tmp_path / "elsewhere"
    for name in ("files", "keys"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(installation.settings.keys_dir, folder / "keys", dirs_exist_ok=True)
    url = installation.settings.database_url
    with _other_database(url) if url.startswith("postgresql") else _other_file(folder) as other:
        parts = Installation(replace(installation.settings, data_dir=folder, database_url=other))
        yield parts
        parts.engine.dispose()


@contextmanager
def _other_file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'portal.sqlite'}"


@contextmanager
def _other_database(url: str) -> Iterator[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    try:
        yield url.rpartition("/")[0] + "/elsewhere"
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP DATABASE elsewhere WITH (FORCE)")


def backed_up(installation: Installation, to: Path) -> Made:
    return backups.make(installation.engine, installation.store, None, to, clock())


def brought_back(folder: Path, parts: Installation, signed: tuple[Head, ...] = ()) -> Restored:
    backup = restoring.examine(folder)
    restoring.refuse_unless_empty(backup, parts.engine, parts.store)
    return restoring.restore(backup, parts.engine, parts.settings.files_dir, signed, clock())


def do_a_deed(installation: Installation, assessment_id: uuid.UUID, number: int) -> None:
    """Attach a file, as the web does: the file first, then row and record in one transaction."""
    content = f"a file of deed {number}".encode()
    with installation.new_session.begin() as session:
        sha256 = installation.store.put(content)
        session.add(
            Attachment(
                assessment_id=assessment_id, question="CC-02#files", filename="a.txt", media_type="text/plain",
                size=len(content), sha256=sha256, uploaded_at=clock(),
            )
        )  # fmt: skip
        subject = f"assessment:{assessment_id}"
        ledger.record(session, Deed.FILE_UPLOADED, subject, by=PORTAL, now=clock(), data={"sha256": sha256})


@contextmanager
def load(installation: Installation, assessment_id: uuid.UUID) -> Iterator[list[int]]:
    """Deeds, one after the other, as long as the block lasts."""
    stop, done = threading.Event(), [0]

    def work() -> None:
        while not stop.is_set():
            do_a_deed(installation, assessment_id, done[0])
            done[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(30)


def until(done: list[int], number: int) -> None:
    deadline = time.monotonic() + 30
    while done[0] < number:
        assert time.monotonic() < deadline, f"only {done[0]} deeds were done"
        time.sleep(0.005)


def test_a_backup_under_load_is_whole_wherever_it_is_brought_back(
    installation: Installation, session: Session, declaration: Declaration, elsewhere: Installation, tmp_path: Path
) -> None:
    assessment_id = declaration.assessment_id
    session.commit()  # on SQLite an open session would keep the others from writing
    with load(installation, assessment_id) as done:
        until(done, 20)
        before = done[0]
        made = backed_up(installation, tmp_path / "backup")
        after = done[0]
        until(done, after + 5)
    assert (made.damaged, made.missing, made.broken) == ((), (), None)
    restored = brought_back(tmp_path / "backup", elsewhere)
    assert restored.is_whole
    assert restored.checked.size == made.facts.size
    assert restored.checked.root.hex() == made.facts.root
    result = verify_all(elsewhere.provable, clock())
    assert result.faults == []
    assert result.counts["declarations"] == 1
    with elsewhere.new_session() as there:
        attached = there.scalar(sa.select(sa.func.count()).select_from(Attachment)) or 0
    assert before <= attached <= after + 1


def test_a_restored_portal_sends_no_old_mail_and_says_that_it_was_restored(
    installation: Installation, session: Session, declaration: Declaration, elsewhere: Installation, tmp_path: Path
) -> None:
    waiting = session.scalars(sa.select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).all()
    assert waiting
    session.commit()
    backed_up(installation, tmp_path / "backup")
    restored = brought_back(tmp_path / "backup", elsewhere)
    assert restored.held == len(waiting)
    with elsewhere.new_session.begin() as there:
        assert outbox.claim_due(there, clock()) == []
        assert {each.state for each in there.scalars(sa.select(OutgoingMail))} == {MailState.FAILED}
        last = there.scalars(sa.select(LedgerEvent).order_by(LedgerEvent.seq.desc()).limit(1)).one()
        assert last.deed == Deed.INSTALLATION_RESTORED
        assert f'"mails_held":{len(waiting)}'.encode() in last.record
        mail = there.scalars(sa.select(OutgoingMail)).first()
        assert mail is not None
        assert outbox.trouble_of(mail) == (outbox.Trouble.HELD, "")
        assert outbox.try_again(there, mail, now=clock(), by=PORTAL)
        assert outbox.claim_due(there, clock()) == [mail.id]


def test_what_was_sent_or_failed_before_stays_as_it_is(session: Session, now: datetime) -> None:
    draft = messages.contact_suggested(
        Reader("Bo", "bo@testfirma.example", "en"), suggestion_id=uuid.uuid4(), supplier="S", campaign="C",
        suggested_by="a", suggested_name="b", suggested_email="c@d.example",
    )  # fmt: skip
    sent, failed, waiting = (outbox.queue(session, draft, now) for _ in range(3))
    sent.sent_at, failed.failed_at, failed.last_error = now, now, "refused"
    session.flush()
    assert outbox.hold_all(session, now) == 1
    session.expire_all()
    assert (sent.state, failed.last_error, waiting.state) == (MailState.SENT, "refused", MailState.FAILED)


def test_an_older_backup_is_recognised_by_a_checkpoint(
    installation: Installation, session: Session, declaration: Declaration, elsewhere: Installation, tmp_path: Path
) -> None:
    assessment_id = declaration.assessment_id
    session.commit()
    backed_up(installation, tmp_path / "old")
    do_a_deed(installation, assessment_id, 1)
    signer, folder = installation.checkpoint_signer, tmp_path / "copies"
    made = checkpoints.make(installation.new_session, signer, None, Keeping(folder), clock())
    head = Head(signer.name, made.size, bytes.fromhex(made.root), clock())
    restored = brought_back(tmp_path / "old", elsewhere, (head,))
    assert restored.is_older
    assert not restored.is_whole
    assert (restored.checked.size, restored.newest) == (made.size - 1, made.size)


def test_a_backup_is_restored_into_an_empty_installation_only(
    installation: Installation, declaration: Declaration, elsewhere: Installation, tmp_path: Path
) -> None:
    backed_up(installation, tmp_path / "backup")
    with pytest.raises(BackupError, match="There is a database here already"):
        brought_back(tmp_path / "backup", installation)
    elsewhere.store.put(b"something else")
    with pytest.raises(BackupError, match="There are files here already"):
        brought_back(tmp_path / "backup", elsewhere)


def test_a_backup_never_replaces_a_folder_and_leaves_nothing_half_done(
    installation: Installation, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.settings.files_dir.mkdir()
    (tmp_path / "there").mkdir()
    with pytest.raises(BackupError, match="is there already"):
        backed_up(installation, tmp_path / "there")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(database_copies, "take", fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="no space left"):
        backed_up(installation, tmp_path / "backup")
    assert sorted(tmp_path.iterdir()) == before


def test_what_was_not_whole_is_said_and_kept_as_it_is(
    installation: Installation, declaration: Declaration, elsewhere: Installation, tmp_path: Path
) -> None:
    first, second = sorted(path for path in installation.settings.files_dir.rglob("*") if path.is_file())
    first.write_bytes(b"rotten")
    second.unlink()
    made = backed_up(installation, tmp_path / "backup")
    assert (made.damaged, made.missing) == ((first.name,), (second.name,))
    brought_back(tmp_path / "backup", elsewhere)
    faults = {(fault.kind.value, fault.place[3:]) for fault in verify_all(elsewhere.provable, clock()).faults}
    assert faults == {("changed", first.name), ("missing", second.name)}


def test_a_backup_of_one_kind_of_database_is_none_for_the_other(
    installation: Installation, session: Session, elsewhere: Installation, tmp_path: Path
) -> None:
    installation.settings.files_dir.mkdir()
    backed_up(installation, tmp_path / "backup")
    backup = restoring.examine(tmp_path / "backup")
    other = replace(backup, facts=replace(backup.facts, database="oracle"))
    with pytest.raises(BackupError, match="The backup is of another kind of database: oracle"):
        restoring.refuse_unless_empty(other, elsewhere.engine, elsewhere.store)
