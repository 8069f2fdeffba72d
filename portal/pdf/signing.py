"""Sign a declaration: first each signatory, with a certificate for that one signature, then the seal."""

import asyncio
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.pdf.archiving import archive, renew
from portal.pdf.certificates import Seal, SealKeyError, SigningKeys, issue_one_shot, to_asn1
from portal.pdf.fields import SEAL, SUPPLIER, new_revision, signatory_fields
from portal.pdf.own_signatures import BROUGHT
from portal.pdf.report import ACCEPTED, Level
from portal.pdf.seal_check import PROBE, SENTENCES, Finding, SealProblem, find_problem
from portal.pdf.timestamps import Authority, ClockError, addresses, stamp

__all__ = ["Level", "Signatory", "Signed", "Signer", "SigningError"]

_RESERVED: Final = {Level.B: 6_144, Level.T: 16_384, Level.LTA: 16_384}
"""For each signature, in hexadecimal digits. Fixed, since an estimate would make each signature (and each request
to the time stamp authority) twice; no larger than needed, since each later revision reads all digits again."""


_LONGEST: Final = 512
"""Bytes of a signature by RSA with 4,096 bits."""


class SigningError(Exception):
    """The declaration was not signed; nothing was made."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """The person who signs, as stated by that person; the e-mail address is the one that was confirmed."""

    name: str
    title: str
    email: str
    company: str
    accepted_at: datetime | None = None
    """When the code came; written into the signature where several sign, as days may lie between them and the seal."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed and sealed declaration; it starts with the very bytes that were shown."""

    pdf: bytes
    level: Level
    renew_before: datetime | None = None
    """When the certificate of the document time stamp ends; None below B-LTA."""


