"""The portal's own certificates: who sealed, and who may be a signatory for one signature.

Two roots that know nothing of each other, so that a signatory's certificate can never pass for the seal:

* the *seal root* issued the seal's certificate, and signs nothing else;
* the *one-shot root* issues a certificate for each signature. It signs them directly: revocation data of an
  issuer in between would not be found when a signature is judged years later.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from asn1crypto import core as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from portal.pdf import trusted
from portal.pdf.trusted import TrustedRoot

ROOT_YEARS: Final = 30
"""A root that expires takes every signature below it along, so it outlives the archive."""
SEAL_YEARS: Final = 10
"""Five years of use, and five in which any PDF reader still accepts what was sealed last: records of due
diligence are kept for five years (OECD guidance for minerals, step 1)."""
ONE_SHOT_HOURS: Final = 48
"""Long enough to add revocation data, whose own life must be shorter, after a failure of the network."""
CRL_HOURS: Final = 24
"""Shorter than a signatory's certificate lives, or a validator years later finds no list from within its life."""
MARGIN: Final = timedelta(minutes=10)
"""What is issued is valid from a little earlier: a time stamp authority's clock may be behind ours."""

SEAL_KEY, SEAL_ROOT_KEY, ONE_SHOT_KEY = "seal.p12", "seal-root.p12", "oneshot.p12"
SEAL_ROOT, ONE_SHOT_ROOT, TSA_ROOTS = "seal-root.pem", "oneshot-root.pem", "tsa-roots"
SEAL_CRL, SEAL_CERTIFICATE = "seal-root.crl", "seal.pem"

DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336."""
SMTP_UTF8_MAILBOX: Final = ObjectIdentifier("1.3.6.1.5.5.7.8.9")
"""RFC 8398: an address with letters beyond ASCII before the @."""
_NAME_LENGTH: Final = 64
"""The upper bound of X.520 for each part of a name, in characters. The common name is cut at as many bytes of
UTF-8, since that is how the library counts."""


PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class CertificateError(Exception):
    """Keys or certificates cannot be made or read."""


class SealKeyError(CertificateError):
    """The seal's private key cannot be used now."""


class Seal(Protocol):
    """The seal: a certificate, and its private key wherever that lies."""

    @property
    def certificate(self) -> x509.Certificate:
        """Whose seal it is."""

    async def sign(self, data: bytes) -> bytes:
        """Return the signature over the data's SHA-256, as CMS wants it: ECDSA in DER, or RSA by PKCS #1 v1.5.

        Raises:
            SealKeyError: the key is away, is not to be used, or is not that of the certificate.
        """


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key in memory with its certificate: a seal of the simplest kind, and what signatories get."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    async def sign(self, data: bytes) -> bytes:
        """Return the ECDSA signature of the data."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What signing needs. The seal root's private key can stay off the machine, where its list lies here instead."""

    seal: Seal
    seal_root: x509.Certificate
    one_shot_root: KeyPair
    tsa_roots: tuple[x509.Certificate, ...]
    seal_root_key: KeyPair | None = None
    seal_crl: x509.CertificateRevocationList | None = None
    """What the seal root has revoked; with its key on this machine the list is made anew each time."""

    def crls(self, now: datetime) -> list[bytes]:
        """Return what the portal's two roots have revoked, in DER; raise `CertificateError` without one of the seal."""
        if self.seal_root_key:
            seal = issue_crl(self.seal_root_key, now, self.seal_crl or ())
        elif self.seal_crl is not None:  # an empty list counts as false
            seal = self.seal_crl.public_bytes(Encoding.DER)
        else:
            raise CertificateError(
                f"neither {SEAL_ROOT_KEY} nor {SEAL_CRL} is there: nothing says the seal is not revoked"
            )
        return [issue_crl(self.one_shot_root, now), seal]


@dataclass(frozen=True, slots=True)
class Trust:
    """The public certificates against which declarations are verified."""

    seal_root: x509.Certificate
    one_shot_root: x509.Certificate
    tsa_roots: tuple[x509.Certificate, ...]
    seal_crl: x509.CertificateRevocationList | None = None
    """What the seal root has revoked, where it has revoked anything or its key lies elsewhere."""
    others: tuple[TrustedRoot, ...] = ()
    """For suppliers' own signatures."""


