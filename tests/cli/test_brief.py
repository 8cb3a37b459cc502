"""`matcher ledger brief` and `matcher remind`, with real receivers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import SEED, Ended, Matcher
from tests.remind.receivers import SECRET, MailReceiver, WebhookReceiver, mail_receiver, webhook_receiver

OFFICE = "office@example.com"


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailReceiver]:
    """A mail server that the settings name for one park's brief."""
    with mail_receiver() as running:
        monkeypatch.setenv("MATCHER_REMIND_TO", json.dumps({"hydrogen": [OFFICE]}))
        monkeypatch.setenv("MATCHER_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("MATCHER_SMTP_PORT", str(running.port))
        monkeypatch.setenv("MATCHER_SMTP_SECURITY", "none")
        monkeypatch.setenv("MATCHER_SMTP_FROM", "ledger@example.com")
        yield running


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookReceiver]:
    """A webhook that the settings name."""
    with webhook_receiver() as running:
        monkeypatch.setenv("MATCHER_WEBHOOK_URL", running.url)
        monkeypatch.setenv("MATCHER_WEBHOOK_SECRET", SECRET)
        yield running


@pytest.fixture
def office(matcher: Matcher) -> Matcher:
    """A park whose lists are in, and no night yet: no command here loads the model."""
    assert matcher("park", "add", "hydrogen", "--name", "氢能示例园").code == 0
    demands = SEED / "demands" / "hydrogen.csv"
    assert matcher("import", "demands", demands, "--park", "hydrogen").code == 0
    return matcher


def everything(ended: Ended) -> str:
    return ended.out + ended.err


def test_the_brief_is_text_json_and_a_workbook(office: Matcher, tmp_path: Path) -> None:
    assert office("refresh").code == 0
    text = office("ledger", "brief", "--park", "hydrogen")
    assert text.code == 0
    assert text.out.startswith("氢能示例园　供需对接晨报　")
    assert "【无可信供给的需求】" in text.out
    file = tmp_path / "brief.xlsx"
    written = office("ledger", "brief", "--park", "hydrogen", "--since", "1", "-o", file, "--json")
    assert written.json["since"]["run_id"] == written.json["run"]["run_id"] == 1
    rows = load_workbook(file)["无可信供给"].max_row
    assert rows == 3 + written.json["counts"]["abstentions"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--park", "nowhere"), 3, "nowhere"),
        (("--park", "hydrogen", "--since", "yesterday"), 2, "2026-11-02"),
    ],
)
def test_a_brief_that_cannot_be_made_says_why(
    office: Matcher, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended = office("ledger", "brief", *arguments)
    assert ended.code == code
    assert said in ended.err


def test_nothing_is_sent_until_something_is_set_up(office: Matcher) -> None:
    ended = office("remind")
    assert ended.code == 0
    assert "MATCHER_REMIND_TO" in ended.err
    assert office("remind", "--json").json == []


def test_a_brief_goes_out_once_a_day_by_both_channels(
    office: Matcher, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    first, second = office("remind", "--json"), office("remind", "--json")
    assert (first.code, second.code) == (0, 0)
    assert [(one["channel"], one["outcome"]) for one in first.json] == [
        ("email", "sent"),
        ("webhook", "sent"),
    ]
    assert [one["outcome"] for one in second.json] == ["sent_before", "sent_before"]
    assert mail.envelopes == [("ledger@example.com", [OFFICE])]
    assert [body["data"]["park"] for body in hook.bodies] == ["hydrogen"]


def test_a_dry_run_shows_what_would_go_to_whom(
    office: Matcher, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    ended = office("remind", "--dry-run", "--park", "hydrogen")
    assert ended.code == 0
    assert OFFICE in ended.out
    assert "氢能示例园　供需对接晨报" in ended.out
    assert (mail.messages, hook.bodies) == ([], [])
    assert office("remind", "--json").json[0]["outcome"] == "sent"


def test_a_channel_that_fails_ends_with_1_while_the_other_is_served(
    office: Matcher, mail: MailReceiver, hook: WebhookReceiver
) -> None:
    mail.broken = True
    ended = office("remind")
    assert ended.code == 1
    assert "451 try later" in ended.err
    assert len(hook.bodies) == 1
    mail.broken = False
    assert office("remind").code == 0
    assert (len(mail.messages), len(hook.bodies)) == (1, 1)


def test_no_secret_is_ever_printed(
    office: Matcher, mail: MailReceiver, hook: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.statuses = [404, 404]
    said = everything(office("remind", "--dry-run")) + everything(office("remind"))
    assert "hidden" not in said, "the query of the webhook's address"
    assert SECRET not in said
    monkeypatch.setenv("MATCHER_WEBHOOK_SECRET", "whsec_too-short")
    monkeypatch.setenv("MATCHER_SMTP_PASSWORD", "very-secret")
    wrong = office("remind")
    assert wrong.code == 2
    assert "MATCHER_SMTP_SECURITY" in wrong.err
    monkeypatch.setenv("MATCHER_SMTP_SECURITY", "tls")
    wrong = office("remind")
    assert wrong.code == 2
    assert "MATCHER_WEBHOOK_SECRET" in wrong.err
    assert "too-short" not in wrong.err
    assert "very-secret" not in wrong.err


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("MATCHER_REMIND_TO", "office@example.com", "MATCHER_REMIND_TO"),
        ("MATCHER_REMIND_TO", '{"hydrogen": "office@example.com"}', "MATCHER_REMIND_TO"),
        ("MATCHER_REMIND_TO", '{"hydrogen": ["the office"]}', "MATCHER_REMIND_TO"),
        ("MATCHER_SMTP_HOST", "", "MATCHER_SMTP_HOST"),
        ("MATCHER_SMTP_FROM", "", "MATCHER_SMTP_FROM"),
        ("MATCHER_SMTP_SECURITY", "ssl", "MATCHER_SMTP_SECURITY"),
        ("MATCHER_WEBHOOK_URL", "example.com/hook", "MATCHER_WEBHOOK_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    office: Matcher,
    mail: MailReceiver,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    named: str,
) -> None:
    monkeypatch.setenv(variable, value)
    ended = office("remind")
    assert ended.code == 2
    assert named in ended.err


def test_a_park_without_addresses_is_told(office: Matcher, mail: MailReceiver) -> None:
    assert office("park", "add", "space", "--name", "航天示例园").code == 0
    ended = office("remind", "--park", "space")
    assert ended.code == 0
    assert "没有要发送的晨报" in ended.err
