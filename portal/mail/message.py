"""A mail as a value: one sender, one recipient, text and HTML of equal content."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from email_validator import EmailNotValidError, validate_email

LONGEST_NAME = 200
_UNWANTED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that turn the reading direction: in a name they only serve to deceive."""


class AddressInvalid(ValueError):
    """This is not exactly one mail address."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything that a transport needs."""

    message_id: str
    """With angle brackets; the same at each try, so that a mailbox can tell a repetition."""
    sender_name: str
    sender_email: str
    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    date: datetime
    files: tuple[File, ...] = ()
    reply_to: str = ""
    """Where answers go, if somebody reads them."""

    def as_email(self) -> EmailMessage:
        """Return the mail as the standard library knows it.

        Raises:
            AddressInvalid: sender or recipient is not exactly one address.
        """
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = one_line(self.message_id)
        message["Date"] = self.date
        message["From"] = one_address(self.sender_email, self.sender_name)
        message["To"] = one_address(self.to_email, self.to_name)
        if self.reply_to:
            message["Reply-To"] = one_address(self.reply_to)
        message["Subject"] = one_line(self.subject)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message.set_content(self.text, cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        for file in self.files:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=one_line(file.filename))
        return message


def one_line(text: str) -> str:
    """Return the text on one line, without control characters and marks of direction, and with no word in code.

    A word such as =?utf-8?q?…?= would be decoded by the reader's program, into whatever it holds.
    """
    spaced = " ".join(text.replace("=?", "= ?").split())
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in _UNWANTED and sign not in _DIRECTION)


def plain_address(email: str) -> str:
    """Return the address as servers write it: the domain in ASCII and lower case. No name server is asked.

    A part before the @ with letters beyond ASCII is refused: too few servers would take it.

    Raises:
        AddressInvalid: the text is not exactly one address.
    """
    if email != one_line(email):
        raise AddressInvalid(f"{email!r} is not one mail address")
    try:
        parts = validate_email(email, allow_smtputf8=False, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise AddressInvalid(f"{email!r} is not one mail address") from error
    return f"{parts.local_part}@{parts.ascii_domain}"


def one_address(email: str, name: str = "") -> Address:
    """Return a header's address; a name becomes a quoted phrase, whatever it holds.

    Raises:
        AddressInvalid: the text is not exactly one address.
    """
    try:
        return Address(display_name=one_line(name)[:LONGEST_NAME].strip(), addr_spec=plain_address(email))
    except (ValueError, IndexError, MessageError) as error:
        raise AddressInvalid(f"{email!r} is not one mail address") from error
