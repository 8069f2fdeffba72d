"""The language by itself: loading what is shipped, finding what is asked and what deviates, replaying ten thousand."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
import yaml

from portal.demo.answering import answer_all
from questionnaires import deviations, journey
from questionnaires.catalogue import DEFINITIONS, Catalogue
from questionnaires.model import Questionnaire
from questionnaires.values import Value

LOADING = "load all shipped editions"
FINDING = "asked questions and findings of the human-rights form"
REPLAYING = "10,000 replays of the human-rights form"
DAY = date(2026, 11, 26)
REPLAYS = 10_000

Answered = tuple[Questionnaire, dict[str, Value]]


@pytest.fixture(scope="module")
def answered() -> Answered:
    """The human-rights form, filled in with some deviations."""
    questionnaire = Catalogue.load().newest("human-rights").asked_of({"tier": "high", "country": "CN"})
    return questionnaire, answer_all(questionnaire, Random(3), deviating=0.2)


def test_loading_ours(benchmark: Any) -> None:
    """Read, check and freeze every edition; a process does it once."""
    benchmark.group, benchmark.extra_info["side"] = LOADING, "ours"
    catalogue = benchmark.pedantic(lambda: Catalogue.load(DEFINITIONS), rounds=7, warmup_rounds=1)
    assert len(catalogue.keys()) >= 3


def test_loading_floor(benchmark: Any) -> None:
    """Parse the same files, in C."""
    benchmark.group, benchmark.extra_info["side"] = LOADING, "floor"

    def parse() -> list[object]:
        return [yaml.load(path.read_bytes(), yaml.CSafeLoader) for path in sorted(DEFINITIONS.glob("*/*/*.yaml"))]

    assert benchmark.pedantic(parse, rounds=7, warmup_rounds=1)


def test_finding_ours(benchmark: Any, answered: Answered) -> None:
    """Walk the form and judge it."""
    benchmark.group, benchmark.extra_info["side"] = FINDING, "ours"
    questionnaire, answers = answered

    def look() -> int:
        asked = journey.asked_sections(questionnaire, answers)
        return len(asked) + len(deviations.find(questionnaire, answers, DAY))

    assert benchmark.pedantic(look, rounds=300, iterations=5, warmup_rounds=20)


def test_finding_floor(benchmark: Any, answered: Answered) -> None:
    """Look at every question and its answer once."""
    benchmark.group, benchmark.extra_info["side"] = FINDING, "floor"
    questionnaire, answers = answered

    def pass_over() -> int:
        return sum(answers.get(question.id) is not None for question in questionnaire.questions)

    assert benchmark.pedantic(pass_over, rounds=300, iterations=50, warmup_rounds=20)


def test_replaying_ours(benchmark: Any, answered: Answered) -> None:
    """Judge ten thousand sets of answers under the edition they were given to and under another, in one process."""
    benchmark.group, benchmark.extra_info["side"] = REPLAYING, "ours"
    questionnaire, answers = answered

    def replay_all() -> int:
        return sum(len(deviations.replay(questionnaire, questionnaire, answers, DAY).same) for _ in range(REPLAYS))

    assert benchmark.pedantic(replay_all, rounds=1)


def test_replaying_floor(benchmark: Any, answered: Answered) -> None:
    """Walk the form as often, twice each time, and judge nothing."""
    benchmark.group, benchmark.extra_info["side"] = REPLAYING, "floor"
    questionnaire, answers = answered

    def walk_all() -> int:
        return sum(len(journey.walk(questionnaire, answers).seen) for _ in range(2 * REPLAYS))

    assert benchmark.pedantic(walk_all, rounds=1)
