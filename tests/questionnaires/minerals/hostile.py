"""Files that are no workbook, are broken, or attack whoever reads them, each with the code of its refusal."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

from tests.questionnaires.minerals.workbooks import Book, build, cells_of, sheet_xml, zipped

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
DECLARATION_PART, SMELTER_PART = "xl/worksheets/sheet4.xml", "xl/worksheets/sheet5.xml"
STRINGS_PART = "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "ha">{_ENTITIES}]>'
_OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(**parts: str | bytes) -> bytes:
    """Return a good workbook with parts replaced or added."""
    return zipped({**parts_of(build()), **parts})


def with_entries(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """Return a good workbook with entries whose directory says what it wants."""
    file = io.BytesIO(build())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        for entry, content in entries:
            package.writestr(entry, content)
    return file.getvalue()


def entry(name: str, *, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Return an entry's line in the directory."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, method
    return info


def twice() -> bytes:
    """Return a workbook with two declarations under names that differ in case only."""
    return with_entries((entry(DECLARATION_PART.replace("sheet", "Sheet")), b"<worksheet/>"))


def declaring(text: str, part: str = SMELTER_PART) -> bytes:
    """Return a workbook with a document type in a part."""
    xml = parts_of(build())[part].decode()
    head, _, rest = xml.partition("\n")
    return changed(**{part: f"{head}\n{text}{rest}"})


def in_utf_16() -> bytes:
    """Return a workbook with a sheet in an encoding that hides what it declares."""
    sheet = f'<?xml version="1.0" encoding="UTF-16"?>{_OUTSIDE}<worksheet xmlns="{_MAIN}"/>'
    return changed(**{SMELTER_PART: sheet.encode("utf-16")})


def far_cell() -> bytes:
    """Return a workbook of which a reader wants room for 17 thousand million cells."""
    book = Book()
    cells = cells_of(book)["Smelter List"] | {"XFD1048576": "far"}
    return changed(**{SMELTER_PART: sheet_xml(cells)})


def wide() -> bytes:
    """Return a workbook with a sheet that is larger than any template's, though not too large for memory."""
    return changed(**{SMELTER_PART: sheet_xml({"A1": "x", "ALL4000": "far"})})


