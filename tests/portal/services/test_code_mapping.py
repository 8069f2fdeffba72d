"""A supplier's own code is held against ours, clause by clause, and what was decided is kept for next time."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.models import CodeMapping, Deed, Role
from portal.services import code_mapping, reviews
from portal.services.code_mapping import Decision
from portal.services.refusals import ReviewRefused
from questionnaires.catalogue import Catalogue
from tests.factories import Make
from tests.portal.mapping_case import (
    ALL_COVERED,
    CATALOGUE,
    COVERED,
    KEY,
    MISSING,
    PARTLY,
    SOME_LACKING,
    TINY,
    MappingTable,
    answers_with,
    file_of,
    lay_out,
)
from tests.portal.review_case import open_case


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what is tried here does not hang on the kind of database."""
    return sqlite_url


@pytest.fixture
def table(make: Make) -> MappingTable:
    return lay_out(make)


def refusal(table: MappingTable, decisions: dict[str, Decision], **how: object) -> str:
    with pytest.raises(ReviewRefused) as refused:
        table.save(decisions, **how)
    table.session.rollback()
    return refused.value.code


def test_at_first_nothing_is_known(table: MappingTable) -> None:
    compared = table.compared()
    assert [line.clause.no for line in compared.lines] == ["1", "2", "3"]
    assert not any(line.decided or line.proposed for line in compared.lines)
    assert not compared.is_complete


@pytest.mark.parametrize(
    "answers", [{"O-read": True, "O-choice": "accept"}, answers_with(O_choice="accept"), {"O-choice": "own"}]
)
def test_only_a_declaration_that_names_an_own_code_can_be_mapped(make: Make, answers: dict[str, object]) -> None:
    declaration = lay_out(make, answers).declaration
    assert code_mapping.case_of(declaration, CATALOGUE) is None


def test_a_questionnaire_without_addendum_and_an_unsigned_declaration_cannot_be_mapped(make: Make) -> None:
    assert code_mapping.case_of(open_case(make).declaration, Catalogue.load()) is None
    unsigned = make.declaration(lay_out(make).declaration.assessment, b"draft", signed=False)
    assert code_mapping.case_of(unsigned, CATALOGUE) is None


def test_half_finished_work_is_kept_and_leaves_no_trace_yet(table: MappingTable) -> None:
    table.save({"1": Decision(COVERED, "p. 2")})
    compared = table.compared()
    assert [bool(line.decided) for line in compared.lines] == [True, False, False]
    assert compared.lines[0].decided is not None
    assert compared.lines[0].decided.place == "p. 2"
    assert table.events(Deed.CODE_MAPPED) == []


def test_to_finish_every_clause_must_be_decided(table: MappingTable) -> None:
    assert refusal(table, {"1": Decision(COVERED)}, finish=True) == "clauses_undecided"
    compared = table.save(SOME_LACKING, finish=True)
    assert compared.counts == {COVERED: 1, PARTLY: 1, MISSING: 1}
    assert [line.clause.no for line in compared.lacking] == ["2", "3"]


def test_a_finished_comparison_leaves_one_trace_with_its_counts(table: MappingTable) -> None:
    table.save(SOME_LACKING, finish=True)
    table.save(SOME_LACKING, finish=True)
    (event,) = table.events(Deed.CODE_MAPPED)
    data = json.loads(event.record)["data"]
    assert (data["covered"], data["partly"], data["missing"]) == (1, 1, 1)
    assert data["coverage"] == {"1": "covered", "2": "partly", "3": "missing"}
    assert data["files"] == ["a" * 64]
    assert b"section 3" not in event.record, "a reviewer's words stay out of the ledger"
    table.save({"3": Decision(COVERED)}, finish=True)
    assert len(table.events(Deed.CODE_MAPPED)) == 2


def test_who_decided_stays_until_somebody_decides_otherwise(table: MappingTable) -> None:
    table.save(ALL_COVERED)
    later = table.now + timedelta(days=1)
    table.save({**ALL_COVERED, "2": Decision(PARTLY)}, by=table.approver, now=later)
    rows = [line.decided for line in table.compared().lines]
    assert [row.decided_by.role for row in rows if row] == [Role.BUYER, Role.APPROVER, Role.BUYER]
    last = table.compared().last
    assert last is not None
    assert last.decided_at == later


def test_the_first_decision_begins_the_review(table: MappingTable) -> None:
    table.save({"1": Decision(COVERED)})
    assert reviews.find_review(table.session, table.declaration) is not None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_reviewers_decide(table: MappingTable, role: Role) -> None:
    assert refusal(table, ALL_COVERED, by=table.make.user(role)) == "not_a_reviewer"


