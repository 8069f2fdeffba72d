"""From YAML to a question, in two steps: rules may look forward, so they are read when all is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from questionnaires.answers import AnswerType, ShortText
from questionnaires.conditions import AllOf, Condition
from questionnaires.loading.answer_types import QUESTION_TYPES, build_answer_type
from questionnaires.loading.conditions import Surroundings, read_condition, read_statement
from questionnaires.loading.entry import Entry
from questionnaires.model import Comment, DeviationRule, Question, Severity

_QUESTION_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question whose deviation rules are still to be read."""

    question: Question
    entry: Entry


def draft_question(entry: Entry, question_id: str, around: Surroundings) -> Draft:
    """Return the question, all but its rules; ``around`` holds the questions before it."""
    written = entry.code("id")
    if written and not _QUESTION_ID.fullmatch(written):
        entry.refuse(f"id {written}: an id is made of letters and digits joined by -")
    ask_if = entry.entry("ask_if")
    answer_type = build_answer_type(entry, QUESTION_TYPES) or ShortText()
    question = Question(
        id=question_id,
        text=entry.text("text"),
        type=answer_type,
        help=entry.optional_text("help"),
        required=entry.flag("required", default=True),
        ask_if=read_condition(ask_if, around) if ask_if else None,
        comment=_read_comment(entry, answer_type),
        basis=entry.string("basis"),
        evidence=entry.optional_text("evidence"),
    )
    return Draft(question, entry)


def finish_question(draft: Draft, edition: str, around: Surroundings) -> Question:
    """Return the question with its rules; ``around`` holds all questions."""
    question, entry = draft.question, draft.entry
    rules = []
    for index, rule in enumerate(entry.in_order("deviations"), start=1):
        number = f".{index}" if index > 1 else ""
        rules.append(_read_rule(rule, f"{edition}:{question.id}{number}", question.id, around))
    entry.close()
    return replace(question, deviations=tuple(rules))


def _read_comment(entry: Entry, answer_type: AnswerType) -> Comment | None:
    entry.translates("comment")
    comment = entry.entry("comment")
    if comment is None:
        return None
    when = comment.codes("when")
    unknown = [code for code in when if code not in (answer_type.codes or ())]
    if unknown:
        allowed = ", ".join(answer_type.codes or ("none; leave when out",))
        comment.refuse(f"when: there is no option {', '.join(unknown)}; allowed: {allowed}")
    read = Comment(comment.text("label"), when, comment.flag("required", default=False))
    comment.close()
    return read


def _read_rule(entry: Entry, rule_id: str, question_id: str, around: Surroundings) -> DeviationRule:
    severity = entry.choice("severity", tuple(Severity)) or Severity.MINOR
    rule = DeviationRule(rule_id, _read_when(entry, question_id, around), Severity(severity), entry.text("sentence"))
    entry.close()
    return rule


def _read_when(entry: Entry, question_id: str, around: Surroundings) -> Condition:
    own, other = entry.entry("when"), entry.entry("and")
    parts: list[Condition] = []
    if own:
        parts.append(read_statement(own, question_id, around))
        own.close()
    else:
        entry.refuse("when is missing")
    if other:
        parts.append(read_condition(other, around))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
