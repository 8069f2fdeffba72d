"""What a spreadsheet program saves is a ZIP package: its directory is looked at before anything in it is opened."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

_ENTRY: Final = b"PK\x01\x02"
_LOCAL_HEADER: Final = 30
"""Bytes before the name, at the beginning of each part."""
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BEGINNING: Final = 4_096
_PROLOG: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*<[A-Za-z_]", re.DOTALL)
"""All that may stand before the first element, document types left out: only there could entities be declared."""


class PackageError(Exception):
    """The package is refused; the code says why: damaged, encrypted, macros, not_a_workbook, too_large, unsafe."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What an honest package stays below."""

    parts: int = 2_000
    unpacked: int = 200_000_000
    """Bytes of all parts together."""
    growth: int = 100
    """How many times larger than the file its parts may be."""


def open_package(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """Return a workbook's package whose directory is as honest programs write it.

    Raises:
        PackageError: it is not, or this is no workbook.
    """
    if content.count(_ENTRY) > 2 * limits.parts:
        raise PackageError("too_large")
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, EOFError) as error:
        raise PackageError("damaged") from error
    parts = package.infolist()
    names = [part.filename.lower() for part in parts]
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.parts or unpacked > min(limits.unpacked, limits.growth * len(content)):
        raise PackageError("too_large")
    _check_names(names)
    if any(part.flag_bits & 1 for part in parts):
        raise PackageError("encrypted")
    if package.comment or any(_is_strange(part) for part in parts) or not _lie_in_a_row(parts, package.start_dir):
        raise PackageError("unsafe")
    return package


def check_beginning(package: zipfile.ZipFile, part: str) -> None:
    """Refuse an XML part with a document type, or in an encoding that would hide one.

    Raises:
        PackageError: it has one, or cannot be unpacked.
    """
    try:
        with package.open(part) as stream:
            beginning = stream.read(_BEGINNING)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
        raise PackageError("damaged") from error
    if not _PROLOG.match(beginning):
        raise PackageError("unsafe")


def _check_names(names: list[str]) -> None:
    if any("vbaproject" in name for name in names):
        raise PackageError("macros")
    if len(set(names)) < len(names):
        raise PackageError("unsafe")
    if not {"[content_types].xml", "xl/workbook.xml"} <= set(names):
        raise PackageError("not_a_workbook")


def _is_strange(part: zipfile.ZipInfo) -> bool:
    """A name that leads elsewhere, a symbolic link, or packed as no spreadsheet program does."""
    name = part.filename
    leads_away = name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    return leads_away or is_link or not name.isprintable() or part.compress_type not in _METHODS


def _lie_in_a_row(parts: list[zipfile.ZipInfo], end: int) -> bool:
    """Whether the first part begins the file and none lies in another, unlike in polyglots and bombs."""
    reached = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < reached or (reached == 0 and part.header_offset > 0):
            return False
        reached = part.header_offset + _LOCAL_HEADER + len(part.filename) + part.compress_size
    return reached <= end
