"""From the sheets of a workbook to a definition's YAML: each row becomes part of what the rows before it said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from questionnaires.texts import ENGLISH
from questionnaires.translating import TextPath
from questionnaires.workbooks.first_sheet import FIRST_SHEET, read_first_sheet
from questionnaires.workbooks.kinds import words
from questionnaires.workbooks.layout import LAYOUTS, REFERENCES, Layout, for_language
from questionnaires.workbooks.places import Spot, cell_name
from questionnaires.workbooks.sheets import Faults, Sheets, find_sheet, headed_rows, strangers
from questionnaires.workbooks.tree_building import Builder, Row, Trees, understanding

NEEDED = ("Questionnaire", "Sections", "Questions")
"""The sheets without which there is no questionnaire."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """A section, question or column that rows may belong to."""

    place: str
    """As the loader names it."""
    entry: dict[str, Any] = field(default_factory=dict)
    path: TextPath = ()
    """The way to the translations of what belongs to it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """How the rows of a sheet become part of the definition."""

    listed: str
    """The key under which their owner lists them."""
    place: str
    """The loader's name for the place of a row."""
    below: TextPath
    """The way from their owner's translations to theirs."""


_PARTS: Mapping[str, _Part] = {
    "Sections": _Part("sections", "sections {own}", ("sections",)),
    "Questions": _Part("questions", "{own}", ("questions",)),
    "Columns": _Part("columns", "{owner}: columns {own}", ()),
    "Options": _Part("options", "{owner}: options {own}", ("options",)),
    "Clauses": _Part("clauses", "{owner}: clauses {own}", ("clauses",)),
    "Deviations": _Part("deviations", "{owner}: deviations {own}", ("deviations",)),
    "Rules": _Part("rules", "rules {own}", ("rules",)),
}
"""By sheet, in an order in which owners come first."""
_PLACES = {"section": "sections {section}", "question": "{question}", "column": "{question}: columns {column}"}


def read_trees(sheets: Sheets, faults: Faults) -> Trees:
    """Return what the workbook says; its faults are noted."""
    reader = _Reader(sheets, faults)
    reader.read()
    return reader.builder.trees


class _Reader:
    def __init__(self, sheets: Sheets, faults: Faults) -> None:
        self._sheets = sheets
        self._faults = faults
        self._things: dict[str, _Thing] = {}
        self.builder = Builder(faults)

    def read(self) -> None:
        definition = self.builder.trees.definition
        read_first_sheet(list(self._rows(FIRST_SHEET)), self.builder)
        self._faults.edition = f"{definition.get('key', '')}/{definition.get('edition', '')}"
        for name in strangers(self._sheets, {name for one in LAYOUTS.values() for name in (one.name, one.norwegian)}):
            sentence = f"unknown sheet “{name}”; known: {', '.join(LAYOUTS)}"
            self._faults.add(name, sentence, cell=cell_name(name, 1, 1))
        root = _Thing("", definition)
        for name, part in _PARTS.items():
            for row in self._rows(LAYOUTS[name]):
                self._take(row, LAYOUTS[name], part, root)

    def _rows(self, layout: Layout) -> Iterator[Row]:
        """Yield the rows of a sheet; one that is needed and not there is a fault."""
        sheet = find_sheet(self._sheets, layout.name, layout.norwegian)
        if sheet is not None:
            names = (for_language(each.name, ENGLISH) if each.is_text else each.name for each in layout.headings)
            rows = self._sheets[sheet]
            yield from headed_rows(
                sheet, rows, lambda title: understanding(layout, title), self._faults, ", ".join(names)
            )
        elif layout.name in NEEDED:
            self._faults.add(layout.name, f"the sheet {layout.name} is missing")

    def _take(self, row: Row, layout: Layout, part: _Part, root: _Thing) -> None:
        """Make a row part of its owner; where there is no such owner, it is read all the same, for its faults."""
        references = self._references(row)
        found = self._owner(row, layout, references, root)
        owner = found or _Thing(references.get("question", ""))
        listed = owner.entry.setdefault(part.listed, [])
        own = self._own(row, layout) if layout.own else len(listed)
        if own == "":
            return
        is_in_column = layout.name == "Options" and "column" in references
        base = (*owner.path, *(() if is_in_column else part.below))
        number = own + 1 if isinstance(own, int) else own
        thing = _Thing(part.place.format(owner=owner.place, own=number), path=_path_of(layout.name, base, own))
        if found or layout.name == "Questions":  # whose rows are known by their own id alone
            self._remember(row, layout, thing)
        self._fill(row, layout, thing.entry, (base, own), references.get("question", ""))
        listed.append(thing.entry)

    def _remember(self, row: Row, layout: Layout, thing: _Thing) -> None:
        cells = self.builder.trees.cells
        if thing.place in self._things:
            self.builder.refuse(row, layout.own, f"stands in {cells[thing.place].at} already")
            return
        self._things[thing.place] = thing
        at = row.cell_name((layout.own, ENGLISH)) if layout.own else row.cell_name(next(iter(row.columns)))
        by_path = {(heading.path, language): row.cell_name((heading, language)) for heading, language in row.columns}
        cells.add(thing.place, Spot(at, by_path))

    def _fill(
        self, row: Row, layout: Layout, entry: dict[str, Any], where: tuple[TextPath, str | int], question: str
    ) -> None:
        for heading in layout.headings:
            if heading.is_text:
                written = {code: cell for (each, code), cell in row.cells.items() if each is heading}
                self.builder.take_texts(heading, written, entry, *where)
            elif heading.kind not in REFERENCES:
                self.builder.take_value(row, heading, (heading, ENGLISH), entry, question)

    def _own(self, row: Row, layout: Layout) -> str:
        """Return the row's own id; nothing (and a fault noted) where it has none."""
        heading = layout.own
        own = words(row.cells.get((heading, ENGLISH))) if heading else ""
        if heading and not own:
            self.builder.refuse(row, heading, f"{heading.name} is missing")
        return own

    def _references(self, row: Row) -> dict[str, str]:
        return {heading.kind: words(cell) for (heading, _), cell in row.cells.items() if heading.kind in REFERENCES}

    def _owner(self, row: Row, layout: Layout, references: Mapping[str, str], root: _Thing) -> _Thing | None:
        """Return what the row belongs to; None (and a fault noted) where there is no such thing."""
        kinds = [each.kind for each in layout.headings if each.kind in REFERENCES]
        if not kinds:
            return root
        kind = next((each for each in reversed(kinds) if each in references), kinds[0])
        place = _PLACES[kind].format(**{**dict.fromkeys(REFERENCES, ""), **references})
        if kind in references and place in self._things:
            return self._things[place]
        sheet = LAYOUTS[f"{kind.title()}s"]
        if sheet.name in NEEDED and not find_sheet(self._sheets, sheet.name, sheet.norwegian):
            return None  # told once, not for each row
        heading = next(each for each in layout.headings if each.kind == kind)
        there_is_none = f"there is no {kind} {references.get(kind)} in the sheet {sheet.name}"
        self.builder.refuse(row, heading, there_is_none if kind in references else f"{kind} is missing")
        return None


def _path_of(layout: str, base: TextPath, own: str | int) -> TextPath:
    """Return the way to the translations of what belongs to a row."""
    return {"Questions": (*base, own), "Columns": (*base, "column_options", own)}.get(layout, ())
