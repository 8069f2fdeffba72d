"""Ask a time stamp authority (RFC 3161) over HTTP: one request, no redirects, a bounded answer."""

from typing import Final
from urllib.parse import urlsplit

import aiohttp
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

TIMEOUT_SECONDS: Final = 10
_LARGEST_ANSWER: Final = 1_000_000
"""In bytes; a token with its certificates has some six thousand."""
_HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class TimestampError(OSError):
    """The authority gave no usable answer."""


class Authority(TimeStamper):
    """A time stamp authority at a fixed address."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise TimestampError(f"not a web address: {url!r}")
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return the authority's answer; raise `TimestampError`."""
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
        if len(body) > _LARGEST_ANSWER:
            raise TimestampError(f"{response.url}: the answer has no end")
    return bytes(body)
