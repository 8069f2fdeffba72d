"""When a question is asked, in words: the reader's for what joins them, the questionnaire's for its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from portal.services.import_columns import Column
from portal.web.buyer.words import COLUMNS
from portal.web.filters import day
from questionnaires.answers import AnswerType, SeveralOf, Table
from questionnaires.conditions import (
    AllOf,
    Answered,
    AnyOf,
    Comparison,
    Condition,
    DateComparison,
    Not,
    QuestionComparison,
    SomeRow,
)
from questionnaires.fact_types import FACT_TYPES, Groups
from questionnaires.facts import ADDENDUM, is_fact, name_of
from questionnaires.model import Questionnaire
from questionnaires.texts import Text

FACTS: Mapping[str, Any] = {
    "country": COLUMNS[Column.COUNTRY],
    "criticality": COLUMNS[Column.CRITICALITY],
    "size": COLUMNS[Column.SIZE],
    "tier": COLUMNS[Column.TIER],
    "supplier_type": COLUMNS[Column.SUPPLIER_TYPE],
    "product_groups": COLUMNS[Column.PRODUCT_GROUPS],
    "minerals_relevant": COLUMNS[Column.MINERALS_RELEVANT],
    ADDENDUM: lazy_gettext("Clauses that the supplier’s own code lacks"),
}
"""What each fact of a supplier is called."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Puts the conditions of one edition into words."""

    questionnaire: Questionnaire
    language: str
    """Of the answers that are quoted."""
    columns: Mapping[str, tuple[Text, AnswerType]] = field(default_factory=dict)
    """Within a row of a table: its columns by id."""

    def say(self, condition: Condition, *, inside: bool = False) -> str:
        """Return the condition in words; inside another one with brackets, where it would else be read wrongly."""
        words = _TELLERS[type(condition)](condition, self)
        parts = getattr(condition, "parts", ())
        return f"({words})" if inside and len(parts) > 1 else words

    def subject(self, key: str) -> str:
        """Return what a condition is about: a question by its id, a column or a fact by its name."""
        if key in self.columns:
            return str(_("“%(words)s”", words=self.columns[key][0].in_language(self.language)))
        return str(FACTS.get(name_of(key), name_of(key))) if is_fact(key) else key

    def answers(self, key: str, codes: tuple[str, ...]) -> str:
        """Return answers as they are read, each between quotation marks."""
        quoted = [str(_("“%(words)s”", words=self._answer(key, code))) for code in codes]
        return reduce(lambda one, other: str(_("%(one)s or %(other)s", one=one, other=other)), quoted or [""])

    def _answer(self, key: str, code: str) -> str:
        kind = self._kind(key)
        value = [code] if isinstance(kind, SeveralOf | Groups) else code
        return (kind.display(value, self.language) if kind else "") or code

    def _kind(self, key: str) -> AnswerType | None:
        if key in self.columns:
            return self.columns[key][1]
        return FACT_TYPES.get(name_of(key)) if is_fact(key) else self.questionnaire.question(key).type


def _comparison(condition: Comparison, speaker: Speaker) -> str:
    about, operand = speaker.subject(condition.question), condition.operand
    said = speaker.answers(condition.question, operand) if isinstance(operand, tuple) else format(operand, "f")
    sentences = {
        "answer_in": _("%(about)s is %(said)s", about=about, said=said),
        "not_in": _("%(about)s is answered, and not %(said)s", about=about, said=said),
        "missing_any": _("one of these is not ticked in %(about)s: %(said)s", about=about, said=said),
        "at_least": _("%(about)s is %(said)s or more", about=about, said=said),
        "at_most": _("%(about)s is %(said)s or less", about=about, said=said),
        "below": _("%(about)s is below %(said)s", about=about, said=said),
        "above": _("%(about)s is above %(said)s", about=about, said=said),
    }
    return str(sentences[condition.operator])


def _date_comparison(condition: DateComparison, speaker: Speaker) -> str:
    limit = condition.limit  # what is asked hangs on no day of judging, so it is a date
    said, about = day(limit) if isinstance(limit, date) else "", speaker.subject(condition.question)
    if condition.operator == "before":
        return str(_("%(about)s is before %(said)s", about=about, said=said))
    return str(_("%(about)s is after %(said)s", about=about, said=said))


def _question_comparison(condition: QuestionComparison, speaker: Speaker) -> str:
    about, other = speaker.subject(condition.question), speaker.subject(condition.other)
    if condition.operator == "below_question":
        return str(_("%(about)s is below %(said)s", about=about, said=other))
    return str(_("%(about)s is above %(said)s", about=about, said=other))


def _answered(condition: Answered, speaker: Speaker) -> str:
    if is_fact(condition.question):
        return str(_("%(about)s is known", about=speaker.subject(condition.question)))
    return str(_("%(about)s is answered", about=speaker.subject(condition.question)))


def _all_of(condition: AllOf, speaker: Speaker) -> str:
    parts = [speaker.say(part, inside=True) for part in condition.parts]
    return reduce(
        lambda one, other: str(_("%(one)s, and %(other)s", one=one, other=other)), parts or [str(_("always"))]
    )


def _any_of(condition: AnyOf, speaker: Speaker) -> str:
    parts = [speaker.say(part, inside=True) for part in condition.parts]
    return reduce(lambda one, other: str(_("%(one)s, or %(other)s", one=one, other=other)), parts or [str(_("never"))])


def _not(condition: Not, speaker: Speaker) -> str:
    inner = condition.condition
    if isinstance(inner, Answered) and not is_fact(inner.question):
        return str(_("%(about)s is not answered", about=speaker.subject(inner.question)))
    return str(_("not: %(condition)s", condition=speaker.say(inner, inside=True)))


def _some_row(condition: SomeRow, speaker: Speaker) -> str:
    kind = speaker.questionnaire.question(condition.question).type
    columns = {each.id: (each.text, each.type) for each in kind.columns} if isinstance(kind, Table) else {}
    row = Speaker(speaker.questionnaire, speaker.language, columns).say(condition.row)
    return str(_("%(about)s has a row where %(row)s", about=condition.question, row=row))


_TELLERS: Mapping[type, Callable[[Any, Speaker], str]] = {
    Comparison: _comparison,
    DateComparison: _date_comparison,
    QuestionComparison: _question_comparison,
    Answered: _answered,
    AllOf: _all_of,
    AnyOf: _any_of,
    Not: _not,
    SomeRow: _some_row,
}
