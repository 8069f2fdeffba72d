"""Which sheets and columns a definition has as a workbook, read from ``layout.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from questionnaires.errors import QuestionnaireError
from questionnaires.texts import ENGLISH, Text

OWN = "*"
"""In the way to a translation: the id of the row itself."""
REFERENCES = ("section", "question", "column")
"""The kinds of headings that name what a row belongs to."""

_CODE = re.compile("[a-z]{2}")
_LANGUAGE = re.compile(r"(.*?) ?\[([a-z]{2})\]")


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a sheet, or one row of the sheet Questionnaire."""

    name: str
    norwegian: str
    kind: str
    """What its cells hold, a name in ``kinds.KINDS``; or own, section, question, column."""
    path: tuple[str, ...]
    """The keys that lead to the value in the YAML of what a row describes."""
    twin: tuple[str, ...]
    """Of a text: the keys that lead to its translation, from where the row's neighbours stand; ``*`` is the row."""
    about: Text

    @property
    def is_text(self) -> bool:
        """Whether it stands once for each language."""
        return self.kind == "text"


@dataclass(frozen=True, slots=True)
class Layout:
    """One sheet."""

    name: str
    norwegian: str
    headings: tuple[Heading, ...]
    about: Text

    def heading(self, words: str) -> Heading | None:
        """Return the heading of a name in English or Norwegian; None where there is no such."""
        wanted = plain(words)
        return next((each for each in self.headings if wanted in (each.name, each.norwegian)), None)

    @property
    def own(self) -> Heading | None:
        """The heading of the rows' own ids; rows of the sheet Deviations have none."""
        return next((each for each in self.headings if each.kind == "own"), None)


def plain(words: str) -> str:
    """Return a heading as it is compared: small letters, one space between words."""
    return " ".join(words.split()).casefold()


def language_of(words: str) -> tuple[str, str]:
    """Return a heading without its language, and that language: ``("text", "nb")``; English where it names none."""
    found = _LANGUAGE.fullmatch(plain(words))
    return (found[1], found[2]) if found else (plain(words), ENGLISH)


def for_language(name: str, language: str) -> str:
    """Return the heading of a text in a language: ``text [nb]``."""
    return f"{name} [{language}]"


def chosen_languages(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the languages that a workbook gets columns for, English first.

    Raises QuestionnaireError for what is no code of two letters.
    """
    chosen = tuple(dict.fromkeys((ENGLISH, *codes)))
    for code in chosen:
        if not _CODE.fullmatch(code):
            raise QuestionnaireError(f"“{code}” is no code of a language; write two small letters, as sv")
    return chosen


def _read(path: Path) -> dict[str, Layout]:
    sheets = yaml.safe_load(path.read_text("utf-8"))
    return {sheet["name"]: _layout(sheet) for sheet in sheets}


def _layout(sheet: Mapping[str, Any]) -> Layout:
    headings = tuple(_heading(each) for each in sheet["headings"])
    return Layout(sheet["name"], sheet["nb"], headings, Text.of(sheet["about"], nb=sheet["about_nb"]))


def _heading(each: Mapping[str, Any]) -> Heading:
    return Heading(
        name=each["name"],
        norwegian=each["nb"],
        kind=each["kind"],
        path=tuple(each["path"].split(".")),
        twin=tuple(each.get("twin", each["path"]).split(".")),
        about=Text.of(each["about"], nb=each["about_nb"]),
    )


LAYOUTS: Mapping[str, Layout] = _read(Path(__file__).with_name("layout.yaml"))
"""By the sheet's English name, in the order of the workbook."""
