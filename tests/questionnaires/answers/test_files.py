"""What is said of a file: never taken from a form, checked field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from questionnaires.answers import AnswerError, AnswerType, FormFields

TypeOf = Callable[[str], AnswerType]
PDF: dict[str, Any] = {"sha256": "a" * 64, "name": "plan.pdf", "size": 12001, "media_type": "application/pdf"}


def test_a_form_cannot_claim_a_file(type_of: TypeOf, post: Callable[[dict[str, str | list[str]]], FormFields]) -> None:
    assert type_of("Q-file").read(post({"Q-file": "a" * 64}), "Q-file") is None
    assert not type_of("Q-file").read_from_form


def test_a_file_record_is_an_answer(type_of: TypeOf) -> None:
    type_of("Q-file").check([PDF])
    assert type_of("Q-file").display([PDF], "nb") == "plan.pdf (13\u00a0kB)"


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": None},
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 201},
        {"name": "\ud800"},
        {"size": -1},
        {"size": "12"},
        {"size": True},
        {"size": 2**53},
        {"media_type": "text/html"},
        {"media_type": ["application/pdf"]},
        {"extra": 1},
    ],
)
def test_a_record_that_is_not_whole_is_refused(type_of: TypeOf, change: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        type_of("Q-file").check([{**PDF, **change}])


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([PDF, PDF], "same_file"),
        ([{**PDF, "sha256": digit * 64} for digit in "abc"], "too_many_files"),
        ([{**PDF, "media_type": "image/png"}], "wrong_kind"),
        ([], "wrong_shape"),
        (PDF, "wrong_shape"),
    ],
)
def test_the_list_of_files_has_its_limits(type_of: TypeOf, files: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of("Q-file").check(files)
    assert refused.value.code == code


def test_a_wrong_kind_is_told_with_the_kinds_that_are_taken(type_of: TypeOf) -> None:
    with pytest.raises(AnswerError) as refused:
        type_of("Q-file").check([{**PDF, "media_type": "image/png"}])
    assert refused.value.message("en").endswith("Upload a PDF or an Excel workbook (.xlsx).")
    assert refused.value.message("nb").endswith("Last opp en PDF eller en Excel-arbeidsbok (.xlsx).")
