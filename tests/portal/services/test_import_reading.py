"""Reading supplier files: every way that a spreadsheet program may have written them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from portal.models import Criticality, SupplierType
from portal.services import workbook_child
from portal.services.import_columns import CellError, Column, column_of, read_cell
from portal.services.import_reading import ImportFileError, read_table, template
from portal.services.workbook_child import WorkbookError, check_package, read_workbook

ENGLISH = "name,country,contact_email\nBjørk & Sønn,NO,kari@bjork.example\n"
NORWEGIAN = "Kontakt e-post;Leverandør;Land;Farge\nkari@bjork.example;Bjørk & Sønn;Norge;rød\n"
DECOMPRESSED_SHEET = '<worksheet><sheetData><row r="1">{}</row></sheetData></worksheet>'


def workbook(*rows: list[object]) -> bytes:
    """Return an XLSX file with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def package(**parts: str) -> bytes:
    """Return a ZIP with the least that a workbook has, and these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", **parts}.items():
            archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        ENGLISH.encode(),
        ENGLISH.encode("utf-8-sig"),
        ENGLISH.encode("cp1252"),
        ENGLISH.replace(",", ";").encode(),
        ENGLISH.replace(",", "\t").encode("utf-16"),
        NORWEGIAN.encode("cp1252"),
        ("sep=;\r\n" + NORWEGIAN).encode(),
        workbook(["Country", "Name", "E-mail"], ["NO", "Bjørk & Sønn", "kari@bjork.example"]),
    ],
    ids=["utf-8", "with mark", "windows-1252", "semicolon", "tab in utf-16", "norwegian", "sep line", "workbook"],
)
def test_one_table_in_many_writings(content: bytes) -> None:
    (row,) = read_table(content).rows

    assert row.number == 2
    assert row.cells[Column.NAME] == "Bjørk & Sønn"
    assert row.cells[Column.CONTACT_EMAIL] == "kari@bjork.example"


def test_an_unknown_heading_is_named_and_not_read() -> None:
    table = read_table(NORWEGIAN.encode())

    assert table.ignored == ("Farge",)
    assert "rød" not in table.rows[0].cells.values()


def test_the_template_can_be_read_back() -> None:
    table = read_table(template())

    assert set(table.columns) == set(Column)
    assert all(read_cell(column, text) is not None for column, text in table.rows[0].cells.items())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x81\x8d\x00", "encoding"),
        (b"just words\nand more", "not_a_table"),
        (b"name,criticality\nA,B", "headings_missing"),
        (b"name,navn,country\nA,B,NO", "heading_twice"),
        (b"name,country\n" + b"A,NO\n" * 10_001, "too_many_rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
        (b"PK\x03\x04 but no workbook", "workbook_unreadable"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(ImportFileError) as caught:
        read_table(content)

    assert caught.value.code == code


def test_control_characters_do_not_come_through() -> None:
    content = workbook(["name", "country"], ["Evil_x000D__x000A_Bcc: all@supplier.example", "NO"])

    assert read_table(content).rows[0].cells[Column.NAME] == "Evil Bcc: all@supplier.example"


def test_numbers_in_a_workbook_stay_as_people_wrote_them() -> None:
    content = workbook(["name", "country", "national_id", "minerals_relevant"], ["A", "NO", 999888777, True])

    cells = read_table(content).rows[0].cells

    assert (cells[Column.NATIONAL_ID], cells[Column.MINERALS_RELEVANT]) == ("999888777", "yes")


def test_one_far_cell_does_not_take_the_portal_down() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "name"
    book.worksheets[0]["XFD1048576"] = "far away"
    file = io.BytesIO()
    book.save(file)

    with pytest.raises(WorkbookError) as caught:
        read_workbook(file.getvalue())

    assert caught.value.code == "too_large"


def test_a_reader_that_dies_is_an_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_child, "_PROJECT", Path("/nowhere"))

    with pytest.raises(WorkbookError) as caught:
        read_workbook(workbook(["name", "country"]))

    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (package(**{"xl/vbaProject.bin": "macro"}), "macros"),
        (package(**{"../outside.xml": "<a/>"}), "unsafe"),
        (package(**{"xl/sharedStrings.xml": '<!DOCTYPE a [<!ENTITY b "c">]><sst/>'}), "unsafe"),
        (package(**{"XL/Workbook.xml": "<workbook/>"}), "unsafe"),
        (package(**{"xl/media/bomb.bin": "0" * 5_000_000}), "too_large"),
        (package(**{"xl/worksheets/sheet1.xml": DECOMPRESSED_SHEET.format("<c r='XFD9999'/>")}), "too_large"),
    ],
    ids=["macros", "leads outside", "document type", "name twice", "bomb", "far cell"],
)
def test_a_package_that_no_honest_program_writes_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        check_package(content)

    assert caught.value.code == code


@pytest.mark.parametrize("heading", ["Contact e-mail", "kontakt-epost", "EPOST", " contact_email "])
def test_headings_are_known_however_they_are_written(heading: str) -> None:
    assert column_of(heading) is Column.CONTACT_EMAIL


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (Column.COUNTRY, "no", "NO"),
        (Column.COUNTRY, "Norge", "NO"),
        (Column.COUNTRY, "germany", "DE"),
        (Column.COUNTRY, "Tyskland", "DE"),
        (Column.COUNTRY, "Storbritannia", "GB"),
        (Column.CRITICALITY, "b", Criticality.B),
        (Column.PRODUCT_GROUPS, "Cables | Housings;Cables", ("Cables", "Housings")),
        (Column.SUPPLIER_TYPE, "Produsent", SupplierType.MANUFACTURER),
        (Column.SUPPLIER_TYPE, "forhandler", SupplierType.RESELLER),
        (Column.MINERALS_RELEVANT, "Ja", True),
        (Column.MINERALS_RELEVANT, "x", True),
        (Column.MINERALS_RELEVANT, "nei", False),
        (Column.LANGUAGE, "Norsk", "nb"),
        (Column.CONTACT_EMAIL, "Kari@Bjork.EXAMPLE", "Kari@bjork.example"),
    ],
)
def test_cells_are_understood(column: Column, text: str, value: object) -> None:
    assert read_cell(column, text) == value


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        (Column.COUNTRY, "Atlantis", "country_unknown"),
        (Column.COUNTRY, "EU", "country_unknown"),
        (Column.CRITICALITY, "D", "criticality_unknown"),
        (Column.SUPPLIER_TYPE, "friend", "supplier_type_unknown"),
        (Column.MINERALS_RELEVANT, "perhaps", "yes_or_no_unknown"),
        (Column.LANGUAGE, "Klingon", "language_unknown"),
        (Column.CONTACT_EMAIL, "kari@", "email_invalid"),
        (Column.CONTACT_EMAIL, "a@b.example, evil@x.example", "email_invalid"),
        (Column.NAME, "n" * 201, "too_long"),
        (Column.NATIONAL_ID, "1" * 65, "too_long"),
    ],
)
def test_cells_that_say_something_else_are_refused(column: Column, text: str, code: str) -> None:
    with pytest.raises(CellError) as caught:
        read_cell(column, text)

    assert caught.value.code == code
