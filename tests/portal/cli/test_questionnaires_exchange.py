"""`portal questionnaires`: workbooks out and in, schemas, what is translated, what another edition would find."""

from __future__ import annotations

import json
import os
import re
import shutil
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from portal.clock import clock
from portal.config import read_settings
from portal.installation import Installation
from questionnaires.catalogue import Catalogue
from questionnaires.loading import load_edition
from questionnaires.schema import definition_schema, translation_schema
from tests.factories import Make
from tests.portal.cli.conftest import Run
from tests.portal.services.test_replays import two_editions

TINY = Path(__file__).parents[2] / "questionnaires" / "tiny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of definitions of one's own."""
    return shutil.copytree(TINY / "repeating", tmp_path / "own" / "definitions" / "repeating").parent


def _change(path: Path, sheet: str, cell: str, value: str) -> None:
    workbook = openpyxl.load_workbook(path)
    workbook[sheet][cell] = value
    changed = BytesIO()
    workbook.save(changed)
    path.write_bytes(changed.getvalue())


def _export(run: Run, folder: Path, path: Path, kind: str = "--definition", *more: str) -> None:
    result = run("questionnaires", "export", "repeating/2026-1", kind, str(path), "--folder", str(folder), *more)
    assert (result.exit_code, result.stdout) == (0, f"Wrote {path}.\n")


def test_an_exported_definition_is_imported_as_the_same_edition(run: Run, folder: Path, tmp_path: Path) -> None:
    path, into = tmp_path / "definition.xlsx", tmp_path / "elsewhere" / "definitions"
    _export(run, folder, path)

    result = run("questionnaires", "import", str(path), "--into", str(into))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"Wrote {into / 'repeating' / '2026-1' / 'questionnaire.yaml'}."
    before, after = (load_edition(place / "repeating" / "2026-1") for place in (folder, into))
    assert before.sections == after.sections


def test_nothing_that_is_there_is_written_over_unasked(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "definition.xlsx"
    _export(run, folder, path)
    again = run("questionnaires", "export", "repeating/2026-1", "--texts", str(path), "--folder", str(folder))
    back = run("questionnaires", "import", str(path), "--into", str(folder))
    replaced = run("questionnaires", "import", str(path), "--into", str(folder), "--replace")

    assert (again.exit_code, again.stderr) == (1, f"Error: {path} is there already.\n")
    assert "is there already; add --replace" in back.stderr
    assert replaced.exit_code == 0


def test_what_is_published_is_not_written_over_at_all(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "definition.xlsx"
    _export(run, folder, path)
    (folder.parent / "published.lock").write_text(f"repeating/2026-1 {'0' * 64}\n", "utf-8")

    result = run("questionnaires", "import", str(path), "--into", str(folder), "--replace")

    assert result.exit_code == 1
    assert "repeating/2026-1 is published and cannot be changed" in result.stderr


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("I4", "R-metals is gold", "Questions!I4: Questions row 4 [ask if]: at character 10: expected one of ="),
        ("I5", "R-gold = yes", "Questions!I5: R-gold: ask_if [question]: question R-gold comes later"),
    ],
    ids=["workbook", "loader"],
)
def test_a_workbook_with_a_fault_is_told_with_its_cell_and_writes_nothing(
    run: Run, folder: Path, tmp_path: Path, cell: str, value: str, told: str
) -> None:
    path, into = tmp_path / "definition.xlsx", tmp_path / "elsewhere"
    _export(run, folder, path)
    _change(path, "Questions", cell, value)

    result = run("questionnaires", "import", str(path), "--into", str(into))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path} {told}")
    assert not into.exists()


