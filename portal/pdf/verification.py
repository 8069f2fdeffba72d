"""Verify a declaration by the strict rule. Nothing is fetched; whatever goes wrong means: not proven.

The rule: exactly the signatures that the document declares, `Supplier`, `Supplier-2` … and `Seal`, in this order, each
against its own root; after the first nothing but the others and the seal, after the seal nothing but validation data
under document time stamps; the last of them covers the whole file; and, where a ledger is asked, the hash of the whole
file is in it. Where the seal says that the supplier signed with certificates of its own, those signatures stand in the
place of the first: they must hold and leave the rest as it was; whether their certificates are known is a fact about
them, not a condition.
"""

import asyncio
import hashlib
import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from portal.pdf import later_revisions
from portal.pdf.certificates import Trust, name_in_certificate
from portal.pdf.embedded import declared_signatories
from portal.pdf.examination import Examination, examine_signature, examine_time_stamp
from portal.pdf.fields import SEAL, SUPPLIER, signatory_fields
from portal.pdf.own_signatures import examine_own, examine_own_stamp, is_brought
from portal.pdf.report import Coverage, Level, Problem, Report, Role, SignatureReport, Verdict
from portal.pdf.validation_data import ValidationData

__all__ = ["Coverage", "Problem", "Report", "Role", "SignatureReport", "Verdict", "verify"]

_logger = logging.getLogger(__name__)


def verify(pdf: bytes, trust: Trust, known: Callable[[str], bool] | None, *, now: datetime | None = None) -> Report:
    """Return what can be said about the file.

    `known` tells whether a whole-file SHA-256, in hexadecimal, is in the portal's ledger; None asks none.
    `now` is the time of the verification.
    """
    digest = hashlib.sha256(pdf).hexdigest()
    if not pdf.startswith(b"%PDF-"):
        return Report(Verdict.NOT_A_PDF, digest, (), (), None)
    in_ledger = known(digest) if known else None
    try:
        found = asyncio.run(_examine(_Document(pdf), Examination(trust, now or datetime.now(UTC), in_ledger)))
    except Exception:
        # Parsers raise errors of many kinds on hostile files; whichever it is, nothing is proven.
        _logger.info("%s cannot be verified", digest, exc_info=True)
        found = _Found((), (Problem("unreadable"),))
    problems = found.problems if in_ledger is not False else (*found.problems, *_unknown(found))
    verdict = Verdict.NOT_PROVEN if problems else Verdict.PROVEN
    return Report(verdict, digest, found.signatures, problems, in_ledger)


@dataclass(frozen=True, slots=True)
class _Found:
    signatures: tuple[SignatureReport, ...]
    problems: tuple[Problem, ...]


def _unknown(found: _Found) -> Iterator[Problem]:
    """Yield what follows from a file's not being in the ledger."""
    levels = {each.level for each in found.signatures}
    if not found.problems and Level.T in levels and Role.TIME_STAMP not in {each.role for each in found.signatures}:
        yield Problem("document_time_stamp_missing")
    yield Problem("not_in_ledger")


