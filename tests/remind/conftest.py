"""Receivers that run for one test."""

from collections.abc import Iterator

import pytest

from tests.remind.receivers import MailReceiver, WebhookReceiver, mail_receiver, webhook_receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as running:
        yield running
