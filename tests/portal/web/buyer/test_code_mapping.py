"""The pages on which a reviewer holds a supplier's own code against ours and issues the addendum."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.config import Settings
from portal.installation import Installation
from portal.models import Deed, Role
from portal.services import reviews
from tests.factories import Make
from tests.portal.mapping_case import (
    ALL_COVERED,
    KEY,
    MISSING,
    SOME_LACKING,
    TINY,
    MappingTable,
    answers_with,
    file_of,
    lay_out,
)
from tests.portal.web.pages import check
from tests.portal.web.supplier.visiting import Visitor

ALL = {"coverage-1": "covered", "place-1": "p. 2", "coverage-2": "partly", "coverage-3": "missing"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of an installation with the tiny questionnaires."""
    return replace(settings, questionnaires=TINY)


@pytest.fixture
def table(make: Make, installation: Installation) -> MappingTable:
    return lay_out(make, put=installation.store.put, name="Ødegård Verk AS", language="nb")


@pytest.fixture
def reviewer(table: MappingTable, client: FlaskClient) -> FlaskClient:
    """The browser of the one who sent the request."""
    table.make.sign_in(client, table.buyer)
    return client


def page(table: MappingTable, deed: str = "") -> str:
    return f"/declarations/{table.declaration.id}/own-code{deed}"


def save(reviewer: FlaskClient, table: MappingTable, fields: dict[str, Any], **more: str) -> str:
    answer = reviewer.post(page(table), data={**fields, **more}, follow_redirects=True)
    assert answer.status_code == 200
    return check(answer)


def issue(reviewer: FlaskClient, table: MappingTable, **fields: str) -> Any:
    return reviewer.post(page(table, "/addendum"), data={"due_on": table.soon.isoformat(), **fields})


def checked(text: str) -> list[str]:
    """Return the ids of the radio buttons that are chosen."""
    return re.findall(r'type="radio" id="([^"]+)"[^>]* checked', text)


def test_the_assessment_leads_to_the_page(reviewer: FlaskClient, table: MappingTable) -> None:
    text = check(reviewer.get(f"/assessments/{table.declaration.assessment_id}"))
    assert page(table) in text
    assert "Not held against ours yet" in text


def test_the_page_shows_our_clauses_the_file_and_what_the_supplier_says(
    reviewer: FlaskClient, table: MappingTable
) -> None:
    text = check(reviewer.get(page(table)))
    assert "Work is freely chosen." in text
    assert "Which clauses does it not cover?" in text
    assert "3. Safety" in text
    (download,) = re.findall(r'href="(/assessments/[^"]+/attachments/[^"]+)"', text)
    file = reviewer.get(download)
    assert file.data.startswith(b"%PDF")
    assert file.headers["Content-Disposition"].startswith("attachment")
    norwegian = check(reviewer.get(page(table), headers={"Accept-Language": "nb"}))
    assert "Arbeid er frivillig." in norwegian


def test_half_finished_work_can_be_saved(reviewer: FlaskClient, table: MappingTable) -> None:
    text = save(reviewer, table, {"coverage-1": "covered", "place-1": "p. 2"})
    assert "2 clauses are undecided" in text
    assert checked(text) == ["clause-1-covered"]
    assert 'value="p. 2"' in text
    assert "Decide on every clause first." in text
    assert "1 of 3 clauses decided" in text


def test_finishing_names_what_is_left_and_keeps_what_was_typed(reviewer: FlaskClient, table: MappingTable) -> None:
    answer = reviewer.post(page(table), data={"coverage-1": "missing", "place-1": "page nine", "finish": "yes"})
    assert answer.status_code == 422
    text = check(answer)
    assert "Some clauses are undecided" in text
    assert text.count("is-undecided") == 2
    assert checked(text) == ["clause-1-missing"]
    assert 'value="page nine"' in text
    assert table.compared().counts[MISSING] == 0, "nothing was kept"


def test_a_place_without_a_decision_is_not_lost(reviewer: FlaskClient, table: MappingTable) -> None:
    answer = reviewer.post(page(table), data={"place-2": "page nine"})
    assert answer.status_code == 422
    assert "but not whether it is covered" in check(answer)
    assert 'value="page nine"' in answer.text


def test_a_finished_comparison_says_what_follows(reviewer: FlaskClient, table: MappingTable) -> None:
    text = save(reviewer, table, ALL, finish="yes")
    assert "1 covered, 1 partly, 1 missing" in text
    assert "Issue the addendum" in text
    assert "2 Arbeid (bare delvis dekket)" in text, "as the supplier will read it"
    everything = {f"coverage-{number}": "covered" for number in (1, 2, 3)}
    assert "no addendum is needed" in save(reviewer, table, everything, finish="yes")


