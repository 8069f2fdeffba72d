"""Answers that are addresses on the net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from questionnaires.answers.base import FieldValues
from questionnaires.answers.cleaning import clean_line
from questionnaires.answers.errors import AnswerError
from questionnaires.answers.words import Words
from questionnaires.values import Value

LONGEST_EMAIL = 254
LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class Email(Words):
    """A mail address; the canonical form has its domain in small letters."""

    name: ClassVar[str] = "email"

    def parse(self, fields: FieldValues) -> Value:
        """Return the address; whether the mailbox exists is not asked."""
        written = clean_line(fields["value"], LONGEST_EMAIL)
        if written is None:
            return None
        try:
            return validate_email(written, check_deliverability=False).normalized
        except EmailNotValidError:
            raise AnswerError("not_email") from None


@dataclass(frozen=True, slots=True)
class WebAddress(Words):
    """The address of a page that a reader can open; the canonical form begins with https:// or http://."""

    name: ClassVar[str] = "web_address"

    def parse(self, fields: FieldValues) -> Value:
        """Return the address; https:// is put before one that has no beginning."""
        written = clean_line(fields["value"], LONGEST_ADDRESS)
        if written is None:
            return None
        address = written if "://" in written else f"https://{written}"
        if not _is_public_page(address):
            raise AnswerError("not_web_address")
        return address


def _is_public_page(address: str) -> bool:
    """Whether it is http(s), names a host with a dot, and hides no password or space."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises on a port that is none
    except ValueError:
        return False
    plain = not any(sign.isspace() or sign in '<>"\\' for sign in address)
    named = "." in host.strip(".") and "@" not in parts.netloc
    return parts.scheme in {"https", "http"} and plain and named and len(address) <= LONGEST_ADDRESS
