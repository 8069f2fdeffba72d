"""What a supplier file would do to the register: each row's fate, worked out without touching anything.

Rules: a row belongs to the supplier with its external id, else to the one with its country and national id, else to
the one with exactly its name and country whose ids do not contradict. An empty cell leaves things as they are. Several
rows of one supplier are several contacts; rows that contradict each other are wrong, so that a second run of the same
file finds nothing to do.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.models import Contact, Supplier
from portal.services.import_columns import CONTACT_COLUMNS, REQUIRED, CellError, Column, Problem, read_cell
from portal.services.import_reading import Row, Table


class Fate(enum.StrEnum):
    """What becomes of a row."""

    WRONG = "wrong"
    CHANGED = "changed"
    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """A fact that becomes another; `before` is None where there was none."""

    column: Column
    before: Any
    after: Any


@dataclass(frozen=True)
class RowFate:
    """What becomes of one row, and why."""

    number: int
    fate: Fate
    name: str
    contact: str
    """The contact's address, where the row names one."""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(eq=False)
class ContactCard:
    """A contact as it will be."""

    values: dict[Column, Any]
    contact: Contact | None = None


@dataclass(eq=False)
class Card:
    """A supplier as it will be."""

    values: dict[Column, Any]
    supplier: Supplier | None = None
    stated: dict[Column, int] = field(default_factory=dict)
    """Which row of the file spoke of a column first."""
    contacts: dict[str, ContactCard] = field(default_factory=dict)
    """By address in small letters."""