def test_texts_go_to_a_translator_and_come_back_in_a_new_language(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.xlsx"
    _export(run, folder, path, "--texts", "--language", "sv")
    _change(path, "Texts", "E3", "Upprepa")

    result = run("questionnaires", "import", str(path), "--into", str(folder))
    counted = run("questionnaires", "translations", "repeating", "--folder", str(folder))

    assert result.exit_code == 0
    assert "16 translations are missing" in result.stdout
    assert (folder / "repeating" / "2026-1" / "sv.yaml").read_text("utf-8") == "title: Upprepa\n"
    assert counted.stdout.splitlines()[:3] == [
        "repeating/2026-1  nb  17 of 17",
        "repeating/2026-1  sv  1 of 17",
        "    introduction",
    ]


def test_texts_of_an_edition_that_is_not_there_are_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.xlsx"
    _export(run, folder, path, "--texts")

    result = run("questionnaires", "import", str(path), "--into", str(tmp_path))

    assert result.exit_code == 1
    assert f"{path} holds the texts of repeating/2026-1, which is not in {tmp_path}." in result.stderr


def test_texts_that_do_not_fit_are_told_by_row(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "texts.xlsx"
    _export(run, folder, path, "--texts")
    _change(path, "Texts", "C3", "Another title")

    result = run("questionnaires", "import", str(path), "--into", str(folder))

    assert result.exit_code == 1
    assert result.stderr == f"{path} Texts!C3: Texts row 3 [English [en]]: the English text has changed\n"


@pytest.mark.parametrize("name", ["nothing/2026-1", "../definitions/repeating/2026-1/nb.yaml", ""])
def test_an_edition_that_there_is_not_is_one_sentence(run: Run, folder: Path, tmp_path: Path, name: str) -> None:
    path = str(tmp_path / "new.xlsx")
    result = run("questionnaires", "export", name, "--definition", path, "--folder", str(folder))
    assert result.exit_code == 1
    assert result.stderr == f"Error: There is no edition {name} in {folder}.\n"


def test_the_shipped_questionnaires_are_translated(run: Run) -> None:
    result = run("questionnaires", "translations")
    assert result.exit_code == 0
    lines = [re.fullmatch(r"(\S+)  nb  (\d+) of (\d+)", line) for line in result.stdout.splitlines()]
    assert [line[1] for line in lines if line] == [one.name for one in Catalogue.load().all()]
    assert all(line and line[2] == line[3] and int(line[2]) > 20 for line in lines)
    assert run("questionnaires", "translations", "human").exit_code == 1


def test_the_schemas_are_printed_as_json(run: Run) -> None:
    assert json.loads(run("questionnaires", "schema").stdout) == definition_schema()
    assert json.loads(run("questionnaires", "schema", "--translation").stdout) == translation_schema()


@pytest.fixture
def signed(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reference of a declaration in an installation with a questionnaire of its own."""
    folder = two_editions(tmp_path / "own" / "definitions")
    monkeypatch.setenv("PORTAL_QUESTIONNAIRES", str(folder))
    installation = Installation(read_settings(os.environ))
    with installation.new_session() as session:
        make = Make(session, clock())
        campaign = make.campaign(keys=("deviating",))
        assessment = make.request(campaign, make.supplier("Anna AS")).assessments[0]
        make.answers(assessment, {"D-plan": "yes", "D-hours": 61, "D-night": "yes"})
        reference = make.declaration(assessment).reference
    installation.engine.dispose()
    return reference


def test_a_replay_gives_counts_first_and_then_a_line_for_each_finding(run: Run, signed: str) -> None:
    result = run("questionnaires", "replay", "deviating", "2026-2")

    head = f"{signed}  Anna AS  2026-1"
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1 signed declarations, 1 of them in force, judged by deviating/2026-2: 1 would differ.",
        "came: 1 (moderate 1)",
        "gone: 1 (minor 1)",
        "changed: 1 (major to minor 1)",
        "the same: 0",
        f"{head}  came  moderate  deviating/2026-2:D-night  They work at night.",
        f"{head}  gone  minor  deviating/2026-1:D-name  Nobody answers for it.",
        f"{head}  changed  major to minor  deviating/2026-2:D-hours  The longest week is over 60 hours.",
    ]


def test_a_replay_under_an_edition_that_there_is_not_is_one_sentence(run: Run, signed: str) -> None:
    result = run("questionnaires", "replay", "deviating", "2030-1")
    assert result.exit_code == 1
    assert result.stderr == "Error: deviating has no edition 2030-1; it has 2026-1, 2026-2.\n"
