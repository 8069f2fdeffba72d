"""From a definition's YAML to the rows of its workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from questionnaires.answers import FILE_KINDS
from questionnaires.translating import Source, TextPath
from questionnaires.workbooks.kinds import KINDS
from questionnaires.workbooks.layout import LAYOUTS, OWN, REFERENCES, Heading, Layout


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """One row of a sheet, and where its texts stand in a translation."""

    layout: Layout
    entry: Mapping[str, Any]
    """What the YAML holds."""
    base: TextPath
    """The way to the translations of this row's neighbours."""
    own: str | int = ""
    """The row's own id, or its position."""
    belongs_to: Mapping[str, str] = field(default_factory=dict)
    """The section, question or column that it is part of."""

    def cell(self, heading: Heading) -> str:
        """Return what stands under a heading that is no text; empty where the YAML says nothing."""
        if heading.kind in REFERENCES:
            return self.belongs_to.get(heading.kind, "")
        value: Any = self.entry
        for key in heading.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return "" if value is None else KINDS[heading.kind].write(value)

    def text(self, heading: Heading, texts: Mapping[TextPath, str]) -> str:
        """Return the text under a heading, from the texts of one language; empty where there is none."""
        return texts.get(text_path(self.base, self.own, heading), "")


def text_path(base: TextPath, own: str | int, heading: Heading) -> TextPath:
    """Return where the text under a heading stands in a translation, for a row of an id below a base."""
    return (*base, *(own if step == OWN else step for step in heading.twin))


def rows_of(source: Source) -> Iterator[DefinitionRow]:
    """Yield the rows of all sheets; the definition is one that loads."""
    definition = source.definition
    yield DefinitionRow(LAYOUTS["Questionnaire"], definition, ())
    for section in definition["sections"]:
        yield DefinitionRow(LAYOUTS["Sections"], section, ("sections",), section["id"])
        for question in section["questions"]:
            yield from _of_question(question, section["id"])
    for rule in definition.get("rules") or ():
        yield DefinitionRow(LAYOUTS["Rules"], rule, ("rules",), rule["id"])


def _of_question(question: Mapping[str, Any], section: str) -> Iterator[DefinitionRow]:
    entry = {**question, "documents": _documents(question)}
    yield DefinitionRow(LAYOUTS["Questions"], entry, ("questions",), question["id"], {"section": section})
    path: TextPath = ("questions", question["id"])
    owner = {"question": question["id"]}
    yield from _options(question, (*path, "options"), owner)
    for column in question.get("columns") or ():
        yield DefinitionRow(LAYOUTS["Columns"], column, path, column["id"], owner)
        own = {**owner, "column": column["id"]}
        yield from _options(column, (*path, "column_options", column["id"]), own)
    for clause in question.get("clauses") or ():
        yield DefinitionRow(LAYOUTS["Clauses"], clause, (*path, "clauses"), clause["no"], owner)
    for index, rule in enumerate(question.get("deviations") or ()):
        yield DefinitionRow(LAYOUTS["Deviations"], rule, (*path, "deviations"), index, owner)


def _options(entry: Mapping[str, Any], path: TextPath, owner: Mapping[str, str]) -> Iterator[DefinitionRow]:
    options: Sequence[Mapping[str, Any]] = entry.get("options") or ()
    for option in options:
        yield DefinitionRow(LAYOUTS["Options"], option, path, option["code"], owner)


def _documents(question: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the documents with their kinds, whichever way they are written."""
    documents = question.get("documents")
    if documents is None:
        return None
    if isinstance(documents, list):
        return {"kinds": documents}
    return {"kinds": list(FILE_KINDS), **documents}
