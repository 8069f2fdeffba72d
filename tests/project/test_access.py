"""Who may open what: one table for the whole portal. A new page is missing here until somebody has decided."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.models import Role
from portal.web.access import Audience, audiences_of
from tests.factories import Make

A, B, P, U = Audience.ADMINISTRATOR, Audience.BUYER, Audience.APPROVER, Audience.AUDITOR
TABLE: dict[frozenset[Audience], str] = {
    frozenset({Audience.ANYONE}): """
        static public.front public.health public.verify public.verify_file public.certificates
        account.sign_in_page account.sign_in account.sign_out account.choose_language
        supplier.link supplier.open_link supplier.renew supplier.left
    """,
    frozenset({Audience.LINK}): """
        supplier.overview supplier.leave supplier.questionnaire supplier.section supplier.save_section
        supplier.save_answer supplier.file supplier.wrong_person supplier.suggest_contact supplier.sign
        supplier.make_previews supplier.preview supplier.preview_file supplier.send_code supplier.accept
        supplier.signatures supplier.remind_signatory supplier.correct_signatory supplier.take_signing_back
        supplier.decline_to_sign supplier.back_to_preview supplier.receipt supplier.declaration_file
        supplier.own_signature supplier.document_to_sign supplier.bring
        supplier.at_once supplier.blank_pdf supplier.answers_pdf supplier.answers_xlsx supplier.upload_workbook
        supplier.check_workbook supplier.take_workbook
        supplier.workbooks supplier.take_from_workbooks supplier.replace_workbook supplier.read_attached
        supplier.explain_findings
    """,
    frozenset({A, B, P, U}): """
        account.own account.change_password
        auditor.archive auditor.declaration auditor.signed_pdf auditor.evidence_zip auditor.evidence_of_many
    """,
    frozenset({A}): """
        administrator.upload_page administrator.upload administrator.publish_edition administrator.retire_edition
        administrator.discard_edition administrator.erasure administrator.look_for_person administrator.erase_person
        administrator.smelter_lists administrator.upload_minerals_template administrator.upload_statuses
        administrator.check_statuses administrator.apply_statuses
    """,
    frozenset({A, P}): """
        buyer.place_hold buyer.lift_hold
    """,
    frozenset({A, U}): """
        auditor.ledger auditor.verify_ledger auditor.export_ledger auditor.checkpoint administrator.operations
    """,
    frozenset({A, B, P}): """
        buyer.suppliers buyer.supplier buyer.campaigns buyer.campaign buyer.campaign_csv buyer.request buyer.suggestions
        buyer.certificates buyer.certificates_csv buyer.form_pdf buyer.form_xlsx
        administrator.questionnaires administrator.edition
        administrator.definition_template administrator.definition_workbook
        buyer.smelters buyer.smelters_csv buyer.smelters_xlsx buyer.smelter buyer.smelter_changes
        administrator.preview administrator.preview_all administrator.preview_section administrator.try_preview
    """,
    frozenset({A, B}): """
        buyer.new_supplier buyer.add_supplier buyer.edit_supplier buyer.change_supplier buyer.retire_supplier
        buyer.bring_back_supplier buyer.new_contact buyer.add_contact buyer.edit_contact buyer.change_contact
        buyer.retire_contact buyer.import_page buyer.import_template buyer.upload_import buyer.check_import
        buyer.apply_import
    """,
    frozenset({B}): """
        buyer.new_campaign buyer.add_campaign buyer.edit_campaign buyer.change_campaign buyer.audience
        buyer.choose_audience buyer.choose_all buyer.send_page buyer.send_campaign buyer.resend_many
        buyer.move_due_dates buyer.move_due_date buyer.withdraw_request buyer.invite_contact buyer.resend_invitation
        buyer.revoke_invitation buyer.decide_suggestion buyer.try_mail_again buyer.long_forms buyer.choose_long_forms
    """,
    frozenset({B, P}): """
        buyer.work_list buyer.assessment buyer.attachment buyer.flag buyer.dismiss buyer.add_deviation buyer.write_note
        buyer.hand_over buyer.approve buyer.return_page buyer.return_questions buyer.deviations buyer.deviations_csv
        buyer.code_mapping_page buyer.save_code_mapping buyer.issue_addendum buyer.take_back_addendum
        buyer.check_answer buyer.take_check_back
        buyer.answers_pdf buyer.answers_xlsx buyer.rollup buyer.use_rollup
        buyer.smelter_matching buyer.match_smelter buyer.take_match_back
    """,
}
MAY_OPEN = {endpoint: audiences for audiences, endpoints in TABLE.items() for endpoint in endpoints.split()}


def test_the_table_says_what_every_page_says(app: Flask) -> None:
    assert {endpoint: audiences_of(app, endpoint) for endpoint in app.view_functions} == MAY_OPEN


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: whom a page is open to does not hang on the database."""
    return sqlite_url


@pytest.mark.parametrize("role", [None, *Role])
def test_every_page_keeps_out_those_whom_the_table_keeps_out(app: Flask, make: Make, role: Role | None) -> None:
    client = app.test_client()
    if role:
        make.sign_in(client, make.user(role))
    wrong = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if rule.endpoint in {"static", "account.sign_out"}:
                continue
            status = client.open(address(rule), method=method).status_code
            allowed = bool(MAY_OPEN[rule.endpoint] & {Audience.ANYONE, Audience(role.value) if role else None})
            if not fits(status, rule, method, role, allowed=allowed):
                wrong.append((rule.endpoint, method, status))
    assert wrong == []


def address(rule: Rule) -> str:
    """Return an address of a page, with ids of things that do not exist."""
    path = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule.rule)
    return re.sub(r"<(?:\w+:)?\w+>", "nothing", path)


def fits(status: int, rule: Rule, method: str, role: Role | None, *, allowed: bool) -> bool:
    """Whether a status is right for a reader of this role; a link's page is closed to all who came without one."""
    if status >= 500:
        return False
    if MAY_OPEN[rule.endpoint] == {Audience.LINK}:
        return status in {401, 403, 404}
    if allowed:
        return status not in {401, 403}
    if role is None:
        return status == (302 if method == "GET" else 401)
    return status == 403
