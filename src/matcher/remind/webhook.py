"""Briefs as JSON to an address of the receiver's, signed in the Standard Webhooks form."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from matcher.domain.errors import DeliveryFailed, InvalidInput
from matcher.domain.reminder import Reminder

WAITS = (2.0, 10.0, 30.0)
"""Seconds before each further attempt."""

TIMEOUT = 15.0
"""Seconds that connecting, writing or waiting for an answer may take."""

EVENT = "park.brief"

_PREFIX = "whsec_"
_TRIED_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that takes briefs. `clock` gives the moment that an attempt is signed with."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    timeout: float = TIMEOUT
    waits: Sequence[float] = WAITS

    def __post_init__(self) -> None:
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in {"http", "https"} or not url.host:
            raise InvalidInput(
                "MATCHER_WEBHOOK_URL 须为 http:// 或 https:// 地址。",
                "MATCHER_WEBHOOK_URL is an http:// or https:// address.",
                field="MATCHER_WEBHOOK_URL",
            )
        signing_key(self.secret)

    @property
    def host(self) -> str:
        """The address without what may be secret in it: path, query, user and password."""
        url = httpx.URL(self.url)
        return str(httpx.URL(scheme=url.scheme, host=url.host, port=url.port))

    def send(self, reminder: Reminder, _addresses: Sequence[str]) -> tuple[str, ...]:
        """Post a brief; tried again after 5xx, 408, 425, 429, timeouts and broken connections.

        Redirects are not followed: a brief goes to the address that was set and to no other.

        Raises:
            DeliveryFailed: every attempt failed, or the receiver refuses it.
        """
        body = payload(reminder)
        zh = en = ""
        with httpx.Client(timeout=self.timeout, follow_redirects=False) as client:
            for wait in (0.0, *self.waits):
                time.sleep(wait)
                try:
                    status = self._post(client, reminder.id, body)
                except httpx.HTTPError as error:
                    zh, en = _broken(error), type(error).__name__
                    continue
                if 200 <= status < 300:
                    return ()
                zh, en = f"对方答复 HTTP {status}", f"HTTP {status}"
                if status < 500 and status not in _TRIED_AGAIN:
                    break
        raise DeliveryFailed(
            f"网络回调未能送达 {self.host}：{zh}。请检查 MATCHER_WEBHOOK_URL 和接收方。",
            f"the webhook did not reach {self.host}: {en}. Check MATCHER_WEBHOOK_URL and the receiver.",
        )

    def _post(self, client: httpx.Client, message_id: str, body: bytes) -> int:
        timestamp = int(self.clock().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "matcher",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.secret, message_id, timestamp, body),
        }
        with client.stream("POST", self.url, content=body, headers=headers) as answer:
            return answer.status_code


def _broken(error: httpx.HTTPError) -> str:
    match error:
        case httpx.TimeoutException():
            return "超时没有应答"
        case httpx.ConnectError():
            return "连接不上"
        case _:
            return "连接中断"


def payload(reminder: Reminder) -> bytes:
    """What is posted: the kind of the event, its moment, and the brief as `data`."""
    event = {"type": EVENT, "timestamp": reminder.at.isoformat(), "data": reminder.record}
    return json.dumps(event, ensure_ascii=False).encode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a message: HMAC-SHA256 over id, Unix seconds and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(signing_key(secret), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def signing_key(secret: str) -> bytes:
    """The bytes that a secret of the form `whsec_…` stands for.

    Raises:
        InvalidInput: another form, or fewer than 24 or more than 64 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise InvalidInput(
            "MATCHER_WEBHOOK_SECRET 须为 whsec_ 加 24 到 64 字节的 Base64。",
            "MATCHER_WEBHOOK_SECRET is whsec_ followed by 24 to 64 bytes in Base64.",
            field="MATCHER_WEBHOOK_SECRET",
        )
    return key
