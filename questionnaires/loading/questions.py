"""From YAML to a question, in two steps: rules may look forward, so they are read when all is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from questionnaires.answers import Acknowledgement, AnswerType, Certificate, Files, ShortText, YesNo
from questionnaires.answers.choices import NOT_APPLICABLE_CODE
from questionnaires.conditions import AllOf, Answered, Condition
from questionnaires.facts import ADDENDUM, key_of
from questionnaires.loading.answer_types import (
    QUESTION_TYPES,
    WITH_REASON,
    build_answer_type,
    read_files,
    wants_reason,
)
from questionnaires.loading.conditions import NEVER, Surroundings, read_condition, read_statement
from questionnaires.loading.entry import Entry
from questionnaires.model import Change, Comment, DeviationRule, Question, Raised, Severity
from questionnaires.texts import Text

_QUESTION_ID = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_WHY_NOT_APPLICABLE = Text.of("Why does this not apply to you?", nb="Hvorfor er dette ikke aktuelt for dere?")
_CERTIFICATE_FILES = Files(("pdf", "image"), 3)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question whose deviation rules are still to be read."""

    question: Question
    entry: Entry


def draft_question(entry: Entry, question_id: str, around: Surroundings) -> Draft:
    """Return the question, all but its rules; ``around`` holds the questions before it."""
    written = entry.code("id")
    if written and not _QUESTION_ID.fullmatch(written):
        entry.refuse(f"id {written}: an id is made of letters and digits joined by -", "id")
    answer_type = build_answer_type(entry, QUESTION_TYPES, around) or ShortText()
    question = Question(
        id=question_id,
        text=entry.text("text"),
        type=answer_type,
        help=entry.optional_text("help"),
        required=entry.flag("required", default=True),
        ask_if=_read_ask_if(entry, answer_type, around),
        comment=_read_comment(entry, answer_type),
        basis=entry.string("basis"),
        evidence=entry.optional_text("evidence"),
        changed=_read_change(entry),
        prefill=entry.flag("prefill", default=True),
    )
    return Draft(_with_documents(question, entry), entry)


def finish_question(draft: Draft, edition: str, around: Surroundings) -> Question:
    """Return the question with its rules; ``around`` holds all questions."""
    question, entry = draft.question, draft.entry
    rules = []
    for index, rule in enumerate(entry.in_order("deviations"), start=1):
        number = f".{index}" if index > 1 else ""
        when = _read_when(rule, question.id, around)
        rules.append(_read_rule(rule, f"{edition}:{question.id}{number}", when, (question.id,), around))
    entry.close()
    return replace(question, deviations=tuple(rules))


def read_rules(root: Entry, edition: str, known: Mapping[str, AnswerType]) -> tuple[DeviationRule, ...]:
    """Return the rules over several answers; ``known`` holds all questions."""
    around, rules = Surroundings(known, judges=True), []
    for entry in root.entries("rules", "id"):
        rule_id = entry.code("id")
        if rule_id in known:
            entry.refuse(f"id {rule_id}: a question has this id", "id")
        about = entry.codes("about")
        strangers = [question for question in about if question not in known]
        if strangers or not about:
            entry.refuse(f"about must name questions of this edition, not {', '.join(strangers) or 'nothing'}", "about")
        condition = entry.entry("if")
        if condition is None:
            entry.refuse("if is missing", "if")
        when = read_condition(condition, around) if condition else NEVER
        named = tuple(question for question in about if question in known)
        rules.append(_read_rule(entry, f"{edition}:{rule_id}", when, named, around))
    return tuple(rules)


