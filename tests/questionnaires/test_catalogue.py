"""The catalogue finds editions, and keeps what is published as it was published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from questionnaires.catalogue import Catalogue, main, publish
from questionnaires.errors import DefinitionErrors, EditionChanged, UnknownQuestion, UnknownQuestionnaire

TINY = Path(__file__).parent / "tiny"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two questionnaires, one of them in three editions."""
    definitions = tmp_path / "definitions"
    shutil.copytree(TINY / "asking", definitions / "asking")
    for edition in ("2026-1", "2026-9", "2026-10"):
        target = shutil.copytree(TINY / "commenting" / "2026-1", definitions / "commenting" / edition)
        _change(target / "questionnaire.yaml", "2026-1", edition)
    return definitions


def _change(path: Path, before: str, after: str) -> None:
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")


def test_editions_are_found_and_the_newest_is_the_highest_number(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    assert catalogue.keys() == ("asking", "commenting")
    assert catalogue.find("commenting", "2026-9").name == "commenting/2026-9"
    assert catalogue.newest("commenting").edition == "2026-10"
    assert [one.edition for one in catalogue.editions("commenting")] == ["2026-1", "2026-9", "2026-10"]
    assert len(catalogue.all()) == 4


def test_what_is_not_there_is_refused_by_name(folder: Path) -> None:
    catalogue = Catalogue.load(folder)
    with pytest.raises(UnknownQuestionnaire, match="no questionnaire gifts; there are asking, commenting"):
        catalogue.newest("gifts")
    with pytest.raises(UnknownQuestionnaire, match="commenting has no edition 1999-1; it has 2026-1"):
        catalogue.find("commenting", "1999-1")
    with pytest.raises(UnknownQuestion, match="asking/2026-1 has no question HR-99"):
        catalogue.newest("asking").question("HR-99")


def test_the_faults_of_all_editions_are_told_together(folder: Path) -> None:
    for name in ("asking/2026-1", "commenting/2026-10"):
        _change(folder / name / "questionnaire.yaml", "minutes:", "minuets:")
    with pytest.raises(DefinitionErrors) as refused:
        Catalogue.load(folder)
    assert {problem.edition for problem in refused.value.problems} == {
        "asking/2026-1",
        "commenting/2026-10",
    }


@pytest.mark.parametrize("file", ["questionnaire.yaml", "nb.yaml"])
def test_a_published_edition_cannot_be_changed(folder: Path, file: str) -> None:
    publish(folder)
    _change(folder / "asking" / "2026-1" / file, "?", "??")
    with pytest.raises(EditionChanged, match="asking/2026-1 is published and cannot be changed"):
        Catalogue.load(folder)


def test_a_published_edition_cannot_be_taken_away(folder: Path) -> None:
    publish(folder)
    shutil.rmtree(folder / "asking")
    with pytest.raises(EditionChanged, match="asking/2026-1 is published and cannot be taken away"):
        Catalogue.load(folder)


def test_a_translation_cannot_be_added_to_a_published_edition(folder: Path) -> None:
    publish(folder)
    shutil.copy(folder / "asking" / "2026-1" / "nb.yaml", folder / "asking" / "2026-1" / "sv.yaml")
    with pytest.raises(EditionChanged):
        Catalogue.load(folder)


def test_an_edition_that_is_not_published_can_be_changed(folder: Path) -> None:
    before = Catalogue.load(folder).newest("asking").digest
    _change(folder / "asking" / "2026-1" / "nb.yaml", "?", "??")
    assert Catalogue.load(folder).newest("asking").digest != before


def test_line_ends_of_another_system_change_nothing(folder: Path) -> None:
    publish(folder)
    path = folder / "asking" / "2026-1" / "nb.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    Catalogue.load(folder)


def test_publishing_adds_lines_and_changes_none(folder: Path) -> None:
    lock = folder.parent / "published.lock"
    shutil.move(folder / "commenting" / "2026-10", folder.parent / "later")
    assert publish(folder) == ["asking/2026-1", "commenting/2026-1", "commenting/2026-9"]
    first = lock.read_text("utf-8")
    assert publish(folder) == []
    shutil.move(folder.parent / "later", folder / "commenting" / "2026-10")
    assert publish(folder) == ["commenting/2026-10"]
    assert lock.read_text("utf-8").startswith(first)
    assert len(lock.read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize("line", ["asking/2026-1", "a b c", "{0}\n{0}"])
def test_a_lock_that_cannot_be_read_is_refused(folder: Path, line: str) -> None:
    digest = Catalogue.load(folder).newest("asking").digest
    (folder.parent / "published.lock").write_text(line.format(f"asking/2026-1 {digest}"), "utf-8")
    with pytest.raises(DefinitionErrors, match=r"published\.lock"):
        Catalogue.load(folder)


def test_the_command_lists_and_publishes_and_refuses_a_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(folder)]) == 0
    assert "asking/2026-1  not published  Asking" in capsys.readouterr().out
    assert main(["--folder", str(folder), "--lock"]) == 0
    assert "published asking/2026-1" in capsys.readouterr().out
    assert main(["--folder", str(folder), "--lock"]) == 0
    assert "nothing new to publish" in capsys.readouterr().out
    before = (folder.parent / "published.lock").read_bytes()
    _change(folder / "asking" / "2026-1" / "nb.yaml", "?", "??")
    assert main(["--folder", str(folder), "--lock"]) == 1
    assert "asking/2026-1 is published" in capsys.readouterr().err
    assert (folder.parent / "published.lock").read_bytes() == before
