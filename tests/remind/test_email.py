import ssl
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from matcher.domain.errors import DeliveryFailed, InvalidInput
from matcher.domain.reminder import Attachment, Reminder
from matcher.remind.email import MailServer, checked_addresses, compose
from tests.remind.receivers import MailReceiver, mail_receiver

OFFICE, DEPUTY = "office@example.com", "deputy@example.com"


def workbook() -> bytes:
    stream = BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


def reminder(subject: str = "氢能园晨报 2026-11-02") -> Reminder:
    return Reminder(
        id="brief_1_20261102",
        at=datetime(2026, 11, 2, 1, tzinfo=UTC),
        subject=subject,
        text="逾期 2 条\n.\n下一步：约见企业\n",
        record={"park": "hydrogen"},
        workbook=Attachment("氢能园晨报.xlsx", workbook()),
    )


def server_at(port: int) -> MailServer:
    return MailServer(host="127.0.0.1", port=port, sender="ledger@example.com", security="none", timeout=5)


def test_a_brief_arrives_in_chinese_with_a_workbook_that_opens(mail: MailReceiver) -> None:
    assert server_at(mail.port).send(reminder(), [OFFICE, DEPUTY]) == ()
    assert mail.envelopes == [("ledger@example.com", [OFFICE, DEPUTY])]
    [message] = mail.messages
    assert message["Subject"] == "氢能园晨报 2026-11-02"
    assert message["From"].addresses[0].addr_spec == "ledger@example.com"
    assert [one.addr_spec for one in message["To"].addresses] == [OFFICE, DEPUTY]
    assert message["Message-ID"] == "<brief_1_20261102@example.com>"
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == reminder().text
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "氢能园晨报.xlsx"
    assert load_workbook(BytesIO(attached.get_content()))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x0b", "\u2028"])
def test_no_text_of_a_list_adds_a_header(mail: MailReceiver, newline: str) -> None:
    sneaky = reminder(f"晨报{newline}Bcc: thief@example.com{newline}{newline}另一封信")
    server_at(mail.port).send(sneaky, [OFFICE])
    [message] = mail.messages
    assert message["Bcc"] is None
    assert message["Subject"] == "晨报 Bcc: thief@example.com 另一封信"
    assert mail.envelopes[0][1] == [OFFICE]


@pytest.mark.parametrize(
    "address", ["", "办公室", "a@b\nBcc: c@d", "a b@example.com", "<a@example.com>", "a@example.com,b@c.d"]
)
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(InvalidInput, match="MATCHER_REMIND_TO"):
        checked_addresses({"hydrogen": [OFFICE, address]})
    with pytest.raises(InvalidInput):
        replace(server_at(25), sender=address)


def test_an_address_that_is_named_twice_gets_one_message() -> None:
    assert checked_addresses({"hydrogen": [OFFICE, OFFICE]}) == {"hydrogen": (OFFICE,)}


def test_a_refused_address_is_named_while_the_others_get_the_message(mail: MailReceiver) -> None:
    mail.refusing = {DEPUTY}
    assert server_at(mail.port).send(reminder(), [OFFICE, DEPUTY]) == (DEPUTY,)
    assert mail.envelopes == [("ledger@example.com", [OFFICE])]


def test_a_message_that_nobody_got_failed(mail: MailReceiver) -> None:
    mail.refusing = {OFFICE}
    with pytest.raises(DeliveryFailed, match=OFFICE):
        server_at(mail.port).send(reminder(), [OFFICE])
    mail.refusing, mail.broken = set(), True
    with pytest.raises(DeliveryFailed, match="451 try later"):
        server_at(mail.port).send(reminder(), [OFFICE])
    assert mail.messages == []


def test_a_server_that_is_away_failed() -> None:
    with mail_receiver() as gone:
        port = gone.port
    with pytest.raises(DeliveryFailed, match=f"127.0.0.1:{port}.*refused"):
        server_at(port).send(reminder(), [OFFICE])


def test_a_server_that_never_answers_fails_in_time(mail: MailReceiver) -> None:
    mail.shutdown()
    with pytest.raises(DeliveryFailed, match="timed out"):
        replace(server_at(mail.port), timeout=0.2).send(reminder(), [OFFICE])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost`, and its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    subprocess.run([*made, *named, *files], check=True, capture_output=True)
    return path


def encrypting(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


def test_the_password_goes_over_an_encrypted_connection_alone(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_receiver(encrypting(certificate)) as mail:
        safe = MailServer(
            host="localhost", port=mail.port, sender=OFFICE, user="ledger", password="right", timeout=5
        )
        assert safe.send(reminder(), [DEPUTY]) == ()
        assert mail.signed_in == ["ledger\0right"]
        assert len(mail.messages) == 1
        with pytest.raises(DeliveryFailed) as failed:
            replace(safe, password="wrong-password").send(reminder(), [DEPUTY])
        assert "wrong-password" not in f"{failed.value.zh}{failed.value.en}{safe!r}"
        with pytest.raises(DeliveryFailed, match="ASCII") as unsendable:
            replace(safe, password="密-password").send(reminder(), [DEPUTY])
        assert unsendable.value.__suppress_context__
    with pytest.raises(InvalidInput, match="MATCHER_SMTP_SECURITY"):
        replace(safe, security="none")


def test_a_server_whose_certificate_nobody_vouches_for_is_not_trusted(certificate: Path) -> None:
    with mail_receiver(encrypting(certificate)) as mail:
        stranger = MailServer(host="localhost", port=mail.port, sender=OFFICE, timeout=5)
        with pytest.raises(DeliveryFailed, match="certificate"):
            stranger.send(reminder(), [DEPUTY])
        assert mail.messages == []


def test_a_server_without_encryption_is_not_spoken_to_in_the_open(mail: MailReceiver) -> None:
    with pytest.raises(DeliveryFailed, match="STARTTLS"):
        replace(server_at(mail.port), security="starttls").send(reminder(), [OFFICE])
    assert mail.messages == []


def test_a_subject_that_is_long_and_chinese_stays_whole() -> None:
    long = "很长的园区名称" * 30
    assert compose(reminder(long), OFFICE, [DEPUTY])["Subject"] == long