def test_a_page_that_was_open_meanwhile_undoes_nothing(reviewer: FlaskClient, table: MappingTable) -> None:
    table.save(ALL_COVERED)
    shown = dict(re.findall(r'name="(was-\d)" value="([^"]*)"', reviewer.get(page(table)).text))
    table.save({**ALL_COVERED, "2": SOME_LACKING["2"]}, by=table.approver)
    unchanged = {"coverage-1": "covered", "place-1": "p. 2", "coverage-2": "covered", "coverage-3": "missing"}
    text = save(reviewer, table, {**unchanged, **shown})
    assert checked(text) == ["clause-1-covered", "clause-2-partly", "clause-3-missing"]


def test_the_addendum_goes_to_the_supplier(reviewer: FlaskClient, table: MappingTable) -> None:
    save(reviewer, table, ALL, finish="yes")
    answer = issue(reviewer, table, words="Ring oss.")
    assert answer.status_code == 303
    text = check(reviewer.get(page(table)))
    assert "Addendum with the supplier" in text
    assert "clauses 2, 3" in text
    assert "Take the addendum back" in text
    assert 'name="due_on"' not in text
    assert len(table.events(Deed.ADDENDUM_ISSUED)) == 1
    assert "With the supplier" in check(reviewer.get(f"/assessments/{table.declaration.assessment_id}"))


@pytest.mark.parametrize("due_on", ["", "soon", "2020-01-01", "9999-12-31"])
def test_a_date_that_does_not_fit_is_told(reviewer: FlaskClient, table: MappingTable, due_on: str) -> None:
    table.save(SOME_LACKING)
    answer = issue(reviewer, table, due_on=due_on, words="Please <b>call</b>.")
    assert answer.status_code == 422
    text = check(answer)
    assert "Choose a date from tomorrow on" in text
    assert "Please &lt;b&gt;call&lt;/b&gt;." in text
    assert checked(text) == ["clause-1-covered", "clause-2-partly", "clause-3-missing"]


def test_issuing_twice_and_taking_back_twice_are_answered(reviewer: FlaskClient, table: MappingTable) -> None:
    table.save(SOME_LACKING)
    assert issue(reviewer, table).status_code == 303
    assert issue(reviewer, table).status_code == 409
    assert reviewer.post(page(table, "/take-back")).status_code == 303
    answer = reviewer.post(page(table, "/take-back"))
    assert answer.status_code == 422
    assert "No addendum is with the supplier" in check(answer)


def test_last_times_decisions_are_filled_in_with_their_date(
    reviewer: FlaskClient, table: MappingTable, make: Make
) -> None:
    table.save(SOME_LACKING)
    other = file_of("b", "Our rules.pdf")
    assessment = table.declaration.assessment
    answers = answers_with(table.declaration.answers["O-file"][0], other)
    again = lay_out(make, answers, supplier=assessment.request.supplier)
    text = check(reviewer.get(page(again)))
    assert "Filled in from what was decided on" in text
    assert checked(text) == ["clause-1-covered", "clause-2-partly", "clause-3-missing"]
    assert "Last time: Partly covered." in text
    fields = {"coverage-1": "covered", "place-1": "p. 2", "coverage-2": "partly", "coverage-3": "missing"}
    was = dict(re.findall(r'name="(was-\d)" value="([^"]*)"', text))
    assert "1 covered, 1 partly, 1 missing" in save(reviewer, again, {**fields, **was}, finish="yes")


def test_what_is_closed_can_be_read_and_not_changed(reviewer: FlaskClient, table: MappingTable) -> None:
    table.save(SOME_LACKING)
    newer = table.replace()
    text = check(reviewer.get(page(table)))
    assert "a newer one has replaced it" in text
    assert "Save and finish" not in text
    assert reviewer.post(page(table), data=ALL).status_code == 409
    reviews.hand_over(newer.session, newer.declaration, by=newer.buyer, now=newer.now)
    reviews.approve(newer.session, newer.declaration, by=newer.approver, now=newer.now)
    newer.session.commit()
    text = check(reviewer.get(page(newer)))
    assert "Partly covered, p. 4, section 3" in text
    assert "Issue the addendum" not in text
    assert issue(reviewer, newer).status_code == 409


@pytest.mark.parametrize("deed", ["", "/addendum", "/take-back"])
def test_there_is_no_page_where_there_is_nothing_to_compare(
    reviewer: FlaskClient, table: MappingTable, make: Make, deed: str
) -> None:
    accepting = lay_out(make, {"O-read": True, "O-choice": "accept"})
    for declaration_id in (accepting.declaration.id, uuid.uuid4()):
        assert reviewer.post(f"/declarations/{declaration_id}/own-code{deed}").status_code == 404
    assert reviewer.get(page(accepting)).status_code == 404
    assert "own-code" not in check(reviewer.get(f"/assessments/{accepting.declaration.assessment_id}"))


