"""Findings and missing fields in words: `sentences/en.yaml` and `nb.yaml`, for people who read a second language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from questionnaires.minerals.checker import Missing
from questionnaires.minerals.contributions import Reason
from questionnaires.minerals.findings import Finding, Level
from questionnaires.minerals.rollup import Rule
from questionnaires.minerals.unwritable import NotWritable

LANGUAGES = ("en", "nb")
_FOLDER = Path(__file__).with_name("sentences")
WORDS: Mapping[str, Mapping[str, Any]] = {
    language: yaml.load((_FOLDER / f"{language}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    for language in LANGUAGES
}
"""By language: `levels`, `minerals`, `report`, `missing`, `findings`, `rollup`, `follow_up` and `unwritable`."""


def sentence(finding: Finding, language: str) -> str:
    """Return what was found."""
    return _filled(WORDS[language]["findings"][finding.code]["sentence"], finding.facts, language)


def mend(finding: Finding, language: str) -> str:
    """Return what to do about it."""
    return _filled(WORDS[language]["findings"][finding.code]["mend"], finding.facts, language)


def missing_sentence(missing: Missing, language: str) -> str:
    """Return what is missing."""
    facts = {"question": missing.what.removeprefix("Q"), "mineral": missing.mineral or ""}
    sentences: Mapping[str, str] = WORDS[language]["missing"]
    return _filled(sentences[_kind_of(missing, sentences)], facts, language)


def level_word(level: Level, language: str) -> str:
    """Return the level as a word before a sentence."""
    word: str = WORDS[language]["levels"][level]
    return word


def report_sentence(key: str, facts: Mapping[str, str], language: str) -> str:
    """Return a sentence about a whole file."""
    return _filled(WORDS[language]["report"][key], facts, language)


def rule_sentence(rule: Rule, language: str) -> str:
    """Return why an answer of a roll-up is what it is."""
    return str(WORDS[language]["rollup"][rule])


def follow_up_sentence(reason: Reason, language: str) -> str:
    """Return why a row of a supplier is to be followed up."""
    return str(WORDS[language]["follow_up"][reason])


def unwritable_sentence(refusal: NotWritable, language: str) -> str:
    """Return why a declaration cannot be written."""
    return str(WORDS[language]["unwritable"][refusal.code])


def _kind_of(missing: Missing, sentences: Mapping[str, str]) -> str:
    if missing.what in sentences:
        return missing.what
    if missing.what.startswith("Q"):
        return "question"
    return "letter_of_mineral" if missing.mineral else "letter"


def _filled(text: str, facts: Mapping[str, str], language: str) -> str:
    minerals = WORDS[language]["minerals"]
    return text.format_map(
        {name: minerals.get(value, value) if name == "mineral" else value for name, value in facts.items()}
    )
