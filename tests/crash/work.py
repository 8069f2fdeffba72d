"""What the children do until they are killed, and the bugs that can be planted in them."""

from __future__ import annotations

import hashlib
import os
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import sleep
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from portal import jobs
from portal.installation import Installation
from portal.models import Declaration, Invitation, Signing
from portal.models.engine import reading
from portal.pdf.document import DeclarationFacts, Renderer
from portal.pdf.signing import Level, Signatory, Signed, Signer
from portal.services import declarations, ledger, previews, receipts, sealing, signing_codes
from portal.services.actors import link_actor
from portal.services.documents import Setting
from portal.storage import LocalStore
from questionnaires.catalogue import Catalogue
from tests.crash import power
from tests.crash.doom import note

Clock = Callable[[], datetime]
BACKLOG = 16
"""So many accepted declarations wait for the workers at any time."""
GAP = 0.12
"""Seconds that a planted bug leaves open; a real one would be as wide on a slow disk."""


VARIANTS = 16
"""So few that documents come again: the store then finds what a killed process has left there."""
SECONDS_TO_SIGN = 0.01


class Printed:
    """A typesetter that always gives the same document, with one of a few numbers below it."""

    def __init__(self, installation: Installation) -> None:
        self._pdf = (installation.settings.data_dir / "printed.pdf").read_bytes()

    def render(self, facts: DeclarationFacts) -> bytes:
        """Return the document, whatever the facts."""
        del facts
        return self._pdf + f"%{secrets.randbelow(VARIANTS)}\n".encode()


class Stamped:
    """Stands in for the signer: no two of its files are equal, either.

    A signer is all arithmetic, which can be killed without harm; without it more kills fall between the steps.
    """

    def sign(
        self, preview: bytes, signatory: Signatory, reference: str, now: datetime, others: Sequence[Signatory] = ()
    ) -> Signed:
        """Return the document with something new below it, after the time that a time stamp authority takes."""
        del signatory, reference, now, others
        sleep(SECONDS_TO_SIGN)
        return Signed(preview + secrets.token_bytes(64), Level.B)


def signer_of(installation: Installation) -> Signer:
    """Return the quick one, unless time stamps are wanted, or SIGNER=real says otherwise."""
    if not installation.settings.tsa_url and os.environ.get("SIGNER") != "real":
        return cast(Signer, Stamped())
    return installation.signer


def accept_for_ever(installation: Installation, now: Clock) -> None:
    """Sign for one supplier after the other, as the web does."""
    printed = Printed(installation)
    while True:
        while waiting(installation, now()) >= BACKLOG:
            sleep(0.02)
        accept_next(installation, now, printed)


def seal_for_ever(installation: Installation, now: Clock) -> None:
    """Seal what waits, as a worker does."""
    while True:
        if not seal_waiting(installation, now):
            sleep(0.02)


def sign_for_ever(installation: Installation, now: Clock) -> None:
    """Accept and seal, one after the other: whatever the point, it is reached soon."""
    printed = Printed(installation)
    while True:
        accept_next(installation, now, printed)
        seal_waiting(installation, now)


def send_for_ever(installation: Installation, now: Clock) -> None:
    """Send what waits."""
    while True:
        send_waiting(installation, now)


def send_waiting(installation: Installation, now: Clock) -> None:
    """Send some of the mails that wait, as a worker does."""
    vars(jobs)["clock"] = now
    jobs.send_due(installation)


def own_name(name: str = "") -> str:
    """Return the name by which a mail client greets; the true one takes a quarter of a second to find out."""
    return name or "localhost"


def seal_waiting(installation: Installation, now: Clock) -> int:
    """Seal what waits now; return how many were tried."""
    with looking(installation) as session:
        found = sealing.stuck(session, now())
    for declaration_id in found:
        sealing.seal(
            installation.new_session,
            declaration_id,
            store=installation.store,
            signer=lambda: signer_of(installation),
            catalogue=installation.catalogue,
            now=now,
        )
    return len(found)


@contextmanager
def looking(installation: Installation) -> Iterator[Session]:
    """A session that only reads, and so keeps nobody from writing."""
    before = reading.set(True)
    try:
        with installation.new_session() as session:
            yield session
    finally:
        reading.reset(before)


def waiting(installation: Installation, now: datetime) -> int:
    """Return how many declarations a worker could take now."""
    with looking(installation) as session:
        return len(sealing.stuck(session, now))


