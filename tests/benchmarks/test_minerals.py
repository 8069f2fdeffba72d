"""CMRT workbooks: one of 300 smelters, and many, read in children."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from python_calamine import CalamineWorkbook

from portal.services.minerals_child import read_in_child, read_workbooks, readers
from questionnaires.minerals.layout import DECLARATION, PRODUCTS, SMELTERS
from questionnaires.minerals.model import Listed, Workbook
from tests.questionnaires.minerals.workbooks import Formula, build, smelter

READING = "read a CMRT of 300 smelters in a warm child, beside calamine reading the same three sheets"
UNCALCULATED = "the same without cached values, so that the reference list is read too"
READING_MANY = "read 100 CMRTs: a child for each of two processors beside one child"
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
