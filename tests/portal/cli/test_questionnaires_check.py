"""`portal questionnaires check`: every fault with its exact file or cell, question and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from questionnaires.catalogue import DEFINITIONS
from questionnaires.loading import load_edition
from questionnaires.workbooks.definition import write_definition

Run = Callable[..., Result]

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
BROKEN = QUESTIONNAIRES / "broken"
TINY = QUESTIONNAIRES / "tiny"


@pytest.mark.parametrize("case", sorted(path.name for path in BROKEN.iterdir()))
def test_the_one_fault_of_a_broken_edition_is_told_with_file_question_and_key(
    run: Run, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    expected = yaml.safe_load((BROKEN / case / "expected.yaml").read_text("utf-8"))
    key = f" [{expected['key']}]" if expected["key"] else ""
    monkeypatch.chdir(BROKEN)

    result = run("questionnaires", "check", case)

    (line,) = result.stdout.splitlines()
    assert line.startswith(f"{case}/{expected['file']}: {expected['place']}{key}: {expected['says']}"), line
    assert result.exit_code == 1


def test_there_are_thirty_broken_editions_and_more() -> None:
    assert len(list(BROKEN.glob("*/expected.yaml"))) >= 30


@pytest.mark.parametrize(
    "folder", [DEFINITIONS, DEFINITIONS / "human-rights", DEFINITIONS / "human-rights" / "2026-1", TINY]
)
def test_what_has_no_fault_passes_without_an_installation(run: Run, environment: Path, folder: Path) -> None:
    result = run("questionnaires", "check", str(folder))

    assert (result.exit_code, result.stdout) == (0, "")
    assert "faults: 0." in result.stderr
    assert not environment.exists()


@pytest.mark.parametrize("content", [None, b"words", b"PK\x03\x04 and no more"])
def test_what_cannot_be_read_is_told_from_what_is_faulty(run: Run, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "draft.xlsx"
    if content is not None:
        path.write_bytes(content)

    result = run("questionnaires", "check", str(path), str(BROKEN / "unknown-key"))

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: ")
    assert "B-02 [ask_when]" in result.stdout


def test_a_folder_without_editions_is_no_clean_one(run: Run, tmp_path: Path) -> None:
    assert run("questionnaires", "check", str(tmp_path)).exit_code == 2


def test_a_draft_may_lack_translations_which_are_named(run: Run) -> None:
    folder = BROKEN / "text-not-translated"

    result = run("questionnaires", "check", str(folder), "--draft")

    assert result.exit_code == 0
    assert result.stdout == f"{folder}/2026-1/nb.yaml: B-02 [help]: nb.yaml lacks help\n"
    assert "1 translations missing" in result.stderr


def test_a_fault_in_a_workbook_is_told_with_its_cell(run: Run, tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "asking" / "2026-1", tmp_path / "asking" / "2026-1")
    (folder / "nb.yaml").unlink()
    path = tmp_path / "draft.xlsx"
    path.write_bytes(write_definition(load_edition(folder, draft=True)))

    strict, draft = (run("questionnaires", "check", str(path), *more) for more in ((), ("--draft",)))

    assert strict.exit_code == 1
    assert strict.stdout.startswith(f"{path} Questionnaire!A1: the edition: nb.yaml is missing\n")
    assert draft.exit_code == 0
    assert f"{path} Questions!D2: A-agency [text]: nb.yaml lacks text\n" in draft.stdout


def test_editions_of_a_questionnaire_are_compared_wherever_they_are_given(run: Run) -> None:
    folder = BROKEN / "changed-unmarked"

    apart = [run("questionnaires", "check", str(folder / edition)) for edition in ("2026-1", "2027-1")]
    together = run("questionnaires", "check", *(str(folder / edition) for edition in ("2026-1", "2027-1")))

    assert [result.exit_code for result in apart] == [0, 0]
    assert together.exit_code == 1
    assert "2027-1/questionnaire.yaml: B-01 [changed]: the words differ" in together.stdout


def test_a_folder_of_all_definitions_is_checked_as_the_portal_does_at_its_start(run: Run, tmp_path: Path) -> None:
    definitions = tmp_path / "definitions"
    shutil.copytree(TINY / "facts", definitions / "facts")  # offers the short form "asking"
    lacking = run("questionnaires", "check", str(definitions))
    shutil.copytree(TINY / "asking", definitions / "asking")
    whole = run("questionnaires", "check", str(definitions))
    (tmp_path / "published.lock").write_text(f"asking/2026-1 {'0' * 64}\n", "utf-8")
    changed = run("questionnaires", "check", str(definitions))

    assert f"{definitions}/facts/2026-1/questionnaire.yaml: short_form [key]: key: there is no" in lacking.stdout
    assert whole.exit_code == 0
    assert "asking/2026-1 is published and cannot be changed" in changed.stdout
    assert [result.exit_code for result in (lacking, changed)] == [1, 1]
