"""From a question's keys to its answer type: a table of builders by the type's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel.numbers import is_currency

from questionnaires.answers import (
    FILE_KINDS,
    Acknowledgement,
    AnswerType,
    Certificate,
    Clause,
    Column,
    Country,
    Day,
    DecimalNumber,
    Email,
    Files,
    LongText,
    Money,
    OneOf,
    Option,
    Percentage,
    PersonalSignature,
    PolicyDocument,
    SeveralOf,
    ShortText,
    Table,
    WebAddress,
    WholeNumber,
    YesNo,
    YesPartlyNo,
)
from questionnaires.answers.tables import MOST_ROWS
from questionnaires.loading.conditions import Surroundings, read_condition
from questionnaires.loading.entry import Entry, found_under
from questionnaires.values import LARGEST_WHOLE_NUMBER

Builder = Callable[[Entry, Surroundings], AnswerType]
"""Makes an answer type of a question's keys; the surroundings are the questions before it."""

WITH_REASON = "with_reason"
LONGEST_NUMBER = 16
"""Characters in the number of a clause."""


def build_answer_type(entry: Entry, builders: Mapping[str, Builder], around: Surroundings) -> AnswerType | None:
    """Return the answer type the entry describes, None (and a fault noted) where it names no known one."""
    name = entry.choice("type", tuple(builders))
    return builders[name](entry, around) if name else None


def _acknowledgement(entry: Entry, around: Surroundings) -> AnswerType:
    addendum_to = entry.code("addendum_to") if entry.has("addendum_to") else ""
    own_code = _own_code(entry, around)
    if addendum_to:
        clauses = _clauses_of(entry, addendum_to, around)
        return Acknowledgement(entry.text("label"), clauses, addendum_to=addendum_to, own_code=own_code)
    if own_code:
        entry.refuse("own_code has a meaning beside addendum_to only", "own_code")
    written = tuple(_clause(clause) for clause in entry.entries("clauses", "no"))
    return Acknowledgement(entry.text("label"), written, _policy_document(entry))


def _clause(entry: Entry) -> Clause:
    clause = Clause(entry.string("no"), entry.text("title"), entry.text("text"))
    if len(clause.no) > LONGEST_NUMBER:
        entry.refuse(f"no must have {LONGEST_NUMBER} characters at most", "no")
    entry.close()
    return clause


def _own_code(entry: Entry, around: Surroundings) -> str:
    """Return the earlier question whose files are the supplier's own code; empty where none is named."""
    question = entry.code("own_code") if entry.has("own_code") else ""
    if question and not isinstance(around.known.get(question), Files):
        entry.refuse(f"own_code {question}: names no earlier question of type file", "own_code")
        return ""
    return question


def _clauses_of(entry: Entry, question: str, around: Surroundings) -> tuple[Clause, ...]:
    """Return the clauses of an earlier question, which an addendum chooses from."""
    earlier = around.known.get(question)
    if isinstance(earlier, Acknowledgement) and earlier.clauses:
        return earlier.clauses
    entry.refuse(f"addendum_to {question}: names no earlier acknowledgement with clauses", "addendum_to")
    return ()


def _policy_document(entry: Entry) -> PolicyDocument | None:
    entry.translates("document")
    document = entry.entry("document")
    if document is None:
        return None
    found = PolicyDocument(
        number=document.string("number"),
        version=document.string("version"),
        effective_from=document.date("effective_from", date.min),
        adopted_by=document.text("adopted_by"),
    )
    for key in ("number", "version", "effective_from"):
        if not document.has(key):
            document.refuse(f"{key} is missing", key)
    document.close()
    return found


def _yes_no(kind: type[YesNo]) -> Builder:
    def build(entry: Entry, _: Surroundings) -> AnswerType:
        return kind.with_extras(
            not_known=entry.flag("not_known", default=False),
            not_applicable=wants_reason(entry) or entry.flag("not_applicable", default=False),
        )

    return build


def wants_reason(entry: Entry) -> bool:
    """Return whether "not applicable" is offered, and a reason asked of those who choose it."""
    return entry.raw("not_applicable") == WITH_REASON


def _options(entry: Entry) -> tuple[Option, ...]:
    options = []
    for option in entry.entries("options", "code"):
        options.append(Option(option.code("code"), option.text("text"), option.flag("exclusive", default=False)))
        option.close()
    if len(options) < 2:
        entry.refuse("options must hold at least two alternatives", "options")
    return tuple(options)


def _one_of(entry: Entry, _: Surroundings) -> AnswerType:
    options = _options(entry)
    if any(option.exclusive for option in options):
        entry.refuse("exclusive has a meaning in several_of only", "options")
    return OneOf(options)


def _several_of(entry: Entry, _: Surroundings) -> AnswerType:
    options = _options(entry)
    minimum = entry.whole("minimum", 1)
    if not 1 <= minimum <= max(1, sum(not option.exclusive for option in options)):
        entry.refuse("minimum must be at least 1 and no more than can be ticked together", "minimum")
    return SeveralOf(options, minimum)


def _whole_number(entry: Entry, _: Surroundings) -> AnswerType:
    default = WholeNumber()
    number = WholeNumber(
        unit=entry.optional_text("unit"),
        at_least=entry.whole_within("at_least", default.at_least, -LARGEST_WHOLE_NUMBER, LARGEST_WHOLE_NUMBER),
        at_most=entry.whole_within("at_most", default.at_most, -LARGEST_WHOLE_NUMBER, LARGEST_WHOLE_NUMBER),
    )
    if number.at_least > number.at_most:
        entry.refuse("at_least is higher than at_most", "at_least")
    return number


