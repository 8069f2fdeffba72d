"""An administrator uploads, reads the report, publishes and retires; others look."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from portal.models import Role
from portal.services.workbook_child import read_sheets
from questionnaires.workbooks.definition import read_definition, write_definition
from tests.factories import Make
from tests.portal.own_definition import FIRST, FIRST_NB, KEY, SECOND, SECOND_NB, edition, files
from tests.portal.web.pages import check as check_any

ADDRESS = f"/questionnaires/{KEY}/2026-1"
LACKING = FIRST_NB.replace("  H-keys: {text: Hvem har nøklene?}\n", "")


def check(response: TestResponse, status: int = 200) -> str:
    assert response.status_code == status
    return check_any(response)


def upload(client: FlaskClient, *contents: tuple[str, bytes]) -> TestResponse:
    data = {"files": [(io.BytesIO(content), name) for name, content in contents]}
    sent = EnvironBuilder("/questionnaires/upload", method="POST", data=data, content_type="multipart/form-data")
    environment = sent.get_environ()
    with environment["wsgi.input"]:  # a large upload lies in a temporary file, which nobody else closes
        return client.open(environment)


def publish(client: FlaskClient, address: str = ADDRESS) -> TestResponse:
    found = re.search(r'name="digest" value="(\w+)"', client.get(address).text)
    return client.post(f"{address}/publish", data={"digest": found[1] if found else ""})


def test_the_list_names_the_shipped_editions(administrator: FlaskClient) -> None:
    text = check(administrator.get("/questionnaires"))
    assert "Human rights self-declaration" in text
    assert text.count(">Shipped<") == 10
    assert text.count("asked now") == 10


def test_faults_are_told_all_at_once_and_nothing_is_kept(administrator: FlaskClient) -> None:
    broken = FIRST.replace("type: whole_number", "type: whole").replace("minutes: 3\n", "")
    response = upload(administrator, *files(broken))
    text = check(response, 422)
    assert "questionnaire.yaml has 2 faults, so nothing was kept." in text
    assert "H-rooms" in text
    assert administrator.get(ADDRESS).status_code == 404


def test_a_fault_in_a_workbook_is_told_with_its_cell(administrator: FlaskClient) -> None:
    workbook = write_definition(edition())
    response = upload(administrator, ("house.xlsx", workbook.replace(b"PK", b"KP", 1)))
    assert "“house.xlsx” is no workbook" in check(response, 422)
    assert upload(administrator, ("house.xlsx", workbook)).status_code == 303


def test_an_upload_becomes_a_draft_that_only_administrators_see(
    app: Flask, administrator: FlaskClient, make: Make
) -> None:
    assert upload(administrator, *files()).headers["Location"] == ADDRESS
    text = check(administrator.get(ADDRESS))
    assert "Publish this edition" in text
    assert "3 questions, in one section" in text
    assert ">Draft<" in check(administrator.get("/questionnaires"))
    buyer = app.test_client()
    make.sign_in(buyer, make.user(Role.BUYER))
    assert buyer.get(ADDRESS).status_code == 404
    assert KEY not in check(buyer.get("/questionnaires"))


def test_a_draft_without_all_translations_says_which_and_is_not_published(administrator: FlaskClient) -> None:
    upload(administrator, *files(FIRST, LACKING))
    text = check(administrator.get(ADDRESS))
    assert "H-keys: nb.yaml lacks text" in text
    assert "disabled" in text
    refused = check(publish(administrator), 409)
    assert "so it was not published" in refused
    assert "nb.yaml: house-rules/2026-1: H-keys: nb.yaml lacks text" in refused


def test_a_published_edition_can_be_asked_at_once(app: Flask, administrator: FlaskClient, make: Make) -> None:
    upload(administrator, *files())
    assert publish(administrator).status_code == 303
    text = check(administrator.get(ADDRESS))
    assert ">Published<" in text
    assert "Retire this edition" in text
    buyer = app.test_client()
    make.sign_in(buyer, make.user(Role.BUYER))
    assert "House rules" in check(buyer.get("/campaigns/new"))
    assert "Retire this edition" not in check(buyer.get(ADDRESS))


def test_a_retired_edition_is_offered_no_more(app: Flask, administrator: FlaskClient, make: Make) -> None:
    upload(administrator, *files())
    publish(administrator)
    assert administrator.post(f"{ADDRESS}/retire").status_code == 303
    assert ">Retired<" in check(administrator.get(ADDRESS))
    assert "retired already" in check(administrator.post(f"{ADDRESS}/retire"), 409)
    buyer = app.test_client()
    make.sign_in(buyer, make.user(Role.BUYER))
    assert "House rules" not in check(buyer.get("/campaigns/new"))


def test_the_next_edition_shows_what_differs(administrator: FlaskClient) -> None:
    upload(administrator, *files())
    publish(administrator)
    upload(administrator, *files(SECOND, SECOND_NB))
    text = check(administrator.get(f"/questionnaires/{KEY}/2027-1"))
    rows = re.findall(r'<th scope="row">(H-\w+)</th><td>[^<]*</td><td>([^<]*)</td>', text)
    assert rows == [("H-door", "New"), ("H-rooms", "Means something else")]


def test_a_draft_is_thrown_away(administrator: FlaskClient) -> None:
    upload(administrator, *files())
    assert administrator.post(f"{ADDRESS}/discard").headers["Location"] == "/questionnaires"
    assert administrator.get(ADDRESS).status_code == 404


def test_a_draft_that_was_replaced_meanwhile_is_not_published_unseen(administrator: FlaskClient) -> None:
    upload(administrator, *files())
    digest = re.search(r'name="digest" value="(\w+)"', administrator.get(ADDRESS).text)
    assert digest
    upload(administrator, *files(FIRST.replace("Three questions", "A few questions")))
    response = administrator.post(f"{ADDRESS}/publish", data={"digest": digest[1]})
    assert "Somebody has uploaded this draft anew" in check(response, 409)


@pytest.mark.parametrize("address", ["template.xlsx", f"{KEY}/2026-1/definition.xlsx"])
def test_a_workbook_to_begin_with_can_be_uploaded_back(administrator: FlaskClient, address: str) -> None:
    upload(administrator, *files())
    response = administrator.get(f"/questionnaires/{address}")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert read_definition(read_sheets(response.data)).files


@pytest.mark.parametrize(
    "attempt",
    [
        lambda client: client.get("/questionnaires/no-such/2026-1"),
        lambda client: client.get("/questionnaires/%00/2026-1"),
        lambda client: client.get("/questionnaires/human-rights/2026-1%00"),
        lambda client: client.post("/questionnaires/human-rights/2026-1/publish"),
        lambda client: client.post("/questionnaires/human-rights/2026-1/retire"),
        lambda client: client.post("/questionnaires/human-rights/2026-1/discard"),
    ],
)
def test_what_is_not_there_or_not_ours_is_not_found(
    administrator: FlaskClient, attempt: Callable[[FlaskClient], TestResponse]
) -> None:
    check(attempt(administrator), 404)


@pytest.mark.parametrize(
    ("contents", "sentence"),
    [
        ([], "Choose a file first."),
        ([("a.xlsx", b"x"), ("b.yaml", b"x")], "not both at once"),
        ([("questionnaire.yaml", b"a" * 2_000_001)], "at most 2 MB"),
        ([("questionnaire.yaml", b"\x00\xff\xfe")], "nothing was kept"),
        ([("<script>.yaml", b"a: b")], "nothing was kept"),
        ([("questionnaire.yaml", b"[" * 100_000)], "nothing was kept"),
        ([("questionnaire.yaml", b"- " * 100_000)], "nothing was kept"),
        ([("nb.yaml", b"a:\n" + b"\n".join(b" " * depth + b"a:" for depth in range(1, 1990)))], "nothing was kept"),
        ([("questionnaire.yaml", b"key: [1]\nedition: {a: b}")], "nothing was kept"),
    ],
)
def test_whatever_is_uploaded_is_answered(
    administrator: FlaskClient, contents: list[tuple[str, bytes]], sentence: str
) -> None:
    text = check(upload(administrator, *contents), 422)
    assert sentence in text
    assert "<script>.yaml" not in text
