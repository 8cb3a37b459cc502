"""A morning brief on its way out: by which channel, to whom, and what it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ReminderChannel(StrEnum):
    """How a brief leaves the house."""

    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text of a reminder."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One park's brief of one day; `id` is the same each time it is tried, so that a receiver knows it.

    `text` is for people, `record` the same as JSON values, the workbook is for the office.
    """

    id: str
    at: datetime
    subject: str
    text: str
    record: Mapping[str, Any]
    workbook: Attachment


Send = Callable[[Reminder, Sequence[str]], tuple[str, ...]]
"""Sends a reminder to addresses; returns those that did not get it, where others did.

Raises:
    DeliveryFailed: nobody got it.
"""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One channel that is set up: where each park's brief goes (park code → addresses), and how.

    `everywhere` are the addresses that get every park's brief.
    """

    channel: ReminderChannel
    send: Send
    by_park: Mapping[str, tuple[str, ...]]
    everywhere: tuple[str, ...] = ()

    def addresses(self, park_code: str) -> tuple[str, ...]:
        """Where this park's brief goes; empty where it goes nowhere by this channel."""
        return self.by_park.get(park_code, ()) + self.everywhere
