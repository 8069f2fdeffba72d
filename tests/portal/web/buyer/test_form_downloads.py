"""Whole forms for those who ask: blank ones any time, answers once they are signed."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient

from portal.models import Assessment
from portal.services.workbook_child import read_sheets
from tests.factories import Make
from tests.portal.pdf.test_document import text_of as pdf_text_of
from tests.portal.web.pages import check


@pytest.fixture
def assessment(make: Make) -> Assessment:
    """A request with a draft answer that nobody but the supplier may see."""
    found = make.request(make.campaign(keys=("human-rights",))).assessments[0]
    make.answers(found, {"HR-02": "Secret so far"})
    return found


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return pdf_text_of(answer.data)


def test_a_draft_stays_the_suppliers_own(buyer: FlaskClient, assessment: Assessment) -> None:
    home, request = f"/assessments/{assessment.id}", f"/requests/{assessment.request_id}"
    for page in (check(buyer.get(home)), check(buyer.get(request))):
        assert f"{home}/form.pdf" in page
        assert f"{home}/form.xlsx" in page
        assert f"{home}/answers." not in page
    assert "Secret so far" not in text_of(buyer, f"{home}/form.pdf")
    assert "Secret so far" not in str(read_sheets(buyer.get(f"{home}/form.xlsx").data))
    assert {buyer.get(f"{home}/answers.{ending}").status_code for ending in ("pdf", "xlsx")} == {404}


def test_signed_answers_are_in_the_files(buyer: FlaskClient, make: Make, assessment: Assessment) -> None:
    declaration = make.declaration(assessment)
    home = f"/assessments/{assessment.id}"
    assert f"{home}/answers.pdf" in check(buyer.get(f"/requests/{assessment.request_id}"))
    assert f"{home}/answers.pdf?declaration={declaration.id}" in check(buyer.get(home))
    assert "Secret so far" in text_of(buyer, f"{home}/answers.pdf?declaration={declaration.id}")
    assert "Secret so far" in str(read_sheets(buyer.get(f"{home}/answers.xlsx").data))
    assert buyer.get(f"{home}/answers.pdf?declaration={uuid.uuid4()}").status_code == 404
    assert buyer.get(f"/assessments/{uuid.uuid4()}/form.pdf").status_code == 404
