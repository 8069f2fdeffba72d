"""Lists of smelters' statuses, in the three kinds of file that there are."""

from __future__ import annotations

from datetime import date

import pytest

from portal.services.smelter_status_files import StatusFileError, read_status_file
from portal.services.smelter_status_sentences import explain_file, explain_row
from tests.questionnaires.minerals.workbooks import pack

DAY = date(2026, 3, 1)
NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
XML = f"""<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="{NAMESPACE}" xmlns:ss="{NAMESPACE}"><Worksheet ss:Name="List"><Table>
<Row><Cell><Data ss:Type="String">Facilities as of March</Data></Cell></Row>
<Row ss:Index="4"><Cell><Data ss:Type="String">Smelter ID</Data></Cell><Cell><Data ss:Type="String">Metal</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="String">Last Audit Date</Data></Cell><Cell><Data>Audit Cycle</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">CID900001</Data></Cell><Cell ss:Index="4"><Data
 ss:Type="DateTime">2025-02-04T00:00:00.000</Data></Cell><Cell><Data ss:Type="Number">3</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_columns_are_known_in_any_order_and_capitals() -> None:
    rows = "rmap conformant;cid900001;red\nCross-Recognised;CID900002;\nOdd word;CID900003"
    text = f"A title;;\nstatus;SMELTER ID ;Colour\n{rows}"
    found = read_status_file(text.encode(), DAY)
    assert [(row.number, row.smelter_id, row.status) for row in found.rows] == [
        (3, "CID900001", "Conformant"), (4, "CID900002", "Cross-recognized"), (5, "CID900003", "Odd word"),
    ]  # fmt: skip
    assert found.ignored == ("Colour",)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1TIN001,Active,,", "id"), ("CID900001,,,", "status"), ("CID900001,Active,soon,", "date"),
        ("CID900001,Active,2026-03-02,", "date_ahead"), ("CID900001,Active,,12 months", "cycle"),
        ("CID900009,Active,,", "twice"),
    ],
)  # fmt: skip
def test_a_row_that_says_nothing_sure_is_refused_with_a_sentence(row: str, code: str) -> None:
    text = f"Smelter ID,Facility Status,Last Audit Date,Audit Cycle\nCID900009,Active,02/03/2025,3 Years\n{row}\n"
    found = read_status_file(text.encode(), DAY)
    assert (found.rows[0].audited, found.rows[0].cycle_years) == (date(2025, 2, 3), 3)
    (refused,) = found.refused
    assert (refused.number, refused.code) == (3, code)
    assert explain_row(refused, "en") != explain_row(refused, "nb")


def test_xml_spreadsheet_2003_with_gaps() -> None:
    (row,) = read_status_file(XML.encode(), DAY, "Conformant").rows
    assert (row.number, row.smelter_id, row.status, row.audited, row.cycle_years) == (
        5, "CID900001", "Conformant", date(2025, 2, 4), 3,
    )  # fmt: skip


def test_a_workbook_is_read_in_its_child() -> None:
    cells = {
        "A1": "Smelter ID",
        "B1": "Status",
        "C1": "Last Audit Date",
        "A2": "CID900001",
        "B2": "Active",
        "C2": date(2025, 2, 4),
    }
    (row,) = read_status_file(pack({"List": cells}), DAY).rows
    assert (row.status, row.audited) == ("Active", date(2025, 2, 4))


BOMB = XML.replace("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook', 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b" ", "empty"), (b"PK\x03\x04", "workbook_unreadable"), (b"\xd0\xcf\x11\xe0", "old_workbook"),
        (BOMB.encode(), "xml"), (b"<html/>", "xml"), (XML.replace('Index="4"', 'Index="99999999"').encode(), "xml"),
        (XML.encode(), "no_status_column"), (b"a,b\n1,2", "no_id_column"),
        (b'Smelter ID\n"' + b"x" * 200_000, "not_a_table"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(StatusFileError) as refused:
        read_status_file(content, DAY)
    assert refused.value.code == code
    assert explain_file(refused.value, "en") != explain_file(refused.value, "nb")