class _Document:
    """A PDF with its signatures, in the order in which they were made."""

    def __init__(self, pdf: bytes) -> None:
        self.size = len(pdf)
        self.reader = PdfFileReader(io.BytesIO(pdf))
        signatures = self.reader.embedded_signatures
        self.regular = [each for each in signatures if each.sig_object_type == "/Sig"]
        self.own = [each for each in self.regular if each.field_name != SEAL] if is_brought(self.regular) else []
        sealed_in = self.regular[-1].signed_revision if self.own else 0
        stamps = [each for each in signatures if each.sig_object_type == "/DocTimeStamp"]
        self.own_stamps = [each for each in stamps if each.signed_revision < sealed_in]
        self.time_stamps = stamps[len(self.own_stamps) :]
        self.last = signatures[-1] if signatures else None
        self.declared = () if self.own else declared_signatories(self.reader)
        self.people = [] if self.own else signatory_fields(len(self.declared))
        """Names of the fields that people sign, in order."""

    def role_of(self, signature: EmbeddedPdfSignature) -> Role:
        """Return what a signature is for, by its field."""
        if signature.field_name == SEAL:
            return Role.SEAL
        return Role.SIGNATORY if signature.field_name in self.people else Role.OTHER

    def validation_data(self) -> ValidationData | None:
        """Return the certificates and revocation data that a document time stamp covers, if there are any."""
        return ValidationData.read(self.reader) if self.time_stamps else None

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the set of signatures, before any of them is examined."""
        names = [each.field_name for each in self.regular]
        if not names:
            yield Problem("unsigned")
            return
        yield from self._missing(names)
        if self.own and names[-1] != SEAL:
            yield Problem("out_of_order")
        yield from self._out_of_order([each for each in names if each in self.people or each == SEAL])
        yield from self._surplus()

    def _missing(self, names: list[str]) -> Iterator[Problem]:
        if SUPPLIER not in names and not self.own:
            yield Problem("signatory_missing")
        for number, (field, name) in enumerate(zip(self.people, self.declared, strict=True), start=1):
            if number > 1 and field not in names:
                yield Problem("one_signatory_missing", {"name": name, "number": number, "count": len(self.people)})
        if SEAL not in names:
            yield Problem("seal_missing")

    def _out_of_order(self, names: list[str]) -> Iterator[Problem]:
        if SEAL in names[:-1]:
            yield Problem("out_of_order")
        elif names != sorted(names, key=[*self.people, SEAL].index):
            yield Problem("signatories_out_of_order")

    def _surplus(self) -> Iterator[Problem]:
        signed = [each.field_name for each in self.own] or self.people
        expected = [*signed, SEAL, *(each.field_name for each in (*self.own_stamps, *self.time_stamps))]
        filled = list(enumerate_sig_fields(self.reader, filled_status=True))
        for name, _, _ in filled:
            if name in expected:
                expected.remove(name)
            else:
                yield Problem("unexpected_signature", {"field": str(name)})
        objects = [field.get_object().raw_get("/V") for _, _, field in filled]
        references = [getattr(each, "reference", None) for each in objects]
        if len(set(references)) < len(references) or None in references:
            yield Problem("signature_used_twice")

    def end_problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the end of the file, if anything."""
        last = self.last
        if last is None or last.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE:
            return ()
        if self.reader.xrefs.total_revisions - 1 > last.signed_revision:
            return later_revisions.describe(self.reader, last.signed_revision)
        return (Problem("bytes_appended", {"count": self.size - _end(last)}),)


def _end(signature: EmbeddedPdfSignature) -> int:
    """Return where the part of the file ends that the signature covers."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


async def _examine(document: _Document, examination: Examination) -> _Found:
    problems = list(document.problems())
    end = document.end_problems() if not problems else ()
    problems += end
    examination = replace(examination, validation_data=document.validation_data())
    reports: list[SignatureReport] = []
    stamped: list[SignatureReport] = []
    for stamp in reversed(document.time_stamps):
        report, wrong = await examine_time_stamp(stamp, examination)
        stamped.insert(0, report)
        problems += wrong
        # What a later time stamp covers existed at its time: earlier ones are judged then.
        examination = examination.as_of(report.signed_at)
    for signature in document.regular:
        role = document.role_of(signature)
        if role is Role.OTHER:
            continue
        report, wrong = await examine_signature(signature, role, examination)
        reports.append(report)
        problems += wrong
    problems += [*_order(reports), *_other_people(document, reports)]
    own, wrong = await _examine_own(document, examination, reports)
    problems += wrong
    if end:
        problems = [each for each in problems if not each.code.endswith("_changed_afterwards")]
    return _Found((*own, *reports, *stamped), tuple(problems))


async def _examine_own(
    document: _Document, examination: Examination, sealed: list[SignatureReport]
) -> tuple[list[SignatureReport], list[Problem]]:
    """Examine what the supplier signed itself, as of when it was sealed."""
    moment = next((each.signed_at for each in sealed if each.signed_at), examination.moment)
    found = [await examine_own(each, examination.trust.others, moment) for each in document.own]
    found += [await examine_own_stamp(each) for each in document.own_stamps]
    return [report for report, _ in found], [problem for _, wrong in found for problem in wrong]


def _order(reports: list[SignatureReport]) -> Iterator[Problem]:
    moments = [each.signed_at for each in reports if each.signed_at]
    if moments != sorted(moments):
        yield Problem("seal_time_wrong")


def _other_people(document: _Document, reports: list[SignatureReport]) -> Iterator[Problem]:
    """Yield where somebody else signed than the document declares in that place; where one signs, anybody may."""
    found = [each.name for each in reports if each.role is Role.SIGNATORY]
    if len(found) != len(document.declared) or len(found) == 1:
        return
    for number, (name, declared) in enumerate(zip(found, document.declared, strict=True), start=1):
        if name != name_in_certificate(declared):
            yield Problem("another_signatory", {"number": number, "found": name, "name": declared})
