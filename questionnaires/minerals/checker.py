"""What the workbook's own Checker counts as missing, row by row. It counts empty cells and doubts no answer.

Source: the formulas of the sheet Checker in CMRT 6.22 to 6.5 and EMRT 2.1. Two things differ on purpose: a cell of
blanks alone is empty here, and a Checker that was not calculated does not matter. Of EMRT 1 only the fields and their
number are known (31 in a blank one), not the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from questionnaires.minerals.layout import DECLARATION, PRODUCTS, SMELTERS, CompanyQuestion, Layout, layout_of
from questionnaires.minerals.model import Asked, Kind, Mineral, Place, Workbook
from questionnaires.minerals.needs import needed_minerals


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field that is empty."""

    row: int | None
    """Of the sheet Checker; None for EMRT 1."""
    place: Place
    """Where to fill in."""
    what: str
    """Name of a field of the company, `Q3`, `C`, or one of `minerals`, `website`, `products`, `smelters`, `details`."""
    mineral: Mineral | None = None


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a Checker; questions follow each other in steps."""

    company: Mapping[str, int]
    first: int
    step: int
    letters: Mapping[str, int]
    website: int
    products: int
    smelters: int
    details: int


_FIELDS = (
    "company_name", "scope", "scope_description", "contact_name", "contact_email", "contact_phone", "authorizer_name",
    "authorizer_email", "effective_date",
)  # fmt: skip
_ROWS = {
    (Kind.CMRT, "6"): _Rows(
        dict(zip(_FIELDS, range(4, 13), strict=True)), 14, 5,
        {"A": 54, "B": 55, "C": 57, "D": 58, "E": 59, "F": 60, "G": 62, "H": 63}, 56, 64, 65, 69,
    ),
    (Kind.EMRT, "2"): _Rows(
        dict(zip(_FIELDS, (4, 5, 6, 9, 10, 11, 12, 13, 15), strict=True)), 17, 11,
        {"A": 94, "B": 95, "C": 98, "D": 108, "E": 109, "F": 110, "G": 111}, 96, 112, 114, 124,
    ),
}  # fmt: skip
_UNKNOWN = _Rows(dict.fromkeys(_FIELDS, 0), 0, 0, dict.fromkeys("ABCDEFG", 0), 0, 0, 0, 0)
_MINERALS_ROW = 7
_NO_DESCRIPTION = ("", "a. company", "b. product (or list of products)")
"""Scopes that need none; any other text does."""
_PRODUCTS_SCOPE = "b. product (or list of products)"
_PRODUCT_ROW = 6
"""The only one that the Checker looks at."""
_LAST_SMELTER = {(Kind.CMRT, "6"): 2504, (Kind.EMRT, "1"): 2500, (Kind.EMRT, "2"): 2497}
_LAST_SMELTER_OF_EMRT_2_0 = 2504
_NOT_COUNTED = {(Kind.EMRT, "1"): frozenset({("C", Mineral.MICA)})}
"""A blank EMRT 1 lacks 31 fields, one fewer than it asks for. Which is not known: taken to be the one added last."""


def missing(workbook: Workbook) -> tuple[Missing, ...]:
    """Return each required field that is empty, in the order of the Checker."""
    return tuple(_Checker(workbook).missing())


def last_smelter_row(workbook: Workbook) -> int:
    """Return the last row of the smelter list that the Checker looks at."""
    if (workbook.kind, workbook.version) == (Kind.EMRT, "2.0"):
        return _LAST_SMELTER_OF_EMRT_2_0
    return _LAST_SMELTER[workbook.kind, workbook.version.partition(".")[0]]


class _Checker:
    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.generation = (workbook.kind, workbook.version.partition(".")[0])
        self.layout: Layout = layout_of(workbook.kind, workbook.version)
        self.rows = _ROWS.get(self.generation, _UNKNOWN)
        self.needed = needed_minerals(workbook, self.layout)

    def missing(self) -> Iterator[Missing]:
        found = self._found()
        return found if self.rows is not _UNKNOWN else (replace(each, row=None) for each in found)

    def _found(self) -> Iterator[Missing]:
        yield from self._company()
        for mineral_question in self.layout.questions:
            yield from self._question(mineral_question.asked, mineral_question.number)
        if self.needed:
            for question in self.layout.company_questions:
                yield from self._letter(question)
        yield from self._products()
        yield from self._smelters()
        yield from self._details()

    def _company(self) -> Iterator[Missing]:
        scope = self.workbook.company["scope"].value.casefold()
        for field in _FIELDS:
            entry = self.workbook.company[field]
            needed = field != "scope_description" or scope not in _NO_DESCRIPTION
            if needed and not ("@" in entry.value if field.endswith("_email") else entry.value):
                yield Missing(self.rows.company[field], entry.place, field)
            if field == "scope_description" and self.layout.selectors and not self.workbook.minerals:
                yield Missing(_MINERALS_ROW, Place(DECLARATION, self.layout.selectors[0]), "minerals")

    def _question(self, asked: Asked, number: int) -> Iterator[Missing]:
        for position, mineral in enumerate(self.workbook.minerals):
            answer = self.workbook.answers[asked, mineral]
            if self._is_due(asked, mineral) and not (answer.value and self._is_read(asked, mineral)):
                row = self.rows.first + self.rows.step * (number - 1) + position
                yield Missing(row, answer.place, f"Q{number}", mineral)

    def _is_due(self, asked: Asked, mineral: Mineral) -> bool:
        if asked is Asked.USED:
            return True
        if asked is Asked.REMAINS:
            closing = {answer.casefold() for answer in self.layout.closing}
            return self.workbook.answer(Asked.USED, mineral).casefold() not in closing
        return mineral in self.needed

    def _is_read(self, asked: Asked, mineral: Mineral) -> bool:
        """A CMRT takes an answer for empty unless the questions before are answered by Yes."""
        if self.workbook.kind is not Kind.CMRT or asked is Asked.USED:
            return True
        before = (Asked.USED,) if asked is Asked.REMAINS else (Asked.USED, Asked.REMAINS)
        return all(self.workbook.answer(each, mineral).casefold() == "yes" for each in before)

    def _letter(self, question: CompanyQuestion) -> Iterator[Missing]:
        row = self.rows.letters[question.letter]
        if question.by_mineral:
            yield from self._letter_by_mineral(question, row)
            return
        answer = self.workbook.company_answers[question.letter]
        if not answer.value:
            yield Missing(row, answer.place, question.letter)
        if question.letter == "B" and answer.value.casefold() == "yes" and len(answer.comment) <= 1:
            yield Missing(self.rows.website, answer.comment_place, "website")

    def _letter_by_mineral(self, question: CompanyQuestion, row: int) -> Iterator[Missing]:
        for position, mineral in enumerate(self.workbook.minerals):
            answer = self.workbook.company_answers[f"{question.letter}/{mineral}"]
            counted = (question.letter, mineral) not in _NOT_COUNTED.get(self.generation, ())
            if mineral in self.needed and counted and not answer.value:
                yield Missing(row + position, answer.place, question.letter, mineral)

    def _products(self) -> Iterator[Missing]:
        has_first = any(product.row == _PRODUCT_ROW and product.number for product in self.workbook.products)
        if self.workbook.company["scope"].value.casefold() == _PRODUCTS_SCOPE and not has_first:
            yield Missing(self.rows.products, Place(PRODUCTS, f"B{_PRODUCT_ROW}"), "products")

    def _smelters(self) -> Iterator[Missing]:
        last = last_smelter_row(self.workbook)
        listed = {row.metal.casefold() for row in self.workbook.smelters if row.lookup and row.row <= last}
        for position, mineral in enumerate(self.workbook.minerals):
            if mineral in self.needed and mineral.casefold() not in listed:
                yield Missing(self.rows.smelters + position, Place(SMELTERS, "B5"), "smelters", mineral)

    def _details(self) -> Iterator[Missing]:
        for row in self.workbook.smelters:
            if row.is_not_listed and not (row.name and row.country):
                yield Missing(self.rows.details, row.place("E" if row.name else "D"), "details")
                return
