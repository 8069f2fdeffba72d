"""Signatures that a supplier makes itself, with certificates of its own: whether they hold, and what they say.

Whoever issued the certificate is shown, and need not be known: that the bytes are what the supplier handed in is proven
by the portal's seal and ledger, not by this.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import parser as asn1_parser
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor

from portal.pdf.certificates import to_asn1
from portal.pdf.fields import SEAL
from portal.pdf.report import Coverage, Level, Problem, Role, SignatureReport
from portal.pdf.trusted import TrustedRoot, in_words
from portal.pdf.validation_data import ValidationData

BROUGHT: Final = "Seals a document that the supplier signed with a certificate of its own"
"""The reason that such a seal states, under its own signature: by it the verifier knows which rule to go by."""
_FORMS: Final = {SigSeedSubFilter.PADES.value, SigSeedSubFilter.ADOBE_PKCS7_DETACHED.value}
_DIGESTS: Final = {"sha256", "sha384", "sha512"}
_SMALLEST_RSA: Final = 2048
_USES: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_COVERAGE: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.WHOLE_FILE,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.EARLIER_REVISION,
}


def is_brought(signatures: Sequence[EmbeddedPdfSignature]) -> bool:
    """Return whether the seal among these signatures says that the others are the supplier's own."""
    return any(each.field_name == SEAL and each.sig_object.get("/Reason") == BROUGHT for each in signatures)


async def examine_own(
    signature: EmbeddedPdfSignature, roots: Sequence[TrustedRoot], moment: datetime
) -> tuple[SignatureReport, list[Problem]]:
    """Return what the signature says and what is wrong with it.

    Certificates are judged as of the moment, with no other revocation data than the document's own.
    """
    wrong = list(_form_problems(signature))
    status = None
    if not wrong:
        context = _context(signature, roots, moment)
        status = await async_validate_pdf_signature(
            signature, context, ts_validation_context=context, key_usage_settings=_USES
        )
        wrong = list(_status_problems(status))
    return _report(signature, _root_of(status, roots)), [Problem(f"own_{code}") for code in wrong]


async def examine_own_stamp(stamp: EmbeddedPdfSignature) -> tuple[SignatureReport, list[Problem]]:
    """Return what a document time stamp says that the supplier brought along, and what is wrong with it."""
    status = await async_validate_pdf_timestamp(stamp, ValidationContext(trust_roots=[], allow_fetching=False))
    problems = [] if status.intact and status.valid else [Problem("own_stamp_content_changed")]
    return _report(stamp, None, Role.OWN_STAMP, status.timestamp), problems


def _form_problems(signature: EmbeddedPdfSignature) -> Iterator[str]:
    attributes = [each["type"].native for each in signature.signer_info["signed_attrs"]]
    key = signature.signer_cert.public_key
    if (
        signature.sig_object.get("/SubFilter") not in _FORMS
        or signature.md_algorithm not in _DIGESTS
        or {"message_digest", "content_type"} - set(attributes)
        or len(set(attributes)) < len(attributes)
        or (key.algorithm == "rsa" and key.bit_size < _SMALLEST_RSA)
    ):
        yield "form_not_accepted"
    if signature.evaluate_signature_coverage() not in _COVERAGE or not _fills_its_space(signature):
        yield "space_altered"


def _fills_its_space(signature: EmbeddedPdfSignature) -> bool:
    """Return whether the space between the signed parts holds the signature and zeros; programs differ in the case."""
    _, start, end, _ = (int(each) for each in signature.byte_range)
    stream = signature.reader.stream
    stream.seek(start)
    written: bytes = stream.read(end - start)
    content = signature.pkcs7_content
    *_, header, body, trailer = asn1_parser.parse(content, strict=False)
    filling = content[len(header) + len(body) + len(trailer) :]
    return written.lower() == b"<" + binascii.hexlify(content) + b">" and not filling.strip(b"\0")


def _status_problems(status: PdfSignatureStatus) -> Iterator[str]:
    level = status.modification_level or ModificationLevel.OTHER
    if not status.intact:
        yield "content_changed"
    elif not status.valid:
        yield "cryptography_wrong"
    elif not status.docmdp_ok or level > ModificationLevel.FORM_FILLING:
        yield "changed_afterwards"
    if status.revoked:
        yield "revoked"


def _context(signature: EmbeddedPdfSignature, roots: Sequence[TrustedRoot], moment: datetime) -> ValidationContext:
    data = ValidationData.read(signature.reader)
    return ValidationContext(
        trust_roots=[to_asn1(root.certificate) for root in roots],
        other_certs=data.certificates if data else (),
        ocsps=data.ocsps if data else (),
        crls=data.crls if data else (),
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
    )


def _root_of(status: PdfSignatureStatus | None, roots: Sequence[TrustedRoot]) -> TrustedRoot | None:
    """Return the root that the chain leads to; None where it leads to none that is trusted."""
    path = status.validation_path if status and status.trusted else None
    anchor = path.trust_anchor if path else None
    if not isinstance(anchor, CertTrustAnchor):
        return None
    encoded = anchor.certificate.dump()
    return next((root for root in roots if to_asn1(root.certificate).dump() == encoded), None)


def _report(
    signature: EmbeddedPdfSignature,
    root: TrustedRoot | None,
    role: Role = Role.OWN,
    signed_at: datetime | None = None,
) -> SignatureReport:
    certificate = signature.signer_cert
    name = certificate.subject.native
    return SignatureReport(
        role=role,
        name=_one(name, "common_name") or _in_words(certificate.subject),
        organisation=_one(name, "organization_name"),
        email=_email(certificate),
        title=_one(name, "title"),
        reference="",
        signed_at=signed_at or _stated_time(signature),
        level=Level.B,
        covers=_COVERAGE.get(signature.evaluate_signature_coverage(), Coverage.UNCLEAR),
        certificate_ends=certificate.not_valid_after,
        certificate_begins=certificate.not_valid_before,
        subject=_in_words(certificate.subject),
        issuer=_in_words(certificate.issuer),
        serial=f"{certificate.serial_number:X}",
        certificate_sha256=certificate.sha256.hex(),
        root=root.name if root else "",
        root_source=root.source if root else "",
        root_sha256=root.sha256 if root else "",
    )


def _in_words(name: asn1_x509.Name) -> str:
    return in_words(str(part["value"].native) for parts in name.chosen for part in parts)


def _one(name: dict[str, Any], part: str) -> str:
    value = name.get(part) or ""
    return in_words([value] if isinstance(value, str) else value)


def _email(certificate: asn1_x509.Certificate) -> str:
    return next(
        (str(each.native) for each in certificate.subject_alt_name_value or () if each.name == "rfc822_name"), ""
    )


def _stated_time(signature: EmbeddedPdfSignature) -> datetime | None:
    """Return the time of the time stamp in the signature, or the time that it states; nobody vouches for either."""
    stated: datetime | None = signature.self_reported_timestamp
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            stated = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return stated.replace(tzinfo=UTC) if stated and stated.tzinfo is None else stated
