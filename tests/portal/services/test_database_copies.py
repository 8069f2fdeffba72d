from __future__ import annotations

from pathlib import Path

import pytest

from portal.models.engine import make_engine
from portal.services.database_copies import CopyError, load_postgresql, take


def test_without_the_programs_of_postgresql_a_sentence_says_so(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    engine = make_engine(postgresql_url)
    with pytest.raises(CopyError, match="pg_dump is not on the PATH; install"):
        take(engine, tmp_path / "copy")
    engine.dispose()


def test_what_is_no_copy_is_not_brought_back(postgresql_url: str, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"PGDMP?")
    engine = make_engine(postgresql_url)
    with pytest.raises(CopyError, match="pg_restore failed"):
        load_postgresql(engine, tmp_path / "copy", "SELECT 1")
    engine.dispose()
