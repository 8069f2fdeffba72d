"""Signed answers under another edition: what would come, go or weigh otherwise; nothing is changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Declaration, Deviation, LedgerEvent
from portal.services.replays import replay_all, summarise
from questionnaires.catalogue import Catalogue
from questionnaires.errors import UnknownQuestionnaire
from questionnaires.model import Severity
from tests.factories import Make

TINY = Path(__file__).parents[2] / "questionnaires" / "tiny"
CHANGES = (
    ('edition: "2026-1"', 'edition: "2026-2"'),
    ("{when: {above: 60}, severity: major,", "{when: {above: 60}, severity: minor,"),
    ("- {when: {not_answered: true}, severity: minor, sentence: Nobody answers for it.}", "- {when: {answer_in: [x]}}"),
    (
        'answer_in: ["no"]}, severity: moderate,',
        'answer_in: ["no"]}, severity: moderate, raised: [{if: {fact: tier, answer_in: [high]}, to: major}],',
    ),
    (
        "{id: D-night, text: Night work?, type: yes_no}",
        """{id: D-night, text: Night work?, type: yes_no,
         deviations: [{when: {answer_in: ["yes"]}, severity: moderate, sentence: They work at night.}]}""",
    ),
)


def two_editions(folder: Path) -> Path:
    """Write two editions of a questionnaire, which judge the same answers otherwise, into a folder."""
    shutil.copytree(TINY / "deviating" / "2026-1", folder / "deviating" / "2026-1")
    later = shutil.copytree(TINY / "deviating" / "2026-1", folder / "deviating" / "2026-2")
    text = (later / "questionnaire.yaml").read_text("utf-8")
    for before, after in CHANGES:
        assert before in text
        text = text.replace(before, after)
    text = text.replace("        deviations:\n          - {when: {answer_in: [x]}}\n", "")
    (later / "questionnaire.yaml").write_text(text, "utf-8")
    nb = (later / "nb.yaml").read_text("utf-8")
    nb = nb.replace(", deviations: [Ingen har ansvaret.]", "").replace(
        "Nattarbeid?", "Nattarbeid?, deviations: [Natt.]"
    )
    (later / "nb.yaml").write_text(nb, "utf-8")
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Two editions of a questionnaire, which judge the same answers otherwise."""
    return Catalogue.load(two_editions(tmp_path / "definitions"))


@pytest.fixture
def declared(make: Make) -> list[Declaration]:
    """What three suppliers signed: one whose answers are judged otherwise, one of high risk, one without deviations."""
    given: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("Anna AS", {"D-plan": "yes", "D-hours": 61, "D-night": "yes"}, {}),
        ("Bo AS", {"D-plan": "no", "D-name": "Bo"}, {"tier": "high"}),
        ("Cecilie AS", {"D-plan": "yes", "D-name": "Cecilie"}, {}),
    ]
    campaign = make.campaign(keys=("deviating",))
    found = []
    for name, answers, facts in given:
        assessment = make.request(campaign, make.supplier(name)).assessments[0]
        assessment.facts = facts
        make.answers(assessment, answers)
        found.append(make.declaration(assessment))
    return found


def test_what_another_edition_would_find_is_told_by_declaration(
    session: Session, catalogue: Catalogue, declared: list[Declaration]
) -> None:
    anna, bo, cecilie = replay_all(session, catalogue, "deviating", "2026-2")

    assert (anna.supplier, anna.edition, anna.reference) == ("Anna AS", "2026-1", declared[0].reference)
    assert [finding.rule for finding in anna.replay.came] == ["deviating/2026-2:D-night"]
    assert [finding.rule for finding in anna.replay.gone] == ["deviating/2026-1:D-name"]
    assert [(then.severity, now.severity) for then, now in anna.replay.changed] == [(Severity.MAJOR, Severity.MINOR)]
    assert [(then.severity, now.severity) for then, now in bo.replay.changed] == [(Severity.MODERATE, Severity.MAJOR)]
    assert not cecilie.differs


def test_the_counts_are_those_of_the_declarations(
    session: Session, catalogue: Catalogue, declared: list[Declaration]
) -> None:
    summary = summarise(replay_all(session, catalogue, "deviating", "2026-2"))

    assert (summary.declarations, summary.in_force, summary.same) == (3, 3, 0)
    assert summary.came == {Severity.MODERATE: 1}
    assert summary.gone == {Severity.MINOR: 1}
    assert summary.changed == {(Severity.MAJOR, Severity.MINOR): 1, (Severity.MODERATE, Severity.MAJOR): 1}
    assert [one.supplier for one in summary.differing] == ["Anna AS", "Bo AS"]


def test_under_its_own_edition_nothing_differs(
    session: Session, catalogue: Catalogue, declared: list[Declaration]
) -> None:
    summary = summarise(replay_all(session, catalogue, "deviating", "2026-1"))

    assert (summary.declarations, summary.same, summary.differing) == (3, 3, [])


def test_only_what_is_signed_counts_and_what_was_replaced_says_so(
    session: Session, make: Make, catalogue: Catalogue, declared: list[Declaration]
) -> None:
    declared[0].superseded_by = make.declaration(declared[0].assessment, pdf=b"%PDF-1.7 newer")
    make.declaration(declared[1].assessment, pdf=b"%PDF-1.7 being sealed", signed=False)
    session.commit()

    summary = summarise(replay_all(session, catalogue, "deviating", "2026-2"))

    assert (summary.declarations, summary.in_force) == (4, 3)


def test_nothing_is_changed(session: Session, catalogue: Catalogue, declared: list[Declaration]) -> None:
    list(replay_all(session, catalogue, "deviating", "2026-2"))

    assert not session.dirty
    assert not session.new
    for table in (Deviation, LedgerEvent):
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


@pytest.mark.parametrize(("key", "edition"), [("deviating", "2030-1"), ("nothing", "2026-1")])
def test_an_edition_that_there_is_not_is_refused(
    session: Session, catalogue: Catalogue, key: str, edition: str
) -> None:
    with pytest.raises(UnknownQuestionnaire):
        list(replay_all(session, catalogue, key, edition))
