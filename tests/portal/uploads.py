"""Small files of each kind, whole and otherwise, for tests of uploads."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
PARTS = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


def workbook(
    parts: dict[str, bytes] | None = None, *, extra: list[tuple[str | zipfile.ZipInfo, bytes]] | None = None
) -> bytes:
    """Return a ZIP with a workbook's parts and some more."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (PARTS if parts is None else parts).items():
            archive.writestr(name, content)
        for place, content in extra or []:
            archive.writestr(place, content)
    return stream.getvalue()


def link_entry(name: str = "xl/link") -> zipfile.ZipInfo:
    """Return a ZIP entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry
