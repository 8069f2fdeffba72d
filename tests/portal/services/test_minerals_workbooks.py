"""Workbooks of conflict minerals: kept with what was found, mended or explained, and followed up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Assessment, Attachment, Deed, Deviation, LedgerEvent, MineralsWorkbook
from portal.services import assessments, attachments, deviations, minerals_findings, minerals_workbooks
from portal.services.assessments import NotEditable
from portal.services.attachments import Upload
from portal.services.previews import Standing, lines_of
from questionnaires.journey import Lack
from questionnaires.minerals.known import Known
from questionnaires.minerals.model import Asked, Mineral
from questionnaires.model import Severity
from tests.factories import Make
from tests.questionnaires.minerals.workbooks import build

KEY, QUESTION = "conflict-minerals", "TG-10"
CONTRADICTORY = build(answers={(Asked.USED, Mineral.GOLD): "No", Asked.RECYCLED: "Yes"}, version="6.6.1")
"""Its list has a smelter of gold all the same."""
CLEAN = build(version="6.6.1", answers={Asked.RECYCLED: "Unknown"})
MINERALS = ("tin", "tantalum", "tungsten", "gold")
ANSWERS: dict[str, Any] = {
    "TG-01": list(MINERALS),
    **{f"TG-0{number}-{mineral}": "no" for mineral in MINERALS for number in (2, 3, 4)},
    **{f"TG-05-{mineral}": "100" for mineral in MINERALS},
    **{f"TG-0{number}-{mineral}": "yes" for mineral in MINERALS for number in (6, 7)},
    "TG-08": "yes",
    "TG-08#comment": "https://bjork.example/policy",
    "TG-09": "yes",
}


@dataclass
class Case:
    """A supplier who hands in workbooks."""

    session: Session
    installation: Installation
    assessment: Assessment
    now: datetime

    def hand_in(self, content: bytes = CONTRADICTORY) -> MineralsWorkbook:
        examined = minerals_workbooks.examine(content, KEY, Known(today=self.now.date()))
        slot = self.installation.catalogue.newest(KEY).question(QUESTION).file_slots[0]
        upload = Upload("cmrt.xlsx", content)
        attachment = attachments.attach(
            self.session, self.installation.store, self.assessment, slot, upload, None, self.now
        )
        return minerals_workbooks.keep(self.session, attachment, examined, None, self.now)

    def explain(self, row: MineralsWorkbook, **words: str) -> None:
        minerals_workbooks.explain(self.session, row, words, None, self.now)

    def standing(self) -> tuple[Standing, list[Lack]]:
        (line,) = lines_of(self.session, self.assessment.request, self.installation.catalogue)
        return line.standing, [each.lack for each in line.missing]

    def traces(self, deed: Deed) -> list[Any]:
        found = self.session.scalars(sa.select(LedgerEvent.record).where(LedgerEvent.deed == deed))
        return [json.loads(record)["data"] for record in found]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: the columns and queries are plain."""
    return sqlite_url


@pytest.fixture
def case(make: Make, session: Session, installation: Installation, now: datetime) -> Case:
    assessment = make.request(make.campaign(keys=(KEY,))).assessments[0]
    make.answers(assessment, ANSWERS)
    return Case(session, installation, assessment, now)


def test_a_workbook_is_kept_with_its_report_and_leaves_one_trace(case: Case) -> None:
    row = case.hand_in()
    assert (row.kind, row.version, row.scope, row.unexplained) == ("CMRT", "6.6.1", "A", 1)
    assert {one["code"] for one in row.report["findings"]} >= {"M2a"}
    (trace,) = case.traces(Deed.WORKBOOK_READ)
    assert (trace["kind"], trace["version"], trace["sha256"]) == ("CMRT", "6.6.1", row.sha256)
    assert trace["counts"]["error"] == 1


def test_nothing_is_signed_until_an_error_is_explained(case: Case) -> None:
    row = case.hand_in()
    assert case.standing() == (Standing.INCOMPLETE, [Lack.FINDINGS])
    version = case.assessment.version
    case.explain(row, M2a="The refinery is our customer's, and listed by mistake.", nonsense="x")
    assert case.standing() == (Standing.READY, [])
    assert case.assessment.version == version + 1, "a preview from before cannot be signed"
    assert case.traces(Deed.WORKBOOK_EXPLAINED)[0]["codes"] == ["M2a"]
    case.explain(row, M2a="  ")
    assert case.standing()[0] is Standing.INCOMPLETE


def test_what_was_found_goes_with_the_file(case: Case) -> None:
    row = case.hand_in()
    attachments.remove(case.session, case.assessment, row.attachment, None, case.now)
    assert case.session.scalar(sa.select(sa.func.count(MineralsWorkbook.id))) == 0
    assert case.standing() == (Standing.READY, [])


def test_what_was_found_in_a_signed_file_stays(case: Case, make: Make) -> None:
    row = case.hand_in()
    case.explain(row, M2a="So be it.")
    case.session.commit()
    declaration = make.declaration(case.assessment)
    with pytest.raises(NotEditable):
        case.explain(row, M2a="Never mind.")
    minerals_workbooks.forget(case.session, case.assessment, case.session.get_one(Attachment, row.attachment_id))
    assert [each.id for each in minerals_workbooks.of_answers(case.session, case.assessment, declaration.answers)] == [
        row.id
    ]


def test_what_is_left_becomes_proposals_for_the_buyer(case: Case, make: Make) -> None:
    row = case.hand_in()
    case.explain(row, M2a="Listed by mistake.")
    case.session.commit()
    declaration = make.declaration(case.assessment)
    questionnaire = assessments.edition_of(case.assessment, case.installation.catalogue)
    proposed = deviations.propose(case.session, declaration, questionnaire, case.now)
    by_rule = {str(each.rule).partition(":")[2]: each for each in proposed}
    error = by_rule[f"TG-10.CMRT-{row.sha256[:8]}-M2a"]
    assert (error.question, error.severity) == (QUESTION, Severity.MAJOR)
    assert error.sentence["en"].startswith("CMRT 6.6.1, Smelter List!B")
    assert error.sentence["nb"].endswith("Leverandøren forklarer: «Listed by mistake.»")
    assert by_rule["TG-01.CMRT-gold"].sentence["en"] == (
        "“Gold” is ticked, but CMRT 6.6.1 says “No” (Declaration!D28)."
    )
    assert by_rule["TG-04-tin.CMRT"].sentence["nb"] == ("Svaret er «Nei», men CMRT 6.6.1 sier «Yes» (Declaration!D51).")
    assert deviations.propose(case.session, declaration, questionnaire, case.now) == []


def test_the_declaration_says_what_was_found_and_how_it_is_explained(case: Case) -> None:
    row = case.hand_in()
    case.explain(row, M2a="Listed by mistake.")
    found = minerals_findings.notes_of(case.session, case.assessment, assessments.answers_of(case.assessment), "nb")
    summary, explained = found[row.sha256]
    assert summary.startswith("CMRT 6.6.1: mangler: 0, feil: 1")
    assert explained.endswith("Leverandøren forklarer: «Listed by mistake.»")


def test_a_clean_workbook_leaves_nothing_but_what_it_says_itself(case: Case, make: Make) -> None:
    case.hand_in(CLEAN)
    case.session.commit()
    declaration = make.declaration(case.assessment)
    questionnaire = assessments.edition_of(case.assessment, case.installation.catalogue)
    proposed = deviations.propose(case.session, declaration, questionnaire, case.now)
    assert {str(each.question)[:5] for each in proposed} <= {"TG-04", "TG-10"}
    assert case.session.scalar(sa.select(sa.func.count(Deviation.id))) == len(proposed)


def test_no_more_cells_are_kept_than_anybody_reads(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minerals_workbooks, "MOST_CELLS", 2)
    rows = [{"id_typed": f"12{number}", "metal": "Tin", "lookup": "x"} for number in range(5)]
    row = case.hand_in(build(smelters=rows))
    assert sum(one["code"] == "S1a" for one in row.report["findings"]) == 2
    assert row.report["counts"]["error"] >= 5
