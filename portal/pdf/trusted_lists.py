"""EU trusted lists (ETSI TS 119 612): the certificates of the services in them that issue qualified certificates.

That a service stands in a list says that its country supervises it; what a certificate from it is good for is not
judged here. The signature of the list is not checked: whoever imports it got it from its country's own address.
"""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_LIST: Final = "{http://uri.etsi.org/02231/v2#}"
_ISSUES_QUALIFIED: Final = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
_GRANTED: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"


class TrustedListError(Exception):
    """The file is no trusted list, or has no such service."""


@dataclass(frozen=True, slots=True)
class TrustedList:
    """What was found in a list."""

    territory: str
    """Of two letters, as in `NO`."""
    sequence: str
    issued: str
    next_update: str
    """Both are ISO 8601, as the list has them; empty where it says nothing."""
    sha256: str
    """Of the file."""
    certificates: tuple[x509.Certificate, ...]

    def as_pem(self) -> bytes:
        """Return the certificates as a file that says where they come from; readers of PEM skip those lines."""
        head = f"EU trusted list {self.territory} no. {self.sequence}, issued {self.issued}\nSHA-256 {self.sha256}\n\n"
        return head.encode() + b"".join(each.public_bytes(Encoding.PEM) for each in self.certificates)


def read(content: bytes) -> TrustedList:
    """Return the list; raise `TrustedListError`."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise TrustedListError("a trusted list has no document type")
    try:
        root = ET.fromstring(content)  # noqa: S314 -- from the administrator; without entities nothing can unfold
    except ET.ParseError as error:
        raise TrustedListError(f"this is not XML: {error}") from error
    if root.tag != f"{_LIST}TrustServiceStatusList":
        raise TrustedListError("this is no trusted list after ETSI TS 119 612")
    territory = _text(root, "SchemeInformation/SchemeTerritory")
    found = {certificate: None for service in root.iter(f"{_LIST}TSPService") for certificate in _granted(service)}
    if not re.fullmatch("[A-Z]{2}", territory):
        raise TrustedListError("the list does not say of which country it is")
    if not found:
        raise TrustedListError("the list names no service that is granted and issues qualified certificates")
    return TrustedList(
        territory,
        _text(root, "SchemeInformation/TSLSequenceNumber"),
        _text(root, "SchemeInformation/ListIssueDateTime"),
        _text(root, "SchemeInformation/NextUpdate/dateTime"),
        hashlib.sha256(content).hexdigest(),
        tuple(found),
    )


def _granted(service: ET.Element) -> Iterator[x509.Certificate]:
    """Yield the certificates of a service as it stands now; its history is no part of that."""
    now = service.find(f"{_LIST}ServiceInformation")
    if now is None or _text(now, "ServiceTypeIdentifier") != _ISSUES_QUALIFIED:
        return
    if _text(now, "ServiceStatus") != _GRANTED:
        return
    for encoded in now.iterfind(_path("ServiceDigitalIdentity/DigitalId/X509Certificate")):
        try:
            yield x509.load_der_x509_certificate(base64.b64decode(encoded.text or ""))
        except ValueError as error:
            name = _text(now, "ServiceName/Name")
            raise TrustedListError(f"the certificate of {name!r} cannot be read: {error}") from error


def _text(element: ET.Element, path: str) -> str:
    return " ".join((element.findtext(_path(path)) or "").split())


def _path(path: str) -> str:
    return "/".join(_LIST + part for part in path.split("/"))