def _decimal(entry: Entry, _: Surroundings) -> AnswerType:
    default = DecimalNumber()
    number = DecimalNumber(
        unit=entry.optional_text("unit"),
        at_least=entry.number("at_least", default.at_least),
        at_most=entry.number("at_most", default.at_most),
    )
    if number.at_least > number.at_most:
        entry.refuse("at_least is higher than at_most", "at_least")
    return number


def _money(entry: Entry, _: Surroundings) -> AnswerType:
    default = Money()
    currencies = entry.codes("currencies") or default.currencies
    unknown = [code for code in currencies if not is_currency(code)]
    if unknown:
        entry.refuse(f"currencies: {', '.join(unknown)} is no currency; write ISO 4217 codes, as NOK", "currencies")
        currencies = default.currencies
    money = Money(
        currencies=tuple(dict.fromkeys(currencies)),
        at_least=entry.number("at_least", default.at_least),
        at_most=entry.number("at_most", default.at_most),
    )
    if money.at_least > money.at_most:
        entry.refuse("at_least is higher than at_most", "at_least")
    return money


def _certificate(entry: Entry, _: Surroundings) -> AnswerType:
    return Certificate(_options(entry) if entry.has("options") else ())


def _signature(entry: Entry, _: Surroundings) -> AnswerType:
    return PersonalSignature(entry.text("label"))


def _table(entry: Entry, around: Surroundings) -> AnswerType:
    table = Table(
        columns=tuple(_column(entry, values, around) for values in entry.listed("columns")),
        minimum_rows=entry.whole("minimum_rows", 1),
        maximum_rows=entry.whole("maximum_rows", 100),
    )
    ids = [column.id for column in table.columns]
    if not ids or len(set(ids)) < len(ids):
        entry.refuse("columns must hold at least one column, and each id once", "columns")
    if not 0 <= table.minimum_rows <= table.maximum_rows <= MOST_ROWS or not table.maximum_rows:
        entry.refuse(f"minimum_rows and maximum_rows must lie between 0 and {MOST_ROWS}, in that order", "maximum_rows")
    entry.translates("columns", "column_units", "column_options")
    for key in ("columns", "column_units", "column_options"):
        entry.refuse_strangers(key, ids)
    return table


def _column(table: Entry, values: object, around: Surroundings) -> Column:
    """Return one column; its texts are translated under columns, column_units and column_options."""
    column_id = found_under(values, "id")
    twins: dict[str, object] = {}
    for key, name in _COLUMN_TWINS.items():
        for code, twin in table.twins(name).items():
            texts = twins.setdefault(code, {})
            translation = found_under(twin, column_id)
            if isinstance(texts, dict) and translation is not None:
                texts[key] = translation
    entry = table.child(table.inside(f"columns {column_id}"), values, twins)
    ask_if = entry.entry("ask_if")
    column = Column(
        id=entry.code("id"),
        text=entry.text("text"),
        type=build_answer_type(entry, COLUMN_TYPES, around) or ShortText(),
        required=entry.flag("required", default=True),
        ask_if=read_condition(ask_if, around) if ask_if else None,
    )
    if isinstance(column.type, YesNo) and wants_reason(entry):
        entry.refuse(f"not_applicable: {WITH_REASON} has a meaning at a question only", "not_applicable")
    entry.close()
    return column


def _file(entry: Entry, _: Surroundings) -> AnswerType:
    return read_files(entry, "maximum_files")


def read_files(entry: Entry, maximum: str) -> Files:
    """Return what files are taken: their kinds, and how many (under the key ``maximum``)."""
    kinds = entry.codes("kinds") or tuple(FILE_KINDS)
    unknown = [kind for kind in kinds if kind not in FILE_KINDS]
    if unknown:
        entry.refuse(f"unknown kinds {', '.join(unknown)}; allowed: {', '.join(FILE_KINDS)}", "kinds")
        kinds = tuple(FILE_KINDS)
    return Files(kinds, entry.whole_within(maximum, 5, 1, 20))


_COLUMN_TWINS = {"text": "columns", "unit": "column_units", "options": "column_options"}

COLUMN_TYPES: Mapping[str, Builder] = {
    "short_text": lambda entry, _: ShortText(entry.whole_within("at_most", 200, 1, 1000)),
    "long_text": lambda entry, _: LongText(entry.whole_within("at_most", 5000, 1, 20000)),
    "whole_number": _whole_number,
    "decimal": _decimal,
    "percentage": lambda *_: Percentage(),
    "date": lambda entry, _: Day(entry.flag("not_after_today", default=False)),
    "country": lambda *_: Country(),
    "email": lambda *_: Email(),
    "web_address": lambda *_: WebAddress(),
    "one_of": _one_of,
    "yes_no": _yes_no(YesNo),
    "yes_partly_no": _yes_no(YesPartlyNo),
}
"""What the cells of a table may be."""

QUESTION_TYPES: Mapping[str, Builder] = {
    "acknowledgement": _acknowledgement,
    **COLUMN_TYPES,
    "several_of": _several_of,
    "money": _money,
    "table": _table,
    "file": _file,
    "certificate": _certificate,
    "signature": _signature,
}
"""What a question may ask for."""