def accept_next(installation: Installation, now: Clock, printed: Printed) -> None:
    """Sign for the next supplier: preview, code, signature; the form is sent twice."""
    parts = installation
    signed = sa.select(Signing.invitation_id).where(Signing.accepted_at.is_not(None))
    with looking(parts) as session:
        unsigned = sa.select(Invitation).where(Invitation.id.not_in(signed))
        # any of them: one whose code was sent three times by those who died gets no fourth
        invitation = session.scalars(unsigned.order_by(sa.func.random()).limit(1)).one()
        by, catalogue = link_actor(invitation), parts.catalogue
        signatory = Signatory("Kari Prøve", "CEO", invitation.email, invitation.request.supplier.name)
        setting = Setting("Testfirma AS", "http://localhost/verify", "en", now())
        drafts = previews.draft_all(session, invitation.request, catalogue, signatory, setting, secrets.token_bytes)
    made = previews.typeset(drafts, cast(Renderer, printed), parts.store)
    with parts.new_session.begin() as session:
        invitation = session.get_one(Invitation, by.id)
        signing_id = previews.keep_previews(session, invitation, made, now=now(), by=by).id
    with parts.new_session.begin() as session:
        signing_codes.send(session, session.get_one(Signing, signing_id), ["Code"], now=now(), by=by)
    for _ in range(2):
        around["before the commit"](parts, signing_id)
        with parts.new_session.begin() as session:
            signing = session.get_one(Signing, signing_id)
            code = parts.links.code(signing)
            declarations.accept(
                session, signing, code, links=parts.links, catalogue=catalogue, evidence={}, now=now(), by=by
            )
        around["after the commit"](parts, signing_id)
        _acknowledge(parts, signing_id)


def _acknowledge(installation: Installation, signing_id: uuid.UUID) -> None:
    """Tell the world, as an answer to a browser does: from here on nothing may be lost."""
    note(installation.settings.data_dir / "acknowledged", str(signing_id))


around: dict[str, Callable[[Installation, uuid.UUID], None]] = {
    "before the commit": lambda _parts, _signing_id: None,
    "after the commit": lambda _parts, _signing_id: None,
}
"""Where the bugs of the web are planted."""


def acknowledge_before_commit() -> None:
    """Bug: the browser is told that all is well before it is."""

    def too_early(parts: Installation, signing_id: uuid.UUID) -> None:
        _acknowledge(parts, signing_id)
        sleep(GAP)

    around["before the commit"] = too_early


def record_after_commit() -> None:
    """Bug: the ledger learns of the signature in a transaction of its own, after that of the signature."""
    record = declarations._record_acceptance
    postponed: list[tuple[Any, ...]] = []

    def later(session: Session, *facts: Any) -> None:
        del session
        postponed.append(facts)

    def now_then(parts: Installation, signing_id: uuid.UUID) -> None:
        sleep(GAP)
        for signing, signed, *others in postponed:
            with parts.new_session.begin() as session:
                ledger.begin(session)
                record(session, session.merge(signing), [session.merge(each) for each in signed], *others)
        postponed.clear()

    declarations._record_acceptance = later  # type: ignore[assignment]
    around["after the commit"] = now_then


def ignore_row_counts() -> None:
    """Bug: an update that finds no row is taken for one that did."""
    hits = sealing._hits

    def always(session: Session, update: sa.Update) -> bool:
        hits(session, update)
        return True

    sealing._hits = always


def tell_after_commit() -> None:
    """Bug: the mails are queued in a transaction of their own, after that of the seal."""
    tell, seal = receipts.tell, sealing.seal

    def seal_then_tell(new_session: sessionmaker[Session], declaration_id: uuid.UUID, **tools: Any) -> bool:
        done = seal(new_session, declaration_id, **tools)
        if done:
            sleep(GAP)
            with new_session.begin() as session:
                declaration = session.get_one(Declaration, declaration_id)
                tell(session, declaration.preview.signing, declaration, tools["catalogue"], tools["now"]())
        return done

    def tell_nobody(
        session: Session, signing: Signing, declaration: Declaration, catalogue: Catalogue, now: datetime
    ) -> None:
        del session, signing, declaration, catalogue, now

    receipts.tell, sealing.seal = tell_nobody, seal_then_tell


def store_after_commit() -> None:
    """Bug: the row names a file that is not on disk yet."""
    seal = sealing.seal

    class Late(LocalStore):
        """Keeps the newest file in memory for a while."""

        kept = b""

        def put(self, content: bytes) -> str:
            self.kept = content
            return hashlib.sha256(content).hexdigest()

    def seal_then_store(new_session: sessionmaker[Session], declaration_id: uuid.UUID, **tools: Any) -> bool:
        store = tools["store"]
        late = Late(store._folder)
        done = seal(new_session, declaration_id, **{**tools, "store": late})
        if done:
            sleep(GAP)
            store.put(late.kept)
        return done

    sealing.seal = seal_then_store


def write_in_place() -> None:
    """Bug: a file is written under its own name, piece by piece, and anew each time."""

    def put(store: LocalStore, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = store._path(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content[:1000])
            file.flush()
            sleep(GAP)
            file.write(content[1000:])
        return sha256

    LocalStore.put = put  # type: ignore[method-assign,assignment]


ROLES: dict[str, Callable[[Installation, Clock], None]] = {
    "acceptor": accept_for_ever,
    "worker": seal_for_ever,
    "both": sign_for_ever,
    "sender": send_for_ever,
}
MUTANTS: dict[str, Callable[[], None]] = {
    "never-sync": power.never_sync,
    "write-in-place": write_in_place,
    "acknowledge-before-commit": acknowledge_before_commit,
    "record-after-commit": record_after_commit,
    "ignore-row-counts": ignore_row_counts,
    "tell-after-commit": tell_after_commit,
    "store-after-commit": store_after_commit,
}