def _read_ask_if(entry: Entry, answer_type: AnswerType, around: Surroundings) -> Condition | None:
    """Return when the question is asked.

    An addendum is asked only where the buyer has chosen clauses for it, and the own code that lacks them counts.
    """
    written = entry.entry("ask_if")
    own = read_condition(written, around) if written else None
    if not (isinstance(answer_type, Acknowledgement) and answer_type.addendum_to):
        return own
    parts: list[Condition] = [Answered(key_of(ADDENDUM))]
    if answer_type.own_code:
        parts.append(Answered(answer_type.own_code))
    if own:
        parts.append(own)
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _read_comment(entry: Entry, answer_type: AnswerType) -> Comment | None:
    entry.translates("comment")
    comment = entry.entry("comment")
    has_reason = isinstance(answer_type, YesNo) and wants_reason(entry)
    if comment is None:
        return Comment(_WHY_NOT_APPLICABLE, (NOT_APPLICABLE_CODE,), required=True) if has_reason else None
    when = comment.codes("when")
    unknown = [code for code in when if code not in (answer_type.codes or ())]
    if unknown:
        allowed = ", ".join(answer_type.codes or ("none; leave when out",))
        comment.refuse(f"when: there is no option {', '.join(unknown)}; allowed: {allowed}", "when")
    read = Comment(comment.text("label"), when, comment.flag("required", default=False))
    comment.close()
    if has_reason and not (read.required and read.is_asked(NOT_APPLICABLE_CODE)):
        sentence = f"not_applicable: {WITH_REASON} needs a comment that is required when it is chosen"
        entry.refuse(sentence, "not_applicable")
    return read


def _with_documents(question: Question, entry: Entry) -> Question:
    """Return the question with the files that may be added to its answer."""
    listed = entry.raw("documents")
    if isinstance(listed, list):
        kinds = read_files(entry.child(entry.inside("documents"), {"kinds": listed}, {}), "maximum")
        return replace(question, documents=kinds)
    documents = entry.entry("documents")
    if documents is None:
        return replace(question, documents=_CERTIFICATE_FILES) if isinstance(question.type, Certificate) else question
    files, required = read_files(documents, "maximum"), documents.flag("required", default=False)
    documents.close()
    if isinstance(question.type, Files):
        entry.refuse("documents have no meaning where the answer is a file", "documents")
    return replace(question, documents=files, documents_required=required)


def _read_change(entry: Entry) -> Change | None:
    if not entry.has("changed"):
        return None
    chosen = entry.choice("changed", tuple(Change))
    return Change(chosen) if chosen else None


def _read_rule(
    entry: Entry, rule_id: str, when: Condition, about: tuple[str, ...], around: Surroundings
) -> DeviationRule:
    severity = Severity(entry.choice("severity", tuple(Severity)) or Severity.MINOR)
    raised = tuple(_read_raised(each, severity, around) for each in _listed_entries(entry, "raised"))
    rule = DeviationRule(rule_id, when, severity, entry.text("sentence"), about, raised)
    entry.close()
    return rule


def _read_raised(entry: Entry, severity: Severity, around: Surroundings) -> Raised:
    condition = entry.entry("if")
    if condition is None:
        entry.refuse("if is missing", "if")
    when = read_condition(condition, replace(around, judges=True)) if condition else NEVER
    to = Severity(entry.choice("to", tuple(Severity)) or Severity.ZERO_TOLERANCE)
    if to.rank >= severity.rank:
        entry.refuse(f"to: {to} is not more serious than {severity}", "to")
    entry.close()
    return Raised(when, to)


def _listed_entries(entry: Entry, key: str) -> list[Entry]:
    """Return the mappings listed under a key that holds no texts."""
    return [
        entry.child(entry.inside(f"{key} {number}"), values, {})
        for number, values in enumerate(entry.listed(key), start=1)
    ]


def _read_when(entry: Entry, question_id: str, around: Surroundings) -> Condition:
    around = replace(around, judges=True)
    own, other = entry.entry("when"), entry.entry("and")
    parts: list[Condition] = []
    if own:
        parts.append(read_statement(own, question_id, around))
        own.close()
    else:
        entry.refuse("when is missing", "when")
    if other:
        parts.append(read_condition(other, around))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
