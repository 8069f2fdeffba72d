"""`portal minerals check`: exit codes, both languages, JSON, and limits as settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.config import SettingsError, read_minerals_settings
from questionnaires.minerals.model import Kind, Settings
from tests.portal.cli.conftest import Run
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, build, smelter


@pytest.fixture(autouse=True)
def campaign(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits with which the workbooks of the tests are never too old."""
    monkeypatch.setenv("PORTAL_MINERALS_OLDEST_MONTHS", "99")
    monkeypatch.setenv("PORTAL_MINERALS_NEWEST", "CMRT=6.5")


def _file(folder: Path, name: str, **changes: Any) -> str:
    path = folder / name
    path.write_bytes(build(**changes))
    return str(path)


def test_a_file_without_error_leaves_0_and_needs_no_installation(run: Run, tmp_path: Path, environment: Path) -> None:
    path = _file(tmp_path, "good.xlsx")
    result = run("minerals", "check", path)
    assert (result.exit_code, result.stdout) == (0, f"{path}:\n  CMRT 6.5: complete, and nothing was found.\n")
    assert not environment.exists()


def test_files_are_told_in_their_order_and_the_worst_decides(run: Run, tmp_path: Path) -> None:
    good = _file(tmp_path, "good.xlsx")
    faulty = _file(tmp_path, "faulty.xlsx", company={"contact_name": ""}, company_answers={"A": "No"})
    assert run("minerals", "check", faulty, good).exit_code == 1
    result = run("minerals", "check", faulty, str(tmp_path / "none.xlsx"), good, "--language", "nb")
    assert result.exit_code == 2
    assert [line for line in result.stdout.splitlines() if line.endswith(":")] == [
        f"{faulty}:", f"{tmp_path / 'none.xlsx'}:", f"{good}:",
    ]  # fmt: skip
    assert "  Feil  Declaration!D15  Navnet på kontaktpersonen mangler." in result.stdout
    assert "Feil  C1b  Declaration!D75  Ifølge spørsmål A" in result.stdout


def test_machines_get_the_same_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "words.xlsx").write_bytes(b"words")
    paths = [_file(tmp_path, "good.xlsx"), str(tmp_path / "words.xlsx")]
    result = run("minerals", "check", "--json", *paths)
    good, words = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (good["file"], good["verdict"], good["counts"]["missing"]) == (paths[0], "clean", 0)
    assert (words["verdict"], words["code"]) == ("unreadable", "text")
    assert set(words["sentence"]) == {"en", "nb"}


def test_of_several_lists_the_newest_counts_and_older_ones_tell_what_was_removed(run: Run, tmp_path: Path) -> None:
    tin = SMELTERS_KNOWN[0]
    older = _file(tmp_path, "older.xlsx", version="6.4")
    newer = _file(tmp_path, "newer.xlsx", known=[line for line in SMELTERS_KNOWN if line.smelter_id != tin.smelter_id])
    path = _file(tmp_path, "supplier.xlsx", smelters=[smelter(line) for line in (tin, *SMELTERS_KNOWN[2:5])])
    result = run("minerals", "check", "--json", path, "--references", older, "--references", newer)
    (told,) = json.loads(result.stdout)
    assert [(each["code"], each["facts"]) for each in told["findings"]] == [("S2b", {"id": tin.smelter_id})]
    assert result.exit_code == 0


def test_a_list_that_cannot_be_read_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("minerals", "check", _file(tmp_path, "good.xlsx"), "--references", str(tmp_path / "none.xlsx"))
    assert result.exit_code == 2
    assert "none.xlsx" in result.stderr


def test_the_limits_are_settings() -> None:
    environ = {
        "PORTAL_MINERALS_OLDEST_MONTHS": "18",
        "PORTAL_MINERALS_LEAST_COVERAGE": "Greater than 90%",
        "PORTAL_MINERALS_NEWEST": "EMRT=2.2",
    }
    newest = {Kind.CMRT: Settings().newest[Kind.CMRT], Kind.EMRT: "2.2"}
    assert read_minerals_settings(environ) == Settings(18, "Greater than 90%", newest)
    assert read_minerals_settings({}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_MINERALS_OLDEST_MONTHS", "a year"),
        ("PORTAL_MINERALS_LEAST_COVERAGE", "Most"),
        ("PORTAL_MINERALS_NEWEST", "6.6"),
    ],
)
def test_a_limit_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_minerals_settings({name: value})
