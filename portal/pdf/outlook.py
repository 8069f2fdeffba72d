"""Whether a declaration that lasts will still be proven in years, if it is renewed as the portal renews.

Nobody can try time stamps of the future. But a renewal judges all that was there before as of its own moment: once the
next stamp lies over the file, nothing in it can end any more. So the file is put before the verifier as it will be on
the last day on which it can be renewed, or in five and ten years if that is sooner, with nothing but what it carries
and the roots of today. What must hold then: every chain is complete, revocation data is embedded, and no certificate
of a chain, the authority's root included, ends before the renewal. Besides, no key or digest may be so weak that
somebody could forge it by then. It says nothing about whether an authority will be there to stamp.
"""

from __future__ import annotations

import enum
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.pdf.certificates import Trust
from portal.pdf.report import Level, Verdict
from portal.pdf.validation_data import ValidationData
from portal.pdf.verification import verify

YEARS: Final = (5, 10)
LAST_CALL: Final = timedelta(days=60)
"""What ends sooner is not renewed in time: the portal begins a year before, and has failed for ten months."""
_A_DAY: Final = timedelta(days=1)
_FEWEST_BITS: Final = {"rsa": 3072, "rsassa_pss": 3072, "ec": 256, "ed25519": 256, "ed448": 448}
"""As ETSI TS 119 312 and NIST SP 800-57 ask of what must hold beyond 2030."""
_DIGESTS: Final = {"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"}


class Trouble(enum.StrEnum):
    """Why a file will not last."""

    NOT_PROVEN = "not-proven"
    """Already now, by itself, without the ledger's word."""
    ENDS_TOO_SOON = "ends-too-soon"
    """Its last time stamp ends before a renewal is likely to come."""
    WITHIN_FIVE_YEARS = "within-5-years"
    WITHIN_TEN_YEARS = "within-10-years"
    """A certificate ends, or something is missing, before it can be renewed."""
    WEAK = "weak-algorithm"


def look_ahead(pdf: bytes, trust: Trust, now: datetime) -> Trouble | None:
    """Return the first thing that will keep a B-LTA declaration from being proven; None if it will last."""
    report = verify(pdf, trust, None, now=now)
    ends = report.renew_before
    if report.verdict is not Verdict.PROVEN or report.level is not Level.LTA or ends is None:
        return Trouble.NOT_PROVEN
    if ends < now + LAST_CALL:
        return Trouble.ENDS_TOO_SOON
    for years, trouble in zip(YEARS, (Trouble.WITHIN_FIVE_YEARS, Trouble.WITHIN_TEN_YEARS), strict=True):
        moment = min(now + years * timedelta(days=365.25), ends - _A_DAY)
        if verify(pdf, trust, None, now=moment).verdict is not Verdict.PROVEN:
            return trouble
    return Trouble.WEAK if any(_weak(pdf)) else None


def _weak(pdf: bytes) -> Iterator[bool]:
    """Yield of each signature and certificate in the file whether it is too weak."""
    reader = PdfFileReader(io.BytesIO(pdf))
    for signature in reader.embedded_signatures:
        yield from _weak_signature(signature.signed_data)
    data = ValidationData.read(reader)
    yield from (_is_weak_key(each) for each in (data.certificates if data else ()))


def _weak_signature(signed: cms.SignedData) -> Iterator[bool]:
    yield from (each["digest_algorithm"]["algorithm"].native not in _DIGESTS for each in signed["signer_infos"])
    yield from (_is_weak_key(each.chosen) for each in signed["certificates"] or () if each.name == "certificate")


def _is_weak_key(certificate: asn1_x509.Certificate) -> bool:
    key = certificate.public_key
    return int(key.bit_size) < _FEWEST_BITS.get(key.algorithm, 1 << 30) or certificate.hash_algo not in _DIGESTS
