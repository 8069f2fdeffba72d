"""What an attacker, or an accident, may do to a declaration."""

import io
from collections.abc import Callable
from datetime import timedelta

from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.stamp.noop import NoOpStampStyle

from portal.pdf.certificates import SigningKeys, issue_one_shot
from portal.pdf.fields import SEAL, SUPPLIER
from portal.pdf.signing import Signer, _DatedSigner, _KeySigner
from tests.portal.pdf.conftest import SIGNATORY
from tests.portal.pdf.facts import NOW

Change = Callable[[bytes], bytes]


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def flip(pdf: bytes, position: int) -> bytes:
    return pdf[:position] + bytes([pdf[position] ^ 1]) + pdf[position + 1 :]


def content_flipped(pdf: bytes) -> bytes:
    """Change one byte in the middle of a compressed page."""
    return flip(pdf, pdf.index(b"/FlateDecode", 3_000) + 300)


def page_added(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    media_box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842)))
    writer.insert_page(PageObject(contents=contents, media_box=media_box, resources=generic.DictionaryObject()))
    return _written(writer)


def page_changed(pdf: bytes) -> bytes:
    """Write more onto a page, in a later revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    more = writer.add_object(generic.StreamObject(stream_data=b"0 0 100 100 re f"))
    page = _first_page(writer)
    contents = page.raw_get("/Contents")
    page[pdf_name("/Contents")] = generic.ArrayObject([*(contents if isinstance(contents, list) else [contents]), more])
    writer.update_container(page)
    return _written(writer)


def page_removed(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pages = writer.root["/Pages"]
    pages["/Kids"].pop()
    pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)
    return _written(writer)


def annotated(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    note = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Contents": generic.pdf_string("We do not"),
    }
    box = generic.ArrayObject(map(generic.NumberObject, (50, 50, 300, 80)))
    added = generic.DictionaryObject({pdf_name(key): value for key, value in {**note, "/Rect": box}.items()})
    page = _first_page(writer)
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(added)])
    writer.update_container(page)
    return _written(writer)


def form_filled(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    field = {"/FT": pdf_name("/Tx"), "/T": generic.pdf_string("Answer"), "/V": generic.pdf_string("no")}
    added = writer.add_object(generic.DictionaryObject({pdf_name(key): value for key, value in field.items()}))
    writer.root["/AcroForm"]["/Fields"].append(added)
    writer.update_container(writer.root["/AcroForm"]["/Fields"])
    return _written(writer)


def hidden(pdf: bytes) -> bytes:
    """Write a page's own stream anew, empty (a shadow attack that hides)."""
    return _stream_replaced(pdf, b"")


def replaced(pdf: bytes) -> bytes:
    """Write a page's own stream anew, with something else in it (a shadow attack that replaces)."""
    return _stream_replaced(pdf, b"BT (We do nothing of that kind) Tj ET")


