"""Editions of the company's own: checked, kept, published, retired, and known to every process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import CompanySize, Deed, LedgerEvent, QuestionnaireEdition, RiskTier, Role, User
from portal.services import asked_forms, campaigns, own_definitions, own_questionnaires
from portal.services.campaigns import CampaignError, CampaignTerms
from portal.services.own_definitions import Reading, UploadRefused
from portal.services.own_questionnaires import EditionError
from questionnaires.catalogue import Catalogue
from questionnaires.errors import EditionChanged, UnknownQuestionnaire
from questionnaires.workbooks.definition import write_definition
from tests.factories import Make
from tests.portal.own_definition import FIRST, FIRST_NB, KEY, SECOND, SECOND_NB, edition, files


@dataclass
class Desk:
    """An administrator at work."""

    session: Session
    installation: Installation
    by: User
    now: datetime

    def read(self, *upload: tuple[str, bytes]) -> Reading:
        return own_definitions.read(upload, self.installation.catalogue)

    def keep(self, definition: str = FIRST, translation: str = FIRST_NB) -> QuestionnaireEdition:
        reading = self.read(*files(definition, translation))
        assert reading.faults == ()
        row = own_questionnaires.keep(self.session, self.installation.store, reading, now=self.now, by=self.by)
        self.session.commit()
        return row

    def publish(self, row: QuestionnaireEdition, digest: str | None = None) -> None:
        parts = self.installation
        own_questionnaires.publish(
            self.session, parts.store, parts.catalogue, row, digest or row.digest, now=self.now, by=self.by
        )
        self.session.commit()

    def retire(self, row: QuestionnaireEdition) -> None:
        own_questionnaires.retire(self.session, row, now=self.now, by=self.by)
        self.session.commit()
        self.installation.catalogue.refresh()


@pytest.fixture
def desk(session: Session, installation: Installation, make: Make, now: datetime) -> Desk:
    return Desk(session, installation, make.user(Role.ADMINISTRATOR), now)


def places(reading: Reading) -> set[tuple[str, str, str]]:
    return {(fault.where, fault.problem.place, fault.problem.key) for fault in reading.faults}


def test_every_fault_of_an_upload_is_told_with_its_file(desk: Desk) -> None:
    broken = FIRST.replace("type: whole_number", "type: whole").replace("minutes: 3\n", "")
    reading = desk.read(*files(broken, FIRST_NB + "  H-gone: {text: Hva?}\n"))
    assert reading.questionnaire is None
    assert {("questionnaire.yaml", "H-rooms", "type"), ("questionnaire.yaml", "", "minutes")} <= places(reading)
    assert any(where == "nb.yaml" for where, _, _ in places(reading))


def test_a_definition_without_key_or_translation_is_told_so(desk: Desk) -> None:
    reading = desk.read(("questionnaire.yaml", FIRST.replace("key: house-rules\n", "").encode()))
    assert ("questionnaire.yaml", "", "key") in places(reading)
    assert desk.read(("nb.yaml", FIRST_NB.encode())).faults
    assert desk.read(("questionnaire.yaml", b"\x00\xff")).faults


def test_a_workbook_is_read_as_its_files_are(desk: Desk) -> None:
    reading = desk.read(("House rules.xlsx", write_definition(edition())))
    assert (reading.name, reading.faults) == ("House rules.xlsx", ())
    assert reading.questionnaire is not None
    assert [each.id for each in reading.questionnaire.questions] == ["H-rules", "H-rooms", "H-keys"]


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        ([], "nothing"),
        ([(f"{number}.yaml", b"") for number in range(21)], "too_many_files"),
        ([("questionnaire.yaml", b" " * 2_000_001)], "file_too_large"),
        ([("a/nb.yaml", b""), ("b\\nb.yaml", b"")], "same_name"),
        ([("a.xlsx", b""), ("nb.yaml", b"")], "mixed"),
        ([("a.xlsx", b"PK\x03\x04 nothing")], "unreadable"),
    ],
)
def test_what_is_no_definition_at_all_is_refused(desk: Desk, upload: list[tuple[str, bytes]], code: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        desk.read(*upload)
    assert refused.value.code == code


def test_a_draft_is_replaced_by_the_next_upload(desk: Desk) -> None:
    first = desk.keep(FIRST)
    second = desk.keep(FIRST.replace("Three questions", "A few questions"))
    assert first.id == second.id
    shown = own_questionnaires.draft_of(second, desk.installation.store)
    assert shown.introduction.english == "A few questions about your house."
    assert desk.installation.catalogue.offered(KEY) is None, "a draft is asked of nobody"


def test_a_draft_may_lack_translations_and_a_published_edition_may_not(desk: Desk) -> None:
    row = desk.keep(FIRST, FIRST_NB.replace("  H-keys: {text: Hvem har nøklene?}\n", ""))
    with pytest.raises(EditionError) as refused:
        desk.publish(row)
    assert (refused.value.code, [problem.place for problem in refused.value.problems]) == ("not_complete", ["H-keys"])
    desk.session.rollback()
    assert row.published_at is None


def test_publishing_freezes_and_the_ledger_names_the_digest(desk: Desk) -> None:
    row = desk.keep()
    desk.publish(row)
    event = desk.session.scalars(sa.select(LedgerEvent).where(LedgerEvent.deed == Deed.EDITION_PUBLISHED)).one()
    data = json.loads(event.record)["data"]
    assert (data["key"], data["edition"], data["edition_sha256"]) == (KEY, "2026-1", edition().digest)
    assert set(data["files"]) == {"questionnaire.yaml", "nb.yaml"}
    again = desk.read(*files())
    assert again.questionnaire is not None
    for deed in (
        lambda: own_questionnaires.discard(desk.session, row, now=desk.now, by=desk.by),
        lambda: desk.publish(row),
        lambda: own_questionnaires.keep(
            desk.session, desk.installation.store, Reading("", (), (), edition()), now=desk.now, by=desk.by
        ),
    ):
        refuse(deed, "published")
        desk.session.rollback()


def refuse(deed: Callable[[], object], code: str) -> None:
    with pytest.raises(EditionError) as refused:
        deed()
    assert refused.value.code == code


def test_what_is_published_cannot_be_uploaded_again(desk: Desk) -> None:
    desk.publish(desk.keep())
    desk.installation.catalogue.refresh()
    (fault,) = desk.read(*files()).faults
    assert "is published and cannot be changed" in fault.problem.sentence
    shipped = desk.installation.catalogue.newest("human-rights")
    (fault,) = desk.read(*shipped.source.items()).faults
    assert fault.problem.edition == "human-rights/2026-1"


def test_only_what_was_looked_at_is_published(desk: Desk) -> None:
    row = desk.keep()
    looked_at = row.digest
    desk.keep(FIRST.replace("Three questions", "A few questions"))
    refuse(lambda: desk.publish(row, looked_at), "changed_meanwhile")
    desk.session.rollback()


def test_a_later_edition_must_say_what_it_changes(desk: Desk) -> None:
    desk.publish(desk.keep())
    desk.installation.catalogue.refresh()
    reading = desk.read(*files(SECOND.replace("changed: meaning, ", ""), SECOND_NB))
    assert {("questionnaire.yaml", "H-rooms", "changed")} == places(reading)
    assert desk.read(*files(SECOND, SECOND_NB)).faults == ()


def test_another_process_knows_what_was_published_and_retired(desk: Desk) -> None:
    elsewhere = Installation(desk.installation.settings)
    with pytest.raises(UnknownQuestionnaire):
        elsewhere.catalogue.find(KEY, "2026-1")
    row = desk.keep()
    desk.publish(row)
    assert elsewhere.catalogue.find(KEY, "2026-1").digest == row.digest, "found on asking, without a restart"
    assert KEY in {one.key for one in elsewhere.catalogue.all_offered()}
    desk.retire(row)
    elsewhere.catalogue.refresh()
    assert elsewhere.catalogue.offered(KEY) is None
    assert elsewhere.catalogue.find(KEY, "2026-1").digest == row.digest, "who was asked it still answers it"
    elsewhere.engine.dispose()


def test_a_retired_edition_gives_way_to_the_one_before(desk: Desk) -> None:
    desk.publish(desk.keep())
    desk.installation.catalogue.refresh()
    second = desk.keep(SECOND, SECOND_NB)
    desk.publish(second)
    desk.installation.catalogue.refresh()
    offered = desk.installation.catalogue.offered(KEY)
    assert offered is not None
    assert offered.edition == "2027-1"
    desk.retire(second)
    offered = desk.installation.catalogue.offered(KEY)
    assert offered is not None
    assert offered.edition == "2026-1"


def test_a_campaign_asks_nothing_that_is_retired(desk: Desk, make: Make) -> None:
    row = desk.keep()
    desk.publish(row)
    catalogue = desk.installation.catalogue
    catalogue.refresh()
    buyer = make.user(Role.BUYER)
    terms = CampaignTerms("Rules", 2026, desk.now.date().replace(year=desk.now.year + 1), (KEY,))
    campaign = campaigns.create(desk.session, terms, catalogue, now=desk.now, by=buyer)
    supplier = make.supplier("Prøve AS")
    campaigns.choose(desk.session, campaign, [supplier], now=desk.now, by=buyer)
    desk.session.commit()
    desk.retire(row)
    with pytest.raises(CampaignError, match="questionnaires_retired"):
        campaigns.send(desk.session, campaign, catalogue, now=desk.now, by=buyer)
    desk.session.rollback()
    with pytest.raises(CampaignError, match="questionnaires_retired"):
        campaigns.create(desk.session, terms, catalogue, now=desk.now, by=buyer)
    desk.session.rollback()


def test_the_long_form_stays_where_no_short_one_is_offered(desk: Desk, make: Make) -> None:
    supplier = make.supplier(size=CompanySize.MICRO, tier=RiskTier.LOW)
    request = make.request(make.campaign(keys=("human-rights",)), supplier)
    request.sent_at = None
    desk.session.commit()
    catalogue = desk.installation.catalogue
    assert [each.questionnaire.key for each in asked_forms.forms_of(request, catalogue)] == ["human-rights-short"]
    without = Catalogue(catalogue.all(), ["human-rights-short/2026-1"])
    assert [each.questionnaire.key for each in asked_forms.forms_of(request, without)] == ["human-rights"]


@pytest.mark.parametrize("damage", ["file", "digest"])
def test_a_damaged_edition_stops_the_portal_at_its_start(desk: Desk, damage: str) -> None:
    row = desk.keep()
    desk.publish(row)
    if damage == "file":
        row.files = {**row.files, "nb.yaml": "0" * 64}
    else:
        row.digest = "0" * 64
    desk.session.commit()
    fresh = Installation(desk.installation.settings)
    with pytest.raises(EditionChanged, match="house-rules/2026-1 is published"):
        fresh.check_catalogue()
    fresh.engine.dispose()


def test_who_signed_and_who_was_asked_is_counted(desk: Desk, make: Make) -> None:
    declaration = make.declaration(make.request().assessments[0])
    key = declaration.assessment.questionnaire, declaration.assessment.edition
    assert own_questionnaires.signed_by(desk.session)[key] == 1
    assert own_questionnaires.asked_in(desk.session)[key] == 1
