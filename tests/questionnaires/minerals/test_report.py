"""A workbook's report: values, JSON, and sentences that say everything in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from questionnaires.minerals import wording
from questionnaires.minerals.consistency import RULES
from questionnaires.minerals.findings import Level
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Asked, Kind, Mineral
from questionnaires.minerals.report import Report, check
from tests.questionnaires.minerals.declared import blank, declared, filling, known, listing, saying, smelter, telling

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _texts(words: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from _texts(value, f"{path}{key}.")


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_rule_has_a_sentence_and_what_to_do(language: str) -> None:
    assert set(wording.WORDS[language]["findings"]) == set(RULES)
    assert all(set(words) == {"sentence", "mend"} for words in wording.WORDS[language]["findings"].values())
    assert set(wording.WORDS[language]["levels"]) == set(Level)
    assert set(wording.WORDS[language]["minerals"]) == set(Mineral)


def test_both_languages_tell_the_same_facts() -> None:
    english, norwegian = dict(_texts(wording.WORDS["en"])), dict(_texts(wording.WORDS["nb"]))
    assert english.keys() == norwegian.keys()
    for path, text in english.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(norwegian[path])), path


def _report() -> Report:
    """A report with one of each level, and one field that is missing."""
    workbook = saying(declared(), {(Asked.ALL_REPORTED, Mineral.TIN): "No", (Asked.REMAINS, Mineral.TANTALUM): "No"})
    workbook = listing(telling(workbook, {"A": "No"}), smelter(Mineral.TIN), smelter(Mineral.GOLD, 10))
    return check(filling(workbook, {"contact_name": "", "authorizer_name": "same"}), known())


def test_the_worst_comes_first_and_rows_follow_as_numbers() -> None:
    assert [(each.code, str(each.place)) for each in _report().findings] == [
        ("C1b", "Declaration!D75"),
        ("I2a", "Declaration!D18"),
        ("Q4a", "Declaration!D69"),
        ("M4", "Declaration!D32"),
    ]


def test_a_report_counts_by_level() -> None:
    report = _report()
    assert dict(report.counts) == {Level.ERROR: 1, Level.WARNING: 1, Level.FLAG: 1, Level.NOTICE: 1}
    assert len(report.missing) == 1
    assert report.has_errors


def test_what_is_missing_is_an_error_though_no_rule_is_broken() -> None:
    report = check(filling(declared(), {"contact_phone": ""}), known())
    assert (report.findings, report.has_errors) == ((), True)


def test_a_report_tells_its_sentences_in_both_languages() -> None:
    assert list(_report().sentences("en"))[:2] == [
        "CMRT 6.6.1: missing: 1, errors: 1, warnings: 1, to follow up: 1, notices: 1.",
        "Error  Declaration!D15  The name of the contact is missing.",
    ]
    assert list(_report().sentences("nb"))[-1] == (
        "Merknad  M4  Declaration!D32  Svaret på spørsmål 1 er «No» for tantal, så disse spørsmålene trenger ikke "
        "svar: 2. Slett svarene som er til overs, eller rett det første svaret."
    )


def test_a_good_workbook_is_told_in_one_line() -> None:
    assert list(check(declared(), known()).sentences("en")) == ["CMRT 6.6.1: complete, and nothing was found."]


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_told_twice(kind: Kind, language: str) -> None:
    version = {Kind.CMRT: "6.6.1", Kind.EMRT: "2.11.1"}[kind]
    lines = list(check(blank(kind, version), Known()).sentences(language))
    date_cell = {Kind.CMRT: "Declaration!D22", Kind.EMRT: "Declaration!D26"}[kind]
    assert len([line for line in lines if f"  {date_cell}  " in line]) == 1
    assert not [line for line in lines if "{" in line]


def test_the_json_has_all_of_it() -> None:
    told = json.loads(json.dumps(_report().as_json()))
    assert told["counts"] == {"missing": 1, "error": 1, "warning": 1, "flag": 1, "notice": 1}
    assert told["missing"][0] == {
        "checker_row": 7,
        "cell": "Declaration!D15",
        "what": "contact_name",
        "mineral": None,
        "sentence": {"en": "The name of the contact is missing.", "nb": "Navnet på kontaktpersonen mangler."},
    }
    assert told["findings"][2]["code"] == "Q4a"
    assert told["findings"][2]["facts"] == {"mineral": "Tin", "question": "8", "answer": "No"}
