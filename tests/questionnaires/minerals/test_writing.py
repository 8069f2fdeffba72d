"""A declaration written into a blank template: the same when read back, and nothing of the template lost."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from questionnaires.minerals import wording
from questionnaires.minerals.checker import missing
from questionnaires.minerals.contributions import Contributions
from questionnaires.minerals.declaring import Company, declare
from questionnaires.minerals.layout import CHECKER, DECLARATION, PRODUCTS, SMELTERS, layout_of
from questionnaires.minerals.model import Kind, Mineral, ProductRow, SmelterRow, Workbook
from questionnaires.minerals.reading import read
from questionnaires.minerals.references import References
from questionnaires.minerals.rollup import roll_up
from questionnaires.minerals.writing import NotWritable, expected, write
from tests.questionnaires.minerals.declared import COMPANY, declared, not_identified, not_listed
from tests.questionnaires.minerals.test_rollup import source
from tests.questionnaires.minerals.workbooks import (
    SMELTERS_KNOWN,
    VERSIONS,
    Book,
    Formula,
    build,
    cells_of,
    order_of,
    pack,
    smelter,
    zipped,
)  # fmt: skip
from tests.servers import do_without

_BESIDE = [parent / "shared" / "minerals" / "templates" for parent in Path(__file__).parents]
TEMPLATES = next((folder for folder in _BESIDE if folder.is_dir()), _BESIDE[0])
PUBLISHED = ("RMI_CMRT_6.22.xlsx", "RMI_EMRT_2.1.xlsx")
AWKWARD = "=HYPERLINK(\"x\") & <b>Æ</b> 'ønsket' _x0041_ ]]>"
ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def blank_template(
    kind: Kind = Kind.CMRT, version: str = "6.5", more: Mapping[str, bytes | str] | None = None
) -> bytes:
    """Return a template that nobody has filled in, its lines formulas; `more` are parts of the package."""
    book = Book(kind, version)
    sheets = cells_of(book)
    plan = layout_of(kind, version)
    kept = {"J3", "D2", *plan.selectors}
    sheets[DECLARATION] = {
        cell: value for cell, value in sheets[DECLARATION].items() if cell in kept and value is not None
    }
    formulas = [name for name in smelter(SMELTERS_KNOWN[0]) if name != "id_typed"]
    letters = {"metal": "B", "lookup": "C", "country": "E", "smelter_id": "F"}
    lines = {f"{letters[name]}{row}": Formula(f'"{name}"', "") for name in formulas if name in letters
             for row in range(5, 12)}  # fmt: skip
    sheets[SMELTERS] = {"Q3": f"Revision {version}\n{book.released}", "A4": "x", **lines}
    sheets[CHECKER] = {"D2": Formula("COUNTBLANK(Declaration!D8)", "1")}
    sheets[PRODUCTS] |= {"B12": Formula('"©"', "© somebody")}
    return pack({name: sheets.get(name, {}) for name in order_of(book)}, more)


def full(kind: Kind, version: str) -> Workbook:
    """Return a declaration with smelters of every sort, products, and texts that look like something else."""
    declaration = declared(kind, version)
    mineral = next(mineral for mineral in declaration.minerals if mineral in (Mineral.TIN, Mineral.COBALT))
    listed = next(line for line in SMELTERS_KNOWN if line.metal == mineral)
    known = SmelterRow(
        0, listed.smelter_id, mineral, listed.alias, "", "", listed.smelter_id,
        comments=AWKWARD, mine_names="Gruve 1", recycled="No",
    )  # fmt: skip
    return replace(
        declaration,
        smelters=(known, replace(not_listed(mineral, 0), city="Ålesund"), not_identified(mineral, 0)),
        products=(ProductRow(0, "1-2", "=1+1"), ProductRow(0, "P 2", AWKWARD)),
    )


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_what_is_written_is_read_back(kind: Kind, version: str) -> None:
    template, declaration = blank_template(kind, version), full(kind, version)
    written = read(write(template, declaration))
    wanted = expected(declaration, read(template, with_references=True))
    assert [written.answers, written.company_answers, written.minerals, written.products, written.smelters] == [
        wanted.answers, wanted.company_answers, wanted.minerals, wanted.products, wanted.smelters,
    ]  # fmt: skip
    assert {name: entry.value for name, entry in written.company.items()} == COMPANY | {
        name: "" for name in wanted.company if name not in COMPANY
    }


def test_openpyxl_reads_the_same_and_takes_no_text_for_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write(blank_template(), full(Kind.CMRT, "6.5"))))
    smelters, products = book[SMELTERS], book[PRODUCTS]
    assert [smelters["A5"].value, smelters["B5"].value, smelters["B6"].value] == ["CID900001", '="metal"', "Tin"]
    assert [products["C6"].value, products["C6"].data_type, smelters["Q5"].data_type] == ["=1+1", "s", "s"]
    assert str(book[DECLARATION]["D22"].value) in ("2026-05-01 00:00:00", "46143")


def test_every_part_that_is_not_written_stays_byte_for_byte() -> None:
    template = blank_template(more={"xl/media/logo.png": b"\x89PNG kept", "docProps/app.xml": "<Properties/>"})
    before, after = (zipfile.ZipFile(io.BytesIO(each)) for each in (template, write(template, full(Kind.CMRT, "6.5"))))
    assert after.namelist() == before.namelist()
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    places = {f"xl/worksheets/sheet{1 + order_of(Book()).index(name)}.xml"
              for name in (DECLARATION, SMELTERS, CHECKER, PRODUCTS)}  # fmt: skip
    assert changed == places | {"xl/workbook.xml"}


def test_the_written_workbook_is_calculated_on_opening_in_an_order_of_its_own() -> None:
    template = blank_template()
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    relation = b'<Relationship Id="rId99" Type="http://x/calcChain" Target="calcChain.xml"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", relation)
    parts["[Content_Types].xml"] = bytes(parts["[Content_Types].xml"]).replace(
        b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>'
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", b'<calcPr calcId="191029"/></workbook>')
    with zipfile.ZipFile(io.BytesIO(write(zipped({**parts, "xl/calcChain.xml": "<calcChain/>"}), declared()))) as done:
        assert b'<calcPr calcId="191029" fullCalcOnLoad="1"/>' in done.read("xl/workbook.xml")
        assert "xl/calcChain.xml" not in done.namelist()
        assert b"calcChain" not in done.read("[Content_Types].xml") + done.read("xl/_rels/workbook.xml.rels")


def test_a_template_is_refused_that_does_not_fit() -> None:
    products = tuple(ProductRow(0, str(number)) for number in range(7))
    smelters = tuple(not_listed(Mineral.TIN, 0, f"Verk {number}") for number in range(2_501))
    cases = [
        (blank_template(Kind.EMRT, "2.1"), declared(), "other_kind"),
        (build(), declared(), "not_blank"),
        (blank_template(Kind.EMRT, "1.3"), declared(Kind.EMRT, "2.1"), "other_generation"),
        (blank_template(), replace(declared(), products=products), "too_many_products"),
        (blank_template(), replace(declared(), smelters=smelters), "too_many_smelters"),
    ]
    for template, declaration, code in cases:
        with pytest.raises(NotWritable) as refused:
            write(template, declaration)
        assert refused.value.code == code
        assert {wording.unwritable_sentence(refused.value, language) for language in wording.LANGUAGES}


def test_a_roll_up_is_written_with_what_the_company_says_itself() -> None:
    template = blank_template()
    blank = read(template, with_references=True)
    makes = Contributions(Kind.CMRT, References.of(blank.references))
    supplier = read(build())
    result = roll_up([makes.of(source("a"), supplier)], ["a"], Kind.CMRT, blank.version)
    company = Company(COMPANY, declared().effective_date, {"A": "Yes", "H": "No"}, {"A": "Since 2020"})
    written = read(write(template, declare(result, blank.version, company)))
    assert {row.smelter_id for row in written.smelters} == {f"CID90000{number}" for number in (1, 2, 3, 4)}
    assert [written.company_answers["A"].comment, written.company["company_name"].value] == [
        "Since 2020", COMPANY["company_name"],
    ]  # fmt: skip
    assert {each.what for each in missing(written)} == set("BCDEFG")


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_template_keeps_all_that_is_in_it(name: str) -> None:
    template = published(name)
    blank = read(template, with_references=True)
    written = write(template, filled(blank))
    before, after = zipfile.ZipFile(io.BytesIO(template)), zipfile.ZipFile(io.BytesIO(written))
    assert {*before.namelist()} - {*after.namelist()} <= {"xl/calcChain.xml"}
    sheets = [part for part in after.namelist() if part.startswith("xl/worksheets/sheet")]
    for part in sheets:
        # cells apart: protection, validations, formats and what else a sheet has
        assert without_cells(before.read(part)) == without_cells(after.read(part))
    assert read(written).smelters == expected(filled(blank), blank).smelters


def published(name: str) -> bytes:
    path = TEMPLATES / name
    if not path.is_file():
        pytest.skip("the published templates are not here")
    return path.read_bytes()


def filled(blank: Workbook) -> Workbook:
    """Return a declaration with every smelter that has a name of its own in the list, and one without an id."""
    by_name = {(line.metal, line.standard_name): line for line in reversed(blank.references) if line.smelter_id}
    ids = {line.smelter_id: line for line in by_name.values()}
    declaration = declared(blank.kind, blank.version)
    rows = [SmelterRow(0, each, line.metal, line.standard_name, "", line.country, each) for each, line in ids.items()]
    products = tuple(ProductRow(0, f"P{number}") for number in range(40))
    mineral = next(mineral for mineral in declaration.minerals if mineral in (Mineral.TIN, Mineral.COBALT))
    return replace(declaration, smelters=(*rows[:299], not_listed(mineral, 0)), products=products)


def without_cells(sheet: bytes) -> tuple[bytes, bytes]:
    head, _, rest = sheet.partition(b"<sheetData>")
    return head, rest.partition(b"</sheetData>")[2]


def calculated(content: bytes, folder: Path) -> bytes:
    """Return the workbook as LibreOffice saves it after calculating everything anew."""
    office = shutil.which("soffice") or do_without("LibreOffice is not here (Debian: libreoffice-calc)")
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
    (folder / "written.xlsx").write_bytes(content)
    command = [
        office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore", "--convert-to",
        "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "calculated"), str(folder / "written.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "calculated" / "written.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["RMI_CMRT_6.5.xlsx", "RMI_EMRT_2.1.xlsx"])
def test_the_templates_own_checker_counts_what_we_count(name: str, tmp_path: Path) -> None:
    template = published(name)
    blank = read(template, with_references=True)
    company = {key: entry for key, entry in filled(blank).company.items() if key != "contact_email"}
    partly = replace(filled(blank), company={**company, "contact_email": blank.company["contact_email"]})
    written = write(template, partly)
    found = openpyxl.load_workbook(io.BytesIO(calculated(written, tmp_path)), data_only=True)[CHECKER]
    rows = [row for row in range(4, 70 if blank.kind is Kind.CMRT else 125) if found.cell(row, 8).value == 1]
    assert [int(found["D2"].value), rows] == [1, [each.row for each in missing(read(written))]]


@pytest.mark.slow
def test_libreoffice_opens_what_is_written_and_calculates(tmp_path: Path) -> None:
    written = write(blank_template(), full(Kind.CMRT, "6.5"))
    book = openpyxl.load_workbook(io.BytesIO(calculated(written, tmp_path)), data_only=True)
    assert [book[CHECKER]["D2"].value, book[PRODUCTS]["C6"].value] == [0, "=1+1"]
    assert book[SMELTERS]["B5"].value == "metal"