class Signer:
    """Signs declarations with the portal's keys. May be shared by threads."""

    def __init__(self, keys: SigningKeys, tsa_url: str | None, level: Level | None = None) -> None:
        """Take the keys, the address of a time stamp authority, if there is one, and the level that is demanded.

        After a comma may follow the address of another authority, which is asked where the first gives no stamp.

        The level is the highest that can be had unless told otherwise: B-T with an authority, B-B without.

        Raises:
            SigningError: the address is none, its root is missing, or the level cannot be had.
        """
        for address in addresses(tsa_url or ""):
            if not address.startswith(("https://", "http://")):
                raise SigningError(f"the address of the time stamp authority is none: {address!r}")
        if tsa_url and not keys.tsa_roots:
            raise SigningError("a time stamp authority needs its root certificate in tsa-roots/*.pem")
        self._keys = keys
        self._seal = _KeySigner(keys.seal, (keys.seal_root,))
        self._tsa_url = tsa_url or None
        self._level = level or (Level.T if tsa_url else Level.B)
        if self._level is not Level.B and not tsa_url:
            raise SigningError(f"level {self._level.value} needs a time stamp authority")

    def sign(
        self, preview: bytes, signatory: Signatory, reference: str, now: datetime, others: Sequence[Signatory] = ()
    ) -> Signed:
        """Return the previewed document with all signatures; raise `SigningError` if one cannot be made.

        The others sign after the first, in this order; the document must have a field for each.
        Without a time stamp authority `now` is the only time in the document, but for those of acceptance.
        """
        self._refuse_unfit_seal(now)
        try:
            authority = self._authority(now)
            signed, people = preview, (signatory, *others)
            for field, person in zip(signatory_fields(len(people)), people, strict=True):
                one_shot = self._one_shot(person, reference, now)
                signed = self._append(signed, field, one_shot, now, authority, _reason(person) if others else None)
            sealed = self._append(signed, SEAL, self._seal, now, authority)
            if authority is None or self._level is not Level.LTA:
                return Signed(sealed, self._level)
            return self._lasting(archive, sealed, authority, now)
        except Exception as error:
            raise SigningError(f"{reference}: {type(error).__name__}: {error}") from error

    def seal_brought(self, brought: bytes, reference: str, now: datetime) -> Signed:
        """Return a document that the supplier has signed itself with our seal over it; raise `SigningError`."""
        self._refuse_unfit_seal(now)
        # PDF/A 6.1.9: the next revision must begin on a new line, wherever the supplier's program ended.
        content = brought if brought.endswith((b"\n", b"\r")) else brought + b"\n"
        try:
            authority = self._authority(now)
            sealed = self._append(content, SEAL, self._seal, now, authority, BROUGHT)
            if authority is None or self._level is not Level.LTA:
                return Signed(sealed, self._level)
            return self._lasting(partial(archive, fields={SEAL}), sealed, authority, now)
        except Exception as error:
            raise SigningError(f"{reference}: {type(error).__name__}: {error}") from error

    def renew(self, signed: bytes, reference: str, now: datetime) -> Signed:
        """Return a B-LTA document with one more document time stamp; it starts with the very bytes of the old one.

        Raises:
            SigningError: it cannot be made, or this signer's level is not B-LTA.
        """
        authority = self._authority(now)
        if authority is None or self._level is not Level.LTA:
            raise SigningError(f"{reference}: time stamps are renewed at level {Level.LTA.value} only")
        try:
            return self._lasting(renew, signed, authority, now)
        except Exception as error:
            raise SigningError(f"{reference}: {type(error).__name__}: {error}") from error

    def check(self, now: datetime) -> list[Finding]:
        """Return all that keeps this signer from sealing; the key is asked to sign, the authority to stamp."""
        problem = self._certificate_problem(now)
        found = [Finding(problem)] if problem else []
        try:
            asyncio.run(self._keys.seal.sign(PROBE))
        except SealKeyError as error:
            found.append(Finding(SealProblem.KEY_AWAY, str(error)))
        try:
            if self._tsa_url and self._level is not Level.B:
                stamp(PROBE, self._tsa_url, self._keys.tsa_roots, now)
        except ClockError as error:
            found.append(Finding(SealProblem.CLOCK_OFF, str(error)))
        except OSError as error:
            found.append(Finding(SealProblem.NO_STAMP, str(error)))
        return found

    def _refuse_unfit_seal(self, now: datetime) -> None:
        problem = self._certificate_problem(now)
        if problem:
            raise SigningError(SENTENCES[problem])

    def _certificate_problem(self, now: datetime) -> SealProblem | None:
        return find_problem(self._keys.seal.certificate, self._keys.seal_root, self._keys.seal_crl, now)

    def _lasting(self, append: Callable[..., bytes], pdf: bytes, authority: Authority, now: datetime) -> Signed:
        roots = (self._keys.seal_root, self._keys.one_shot_root.certificate, *self._keys.tsa_roots)
        return Signed(append(pdf, authority, roots, self._keys.crls(now), now), self._level, authority.certificate_ends)

    def _one_shot(self, signatory: Signatory, reference: str, now: datetime) -> "_KeySigner":
        subject = (
            (NameOID.COMMON_NAME, signatory.name),
            (NameOID.TITLE, signatory.title),
            (NameOID.ORGANIZATION_NAME, signatory.company),
            (NameOID.SERIAL_NUMBER, reference),
        )
        pair = issue_one_shot(self._keys.one_shot_root, subject, signatory.email, now)
        return _KeySigner(pair, (self._keys.one_shot_root.certificate,))

    def _authority(self, now: datetime) -> Authority | None:
        if self._level is Level.B or not self._tsa_url:
            return None
        return Authority(self._tsa_url, self._keys.tsa_roots, now)

    def _append(
        self,
        pdf: bytes,
        field: str,
        signer: "_KeySigner",
        now: datetime,
        authority: Authority | None = None,
        reason: str | None = None,
    ) -> bytes:
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            reason=reason,
            # The first signature certifies the document and leaves room for those that follow; the seal leaves none.
            certify=field == SUPPLIER,
            docmdp_permissions=MDPPerm.NO_CHANGES if field == SEAL else MDPPerm.FILL_FORMS,
        )
        output = io.BytesIO()
        _DatedSigner(metadata, signer, authority, now).sign_pdf(
            new_revision(pdf), existing_fields_only=True, bytes_reserved=_RESERVED[self._level], output=output
        )
        return output.getvalue()


def _reason(person: Signatory) -> str | None:
    if person.accepted_at is None:
        return None
    return f"{ACCEPTED} {person.accepted_at.astimezone(UTC).isoformat(timespec='seconds')}"


class _KeySigner(signers.Signer):
    """Signs with a seal, wherever its key lies; or with a signatory's key, which is loaded already."""

    def __init__(self, seal: Seal, issuers: Iterable[x509.Certificate]) -> None:
        self._seal = seal
        registry = SimpleCertificateStore()
        registry.register_multiple([to_asn1(issuer) for issuer in issuers])
        super().__init__(signing_cert=to_asn1(seal.certificate), cert_registry=registry, embed_roots=False)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Return the signature of the data."""
        if digest_algorithm != "sha256":
            raise SigningError(f"unexpected digest: {digest_algorithm}")
        return bytes(_LONGEST) if dry_run else await self._seal.sign(data)


class _DatedSigner(signers.PdfSigner):
    """Writes the given time into the signature, and draws nothing: the text stands on the page already."""

    def __init__(
        self,
        metadata: signers.PdfSignatureMetadata,
        signer: _KeySigner,
        authority: TimeStamper | None,
        now: datetime,
    ) -> None:
        super().__init__(metadata, signer=signer, timestamper=authority, stamp_style=NoOpStampStyle())
        self._now = now

    def init_signing_session(self, *arguments: Any, **settings: Any) -> Any:
        session = super().init_signing_session(*arguments, **settings)
        session.system_time = self._now
        return session
