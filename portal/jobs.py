"""The queue and the worker: the truth is in the tables, the queue is only a wake-up call.

Each task calls one service that finds in the tables what there is to do. A call that gets lost costs one sweep.
"""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import HueyException
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from portal.clock import clock
from portal.config import Settings
from portal.installation import Installation
from portal.models.engine import WAL_RESET_FIX
from portal.services import (
    alarms,
    checkpoints,
    lasting,
    nightly,
    operations,
    outbox,
    renewing,
    seal_checks,
    sealing,
    verifying_all,
)
from portal.services.checkpoint_keys import CheckpointKeyError
from portal.services.posting import Letterhead

SECONDS_BETWEEN_SWEEPS = 5
SECONDS_BETWEEN_LOOKS = 0.25
"""The longest that an idle worker waits before it looks into a queue that cannot wake it."""
HANDS = 2
"""How many tasks run at once in one worker."""
BETWEEN_RENEWALS = timedelta(hours=1)
BETWEEN_ALARMS = timedelta(minutes=5)
MOST_WAITING = 200
"""A queue this long has wake-up calls enough: a sweep adds none."""
QUEUE_ERRORS = (sqlite3.Error, RedisError, HueyException, OSError)

log = logging.getLogger(__name__)


class Queue(Protocol):
    """What the web asks of the queue. Call it after the commit: the worker reads the tables."""

    def wake_outbox(self) -> None:
        """Say that a mail waits."""

    def seal(self, declaration_id: uuid.UUID) -> None:
        """Say that an accepted declaration waits for its seal."""


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The queue with its tasks; calling one puts it into the queue."""

    huey: Huey
    send_due: Callable[[], Any]
    seal: Callable[[str], Any]
    sign_ledger: Callable[[], Any]
    renew: Callable[[str], Any]
    verify_all: Callable[[], Any]
    check_seal: Callable[[], Any]
    look_ahead: Callable[[], Any]


class HueyQueue:
    """The queue on Huey. A queue that is down must not spoil a deed that is done: the next sweep finds it."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._alarm_next = datetime.min.replace(tzinfo=UTC)
        self._renew_next = datetime.min.replace(tzinfo=UTC)
        self._seal_checked = clock()

    @cached_property
    def tasks(self) -> _Tasks:
        """The queue, opened when first used."""
        huey = _make_huey(self._installation.settings)
        send = huey.task(name="send_due")(self._send_due)
        sign = huey.task(name="sign_ledger")(self._sign_ledger)
        renewing_task = huey.task(name="renew")(self._renew)
        check = huey.task(name="verify_all")(self._verify_all)
        check_seal = huey.task(name="check_seal")(self._check_seal)
        ahead = huey.task(name="look_ahead")(self._look_ahead)
        return _Tasks(huey, send, huey.task(name="seal")(self._seal), sign, renewing_task, check, check_seal, ahead)

    def wake_outbox(self) -> None:
        """Say that a mail waits."""
        self._call("send_due")

    def seal(self, declaration_id: uuid.UUID) -> None:
        """Say that an accepted declaration waits for its seal."""
        self._call("seal", str(declaration_id))

    def check_seal(self) -> None:
        """Call for a look at whether the seal can seal: at the start of the worker, and whenever it is time."""
        self._seal_checked = clock()
        self._call("check_seal")

    def sweep(self) -> None:
        """Call for everything that the tables say is waiting."""
        with suppress(*QUEUE_ERRORS):
            if self.tasks.huey.pending_count() > MOST_WAITING:
                return
        with self._installation.new_session() as session:
            now = clock()
            mails, stuck = outbox.has_due(session, now), sealing.stuck(session, now)
            is_unsigned, is_empty = checkpoints.is_due(session, now), checkpoints.is_empty(session)
            decaying = renewing.due(session, now) if self._may_renew(now) else []
            data_dir = self._installation.settings.data_dir
            is_seal_due = seal_checks.is_due(session, data_dir, now, self._seal_checked)
            self._raise_alarms(session, now)
        for declaration_id in stuck:
            self.seal(declaration_id)
        if mails:
            self.wake_outbox()
        if is_unsigned:
            self._call("sign_ledger")
        for declaration_id in decaying:
            self._call("renew", str(declaration_id))
        if is_seal_due:
            self.check_seal()
        if not is_empty:
            self._call_for_the_night(now)

    def _call_for_the_night(self, now: datetime) -> None:
        data_dir = self._installation.settings.data_dir
        for task, job in (("verify_all", nightly), ("look_ahead", lasting)):
            if job.is_due(data_dir, now):
                self._call(task)

    def _may_renew(self, now: datetime) -> bool:
        """Return whether to look for time stamps to renew: now and then, not to press an authority that is away."""
        if self._installation.settings.signature_level != "B-LTA" or now < self._renew_next:
            return False
        self._renew_next = now + BETWEEN_RENEWALS
        return True

    def _raise_alarms(self, session: Session, now: datetime) -> None:
        if now >= self._alarm_next:
            self._alarm_next = now + BETWEEN_ALARMS
            settings = self._installation.settings
            operations.raise_alarms(session, settings.keys_dir, now)
            alarms.tell(session, settings.data_dir, settings.keys_dir, settings.default_language, now)
            session.commit()

    def _call(self, task: str, *arguments: str) -> None:
        try:
            getattr(self.tasks, task)(*arguments)
        except QUEUE_ERRORS:
            log.warning("the queue is not there; the next sweep will find the work", exc_info=True)

    def _send_due(self) -> None:
        # a few at a time: a worker that is asked to end need not finish a whole campaign first
        if send_due(self._installation):
            self.wake_outbox()

    def _sign_ledger(self) -> None:
        with self._installation.new_session() as session:
            if not checkpoints.is_due(session, clock()):
                return  # another wake-up call was quicker
        sign_ledger(self._installation)

    def _renew(self, declaration_id: str) -> None:
        renew(self._installation, uuid.UUID(declaration_id))

    def _verify_all(self) -> None:
        if nightly.is_due(self._installation.settings.data_dir, clock()):
            verify_all(self._installation)

    def _check_seal(self) -> None:
        settings = self._installation.settings
        seal_checks.run(lambda: self._installation.signer, settings.data_dir, clock())

    def _look_ahead(self) -> None:
        if lasting.is_due(self._installation.settings.data_dir, clock()):
            look_ahead(self._installation)

    def _seal(self, declaration_id: str) -> None:
        seal(self._installation, uuid.UUID(declaration_id))
        self.wake_outbox()


