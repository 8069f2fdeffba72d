from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from portal.config import SettingsError
from portal.mail.message import Mail
from portal.mail.transports import FolderTransport, MailDelayed, MailRefused, SmtpTransport, make_transport
from tests.portal.mail.postbox import Postbox, make_certificate, server_context, serving


def to(postbox: Postbox, scheme: str = "smtp") -> SmtpTransport:
    return SmtpTransport(scheme, "127.0.0.1", postbox.port, timeout=5)


def test_a_mail_arrives_whole(postbox: Postbox, mail: Mail) -> None:
    to(postbox).send(replace(mail, text="Blåbærsyltetøy 王\n" + "x" * 3000 + "\n.\nend\n").as_email())
    (received,) = postbox.mails
    assert postbox.recipients == [["kari@supplier.example"]]
    assert received["Subject"] == "Spørsmål"
    body = received.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Blåbærsyltetøy 王", "x" * 3000, ".", "end"]


@pytest.mark.parametrize(
    "name", ["A\r\nRCPT TO:<thief@evil.example>", "thief@evil.example, B", "x\r\n.\r\nMAIL FROM:<a@b>"]
)
def test_a_hostile_name_reaches_one_recipient_only(postbox: Postbox, mail: Mail, name: str) -> None:
    to(postbox).send(replace(mail, to_name=name, subject=name).as_email())
    assert postbox.recipients == [["kari@supplier.example"]]


@pytest.mark.parametrize("stage", ["on_recipient", "on_data"])
def test_5xx_is_for_ever_and_4xx_for_now(postbox: Postbox, mail: Mail, stage: str) -> None:
    setattr(postbox, stage, "550 5.1.1 No such mailbox")
    with pytest.raises(MailRefused, match=r"^550 5\.1\.1 No such mailbox$"):
        to(postbox).send(mail.as_email())
    setattr(postbox, stage, "450 4.2.0 Greylisted, come again")
    with pytest.raises(MailDelayed, match=r"^450 4\.2\.0 Greylisted"):
        to(postbox).send(mail.as_email())


def test_a_server_that_is_away_delays(mail: Mail) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(MailDelayed):
            SmtpTransport("smtp", "127.0.0.1", taken.getsockname()[1], timeout=1).send(mail.as_email())


def test_a_server_that_says_nothing_delays(mail: Mail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailDelayed):
        SmtpTransport("smtp", "127.0.0.1", silent.getsockname()[1], timeout=0.2).send(mail.as_email())


def test_a_wrong_password_delays_for_the_mail_is_not_to_blame(mail: Mail) -> None:
    with serving(Postbox(), auth_require_tls=False, authenticator=lambda *_: False) as postbox:
        transport = replace(to(postbox), user="portal", password="wrong")
        with pytest.raises(MailDelayed):
            transport.send(mail.as_email())
    assert "wrong" not in repr(transport)


def test_starttls_is_used_where_offered(tmp_path: Path, mail: Mail) -> None:
    pem, key = make_certificate(tmp_path)
    with serving(Postbox(), tls_context=server_context(pem, key)) as postbox:
        trusting = replace(to(postbox), make_context=lambda: ssl.create_default_context(cafile=str(pem)))
        trusting.send(mail.as_email())
    assert postbox.secured == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtp+plain"])
def test_an_unknown_certificate_is_never_accepted(tmp_path: Path, mail: Mail, scheme: str) -> None:
    pem, key = make_certificate(tmp_path)
    with (
        serving(Postbox(), tls_context=server_context(pem, key)) as postbox,
        pytest.raises(MailDelayed, match="certificate"),
    ):
        to(postbox, scheme).send(mail.as_email())
    assert postbox.contents == []


def test_another_machine_without_tls_gets_no_plain_text(
    postbox: Postbox, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.mail.transports._is_loopback", lambda _: False)
    with pytest.raises(MailDelayed, match="offers no TLS"):
        to(postbox).send(mail.as_email())
    to(postbox, "smtp+plain").send(mail.as_email())
    assert len(postbox.contents) == 1


def test_a_folder_numbers_its_mails(tmp_path: Path, mail: Mail) -> None:
    transport = FolderTransport(tmp_path / "mailbox")
    for _ in range(3):
        transport.send(mail.as_email())
    names = sorted(path.name for path in (tmp_path / "mailbox").iterdir())
    assert names == ["000001.eml", "000002.eml", "000003.eml"]
    read = message_from_bytes((tmp_path / "mailbox" / "000003.eml").read_bytes(), policy=policy.default)
    assert read["Subject"] == "Spørsmål"


def test_many_writers_lose_no_mail_in_the_folder(tmp_path: Path, mail: Mail) -> None:
    transport = FolderTransport(tmp_path)
    message = mail.as_email()

    def write() -> None:
        for _ in range(10):
            transport.send(message)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(list(tmp_path.iterdir())) == 80
    assert all(path.suffix == ".eml" and path.stat().st_size > 100 for path in tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_delays(tmp_path: Path, mail: Mail) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MailDelayed):
        FolderTransport(tmp_path / "file").send(mail.as_email())


def test_the_url_chooses_the_transport(tmp_path: Path) -> None:
    assert make_transport(None, tmp_path) == FolderTransport(tmp_path)
    assert make_transport("smtp://mail.example", tmp_path) == SmtpTransport("smtp", "mail.example", 587)
    assert make_transport("smtps://u%40x:p%3Aw@mail.example", tmp_path) == SmtpTransport(
        "smtps", "mail.example", 465, "u@x", "p:w"
    )
    assert make_transport("smtp+plain://mail.example:2525", tmp_path) == SmtpTransport(
        "smtp+plain", "mail.example", 2525
    )


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://", "smtp://host:port"])
def test_a_wrong_url_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_SMTP_URL"):
        make_transport(url, tmp_path)
