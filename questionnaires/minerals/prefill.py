"""What a workbook says about the answers to a questionnaire; which says what about which stands in `prefill.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from questionnaires.answers import SeveralOf
from questionnaires.minerals.model import Answer, Asked, Mineral, Workbook
from questionnaires.model import Question
from questionnaires.values import Answers, Value

_USED = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Said:
    """What one cell says about one answer."""

    question: str
    words: str
    """The cell's, in English as in every workbook: `Greater than 75%`."""
    place: str
    """The cell: `Declaration!D56`."""
    agree: tuple[str, ...] = ()
    """The answers that agree with it."""
    between: tuple[int, int] | None = None
    """For a share instead: from, to."""
    option: str = ""
    """Of a question with several ticks: it speaks of this one only."""
    ticked: bool = False
    comment: str = ""
    """What it says beside, as a comment to the answer."""

    @property
    def only(self) -> Value:
        """The one answer that agrees; None where there are several, or where it is about one tick."""
        if self.between:
            return str(self.between[0]) if self.between[0] == self.between[1] else None
        return self.agree[0] if len(self.agree) == 1 else None

    def agrees_with(self, value: Value) -> bool:
        """Return whether an answer goes together with the cell."""
        if self.option:
            return (isinstance(value, list) and self.option in value) is self.ticked
        if self.between:
            return self.between[0] <= Decimal(str(value)) <= self.between[1]
        return value in self.agree

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


def said_from_json(kept: Mapping[str, Any]) -> Said:
    """Return what `Said.as_json` gave."""
    between = kept["between"]
    low_high = (int(between[0]), int(between[1])) if between else None
    return Said(**{**kept, "agree": tuple(kept["agree"]), "between": low_high})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An answer with which no workbook agrees."""

    said: Said
    answer: Value


@cache
def _links() -> Mapping[str, Mapping[str, Any]]:
    text = Path(__file__).with_name("prefill.yaml").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def file_question(key: str) -> str | None:
    """Return the question of a questionnaire that takes CMRT and EMRT workbooks; None where none does."""
    link = _links().get(key)
    return str(link["file"]) if link else None


def what_it_says(key: str, workbook: Workbook) -> tuple[Said, ...]:
    """Return what a workbook says about the answers to a questionnaire; nothing where they are not linked."""
    link = _links().get(key)
    return tuple(_Saying(link, workbook).everything()) if link else ()


def proposals(said: Iterable[Said], answers: Answers, asked: frozenset[str]) -> dict[str, Said]:
    """Return what can be proposed for questions that are asked and have no answer; workbooks that disagree do not."""
    found: dict[str, Said] = {}
    for question, each in _by_question(said, asked).items():
        only = {str(one.only) for one in each}
        if answers.get(question) is None and each[0].only is not None and len(only) == 1:
            found[question] = each[0]
    return found


def contradictions(said: Iterable[Said], answers: Answers, asked: frozenset[str]) -> tuple[Contradiction, ...]:
    """Return where an answer is given with which none of the workbooks agrees."""
    groups: defaultdict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        if one.question in asked and answers.get(one.question) is not None:
            groups[one.question, one.option].append(one)
    return tuple(
        Contradiction(each[0], answers[question])
        for (question, _), each in groups.items()
        if not any(one.agrees_with(answers[question]) for one in each)
    )


def answer_by(said: Iterable[Said], question: Question, answers: Answers) -> Value:
    """Return the answer as the workbooks have it: the only one, or the ticks set right; None where they cannot say."""
    about = [one for one in said if one.question == question.id]
    if not any(one.option for one in about):
        return about[0].only if about else None
    ticked = {one.option for one in about if one.ticked}
    cleared = {one.option for one in about} - ticked
    options = question.type.options if isinstance(question.type, SeveralOf) else ()
    before = answers.get(question.id)
    stay = (set(before) if isinstance(before, list) else set()) - cleared
    stay -= {option.code for option in options if option.exclusive and ticked}
    return [option.code for option in options if option.code in ticked | stay] or None


def _by_question(said: Iterable[Said], asked: frozenset[str]) -> dict[str, list[Said]]:
    found: defaultdict[str, list[Said]] = defaultdict(list)
    for one in said:
        if one.question in asked and not one.option:
            found[one.question].append(one)
    return found


class _Saying:
    def __init__(self, link: Mapping[str, Any], workbook: Workbook) -> None:
        self.link = link
        self.workbook = workbook

    def everything(self) -> Iterator[Said]:
        question, options = self.link["minerals"]["question"], self.link["minerals"]["options"]
        for option, name in options.items():
            mineral = Mineral(name)
            used = self.workbook.answers.get((Asked.USED, mineral))
            if used is None or used.value.casefold() not in _USED:
                continue
            ticked = _USED[used.value.casefold()]
            yield Said(question, used.value, str(used.place), option=option, ticked=ticked)
            if ticked:
                yield from self._rules(self.link["each_mineral"], f"-{option}", mineral)
        yield from self._rules(self.link["company"])

    def _rules(
        self, rules: Iterable[Mapping[str, Any]], suffix: str = "", mineral: Mineral | None = None
    ) -> Iterator[Said]:
        told: set[str] = set()
        for rule in rules:
            answer = self._answer(rule, mineral)
            said = answer and rule["question"] not in told and self._said(rule, rule["question"] + suffix, answer)
            if said:
                told.add(rule["question"])
                yield said

    def _answer(self, rule: Mapping[str, Any], mineral: Mineral | None) -> Answer | None:
        where = rule.get("where")
        if mineral is None:
            return self.workbook.company_answers.get(rule["letter"])
        if where and self.workbook.answer(Asked(where["asked"]), mineral).casefold() != where["is"].casefold():
            return None
        return self.workbook.answers.get((Asked(rule["asked"]), mineral))

    @staticmethod
    def _said(rule: Mapping[str, Any], question: str, answer: Answer) -> Said | None:
        agree = {str(words).casefold(): found for words, found in rule.get("agree", {}).items()}
        between = {str(words).casefold(): found for words, found in rule.get("between", {}).items()}
        words = answer.value.casefold()
        if words not in agree and words not in between:
            return None
        low, high = between.get(words, (0, 0))
        return Said(
            question, answer.value, str(answer.place), tuple(agree.get(words, ())),
            (low, high) if words in between else None, comment=answer.comment if rule.get("comment") else "",
        )  # fmt: skip
