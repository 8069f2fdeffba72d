"""Examine a document that a supplier signed itself and brings back: is it ours, with nothing but signatures added?

Run in a process of its own: `brought_child`. Nothing is fetched.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON, ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.pdf.brought_report import Finding, Refusal
from portal.pdf.certificates import Trust, to_asn1
from portal.pdf.fields import SEAL, SUPPLIER, new_revision
from portal.pdf.own_signatures import examine_own, examine_own_stamp
from portal.pdf.report import SignatureReport

_ACTIVE = {
    "/JS",
    "/JavaScript",
    "/AA",
    "/A",
    "/OpenAction",
    "/EF",
    "/EmbeddedFiles",
    "/XFA",
    "/RichMedia",
    "/URI",
    "/Ref",
}
"""Keys of what can act, lead elsewhere or carry files; of no use to a signature."""
_FOOTER = 50
"""Points above the lower edge of a page that its footer takes."""
_MOST_OBJECTS = 5_000
"""How many objects signatures may add."""
_MOST_SIGNATURES = 10
_POLICY = StandardDiffPolicy(
    # What was shown has no signature yet: the first one also sets the flag that says so, and where it certifies the
    # document the catalogue names it.
    [CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"}), *DEFAULT_DIFF_POLICY.global_rules[1:]],
    FormUpdatingRule(
        [SigFieldCreationRule(), SigFieldModificationRule(), GenericFieldModificationRule()],
        ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"},
    ),
)
_OF_A_SIGNATURE = {
    "own_form_not_accepted": Refusal.WEAK,
    "own_revoked": Refusal.REVOKED,
    "own_changed_afterwards": Refusal.CHANGED,
}
_logger = logging.getLogger(__name__)


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def examine(preview: bytes, brought: bytes, trust: Trust, now: datetime) -> Finding:
    """Return who signed the brought file, or why it is refused; it must begin with the preview."""
    digest = hashlib.sha256(brought).hexdigest()
    try:
        signatures = asyncio.run(_examine(_Pair(preview, brought), trust, now))
    except _Refused as refused:
        return Finding(digest, refused.refusal)
    except Exception:
        # Parsers raise errors of many kinds on hostile files.
        _logger.info("%s cannot be examined", digest, exc_info=True)
        return Finding(digest, Refusal.UNREADABLE)
    return Finding(digest, None, tuple(signatures))


class _Pair:
    """What was shown, and what came back."""

    def __init__(self, preview: bytes, brought: bytes) -> None:
        self.before = PdfFileReader(io.BytesIO(preview))
        self.after = PdfFileReader(io.BytesIO(brought))
        self.brought = brought
        self.base = self.before.xrefs.total_revisions - 1
        """The last revision that was shown."""


async def _examine(pair: _Pair, trust: Trust, now: datetime) -> list[SignatureReport]:
    own = list(pair.after.embedded_regular_signatures)
    _refuse_other_base(pair)
    if any(each.docmdp_level is MDPPerm.NO_CHANGES for each in own if each.field_name != SEAL):
        raise _Refused(Refusal.LOCKED)
    _refuse_changes(pair)
    if not own:
        raise _Refused(Refusal.UNSIGNED)
    _refuse_fields(pair, own)
    _refuse_active(pair)
    _refuse_covering(pair)
    reports = [await _examined(each, trust, now) for each in own]
    for stamp in pair.after.embedded_timestamp_signatures:
        report, wrong = await examine_own_stamp(stamp)
        if wrong:
            raise _Refused(Refusal.BROKEN)
        reports.append(report)
    await _refuse_where_no_seal_fits(pair, trust, now)
    return reports


def _refuse_other_base(pair: _Pair) -> None:
    """The previewed revisions must be those that the file builds on: bytes at its beginning alone mean nothing."""
    if pair.after.encrypted:
        raise _Refused(Refusal.ENCRYPTED)
    before, after = pair.before.xrefs, pair.after.xrefs
    if after.total_revisions <= pair.base + 1:
        raise _Refused(Refusal.UNSIGNED if pair.after.embedded_signatures == [] else Refusal.CHANGED)
    for revision in range(pair.base + 1):
        if before.get_startxref_for_revision(revision) != after.get_startxref_for_revision(revision):
            raise _Refused(Refusal.CHANGED)
    if not pair.brought.removesuffix(b"\n").removesuffix(b"\r").endswith(b"%%EOF"):
        raise _Refused(Refusal.CHANGED)


def _refuse_changes(pair: _Pair) -> None:
    """Nothing may differ from the preview but signatures, their fields, and validation data."""
    found = _POLICY.review_file(pair.after, pair.base)
    if isinstance(found, SuspiciousModification) or found.modification_level > ModificationLevel.FORM_FILLING:
        raise _Refused(Refusal.CHANGED)


def _refuse_fields(pair: _Pair, own: list[EmbeddedPdfSignature]) -> None:
    if len(own) > _MOST_SIGNATURES:
        raise _Refused(Refusal.BROKEN)
    names = [each.field_name for each in own]
    if SEAL in names:
        raise _Refused(Refusal.SEAL_FIELD_TAKEN)
    if _appearance(pair.before, SEAL) != _appearance(pair.after, SEAL, since=pair.base):
        raise _Refused(Refusal.CHANGED)
    filled = [field.get_object().raw_get("/V") for _, _, field in enumerate_sig_fields(pair.after, filled_status=True)]
    references = [getattr(each, "reference", None) for each in filled]
    if None in references or len(set(references)) < len(references):
        raise _Refused(Refusal.BROKEN)


def _appearance(reader: PdfFileReader, field: str, since: int | None = None) -> str | None:
    """Return which objects draw a field; None where one of them was changed since a revision."""
    widget = next(reference for _, _, reference in enumerate_sig_fields(reader, with_name=field)).get_object()
    drawn = widget["/AP"].raw_get("/N")
    if since is not None and reader.xrefs.get_last_change(drawn.reference) > since:
        return None
    return f"{sorted(widget['/AP'])} {drawn.reference.idnum} {widget['/Rect']} {widget['/F']}"


def _refuse_active(pair: _Pair) -> None:
    seen = 0
    known = set[generic.Reference]()
    for revision in range(pair.after.xrefs.total_revisions):
        references = pair.after.xrefs.explicit_refs_in_revision(revision)
        if revision > pair.base:
            resolver = pair.after.get_historical_resolver(revision)
            for reference in references - known:
                seen += 1
                if seen > _MOST_OBJECTS:
                    raise _Refused(Refusal.BROKEN)
                if _acts(resolver.get_object(reference)):
                    raise _Refused(Refusal.ACTIVE)
        known |= references


def _acts(found: generic.PdfObject, depth: int = 0) -> bool:
    if depth > 50:
        return True
    if isinstance(found, generic.DictionaryObject):
        outside = isinstance(found, generic.StreamObject) and "/F" in found
        return outside or not _ACTIVE.isdisjoint(found) or any(_acts(found.raw_get(key), depth + 1) for key in found)
    return isinstance(found, generic.ArrayObject) and any(
        _acts(found.raw_get(index), depth + 1) for index in range(len(found))
    )


def _refuse_covering(pair: _Pair) -> None:
    """A visible signature could hide what was declared: it belongs into its field, or below it."""
    page, floor = _place(pair.before)
    for number, widget in _new_widgets(pair):
        left, bottom, right, top = _corners(widget["/Rect"])
        is_visible = right - left > 0 and top - bottom > 0
        if is_visible and not (number == page and top <= floor and bottom >= _FOOTER):
            raise _Refused(Refusal.COVERING)


def _corners(box: generic.ArrayObject) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top, however the corners were written."""
    x1, y1, x2, y2 = (float(each) for each in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _place(reader: PdfFileReader) -> tuple[int, float]:
    """Return on which page the supplier's field is, and where it ends."""
    for number, reference in _annotations(reader):
        widget = reference.get_object()
        if widget.get("/T") == SUPPLIER:
            return number, _corners(widget["/Rect"])[1]
    raise _Refused(Refusal.CHANGED)


def _new_widgets(pair: _Pair) -> Iterator[tuple[int, generic.DictionaryObject]]:
    known = {reference.reference for _, reference in _annotations(pair.before)}
    for number, reference in _annotations(pair.after):
        if reference.reference not in known:
            yield number, reference.get_object()


def _annotations(reader: PdfFileReader) -> Iterator[tuple[int, generic.IndirectObject]]:
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        annotations = page.get("/Annots", generic.ArrayObject())
        for index in range(len(annotations)):
            yield number, annotations.raw_get(index)


async def _examined(signature: EmbeddedPdfSignature, trust: Trust, now: datetime) -> SignatureReport:
    report, wrong = await examine_own(signature, trust.others, now)
    for problem in wrong:
        raise _Refused(_OF_A_SIGNATURE.get(problem.code, Refusal.BROKEN))
    if report.certificate_begins and now < report.certificate_begins:
        raise _Refused(Refusal.ENDED)
    if report.certificate_ends and now > report.certificate_ends:
        raise _Refused(Refusal.ENDED)
    return report


async def _refuse_where_no_seal_fits(pair: _Pair, trust: Trust, now: datetime) -> None:
    """Put a seal on it for a try, with a key that is thrown away: the supplier's signatures must still hold then."""
    try:
        sealed = await _sealed_for_a_try(pair.brought, now)
    except Exception as error:
        raise _Refused(Refusal.LOCKED) from error
    signatures = [each for each in PdfFileReader(io.BytesIO(sealed)).embedded_signatures if each.field_name != SEAL]
    for each in signatures:
        if each.sig_object_type == "/Sig" and (await examine_own(each, trust.others, now))[1]:
            raise _Refused(Refusal.LOCKED)


async def _sealed_for_a_try(pdf: bytes, now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trial")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        to_asn1(certificate), asn1_keys.PrivateKeyInfo.load(encoded), SimpleCertificateStore(), embed_roots=False
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=SEAL,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    output = io.BytesIO()
    await signers.PdfSigner(metadata, signer, stamp_style=NoOpStampStyle()).async_sign_pdf(
        new_revision(pdf), existing_fields_only=True, bytes_reserved=6_144, output=output
    )
    return output.getvalue()