class _Hands(Consumer):  # type: ignore[misc]  # Huey is published without type hints
    """Huey's consumer, without its signal handlers: they work in a main thread only, and are ours to set."""

    def _set_signal_handlers(self) -> None:
        pass


def make_queue(installation: Installation) -> HueyQueue:
    """Return the queue of an installation: on Redis where there is one, else in a file of the data folder."""
    return HueyQueue(installation)


def send_due(installation: Installation) -> bool:
    """Send some of the mails whose time has come; return whether there may be more."""
    settings = installation.settings
    letterhead = Letterhead(
        links=installation.links,
        store=installation.store,
        organisation=settings.organisation,
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        host=settings.host,
    )
    return outbox.send_due(installation.new_session, letterhead=letterhead, transport=installation.transport, now=clock)


def seal(installation: Installation, declaration_id: uuid.UUID) -> None:
    """Seal an accepted declaration."""
    sealing.seal(
        installation.new_session,
        declaration_id,
        store=installation.store,
        signer=lambda: installation.signer,
        catalogue=installation.catalogue,
        now=clock,
    )


def renew(installation: Installation, declaration_id: uuid.UUID) -> None:
    """Put a new time stamp over a declaration."""
    renewing.renew(
        installation.new_session,
        declaration_id,
        store=installation.store,
        signer=lambda: installation.signer,
        trust=installation.trust,
        now=clock,
    )


def sign_ledger(installation: Installation) -> None:
    """Sign the ledger's head; a ledger that does not hold is not signed, and the log says so."""
    stamp = installation.stamp if installation.settings.tsa_url else None
    try:
        checkpoints.make(installation.new_session, installation.checkpoint_signer, stamp, installation.keeping, clock())
    except (checkpoints.LedgerBroken, CheckpointKeyError) as error:
        log.critical("the ledger's head is not signed: %s", error)


def verify_all(installation: Installation) -> None:
    """Check everything; what is wrong stands in the log and in a file of the data folder."""
    nightly.run(
        lambda: verifying_all.verify_all(installation.provable, clock()), installation.settings.data_dir, clock()
    )


def look_ahead(installation: Installation) -> None:
    """See whether what was declared will last; what will not stands in the log and in a file of the data folder."""
    data_dir = installation.settings.data_dir
    lasting.look(installation.new_session, installation.store, installation.trust, data_dir, clock())


def run_worker(installation: Installation, stop: threading.Event | None = None) -> None:
    """Work until `stop` is set or a signal asks to end; what is in hand gets finished.

    In the main thread SIGTERM and SIGINT end the work; in any other thread only `stop` does.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    queue = make_queue(installation)
    hands = _Hands(queue.tasks.huey, workers=HANDS, periodic=False, initial_delay=0.05, max_delay=SECONDS_BETWEEN_LOOKS)
    hands.start()
    try:
        queue.check_seal()
        _sweep(queue)
        while not stop.wait(SECONDS_BETWEEN_SWEEPS):
            _sweep(queue)
            hands.check_worker_health()
    finally:
        hands.stop(graceful=True)


def _sweep(queue: HueyQueue) -> None:
    try:
        queue.sweep()
    except Exception:
        # a database that is away for a minute must not end the worker
        log.exception("the sweep failed; it will be tried again")


def _make_huey(settings: Settings) -> Huey:
    if settings.redis_url:
        return RedisHuey("portal", url=settings.redis_url, results=False)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey(
        "portal",
        filename=str(settings.data_dir / "queue.sqlite"),
        results=False,
        fsync=False,
        journal_mode="wal" if sqlite3.sqlite_version_info >= WAL_RESET_FIX else "truncate",
    )
