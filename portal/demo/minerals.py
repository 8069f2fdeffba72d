"""A small CMRT of an invented supplier: the template's sheets and addresses, nothing of its texts."""

from __future__ import annotations

import io
from datetime import date
from random import Random
from typing import Any

import xlsxwriter

from questionnaires.minerals.layout import (
    ANSWER,
    CHECKER,
    DECLARATION,
    FIRST_SMELTER,
    LOOKUP,
    PRODUCTS,
    REVISION,
    SMELTER_COLUMNS,
    SMELTERS,
    layout_of,
)
from questionnaires.minerals.model import Asked, Kind, Mineral, Settings

VERSION = Settings().newest[Kind.CMRT]
DEMO_SMELTERS = (
    (Mineral.TIN, "CID990001", "Demo Tin Works", "PERU"),
    (Mineral.TIN, "CID990002", "Demo Tin Refinery", "INDONESIA"),
    (Mineral.GOLD, "CID990003", "Demo Gold Refinery", "SWITZERLAND"),
    (Mineral.TANTALUM, "CID990004", "Demo Tantalum", "ESTONIA"),
    (Mineral.TUNGSTEN, "CID990005", "Demo Tungsten", "AUSTRIA"),
)
"""Metal, id, name and country: invented."""
_SHEETS = (
    "Revision", "Instructions", "Definitions", DECLARATION, SMELTERS, CHECKER, PRODUCTS, LOOKUP, "L", "C", "SorP",
)  # fmt: skip
_SAID = {
    Asked.USED: "Yes", Asked.REMAINS: "Yes", Asked.COVERED_COUNTRIES: "No", Asked.HIGH_RISK_AREAS: "No",
    Asked.RECYCLED: "No", Asked.COVERAGE: "100%", Asked.ALL_IDENTIFIED: "Yes", Asked.ALL_REPORTED: "Yes",
}  # fmt: skip
_UNSURE = {Asked.COVERED_COUNTRIES: "Unknown", Asked.HIGH_RISK_AREAS: "Unknown", Asked.COVERAGE: "Greater than 90%",
           Asked.ALL_IDENTIFIED: "No"}  # fmt: skip


def demo_cmrt(supplier: str, email: str, today: date, random: Random) -> bytes:
    """Return the workbook; one supplier in three does not know where its minerals come from."""
    plan = layout_of(Kind.CMRT, VERSION)
    said = _SAID | (_UNSURE if random.random() < 1 / 3 else {})
    company = {
        "company_name": supplier, "scope": "A. Company", "contact_name": "Demo Contact", "contact_email": email,
        "contact_phone": "+00 000", "authorizer_name": "Demo Director", "authorizer_email": f"director.{email}",
    }  # fmt: skip
    declaration: dict[str, Any] = {REVISION: f"Revision {VERSION}", "D2": "(CMRT)", "D3": "English"}
    declaration |= {plan.company[name]: value for name, value in company.items()}
    for question in plan.questions:
        for row in range(question.first_row, question.first_row + len(plan.minerals)):
            declaration[f"{ANSWER}{row}"] = said[question.asked]
    declaration |= {f"{ANSWER}{each.row}": each.answers[0] for each in plan.company_questions}
    declaration[plan.website] = "https://supplier.example/minerals"
    return _packed(declaration, plan.company["effective_date"], today)


def _packed(declaration: dict[str, Any], day_cell: str, today: date) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheets = {name: workbook.add_worksheet(name) for name in _SHEETS}
        for cell, value in declaration.items():
            sheets[DECLARATION].write_string(cell, value)
        sheets[DECLARATION].write_datetime(day_cell, today, workbook.add_format({"num_format": "d-mmm-yyyy"}))
        sheets[SMELTERS].write_string("Q3", f"Revision {VERSION}")
        sheets[CHECKER].write_number("D2", 0)
        for row, (metal, smelter_id, name, country) in enumerate(DEMO_SMELTERS, start=FIRST_SMELTER):
            values = {"id_typed": smelter_id, "metal": metal, "lookup": name, "country": country,
                      "smelter_id": smelter_id, "standard_name": name}  # fmt: skip
            for field, value in values.items():
                sheets[SMELTERS].write_string(f"{SMELTER_COLUMNS[field]}{row}", value)
    return file.getvalue()
