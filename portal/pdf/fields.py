"""Put empty signature fields into a typeset document, which stays accessible and archivable once signed."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
    enumerate_sig_fields,
)

SUPPLIER = "Supplier"
SEAL = "Seal"
MOST_SIGNATORIES = 7
_PAGE_HEIGHT = 841.89
"""Of A4, in points."""


def signatory_fields(count: int) -> list[str]:
    """Return the names of the fields that so many people sign, in order: `Supplier`, `Supplier-2`, `Supplier-3`."""
    return [SUPPLIER, *(f"{SUPPLIER}-{number}" for number in range(2, count + 1))]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a signature field lies: points from the upper left corner of a page, pages counted from 1."""

    name: str
    label: str
    page: int
    x: float
    y: float
    width: float
    height: float

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Return the box as PDF counts: left, bottom, right, top, from the lower left corner of the page."""
        top = _PAGE_HEIGHT - self.y
        return int(self.x), int(top - self.height), int(self.x + self.width), int(top)


class Revision(IncrementalPdfFileWriter):
    """An incremental update in which nothing depends on the clock or on chance."""

    def _update_meta(self) -> None:
        """Leave the document's metadata as it was: rewriting it would break PDF/A."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        """Number the revision by what it follows."""
        identity = super()._handle_id(prev)  # type: ignore[no-untyped-call]
        prev.stream.seek(0)
        digest = hashlib.sha256(prev.stream.read()).digest()
        return generic.ArrayObject([identity[0], generic.ByteStringObject(digest[:16])])


def new_revision(pdf: bytes) -> Revision:
    """Return a writer that appends to the document; what it writes starts with these very bytes."""
    return Revision(io.BytesIO(pdf))


def add_signature_fields(pdf: bytes, boxes: Iterable[Box]) -> bytes:
    """Return the document with an empty, tagged field for each box, ending with a new line."""
    # PDF/A 6.1.9: the next revision must begin on a new line, and the typesetter ends without one.
    writer = new_revision(pdf.rstrip(b"\r\n") + b"\n")
    for box in boxes:
        append_signature_field(writer, _specification(box))
        _tag(writer, box)
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    finished = output.getvalue()
    return finished if finished.endswith(b"\n") else finished + b"\n"


def _specification(box: Box) -> SigFieldSpec:
    if box.name != SEAL:
        return SigFieldSpec(box.name, on_page=box.page - 1, box=box.corners, readable_field_name=box.label)
    # Once sealed, only validation data and document time stamps may be added.
    return SigFieldSpec(
        box.name,
        on_page=box.page - 1,
        box=box.corners,
        readable_field_name=box.label,
        field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL),
        doc_mdp_update_value=MDPPerm.NO_CHANGES,
    )


def _tag(writer: IncrementalPdfFileWriter, box: Box) -> None:
    """Make the field's widget a form element in the structure tree (PDF/UA-1 7.18.4)."""
    field = next(reference for _, _, reference in enumerate_sig_fields(writer, with_name=box.name))
    widget = field.get_object()
    tree = writer.root["/StructTreeRoot"]
    children = tree["/K"]
    is_list = isinstance(children, generic.ArrayObject)
    document = children.raw_get(0) if is_list else tree.raw_get("/K")
    reference = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): widget.raw_get("/P")}
    )
    element = writer.add_object(_form_element(document, box, reference))
    document.get_object()["/K"].append(element)
    writer.update_container(document.get_object())
    _register(writer, tree, widget, element)


def _form_element(parent: generic.PdfObject, box: Box, reference: generic.DictionaryObject) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/StructElem"),
            pdf_name("/S"): pdf_name("/Form"),
            pdf_name("/P"): parent,
            pdf_name("/Alt"): pdf_string(box.label),
            pdf_name("/K"): reference,
        }
    )


def _register(
    writer: IncrementalPdfFileWriter,
    tree: generic.DictionaryObject,
    widget: generic.DictionaryObject,
    element: generic.IndirectObject,
) -> None:
    """Enter the element under the next free number, by which the widget finds it."""
    number = generic.NumberObject(int(tree["/ParentTreeNextKey"]))
    parents = tree["/ParentTree"]
    parents["/Nums"].extend([number, element])
    writer.update_container(parents)
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(number + 1)
    writer.update_container(tree)
    widget[pdf_name("/StructParent")] = number
    writer.update_container(widget)
