"""The texts of an edition as a workbook for translators, and back to translation files.

One sheet, a row for each text: a stable key, where it stands, English, and a column for each language. Rows may be
sorted; a row that is taken away keeps the translation that the edition has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError

from questionnaires.loading.entry import OPTION_MARK
from questionnaires.model import Questionnaire
from questionnaires.texts import ENGLISH
from questionnaires.translating import Slot, TextPath, slots, source_of, tree_of
from questionnaires.workbooks.kinds import prose, words
from questionnaires.workbooks.layout import chosen_languages, for_language, language_of
from questionnaires.workbooks.sheets import Faults, HeadedRow, Sheets, find_sheet, headed_rows
from questionnaires.workbooks.xlsx import Book, new_book
from questionnaires.workbooks.yaml_writing import write_translation_file

SHEET = "Texts"
MOST_TEXTS = 5_000
"""Rows that are read; far more than any questionnaire has texts."""

_SHEET_NAMES = (SHEET, "Tekster")
_KEY, _WHERE = "key", "where"
_NAMES = {"key": _KEY, "nøkkel": _KEY, "where": _WHERE, "hvor": _WHERE}
_EDITION = "edition"
"""The key of the row that names the edition."""
_OPEN_SHEET = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}


def write_translations(questionnaire: Questionnaire, languages: Iterable[str] = ()) -> bytes:
    """Return the texts of an edition, or of a draft, as a workbook (XLSX).

    Args:
        questionnaire: the edition.
        languages: codes of further languages, to get an empty column each.
    """
    source = source_of(questionnaire)
    _, *wanted = chosen_languages((*questionnaire.languages, *languages))
    known = [source.texts(language) for language in wanted]
    with new_book() as (book, file):
        titles = [_KEY, _WHERE, *(for_language(_name_of(code), code) for code in (ENGLISH, *wanted))]
        sheet = book.add_sheet(SHEET, titles, [30, 36, *[60] * (len(wanted) + 1)], 1)
        _write_line(book, sheet, 1, [_EDITION, "The edition that these texts belong to", questionnaire.name])
        row = 1
        for row, slot in enumerate(slots(source.definition), start=2):
            texts = [translations.get(slot.path, "") for translations in known]
            _write_line(book, sheet, row, [slot.key, slot.where, slot.english], texts)
        if wanted:
            sheet.conditional_format(2, 3, row, 2 + len(wanted), {"type": "blanks", "format": book.gap})
        sheet.autofilter(0, 0, row, 2 + len(wanted))
        sheet.protect("", _OPEN_SHEET)
    return file.getvalue()


def is_translations(sheets: Sheets) -> bool:
    """Return whether a workbook holds texts to translate, and no definition."""
    return find_sheet(sheets, *_SHEET_NAMES) is not None


def edition_of(sheets: Sheets) -> str | None:
    """Return the key and edition that a workbook of texts names, as ``human-rights/2026-1``; None where it does not."""
    for row in _rows(sheets, Faults()):
        if words(row.cells.get(_KEY)) == _EDITION:
            return words(row.cells.get(ENGLISH)) or None
    return None


def read_translations(questionnaire: Questionnaire, sheets: Sheets) -> dict[str, bytes]:
    """Return the translation files that a workbook of texts stands for, by name: ``nb.yaml``.

    A language in which nothing is written has no file. A text may still be missing, as in a draft.

    Args:
        questionnaire: the edition whose texts were translated.
        sheets: the workbook's cells, by sheet, from A1 on.

    Raises:
        WorkbookErrors: a key is not known or stands there twice, an English text is not the edition's, or a
            translation lacks its ``{option}``. All of it is told at once.
    """
    source, faults = source_of(questionnaire), Faults(questionnaire.name)
    by_key = {slot.key: slot for slot in slots(source.definition)}
    rows: dict[TextPath, HeadedRow[str]] = {}
    languages: dict[str, None] = {}
    for row in _rows(sheets, faults):
        languages |= dict.fromkeys(column for column in row.columns if column not in (_KEY, _WHERE, ENGLISH))
        slot = _slot_of(row, by_key, questionnaire.name, rows, faults)
        if slot:
            rows[slot.path] = row
    faults.refuse()
    files = {}
    for language in languages:
        texts = _texts(language, by_key.values(), rows, source.texts(language))
        if any(language in row.cells for row in rows.values()):
            files[f"{language}.yaml"] = write_translation_file(tree_of(texts))
    return files


def _rows(sheets: Sheets, faults: Faults) -> Iterable[HeadedRow[str]]:
    sheet = find_sheet(sheets, *_SHEET_NAMES)
    if sheet is None:
        faults.add(SHEET, f"the sheet {SHEET} is missing")
        return ()
    rows = list(
        headed_rows(sheet, sheets[sheet], _heading, faults, "key, where, English [en], and text [nb]", MOST_TEXTS)
    )
    if rows and not {_KEY, ENGLISH} <= rows[0].columns.keys():
        faults.add(f"{sheet} row 1", "the headings key and English [en] must be there")
        return ()
    return rows


def _heading(title: str) -> str | None:
    """Return what a heading stands for: key, where, or the language at its end."""
    name, language = language_of(title)
    return _NAMES.get(name) or (language if title.endswith("]") else None)


def _slot_of(
    row: HeadedRow[str],
    by_key: Mapping[str, Slot],
    edition: str,
    seen: Mapping[TextPath, HeadedRow[str]],
    faults: Faults,
) -> Slot | None:
    """Return the text that a row translates; what is wrong with the row is noted."""
    key, english = words(row.cells.get(_KEY)), prose(row.cells.get(ENGLISH))
    slot = by_key.get(key)
    if key == _EDITION:
        if english != edition:
            _refuse(row, ENGLISH, f"the texts belong to {english or 'no edition'}, not to {edition}", faults)
        return None
    if slot is None:
        _refuse(row, _KEY, f"unknown key {key}" if key else "the key is missing", faults)
        return None
    if slot.path in seen:
        _refuse(row, _KEY, f"{key} stands in row {seen[slot.path].number} already", faults)
    if _on_one_line(english) != _on_one_line(slot.english):
        _refuse(row, ENGLISH, "the English text has changed", faults)
    for column, cell in row.cells.items():
        is_translation = column not in (_KEY, _WHERE, ENGLISH)
        if is_translation and OPTION_MARK in slot.english and OPTION_MARK not in prose(cell):
            _refuse(row, column, f"{OPTION_MARK} is missing in the translation", faults)
    return slot


def _refuse(row: HeadedRow[str], column: str, sentence: str, faults: Faults) -> None:
    faults.add(row.place, sentence, row.titles[column], row.cell_name(column))


def _texts(
    language: str, wanted: Iterable[Slot], rows: Mapping[TextPath, HeadedRow[str]], before: Mapping[TextPath, str]
) -> dict[TextPath, str]:
    """Return the texts in a language, in the edition's order."""
    found = {}
    for slot in wanted:
        row = rows.get(slot.path)
        text = prose(row.cells.get(language)) if row else before.get(slot.path, "")
        if text:
            found[slot.path] = text
    return found


def _write_line(book: Book, sheet: Any, row: int, fixed: Sequence[str], texts: Sequence[str] = ()) -> None:
    for column, text in enumerate(fixed):
        book.write(sheet, row, column, text)
    for column, text in enumerate(texts, start=len(fixed)):
        sheet.write_blank(row, column, None, book.open_cell)
        book.write(sheet, row, column, text, book.open_cell)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _name_of(language: str) -> str:
    """Return a language's English name, the code where it has none."""
    try:
        return Locale.parse(language).english_name or language
    except (UnknownLocaleError, ValueError):
        return language