def create_installation_keys(folder: Path, organisation: str, passphrase: bytes, now: datetime) -> None:
    """Make the roots and the seal of a new installation in the folder.

    The private keys are encrypted with the passphrase. Raise `CertificateError` if one of the files is there
    already: nothing is ever overwritten.
    """
    if not passphrase:
        raise CertificateError("the passphrase of the keys is empty")
    seal_root = _create_root(organisation, "Seal root", now)
    one_shot_root = _create_root(organisation, "One-shot signature root", now)
    seal = create_seal(seal_root, organisation, now)
    contents = {
        SEAL_ROOT_KEY: encrypted(seal_root, "seal root", (), passphrase),
        SEAL_KEY: encrypted(seal, "seal", (seal_root.certificate,), passphrase),
        ONE_SHOT_KEY: encrypted(one_shot_root, "one-shot root", (), passphrase),
        SEAL_ROOT: seal_root.certificate.public_bytes(Encoding.PEM),
        ONE_SHOT_ROOT: one_shot_root.certificate.public_bytes(Encoding.PEM),
        SEAL_CERTIFICATE: seal.certificate.public_bytes(Encoding.PEM),
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    present = [name for name in contents if (folder / name).exists()]
    if present:
        raise CertificateError(f"{folder} already has {', '.join(present)}")
    for name, content in contents.items():
        write_new(folder / name, content)


def load_keys(folder: Path, passphrase: bytes, seal: Seal | None = None) -> SigningKeys:
    """Decrypt the keys, about 0.1 s each; raise `CertificateError`. A seal that is given lies elsewhere."""
    trust = load_trust(folder)
    root_key = folder / SEAL_ROOT_KEY
    return SigningKeys(
        seal=seal or decrypted(folder / SEAL_KEY, passphrase),
        seal_root=trust.seal_root,
        one_shot_root=decrypted(folder / ONE_SHOT_KEY, passphrase),
        tsa_roots=trust.tsa_roots,
        seal_root_key=decrypted(root_key, passphrase) if root_key.is_file() else None,
        seal_crl=trust.seal_crl,
    )


def load_trust(folder: Path) -> Trust:
    """Read the public certificates; raise `CertificateError`.

    Those of time stamp authorities are in `tsa-roots/*.pem`, which need not exist; for suppliers' own see `trusted`.
    """
    try:
        (seal_root,) = x509.load_pem_x509_certificates((folder / SEAL_ROOT).read_bytes())
        (one_shot_root,) = x509.load_pem_x509_certificates((folder / ONE_SHOT_ROOT).read_bytes())
        authorities = [
            certificate
            for path in sorted((folder / TSA_ROOTS).glob("*.pem"))
            for certificate in x509.load_pem_x509_certificates(path.read_bytes())
        ]
        others = trusted.load(folder)
    except (OSError, ValueError) as error:
        raise CertificateError(f"the certificates in {folder} cannot be read: {error}") from error
    return Trust(seal_root, one_shot_root, tuple(authorities), _seal_crl(folder, seal_root), others)


def _seal_crl(folder: Path, seal_root: x509.Certificate) -> x509.CertificateRevocationList | None:
    path, key = folder / SEAL_CRL, seal_root.public_key()
    if not path.is_file():
        return None
    try:
        crl = x509.load_der_x509_crl(path.read_bytes())
        is_ours = isinstance(key, ec.EllipticCurvePublicKey) and crl.is_signature_valid(key)
    except (OSError, ValueError) as error:
        raise CertificateError(f"{path} cannot be read: {error}") from error
    if not is_ours:
        raise CertificateError(f"{path} is not signed by {SEAL_ROOT}")
    return crl


def issue_one_shot(
    root: KeyPair, subject: Iterable[tuple[ObjectIdentifier, str]], email: str, now: datetime
) -> KeyPair:
    """Make a key and a certificate for one signature; the key is nowhere but in the returned value.

    `subject` gives the parts of the name; empty ones are left out, long ones cut.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    parts = [(kind, _fit(text, in_bytes=kind == NameOID.COMMON_NAME)) for kind, text in subject]
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in parts if text])
    builder = _certificate(name, root.certificate.subject, key.public_key(), now - MARGIN)
    certificate = (
        builder.not_valid_after(now + timedelta(hours=ONE_SHOT_HOURS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_usage(), critical=True)
        # Readers built on NSS accept a signature only with e-mail protection.
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_mailbox(email)]), critical=False)
        .add_extension(_issuer_key(root), critical=False)
        .sign(root.key, hashes.SHA256())
    )
    return KeyPair(key, certificate)


def issue_crl(
    root: KeyPair, now: datetime, revoked: Iterable[x509.RevokedCertificate] = (), until: datetime | None = None
) -> bytes:
    """Return the root's list of revoked certificates, in DER; it says when the next one comes: in some hours."""
    number = x509.CRLNumber(int(now.timestamp() * 1000))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now - MARGIN)
        .next_update(until or now + timedelta(hours=CRL_HOURS))
        .add_extension(number, critical=False)
        .add_extension(_issuer_key(root), critical=False)
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(each)
    return builder.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER)


