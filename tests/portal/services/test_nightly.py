from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.services import nightly
from portal.services.verifying_all import Fault, FaultKind, Result

NIGHT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def told(path: Path) -> dict[str, object]:
    answer: dict[str, object] = json.loads((path / nightly.FILENAME).read_text())
    return answer


def test_it_is_due_once_a_night(tmp_path: Path) -> None:
    assert not nightly.is_due(tmp_path, NIGHT.replace(hour=14))
    assert nightly.is_due(tmp_path, NIGHT)
    nightly.run(lambda: Result(NIGHT), tmp_path, NIGHT)
    assert not nightly.is_due(tmp_path, NIGHT + timedelta(hours=2))
    assert nightly.is_due(tmp_path, NIGHT + timedelta(days=1))


def test_while_one_checks_no_other_begins(tmp_path: Path) -> None:
    def check() -> Result:
        assert not nightly.is_due(tmp_path, NIGHT + timedelta(minutes=1))
        return Result(NIGHT)

    nightly.run(check, tmp_path, NIGHT)
    assert told(tmp_path)["whole"] is True


def test_a_file_that_was_spoilt_does_not_keep_it_from_checking(tmp_path: Path) -> None:
    (tmp_path / nightly.FILENAME).write_text("[")
    assert nightly.is_due(tmp_path, NIGHT)


def test_what_is_wrong_stands_in_the_file_and_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    faults = [Fault(FaultKind.MISSING, f"ab/{number}") for number in range(30)]
    nightly.run(lambda: Result(NIGHT, {"files": 1}, faults), tmp_path, NIGHT)
    assert told(tmp_path)["whole"] is False
    assert len(told(tmp_path)["faults"]) == 30  # type: ignore[arg-type]
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
    assert lines[0] == "ab/0: missing ()"
    assert lines[-1].startswith("30 faults in all; see")


def test_what_keeps_it_from_checking_is_told(tmp_path: Path) -> None:
    def check() -> Result:
        raise PermissionError("files")

    with pytest.raises(PermissionError):
        nightly.run(check, tmp_path, NIGHT)
    assert (told(tmp_path)["whole"], told(tmp_path)["error"]) == (False, "files")
