from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal import jobs
from portal.clock import clock
from portal.config import Settings
from portal.installation import Installation
from portal.mail import messages
from portal.mail.messages import Reader
from portal.models import Deed, MailState, OutgoingMail
from portal.services import ledger, nightly, outbox, seal_checks, sealing
from portal.services.actors import PORTAL
from tests import servers


@pytest.fixture(params=["file", "redis"])
def queue_settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """An installation whose queue is a file, and one whose queue is on Redis."""
    if request.param == "file":
        yield settings
        return
    try:
        with servers.redis() as url:
            yield replace(settings, redis_url=url)
    except servers.NoServer as error:
        servers.do_without(str(error))


@contextmanager
def working(installation: Installation) -> Iterator[None]:
    """Run a worker in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=jobs.run_worker, args=(installation, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
        installation.engine.dispose()


def queued(session: Session) -> OutgoingMail:
    draft = messages.contact_suggested(
        Reader("Bo", "bo@testfirma.example", "en"), suggestion_id=uuid.uuid4(), supplier="S", campaign="C",
        suggested_by="a", suggested_name="b", suggested_email="c@d.example",
    )  # fmt: skip
    mail = outbox.queue(session, draft, clock())
    session.commit()
    return mail


def until(fact: Callable[[], bool], seconds: float = 15) -> float:
    """Wait for a fact; return how long it took."""
    start = time.monotonic()
    while not fact():
        assert time.monotonic() - start < seconds, "it did not come about"
        time.sleep(0.05)
    return time.monotonic() - start


def letters(settings: Settings) -> list[Path]:
    return sorted(settings.mailbox_dir.glob("*.eml"))


def test_a_wake_up_call_sends_the_mail_at_once(queue_settings: Settings, session: Session) -> None:
    with working(Installation(queue_settings)):
        time.sleep(0.5)
        mails = [queued(session) for _ in range(12)]
        jobs.make_queue(Installation(queue_settings)).wake_outbox()
        assert until(lambda: len(letters(queue_settings)) == 12) < jobs.SECONDS_BETWEEN_SWEEPS
    for mail in mails:
        session.refresh(mail)
        assert mail.state is MailState.SENT


def test_a_call_that_got_lost_costs_one_sweep(
    settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SECONDS_BETWEEN_SWEEPS", 0.3)
    with working(Installation(settings)):
        queued(session)
        until(lambda: len(letters(settings)) == 1)


def test_accepted_declarations_that_nobody_seals_are_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, sealed = uuid.uuid4(), threading.Event()
    monkeypatch.setattr(sealing, "stuck", lambda *_: [wanted])
    monkeypatch.setattr(jobs, "seal", lambda _, declaration_id: sealed.set() if declaration_id == wanted else None)
    with working(Installation(settings)):
        assert sealed.wait(15)


def test_the_worker_checks_everything_at_night(
    settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record(session, Deed.INSTALLATION_MADE, "installation:portal", by=PORTAL, now=clock())
    session.commit()
    monkeypatch.setattr(nightly, "NIGHT", range(24))
    settings.files_dir.mkdir()
    told = settings.data_dir / nightly.FILENAME
    with working(Installation(settings)):
        until(lambda: told.exists() and "whole" in told.read_text())
    assert json.loads(told.read_text())["checked"]["ledger rows"] == 1


def test_the_worker_looks_at_the_seal_when_it_starts(settings: Settings) -> None:
    settings.keys_dir.joinpath("seal.p12").write_bytes(b"no key")
    told = settings.data_dir / seal_checks.FILENAME
    with working(Installation(settings)):
        until(told.exists)
    assert [problem for problem, _ in json.loads(told.read_text())["found"]] == ["key_away"]


def test_a_task_that_fails_does_not_end_the_worker(
    settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the seal is broken")

    monkeypatch.setattr(jobs, "seal", fail)
    with working(Installation(settings)):
        queue = jobs.make_queue(Installation(settings))
        queue.seal(uuid.uuid4())
        queued(session)
        queue.wake_outbox()
        until(lambda: len(letters(settings)) == 1)


def test_a_queue_that_is_down_does_not_spoil_the_deed(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    away = replace(settings, redis_url=f"redis://127.0.0.1:{servers.free_port()}/0")
    jobs.make_queue(Installation(away)).wake_outbox()
    assert "the next sweep will find the work" in caplog.text


def test_a_long_queue_gets_no_more_calls(settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 2)
    installation = Installation(settings)
    queue = jobs.make_queue(installation)
    queued(session)
    for _ in range(10):
        queue.sweep()
    assert queue.tasks.huey.pending_count() == 3
    installation.engine.dispose()


def test_nothing_waits_nothing_is_called(settings: Settings) -> None:
    installation = Installation(settings)
    queue = jobs.make_queue(installation)
    queue.sweep()
    assert queue.tasks.huey.pending_count() == 0
    installation.engine.dispose()


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process of this installation."""
    secrets = {
        f"PORTAL_{name.upper()}_SECRETS": getattr(settings.secrets, name)[0] for name in settings.secrets.__slots__
    }
    return {
        **os.environ,
        **secrets,
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_SEAL_PASSPHRASE": settings.seal_passphrase.decode(),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_when_asked(settings: Settings, session: Session, number: signal.Signals) -> None:
    mail = queued(session)
    command = [sys.executable, "-m", "portal.cli", "worker"]
    with subprocess.Popen(command, env=environment(settings), stdout=subprocess.PIPE, text=True) as worker:
        until(lambda: len(letters(settings)) == 1, 60)
        worker.send_signal(number)
        output, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "The worker has ended." in output
    session.refresh(mail)
    assert mail.state is MailState.SENT


def test_a_worker_that_was_killed_leaves_the_mail_to_the_next(settings: Settings, session: Session) -> None:
    mail = queued(session)
    outbox.claim_due(session, clock() - outbox.LEASE + timedelta(seconds=1))
    session.commit()
    assert mail.state is MailState.WAITING
    session.rollback()
    with working(Installation(settings)):
        until(lambda: len(letters(settings)) == 1)