def font_replaced(pdf: bytes) -> bytes:
    """Let the letters mean others (a shadow attack that replaces without touching the page)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fonts = _first_page(writer)["/Resources"]["/Font"]
    font = next(iter(fonts.values())).get_object()
    font[pdf_name("/BaseFont")] = pdf_name("/Other")
    writer.update_container(font)
    return _written(writer)


def _stream_replaced(pdf: bytes, data: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = _first_page(writer).raw_get("/Contents")
    stream = contents.reference if isinstance(contents, generic.IndirectObject) else contents[0].reference
    writer.objects[(stream.generation, stream.idnum)] = generic.StreamObject(stream_data=data)
    writer.mark_update(stream)
    return _written(writer)


def _first_page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    page: generic.DictionaryObject = writer.find_page_for_modification(0)[0].get_object()
    return page


def signature_space(pdf: bytes, field: str) -> tuple[int, int]:
    """Return where the digits of a signature begin and end."""
    (signature,) = [each for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures if each.field_name == field]
    _, start, end, _ = signature.byte_range
    return int(start) + 1, int(end) - 1


def cut_after_first_signature(pdf: bytes) -> bytes:
    reader = PdfFileReader(io.BytesIO(pdf))
    byte_range = reader.embedded_signatures[0].byte_range
    return pdf[: int(byte_range[2]) + int(byte_range[3])]


def filling_changed(pdf: bytes) -> bytes:
    _, end = signature_space(pdf, SEAL)
    return pdf[: end - 1] + b"1" + pdf[end:]


def digits_in_lower_case(pdf: bytes) -> bytes:
    start, end = signature_space(pdf, SEAL)
    return pdf[:start] + pdf[start:end].lower() + pdf[end:]


def signature_taken_from(other: bytes) -> Change:
    def change(pdf: bytes) -> bytes:
        start, end = signature_space(pdf, SUPPLIER)
        other_start, other_end = signature_space(other, SUPPLIER)
        return pdf[:start] + other[other_start:other_end] + pdf[end:]

    return change


def third_signature(keys: SigningKeys) -> Change:
    def change(pdf: bytes) -> bytes:
        metadata = signers.PdfSignatureMetadata(field_name="Third", subfilter=SigSeedSubFilter.PADES)
        signer = signers.PdfSigner(metadata, _KeySigner(keys.seal, (keys.seal_root,)), stamp_style=NoOpStampStyle())
        output = io.BytesIO()
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output)
        return output.getvalue()

    return change


def seal_shown_twice(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("Copy"))
    fields = [each.get_object() for each in writer.root["/AcroForm"]["/Fields"]]
    copy = fields[-1]
    copy[pdf_name("/V")] = next(each for each in fields if each["/T"] == SEAL).raw_get("/V")
    writer.update_container(copy)
    return _written(writer)


def signed_with(keys: SigningKeys, preview: bytes) -> bytes:
    return Signer(keys, None).sign(preview, SIGNATORY, "DEC-1", NOW).pdf


def sealed_by_a_signatory(keys: SigningKeys, preview: bytes) -> bytes:
    """Seal with a certificate for a signatory that calls itself the seal."""
    subject = ((NameOID.COMMON_NAME, "Portal seal"),)
    pair = issue_one_shot(keys.one_shot_root, subject, "me@example.org", NOW)
    signer = Signer(keys, None)
    signed = signer._append(preview, SUPPLIER, signer._one_shot(SIGNATORY, "DEC-1", NOW), NOW)
    return signer._append(signed, SEAL, _KeySigner(pair, (keys.one_shot_root.certificate,)), NOW)


def changed_between(keys: SigningKeys, preview: bytes) -> bytes:
    """Add a page after the signatory signed and before the seal."""
    signer = Signer(keys, None)
    signed = signer._append(preview, SUPPLIER, signer._one_shot(SIGNATORY, "DEC-1", NOW), NOW)
    return signer._append(page_added(signed) + b"\n", SEAL, signer._seal, NOW)


def sealed_first(keys: SigningKeys, preview: bytes) -> bytes:
    """Claim that the seal was placed a day before the signature."""
    signer = Signer(keys, None)
    signed = signer._append(preview, SUPPLIER, signer._one_shot(SIGNATORY, "DEC-1", NOW), NOW)
    return signer._append(signed, SEAL, signer._seal, NOW - timedelta(hours=12))


def seal_only(keys: SigningKeys, preview: bytes) -> bytes:
    signer = Signer(keys, None)
    return signer._append(preview, SEAL, signer._seal, NOW)


def signed_in_the_old_way(keys: SigningKeys, preview: bytes) -> bytes:
    """Sign with Adobe's older form, which need not name the certificate."""
    metadata = signers.PdfSignatureMetadata(
        field_name=SUPPLIER, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED, certify=True
    )
    signer = Signer(keys, None)
    output = io.BytesIO()
    _DatedSigner(metadata, signer._one_shot(SIGNATORY, "DEC-1", NOW), None, NOW).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(preview)), output=output
    )
    return signer._append(output.getvalue(), SEAL, signer._seal, NOW)
