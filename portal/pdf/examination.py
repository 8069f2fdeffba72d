"""Examine one signature of a declaration."""

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from asn1crypto import cms
from asn1crypto import parser as asn1_parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import ModificationInfo, PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from portal.pdf.certificates import SMTP_UTF8_MAILBOX, Trust, to_asn1
from portal.pdf.fields import SEAL, SUPPLIER
from portal.pdf.report import ACCEPTED, Coverage, Level, Problem, Role, SignatureReport
from portal.pdf.seal_check import revoked_since
from portal.pdf.validation_data import ValidationData

_TOLERANCE: Final = timedelta(minutes=5)
"""By how much another machine's clock may be ahead."""
_ALLOWED: Final = {Role.SIGNATORY: ModificationLevel.FORM_FILLING, Role.SEAL: ModificationLevel.LTA_UPDATES}
_COVERAGE: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.WHOLE_FILE,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.EARLIER_REVISION,
}


@dataclass(frozen=True, slots=True)
class Examination:
    """Whom to trust, and as of when."""

    trust: Trust
    moment: datetime
    """Time stamps are judged as of this time."""
    in_ledger: bool | None
    validation_data: ValidationData | None = None
    """Certificates and revocation data that the document carries for its signatures, under a document time stamp.
    With them every certificate must be shown not to have been revoked; without, nothing is known of it."""

    def as_of(self, moment: datetime | None) -> "Examination":
        """Return an examination as of an earlier moment."""
        return replace(self, moment=min(self.moment, moment)) if moment else self


async def examine_signature(
    signature: EmbeddedPdfSignature, role: Role, examination: Examination
) -> tuple[SignatureReport, list[Problem]]:
    """Return what the signature says and what is wrong with it."""
    token = _token(signature.signer_info)
    signed_at = _token_time(token) if token else signature.self_reported_timestamp
    report = _report(signature, role, signed_at, _level(token, examination))
    wrong = list(_form_problems(signature)) or list(_content_problems(signature))
    if not wrong and signed_at is None:
        wrong = ["time_wrong"]
    if not wrong and signed_at is not None:
        status = await _validate(signature, role, examination, signed_at)
        wrong = [*_status_problems(status, role), *_time_problems(status, token, signed_at, examination)]
        if role is Role.SEAL and not wrong and _is_revoked(signature, token, signed_at, examination):
            wrong.append("revoked")
        if token and not wrong and not await _is_unrevoked(token, signed_at, examination):
            wrong.append("not_trusted_authority")
    return report, _problems(role, wrong)


async def examine_time_stamp(
    stamp: EmbeddedPdfSignature, examination: Examination
) -> tuple[SignatureReport, list[Problem]]:
    """Return what the document time stamp says and what is wrong with it."""
    stamped_at = _token_time(stamp.signed_data)
    report = _report(stamp, Role.TIME_STAMP, stamped_at, Level.T)
    wrong = list(_space_problems(stamp))
    status = await async_validate_pdf_timestamp(stamp, _authority_context(examination, stamped_at))
    if not (status.intact and status.valid):
        wrong.append("content_changed")
    elif not (status.trusted and await _is_unrevoked(stamp.signed_data, stamped_at, examination)):
        wrong.append("not_trusted_authority")
    elif _level_of(status) > ModificationLevel.LTA_UPDATES:
        wrong.append("changed_afterwards")
    if stamped_at > examination.moment + _TOLERANCE:
        wrong.append("time_wrong")
    return report, _problems(Role.TIME_STAMP, wrong)


def _problems(role: Role, codes: list[str]) -> list[Problem]:
    return [Problem(f"{role.value}_{code}") for code in codes]


def _form_problems(signature: EmbeddedPdfSignature) -> Iterator[str]:
    """Yield whether the signature is not a PAdES signature, or not of the kind that we make."""
    # The first certifies, the seal locks; those in between approve, and have nothing to permit.
    permission = {SUPPLIER: MDPPerm.FILL_FORMS, SEAL: MDPPerm.NO_CHANGES}.get(signature.field_name)
    attributes = _signed_attributes(signature.signer_info)
    if (
        signature.sig_object.get("/SubFilter") != SigSeedSubFilter.PADES.value
        or signature.md_algorithm != "sha256"
        or signature.docmdp_level != permission
        or not {"message_digest", "signing_certificate_v2"} <= attributes.keys()
    ):
        yield "form_not_accepted"
    yield from _space_problems(signature)


def _space_problems(signature: EmbeddedPdfSignature) -> Iterator[str]:
    """Yield whether the space between the signed parts holds more than the signature and zeros."""
    _, start, end, _ = (int(each) for each in signature.byte_range)
    stream = signature.reader.stream
    stream.seek(start)
    written = stream.read(end - start)
    content = signature.pkcs7_content
    *_, header, body, trailer = asn1_parser.parse(content, strict=False)
    filling = content[len(header) + len(body) + len(trailer) :]
    if written != b"<" + binascii.hexlify(content).upper() + b">" or filling.strip(b"\0"):
        yield "space_altered"


def _content_problems(signature: EmbeddedPdfSignature) -> Iterator[str]:
    digest = _signed_attributes(signature.signer_info)["message_digest"][0].native
    if signature.compute_digest() != digest:
        yield "content_changed"


