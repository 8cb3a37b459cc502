import base64
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from matcher.domain.errors import DeliveryFailed, InvalidInput
from matcher.domain.reminder import Attachment, Reminder
from matcher.remind.webhook import Webhook, signature
from tests.remind.receivers import SECRET, WebhookReceiver, webhook_receiver

MOMENT = datetime(2026, 11, 2, 1, tzinfo=UTC)
REMINDER = Reminder(
    id="brief_1_20261102",
    at=MOMENT,
    subject="晨报",
    text="",
    record={"park": "hydrogen", "park_name": "氢能园"},
    workbook=Attachment("晨报.xlsx", b""),
)


def webhook_to(url: str, **changed: Any) -> Webhook:
    made = Webhook(url, SECRET, lambda: MOMENT, timeout=5, waits=(0.0, 0.0, 0.0))
    return replace(made, **changed)


def test_the_signature_is_the_one_the_standard_gives_as_example() -> None:
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_brief_is_posted_once_and_its_signature_holds(hook: WebhookReceiver) -> None:
    assert webhook_to(hook.url).send(REMINDER, ()) == ()
    assert hook.bodies == [
        {"type": "park.brief", "timestamp": "2026-11-02T01:00:00+00:00", "data": REMINDER.record}
    ]
    assert hook.ids == [REMINDER.id]
    assert hook.asked == ["/hook?token=hidden"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_receiver_in_trouble_is_asked_again_with_the_same_id(hook: WebhookReceiver, status: int) -> None:
    hook.statuses = [status, status]
    webhook_to(hook.url).send(REMINDER, ())
    assert hook.ids == [REMINDER.id] * 3
    assert len(hook.bodies) == 1


def test_a_receiver_that_stays_in_trouble_fails_after_the_last_wait(hook: WebhookReceiver) -> None:
    hook.statuses = [502] * 9
    with pytest.raises(DeliveryFailed, match="HTTP 502"):
        webhook_to(hook.url).send(REMINDER, ())
    assert len(hook.ids) == 4


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_refusal_is_not_argued_with(hook: WebhookReceiver, status: int) -> None:
    hook.statuses = [status]
    with pytest.raises(DeliveryFailed, match=f"HTTP {status}"):
        webhook_to(hook.url).send(REMINDER, ())
    assert len(hook.ids) == 1


def test_a_redirect_is_not_followed(hook: WebhookReceiver) -> None:
    hook.statuses = [302]
    with pytest.raises(DeliveryFailed, match="HTTP 302"):
        webhook_to(hook.url).send(REMINDER, ())
    assert hook.asked == ["/hook?token=hidden"]


def test_another_secret_is_found_out(hook: WebhookReceiver) -> None:
    other = "whsec_" + base64.b64encode(b"another secret of 26 bytes").decode()
    with pytest.raises(DeliveryFailed, match="HTTP 401"):
        webhook_to(hook.url, secret=other).send(REMINDER, ())
    assert hook.bodies == []


def test_a_receiver_that_is_away_fails_without_naming_what_is_secret() -> None:
    with webhook_receiver() as gone:
        url = gone.url.replace("http://", "http://user:hidden@")
    made = webhook_to(url, waits=(0.0,))
    with pytest.raises(DeliveryFailed, match="ConnectError") as failed:
        made.send(REMINDER, ())
    said = f"{failed.value.zh} {failed.value.en} {made!r} {made.host}"
    assert "hidden" not in said
    assert SECRET not in said
    assert made.host.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("url", ["ftp://example.com/x", "example.com", "http://", "/hook", "http:///x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="MATCHER_WEBHOOK_URL"):
        webhook_to(url)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_"), "whsec_?", "whsec_密钥"]
)
def test_a_secret_of_another_form_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(InvalidInput, match="MATCHER_WEBHOOK_SECRET") as refused:
        webhook_to("http://127.0.0.1/", secret=secret)
    assert secret in {"", "whsec_"} or secret not in f"{refused.value.zh}{refused.value.en}"
