"""From an edition's files to a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading.conditions import NEVER, Surroundings, read_condition
from questionnaires.loading.entry import Entry
from questionnaires.loading.problems import Problems
from questionnaires.loading.questions import read_rules
from questionnaires.loading.sections import SectionsReader
from questionnaires.loading.yaml_files import digest_of, read_yaml
from questionnaires.model import Questionnaire, ShortForm
from questionnaires.texts import BOKMAAL, ENGLISH

REQUIRED_LANGUAGES = (BOKMAAL,)
"""The translations without which an edition is not complete."""

_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_EDITION = re.compile(r"[0-9]{4}-[0-9]{1,2}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def load_edition(folder: Path, *, draft: bool = False) -> Questionnaire:
    """Return the edition in ``<key>/<edition>/``; raises DefinitionErrors with every fault found.

    In a draft a missing translation is no fault: the English text stands in, marked, and ``gaps`` names it.
    """
    name = f"{folder.parent.name}/{folder.name}"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name[0] != "."}
    return load_files(name, files, draft=draft)


def load_files(name: str, files: Mapping[str, bytes], *, draft: bool = False) -> Questionnaire:
    """Return the edition that some files describe, by their names; as ``load_edition`` does for a folder.

    Args:
        name: key and edition, ``human-rights/2026-1``; the definition must say the same.
        files: ``questionnaire.yaml`` and one translation a language.
        draft: whether translations may be missing.
    """
    problems = Problems(name, draft=draft)
    languages = _languages(files, problems)
    twins: dict[str, object] = {code: _translation(files, code, problems) for code in languages}
    if DEFINITION_FILE not in files:
        problems.add("", f"{DEFINITION_FILE} is missing")
    values = read_yaml(DEFINITION_FILE, files[DEFINITION_FILE], problems) if DEFINITION_FILE in files else {}
    problems.refuse()
    questionnaire = _read(Entry("", values, twins, problems), name, (ENGLISH, *languages), files)
    problems.refuse()
    return replace(questionnaire, gaps=problems.gaps)


def _read(root: Entry, name: str, languages: tuple[str, ...], files: Mapping[str, bytes]) -> Questionnaire:
    reader = SectionsReader(root, name)
    sections = reader.read()
    questionnaire = Questionnaire(
        key=root.code("key"),
        edition=root.code("edition"),
        title=root.text("title"),
        introduction=root.text("introduction"),
        minutes=root.whole("minutes", 0),
        statement=root.text("statement"),
        sections=sections,
        languages=languages,
        digest=digest_of(files),
        rules=read_rules(root, name, reader.known),
        short_form=_short_form(root),
        source=MappingProxyType(dict(files)),
    )
    root.close()
    _check_name(root, questionnaire, name)
    return questionnaire


def _short_form(root: Entry) -> ShortForm | None:
    entry = root.entry("short_form")
    if entry is None:
        return None
    condition = entry.entry("offered_if")
    if condition is None:
        entry.refuse("offered_if is missing", "offered_if")
    offered = read_condition(condition, Surroundings({})) if condition else NEVER
    form = ShortForm(entry.code("key"), offered)
    entry.close()
    return form


def _translation(files: Mapping[str, bytes], code: str, problems: Problems) -> dict[str, Any]:
    name = f"{code}.yaml"
    if name in files:
        return read_yaml(name, files[name], problems)
    if not problems.draft:
        problems.add("", f"{name} is missing", file=name)
    return {}


def _languages(files: Mapping[str, bytes], problems: Problems) -> list[str]:
    found = {name.removesuffix(".yaml") for name in files if name.endswith(".yaml") and name != DEFINITION_FILE}
    for stem in sorted(found):
        if not _LANGUAGE.fullmatch(stem) or stem == ENGLISH:
            sentence = f"{stem}.yaml is neither {DEFINITION_FILE} nor a translation such as nb.yaml"
            problems.add("", sentence, file=f"{stem}.yaml")
    for stranger in sorted(name for name in files if not name.endswith(".yaml")):
        sentence = f"{stranger} is no YAML file; only {DEFINITION_FILE} and translations belong here"
        problems.add("", sentence, file=stranger)
    return sorted({stem for stem in found if _LANGUAGE.fullmatch(stem)} | set(REQUIRED_LANGUAGES))


def _check_name(root: Entry, questionnaire: Questionnaire, name: str) -> None:
    if questionnaire.name != name:
        root.refuse(f"key and edition say {questionnaire.name}, the folder {name}", "key")
    if not _KEY.fullmatch(questionnaire.key) or not _EDITION.fullmatch(questionnaire.edition):
        root.refuse('a key is written like human-rights, an edition like "2026-1"', "edition")
    if questionnaire.minutes < 1:
        root.refuse("minutes must be at least 1", "minutes")
