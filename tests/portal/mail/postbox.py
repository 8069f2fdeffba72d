"""A real SMTP server that keeps what it gets, and answers as a test tells it to."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers import free_port

TAKEN = "250 OK"


@dataclass
class Postbox:
    """What the server got, and what it answers."""

    on_recipient: str = TAKEN
    on_data: str = TAKEN
    recipients: list[list[str]] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  named by the server, which counts the arguments
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        del server, session, options
        if self.on_recipient == TAKEN:
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer the end of DATA."""
        del server
        if self.on_data == TAKEN:
            self.recipients.append(list(envelope.rcpt_tos))
            self.contents.append(envelope.content)
            self.secured.append(session.ssl is not None)
        return self.on_data

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails, read."""
        return [message_from_bytes(content, EmailMessage, policy=policy.default) for content in self.contents]


@contextmanager
def serving(postbox: Postbox, **options: Any) -> Iterator[Postbox]:
    """Run the server on a free port of this machine."""
    postbox.port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=postbox.port, **options)
    controller.start()
    try:
        yield postbox
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for this machine and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "server.pem", folder / "server.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, private


def server_context(pem: Path, private: Path) -> ssl.SSLContext:
    """Return the server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context
