"""From a question's keys to its answer type: a table of builders by the type's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from questionnaires.answers import (
    FILE_KINDS,
    Acknowledgement,
    AnswerType,
    Clause,
    Column,
    Country,
    Day,
    DecimalNumber,
    Files,
    LongText,
    OneOf,
    Option,
    Percentage,
    SeveralOf,
    ShortText,
    Table,
    WholeNumber,
    YesNo,
    YesPartlyNo,
)
from questionnaires.answers.tables import MOST_ROWS
from questionnaires.loading.entry import Entry, found_under
from questionnaires.values import LARGEST_WHOLE_NUMBER

Builder = Callable[[Entry], AnswerType]


def build_answer_type(entry: Entry, builders: Mapping[str, Builder]) -> AnswerType | None:
    """Return the answer type the entry describes, None (and a fault noted) where it names no known one."""
    name = entry.choice("type", tuple(builders))
    return builders[name](entry) if name else None


def _acknowledgement(entry: Entry) -> AnswerType:
    clauses = []
    for clause in entry.entries("clauses", "no"):
        clauses.append(Clause(clause.string("no"), clause.text("title"), clause.text("text")))
        clause.close()
    return Acknowledgement(entry.text("label"), tuple(clauses))


def _yes_no(kind: type[YesNo]) -> Builder:
    def build(entry: Entry) -> AnswerType:
        return kind.with_extras(
            not_known=entry.flag("not_known", default=False),
            not_applicable=entry.flag("not_applicable", default=False),
        )

    return build


def _options(entry: Entry) -> tuple[Option, ...]:
    options = []
    for option in entry.entries("options", "code"):
        options.append(Option(option.code("code"), option.text("text"), option.flag("exclusive", default=False)))
        option.close()
    if len(options) < 2:
        entry.refuse("options must hold at least two alternatives")
    return tuple(options)


def _one_of(entry: Entry) -> AnswerType:
    options = _options(entry)
    if any(option.exclusive for option in options):
        entry.refuse("exclusive has a meaning in several_of only")
    return OneOf(options)


def _several_of(entry: Entry) -> AnswerType:
    options = _options(entry)
    minimum = entry.whole("minimum", 1)
    if not 1 <= minimum <= max(1, sum(not option.exclusive for option in options)):
        entry.refuse("minimum must be at least 1 and no more than can be ticked together")
    return SeveralOf(options, minimum)


def _whole_number(entry: Entry) -> AnswerType:
    default = WholeNumber()
    number = WholeNumber(
        unit=entry.optional_text("unit"),
        at_least=entry.whole_within("at_least", default.at_least, -LARGEST_WHOLE_NUMBER, LARGEST_WHOLE_NUMBER),
        at_most=entry.whole_within("at_most", default.at_most, -LARGEST_WHOLE_NUMBER, LARGEST_WHOLE_NUMBER),
    )
    if number.at_least > number.at_most:
        entry.refuse("at_least is higher than at_most")
    return number


def _decimal(entry: Entry) -> AnswerType:
    default = DecimalNumber()
    return DecimalNumber(
        unit=entry.optional_text("unit"),
        at_least=entry.number("at_least", default.at_least),
        at_most=entry.number("at_most", default.at_most),
    )


def _table(entry: Entry) -> AnswerType:
    table = Table(
        columns=tuple(_column(entry, values) for values in entry.listed("columns")),
        minimum_rows=entry.whole("minimum_rows", 1),
        maximum_rows=entry.whole("maximum_rows", 100),
    )
    ids = [column.id for column in table.columns]
    if not ids or len(set(ids)) < len(ids):
        entry.refuse("columns must hold at least one column, and each id once")
    if not 0 <= table.minimum_rows <= table.maximum_rows <= MOST_ROWS or not table.maximum_rows:
        entry.refuse(f"minimum_rows and maximum_rows must lie between 0 and {MOST_ROWS}, in that order")
    entry.translates("columns", "column_units", "column_options")
    for key in ("columns", "column_units", "column_options"):
        entry.refuse_strangers(key, ids)
    return table


def _column(table: Entry, values: object) -> Column:
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
    column = Column(
        id=entry.code("id"),
        text=entry.text("text"),
        type=build_answer_type(entry, COLUMN_TYPES) or ShortText(),
        required=entry.flag("required", default=True),
    )
    entry.close()
    return column


def _file(entry: Entry) -> AnswerType:
    kinds = entry.codes("kinds") or tuple(FILE_KINDS)
    unknown = [kind for kind in kinds if kind not in FILE_KINDS]
    if unknown:
        entry.refuse(f"unknown kinds {', '.join(unknown)}; allowed: {', '.join(FILE_KINDS)}")
        kinds = tuple(FILE_KINDS)
    return Files(kinds, entry.whole_within("maximum_files", 5, 1, 20))


_COLUMN_TWINS = {"text": "columns", "unit": "column_units", "options": "column_options"}

COLUMN_TYPES: Mapping[str, Builder] = {
    "short_text": lambda entry: ShortText(entry.whole_within("at_most", 200, 1, 1000)),
    "long_text": lambda entry: LongText(entry.whole_within("at_most", 5000, 1, 20000)),
    "whole_number": _whole_number,
    "decimal": _decimal,
    "percentage": lambda _: Percentage(),
    "date": lambda entry: Day(entry.flag("not_after_today", default=False)),
    "country": lambda _: Country(),
    "one_of": _one_of,
    "yes_no": _yes_no(YesNo),
    "yes_partly_no": _yes_no(YesPartlyNo),
}
"""What the cells of a table may be."""

QUESTION_TYPES: Mapping[str, Builder] = {
    "acknowledgement": _acknowledgement,
    **{name: builder for name, builder in COLUMN_TYPES.items() if name not in ("decimal", "country")},
    "several_of": _several_of,
    "table": _table,
    "file": _file,
}
"""What a question may ask for."""
