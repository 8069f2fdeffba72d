"""Reading CMRT and EMRT workbooks in children: hostile files take nothing with them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from portal.children import Children
from portal.services import minerals_child
from portal.services.minerals_child import read_in_child, read_workbooks, readers
from questionnaires.minerals.json_form import to_json
from questionnaires.minerals.model import Listed, Workbook
from questionnaires.minerals.reading import read
from questionnaires.minerals.references import References
from questionnaires.minerals.refusals import NotReadable
from tests.questionnaires.minerals.hostile import HOSTILE
from tests.questionnaires.minerals.workbooks import build

GOOD = build()


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with readers(at_most=1) as kept:
        yield kept


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_the_next_good_file_is_read(name: str, children: Children) -> None:
    make, code = HOSTILE[name]
    content = make()
    started = time.monotonic()

    with pytest.raises(NotReadable) as caught:
        read_in_child(content, children=children)

    assert time.monotonic() - started < 10
    assert caught.value.code == code
    assert caught.value.sentence("en") != caught.value.sentence("nb")
    assert read_in_child(GOOD, children=children) == read(GOOD)


def test_a_child_for_one_file_and_one_that_takes_too_long() -> None:
    assert read_in_child(GOOD).company["company_name"].value == "Bjørk Fasteners AS"
    with pytest.raises(NotReadable) as caught:
        read_in_child(GOOD, timeout=0.001)

    assert caught.value.code == "stopped"


def test_many_files_keep_their_order_and_a_bad_one_stops_nobody() -> None:
    contents = [b"", *(build(company={"company_name": f"Supplier {number}"}) for number in range(9)), b"%PDF-1.7"]

    with readers(at_most=2) as children:
        found = list(read_workbooks(iter(contents), children))

    refusals = [each.code for each in found if isinstance(each, NotReadable)]
    names = [each.company["company_name"].value for each in found if isinstance(each, Workbook)]
    assert isinstance(found[0], NotReadable)
    assert refusals == ["empty", "pdf"]
    assert names == [f"Supplier {number}" for number in range(9)]


def test_a_list_from_elsewhere_is_used_here_and_the_own_list_is_returned(children: Children) -> None:
    known = References.of([Listed("Gold", "Sølv", "Sølv Refinery", "CHILE", "CID900099")])

    workbook = read_in_child(
        build(smelters=[{"id_typed": "CID900099"}]), known, with_references=True, children=children
    )

    assert workbook.smelters[0].country == "CHILE"
    assert workbook.references


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"[]", b'"x"', b"{}", b'{"refused": "x", "facts": []}', b'{"refused": "too_old", "facts": {}}', b"\xff",
        json.dumps({**to_json(read(GOOD)), "smelters": [["five"]]}).encode(),
        json.dumps({**to_json(read(GOOD)), "kind": "AMRT"}).encode(),
        json.dumps({**to_json(read(GOOD)), "company": [1]}).encode(),
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_a_child_says_is_not_believed_blindly(answer: bytes) -> None:
    with pytest.raises(NotReadable) as caught:
        minerals_child._believed(answer)

    assert caught.value.code == "unreadable"
