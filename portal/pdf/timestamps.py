"""Ask a time stamp authority (RFC 3161) over HTTP: one request, no redirects, a bounded and checked answer."""

import asyncio
import hashlib
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from asn1crypto import cms, tsp
from cryptography import x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from portal.failpoints import Point, reach
from portal.pdf.certificates import to_asn1

TIMEOUT_SECONDS: Final = 10
LARGEST_ANSWER: Final = 1_000_000
"""In bytes; a token with its certificates has some six thousand."""
TOLERANCE: Final = timedelta(seconds=60)
"""By how much the authority's clock may differ from ours, or nothing is signed: one of the two is wrong."""
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class TimestampError(OSError):
    """The authority gave no usable answer."""


class ClockError(TimestampError):
    """The authority's clock and ours differ by more than the tolerance."""


def addresses(text: str) -> tuple[str, ...]:
    """Return the addresses of authorities that a setting names, parted by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


class Authority(TimeStamper):
    """A time stamp authority at a fixed address, asked about the present moment; and its spare.

    The first that gives a usable stamp is asked from then on: what a document carries for later verification is about
    one authority.
    """

    def __init__(
        self, url: str, roots: Sequence[x509.Certificate], now: datetime, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._urls = addresses(url)
        self._url = url
        self._roots = roots
        self._now = now
        self._since = time.monotonic()
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self.certificate_ends: datetime | None = None
        """When the certificate ends with which the last stamp was signed."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token that verification will accept; raise `TimestampError` or its base `OSError`."""
        failures: list[Exception] = []
        for url in self._urls:
            self._url = url
            try:
                token = await self._asked(message_digest, md_algorithm)
            except OSError as error:
                failures.append(error)
            else:
                self._urls = (url,)
                return token
        kind = ClockError if any(isinstance(failure, ClockError) for failure in failures) else TimestampError
        raise kind("; ".join(str(failure) for failure in failures))

    async def _asked(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        reach(Point.STAMP_ASKED)
        token = await super().async_timestamp(message_digest, md_algorithm)
        reach(Point.STAMP_GIVEN)
        context = ValidationContext(
            trust_roots=[to_asn1(root) for root in self._roots], moment=self._now, allow_fetching=False
        )
        found = await validate_tst_signed_data(token["content"], context, lambda _: message_digest)
        status = TimestampSignatureStatus(**found)
        if not (status.intact and status.valid and status.trusted):
            raise TimestampError(f"{self._url}: the time stamp is not from an authority in tsa-roots")
        ours = self._now + timedelta(seconds=time.monotonic() - self._since)
        if abs(status.timestamp - ours) > TOLERANCE:
            raise ClockError(f"{self._url}: its clock says {status.timestamp}, ours {ours}")
        self.certificate_ends = status.signing_cert.not_valid_after
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return the authority's answer, unchecked; raise `TimestampError`."""
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._url, data=req.dump(), headers=_HEADERS, allow_redirects=False) as response,
            ):
                return tsp.TimeStampResp.load(await _body(response))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TimestampError(f"{self._url}: {type(error).__name__}: {error}") from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.status != 200:
        raise TimestampError(f"{response.url}: answered {response.status}")
    if response.content_type != "application/timestamp-reply":
        raise TimestampError(f"{response.url}: answered with {response.content_type}")
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise TimestampError(f"{response.url}: the answer has no end")
    return bytes(body)


def stamp(content: bytes, url: str, roots: Sequence[x509.Certificate], now: datetime) -> bytes:
    """Return the authority's answer about some bytes, as `openssl ts -verify -in` reads it.

    Raises:
        TimestampError: see `Authority`.
        OSError: the authority cannot be reached.
    """
    digest = hashlib.sha256(content).digest()
    token = asyncio.run(Authority(url, roots, now).async_timestamp(digest, "sha256"))
    answer: bytes = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump()
    return answer
