"""Briefs by e-mail: one message to a park's addresses, with the workbook beside it."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from matcher.domain.errors import DeliveryFailed, InvalidInput
from matcher.domain.labels import Words
from matcher.domain.reminder import Reminder
from matcher.domain.system_errors import system_words

Security = Literal["starttls", "tls", "none"]

SENDER_NAME = "供需对接服务台账"
TIMEOUT = 30.0
"""Seconds that any one step of the exchange may take."""

_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server that takes messages for delivery; its certificate is verified."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if not self.host:
            raise _unset("MATCHER_SMTP_HOST", "邮件服务器", "the mail server")
        if not self.sender:
            raise _unset("MATCHER_SMTP_FROM", "发件地址", "the sender's address")
        _check(self.sender, "MATCHER_SMTP_FROM")
        if self.password and self.security == "none":
            raise InvalidInput(
                "未加密的连接上不发送密码；请把 MATCHER_SMTP_SECURITY 设为 starttls 或 tls。",
                "no password is sent over an open connection: set MATCHER_SMTP_SECURITY to starttls or tls.",
                field="MATCHER_SMTP_SECURITY",
            )

    def send(self, reminder: Reminder, addresses: Sequence[str]) -> tuple[str, ...]:
        """Hand one message for all addresses to the server; returns those that it refused.

        Raises:
            DeliveryFailed: the server cannot be reached, or refuses the message or every address.
        """
        message = compose(reminder, self.sender, addresses)
        try:
            with self._connected() as connection:
                return tuple(connection.send_message(message, self.sender, list(addresses)))
        except smtplib.SMTPAuthenticationError:
            raise self._failed("用户名或密码不被接受", "it refuses user or password") from None
        except smtplib.SMTPRecipientsRefused as error:
            refused = "、".join(error.recipients)
            raise self._failed(
                f"收件地址均被拒绝（{refused}）", f"every address is refused ({refused})"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._failed(*_reason(error)) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        if self.security == "tls":
            encrypted = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=ssl.create_default_context()
            )
            with encrypted as connection:
                self._sign_in(connection)
                yield connection
            return
        with smtplib.SMTP(self.host, self.port, timeout=self.timeout) as connection:
            if self.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            self._sign_in(connection)
            yield connection

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        if not self.user:
            return
        try:
            connection.login(self.user, self.password)
        except UnicodeEncodeError:
            # smtplib sends ASCII alone, and its error quotes the sign that is none.
            raise self._failed(
                "用户名和密码只能用 ASCII 字符", "user and password may hold ASCII alone"
            ) from None

    def _failed(self, zh: str, en: str) -> DeliveryFailed:
        place = f"{self.host}:{self.port}"
        return DeliveryFailed(
            f"邮件未能经 {place} 发出：{zh}。请检查 MATCHER_SMTP_*。",
            f"the e-mail did not go out through {place}: {en}. Check MATCHER_SMTP_*.",
        )


def compose(reminder: Reminder, sender: str, addresses: Sequence[str]) -> EmailMessage:
    """The message as it goes out: UTF-8 text, and the workbook as attachment.

    Line breaks of the subject become spaces; an address that is none raises ValueError. So nothing that
    a list says can add a header.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(reminder.subject.split())
    message["From"] = Address(SENDER_NAME, addr_spec=sender)
    message["To"] = [Address(addr_spec=address) for address in addresses]
    message["Date"] = format_datetime(reminder.at)
    message["Message-ID"] = f"<{reminder.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(reminder.text, charset="utf-8")
    maintype, subtype = _XLSX
    workbook = reminder.workbook
    message.add_attachment(workbook.content, maintype=maintype, subtype=subtype, filename=workbook.name)
    return message


def checked_addresses(by_park: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The addresses of each park, each once.

    Raises:
        InvalidInput: one of them is no e-mail address.
    """
    for address in (address for addresses in by_park.values() for address in addresses):
        _check(address, "MATCHER_REMIND_TO")
    return {code: tuple(dict.fromkeys(addresses)) for code, addresses in by_park.items()}


_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def _check(address: str, variable: str) -> None:
    if not _ADDRESS.fullmatch(address):
        raise InvalidInput(
            f"{variable}：{address!r} 不是邮箱地址。",
            f"{variable}: {address!r} is no e-mail address.",
            field=variable,
        )


def _unset(variable: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        f"已设置 MATCHER_REMIND_TO，还须用 {variable} 指定{zh}。",
        f"MATCHER_REMIND_TO is set: name {en} in {variable}, too.",
        field=variable,
    )


def _reason(error: OSError) -> Words:
    """Why nothing went out; what the mail server itself answers is quoted as it is."""
    match error:
        case smtplib.SMTPResponseException():
            text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else ""
            answer = f"{error.smtp_code} {' '.join(text.split())[:200]}".rstrip()
            return f"邮件服务器答复 {answer}", answer
        case smtplib.SMTPServerDisconnected():
            return "邮件服务器断开了连接", _said(error)
        case smtplib.SMTPException():
            return "邮件服务器不支持所需的功能", _said(error)
        case ssl.SSLError():
            return "加密连接没有建立（证书或加密方式不符）", _said(error)
        case socket.gaierror():
            return "找不到这台主机", _said(error)
        case _:
            return system_words(error)[0], _said(error)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
