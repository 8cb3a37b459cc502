from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import NotFound
from matcher.domain.reminder import Outlet, ReminderChannel
from matcher.pipeline.brief.delivery import Delivery, remind
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import edit_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.rules.profiles import save_profile
from matcher.pipeline.rules.stated import profile_from
from matcher.remind.email import MailServer
from matcher.remind.webhook import Webhook
from matcher.store.tables import Reminder
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, row, rows_of
from tests.remind.receivers import SECRET, MailReceiver, WebhookReceiver, mail_receiver, webhook_receiver

OFFICE = "office@example.com"
PHONE = row("液氢阀门在线检测，请致电 13800005555", code="XQ-phone")


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as running:
        yield running


def matched(desk: Desk) -> None:
    hydrogen, space = desk.park("hydrogen"), desk.park("space")
    desk.supply(*rows_of("CG", 6))
    desk.demands(hydrogen, *rows_of("XQ", 3), row("泵", code="XQ-little"), PHONE)
    desk.demands(space, *rows_of("YQ", 2, start=100))
    desk.refresh()


@pytest.fixture
def parks(desk_like: DeskLike) -> Desk:
    """Two parks after one night; the first has a demand that nothing fits."""
    return desk_like(matched)[0]


def by_mail(mail: MailReceiver, *codes: str) -> Outlet:
    server = MailServer("127.0.0.1", mail.port, "ledger@example.com", "none", timeout=5)
    return Outlet(ReminderChannel.EMAIL, server.send, dict.fromkeys(codes, (OFFICE,)))


def by_hook(desk: Desk, hook: WebhookReceiver) -> Outlet:
    webhook = Webhook(hook.url, SECRET, lambda: desk.now, timeout=5, waits=(0.0,))
    return Outlet(ReminderChannel.WEBHOOK, webhook.send, {}, (webhook.host,))


def send(desk: Desk, *outlets: Outlet, park: str | None = None, dry_run: bool = False) -> list[Delivery]:
    return remind(desk.database, LOCAL_OPERATOR, outlets, desk.now, park_code=park, dry_run=dry_run)


def outcomes(deliveries: list[Delivery]) -> list[tuple[str, str, str]]:
    return [(one.park, one.channel.value, one.outcome) for one in deliveries]


def recorded(desk: Desk) -> int:
    with desk.database.reading() as session:
        return session.query(Reminder).count()


