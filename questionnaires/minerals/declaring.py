"""A declaration of one's own as a workbook, ready to be written into a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from questionnaires.minerals.contributions import Smelter
from questionnaires.minerals.layout import (
    ANSWER,
    COMMENT,
    DECLARATION,
    FIRST_MINE,
    FIRST_PRODUCT,
    FIRST_SMELTER,
    CompanyQuestion,
    layout_of,
)
from questionnaires.minerals.model import (
    Answer,
    Entry,
    Mineral,
    Place,
    ProductRow,
    SmelterRow,
    Workbook,
)
from questionnaires.minerals.rollup import RollUp
from questionnaires.minerals.smelter_lines import SmelterLine


@dataclass(frozen=True, slots=True)
class Company:
    """What no roll-up can say: the company, its scope, its answers to A to H, its products."""

    fields: Mapping[str, str]
    """By the names of `layout.Layout.company`, the effective date left out."""
    effective_date: date | None
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """By letter, or `C/Cobalt`."""
    comments: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    products: tuple[ProductRow, ...] = ()
    """Their rows do not matter."""


def declare(result: RollUp, version: str, company: Company) -> Workbook:
    """Return the declaration; its version is that of the template that it is for."""
    plan = layout_of(result.kind, version)
    fields = {**company.fields, "effective_date": company.effective_date.isoformat() if company.effective_date else ""}
    answers = {
        (question.asked, mineral): _answer(result.answers[question.asked, mineral].value, question.first_row + at)
        for question in plan.questions
        for at, mineral in enumerate(result.minerals)
    }
    letters = {
        key: _answer(company.answers.get(key, ""), row, company.comments.get(key, ""))
        for question in plan.company_questions
        for key, row in keys_of(question, result.minerals)
    }
    return Workbook(
        kind=result.kind, version=version, released=None, language="", sheets=(),
        company={name: Entry(fields.get(name, ""), Place(DECLARATION, cell)) for name, cell in plan.company.items()},
        effective_date=company.effective_date, minerals=result.minerals, answers=answers, company_answers=letters,
        smelters=smelter_rows(result.smelters), products=company.products,
    )  # fmt: skip


def rows_numbered(declaration: Workbook) -> Workbook:
    """Return it with its lists from their first rows on, as they are written."""
    return replace(
        declaration,
        smelters=tuple(replace(row, row=FIRST_SMELTER + at) for at, row in enumerate(declaration.smelters)),
        products=tuple(replace(row, row=FIRST_PRODUCT + at) for at, row in enumerate(declaration.products)),
        mines=tuple(replace(row, row=FIRST_MINE + at) for at, row in enumerate(declaration.mines)),
    )


def keys_of(question: CompanyQuestion, minerals: Iterable[Mineral]) -> list[tuple[str, int]]:
    """Return what the answers to a question on the company are called, with their rows."""
    if not question.by_mineral:
        return [(question.letter, question.row)]
    return [(f"{question.letter}/{mineral}", question.row + at) for at, mineral in enumerate(minerals)]


def smelter_rows(lines: Iterable[SmelterLine]) -> tuple[SmelterRow, ...]:
    """Return the lines as rows of a smelter list; contact persons at smelters are not handed on."""
    return tuple(_row(line) for line in lines)


def _row(line: SmelterLine) -> SmelterRow:
    smelter = line.smelter
    comment = f"Formerly {smelter.former_id}" if smelter.former_id else ""
    return SmelterRow(
        0, smelter.smelter_id, smelter.metal, _lookup(smelter), "" if smelter.smelter_id else smelter.name,
        smelter.country, smelter.smelter_id, mine_names=line.mine_names, mine_countries=line.mine_countries,
        recycled=line.recycled, comments=comment, standard_name=smelter.name if smelter.smelter_id else "",
    )  # fmt: skip


def _lookup(smelter: Smelter) -> str:
    if smelter.smelter_id:
        return smelter.name
    return "Smelter not listed" if smelter.name else "Smelter not yet identified"


def _answer(value: str, row: int, comment: str = "") -> Answer:
    return Answer(value, Place(DECLARATION, f"{ANSWER}{row}"), comment, Place(DECLARATION, f"{COMMENT}{row}"))
