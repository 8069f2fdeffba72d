"""Whether a file may be opened at all: what it is by its first bytes, and what the directory of its package says."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from questionnaires.minerals.refusals import NotReadable
from questionnaires.packages import Limits, PackageError, check_beginning, open_package

LARGEST_FILE: Final = 30_000_000
"""In bytes; a filled CMRT has one and a half million."""
LIMITS: Final = Limits(unpacked=100_000_000)
"""A filled template has some 12 MB."""

_BEGINNINGS: Final = (
    (b"%PDF-", "pdf"), (b"\xff\xd8\xff", "image"), (b"\x89PNG", "image"), (b"GIF8", "image"), (b"BM", "image"),
    (b"II*\x00", "image"), (b"MM\x00*", "image"), (b"Rar!", "archive"), (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ", "archive"), (b"{\\rtf", "document"),
    (b"MZ", "program"), (b"\x7fELF", "program"),
)  # fmt: skip
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of Office before 2007, and of packages under a password."""
_IN_OLE: Final = (("EncryptedPackage", "encrypted"), ("Workbook", "old_workbook"), ("Book", "old_workbook"))
_IN_ZIP: Final = (
    ("xl/workbook.bin", "binary_workbook"), ("word/", "document"), ("ppt/", "document"),
    ("content.xml", "open_document"), ("index/", "numbers"),
)  # fmt: skip
_HEAD: Final = 4_096
_HTML: Final = re.compile(rb"<!doctype html|<html|<table|mime-version:", re.IGNORECASE)
_XML_SPREADSHEET: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_READ: Final = re.compile(r"xl/(workbook|styles|sharedstrings|_rels/workbook\.xml|worksheets/[^/]+)\.(xml|rels)")
"""The parts that a reader of cells opens."""


def check_package(content: bytes) -> None:
    """Refuse what is no workbook, and a workbook that no honest spreadsheet program writes.

    Raises:
        NotReadable: each wrong kind of file by its own code.
    """
    if not content:
        raise NotReadable("empty")
    if len(content) > LARGEST_FILE:
        raise NotReadable("too_large")
    if not content.startswith(b"PK\x03\x04"):
        raise NotReadable(_what_else(content))
    try:
        with open_package(content, LIMITS) as package:
            for part in package.namelist():
                if _READ.fullmatch(part.lower()):
                    check_beginning(package, part)
    except PackageError as error:
        code = _what_zip(content) if error.code == "not_a_workbook" else error.code
        raise NotReadable(code) from error


def _what_else(content: bytes) -> str:
    if content.startswith(_OLE):
        return next((code for name, code in _IN_OLE if name.encode("utf-16-le") in content), "document")
    for beginning, code in _BEGINNINGS:
        if content.startswith(beginning):
            return code
    head = content[:_HEAD]
    if _XML_SPREADSHEET in head:
        return "xml_spreadsheet"
    if _HTML.search(head):
        return "web_page"
    return "text" if _is_text(head) else "unknown"


def _is_text(head: bytes) -> bool:
    """Whether it may be CSV or the like: hardly a control character in it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 9 or 13 < byte < 32 for byte in head)


def _what_zip(content: bytes) -> str:
    """Return what else it is, by the names in its directory, which has been looked at."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name.lower() for name in package.namelist()]
    for beginning, code in _IN_ZIP:
        if any(name.startswith(beginning) for name in names):
            return code
    return "archive"