def test_each_park_gets_its_own_brief_once_a_day(
    parks: Desk, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    outlets = (by_mail(mail, "hydrogen"), by_hook(parks, hook))
    first = send(parks, *outlets)
    assert outcomes(first) == [
        ("hydrogen", "email", "sent"),
        ("hydrogen", "webhook", "sent"),
        ("space", "webhook", "sent"),
    ]
    [message] = mail.messages
    assert message["Subject"].startswith("hydrogen园晨报 2026-11-02")
    assert [one["data"]["park"] for one in hook.bodies] == ["hydrogen", "space"]
    assert len(set(hook.ids)) == 2
    parks.now += timedelta(hours=11)
    assert [one.outcome for one in send(parks, *outlets)] == ["sent_before"] * 3
    assert (len(mail.messages), len(hook.bodies), recorded(parks)) == (1, 2, 3)
    parks.now += timedelta(hours=2)
    assert [one.outcome for one in send(parks, *outlets)] == ["sent"] * 3
    assert (len(mail.messages), len(hook.bodies), recorded(parks)) == (2, 4, 6)


def test_the_mail_says_the_counts_and_carries_the_whole_brief(parks: Desk, mail: MailReceiver) -> None:
    of_all = profile_from({"likely": 0.000_1, "possible": 0.000_1})
    save_profile(parks.database, Request(LOCAL_OPERATOR, parks.now), "hydrogen", of_all)
    parks.refresh()
    send(parks, by_mail(mail, "hydrogen"))
    body = mail.messages[0].get_body()
    assert body is not None
    text = body.get_content()
    assert "【新增】24 条" in text
    assert "另有 19 条，见附件" in text
    assert "【无可信供给的需求】1 条" in text
    [attached] = mail.messages[0].iter_attachments()
    book = load_workbook(BytesIO(attached.get_content()))
    assert book["新增"].max_row == 3 + 24
    assert book["无可信供给"].max_row == 3 + 1


def test_what_leaves_the_house_holds_no_contact(
    parks: Desk, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    found, _ = list_entries(parks.database, DISTRICT, EntryFilter())
    late: dict[str, Any] = {"due": date(2026, 11, 1), "next_action": "请致电 13800005555"}
    edit_entry(parks.database, Request(LOCAL_OPERATOR, parks.now), found[0].id, late)
    send(parks, by_mail(mail, "hydrogen"), by_hook(parks, hook))
    body = mail.messages[0].get_body()
    assert body is not None
    [attached] = mail.messages[0].iter_attachments()
    book = load_workbook(BytesIO(attached.get_content()))
    cells = str([cell.value for sheet in book for line in sheet.iter_rows() for cell in line])
    for said in (body.get_content(), cells, str(hook.bodies)):
        assert "请致电" in said
        assert "13800005555" not in said


@pytest.mark.both_engines
def test_a_failed_channel_is_sent_again_and_holds_up_no_other(
    parks: Desk, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    mail.broken = True
    outlets = (by_mail(mail, "hydrogen"), by_hook(parks, hook))
    failed, *others = send(parks, *outlets)
    assert failed.outcome == "failed"
    assert failed.error is not None
    assert "451" in failed.error
    assert [one.outcome for one in others] == ["sent", "sent"]
    mail.broken = False
    assert [one.outcome for one in send(parks, *outlets)] == ["sent", "sent_before", "sent_before"]
    assert (len(mail.messages), len(hook.bodies)) == (1, 2)


def test_a_webhook_that_recovers_meanwhile_gets_one_brief(parks: Desk, hook: WebhookReceiver) -> None:
    hook.statuses = [503]
    [delivery] = send(parks, by_hook(parks, hook), park="space")
    assert delivery.outcome == "sent"
    assert (len(hook.ids), len(hook.bodies)) == (2, 1)


def test_an_address_that_is_refused_is_told_and_the_brief_counts_as_sent(
    parks: Desk, mail: MailReceiver
) -> None:
    mail.refusing = {"gone@example.com"}
    outlet = by_mail(mail)
    both = Outlet(outlet.channel, outlet.send, {"space": (OFFICE, "gone@example.com")})
    [delivery] = send(parks, both)
    assert (delivery.outcome, delivery.refused, delivery.whole) == ("sent", ["gone@example.com"], False)
    assert outcomes(send(parks, both)) == [("space", "email", "sent_before")]


@pytest.mark.both_engines
def test_two_starts_at_once_send_once(parks: Desk, mail: MailReceiver, hook: WebhookReceiver) -> None:
    outlets = (by_mail(mail, "hydrogen", "space"), by_hook(parks, hook))
    with ThreadPoolExecutor(4) as threads:
        starts = [threads.submit(send, parks, *outlets) for _ in range(4)]
        found = sorted(one.outcome for start in starts for one in start.result())
    assert found == ["sent"] * 4 + ["sent_before"] * 12
    assert (len(mail.messages), len(hook.bodies), recorded(parks)) == (2, 2, 4)


def test_a_dry_run_shows_what_would_go_and_sends_nothing(
    parks: Desk, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    shown = send(parks, by_mail(mail, "hydrogen"), by_hook(parks, hook), dry_run=True)
    assert [one.outcome for one in shown] == ["would_send"] * 3
    told = shown[0].as_json()
    assert told["addresses"] == [OFFICE]
    assert told["text"].startswith("hydrogen园")
    assert (mail.messages, hook.bodies, recorded(parks)) == ([], [], 0)


def test_nothing_goes_out_where_nothing_is_set_up(parks: Desk) -> None:
    assert parks.service.outlets == ()
    assert send(parks) == []
    assert recorded(parks) == 0


def test_a_setting_that_names_no_park_is_told_and_the_others_are_sent(
    parks: Desk, mail: MailReceiver
) -> None:
    found = send(parks, by_mail(mail, "space", "sapce"))
    assert outcomes(found) == [("space", "email", "sent"), ("sapce", "email", "failed")]
    assert found[1].error == "MATCHER_REMIND_TO names sapce, and there is no such park."


def test_an_unknown_park_is_not_found(parks: Desk) -> None:
    with pytest.raises(NotFound):
        send(parks, park="nowhere")
