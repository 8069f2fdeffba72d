"""Files, read and checked: every version, and the blank templates where they lie beside the project."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Asked, Kind, Mineral, Settings
from questionnaires.minerals.reading import read
from questionnaires.minerals.report import check
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, VERSIONS, build, smelter

_BESIDE = [parent / "shared" / "minerals" / "templates" for parent in Path(__file__).parents]
TEMPLATES = next((folder for folder in _BESIDE if folder.exists()), Path("nowhere"))
SELECTED = (Mineral.COBALT, Mineral.MICA)
"""In an EMRT 2."""
TODAY = date(2026, 6, 1)


def _known(kind: Kind, version: str) -> Known:
    return Known(SMELTERS_KNOWN, today=TODAY, settings=Settings(newest={**Settings().newest, kind: version}))


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_a_file_of_every_version_is_complete_and_agrees_with_itself(kind: Kind, version: str) -> None:
    report = check(read(build(kind=kind, version=version, minerals=SELECTED)), _known(kind, version))
    assert (report.missing, report.findings) == ((), ())


@pytest.mark.parametrize(("kind", "version"), VERSIONS)
def test_a_file_of_every_version_has_its_contradiction_told(kind: Kind, version: str) -> None:
    mineral = Mineral.TIN if kind is Kind.CMRT else Mineral.COBALT
    content = build(kind=kind, version=version, minerals=SELECTED, answers={(Asked.ALL_IDENTIFIED, mineral): "No"})
    report = check(read(content), _known(kind, version))
    assert [finding.code for finding in report.findings] == ["Q2b"]


def test_a_row_with_an_id_alone_is_checked_as_the_list_completes_it() -> None:
    tin, gold = SMELTERS_KNOWN[0], SMELTERS_KNOWN[2]
    rows = [smelter(gold), {"id_typed": tin.smelter_id}, *(smelter(line) for line in SMELTERS_KNOWN[3:5])]
    assert check(read(build(smelters=rows)), _known(Kind.CMRT, "6.5")).findings == ()


@pytest.mark.skipif(not TEMPLATES.exists(), reason="the templates are not ours to copy")
@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("RMI_CMRT_6.22.xlsx", 52),
        ("RMI_CMRT_6.4_en.xlsx", 52),
        ("RMI_CMRT_6.5.xlsx", 52),
        ("RMI_EMRT_2.1.xlsx", 68),
    ],
)
def test_a_blank_template_lacks_what_its_own_checker_counts(file: str, count: int) -> None:
    workbook = read((TEMPLATES / file).read_bytes())
    report = check(workbook, Known())
    assert len(report.missing) == count == workbook.checker_missing
    assert {finding.code for finding in report.findings} == {"I1a", "M1a", "V1a"}
