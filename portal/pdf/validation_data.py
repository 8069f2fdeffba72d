"""The certificates and revocation data that a document carries for its own signatures (the DSS of PAdES)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from portal.pdf.certificates import to_asn1


@dataclass(frozen=True, slots=True)
class ValidationData:
    """What the document has, decoded once."""

    certificates: tuple[asn1_x509.Certificate, ...]
    ocsps: tuple[asn1_ocsp.OCSPResponse, ...]
    crls: tuple[asn1_crl.CertificateList, ...]

    @classmethod
    def read(cls, reader: PdfFileReader) -> ValidationData | None:
        """Return a document's data, or None where it has none; raise what parsers raise on hostile data."""
        if "/DSS" not in reader.root:
            return None
        store = DocumentSecurityStore.read_dss(reader)
        return cls(
            tuple(store.load_certs()),
            tuple(asn1_ocsp.OCSPResponse.load(each.get_object().data) for each in store.ocsps),
            tuple(asn1_crl.CertificateList.load(each.get_object().data) for each in store.crls),
        )

    def context(self, roots: Sequence[x509.Certificate], moment: datetime) -> ValidationContext:
        """Return a context in which every certificate must be shown by this data not to have been revoked.

        A list that was issued after the moment says it too.
        """
        trusted = [to_asn1(root) for root in roots]
        return ValidationContext(
            trust_roots=trusted,
            other_certs=self.certificates,
            ocsps=self.ocsps,
            crls=[crl for crl in self.crls if not any(_is_a_namesakes(crl, root) for root in trusted)],
            moment=moment,
            revocation_mode="hard-fail",
            retroactive_revinfo=True,
            allow_fetching=False,
        )


def _is_a_namesakes(crl: asn1_crl.CertificateList, root: asn1_x509.Certificate) -> bool:
    """Return whether the list is by another authority of the same name, as after a change of keys.

    The library goes by the name, asks this root who signed the list, and gives up.
    """
    signer = crl.authority_key_identifier_value
    key = signer["key_identifier"].native if signer else None
    return crl.issuer == root.subject and key is not None and key != root.key_identifier
