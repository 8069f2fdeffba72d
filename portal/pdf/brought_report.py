"""What came of examining a document that a supplier signed itself. Knows no PDF library: the web reads it cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from portal.pdf.report import SignatureReport, signature_from_json, with_moments_as_text


class Refusal(StrEnum):
    """Why a brought file is not taken."""

    NOT_A_PDF = "not_a_pdf"
    TOO_LARGE = "too_large"
    OTHER_BYTES = "other_bytes"
    """It does not begin with what was shown."""
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    CHANGED = "changed"
    """More than signatures was added."""
    COVERING = "covering"
    """A visible signature lies over the text."""
    ACTIVE = "active"
    """Something in it could run, lead elsewhere or carry a file."""
    LOCKED = "locked"
    """A signature forbids the seal that must follow."""
    SEAL_FIELD_TAKEN = "seal_field_taken"
    BROKEN = "broken"
    WEAK = "weak"
    """Of an old form: a weak hash or key, or no signed attributes."""
    REVOKED = "revoked"
    ENDED = "ended"
    """A certificate is not valid today."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Who signed, or why the file is refused."""

    sha256: str
    refusal: Refusal | None
    signatures: tuple[SignatureReport, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the finding as values that JSON knows."""
        return {
            "sha256": self.sha256,
            "refusal": self.refusal.value if self.refusal else None,
            "signatures": [with_moments_as_text(asdict(each)) for each in self.signatures],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Finding:
        """Return the finding of which these are the values; raise `KeyError`, `TypeError` or `ValueError`."""
        refusal = Refusal(values["refusal"]) if values["refusal"] else None
        return cls(str(values["sha256"]), refusal, tuple(signature_from_json(each) for each in values["signatures"]))
