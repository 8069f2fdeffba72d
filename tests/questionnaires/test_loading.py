"""What the language does not know is refused, with edition, question and key named and all faults at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from questionnaires.errors import DefinitionErrors
from questionnaires.loading import load_edition

HEAD = """\
key: trial
edition: "2026-1"
title: Trial
introduction: Trial.
minutes: 1
statement: We declare it.
sections:
  - id: only
    title: Only
    questions:
      - {id: T-0, text: First?, type: yes_no}
"""
HEAD_NB = """\
title: Prøve
introduction: Prøve.
statement: Vi erklærer det.
sections: {only: {title: Bare}}
questions:
  T-0: {text: Først?}
"""

Load = Callable[..., list[str]]


@pytest.fixture
def problems(tmp_path: Path) -> Load:
    """Write an edition with more questions and return the faults found in it, none if it loads."""

    def load(questions: str = "", bokmaal: str = "", head: str = HEAD, head_nb: str = HEAD_NB) -> list[str]:
        folder = tmp_path / "trial" / "2026-1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "questionnaire.yaml").write_text(head + indent(questions, " " * 6), "utf-8")
        (folder / "nb.yaml").write_text(head_nb + indent(bokmaal, " " * 2), "utf-8")
        try:
            load_edition(folder)
        except DefinitionErrors as refused:
            return list(refused.problems)
        return []

    return load


ONE = "- {id: T-1, text: Second?, type: yes_no%s}"
ONE_NB = "T-1: {text: Andre?}"
NUMBER = "- {id: T-1, text: Second?, type: whole_number%s}"
SEVERAL = """\
- id: T-1
  text: Second?
  type: several_of
  options: [{code: a, text: A}, {code: b, text: B}, {code: none, text: None, exclusive: true}]
"""
SEVERAL_NB = "T-1: {text: Andre?, options: {a: A, b: B, none: Ingen}%s}"
TABLE = """\
- id: T-1
  text: Second?
  type: table
  columns: [{id: name, text: Name, type: short_text}, {id: size, text: Size, type: whole_number}]