def many_rows() -> bytes:
    """Return a workbook with more smelters than there are."""
    rows = "".join(f"<row r='{n}'><c r='A{n}'><v>1</v></c></row>" for n in range(5, 60_005))
    return changed(**{SMELTER_PART: f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'})


def long_text() -> bytes:
    """Return a workbook with one long text, of which its directory says nothing."""
    return lying({STRINGS_PART: _strings(b"A" * 80_000_000)}, says=50_000)


def many_strings() -> bytes:
    """Return a workbook with millions of strings, of which its directory says nothing."""
    return lying({STRINGS_PART: _strings(b"</t></si><si><t>" * 3_000_000)}, says=50_000)


def _strings(inner: bytes) -> bytes:
    return b'<sst xmlns="%s"><si><t>%s</t></si></sst>' % (_MAIN.encode(), inner)


def lying(parts: Mapping[str, bytes], says: int) -> bytes:
    """Return a workbook whose directory lies about how large these parts become."""
    relations = parts_of(build())["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
        b' Target="sharedStrings.xml"/></Relationships>',
    )
    content = bytearray(changed(**{"xl/_rels/workbook.xml.rels": relations, **parts}))
    for name in parts:
        place = content.rindex(name.encode()) - 46  # its line in the directory, which comes last
        struct.pack_into("<I", content, place + 24, says)
    return bytes(content)


def bomb() -> bytes:
    """Return a workbook that says itself how large it becomes."""
    return changed(**{"xl/media/image1.bin": b"\0" * 20_000_000})


def overlapping() -> bytes:
    """Return a workbook in which two names share the same packed bytes."""
    content = bytearray(build())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    third = content.index(b"PK\x01\x02", second + 4)
    content[third + 42 : third + 46] = content[second + 42 : second + 46]
    return bytes(content)


def encrypted_entries() -> bytes:
    """Return a ZIP whose parts are marked as encrypted."""
    content = bytearray(build())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def corrupt(part: str) -> bytes:
    """Return a workbook with a part whose packed bytes are noise."""
    content = bytearray(build())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        info = package.getinfo(part)
    start = info.header_offset + 30 + len(part)
    content[start : start + info.compress_size] = b"\xff" * info.compress_size
    return bytes(content)


def too_many_parts() -> bytes:
    """Return a workbook with thousands of parts."""
    return with_entries(*((entry(f"xl/media/{number}.bin"), b"") for number in range(4_100)))


def document(place: str) -> bytes:
    """Return a package of another office program."""
    return zipped({"[Content_Types].xml": "<Types/>", place: "<x/>"})


def commented() -> bytes:
    """Return a workbook with something else behind it."""
    file = io.BytesIO(build())
    with zipfile.ZipFile(file, "a") as package:
        package.comment = b"<html><script>alert(1)</script></html>"
    return file.getvalue()


def half_a_sheet() -> bytes:
    """Return a workbook with a sheet that stops in the middle of a cell."""
    xml = parts_of(build())[DECLARATION_PART]
    return changed(**{DECLARATION_PART: xml[: len(xml) // 2]})


def without_a_part() -> bytes:
    """Return a workbook whose only sheets lead to a part that is not there."""
    parts = parts_of(build())
    del parts[DECLARATION_PART]
    return zipped(parts)


HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "picture as .xlsx": (lambda: JPEG, "image"),
    "other picture": (lambda: PNG, "image"),
    "PDF": (lambda: PDF, "pdf"),
    "PDF with a workbook behind": (lambda: PDF + build(), "pdf"),
    "web page": (lambda: b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "web_page"),
    "table as .xls": (lambda: b"<table><tr><td>Yes</td></tr></table>", "web_page"),
    "XML of 2003": (lambda: XML_2003, "xml_spreadsheet"),
    "CSV": (lambda: b"Metal;Smelter\r\nTin;Fjord\r\n", "text"),
    "old .xls": (lambda: OLE + "Workbook".encode("utf-16-le"), "old_workbook"),
    "password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "old Word": (lambda: OLE + "WordDocument".encode("utf-16-le"), "document"),
    "rich text": (lambda: b"{\\rtf1\\ansi}", "document"),
    "program": (lambda: b"MZ\x90\0\x03", "program"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\0", "archive"),
    "noise": (lambda: bytes(range(256)) * 8, "unknown"),
    "Word": (lambda: document("word/document.xml"), "document"),
    "OpenDocument": (lambda: document("content.xml"), "open_document"),
    "binary workbook": (lambda: document("xl/workbook.bin"), "binary_workbook"),
    "Numbers": (lambda: document("Index/Document.iwa"), "numbers"),
    "workbook in a ZIP": (lambda: zipped({"CMRT.xlsx": build()}), "archive"),
    "four bytes": (lambda: b"PK\x03\x04", "damaged"),
    "first half": (lambda: build()[:4_000], "damaged"),
    "last byte missing": (lambda: build()[:-1], "damaged"),
    "parts marked encrypted": (encrypted_entries, "encrypted"),
    "macros": (lambda: changed(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "name that climbs": (lambda: with_entries((entry("../../etc/cron.d/x"), b"x")), "unsafe"),
    "absolute name": (lambda: with_entries((entry("/etc/x"), b"x")), "unsafe"),
    "Windows name": (lambda: with_entries((entry("C:\\x"), b"x")), "unsafe"),
    "symbolic link": (lambda: with_entries((entry("xl/l", mode=0o120777), b"/etc/passwd")), "unsafe"),
    "name twice": (twice, "unsafe"),
    "odd packing": (lambda: with_entries((entry("xl/x", method=zipfile.ZIP_LZMA), b"x")), "unsafe"),
    "parts in one another": (overlapping, "unsafe"),
    "two packages in one": (lambda: build() + build(), "unsafe"),
    "web page behind": (commented, "unsafe"),
    "outside entity": (lambda: declaring(_OUTSIDE), "unsafe"),
    "billion laughs": (lambda: declaring(_LAUGHS, "xl/styles.xml"), "unsafe"),
    "entity after a comment": (lambda: declaring(f"<!--{'x' * 5_000}-->{_OUTSIDE}"), "unsafe"),
    "UTF-16": (in_utf_16, "unsafe"),
    "bomb": (bomb, "too_large"),
    "thousands of parts": (too_many_parts, "too_large"),
    "cells too many": (wide, "too_large"),
    "rows too many": (many_rows, "too_large"),
    "far cell": (far_cell, "stopped"),
    "one long text, denied": (long_text, "unreadable"),
    "millions of strings, denied": (many_strings, "unreadable"),
    "noise for a sheet": (lambda: corrupt(DECLARATION_PART), "damaged"),
    "noise for the types": (lambda: changed(**{"xl/workbook.xml": b"\0" * 90}), "unsafe"),
    "no workbook in it": (lambda: changed(**{"xl/workbook.xml": b"<workbook/>"}), "no_declaration"),
    "sheet that stops": (half_a_sheet, "unreadable"),
    "sheet missing": (without_a_part, "unreadable"),
}
"""What it is → a maker of the file, and the code."""