@pytest.mark.parametrize(
    "fields",
    [
        {"coverage-1": "maybe", "coverage-99": "covered"},
        {"coverage-1": "covered", "place-1": "\x00\u202e<script>alert(1)</script>"},
        {"coverage-1": ["covered", "missing"], "finish": "perhaps"},
    ],
)
def test_made_up_fields_do_no_harm(reviewer: FlaskClient, table: MappingTable, fields: dict[str, Any]) -> None:
    text = save(reviewer, table, fields)
    assert "<script>alert" not in text


def test_a_place_too_long_is_told(reviewer: FlaskClient, table: MappingTable) -> None:
    answer = reviewer.post(page(table), data={"coverage-1": "covered", "place-1": "x" * 201})
    assert answer.status_code == 422
    assert "200 characters at most" in check(answer)
    assert "x" * 201 in answer.text


@pytest.mark.parametrize("role", [Role.BUYER, Role.ADMINISTRATOR])
def test_the_suppliers_page_tells_how_its_code_stands(table: MappingTable, client: FlaskClient, role: Role) -> None:
    table.make.sign_in(client, table.make.user(role))
    address = f"/suppliers/{table.case.supplier.id}"
    assert "Not held against ours yet" in check(client.get(address))
    table.save(SOME_LACKING, finish=True)
    table.issue()
    text = check(client.get(address))
    assert "Våre regler.pdf" in text
    assert "1 covered, 1 partly, 1 missing" in text
    assert "2 clauses" in text
    assert (page(table) in text) is (role is Role.BUYER), "an administrator does not review"
    newer = table.replace(O_addendum=True)
    newer.declaration.facts = {"addendum": ["2", "3"]}
    newer.session.commit()
    text = check(client.get(address))
    assert "Addendum signed" in text
    assert text.count("1 covered, 1 partly, 1 missing") == 1, "the declaration in force, and no earlier one"


def test_the_ledger_tells_it_in_sentences(table: MappingTable, client: FlaskClient) -> None:
    table.save(SOME_LACKING, finish=True)
    table.issue()
    table.make.sign_in(client, table.make.user(Role.AUDITOR))
    text = check(client.get(f"/archive/{table.declaration.id}"))
    assert "held the supplier’s own code of conduct against ours" in text
    assert "1 covered, 1 partly, 1 missing" in text
    assert "Clauses 2, 3" in text


def test_the_supplier_reads_the_clauses_and_why_and_accepts_them(
    table: MappingTable, app: Flask, installation: Installation
) -> None:
    table.save(SOME_LACKING, finish=True)
    table.issue("Ring oss gjerne.")
    (invitation,) = table.declaration.assessment.request.invitations
    visitor = Visitor(app, installation, invitation).open()
    visitor.client.post("/language", data={"language": "nb"})
    assert "Ring oss gjerne." in check(visitor.get())
    text = check(visitor.get("/own-code/addendum"))
    assert "3 Sikkerhet (ikke funnet)" in text
    assert "Arbeidsplassen er trygg og helsefremmende." in text
    assert "Følg loven." not in text, "only what is lacking"
    fields = {"on_page": "O-addendum", "O-addendum": "yes", "go": "next"}
    assert visitor.post("/own-code/addendum", fields=fields).status_code == 303
    assert "Klar til signering" in visitor.get().text


def test_the_receipt_names_the_clauses_that_were_accepted(
    table: MappingTable, app: Flask, installation: Installation
) -> None:
    visitor = Visitor(app, installation, table.declaration.assessment.request.invitations[0]).open()
    assert "Tillegg til egne retningslinjer" not in check(visitor.get("/receipt"))
    newer = table.replace(O_addendum=True)
    newer.declaration.facts = {"addendum": ["2", "3"]}
    newer.session.commit()
    text = check(visitor.get("/receipt"))
    assert "Tillegg til egne retningslinjer" in text
    assert "Punkt 2, 3" in text


def test_each_supplier_reads_its_own_addendum(make: Make, app: Flask, installation: Installation) -> None:
    """Questions are kept as HTML for all readers; an addendum is not the same for all."""
    texts = []
    for clauses in (["1"], ["3"]):
        request = make.request(make.campaign(keys=(KEY,)))
        request.assessments[0].facts = {"addendum": clauses}
        make.answers(request.assessments[0], answers_with())
        visitor = Visitor(app, installation, make.invitation(request)).open()
        texts.append(check(visitor.get("/own-code/addendum")))
    assert "Follow the law." in texts[0]
    assert "Follow the law." not in texts[1]
    assert "safe and healthy" in texts[1]
