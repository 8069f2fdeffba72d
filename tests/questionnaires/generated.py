"""Definitions and answers drawn at random, for what must hold of every questionnaire."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as some

from questionnaires.answers import AnswerType, Certificate, Money, SeveralOf, Table
from questionnaires.loading import load_files
from questionnaires.model import Questionnaire
from questionnaires.values import Value

Tree = dict[str, Any]
NAME = "drawn/2026-1"
TIERS = ("low", "medium", "high")
SEVERITIES = ("zero_tolerance", "major", "moderate", "minor")

_OPTIONS = [{"code": code, "text": code.title()} for code in ("red", "green", "blue")]
_IN_THE_HIGH_TIER = {"fact": "tier", "answer_in": ["high"]}
_TYPES: dict[str, Tree] = {
    "acknowledgement": {"label": "Read."},
    "yes_no": {"not_known": True},
    "yes_partly_no": {"not_applicable": "with_reason"},
    "one_of": {"options": _OPTIONS},
    "several_of": {"options": [*_OPTIONS, {"code": "none", "text": "None", "exclusive": True}]},
    "whole_number": {"at_most": 200, "unit": "years"},
    "decimal": {},
    "percentage": {},
    "money": {"currencies": ["NOK"]},
    "date": {},
    "country": {},
    "short_text": {"at_most": 20},
    "long_text": {},
    "certificate": {},
    "table": {
        "columns": [
            {"id": "name", "text": "Name", "type": "short_text"},
            {"id": "hours", "text": "Hours", "type": "whole_number", "required": False},
            {"id": "deep", "text": "Deep", "type": "yes_no", "required": False, "ask_if": _IN_THE_HIGH_TIER},
        ]
    },
}  # fmt: skip
_CODES = {
    "yes_no": ["yes", "no", "not_known"],
    "yes_partly_no": ["yes", "partly", "no", "not_applicable"],
    "one_of": ["red", "green", "blue"],
    "several_of": ["red", "green", "blue", "none"],
    "country": ["NO", "CN"],
}
_NUMBERS = ("whole_number", "decimal", "percentage", "money")


def _statement(draw: Any, kind: str) -> Tree:
    """Return something that can be said of an answer of that kind."""
    said: list[Tree] = [{"answered": True}, {"not_answered": True}]
    if kind in _CODES:
        codes = draw(some.lists(some.sampled_from(_CODES[kind]), min_size=1, max_size=2, unique=True))
        said += [{"answer_in": codes}, {"not_in": codes}]
    if kind in _NUMBERS:
        said += [{"above": draw(some.integers(0, 100))}, {"at_most": draw(some.integers(0, 100))}]
    if kind in ("date", "certificate"):
        said += [{"before": "2026-06-01"}, {"after": "2025-06-01"}]
    if kind == "table":
        said.append({"rows": {"column": "hours", "above": 40}})
    chosen: Tree = draw(some.sampled_from(said))
    return chosen


def _condition(draw: Any, earlier: list[tuple[str, str]], depth: int = 0) -> Tree:
    """Return a condition on earlier questions and on facts."""
    shapes = ["fact", *(["question"] * 3 if earlier else []), *(["all", "any", "not"] if depth < 2 else [])]
    shape = draw(some.sampled_from(shapes))
    if shape == "fact":
        return {"fact": "tier", "answer_in": [draw(some.sampled_from(TIERS))]}
    if shape == "question":
        question, kind = draw(some.sampled_from(earlier))
        return {"question": question, **_statement(draw, kind)}
    if shape == "not":
        return {"not": _condition(draw, earlier, depth + 1)}
    return {shape: [_condition(draw, earlier, depth + 1) for _ in range(draw(some.integers(1, 2)))]}


def _question(draw: Any, number: int, earlier: list[tuple[str, str]]) -> Tree:
    kind = draw(some.sampled_from(sorted(_TYPES)))
    question: Tree = {"id": f"G-{number}", "text": f"Question {number}?", "type": kind, **_TYPES[kind]}
    if draw(some.booleans()):
        question["ask_if"] = _condition(draw, earlier)
    question["required"] = draw(some.booleans())
    if kind == "yes_no" and draw(some.booleans()):
        question["comment"] = {"when": ["no"], "label": "Why?", "required": draw(some.booleans())}
    rules = range(draw(some.integers(0, 2)))
    question["deviations"] = [
        {"when": _statement(draw, kind), "severity": "minor", "sentence": f"Rule {rule}.", "raised": [
            {"if": {"fact": "tier", "answer_in": ["high"]}, "to": draw(some.sampled_from(SEVERITIES[:3]))}
        ]}
        for rule in rules
    ]  # fmt: skip
    return question


def _bokmaal(tree: Tree) -> Tree:
    """Return a translation of everything that has to be translated."""
    questions = [question for section in tree["sections"] for question in section["questions"]]
    return {
        "title": "Trukket",
        "introduction": "Trukket.",
        "statement": "Vi erklærer det.",
        "sections": {section["id"]: {"title": "Side"} for section in tree["sections"]},
        "questions": {question["id"]: _texts(question) for question in questions},
    }


def _texts(question: Tree) -> Tree:
    texts: Tree = {"text": "Spørsmål?"}
    texts |= {key: "år" for key in ("unit",) if key in question}
    texts |= {"label": "Lest."} if "label" in question else {}
    texts |= {"comment": "Hvorfor?"} if "comment" in question else {}
    if "options" in question:
        texts["options"] = {option["code"]: "Valg" for option in question["options"]}
    if "columns" in question:
        texts["columns"] = {column["id"]: "Kolonne" for column in question["columns"]}
    if question["deviations"]:
        texts["deviations"] = ["Avvik." for _ in question["deviations"]]
    return texts


@some.composite
def trees(draw: Any, *, most: int = 8) -> Tree:
    """Draw a definition as a tree, as it stands in `questionnaire.yaml`."""
    earlier: list[tuple[str, str]] = []
    sections = []
    for number in range(draw(some.integers(1, 3))):
        start = list(earlier)
        questions = []
        for _ in range(draw(some.integers(1, max(1, most // 3)))):
            question = _question(draw, len(earlier), earlier)
            earlier.append((question["id"], question["type"]))
            questions.append(question)
        section: Tree = {"id": f"page-{number}", "title": f"Page {number}", "questions": questions}
        if draw(some.booleans()):
            section["ask_if"] = _condition(draw, start)
        sections.append(section)
    return {
        "key": "drawn", "edition": "2026-1", "title": "Drawn", "introduction": "Drawn.", "minutes": 5,
        "statement": "We declare it.", "sections": sections,
    }  # fmt: skip


def load(tree: Tree, name: str = NAME) -> Questionnaire:
    """Load a tree through its files; JSON is YAML too."""
    files = {"questionnaire.yaml": tree, "nb.yaml": _bokmaal(tree)}
    return load_files(name, {file: json.dumps(content).encode() for file, content in files.items()})


def answers_to(questionnaire: Questionnaire) -> some.SearchStrategy[dict[str, Value]]:
    """Draw answers to some of the questions, whether they are asked or not, and to questions that do not exist."""
    drawn = {question.id: some.one_of(some.none(), _answer(question.type)) for question in questionnaire.questions}
    comments = {question.comment_key: some.sampled_from([None, "Words"]) for question in questionnaire.questions}
    strangers = {"G-999": some.just("stranger"), "@tier": some.sampled_from(TIERS)}
    return some.fixed_dictionaries({**drawn, **comments}, optional=strangers)


FACTS = some.fixed_dictionaries({}, optional={"tier": some.sampled_from(TIERS), "country": some.just("NO")})


def _answer(kind: AnswerType) -> some.SearchStrategy[Value]:
    if isinstance(kind, SeveralOf):
        return some.sampled_from([["red"], ["red", "blue"], ["none"]])
    if isinstance(kind, Table):
        cells = {"name": some.just("x"), "hours": some.integers(0, 90), "deep": some.sampled_from(["yes", "no"])}
        return some.lists(some.fixed_dictionaries(cells), min_size=1, max_size=2)
    if isinstance(kind, Money):
        return some.integers(0, 150).map(lambda amount: {"amount": str(amount), "currency": "NOK"})
    if isinstance(kind, Certificate):
        days = some.dates().map(lambda day: max(1900, min(day.year, 2199)))
        return days.map(lambda year: {"kind": "ISO", "number": "1", "issuer": "Us", "valid_until": f"{year}-05-05"})
    if kind.codes:
        return some.sampled_from(sorted(kind.codes))
    simple: dict[str, some.SearchStrategy[Value]] = {
        "acknowledgement": some.just(True),
        "whole_number": some.integers(0, 200),
        "date": some.sampled_from(["2025-01-01", "2026-01-01", "2026-12-31"]),
    }
    numbers = some.integers(0, 100).map(str)
    return simple.get(kind.name, numbers if kind.name in ("decimal", "percentage") else some.just("words"))
