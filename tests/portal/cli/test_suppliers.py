from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A supplier file in the manner of a Norwegian Excel, one row of it wrong."""
    path = tmp_path / "leverandører.csv"
    path.write_bytes(
        "Navn;Land;E-post;Kritikalitet\nBjørk AS;Norge;kari@bjork.example;A\nFeil;Utopia;;\n".encode("cp1252")
    )
    return path


def test_without_apply_nothing_is_changed(run: Run, installed: Path, file: Path) -> None:
    for _twice in range(2):
        result = run("suppliers", "import", str(file))

        assert "new        Bjørk AS  kari@bjork.example" in result.output
        assert "“Utopia” is no country." in result.output
        assert "2 rows: 1 wrong, 0 changed, 1 new, 0 unchanged." in result.output
        assert result.exit_code == 1  # something was wrong


def test_applied_twice_changes_nothing_more(run: Run, installed: Path, file: Path) -> None:
    assert "Done" in run("suppliers", "import", str(file), "--apply").output

    assert "1 wrong, 0 changed, 0 new, 1 unchanged" in run("suppliers", "import", str(file), "--apply").output
    assert run("ledger", "verify").exit_code == 0


def test_a_file_without_wrong_rows_ends_well(run: Run, installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text("name,country\nBjørk AS,NO\n")

    assert run("suppliers", "import", str(path)).exit_code == 0


def test_a_file_that_is_no_table_is_one_sentence(run: Run, installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("hello\nworld\n")

    result = run("suppliers", "import", str(path))

    assert result.exit_code == 1
    assert "none of the headings that we know" in result.output
