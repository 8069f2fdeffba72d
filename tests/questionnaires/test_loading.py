"""What the language does not know is refused, with edition, question and key named and all faults at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import questionnaires.loading
from questionnaires.errors import DefinitionErrors
from questionnaires.loading import load_edition

TINY = Path(__file__).parent / "tiny"

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

    def load(
        questions: str = "",
        bokmaal: str = "",
        head: str = HEAD,
        head_nb: str = HEAD_NB,
        top: str = "",
        top_nb: str = "",
    ) -> list[str]:
        folder = tmp_path / "trial" / "2026-1"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "questionnaire.yaml").write_text(head + indent(questions, " " * 6) + f"\n{top}", "utf-8")
        (folder / "nb.yaml").write_text(head_nb + indent(bokmaal, " " * 2) + f"\n{top_nb}", "utf-8")
        try:
            load_edition(folder)
        except DefinitionErrors as refused:
            return [str(problem) for problem in refused.problems]
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
    tops = {key: case[key] for key in ("top", "top_nb") if key in case}
    found = problems(case["question"], case["bokmaal"], **tops)
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


def test_the_example_in_the_manual_loads(tmp_path: Path) -> None:
    manual = Path(questionnaires.loading.__file__).parents[1] / "README.md"
    blocks = dict(re.findall(r"```yaml\n# definitions/(\S+)\n(.*?)```", manual.read_text("utf-8"), re.DOTALL))
    for name, content in blocks.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    example = load_edition(tmp_path / "example" / "2026-1")
    assert [question.id for question in example.questions] == ["EX-01", "EX-02", "EX-03", "EX-04", "EX-05"]


JUNK = some.sampled_from([None, True, 5, 1.5, "", "x", "{option}", [], {}, [1], [None], {"a": 1}, {1: 2}, ["a", "a"]])
DEFINITION = TINY / "deviating" / "2026-1"


def _places(node: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every node below this one."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from _places(part, (*path, key))


@pytest.mark.parametrize("file", ["questionnaire.yaml", "nb.yaml"])
@given(data=some.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file_it_loads_or_is_refused_in_words(
    tmp_path: Path, file: str, data: some.DataObject
) -> None:
    folder = tmp_path / "deviating" / "2026-1"
    shutil.copytree(DEFINITION, folder, dirs_exist_ok=True)
    content = yaml.load((DEFINITION / file).read_bytes(), Loader=yaml.CSafeLoader)
    *way, last = data.draw(some.sampled_from(list(_places(content))))
    node = content
    for step in way:
        node = node[step]
    node[last] = data.draw(JUNK)
    (folder / file).write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True), "utf-8")
    try:
        load_edition(folder)
    except DefinitionErrors as refused:
        _names_the_edition(refused)


def _names_the_edition(refused: DefinitionErrors) -> None:
    assert refused.problems
    assert all(str(problem).startswith("deviating/2026-1: ") for problem in refused.problems)


def test_a_file_that_would_be_overlooked_is_refused(problems: Load, tmp_path: Path) -> None:
    problems()
    (tmp_path / "trial" / "2026-1" / "sv.yml").write_text(HEAD_NB, "utf-8")
    assert any("sv.yml is no YAML file" in sentence for sentence in problems())


def test_a_repeated_question_cannot_take_another_questions_id(tmp_path: Path) -> None:
    folder = shutil.copytree(TINY / "repeating" / "2026-1", tmp_path / "repeating" / "2026-1")
    for name in ("questionnaire.yaml", "nb.yaml"):
        text = (folder / name).read_text("utf-8").replace("R-metals", "R-source-tin")
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(DefinitionErrors, match="id R-source-tin is used twice"):
        load_edition(folder)