async def _validate(
    signature: EmbeddedPdfSignature, role: Role, examination: Examination, signed_at: datetime
) -> PdfSignatureStatus:
    trust = examination.trust
    root = trust.seal_root if role is Role.SEAL else trust.one_shot_root
    # Judged at the time of signing: the certificate of a signatory lives for two days only.
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=_context((root,), signed_at, examination.validation_data),
        ts_validation_context=_authority_context(examination, signed_at),
    )


def _is_revoked(
    signature: EmbeddedPdfSignature, token: cms.SignedData | None, signed_at: datetime, examination: Examination
) -> bool:
    """Return whether the seal was revoked when it sealed, as far as anything proves when that was.

    The ledger proves it, since nothing is sealed any more by a seal that is revoked; and so does a time stamp.
    """
    since = revoked_since(signature.signer_cert.serial_number, examination.trust.seal_crl)
    return since is not None and not examination.in_ledger and (token is None or signed_at >= since)


def _authority_context(examination: Examination, stamped_at: datetime) -> ValidationContext:
    """Return a context for a time stamp.

    Its authority's certificate must be valid today, unless the ledger knows the file; that it was not revoked when it
    stamped is asked apart.
    """
    moment = min(stamped_at, examination.moment) if examination.in_ledger else examination.moment
    return _context(examination.trust.tsa_roots, moment, None)


async def _is_unrevoked(token: cms.SignedData, stamped_at: datetime, examination: Examination) -> bool:
    """Return whether the document shows that its authority's certificate was not revoked then, or is silent."""
    data = examination.validation_data
    if data is None:
        return True
    # One root at a time: of two with the same name the library asks the wrong one who signed a list.
    contexts = [_context((root,), stamped_at, data) for root in examination.trust.tsa_roots]
    return any([await _leads_to_root(token, context) for context in contexts])


async def _leads_to_root(token: cms.SignedData, context: ValidationContext) -> bool:
    found = extract_certificate_info(token)
    validator = CertificateValidator(found.signer_cert, found.other_certs, validation_context=context)
    try:
        await validator.async_validate_usage(key_usage=set())
    except (PathError, ValidationError):
        return False
    return True


def _context(roots: tuple[x509.Certificate, ...], moment: datetime, data: ValidationData | None) -> ValidationContext:
    if data:
        return data.context(roots, moment)
    return ValidationContext(
        trust_roots=[to_asn1(root) for root in roots],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _level(token: cms.SignedData | None, examination: Examination) -> Level:
    if token is None:
        return Level.B
    return Level.LTA if examination.validation_data else Level.T


def _status_problems(status: PdfSignatureStatus, role: Role) -> Iterator[str]:
    if not (status.intact and status.valid):
        yield "cryptography_wrong"
    elif not status.trusted:
        yield "not_trusted"
    elif not status.docmdp_ok or _level_of(status) > _ALLOWED[role]:
        yield "changed_afterwards"


def _level_of(status: ModificationInfo) -> ModificationLevel:
    return status.modification_level or ModificationLevel.OTHER


def _time_problems(
    status: PdfSignatureStatus, token: cms.SignedData | None, signed_at: datetime, examination: Examination
) -> Iterator[str]:
    stamp = status.timestamp_validity
    if token and not (stamp and stamp.intact and stamp.valid and stamp.trusted):
        yield "not_trusted_authority"
    if signed_at > examination.moment + _TOLERANCE:
        yield "time_wrong"


def _signed_attributes(signer: cms.SignerInfo) -> dict[str, cms.SetOf]:
    """Return the signed attributes by name; raise `ValueError` if one is there twice."""
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]):
        raise ValueError("a signed attribute is there twice")
    return attributes


def _token(signer: cms.SignerInfo) -> cms.SignedData | None:
    """Return the time stamp over the signature; raise `ValueError` if there are several."""
    tokens = [
        value["content"]
        for attribute in signer["unsigned_attrs"] or ()
        if attribute["type"].native == "signature_time_stamp_token"
        for value in attribute["values"]
    ]
    if len(tokens) > 1:
        raise ValueError("several time stamps over one signature")
    return tokens[0] if tokens else None


def _token_time(token: cms.SignedData) -> datetime:
    moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def _report(signature: EmbeddedPdfSignature, role: Role, signed_at: datetime | None, level: Level) -> SignatureReport:
    name = signature.signer_cert.subject.native
    return SignatureReport(
        role=role,
        name=str(name.get("common_name", "")),
        organisation=str(name.get("organization_name", "")),
        email=_email(signature.signer_cert),
        title=str(name.get("title", "")),
        reference=str(name.get("serial_number", "")) if role is Role.SIGNATORY else "",
        signed_at=signed_at,
        level=level,
        covers=_COVERAGE.get(signature.evaluate_signature_coverage(), Coverage.UNCLEAR),
        certificate_ends=signature.signer_cert.not_valid_after,
        accepted_at=_accepted_at(signature),
    )


def _accepted_at(signature: EmbeddedPdfSignature) -> datetime | None:
    said, _, moment = str(signature.sig_object.get("/Reason", "")).rpartition(" ")
    return datetime.fromisoformat(moment) if said == ACCEPTED else None


def _email(certificate: asn1_x509.Certificate) -> str:
    names = certificate.subject_alt_name_value
    for name in names or ():
        if name.name == "rfc822_name":
            return str(name.native)
        if name.name == "other_name" and name.chosen["type_id"].dotted == SMTP_UTF8_MAILBOX.dotted_string:
            return str(name.chosen["value"].native)
    return ""
