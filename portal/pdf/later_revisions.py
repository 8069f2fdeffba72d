"""What was changed in revisions that came after the last signature, in the words of those who look at the page.

It only names what is refused already: whatever it misses is refused as a change of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils.generic import IndirectObject, PdfObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from portal.pdf.report import Problem

_MOST_PAGES: Final = 2_000
_DEEPEST: Final = 20
_LOOKS: Final = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate")
"""What a page looks like by."""
Names = set[tuple[int, int]]
"""Numbers and generations of objects."""


def describe(reader: PdfFileReader, since: int) -> tuple[Problem, ...]:
    """Return each kind of change after a revision; one that says that there is a change, if it is of no known kind."""
    before = reader.get_historical_resolver(since)
    after = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
    try:
        kinds = tuple(_kinds(before, after, _written_since(reader, since)))
    except Exception:  # noqa: BLE001  parsers raise errors of many kinds on hostile files
        kinds = ()
    return tuple(Problem(each) for each in kinds) or (Problem("changed_after_sealing"),)


def _written_since(reader: PdfFileReader, since: int) -> Names:
    revisions = range(since + 1, reader.xrefs.total_revisions)
    return {_name(each) for revision in revisions for each in reader.xrefs.explicit_refs_in_revision(revision)}


def _kinds(before: HistoricalResolver, after: HistoricalResolver, written: Names) -> Iterator[str]:
    old, new = list(_pages(before)), list(_pages(after))
    if [_name(each) for each in old] != [_name(each) for each in new]:
        yield "pages_changed_later"
    pairs = [(was.get_object(), page.get_object()) for was, page in zip(old, new, strict=False)]
    if any(_looks_different(after, was, page, written) for was, page in pairs) or _differs(
        after, "/OCProperties", written
    ):
        yield "content_replaced_later"
    if any(_annotations(was) != _annotations(page) for was, page in pairs):
        yield "annotated_later"
    if _fields(before) != _fields(after):
        yield "form_filled_later"
    if _differs(after, "/DSS", written) or ("/DSS" in before.root) != ("/DSS" in after.root):
        yield "validation_data_changed_later"


def _pages(document: HistoricalResolver) -> Iterator[IndirectObject]:
    waiting = [(document.root["/Pages"].raw_get("/Kids"), 0)]
    found = 0
    while waiting:
        kids, depth = waiting.pop()
        for kid in kids.get_object():
            below = kid.get_object()
            if "/Kids" in below and depth < _DEEPEST:
                waiting.append((below.raw_get("/Kids"), depth + 1))
            elif found < _MOST_PAGES:
                found += 1
                yield kid


def _name(reference: IndirectObject | Reference) -> tuple[int, int]:
    return reference.idnum, reference.generation


def _looks_different(after: HistoricalResolver, was: Any, page: Any, written: Names) -> bool:
    """Return whether a page names another content, or what it names was written anew."""
    for key in _LOOKS:
        if (key in was) != (key in page):
            return True
        if key in page and (was.raw_get(key) != page.raw_get(key) or _is_rewritten(after, page.raw_get(key), written)):
            return True
    return False


def _is_rewritten(after: HistoricalResolver, value: PdfObject, written: Names) -> bool:
    return any(_name(each) in written for each in after.collect_dependencies(value))


def _differs(after: HistoricalResolver, key: str, written: Names) -> bool:
    return key in after.root and _is_rewritten(after, after.root.raw_get(key), written)


def _annotations(page: Any) -> list[str]:
    """Return what lies upon a page, but for fields."""
    annotations = (each.get_object() for each in _found(page, "/Annots", ()))
    return [repr(each) for each in annotations if each.get("/Subtype") != "/Widget"]


def _fields(document: HistoricalResolver) -> list[tuple[str, str]]:
    """Return the fields of the form with their values, but for signatures."""
    form = _found(document.root, "/AcroForm", {})
    fields = (each.get_object() for each in _found(form, "/Fields", ()))
    return [(str(each.get("/T")), repr(each.get("/V"))) for each in fields if each.get("/FT") != "/Sig"]


def _found(dictionary: Any, key: str, otherwise: Any) -> Any:
    """Return what stands under a key, wherever it is written: `get` would return a reference to it."""
    return dictionary[key] if key in dictionary else otherwise  # noqa: SIM401
