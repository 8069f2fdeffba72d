"""Why a file that a supplier signed itself is not taken, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from portal.pdf.brought_report import Refusal

SENTENCES: Mapping[Refusal, LazyString] = {
    Refusal.NOT_A_PDF: lazy_gettext("“%(name)s” is not a PDF. Choose the PDF that your program saved after signing."),
    Refusal.TOO_LARGE: lazy_gettext(
        "“%(name)s” is too large. Sign the document that you downloaded here, and add nothing to it."
    ),
    Refusal.OTHER_BYTES: lazy_gettext(
        "“%(name)s” is not one of these documents, or your program wrote it anew. Download the document here and sign "
        "that very file, without printing, converting or optimising it."
    ),
    Refusal.ENCRYPTED: lazy_gettext(
        "“%(name)s” is protected by a password. Download the document again and sign it without protecting it."
    ),
    Refusal.UNREADABLE: lazy_gettext(
        "“%(name)s” cannot be read: it is damaged or not complete. Download the document again, sign that, and upload "
        "what your program saved."
    ),
    Refusal.UNSIGNED: lazy_gettext(
        "“%(name)s” carries no signature: it is the document as you downloaded it. Sign it in your program, save it, "
        "and upload the saved file."
    ),
    Refusal.CHANGED: lazy_gettext(
        "In “%(name)s” there is more than signatures: a page, a comment, a stamp, a filled field or something else was "
        "added. Download the document again and add nothing but signatures."
    ),
    Refusal.COVERING: lazy_gettext(
        "In “%(name)s” a visible signature lies over the document. Sign in the empty field, below it on the same page, "
        "or invisibly."
    ),
    Refusal.ACTIVE: lazy_gettext(
        "“%(name)s” holds something that could run, open an address or carry a file. Sign with a plain signature, "
        "without such additions."
    ),
    Refusal.LOCKED: lazy_gettext(
        "The signature in “%(name)s” locks the document, so the portal could not seal it. Download it again and sign "
        "without locking; if you certify the document, allow form filling and signing afterwards."
    ),
    Refusal.SEAL_FIELD_TAKEN: lazy_gettext(
        "In “%(name)s” you signed in the field of the portal's seal. Download the document again and sign in the field "
        "“Signature of the signatory”."
    ),
    Refusal.BROKEN: lazy_gettext(
        "A signature in “%(name)s” does not hold: it is damaged, or covers something else. Download the document again "
        "and sign that."
    ),
    Refusal.WEAK: lazy_gettext(
        "The signature in “%(name)s” is of an old form that is no longer safe. Choose SHA-256 in your program, and "
        "PAdES or PKCS#7 as the form, and sign again."
    ),
    Refusal.REVOKED: lazy_gettext(
        "“%(name)s” itself says that a certificate in it was revoked. Sign with a certificate that is in force."
    ),
    Refusal.ENDED: lazy_gettext(
        "A certificate in “%(name)s” is not valid today. Sign with one that is, and upload that."
    ),
}
"""A test holds that none is missing."""


def explain(refusal: Refusal, filename: str) -> str:
    """Return the sentence about a file."""
    return str(SENTENCES[refusal]) % {"name": filename}
