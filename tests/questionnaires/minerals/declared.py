"""Workbooks as objects: blank ones, and one without any finding from which tests depart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from questionnaires.minerals.known import Known, Status
from questionnaires.minerals.layout import ANSWER, COMMENT, DECLARATION, layout_of
from questionnaires.minerals.model import (
    Answer,
    Asked,
    Entry,
    Kind,
    Listed,
    Mineral,
    Place,
    ProductRow,
    Settings,
    SmelterRow,
    Workbook,
)

TODAY = date(2026, 6, 1)
NEWEST = {Kind.CMRT: "6.6.1", Kind.EMRT: "2.11.1"}
SHEETS = (
    "Revision", "Instructions", "Definitions", "Declaration", "Smelter List", "Checker", "Product List",
    "Smelter Look-up", "L", "C", "SorP",
)  # fmt: skip
GOOD_ANSWERS = {
    Asked.USED: "Yes", Asked.REMAINS: "Yes", Asked.COVERED_COUNTRIES: "No", Asked.HIGH_RISK_AREAS: "No",
    Asked.RECYCLED: "No", Asked.COVERAGE: "100%", Asked.ALL_IDENTIFIED: "Yes", Asked.ALL_REPORTED: "Yes",
}  # fmt: skip
COMPANY = {
    "company_name": "Kobolt og Tinn AS", "scope": "A. Company", "contact_name": "Kari Prøve",
    "contact_email": "kari@supplier.example", "contact_phone": "+47 22 00 00 00", "authorizer_name": "Ola Prøve",
    "authorizer_email": "ola@supplier.example", "effective_date": "2026-05-01",
}  # fmt: skip
LETTERS = {"A": "Yes", "B": "Yes", "C": "Yes", "D": "Yes", "F": "Yes", "G": "Yes", "H": "No"}
SURVEY = {
    Kind.CMRT: "Yes, in conformance with IPC1755 (e.g., CMRT)",
    Kind.EMRT: "Yes, in conformance with IPC1755 (e.g. EMRT)",
}
WEBSITE = "https://supplier.example/minerals"
LISTED = {
    Mineral.TIN: Listed("Tin", "Smelterei Süd", "Smelterei Süd GmbH", "GERMANY", "CID000101"),
    Mineral.GOLD: Listed("Gold", "Guldverket", "Guldverket AB", "SWEDEN", "CID000202"),
    Mineral.COBALT: Listed("Cobalt", "Kobaltti", "Kobaltti Oy", "FINLAND", "CID000303"),
    Mineral.MICA: Listed("Mica", "Mica Works", "Mica Works Ltd.", "INDIA", "CID000404"),
}
USED = {Kind.CMRT: (Mineral.TIN, Mineral.GOLD), Kind.EMRT: (Mineral.COBALT, Mineral.MICA)}


def blank(kind: Kind, version: str) -> Workbook:
    """Return a template as it is published; in an EMRT 2 all minerals are selected."""
    layout = layout_of(kind, version)
    answers = {
        (question.asked, mineral): _empty(question.first_row + position)
        for question in layout.questions
        for position, mineral in enumerate(layout.minerals)
    }
    letters: dict[str, Answer] = {}
    for question in layout.company_questions:
        if question.by_mineral:
            for position, mineral in enumerate(layout.minerals):
                letters[f"{question.letter}/{mineral}"] = _empty(question.row + position)
        else:
            letters[question.letter] = _empty(question.row)
    return Workbook(
        kind=kind,
        version=version,
        released=date(2025, 4, 25),
        language="English",
        sheets=SHEETS + (("Mine List",) if layout.has_mines else ()),
        company={field: Entry("", Place(DECLARATION, cell)) for field, cell in layout.company.items()},
        effective_date=None,
        minerals=layout.minerals,
        answers=answers,
        company_answers=letters,
        smelters=(),
    )


def declared(kind: Kind = Kind.CMRT, version: str = "") -> Workbook:
    """Return a workbook that is complete and contradicts itself nowhere: two minerals with a smelter each."""
    workbook = (
        selecting(blank(kind, version or NEWEST[kind]), *USED[kind])
        if kind is Kind.EMRT
        else blank(kind, version or NEWEST[kind])
    )
    used = USED[kind]
    answers = {(asked, mineral): value for (asked, value) in GOOD_ANSWERS.items() for mineral in used}
    answers |= {(Asked.USED, mineral): "No" for mineral in workbook.minerals if mineral not in used}
    workbook = saying(workbook, {key: value for key, value in answers.items() if key in workbook.answers})
    given = LETTERS | {"E": SURVEY[kind]} | {f"C/{mineral}": "Yes" for mineral in used}
    workbook = telling(workbook, {key: value for key, value in given.items() if key in workbook.company_answers})
    workbook = commenting(workbook, "B", WEBSITE)
    workbook = replace(filling(workbook, COMPANY), effective_date=date(2026, 5, 1))
    return listing(workbook, *(smelter(mineral, 5 + number) for number, mineral in enumerate(used)))


def selecting(workbook: Workbook, *minerals: Mineral) -> Workbook:
    """Return it with these minerals only: each takes the rows from the top."""
    layout = layout_of(workbook.kind, workbook.version)
    answers = {
        (question.asked, mineral): _empty(question.first_row + position)
        for question in layout.questions
        for position, mineral in enumerate(minerals)
    }
    rows = next(question.row for question in layout.company_questions if question.by_mineral)
    kept = {letter: answer for letter, answer in workbook.company_answers.items() if "/" not in letter}
    kept |= {f"C/{mineral}": _empty(rows + position) for position, mineral in enumerate(minerals)}
    return replace(workbook, minerals=minerals, answers=answers, company_answers=kept)


def saying(workbook: Workbook, values: Mapping[tuple[Asked, Mineral], str]) -> Workbook:
    """Return it with other answers to the questions on minerals."""
    changed = {key: replace(workbook.answers[key], value=value) for key, value in values.items()}
    return replace(workbook, answers={**workbook.answers, **changed})


def telling(workbook: Workbook, values: Mapping[str, str]) -> Workbook:
    """Return it with other answers to the questions on the company."""
    changed = {key: replace(workbook.company_answers[key], value=value) for key, value in values.items()}
    return replace(workbook, company_answers={**workbook.company_answers, **changed})


def commenting(workbook: Workbook, letter: str, comment: str) -> Workbook:
    """Return it with another comment beside a question on the company."""
    changed = replace(workbook.company_answers[letter], comment=comment)
    return replace(workbook, company_answers={**workbook.company_answers, letter: changed})


def filling(workbook: Workbook, values: Mapping[str, str]) -> Workbook:
    """Return it with other values of the company."""
    changed = {key: replace(workbook.company[key], value=value) for key, value in values.items()}
    return replace(workbook, company={**workbook.company, **changed})


def listing(workbook: Workbook, *rows: SmelterRow) -> Workbook:
    """Return it with these smelters instead of its own."""
    return replace(workbook, smelters=rows)


def supplying(workbook: Workbook, *numbers: str) -> Workbook:
    """Return it with these products, from the first row on."""
    return replace(workbook, products=tuple(ProductRow(6 + row, number) for row, number in enumerate(numbers)))


def smelter(mineral: Mineral, row: int = 5) -> SmelterRow:
    """Return a smelter that the reference list has, as the workbook fills it in from its id."""
    listed = LISTED[mineral]
    return SmelterRow(
        row, listed.smelter_id, listed.metal, listed.alias, "", listed.country, listed.smelter_id,
        standard_name=listed.standard_name,
    )  # fmt: skip


def not_listed(mineral: Mineral, row: int, name: str = "Nyverket", country: str = "NORWAY") -> SmelterRow:
    """Return a smelter that the supplier had to describe."""
    return SmelterRow(row, "", mineral, "Smelter not listed", name, country, "")


def not_identified(mineral: Mineral, row: int) -> SmelterRow:
    """Return the line of somebody who does not know the smelter."""
    return SmelterRow(row, "", mineral, "Smelter not yet identified", "", "Unknown", "", standard_name="Unknown")


def _empty(row: int) -> Answer:
    return Answer("", Place(DECLARATION, f"{ANSWER}{row}"), "", Place(DECLARATION, f"{COMMENT}{row}"))


def known(kind: Kind = Kind.CMRT, version: str = "") -> Known:
    """Return reference lists, good audits and a day with which the complete workbook has no finding."""
    newest = {**NEWEST, kind: version or NEWEST[kind]}
    return Known(
        references=tuple(LISTED.values()),
        statuses={listed.smelter_id: Status("Conformant", date(2025, 9, 1), 1) for listed in LISTED.values()},
        today=TODAY,
        settings=Settings(newest=newest),
    )
