"""Every text of an edition by where its translation stands: to translate, to count, to write translation files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from questionnaires.errors import DEFINITION_FILE
from questionnaires.loading.problems import Problems
from questionnaires.loading.yaml_files import read_yaml
from questionnaires.model import Questionnaire
from questionnaires.texts import ENGLISH

TextPath: TypeAlias = tuple[str | int, ...]
"""The way through a translation file: ``("questions", "HR-18", "deviations", 0)``."""

_TOP_TEXTS = ("title", "introduction", "statement")
_TOP_KEYS = {*_TOP_TEXTS, "sections", "questions", "rules"}
_BARE = ("text", "label", "sentence")
"""What a text may be written under where the manual writes it bare."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One text of an edition."""

    path: TextPath
    english: str
    where: str
    """Where it stands, in words for a translator."""

    @property
    def key(self) -> str:
        """A stable name of the text: ``HR-18/deviations/1``, ``sections/governance/title``."""
        path = self.path
        if path[0] == "questions" and path[1] not in _TOP_KEYS:
            path = path[1:]
        return "/".join(str(step + 1) if isinstance(step, int) else step for step in path)


@dataclass(frozen=True, slots=True)
class Source:
    """An edition's files as plain mappings."""

    definition: Mapping[str, Any]
    translations: Mapping[str, Mapping[str, Any]]
    """By language code."""

    def texts(self, language: str) -> dict[TextPath, str]:
        """Return the texts that exist in a language, in the edition's order."""
        if language == ENGLISH:
            return {slot.path: slot.english for slot in slots(self.definition)}
        tree = self.translations.get(language, {})
        found = ((slot.path, _translated(tree, slot.path)) for slot in slots(self.definition))
        return {path: text for path, text in found if text is not None}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of an edition is translated into one language."""

    language: str
    texts: int
    """How many there are."""
    missing: tuple[str, ...]
    """The keys of those that are not translated."""

    @property
    def translated(self) -> int:
        """How many exist in the language."""
        return self.texts - len(self.missing)


def source_of(questionnaire: Questionnaire) -> Source:
    """Return what an edition's files say; they were checked when it was loaded."""
    problems = Problems(questionnaire.name)
    read = {name: read_yaml(name, content, problems) for name, content in questionnaire.source.items()}
    problems.refuse()
    definition = read.pop(DEFINITION_FILE)
    return Source(definition, {name.removesuffix(".yaml"): content for name, content in read.items()})


def completeness(questionnaire: Questionnaire) -> tuple[Completeness, ...]:
    """Return for each language of an edition or a draft, English left out, what is translated and what is missing."""
    source = source_of(questionnaire)
    wanted = list(slots(source.definition))
    found = []
    for language in questionnaire.languages:
        if language != ENGLISH:
            there = source.texts(language)
            missing = tuple(slot.key for slot in wanted if slot.path not in there)
            found.append(Completeness(language, len(wanted), missing))
    return tuple(found)


def slots(definition: Mapping[str, Any]) -> Iterator[Slot]:
    """Yield every text of a definition that loads, in the order of a translation file."""
    yield from _texts((), definition, _TOP_TEXTS, "The questionnaire")
    sections = definition["sections"]
    for section in sections:
        yield from _texts(("sections", section["id"]), section, ("title", "introduction"), f"Section {section['id']}")
    for section in sections:
        for question in section["questions"]:
            yield from _of_question(question, f"Section {section['id']}, {question['id']}")
    for rule in definition.get("rules") or ():
        yield Slot(("rules", rule["id"]), rule["sentence"].strip(), f"Rule {rule['id']}")


def tree_of(texts: Mapping[TextPath, str]) -> dict[str, Any]:
    """Return what a translation file holds, from its texts by path; the opposite of ``Source.texts``."""
    tree: dict[Any, Any] = {}
    for path, text in texts.items():
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
        node[path[-1]] = text
    return {key: _with_lists(node) for key, node in tree.items()}


def _of_question(question: Mapping[str, Any], where: str) -> Iterator[Slot]:
    path: TextPath = ("questions", question["id"])
    yield from _texts(path, question, ("text", "help", "unit", "label"), where)
    if document := question.get("document"):
        yield from _texts((*path, "document"), document, ("adopted_by",), where)
    for clause in question.get("clauses") or ():
        yield from _texts(
            (*path, "clauses", clause["no"]), clause, ("title", "text"), f"{where}, clause {clause['no']}"
        )
    yield from _options((*path, "options"), question, where)
    yield from _columns(path, question, where)
    if comment := question.get("comment"):
        yield Slot((*path, "comment"), comment["label"].strip(), f"{where}, label of the comment")
    yield from _texts(path, question, ("evidence",), where)
    for index, rule in enumerate(question.get("deviations") or ()):
        words = f"{where}, deviation {index + 1} ({rule['severity']})"
        yield Slot((*path, "deviations", index), rule["sentence"].strip(), words)


def _columns(path: TextPath, question: Mapping[str, Any], where: str) -> Iterator[Slot]:
    columns: Sequence[Mapping[str, Any]] = question.get("columns") or ()
    for key, twin in (("text", "columns"), ("unit", "column_units")):
        for column in columns:
            if column.get(key) is not None:
                words = f"{where}, column {column['id']}: {key}"
                yield Slot((*path, twin, column["id"]), column[key].strip(), words)
    for column in columns:
        yield from _options((*path, "column_options", column["id"]), column, f"{where}, column {column['id']}")


def _options(path: TextPath, owner: Mapping[str, Any], where: str) -> Iterator[Slot]:
    for option in owner.get("options") or ():
        yield Slot((*path, option["code"]), option["text"].strip(), f"{where}, option {option['code']}")


def _texts(path: TextPath, entry: Mapping[str, Any], keys: Sequence[str], where: str) -> Iterator[Slot]:
    for key in keys:
        if entry.get(key) is not None:
            yield Slot((*path, key), entry[key].strip(), f"{where}: {key.replace('_', ' ')}")


def _translated(tree: Mapping[str, Any], path: TextPath) -> str | None:
    """Return the text at the path; an only text may be written bare, or one step deeper under its key."""
    node: Any = tree
    for step in path:
        if isinstance(node, str):
            break
        node = node.get(step) if isinstance(node, dict) else _item(node, step)
    if isinstance(node, dict):
        node = next((node[key] for key in _BARE if key in node), None)
    return node.strip() if isinstance(node, str) else None


def _item(node: Any, step: str | int) -> Any:
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None


def _with_lists(node: Any) -> Any:
    """Return the node with its numbered parts as lists; a gap is None."""
    if not isinstance(node, dict):
        return node
    if any(isinstance(step, int) for step in node):
        return [node.get(index) for index in range(max(node) + 1)]
    return {key: _with_lists(part) for key, part in node.items()}
