from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest

from portal.mail.message import AddressInvalid, File, Mail, one_line, plain_address

INJECTIONS = [
    "Kari\r\nBcc: thief@evil.example",
    "Kari\nX-Evil: yes",
    "Kari\x0bBcc: thief@evil.example",
    "Kari\x85Bcc: thief@evil.example",
    "Kari\u2028Bcc: thief@evil.example",
    "Kari\x00",
    'Kari" <thief@evil.example>, "',
    "Kari <thief@evil.example>, ",
    "thief@evil.example, Kari",
    "=?utf-8?q?Kari=0D=0ABcc:_thief@evil.example?=",
]
HEADERS = {
    "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress",
    "MIME-Version", "Content-Type",
}  # fmt: skip


@pytest.mark.parametrize("hostile", INJECTIONS)
@pytest.mark.parametrize("place", ["to_name", "sender_name", "subject", "message_id"])
def test_hostile_words_add_no_header_and_no_recipient(mail: Mail, place: str, hostile: str) -> None:
    changed: dict[str, Any] = {place: hostile}
    written = replace(mail, **changed).as_email().as_bytes()
    read = message_from_bytes(written, policy=policy.default)
    assert set(read.keys()) == HEADERS
    assert [address.addr_spec for address in read["To"].addresses] == ["kari@supplier.example"]
    assert [address.addr_spec for address in read["From"].addresses] == ["portal@testfirma.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kari",
        "kari@",
        "kari@supplier.example, thief@evil.example",
        "kari@supplier.example\r\nBcc: thief@evil.example",
        "Kari <kari@supplier.example>",
        "kari@supplier.example;thief@evil.example",
        " kari@supplier.example",
        "kari@[127.0.0.1]",
        '"kari p"@supplier.example',
        "kåri@supplier.example",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(mail: Mail, address: str) -> None:
    with pytest.raises(AddressInvalid):
        replace(mail, to_email=address).as_email()


def test_a_norwegian_domain_is_written_in_ascii() -> None:
    assert plain_address("kari@blåbær.example") == "kari@xn--blbr-roah.example"


@pytest.mark.parametrize("name", ["Åse Ødegård", "王小明", "Müller & Söhne, GmbH", 'O\'Brien "Bob"'])
def test_names_of_all_kinds_arrive_unchanged(mail: Mail, name: str) -> None:
    read = message_from_bytes(replace(mail, to_name=name).as_email().as_bytes(), policy=policy.default)
    assert read["To"].addresses[0].display_name == name


def test_marks_that_turn_the_reading_direction_are_dropped() -> None:
    assert one_line("inno\u202egpj.exe") == "innogpj.exe"


def test_a_mail_says_that_a_machine_sent_it_and_when(mail: Mail) -> None:
    message = mail.as_email()
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == mail.date


def test_a_file_is_attached_with_its_name(mail: Mail) -> None:
    message = replace(mail, files=(File("Erklæring.pdf", "application/pdf", b"%PDF-1.7"),)).as_email()
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "Erklæring.pdf"
    assert attachment.get_content() == b"%PDF-1.7"
    assert attachment.get_content_type() == "application/pdf"


def test_an_answer_goes_to_the_person_who_asked(mail: Mail) -> None:
    message = replace(mail, reply_to="bo@testfirma.example").as_email()
    assert message["Reply-To"] == "bo@testfirma.example"
    assert mail.as_email()["Reply-To"] is None
