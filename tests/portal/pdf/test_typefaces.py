import time
from pathlib import Path

import pytest

from portal.pdf.document import DocumentError, Renderer
from portal.pdf.typefaces import TypefaceError, coverage, main, make


def test_the_faces_cover_norwegian_and_chinese(renderer: Renderer) -> None:
    assert {ord(each) for each in "æøåÆØÅ深圳市华星电子有限公司žđłșΩДệ€–“”•"} <= coverage()


def test_making_the_faces_again_is_quick_and_changes_nothing(renderer: Renderer) -> None:
    before = {path: path.stat().st_mtime_ns for path in make()}
    started = time.perf_counter()

    assert main([]) == 0

    assert time.perf_counter() - started < 0.5
    assert {path: path.stat().st_mtime_ns for path in make()} == before


def test_missing_packages_are_named(tmp_path: Path) -> None:
    with pytest.raises(TypefaceError, match="npm ci"):
        make(packages=tmp_path / "none", fonts=tmp_path / "fonts")


def test_a_renderer_without_faces_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"portal\.pdf\.typefaces"):
        Renderer(fonts=tmp_path)


def test_the_large_collections_are_linked_when_asked_for(tmp_path: Path, renderer: Renderer) -> None:
    with pytest.raises(TypefaceError, match="fonts-noto-cjk"):
        make(fonts=tmp_path / "fonts", cjk=tmp_path)
