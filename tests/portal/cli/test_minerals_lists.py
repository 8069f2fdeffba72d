"""`portal minerals import-template` and `import-statuses`."""

from __future__ import annotations

from pathlib import Path

from tests.portal.cli.conftest import Run
from tests.portal.smelter_case import NOW, blank
from tests.questionnaires.minerals.workbooks import build


def test_a_template_and_statuses_are_taken_in(run: Run, installed: Path, tmp_path: Path) -> None:
    template, filled, statuses = (tmp_path / name for name in ("blank.xlsx", "filled.xlsx", "statuses.csv"))
    template.write_bytes(blank())
    filled.write_bytes(build())
    statuses.write_bytes(NOW + b"\nno,No,Active,,")
    assert run("minerals", "import-template", str(template)).stdout == "CMRT 6.5: 8 smelters.\n"
    assert "This workbook is filled in." in run("minerals", "import-template", str(filled)).stderr
    ask = ("minerals", "import-statuses", str(statuses), "--date", "2026-03-01")
    told = run(*ask).stdout
    assert told.startswith("Conformant: 2\nNot conformant: 1\nNew: 3. Another status: 0. Refused rows: 1.\n  Row 5:")
    assert told.endswith("Nothing was changed; run it again with --apply.\n")
    assert run(*ask, "--apply").stdout.endswith("Imported.\n")
    assert "New since 2026-03-01: 0." in run(*ask).stdout
    assert run("ledger", "verify").exit_code == 0
