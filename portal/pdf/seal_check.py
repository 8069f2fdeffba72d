"""May the seal be used today? Asked before each declaration, at the worker's start and daily; knows no secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

PROBE: Final = b"Supplier portal: is the key of the seal there?"
"""What a key signs to show that it can."""


class SealProblem(StrEnum):
    """Why nothing is sealed."""

    NOT_YET_VALID = "not_yet_valid"
    ENDED = "ended"
    WRONG_USAGE = "wrong_usage"
    """The certificate is not one that signs documents."""
    NOT_OURS = "not_ours"
    """The seal root did not issue it, or has ended itself."""
    REVOKED = "revoked"
    KEY_AWAY = "key_away"
    """The private key cannot be opened, or does not belong to the certificate."""
    CLOCK_OFF = "clock_off"
    """The time stamping service tells another time."""
    NO_STAMP = "no_stamp"
    """The time stamping service gives no usable stamp."""


SENTENCES = {
    SealProblem.NOT_YET_VALID: "the seal's certificate is not valid yet",
    SealProblem.ENDED: "the seal's certificate has ended",
    SealProblem.WRONG_USAGE: "the seal's certificate is not for signing documents",
    SealProblem.NOT_OURS: "the seal's certificate was not issued by the seal root, or the root has ended",
    SealProblem.REVOKED: "the seal's certificate is revoked",
}
"""For the log and the row of a declaration that waits; the rest brings words of its own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and what the machine said about it."""

    problem: SealProblem
    detail: str = ""


def find_problem(
    certificate: x509.Certificate,
    root: x509.Certificate,
    crl: x509.CertificateRevocationList | None,
    now: datetime,
) -> SealProblem | None:
    """Return the first reason not to seal with the certificate at this moment."""
    if now < certificate.not_valid_before_utc:
        return SealProblem.NOT_YET_VALID
    if now > certificate.not_valid_after_utc:
        return SealProblem.ENDED
    if not _signs_documents(certificate):
        return SealProblem.WRONG_USAGE
    if not _is_issued_by(certificate, root) or now > root.not_valid_after_utc:
        return SealProblem.NOT_OURS
    return SealProblem.REVOKED if revoked_since(certificate.serial_number, crl) else None


def revoked_since(serial_number: int, crl: x509.CertificateRevocationList | None) -> datetime | None:
    """Return since when a certificate is on the list."""
    entry = crl.get_revoked_certificate_by_serial_number(serial_number) if crl else None
    return entry.revocation_date_utc if entry else None


def _signs_documents(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.content_commitment and not usage.key_cert_sign and not constraints.ca


def _is_issued_by(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
