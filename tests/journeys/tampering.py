"""Ways to spoil a signed PDF."""

from __future__ import annotations

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def changed_byte(pdf: bytes) -> bytes:
    """Flip one bit in the middle of the document as it was signed."""
    place = pdf.index(b"stream", len(pdf) // 4) + 20
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def page_added(pdf: bytes) -> bytes:
    """Add a page by an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    pages = writer.root["/Pages"]
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            generic.pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages["/Kids"])
    writer.update_container(pages)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def junk_at_the_end(pdf: bytes) -> bytes:
    """Append one byte."""
    return pdf + b"x"
