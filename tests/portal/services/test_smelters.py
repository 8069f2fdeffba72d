"""Smelters that suppliers name: resolved by the lists, matched by hand, followed over time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.installation import Installation
from portal.models import Deed, Doubt, LedgerEvent, MatchDecision, MineralsTemplate, SmelterMention
from portal.services import minerals_templates, smelter_changes, smelter_facts, smelter_matching, smelter_register
from portal.services import smelters as knowledge
from portal.services.file_names import gather
from portal.services.handed_workbooks import all_handed, newest_of
from portal.services.minerals_templates import TemplateRefused
from portal.services.smelter_matching import MatchRefused, Suggester
from questionnaires.minerals.model import Asked, Mineral, Settings, SmelterRow
from tests.factories import Make
from tests.portal import smelter_case as case
from tests.questionnaires.minerals.workbooks import SMELTERS_KNOWN, build, smelter


def doubts(session: Session) -> dict[str, Doubt | None]:
    return {each.name: each.doubt for each in session.scalars(sa.select(SmelterMention))}


def test_a_template_gives_lists_and_former_ids(session: Session, installation: Installation, make: Make) -> None:
    shorter = tuple(line for line in SMELTERS_KNOWN if line is not case.GOLD)
    case.bring_template(session, installation, make.now)
    case.bring_template(session, installation, make.now, version="6.4")
    known = knowledge.known(session, make.now.date(), Settings())
    assert known.references == SMELTERS_KNOWN
    assert knowledge.references(session).find(SmelterRow(5, "CID900001", "", "", "", "", "")) == case.TIN
    case.bring_template(session, installation, make.now, version="6.6", known=shorter)
    assert knowledge.known(session, make.now.date(), Settings()).former == {"CID900002"}
    assert [count for _, count in minerals_templates.all_templates(session)] == [7, 8, 8]
    row = session.scalars(sa.select(MineralsTemplate)).first()
    with gather(session) as names:
        assert row
        assert (names.who(row.sha256) or "").startswith("minerals template")
    assert installation.store.get(row.sha256)


@pytest.mark.parametrize(
    ("content", "code"), [(build(), "filled"), (b"words", "text"), (case.blank(known=()), "no_list")]
)
def test_what_is_no_blank_template_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(TemplateRefused) as refused:
        minerals_templates.read_template(content)
    assert refused.value.code == code
    assert refused.value.sentence("en") != refused.value.sentence("nb")


def test_each_row_says_what_is_doubtful(session: Session, installation: Installation, make: Make) -> None:
    case.bring_template(session, installation, make.now)
    case.bring_template(session, installation, make.now, version="6.6", known=tuple(
        line for line in SMELTERS_KNOWN if line is not case.TANTALUM))  # fmt: skip
    case.hand_in(make, make.supplier(), [
        smelter(case.TIN), smelter(case.GOLD, lookup="Somebody else"), smelter(case.TUNGSTEN, country="CHILE"),
        {**smelter(case.TIN, lookup="Not tin"), "metal": "Gold"}, smelter(case.TANTALUM),
        {"id_typed": "CID999999", "metal": "Tin", "lookup": "Nobody"}, case.unlisted("Tin", "New one", "NORWAY"),
        {"metal": "Tin", "lookup": "Fjord Tinn"}, {"metal": "Tin", "lookup": "Smelter not yet identified"},
    ])  # fmt: skip
    assert doubts(session) == {
        "Fjord Tin Works": None, "Somebody else": Doubt.NAME_DIFFERS, "Vidda Tungsten": Doubt.COUNTRY_DIFFERS,
        "Not tin": Doubt.METAL_DIFFERS, "Ås Tantalum": Doubt.LEFT_LIST, "Nobody": Doubt.UNKNOWN_ID,
        "New one": Doubt.NOT_LISTED, "Fjord Tinn": None,
    }  # fmt: skip


def test_a_match_is_remembered_and_can_be_taken_back(session: Session, installation: Installation, make: Make) -> None:
    case.bring_template(session, installation, make.now)
    row, buyer = case.unlisted("Tin", "Fjord Tinworks Co., Ltd.", "Norway"), make.user()
    case.hand_in(make, make.supplier("Alfa"), [row])
    case.hand_in(make, make.supplier("Beta"), [row, case.unlisted("Tin", "A trader", "PERU")])
    first, second = smelter_matching.open_rows(session, all_handed(session))
    assert [handed.supplier for handed, _ in first.by] == ["Alfa", "Beta"]
    best, *others = Suggester(knowledge.newest_lines(session)).suggest(first.mention)
    assert best.line.smelter_id == "CID900001"
    assert best.score > 80
    assert others == []  # what is too far off is not suggested
    with pytest.raises(MatchRefused):
        smelter_matching.decide(session, first.mention, MatchDecision.IS, "CID123456", now=make.now, by=buyer)
    match = smelter_matching.decide(session, first.mention, MatchDecision.IS, "cid900001", now=make.now, by=buyer)
    smelter_matching.decide(session, second.mention, MatchDecision.NONE, "", now=make.now, by=buyer)
    session.commit()
    assert smelter_matching.open_rows(session, all_handed(session)) == []
    case.hand_in(make, make.supplier("Gamma"), [case.unlisted("tin", "FJORD TINWORKS CO LTD", "NORWAY")])
    found = smelter_facts.find(session, "CID900001")
    assert found
    assert [each.handed.supplier for each in found.naming] == ["Alfa", "Beta", "Gamma"]
    smelter_matching.take_back(session, match, now=make.now, by=buyer)
    session.commit()
    assert len(smelter_matching.open_rows(session, all_handed(session))) == 1
    assert session.scalars(sa.select(LedgerEvent.deed)).all().count(Deed.SMELTER_MATCHED) == 3


def test_a_new_smelter_gets_an_id_of_its_own(session: Session, make: Make) -> None:
    case.hand_in(make, make.supplier("Alfa"), [case.unlisted("Tin", "Brand New", "PERU")])
    (row,) = smelter_matching.open_rows(session, all_handed(session))
    match = smelter_matching.decide(session, row.mention, MatchDecision.NEW, "", now=make.now, by=make.user())
    found = smelter_facts.find(session, match.smelter_id)
    assert found
    assert (found.name, found.country, found.editions) == ("Brand New", "PERU", ())


def test_drafts_count_nowhere_and_newer_workbooks_replace_older_ones(session: Session, make: Make) -> None:
    supplier = make.supplier()
    case.hand_in(make, supplier, [smelter(case.TIN)], at=make.now - timedelta(days=400))
    newer = case.hand_in(make, supplier, [smelter(case.GOLD)], at=make.now - timedelta(days=10))
    case.hand_in(make, supplier, [smelter(case.TANTALUM)], signed=False)
    handed = all_handed(session)
    assert len(handed) == 2
    assert [each.workbook_id for each in newest_of(handed).values()] == [newer.id]
    assert [each.smelter_id for each in smelter_register.named(session, newest_of(handed).values())] == ["CID900002"]


def test_what_changed_names_suppliers_and_products(session: Session, installation: Installation, make: Make) -> None:
    today, last_year = make.now.date(), make.now - timedelta(days=400)
    case.bring_template(session, installation, make.now)
    case.bring_statuses(session, installation, last_year.date(), make.now, case.A_YEAR_AGO)
    case.bring_statuses(session, installation, today, make.now)
    supplier = make.supplier("Alfa")
    case.hand_in(make, supplier, [smelter(case.TIN), smelter(case.GOLD)], at=last_year)
    case.hand_in(
        make, supplier, [smelter(case.GOLD), smelter(case.TUNGSTEN)], company={"scope": case.BY_PRODUCT},
        products=[{"number": "P-1", "name": "Screw"}], answers={(Asked.RECYCLED, Mineral.TIN): "Yes"},
        company_answers={"A": "No"},
    )  # fmt: skip
    (change,) = smelter_changes.of_supplier(session, all_handed(session), supplier.id, today)
    assert [each.smelter_id for each in change.come] == ["CID900004"]
    assert [each.smelter_id for each in change.gone] == ["CID900001"]
    assert [(each.asked, each.mineral, each.before, each.now) for each in change.answers] == [
        ("recycled", "Tin", "No", "Yes"), ("A", "", "Yes", "No"),
    ]  # fmt: skip
    chain = smelter_changes.of_chain(session, all_handed(session), today - timedelta(days=365), today)
    assert [each.smelter_id for each in chain.gone] == ["CID900001"]
    (turned,) = chain.turned
    assert turned.change.is_worse
    assert [(each.handed.supplier, each.products) for each in turned.touched] == [("Alfa", ("P-1 Screw",))]
    found = smelter_facts.find(session, "CID900002")
    assert found
    assert [each.status.status for each in found.statuses if each.status] == ["Not conformant", "Conformant"]