def test_nothing_is_decided_about_what_is_superseded_or_approved(table: MappingTable) -> None:
    newer = table.replace()
    assert refusal(table, ALL_COVERED) == "superseded"
    reviews.hand_over(newer.session, newer.declaration, by=newer.buyer, now=newer.now)
    reviews.approve(newer.session, newer.declaration, by=newer.approver, now=newer.now)
    newer.session.commit()
    assert refusal(newer, ALL_COVERED) == "approved"


def test_hostile_words_and_clauses_do_no_harm(table: MappingTable) -> None:
    odd = {"1": Decision(COVERED, " p.\x00 2\n<b>\u202e=?utf-8?q?x?= "), "99": Decision(MISSING, "nowhere")}
    compared = table.save(odd)
    assert compared.lines[0].decided is not None
    assert compared.lines[0].decided.place == "p. 2 <b>= ?utf-8?q?x?="
    assert table.session.scalar(sa.select(sa.func.count()).select_from(CodeMapping)) == 1
    assert refusal(table, {"1": Decision(COVERED, "x" * 201)}) == "place_too_long"


def test_a_newer_declaration_with_the_same_file_needs_no_new_comparison(table: MappingTable) -> None:
    table.save(SOME_LACKING, finish=True)
    newer = table.replace(O_lacks=["none"])
    assert newer.compared().counts == table.compared().counts


def test_another_file_needs_a_new_comparison(table: MappingTable) -> None:
    table.save(ALL_COVERED, finish=True)
    newer = table.replace(O_file=[file_of("b")])
    assert not any(line.decided or line.proposed for line in newer.compared().lines)


def test_a_file_that_comes_besides_is_compared_too_from_what_is_known(table: MappingTable) -> None:
    table.save(SOME_LACKING, finish=True)
    newer = table.replace(O_file=[file_of("a"), file_of("b", "Our rules.pdf")])
    lines = newer.compared().lines
    assert not any(line.decided for line in lines)
    assert [line.proposed.coverage for line in lines if line.proposed] == [COVERED, PARTLY, MISSING]
    assert newer.save(SOME_LACKING).is_complete
    assert newer.replace(O_file=[file_of("b")]).compared().is_complete, "each file stands for the code"


def test_files_about_which_was_decided_differently_are_undecided_together(make: Make) -> None:
    supplier = make.supplier()
    lay_out(make, answers_with(file_of("a")), supplier).save(ALL_COVERED)
    lay_out(make, answers_with(file_of("b")), supplier).save(SOME_LACKING)
    lines = lay_out(make, answers_with(file_of("a"), file_of("b")), supplier).compared().lines
    assert [bool(line.decided) for line in lines] == [True, False, False]


def test_the_same_file_of_another_supplier_says_nothing(make: Make) -> None:
    lay_out(make).save(ALL_COVERED)
    assert not any(line.decided or line.proposed for line in lay_out(make).compared().lines)


def test_next_year_the_same_file_is_known(make: Make) -> None:
    supplier = make.supplier()
    lay_out(make, supplier=supplier).save(SOME_LACKING, finish=True)
    again = lay_out(make, supplier=supplier)
    assert again.compared().is_complete
    again.save({}, finish=True)
    assert len(again.events(Deed.CODE_MAPPED)) == 2, "this declaration too has a trace of what it was approved on"


def test_in_a_new_edition_clauses_of_the_same_words_are_proposed(make: Make, tmp_path: Path) -> None:
    before = lay_out(make)
    before.save(SOME_LACKING, finish=True)
    catalogue = with_new_edition(tmp_path)
    after = lay_out(make, supplier=before.case.supplier)
    after.declaration.assessment.edition, after.catalogue = "2027-1", catalogue
    after.session.commit()
    lines = after.compared().lines
    assert not any(line.decided for line in lines)
    assert [line.proposed and line.proposed.coverage for line in lines] == [COVERED, None, MISSING]
    assert after.save({"1": Decision(COVERED, "p. 2")}).lines[0].decided is not None
    assert before.compared().is_complete


def with_new_edition(folder: Path) -> Catalogue:
    """Return a catalogue in which a later edition words the second clause in another way."""
    shutil.copytree(TINY / KEY, folder / KEY)
    later = shutil.copytree(TINY / KEY / "2026-1", folder / KEY / "2027-1")
    path = later / "questionnaire.yaml"
    text = path.read_text("utf-8").replace("2026-1", "2027-1").replace("Work is freely chosen", "Nobody is forced")
    path.write_text(
        text.replace("title: Law,", "title: The law,").replace(
            "type: acknow", "changed: meaning\n        type: acknow"
        ),
        "utf-8",
    )
    return Catalogue.load(folder)