def to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return the certificate in the form that the signing library takes."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _create_root(organisation: str, name: str, now: datetime) -> KeyPair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _organisation_name(organisation, name)
    certificate = (
        _certificate(subject, subject, key.public_key(), now - timedelta(days=1))
        .not_valid_after(_years_later(now, ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_issuing_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, certificate)


def create_seal(root: KeyPair, organisation: str, now: datetime) -> KeyPair:
    """Make a key with a certificate that seals."""
    key = ec.generate_private_key(ec.SECP256R1())
    return KeyPair(key, issue_seal(root, organisation, key.public_key(), now))


def issue_seal(root: KeyPair, organisation: str, key: PublicKey, now: datetime) -> x509.Certificate:
    """Return a certificate that seals, for a key that lies wherever it lies."""
    subject = _organisation_name(organisation, "Portal seal")
    ends = min(_years_later(now, SEAL_YEARS), root.certificate.not_valid_after_utc)
    return (
        _certificate(subject, root.certificate.subject, key, now - timedelta(days=1))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(_issuer_key(root), critical=False)
        .sign(root.key, hashes.SHA256())
    )


def _certificate(subject: x509.Name, issuer: x509.Name, public: PublicKey, since: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _organisation_name(organisation: str, name: str) -> x509.Name:
    if not _fit(organisation):
        raise CertificateError("the organisation has no name")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fit(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def name_in_certificate(name: str) -> str:
    """Return a person's name as a certificate states it: without what cannot be seen, and cut where it is long."""
    return _fit(name, in_bytes=True)


def _fit(text: str, *, in_bytes: bool = False) -> str:
    visible = "".join(character for character in text if character.isprintable()).strip()
    cut = visible.encode()[:_NAME_LENGTH].decode(errors="ignore") if in_bytes else visible[:_NAME_LENGTH]
    return cut.strip()


def _mailbox(email: str) -> x509.GeneralName:
    local, _, domain = email.rpartition("@")
    if local.isascii():
        return x509.RFC822Name(f"{local}@{domain.encode('idna').decode() if not domain.isascii() else domain}")
    return x509.OtherName(SMTP_UTF8_MAILBOX, asn1.UTF8String(email).dump())


def _issuer_key(issuer: KeyPair) -> x509.AuthorityKeyIdentifier:
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _signing_usage() -> x509.KeyUsage:
    return _usage(digital_signature=True, content_commitment=True)


def _issuing_usage() -> x509.KeyUsage:
    return _usage(key_cert_sign=True, crl_sign=True)


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _years_later(now: datetime, years: int) -> datetime:
    return now + timedelta(days=365.25 * years)


def encrypted(pair: KeyPair, name: str, others: Iterable[x509.Certificate], passphrase: bytes) -> bytes:
    """Return the key and its certificates as PKCS#12, encrypted."""
    return pkcs12.serialize_key_and_certificates(
        name.encode(), pair.key, pair.certificate, list(others) or None, BestAvailableEncryption(passphrase)
    )


def decrypted(path: Path, passphrase: bytes) -> KeyPair:
    """Return the key in a PKCS#12 file; raise `CertificateError`."""
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    except (OSError, ValueError) as error:
        raise CertificateError(f"{path} cannot be opened: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise CertificateError(f"{path} does not hold an elliptic curve key with its certificate")
    return KeyPair(key, certificate)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, down to the disk; raise `FileExistsError`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
