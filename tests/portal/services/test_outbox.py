from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import DAYS_LINK_LASTS, MINUTES_CODE_LASTS
from portal.installation import Installation
from portal.mail import messages
from portal.mail.messages import Asked, Draft, Reader
from portal.mail.transports import MailDelayed, MailRefused
from portal.models import Deed, Invitation, LedgerEvent, MailState, OutgoingMail, Signing
from portal.services import outbox
from portal.services.actors import COMMAND_LINE
from portal.services.outbox import Trouble
from portal.services.posting import Letterhead
from tests.factories import Make

READER = Reader("Bo", "bo@testfirma.example", "en")


class Carrier:
    """A transport that keeps what it is given, or raises what it is told to."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.error: Exception | None = None
        self.before: Callable[[], None] = lambda: None

    def send(self, message: EmailMessage) -> None:
        self.before()
        if self.error:
            raise self.error
        self.sent.append(message)

    @property
    def text(self) -> str:
        body = self.sent[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.fixture
def letterhead(installation: Installation) -> Letterhead:
    settings = installation.settings
    return Letterhead(
        links=installation.links,
        store=installation.store,
        organisation=settings.organisation,
        base_url=settings.base_url,
        mail_from=settings.mail_from,
        host=settings.host,
    )


Send = Callable[[OutgoingMail, datetime], OutgoingMail]


@pytest.fixture
def send(installation: Installation, session: Session, letterhead: Letterhead, carrier: Carrier) -> Send:
    """Claim all that is due and try one mail; return it as it stands then."""

    def run(mail: OutgoingMail, now: datetime) -> OutgoingMail:
        mail_id = mail.id
        outbox.claim_due(session, now)
        session.commit()
        outbox.send_one(installation.new_session, mail_id, letterhead=letterhead, transport=carrier, now=now)
        session.refresh(mail)
        return mail

    return run


def note() -> Draft:
    return messages.contact_suggested(
        READER, suggestion_id=uuid.uuid4(), supplier="S", campaign="C", suggested_by="a", suggested_name="b",
        suggested_email="c@d.example",
    )  # fmt: skip


def queued(session: Session, draft: Draft, now: datetime) -> OutgoingMail:
    mail = outbox.queue(session, draft, now)
    session.commit()
    return mail


def to_invited(invitation: Invitation) -> Draft:
    reader = Reader("Kari", invitation.email, "en")
    asked = Asked("Prøve AS", "C", invitation.request.due_on, "Bo", "bo@testfirma.example")
    return messages.invitation(
        reader, asked, invitation_id=invitation.id, questionnaires=["Q"], least_minutes=5, most_minutes=5
    )


def make_signing(session: Session, invitation: Invitation, now: datetime) -> Signing:
    signing = Signing(
        invitation=invitation, signatory_name="K", signatory_title="D", company="S", language="en",
        bound_to="b" * 64, created_at=now, code_sent_at=now, code_sends=1,
    )  # fmt: skip
    session.add(signing)
    session.commit()
    return signing


def to_signatory(signing: Signing) -> Draft:
    reader = Reader("Kari", signing.invitation.email, "en")
    return messages.signing_code(reader, signing_id=signing.id, supplier="S", documents=["D"])


def test_a_mail_is_sent_once(session: Session, send: Send, carrier: Carrier, now: datetime) -> None:
    mail = send(queued(session, note(), now), now)
    assert (mail.state, mail.sent_at, mail.tries, mail.next_try_at) == (MailState.SENT, now, 1, None)
    send(mail, now)
    assert len(carrier.sent) == 1
    assert carrier.sent[0]["Message-ID"] == f"<{mail.id}@localhost>"


def test_waits_grow_until_it_gives_up(session: Session, send: Send, carrier: Carrier, now: datetime) -> None:
    carrier.error = MailDelayed("450 Greylisted")
    mail = queued(session, note(), now)
    moment, waits = now, []
    while send(mail, moment).state is MailState.WAITING:
        assert mail.next_try_at is not None
        waits.append((mail.next_try_at - moment).total_seconds() / 60)
        moment = mail.next_try_at
    assert waits[:6] == [1, 5, 15, 60, 240, 240]
    assert timedelta(days=1, hours=20) < moment - now <= timedelta(days=2)
    assert outbox.trouble_of(mail) == (Trouble.GAVE_UP, "450 Greylisted")
    assert mail.next_try_at is None


def test_a_delayed_mail_goes_out_later_under_the_same_id(
    session: Session, send: Send, carrier: Carrier, now: datetime
) -> None:
    carrier.error = MailDelayed("421")
    mail = send(queued(session, note(), now), now)
    carrier.error = None
    send(mail, now + timedelta(minutes=1))
    assert mail.state is MailState.SENT
    assert mail.last_error is None
    assert carrier.sent[0]["Message-ID"] == f"<{mail.id}@localhost>"


def test_a_refused_mail_fails_at_once_with_the_reason(
    session: Session, send: Send, carrier: Carrier, now: datetime
) -> None:
    carrier.error = MailRefused("550 5.1.1 No such mailbox")
    mail = send(queued(session, note(), now), now)
    assert mail.state is MailState.FAILED
    assert outbox.trouble_of(mail) == (Trouble.REFUSED, "550 5.1.1 No such mailbox")
    assert outbox.try_again(session, mail, now=now, by=COMMAND_LINE)
    assert not outbox.try_again(session, mail, now=now, by=COMMAND_LINE)
    (event,) = session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.MAIL_RETRIED))
    assert event.subject == f"mail:{mail.id}"
    session.commit()
    assert outbox.claim_due(session, now) == [mail.id]


def test_no_transaction_is_open_while_a_mail_is_handed_over(
    session: Session, send: Send, carrier: Carrier, now: datetime, make: Make
) -> None:
    def write() -> None:
        make.supplier()

    carrier.before = write
    assert send(queued(session, note(), now), now).state is MailState.SENT


def test_the_link_is_in_the_mail_and_nowhere_in_the_database(
    session: Session, send: Send, carrier: Carrier, now: datetime, make: Make, installation: Installation
) -> None:
    invitation = make.invitation()
    mail = queued(session, to_invited(invitation), now)
    carrier.error = MailDelayed("451 try later")
    send(mail, now)
    carrier.error = None
    send(mail, now + timedelta(minutes=1))
    link = installation.links.address(invitation)
    prefix = link.rpartition(".")[0].rpartition(".")[0]
    assert prefix in carrier.text
    token = next(word for word in carrier.text.split() if word.startswith(prefix)).rpartition("/")[2]
    assert installation.links.read(token).invitation_id == invitation.id
    everything = dump(session)
    assert str(mail.id.hex) in everything
    assert token not in everything
    assert prefix.rpartition("/")[2] not in everything


def test_a_server_that_quotes_the_link_does_not_bring_it_into_the_database(
    session: Session, send: Send, carrier: Carrier, now: datetime, make: Make, installation: Installation
) -> None:
    mail = queued(session, to_invited(make.invitation()), now)

    class Quoting(Carrier):
        def send(self, message: EmailMessage) -> None:
            super().send(message)
            link = next(word for word in self.text.split() if "/i/" in word)
            raise MailRefused(f"554 blocked: {link}")

    carrier.send = Quoting().send  # type: ignore[method-assign]
    send(mail, now)
    assert outbox.trouble_of(mail) == (Trouble.REFUSED, "554 blocked: …")


@pytest.mark.parametrize(
    ("spoil", "trouble"),
    [
        (lambda invitation, now: setattr(invitation, "revoked_at", now), Trouble.LINK_REVOKED),
        (lambda invitation, now: setattr(invitation.request, "withdrawn_at", now), Trouble.REQUEST_WITHDRAWN),
        (lambda invitation, _: setattr(invitation, "email", "other@supplier.example"), Trouble.ADDRESS_CHANGED),
        (
            lambda invitation, now: setattr(invitation, "issued_at", now - timedelta(days=DAYS_LINK_LASTS)),
            Trouble.LINK_EXPIRED,
        ),
    ],
)
def test_a_dead_invitation_is_not_mailed(
    session: Session,
    send: Send,
    carrier: Carrier,
    now: datetime,
    make: Make,
    spoil: Callable[[Invitation, datetime], None],
    trouble: Trouble,
) -> None:
    invitation = make.invitation()
    mail = queued(session, to_invited(invitation), now)
    spoil(invitation, now)
    session.commit()
    send(mail, now)
    assert (mail.state, outbox.trouble_of(mail)) == (MailState.FAILED, (trouble, ""))
    assert carrier.sent == []


def test_the_code_is_made_when_it_is_mailed(
    session: Session, send: Send, carrier: Carrier, now: datetime, make: Make, installation: Installation
) -> None:
    signing = make_signing(session, make.invitation(), now)
    send(queued(session, to_signatory(signing), now), now)
    code = installation.links.code(signing)
    assert code in carrier.text.split()
    assert code not in str(carrier.sent[0]["Subject"])


def test_an_old_code_is_not_mailed(session: Session, send: Send, carrier: Carrier, now: datetime, make: Make) -> None:
    signing = make_signing(session, make.invitation(), now)
    mail = queued(session, to_signatory(signing), now)
    send(mail, now + timedelta(minutes=MINUTES_CODE_LASTS))
    assert outbox.trouble_of(mail) == (Trouble.CODE_EXPIRED, "")
    assert carrier.sent == []


def test_a_code_that_was_used_is_not_mailed_again(
    session: Session, send: Send, carrier: Carrier, now: datetime, make: Make
) -> None:
    signing = make_signing(session, make.invitation(), now)
    mail = queued(session, to_signatory(signing), now)
    signing.accepted_at = now
    session.commit()
    assert outbox.trouble_of(send(mail, now)) == (Trouble.CODE_USED, "")
    assert carrier.sent == []


def test_a_receipt_brings_the_signed_file(
    session: Session, send: Send, carrier: Carrier, now: datetime, installation: Installation
) -> None:
    sha256 = installation.store.put(b"%PDF-1.7 signed")
    document = messages.SignedDocument("Human rights", "2026-7F3K", sha256, "human-rights.pdf")
    draft = messages.receipt(
        READER, signing_id=uuid.uuid4(), supplier="S", campaign="C", signatory="K", signed_at=now, documents=[document]
    )
    send(queued(session, draft, now), now)
    (attached,) = carrier.sent[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("human-rights.pdf", b"%PDF-1.7 signed")


def test_a_mail_that_cannot_be_made_does_not_stop_the_others(
    session: Session, installation: Installation, letterhead: Letterhead, carrier: Carrier, now: datetime
) -> None:
    bad = queued(session, Draft("no_such_kind", "", "a@b.example", "en"), now - timedelta(minutes=1))
    good = queued(session, note(), now)
    outbox.send_due(installation.new_session, letterhead=letterhead, transport=carrier, now=lambda: now)
    session.expire_all()
    assert good.state is MailState.SENT
    assert outbox.trouble_of(bad) == (Trouble.INTERNAL, "TemplateNotFound")
    assert bad.next_try_at == now + timedelta(minutes=1)


def test_an_address_that_is_two_goes_nowhere(session: Session, send: Send, carrier: Carrier, now: datetime) -> None:
    draft = Draft(note().kind, "", "bo@testfirma.example, thief@evil.example", "en", note().facts)
    assert outbox.trouble_of(send(queued(session, draft, now), now)) == (Trouble.ADDRESS_INVALID, "")
    assert carrier.sent == []


def test_each_mail_is_claimed_once_by_eight_workers(
    session: Session, installation: Installation, now: datetime
) -> None:
    for _ in range(120):
        outbox.queue(session, note(), now)
    session.commit()
    claimed: list[list[uuid.UUID]] = [[] for _ in range(8)]

    def work(own: list[uuid.UUID]) -> None:
        while True:
            with installation.new_session.begin() as mine:
                got = outbox.claim_due(mine, now)
            if not got:
                return
            own += got

    workers = [threading.Thread(target=work, args=(own,)) for own in claimed]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    together = [mail_id for own in claimed for mail_id in own]
    assert len(together) == len(set(together)) == 120


def test_a_claim_that_nobody_finished_comes_back(session: Session, now: datetime) -> None:
    mail = queued(session, note(), now)
    assert outbox.claim_due(session, now) == [mail.id]
    assert outbox.claim_due(session, now + outbox.LEASE - timedelta(seconds=1)) == []
    assert outbox.claim_due(session, now + outbox.LEASE) == [mail.id]
    session.refresh(mail)
    assert mail.tries == 2


def test_a_code_overtakes_the_invitations(session: Session, now: datetime, make: Make) -> None:
    invitation = make.invitation()
    for _ in range(3):
        queued(session, to_invited(invitation), now - timedelta(minutes=1))
    code = queued(session, to_signatory(make_signing(session, invitation, now)), now)
    assert outbox.claim_due(session, now, limit=1) == [code.id]


def test_a_buyer_finds_the_mails_about_an_invitation(session: Session, now: datetime, make: Make) -> None:
    invitation = make.invitation()
    older = queued(session, to_invited(invitation), now - timedelta(days=1))
    newer = queued(session, to_invited(invitation), now)
    queued(session, note(), now)
    assert outbox.mails_about(session, f"invitation:{invitation.id}") == [newer, older]


def test_whether_something_is_due(session: Session, now: datetime) -> None:
    assert not outbox.has_due(session, now)
    queued(session, note(), now)
    assert not outbox.has_due(session, now - timedelta(seconds=1))
    assert outbox.has_due(session, now)


def dump(session: Session) -> str:
    """Return all values of all tables as one text."""
    bind = session.connection()
    metadata = sa.MetaData()
    metadata.reflect(bind)
    rows = [str(row) for table in metadata.tables.values() for row in session.execute(sa.select(table)).all()]
    return "\n".join(rows).replace("-", "")
