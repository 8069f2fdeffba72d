"""CMRT workbooks: one of 300 smelters, and many, read in children."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from python_calamine import CalamineWorkbook

from portal.services.minerals_child import read_in_child, read_workbooks, readers
from questionnaires.minerals.contributions import Contribution, Contributions, Source
from questionnaires.minerals.known import Known
from questionnaires.minerals.layout import DECLARATION, PRODUCTS, SMELTERS
from questionnaires.minerals.model import Kind, Listed, ProductRow, SmelterRow, Workbook
from questionnaires.minerals.references import References
from questionnaires.minerals.report import check
from questionnaires.minerals.rollup import roll_up
from questionnaires.minerals.writing import write
from tests.questionnaires.minerals.declared import declared
from tests.questionnaires.minerals.test_writing import TEMPLATES
from tests.questionnaires.minerals.workbooks import Formula, build, smelter

READING = "read a CMRT of 300 smelters in a warm child, beside calamine reading the same three sheets"
UNCALCULATED = "the same without cached values, so that the reference list is read too"
READING_MANY = "read 100 CMRTs: a child for each of two processors beside one child"
CHECKING = "read and check a CMRT of 300 smelters in a warm child, beside calamine reading the same three sheets"
ROLLING_UP = "read, check and roll up {count} CMRTs of 50 to 300 smelters: two processors beside one"
WRITING = "write a CMRT of 300 smelters and 40 products, beside openpyxl loading and saving the same template"
MANY = int(os.environ.get("BENCH_WORKBOOKS", "200"))
LINES = 2_500
"""Of formulas, as in the template."""
FORMULA = "IF(ISERROR($V5),\"\",OFFSET('Smelter Look-up'!$G$4,$V5-4,0))"
LIST = [Listed("Tin", f"Works {n}", f"Works {n}", "NORWAY", f"CID9{n:05}", "Kaien 1", "Bergen") for n in range(600)]


def large(*, calculated: bool) -> bytes:
    """Return a workbook about as large as a template: its lines are formulas, 300 of them filled."""
    empty = {name: Formula(FORMULA, "") for name in smelter(LIST[0]) if name != "id_typed"}
    rows: list[dict[str, Any]] = []
    for number in range(LINES):
        line = smelter(LIST[number]) if number < 300 else {}
        cached = {name: Formula(FORMULA, str(line[name]) if calculated else None) for name in empty if line}
        rows.append({**empty, **cached, "id_typed": line.get("id_typed"), "comments": "RCOI" if line else None})
    more = {
        f"{letters}{row}": Formula(FORMULA, "") for letters in ("S", "T", "V", "X", "AB") for row in range(5, 2_505)
    }
    return build(smelters=rows, known=LIST, cells={SMELTERS: more})


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return large(calculated=True)


def run(benchmark: Any, side: str, group: str, target: Any, rounds: int) -> Any:
    benchmark.group, benchmark.extra_info["side"] = group, side
    return benchmark.pedantic(target, rounds=rounds, warmup_rounds=1)


def floor(content: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in (DECLARATION, SMELTERS, PRODUCTS):
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def test_reading_ours(benchmark: BenchmarkFixture, workbook: bytes) -> None:
    with readers(at_most=1) as children:
        read = run(benchmark, "ours", READING, lambda: read_in_child(workbook, children=children), rounds=15)
    assert [len(read.smelters), read.smelters[299].country] == [300, "NORWAY"]


def test_reading_floor(benchmark: BenchmarkFixture, workbook: bytes) -> None:
    run(benchmark, "floor", READING, lambda: floor(workbook), rounds=15)


def test_uncalculated_ours(benchmark: BenchmarkFixture) -> None:
    content = large(calculated=False)
    with readers(at_most=1) as children:
        read = run(benchmark, "ours", UNCALCULATED, lambda: read_in_child(content, children=children), rounds=15)
    assert read.smelters[299].country == "NORWAY"


def test_uncalculated_floor(benchmark: BenchmarkFixture) -> None:
    content = large(calculated=False)
    run(benchmark, "floor", UNCALCULATED, lambda: floor(content), rounds=15)


@pytest.mark.parametrize(("side", "at_most"), [("ours", 2), ("floor", 1)])
def test_reading_many(benchmark: BenchmarkFixture, workbook: bytes, side: str, at_most: int) -> None:
    with readers(at_most) as children:

        def read() -> int:
            return sum(isinstance(each, Workbook) for each in read_workbooks([workbook] * 100, children))

        assert run(benchmark, side, READING_MANY, read, rounds=1) == 100


def test_checking_ours(benchmark: BenchmarkFixture, workbook: bytes) -> None:
    known = Known(tuple(LIST))
    with readers(at_most=1) as children:
        run(benchmark, "ours", CHECKING, lambda: check(read_in_child(workbook, children=children), known), rounds=15)


def test_checking_floor(benchmark: BenchmarkFixture, workbook: bytes) -> None:
    run(benchmark, "floor", CHECKING, lambda: floor(workbook), rounds=15)


@pytest.fixture(scope="module")
def several() -> list[bytes]:
    """Six sizes, over and over: building a thousand would take longer than reading them."""
    return [build(smelters=[smelter(line) for line in LIST[:count]], known=LIST) for count in range(50, 301, 50)]


@pytest.fixture
def processors() -> Iterator[list[int]]:
    """Those that this process may use, given back at the end: children inherit what it is held to."""
    usable = os.sched_getaffinity(0)
    yield sorted(usable)
    os.sched_setaffinity(0, usable)


@pytest.mark.parametrize(("side", "count"), [("ours", 2), ("floor", 1)])
def test_rolling_up(
    benchmark: BenchmarkFixture, several: list[bytes], processors: list[int], side: str, count: int
) -> None:
    known = Known(tuple(LIST))
    os.sched_setaffinity(0, processors[:count])

    def work() -> int:
        makes = Contributions(Kind.CMRT, References.of(LIST))

        def contributions() -> Iterator[Contribution]:
            contents = (several[number % len(several)] for number in range(MANY))
            for number, read in enumerate(read_workbooks(contents, children)):
                assert isinstance(read, Workbook)
                check(read, known)
                yield makes.of(Source(f"Supplier {number}", f"{number:064}", None, "A"), read)

        names = [f"Supplier {number}" for number in range(MANY)]
        return len(roll_up(contributions(), names, Kind.CMRT, "6.5").smelters)

    with readers(count) as children:
        assert run(benchmark, side, ROLLING_UP.format(count=MANY), work, rounds=1) == 300


@pytest.fixture(scope="module")
def template() -> bytes:
    path = TEMPLATES / "RMI_CMRT_6.5.xlsx"
    return path.read_bytes() if path.is_file() else pytest.skip("the published templates are not here")


def test_writing_ours(benchmark: BenchmarkFixture, template: bytes) -> None:
    rows = tuple(SmelterRow(0, "", "Tin", "Smelter not listed", f"Works {n}", "NORWAY", "") for n in range(300))
    products = tuple(ProductRow(0, f"P {number}", f"Product {number}") for number in range(40))
    declaration = replace(declared(Kind.CMRT, "6.5"), smelters=rows, products=products)
    run(benchmark, "ours", WRITING, lambda: write(template, declaration), rounds=3)


def test_writing_floor(benchmark: BenchmarkFixture, template: bytes) -> None:
    def work() -> None:
        openpyxl.load_workbook(io.BytesIO(template)).save(io.BytesIO())

    run(benchmark, "floor", WRITING, work, rounds=3)