@dataclass(frozen=True)
class Plan:
    """The fates of all rows, and the register as it will be."""

    rows: tuple[RowFate, ...]
    ignored: tuple[str, ...]
    touched: tuple[Card, ...]
    """Suppliers that are new or will change, in the order of the file."""

    @property
    def counts(self) -> Mapping[Fate, int]:
        """Return how many rows meet which fate."""
        found = Counter(row.fate for row in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def digest(self) -> str:
        """Return a hash of all that the plan would do, to see whether the register has changed meanwhile."""
        return hashlib.sha256(repr(self.rows).encode()).hexdigest()


@dataclass(frozen=True)
class _Reading:
    """A row's cells, understood."""

    row: Row
    supplier: Mapping[Column, Any]
    contact: Mapping[Column, Any]


def make_plan(table: Table, suppliers: Iterable[Supplier]) -> Plan:
    """Return what the file would do; `suppliers` is the whole register with its contacts."""
    register = _Register(suppliers)
    fates: list[RowFate] = []
    touched: dict[Card, None] = {}
    for row in table.rows:
        problems: list[Problem] = []
        reading = _read(row, problems)
        found = None if problems else register.place(reading, problems)
        if found is None:
            fates.append(_fate(row, Fate.WRONG, problems=tuple(problems)))
            continue
        card, fate, changes = found
        fates.append(_fate(row, fate, changes))
        if fate is not Fate.UNCHANGED:
            touched[card] = None
    return Plan(tuple(fates), table.ignored, tuple(touched))


def _fate(row: Row, fate: Fate, changes: tuple[Change, ...] = (), problems: tuple[Problem, ...] = ()) -> RowFate:
    name, contact = row.cells.get(Column.NAME, ""), row.cells.get(Column.CONTACT_EMAIL, "")
    return RowFate(row.number, fate, name, contact, changes, problems)


def _read(row: Row, problems: list[Problem]) -> _Reading:
    values: dict[Column, Any] = {}
    for column, text in row.cells.items():
        try:
            values[column] = read_cell(column, text)
        except CellError as error:
            problems.append(Problem(error.code, column, error.parameters))
    problems.extend(Problem("missing", column) for column in REQUIRED if column not in row.cells)
    if Column.CONTACT_NAME in row.cells and Column.CONTACT_EMAIL not in row.cells:
        problems.append(Problem("contact_without_email", Column.CONTACT_EMAIL))
    contact = {column: value for column, value in values.items() if column in CONTACT_COLUMNS}
    supplier = {column: value for column, value in values.items() if column not in CONTACT_COLUMNS}
    return _Reading(row, supplier, contact if Column.CONTACT_EMAIL in contact else {})


class _Register:
    """The suppliers by what they are known by, kept in step while the rows go by."""

    def __init__(self, suppliers: Iterable[Supplier]) -> None:
        self._by_external: dict[str, Card] = {}
        self._by_national: dict[tuple[str, str], list[Card]] = {}
        self._by_name: dict[tuple[str, str], list[Card]] = {}
        for supplier in suppliers:
            self._index(card_of(supplier))

    def place(self, reading: _Reading, problems: list[Problem]) -> tuple[Card, Fate, tuple[Change, ...]] | None:
        """Give a row to its supplier; None where it is wrong, with the problems told."""
        card = self._find(reading.supplier, problems)
        if not problems and card:
            problems.extend(self._contradictions(card, reading))
        if problems:
            return None
        is_new = card is None
        card = card or Card({})
        self._forget(card)
        changes = (*_merge(card, reading), *_merge_contact(card, reading))
        self._index(card)
        if is_new:
            return card, Fate.NEW, ()
        return card, Fate.CHANGED if changes else Fate.UNCHANGED, changes

    def _find(self, values: Mapping[Column, Any], problems: list[Problem]) -> Card | None:
        external, national = values.get(Column.EXTERNAL_ID), values.get(Column.NATIONAL_ID)
        if external and external in self._by_external:
            return self._by_external[external]
        if national:
            found = self._by_national.get((values[Column.COUNTRY], _bare(national)), [])
            if found:
                return _only(found, Column.NATIONAL_ID, problems)
        named = self._by_name.get((values[Column.COUNTRY], values[Column.NAME]), [])
        fitting = [card for card in named if _may_be(card, external, national)]
        return _only(fitting, Column.NAME, problems) if fitting else None

    def _contradictions(self, card: Card, reading: _Reading) -> Iterable[Problem]:
        values = reading.supplier
        for column, row in card.stated.items():
            if column in values and not _same(column, values[column], card.values.get(column)):
                yield Problem("contradicts_row", column, {"row": str(row)})
        external = values.get(Column.EXTERNAL_ID)
        if external and card.values.get(Column.EXTERNAL_ID) not in {None, external}:
            known = str(card.values[Column.EXTERNAL_ID])
            yield Problem("external_id_differs", Column.EXTERNAL_ID, {"known": known})
        national = values.get(Column.NATIONAL_ID) or card.values.get(Column.NATIONAL_ID)
        others = self._by_national.get((values[Column.COUNTRY], _bare(national)), []) if national else []
        taken = next((other for other in others if other is not card), None)
        if taken:
            yield Problem("national_id_taken", Column.NATIONAL_ID, {"name": str(taken.values[Column.NAME])})

    def _index(self, card: Card) -> None:
        values = card.values
        if values.get(Column.EXTERNAL_ID):
            self._by_external[values[Column.EXTERNAL_ID]] = card
        for index, key in self._keys(card):
            index.setdefault(key, []).append(card)

    def _forget(self, card: Card) -> None:
        if not card.values:
            return
        self._by_external.pop(card.values.get(Column.EXTERNAL_ID) or "", None)
        for index, key in self._keys(card):
            index[key].remove(card)

    def _keys(self, card: Card) -> Iterable[tuple[dict[tuple[str, str], list[Card]], tuple[str, str]]]:
        values = card.values
        yield self._by_name, (values[Column.COUNTRY], values[Column.NAME])
        if values.get(Column.NATIONAL_ID):
            yield self._by_national, (values[Column.COUNTRY], _bare(values[Column.NATIONAL_ID]))


def card_of(supplier: Supplier) -> Card:
    """Return a supplier of the register as the columns of a file name its facts."""
    values: dict[Column, Any] = {
        Column.NAME: supplier.name,
        Column.NATIONAL_ID: supplier.national_id,
        Column.COUNTRY: supplier.country,
        Column.CRITICALITY: supplier.criticality,
        Column.PRODUCT_GROUPS: tuple(supplier.product_groups),
        Column.SUPPLIER_TYPE: supplier.supplier_type,
        Column.EXTERNAL_ID: supplier.external_id,
        Column.SIZE: supplier.size,
        Column.TIER: supplier.tier,
        Column.MINERALS_RELEVANT: supplier.minerals_relevant,
    }
    contacts = {contact.email.casefold(): _contact_card(contact) for contact in supplier.contacts}
    return Card(values, supplier, contacts=contacts)


def _contact_card(contact: Contact) -> ContactCard:
    values = {
        Column.CONTACT_NAME: contact.name,
        Column.CONTACT_EMAIL: contact.email,
        Column.LANGUAGE: contact.language,
    }
    return ContactCard(values, contact)


def _merge(card: Card, reading: _Reading) -> Iterable[Change]:
    for column, after in reading.supplier.items():
        before = card.values.get(column)
        card.stated.setdefault(column, reading.row.number)
        if not _same(column, before, after):
            card.values[column] = after
            yield Change(column, before, after)


def _merge_contact(card: Card, reading: _Reading) -> Iterable[Change]:
    said = reading.contact
    if not said:
        return
    key = said[Column.CONTACT_EMAIL].casefold()
    if key not in card.contacts:
        language = "nb" if card.values[Column.COUNTRY] == "NO" else "en"
        values = {Column.CONTACT_NAME: "", Column.LANGUAGE: language, **said}
        card.contacts[key] = ContactCard(values)
        yield Change(Column.CONTACT_EMAIL, None, said[Column.CONTACT_EMAIL])
        return
    known = card.contacts[key].values
    for column in (Column.CONTACT_NAME, Column.LANGUAGE):
        before = known[column]
        if column in said and said[column] != before:
            known[column] = said[column]
            yield Change(column, before, said[column])


def _bare(national_id: str) -> str:
    """A number without the spaces and points that people put into it."""
    return re.sub(r"[\W_]+", "", national_id).casefold()


def _same(column: Column, one: Any, other: Any) -> bool:
    """Whether two values mean the same; a number in another spelling is the same number."""
    if column is Column.NATIONAL_ID and one and other:
        return _bare(one) == _bare(other)
    return bool(one == other)


def _may_be(card: Card, external: str | None, national: str | None) -> bool:
    """Whether a supplier of the same name can be the one that a row means."""
    known_external, known_national = card.values.get(Column.EXTERNAL_ID), card.values.get(Column.NATIONAL_ID)
    if external and known_external and external != known_external:
        return False
    return not (national and known_national and _bare(national) != _bare(known_national))


def _only(cards: list[Card], column: Column, problems: list[Problem]) -> Card | None:
    if len(cards) == 1:
        return cards[0]
    problems.append(Problem("ambiguous", column, {"count": str(len(cards))}))
    return None
