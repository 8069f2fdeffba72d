"""A key at a remote service, by the API of the Cloud Signature Consortium (version 1).

The place is `csc:https://SERVICE?credential=ID`. The service gets the hash of what is signed, never the document.
TLS is demanded except on this machine; no redirects; time and size of the answers are bounded.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import aiohttp
from asn1crypto import algos, x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    base64_digest,
)

from portal.pdf.certificates import SealKeyError

TIMEOUT_SECONDS: Final = 10
"""For each of three questions: what the credential is, may it sign, sign."""
LARGEST_ANSWER: Final = 200_000
"""In bytes; a chain of certificates has some ten thousand."""
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_FAILURES: Final = (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, SigningError)


class RemoteKey:
    """A credential at a service."""

    def __init__(self, place: str, secret: Callable[[str], str]) -> None:
        parts = urlsplit(place.removeprefix("csc:"))
        credential = parse_qs(parts.query).get("credential", [""])[0]
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if not (is_safe and parts.hostname and credential) or parts.username:
            raise SealKeyError("a signing service's address is csc:https://SERVICE?credential=ID")
        self._address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._id, self._secret = credential, secret
        self._timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._credential: CSCCredentialInfo | None = None

    async def sign(self, data: bytes) -> bytes:
        """Return the signature of the data; raise `SealKeyError`."""
        try:
            async with aiohttp.ClientSession(timeout=self._timeout) as session:
                self._credential = self._credential or await self._described(session)
                manager = _Authorisation(self._service(), self._credential, session, self)
                request = await CSCSigner(session, manager).format_csc_signing_req(
                    [base64_digest(data, "sha256")], "sha256"
                )
                (signature,) = (await self.ask(session, "signatures/signHash", request))["signatures"]
                return base64.b64decode(signature, validate=True)
        except _FAILURES as error:
            raise self._failure(error) from error

    async def public_key(self) -> bytes:
        """Return the public key of the credential's certificate, DER; raise `SealKeyError`."""
        try:
            async with aiohttp.ClientSession(timeout=self._timeout) as session:
                found = await self._described(session)
                return bytes(found.signing_cert.public_key.dump())
        except _FAILURES as error:
            raise self._failure(error) from error

    async def ask(self, session: aiohttp.ClientSession, what: str, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the service's answer; raises one of the failures."""
        service = self._service()
        async with session.post(
            service.endpoint_url(what), headers=service.auth_headers, json=question, allow_redirects=False
        ) as response:
            if response.status != 200:
                raise ValueError(f"answered {response.status} to {what}")
            body = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise ValueError(f"the answer to {what} has no end")
        answer = json.loads(body)
        if not isinstance(answer, dict):
            raise TypeError(f"the answer to {what} is no object")
        return answer

    def pin(self) -> str | None:
        """Return what the service wants to hear before it signs, if anything."""
        return self._secret("pin") or None

    async def _described(self, session: aiohttp.ClientSession) -> CSCCredentialInfo:
        question = {"credentialID": self._id, "certificates": "single", "certInfo": False}
        found = await self.ask(session, "credentials/info", question)
        (certificate,) = found["cert"]["certificates"][:1]
        return CSCCredentialInfo(
            signing_cert=x509.Certificate.load(base64.b64decode(certificate, validate=True), strict=True),
            chain=[],
            supported_mechanisms=frozenset(algos.SignedDigestAlgorithmId(oid).native for oid in found["key"]["algo"]),
            max_batch_size=1,
            hash_pinning_required=True,
            response_data=found,
        )

    def _service(self) -> CSCServiceSessionInfo:
        # read each time: whoever renews the token of the service puts it into the file
        return CSCServiceSessionInfo(self._address, self._id, self._secret("token") or None)

    def _failure(self, error: Exception) -> SealKeyError:
        return SealKeyError(f"signing service {self._address}: {type(error).__name__}: {error}")


class _Authorisation(CSCAuthorizationManager):
    """Asks for leave to sign exactly one hash."""

    def __init__(
        self,
        service: CSCServiceSessionInfo,
        credential: CSCCredentialInfo,
        session: aiohttp.ClientSession,
        key: RemoteKey,
    ) -> None:
        super().__init__(service, credential)
        self._session, self._key = session, key

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """Return the leave."""
        question = self.format_csc_auth_request(pin=self._key.pin(), hash_b64s=hash_b64s)
        return self.parse_csc_auth_response(await self._key.ask(self._session, "credentials/authorize", question))