"""
TABLE_NB = "T-1: {text: Andre?, columns: {name: Navn, size: Størrelse}%s}"


def _rule(when: str) -> str:
    return f", deviations: [{{when: {when}, severity: minor, sentence: So.}}]"


@pytest.mark.parametrize(
    ("question", "bokmaal", "problem"),
    [
        (ONE % ", ask_when: now", ONE_NB, "T-1: unknown key ask_when; allowed: id, "),
        (ONE % ", unit: years", ONE_NB, "T-1: unknown key unit; allowed: "),
        (ONE.replace("yes_no", "yesno") % "", ONE_NB, "T-1: unknown type yesno; allowed: acknowledgement, "),
        (ONE.replace(", type: yes_no", "") % "", ONE_NB, "T-1: type is missing; allowed: "),
        (ONE.replace(", text: Second?", "") % "", "T-1: {}", "T-1: text is missing"),
        (ONE % ', required: "no"', ONE_NB, "T-1: required must be true or false"),
        (ONE % ", help: yes", ONE_NB, "T-1: help holds true, not text: YAML reads yes, no"),
        (ONE % ", help: 12", ONE_NB, "T-1: help must be text; write it in quotes"),
        (ONE % ', help: " "', ONE_NB, "T-1: help is empty"),
        (ONE % "", "", "T-1: nb.yaml lacks text"),
        (ONE % ", help: Help", ONE_NB, "T-1: nb.yaml lacks help"),
        (ONE % "", "T-1: {text: Andre?, help: Hjelp}", "T-1: nb.yaml: unknown key help; allowed: "),
        ("", "T-9: {text: Niende?}", "nb.yaml translates questions T-9, which questionnaire.yaml does not have"),
        (ONE % ", ask_if: {question: T-7, answer_in: [a]}", ONE_NB, "T-1: ask_if: question T-7 is not in this edition"),
        (
            ONE % ', ask_if: {question: T-1, answer_in: ["yes"]}',
            ONE_NB,
            "T-1: ask_if: question T-1 comes later; a condition looks back only",
        ),
        (
            ONE % ", ask_if: {question: T-0, answer_in: [yes]}",
            ONE_NB,
            'T-1: ask_if: answer_in holds true, not a code: YAML reads yes, no, on and off without quotes as true or '
            'false; write "yes" or "no" in quotes',
        ),
        (
            ONE % ", ask_if: {question: T-0, answer_in: [maybe]}",
            ONE_NB,
            "T-1: ask_if: answer_in: T-0 has no option maybe; allowed: yes, no",
        ),
        (ONE % ', ask_if: {question: T-0, answer_in: "yes"}', ONE_NB, "T-1: ask_if: answer_in must be a list of codes"),
        (ONE % ", ask_if: {question: T-0}", ONE_NB, "T-1: ask_if: says nothing about the answer; allowed: answer_in"),
        (ONE % ", ask_if: {question: T-0, is: [a], answered: true}", ONE_NB, "T-1: ask_if: unknown key is; allowed: "),
        (ONE % ", ask_if: {answered: true}", ONE_NB, "T-1: ask_if: question is missing"),
        (ONE % ", ask_if: [T-0]", ONE_NB, "T-1: ask_if: must hold keys and values"),
        (ONE % ", ask_if: {all: {question: T-0}}", ONE_NB, "T-1: ask_if: all must be a list"),
        (
            ONE % ", ask_if: {not: {question: T-9, answered: true}}",
            ONE_NB,
            "T-1: ask_if: not: question T-9 is not in this edition",
        ),
        (
            ONE % ", ask_if: {question: T-0, below: 5}",
            ONE_NB,
            "T-1: ask_if: below cannot be said of T-0, a yes_no; allowed: answer_in, not_in, answered, not_answered",
        ),
        (ONE % ", ask_if: {question: T-0, answered: false}", ONE_NB, "T-1: ask_if: answered can only be true"),
        (NUMBER % _rule("{below: many}"), "T-1: {text: Andre?, deviations: [Så.]}", "when: below must be a number"),
        (NUMBER % _rule("{below: yes}"), "T-1: {text: Andre?, deviations: [Så.]}", "when: below must be a number"),
        (NUMBER % _rule("{below: 1}"), ONE_NB, "T-1: deviations 1: nb.yaml lacks sentence"),
        (
            NUMBER % _rule("{below: 1}"),
            "T-1: {text: Andre?, deviations: [Så., Og så.]}",
            "T-1: nb.yaml has 2 deviations where questionnaire.yaml has 1",
        ),
        (
            NUMBER % _rule("{below: 1}").replace("minor", "fatal"),
            "T-1: {text: Andre?, deviations: [Så.]}",
            "unknown severity fatal; allowed: zero_tolerance, major, moderate, minor",
        ),
        (
            NUMBER % ", deviations: [{severity: minor, sentence: So.}]",
            "T-1: {text: Andre?, deviations: [Så.]}",
            "T-1: deviations 1: when is missing",
        ),
        (NUMBER % ", at_least: 5, at_most: 4", ONE_NB, "T-1: at_least is higher than at_most"),
        (NUMBER % ", at_least: 1.5", ONE_NB, "T-1: at_least must be a whole number"),
        (NUMBER % ", unit: years", ONE_NB, "T-1: nb.yaml lacks unit"),
        (NUMBER % ", comment: {when: [a], label: Why?}", "T-1: {text: A, comment: B}", "comment: when: there is no option a"),
        (SEVERAL + "  minimum: 3\n", SEVERAL_NB % "", "T-1: minimum must be at least 1 and no more than can be ticked"),
        (SEVERAL.replace("code: b", "code: a"), SEVERAL_NB % "", "T-1: options: a is there twice"),
        (SEVERAL, "T-1: {text: Andre?, options: {a: A, b: B}}", "T-1: options none: nb.yaml lacks text"),
        (
            SEVERAL,
            "T-1: {text: Andre?, options: {a: A, b: B, none: Ingen, c: C}}",
            "T-1: nb.yaml translates options c, which questionnaire.yaml does not have",
        ),
        (SEVERAL.replace("code: b", "code: no"), SEVERAL_NB % "", "code holds false, not a code"),
        (SEVERAL.replace("several_of", "one_of"), SEVERAL_NB % "", "T-1: exclusive has a meaning in several_of only"),
        (TABLE.replace("short_text", "file"), TABLE_NB % "", "T-1: columns name: unknown type file; allowed: short_text"),
        (TABLE.replace("id: size", "id: name"), TABLE_NB % "", "columns must hold at least one column, and each id once"),
        (TABLE + "  maximum_rows: 501\n", TABLE_NB % "", "minimum_rows and maximum_rows must lie between 0 and 500"),
        (TABLE, "T-1: {text: Andre?, columns: {name: Navn}}", "T-1: columns size: nb.yaml lacks text"),
        (TABLE, TABLE_NB % ", column_units: {weight: kg}", "T-1: nb.yaml translates column_units weight, which"),
        (
            TABLE + "  deviations: [{when: {rows: {column: name, below: 2}}, severity: minor, sentence: So.}]\n",
            TABLE_NB % ", deviations: [Så.]",
            "rows: below cannot be said of column name, a short_text",
        ),
        (
            TABLE + "  deviations: [{when: {rows: {column: size, below_column: name}}, severity: minor, sentence: So.}]\n",
            TABLE_NB % ", deviations: [Så.]",
            "rows: below_column compares columns of numbers; size and name are not both",
        ),
        (
            TABLE + "  deviations: [{when: {rows: {column: weight, below: 2}}, severity: minor, sentence: So.}]\n",
            TABLE_NB % ", deviations: [Så.]",
            "rows: unknown column weight; allowed: name, size",
        ),
        (ONE.replace("T-1", "T-0") % "", "", "T-0: the id is used twice"),
        (ONE.replace("T-1", "T_1") % "", "T_1: {text: Andre?}", "T_1: id T_1: an id is made of letters and digits"),
        ('- {id: T-1, text: "{option}?", type: yes_no}', ONE_NB, "T-1: {option} stands in a section that is not repeated"),
        ("- {id: T-1, text: F, type: file, kinds: [exe]}", "T-1: {text: F}", "T-1: unknown kinds exe; allowed: pdf, xlsx"),
        ("- {id: T-1, text: F, text: G, type: yes_no}", ONE_NB, "text is written twice"),
        ("- [", "", "questionnaire.yaml line"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_what_is_allowed(
    problems: Load, question: str, bokmaal: str, problem: str
) -> None:
    found = problems(question, bokmaal)
    assert any(problem in sentence for sentence in found), found
    assert all(sentence.startswith("trial/2026-1: ") for sentence in found)


def test_all_faults_are_told_at_once_each_of_them_once(problems: Load) -> None:
    found = problems(ONE % ", ask_when: 1, help: 3" + "\n- {id: T-2, text: Third?, type: nothing}\n", ONE_NB)
    assert len(found) == len(set(found)) == 5
    assert [sentence.split(": ")[1] for sentence in found] == ["T-1", "T-1", "T-2", "T-2", "T-1"]


def test_the_trial_itself_has_no_fault(problems: Load) -> None:
    assert problems() == []
    assert problems(SEVERAL, SEVERAL_NB % "") == []
    assert problems(TABLE, TABLE_NB % "") == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("key: trial", "key: other", "trial/2026-1: key and edition say other/2026-1, the folder trial/2026-1"),
        ('edition: "2026-1"', "edition: 2026", "trial/2026-1: edition holds 2026, not a code: write it in quotes"),
        ("minutes: 1", "minutes: 0", "trial/2026-1: minutes must be at least 1"),
        ("minutes: 1", "minutes: 1\nhours: 2", "trial/2026-1: unknown key hours; allowed: "),
        ("title: Trial", "title: yes", "trial/2026-1: title holds true, not text"),
        ("    title: Only\n", "", "trial/2026-1: sections only: title is missing"),
        ("    title: Only", "    repeat_for: T-0\n    title: Only", "repeat_for T-0: names no earlier several_of question"),
    ],
)  # fmt: skip
def test_a_fault_in_the_edition_itself_is_told(problems: Load, before: str, after: str, problem: str) -> None:
    found = problems(head=HEAD.replace(before, after))
    assert any(problem in sentence for sentence in found), found


def test_an_edition_without_bokmaal_is_not_complete(tmp_path: Path) -> None:
    folder = tmp_path / "trial" / "2026-1"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text(HEAD, "utf-8")
    with pytest.raises(DefinitionErrors, match=r"trial/2026-1: nb\.yaml is missing"):
        load_edition(folder)


def test_another_language_must_be_as_complete_as_bokmaal(problems: Load, tmp_path: Path) -> None:
    problems()
    folder = tmp_path / "trial" / "2026-1"
    (folder / "sv.yaml").write_text(HEAD_NB.replace("questions:\n  T-0: {text: Først?}\n", ""), "utf-8")
    with pytest.raises(DefinitionErrors, match=r"T-0: sv\.yaml lacks text"):
        load_edition(folder)
    (folder / "sv.yaml").write_text(HEAD_NB, "utf-8")
    assert load_edition(folder).languages == ("en", "nb", "sv")
