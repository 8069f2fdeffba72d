"""Make a signed declaration last (PAdES B-LTA).

It gets the certificates and revocation data of all that signed it, and a document time stamp over everything; and,
before that stamp's own certificate ends, another one over it.

Level B-LT alone is not made: validation data after the seal that no time stamp covers is what the strict rule refuses.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.validation import DocumentSecurityStore, collect_validation_info
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import FetchLimits

from portal.pdf.certificates import to_asn1
from portal.pdf.fields import Revision, new_revision
from portal.pdf.timestamps import TIMEOUT_SECONDS, Authority, TimestampError

_RESERVED: Final = 16_384
"""For the time stamp, in hexadecimal digits; see `signing`."""
_LIMITS: Final = FetchLimits(max_requests=20, max_cert_requests=0, max_aia_urls_per_object=0)
"""What is asked for is the revocation data of the installation's own authorities, nothing else."""
_BEFORE_THE_STAMP: Final = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
"""The stamp must be the last thing in the file: validation data after it would not be covered by it."""


def archive(
    pdf: bytes,
    authority: Authority,
    roots: Sequence[x509.Certificate],
    crls: Iterable[bytes],
    now: datetime,
    fields: Collection[str] | None = None,
) -> bytes:
    """Return the signed document with validation data for all of its signatures under a document time stamp.

    Args:
        pdf: with a time stamp in each signature (B-T).
        authority: gives the document time stamp.
        roots: all that the signatures and stamps lead to; of several with the same name only the last is used.
        crls: of the portal's own roots, in DER; those of the authority are fetched from where its certificate says.
        now: the moment that certificates and revocation data are judged at.
        fields: of which signatures; None: of all. Never of a stranger's, whose certificate says where to fetch from.

    Raises:
        TimestampError: the authority gave no usable stamp.
        OSError, pyhanko_certvalidator errors: revocation data cannot be had, or something is revoked.
    """
    names = fields or {each.field_name for each in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures}
    return asyncio.run(_append(pdf, authority, _context_settings(roots, crls, now), names))


def renew(
    pdf: bytes, authority: Authority, roots: Sequence[x509.Certificate], crls: Iterable[bytes], now: datetime
) -> bytes:
    """Return the document with one more document time stamp over all that is there; for the rest see `archive`."""
    return asyncio.run(_append(pdf, authority, _context_settings(roots, crls, now), ()))


def _context_settings(roots: Sequence[x509.Certificate], crls: Iterable[bytes], now: datetime) -> dict[str, Any]:
    return {
        # With two of the same name, as after a change of keys, the library may ask the wrong one who signed a list.
        "trust_roots": [to_asn1(root) for root in {root.subject: root for root in roots}.values()],
        "crls": list(crls),
        "moment": now,
        "revocation_mode": "hard-fail",
        # the authority's clock may be some seconds ahead of ours, and its list issued in this very moment
        "retroactive_revinfo": True,
    }


async def _append(pdf: bytes, authority: Authority, settings: dict[str, Any], fields: Collection[str]) -> bytes:
    async with _session() as session:
        backend = AIOHttpFetcherBackend(session, per_request_timeout=TIMEOUT_SECONDS, limits=_LIMITS)
        context = ValidationContext(allow_fetching=True, fetcher_backend=backend, **settings)
        revision = new_revision(pdf)
        if fields:
            await _add_validation_data(revision, pdf, context, fields)
        output = io.BytesIO()
        # An invisible widget that no structure element names must lie outside of the page (PDF/UA-1).
        stamper = PdfTimeStamper(authority, invis_settings=InvisSigSettings(box_out_of_bounds=True))
        await stamper.async_timestamp_pdf(
            revision,
            "sha256",
            validation_context=context,
            bytes_reserved=_RESERVED,
            dss_settings=_BEFORE_THE_STAMP,
            embed_roots=False,
            output=output,
        )
        return output.getvalue()


async def _add_validation_data(
    revision: Revision, pdf: bytes, context: ValidationContext, fields: Collection[str]
) -> None:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    for signature in (each for each in signatures if each.field_name in fields):
        paths = await collect_validation_info(signature, context)
        DocumentSecurityStore.supply_dss_in_writer(
            revision, None, paths=paths, validation_context=context, embed_roots=False
        )


def _session() -> aiohttp.ClientSession:
    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(_refuse_redirect)
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS), trace_configs=[tracing])


async def _refuse_redirect(
    session: aiohttp.ClientSession, context: SimpleNamespace, parameters: aiohttp.TraceRequestRedirectParams
) -> None:
    del session, context
    raise TimestampError(f"{parameters.url}: revocation data is not where it was said to be, but somewhere else")
