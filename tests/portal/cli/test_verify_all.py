from __future__ import annotations

import json
import os
import time
from pathlib import Path

from tests.portal.cli.conftest import Run


def test_a_fresh_installation_is_whole(run: Run, installed: Path) -> None:
    result = run("verify-all")
    assert (result.exit_code, result.stdout) == (
        0,
        "Checked: 0 files, 0 declarations, 0 checkpoints, 1 ledger rows. All is whole.\n",
    )
    assert "Checking files" in result.stderr


def test_each_fault_is_a_line_and_an_entry(run: Run, installed: Path) -> None:
    path = installed / "files" / "left-behind"
    path.write_bytes(b"?")
    os.utime(path, (time.time() - 7200,) * 2)
    result = run("verify-all")
    assert result.exit_code == 1
    assert result.stdout.startswith("left-behind: foreign (none of the store's files)\nChecked: 1 files")
    answer = json.loads(run("verify-all", "--json").stdout)
    assert (answer["whole"], answer["faults"]) == (
        False,
        [{"kind": "foreign", "place": "left-behind", "detail": "none of the store's files"}],
    )


def test_what_cannot_be_read_is_neither(run: Run, installed: Path) -> None:
    (installed / "files").rmdir()
    assert run("verify-all").exit_code == 2
    (installed / "files").mkdir()
    (installed / "portal.sqlite").unlink()
    result = run("verify-all")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: The database is not ready; run `portal init` first.",
    )


def test_without_an_installation_there_is_nothing_to_check(run: Run) -> None:
    assert run("verify-all").exit_code == 2
