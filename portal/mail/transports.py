"""Who takes a mail away: an SMTP server, or a folder where there is none."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import smtplib
import ssl
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portal.config import SettingsError
from portal.failpoints import Point, reach
from portal.mail.message import one_line

SECONDS_A_SERVER_MAY_THINK = 20
LONGEST_REASON = 300
_PORTS = {"smtp": 587, "smtp+plain": 25, "smtps": 465}


class MailRefused(Exception):
    """The mail will never be taken: the message is the server's reason."""


class MailDelayed(Exception):
    """The mail was not taken this time: a network, a server or its patience failed."""


class Transport(Protocol):
    """What the outbox asks of a transport."""

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over; raises MailRefused or MailDelayed."""


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """Hands mails to an SMTP server.

    `smtps://` speaks TLS from the first byte. `smtp://` turns to TLS where the server offers STARTTLS; a
    server that offers none is spoken to in plain text only on this very machine (loopback). `smtp+plain://`
    allows plain text to any server that offers no TLS. Where TLS is spoken, the certificate is always
    verified, against the authorities of the system or those of SSL_CERT_FILE.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = SECONDS_A_SERVER_MAY_THINK
    make_context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def send(self, message: EmailMessage) -> None:
        """Hand the mail over, in one connection of its own.

        Raises:
            MailRefused: the server answered 5xx to this mail.
            MailDelayed: anything that another try may mend, a misconfigured sign-in included.
        """
        with self._connection() as server:
            try:
                refused = server.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                _raise_for(*next(iter(error.recipients.values())))
            except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
                _raise_for(error.smtp_code, error.smtp_error)
            except (smtplib.SMTPException, OSError) as error:
                raise MailDelayed(_sentence(error)) from error
            reach(Point.MAIL_TAKEN)
        if refused:
            _raise_for(*next(iter(refused.values())))

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server: smtplib.SMTP | None = None
        try:
            server = self._open()
            self._greet(server)
        except (smtplib.SMTPException, OSError) as error:
            _close(server)
            raise MailDelayed(_sentence(error)) from error
        try:
            yield server
        finally:
            # once the server has the mail, a broken farewell does not make it unsent
            _close(server)

    def _open(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.make_context())
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.scheme != "smtps":
            if server.has_extn("starttls"):
                server.starttls(context=self.make_context())
                server.ehlo_or_helo_if_needed()
            elif self.scheme == "smtp" and not _is_loopback(self.host):
                raise smtplib.SMTPException("the mail server offers no TLS")
        if self.user:
            server.login(self.user, self.password or "")


@dataclass(frozen=True, slots=True)
class FolderTransport:
    """Lays mails into a folder as numbered .eml files, each whole or not at all."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        """Write the mail; raises MailDelayed when the folder cannot be written."""
        try:
            self._write(message.as_bytes(policy=SMTP))
        except OSError as error:
            raise MailDelayed(_sentence(error)) from error

    def _write(self, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            number = self._last_number() + 1
            while not _link(draft, self.folder / f"{number:06d}.eml"):
                number += 1
        finally:
            draft.unlink(missing_ok=True)

    def _last_number(self) -> int:
        return max((int(path.stem) for path in self.folder.glob("[0-9]*.eml") if path.stem.isdigit()), default=0)


def make_transport(smtp_url: str | None, folder: Path) -> Transport:
    """Return the transport of an installation: the server of the URL, or the folder where there is no URL.

    Raises:
        SettingsError: the URL is not one of smtp://, smtp+plain:// or smtps:// with a host.
    """
    if not smtp_url:
        return FolderTransport(folder)
    try:
        parts = urlsplit(smtp_url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise SettingsError("PORTAL_SMTP_URL must begin with smtp://, smtps:// or smtp+plain://.") from error
    if not parts.hostname:
        raise SettingsError("PORTAL_SMTP_URL must name a host, as in smtp://user:password@mail.example.com:587.")
    user = unquote(parts.username) if parts.username else None
    return SmtpTransport(parts.scheme, parts.hostname, port, user, unquote(parts.password) if parts.password else None)


def _raise_for(code: int, answer: bytes | str) -> None:
    """Turn a server's answer into the right refusal: 5xx for ever, all else for now."""
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    sentence = one_line(f"{code} {words}")[:LONGEST_REASON]
    raise MailRefused(sentence) if 500 <= code < 600 else MailDelayed(sentence)


def _sentence(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = (
            error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        )
        return one_line(f"{error.smtp_code} {answer}")[:LONGEST_REASON]
    return one_line(str(error) or type(error).__name__)[:LONGEST_REASON]


def _close(server: smtplib.SMTP | None) -> None:
    if server is not None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _link(draft: Path, path: Path) -> bool:
    """Give the draft its name, unless another writer was quicker with that name."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    return True
