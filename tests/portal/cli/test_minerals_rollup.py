"""`portal minerals roll-up`: a folder of workbooks as one, told in both languages, in JSON, and written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from questionnaires.minerals.reading import read
from tests.portal.cli.conftest import Run
from tests.questionnaires.minerals.test_writing import blank_template
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, build, smelter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two suppliers, one with a row that nobody can use, and something that is no workbook."""
    for name in ("Bjørk AS", "Furu AS"):
        rows = [smelter(SMELTERS_KNOWN[0]), smelter(SMELTERS_KNOWN[2], smelter_id="2", id_typed="2")]
        company: dict[str, Any] = {"company_name": name}
        (tmp_path / f"{name}.xlsx").write_bytes(build(company=company, smelters=rows if name == "Furu AS" else None))
    (tmp_path / "notes.xlsx").write_bytes(b"%PDF-1.7")
    return tmp_path


def test_a_folder_is_told_with_its_rules(run: Run, folder: Path) -> None:
    result = run("minerals", "roll-up", str(folder))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "2 of 2 suppliers count; files: 2, replaced by newer ones: 0, with errors: 1, not read: 1; smelters: 4, "
        "rows to follow up: 1."
    )
    assert "  Tin  used  Yes  At least one supplier says yes." in result.stdout
    nb = run("minerals", "roll-up", str(folder), "--language", "nb").stdout
    assert "Utelatt: id-en er ikke skrevet som CID og seks sifre." in nb


def test_the_roll_up_is_written_and_told_in_json(run: Run, folder: Path, tmp_path: Path) -> None:
    template, out, asked = tmp_path / "blank.template", tmp_path / "ours", tmp_path / "asked.txt"
    template.write_bytes(blank_template())
    asked.write_text("Bjørk AS\nFuru AS\nTaus AS\n", "utf-8")
    given = ("--into", str(template), "--out", str(out), "--suppliers", str(asked), "--json")
    told = json.loads(run("minerals", "roll-up", str(folder), *given).stdout)
    assert [told["missing_suppliers"], told["counts"]["answered"], told["counts"]["relevant"]] == [["Taus AS"], 2, 3]
    written = read(out.read_bytes())
    assert [row.smelter_id for row in written.smelters] == [each["id"] for each in told["smelters"]]
    assert run("minerals", "roll-up", str(folder), "--into", str(template)).exit_code == 2
