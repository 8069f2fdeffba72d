"""Texts for translators: nothing is lost on the way, and what does not belong to the edition is told by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading import load_edition
from questionnaires.loading.edition import load_files
from questionnaires.model import Questionnaire
from questionnaires.translating import completeness
from questionnaires.workbooks.places import WorkbookErrors
from questionnaires.workbooks.translations import edition_of, is_translations, read_translations, write_translations

TINY = Path(__file__).parents[1] / "tiny"
Sheets = dict[str, list[list[Any]]]
SheetsOf = Callable[[bytes], Sheets]


@pytest.fixture
def repeating() -> Questionnaire:
    """The tiny edition whose texts hold ``{option}``."""
    return load_edition(TINY / "repeating" / "2026-1")


@pytest.fixture
def texts(repeating: Questionnaire, sheets_of: SheetsOf) -> Sheets:
    """Its texts as a workbook, with a column for Swedish."""
    return sheets_of(write_translations(repeating, ["sv"]))


def _row(texts: Sheets, key: str) -> int:
    return [row[0] for row in texts["Texts"]].index(key)


def _faults(edition: Questionnaire, texts: Sheets) -> list[tuple[str | None, str, str, str]]:
    with pytest.raises(WorkbookErrors) as refused:
        read_translations(edition, texts)
    return [(refused.value.cell_of(one), one.place, one.key, one.sentence) for one in refused.value.problems]


def test_the_texts_of_every_edition_come_back_as_they_went(edition: Questionnaire, sheets_of: SheetsOf) -> None:
    files = read_translations(edition, sheets_of(write_translations(edition)))
    again = load_files(edition.name, {DEFINITION_FILE: edition.source[DEFINITION_FILE], **files})
    assert replace(again, digest=edition.digest) == edition


def test_a_file_that_was_written_once_is_written_the_same_again(edition: Questionnaire, sheets_of: SheetsOf) -> None:
    files = read_translations(edition, sheets_of(write_translations(edition)))
    again = load_files(edition.name, {**edition.source, **files})
    assert read_translations(again, sheets_of(write_translations(again))) == files


def test_a_workbook_says_what_it_is(texts: Sheets) -> None:
    assert is_translations(texts)
    assert edition_of(texts) == "repeating/2026-1"
    assert not is_translations({"Questions": []})
    assert edition_of({"Texts": []}) is None


def test_a_new_language_is_filled_in_and_counted(repeating: Questionnaire, texts: Sheets) -> None:
    for row in texts["Texts"][2:-2]:
        row[4] = f"sv: {row[2]}"
    files = read_translations(repeating, texts)
    draft = load_files(repeating.name, {**repeating.source, **files}, draft=True)
    bokmaal, swedish = completeness(draft)
    assert draft.section("metal-tin").title.in_language("sv") == "sv: sv: Tin"
    assert (bokmaal.language, bokmaal.missing) == ("nb", ())
    assert (swedish.language, swedish.translated, swedish.missing) == ("sv", 15, ("R-audit/text", "R-gold/text"))


def test_a_language_in_which_nothing_is_written_has_no_file(repeating: Questionnaire, texts: Sheets) -> None:
    assert list(read_translations(repeating, texts)) == ["nb.yaml"]


def test_rows_may_be_sorted_and_one_that_is_gone_keeps_its_translation(repeating: Questionnaire, texts: Sheets) -> None:
    expected = read_translations(repeating, texts)
    texts["Texts"][1:] = sorted(texts["Texts"][3:], key=lambda row: str(row[2]))
    assert read_translations(repeating, texts) == expected


def test_an_emptied_cell_takes_a_translation_away(repeating: Questionnaire, texts: Sheets) -> None:
    texts["Texts"][_row(texts, "R-source/deviations/1")][3] = " \u00a0"
    files = read_translations(repeating, texts)
    draft = load_files(repeating.name, {**repeating.source, **files}, draft=True)
    assert [str(gap) for gap in draft.gaps] == ["repeating/2026-1: R-source: deviations 1: nb.yaml lacks sentence"]


def test_what_is_wrong_with_the_rows_is_told_at_once(repeating: Questionnaire, texts: Sheets) -> None:
    rows = texts["Texts"]
    title, source, gold = (_row(texts, key) for key in ("title", "R-source/text", "R-gold/text"))
    rows[title][2] = "Another title"
    rows[source][3] = "Hvorfra?"
    rows[gold][0] = "R-gold/txt"
    rows.append(list(rows[source + 1]))
    rows.append([None, None, "Left over", None, None])
    told = _faults(repeating, texts)
    assert [each[2:] for each in told] == [
        ("English [en]", "the English text has changed"),
        ("Norwegian Bokmål [nb]", "{option} is missing in the translation"),
        ("key", "unknown key R-gold/txt"),
        ("key", f"R-source/options/mine stands in row {source + 2} already"),
        ("key", "the key is missing"),
    ]
    at = [("C", title + 1), ("D", source + 1), ("A", gold + 1), ("A", len(rows) - 1), ("A", len(rows))]
    assert [each[:2] for each in told] == [(f"Texts!{column}{row}", f"Texts row {row}") for column, row in at]


def test_the_texts_of_another_edition_are_refused(repeating: Questionnaire, texts: Sheets) -> None:
    texts["Texts"][1][2] = "repeating/2025-1"
    assert _faults(repeating, texts) == [
        ("Texts!C2", "Texts row 2", "English [en]", "the texts belong to repeating/2025-1, not to repeating/2026-1")
    ]


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        ({}, "the sheet Texts is missing"),
        ({"Texts": [["key", "text [nb]"], ["title", "x"]]}, "the headings key and English [en] must be there"),
        ({"Texts": [["key", "English [en]", "Note"], ["title", "Repeating", "x"]]}, "unknown heading “Note”; known: "),
        ({"Texts": [["key", "English [en]"]] + [["title", "Repeating"]] * 5_001}, "more than 5000 rows"),
    ],
    ids=["empty", "no-english", "note", "endless"],
)
def test_a_workbook_of_another_form_is_refused(repeating: Questionnaire, sheets: Sheets, sentence: str) -> None:
    assert any(told[3].startswith(sentence) for told in _faults(repeating, sheets))


def test_the_translator_writes_in_translations_only_and_sees_what_is_missing(repeating: Questionnaire) -> None:
    sheet = openpyxl.load_workbook(BytesIO(write_translations(repeating, ["sv"])))["Texts"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert [sheet.cell(3, column).protection.locked for column in (1, 2, 3, 4, 5)] == [True, True, True, False, False]
    ((marked, rules),) = [(str(each.sqref), each.rules) for each in sheet.conditional_formatting]
    assert (marked, rules[0].type) == (f"D3:E{sheet.max_row}", "containsBlanks")
