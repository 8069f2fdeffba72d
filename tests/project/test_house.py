"""The house's own rules: sizes, words, and who may open what."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 400
LONGER = {"templates/evidence/verify.py": 1_060}  # auditors get it as one file, which reads from the top to the end
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def python_files() -> list[Path]:
    """Return the Python files that git tracks, written-out migrations left out."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split() if not name.startswith("migrations/versions/")]
    return [path for path in paths if path.exists()]


def test_there_is_something_to_measure() -> None:
    assert len(python_files()) > 50


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    source = path.read_text()
    longest = LONGER.get(str(path.relative_to(ROOT)), LONGEST)
    assert source.count("\n") <= longest, f"a module has {longest} lines at most"
    assert path.stem not in FORBIDDEN_NAMES, "a module is named after what it holds"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} has more than 40 lines"
