"""What the language does not know is refused, with edition, question and key named and all faults at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
import yaml

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


REFUSALS: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "refusals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["problem"][:60])
def test_a_fault_is_told_with_its_place_and_what_is_allowed(problems: Load, case: dict[str, str]) -> None:
    found = problems(case["question"], case["bokmaal"])
    assert any(case["problem"] in sentence for sentence in found), found
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
        ("key: trial", "key: other", ": key and edition say other/2026-1, the folder trial/2026-1"),
        ('edition: "2026-1"', "edition: 2026", ": edition holds 2026, not a code: write it in quotes"),
        ("minutes: 1", "minutes: 0", "trial/2026-1: minutes must be at least 1"),
        ("minutes: 1", "minutes: 1\nhours: 2", "trial/2026-1: unknown key hours; allowed: "),
        ("title: Trial", "title: yes", "trial/2026-1: title holds true, not text"),
        ("    title: Only\n", "", "trial/2026-1: sections only: title is missing"),
        ("    title: Only", "    repeat_for: T-0\n    title: Only", "repeat_for T-0: names no earlier"),
    ],
)
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
