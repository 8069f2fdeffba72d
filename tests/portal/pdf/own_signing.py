"""A supplier that signs with certificates of its own, as Acrobat or a national eID would."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.portal.pdf.facts import NOW

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Issuer:
    """A certificate authority of the supplier's choice."""

    key: Key
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def below(self, name: str, now: datetime = NOW) -> Issuer:
        """Return an authority whose certificate this one issued."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Issuer(key, _certificate(name, self.certificate.subject, key, self.key, now, days=3650, ca=True))

    def card(self, name: str, *, now: datetime = NOW, **settings: Any) -> signers.SimpleSigner:
        """Return what signs in a person's name."""
        key = ec.generate_private_key(ec.SECP256R1())
        days = settings.get("days", 365)
        certificate = _certificate(name, self.certificate.subject, key, self.key, now, days=days, ca=False)
        return signer_of(key, certificate, [] if settings.get("alone") else [self.certificate])


def issuer(name: str = "Folkets ID-utsteder", now: datetime = NOW) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    return Issuer(key, _certificate(name, subject, key, key, now, days=3650, ca=True))


def signer_of(key: Key, certificate: x509.Certificate, chain: list[x509.Certificate]) -> signers.SimpleSigner:
    registry = SimpleCertificateStore()
    registry.register_multiple([asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in chain])
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    return signers.SimpleSigner(own, asn1_keys.PrivateKeyInfo.load(encoded), registry)


def sign(
    pdf: bytes, card: signers.SimpleSigner, field: str = "Supplier", place: SigFieldSpec | None = None, **settings: Any
) -> bytes:
    """Return the document signed by the card in a field, which is made at the place where there is none."""
    settings = {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED, "md_algorithm": "sha256", **settings}
    timestamper = settings.pop("timestamper", None)
    metadata = signers.PdfSignatureMetadata(field_name=field, **settings)
    output = io.BytesIO()
    signers.PdfSigner(metadata, card, timestamper=timestamper, new_field_spec=place).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output
    )
    return output.getvalue()


def certified_without_room(pdf: bytes, card: signers.SimpleSigner) -> bytes:
    return sign(pdf, card, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)


def note_added(pdf: bytes) -> bytes:
    """Write a comment onto the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    note = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Text"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 80, 80))),
                pdf_name("/Contents"): pdf_string("Not so."),
            }
        )
    )
    return _annotated(writer, page, note)


def form_filled(pdf: bytes) -> bytes:
    """Add a text field with a value, as a PDF editor does when somebody types on the page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    field = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): pdf_string("Answer"),
                pdf_name("/V"): pdf_string("No"),
                pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (50, 50, 80, 80))),
            }
        )
    )
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(field)
    writer.update_container(fields)
    return _annotated(writer, page, field)


def _annotated(writer: IncrementalPdfFileWriter, page: Any, annotation: Any) -> bytes:
    found = page.get_object()
    found[pdf_name("/Annots")] = generic.ArrayObject([*found.get("/Annots", []), annotation])
    writer.update_container(found)
    return written(writer)


def written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def encrypted(pdf: bytes) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.encrypt("secret")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _certificate(
    name: str, issued_by: x509.Name, key: Key, issuing: Key, now: datetime, *, days: int, ca: bool
) -> x509.Certificate:
    return (
        x509.CertificateBuilder(issued_by, _name(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3 if days > 0 else 30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .sign(issuing, hashes.SHA256())
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ålesund Støperi AS"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
