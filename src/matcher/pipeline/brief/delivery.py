"""Morning briefs sent out: each park's by every channel that is set up, once a day."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any, Literal

from matcher.domain.access import Principal
from matcher.domain.days import beijing_day
from matcher.domain.errors import DeliveryFailed, MatcherError, NotFound
from matcher.domain.labels import label
from matcher.domain.reminder import Attachment, Outlet, Reminder, ReminderChannel
from matcher.pipeline.brief.contents import Brief, make_brief
from matcher.pipeline.brief.shown import brief_text, brief_workbook
from matcher.pipeline.lists.parks import ParkAnswer, get_park, list_parks
from matcher.store import reminders
from matcher.store.database import Database

Outcome = Literal["sent", "sent_before", "failed", "would_send"]

_LABELS: dict[Outcome, str] = {
    "sent": "已发送",
    "sent_before": "今天已发送过",
    "failed": "未送达",
    "would_send": "将发送",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one park's brief by one channel; `refused` are addresses that did not get it."""

    park: str
    channel: ReminderChannel
    addresses: tuple[str, ...]
    outcome: Outcome
    refused: tuple[str, ...] = ()
    error: MatcherError | None = None
    reminder: Reminder | None = None

    @property
    def whole(self) -> bool:
        """Whether everyone has it who should."""
        return self.outcome != "failed" and not self.refused

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form; what would be sent is told in a dry run alone."""
        told = self.reminder if self.outcome == "would_send" else None
        return {
            "park": self.park,
            "channel": self.channel.value,
            "channel_label": label(self.channel, "zh"),
            "addresses": list(self.addresses),
            "outcome": self.outcome,
            "outcome_label": _LABELS[self.outcome],
            "refused": list(self.refused),
            "error": None if self.error is None else self.error.en,
            "error_zh": None if self.error is None else self.error.zh,
            "subject": None if told is None else told.subject,
            "text": None if told is None else told.text,
        }


def remind(
    database: Database,
    principal: Principal,
    outlets: Sequence[Outlet],
    now: datetime,
    *,
    park_code: str | None = None,
    dry_run: bool = False,
) -> list[Delivery]:
    """Send the brief of one park or of every park in scope, where it has not gone out today.

    A delivery that fails is told and leaves the others alone; it is tried again at the next start. Two
    starts at once send one after the other, so that the second finds the briefs sent.

    Raises:
        NotFound: the park is not in scope.
    """
    parks = (
        list_parks(database, principal.scope).items
        if park_code is None
        else [get_park(database, park_code, principal.scope)]
    )
    tour = _Tour(database, principal, now, dry_run)
    with nullcontext() if dry_run else database.exclusive("remind", wait=True):
        found = [delivery for park in parks for delivery in tour.deliver(park, outlets)]
    return found if park_code is not None else [*found, *_strangers(outlets, parks)]


@dataclass(frozen=True)
class _Tour:
    database: Database
    principal: Principal
    now: datetime
    dry_run: bool

    def deliver(self, park: ParkAnswer, outlets: Sequence[Outlet]) -> Iterator[Delivery]:
        """Send a park's brief by each channel; it is made once, and only where it is to be sent."""
        day = beijing_day(self.now)
        made = cache(
            lambda: reminder_of(make_brief(self.database, self.principal, park.code, self.now), park.id)
        )
        for outlet in outlets:
            addresses = outlet.addresses(park.code)
            if not addresses:
                continue
            told = Delivery(park=park.code, channel=outlet.channel, addresses=addresses, outcome="sent")
            with self.database.reading() as session:
                before = reminders.sent_at(session, park.id, day, outlet.channel)
            if before is not None:
                yield replace(told, outcome="sent_before")
            elif self.dry_run:
                yield replace(told, outcome="would_send", reminder=made())
            else:
                yield self._send(replace(told, reminder=made()), outlet, park.id)

    def _send(self, told: Delivery, outlet: Outlet, park_id: int) -> Delivery:
        assert told.reminder is not None
        try:
            refused = outlet.send(told.reminder, told.addresses)
        except DeliveryFailed as error:
            return replace(told, outcome="failed", error=error)
        day = beijing_day(self.now)
        with self.database.writing() as session:
            reminders.record(session, park_id, day, outlet.channel, self.now)
        return replace(told, refused=refused)


def reminder_of(brief: Brief, park_id: int) -> Reminder:
    """A brief as it goes out: the text with the top of each list, JSON, and the workbook."""
    stream = BytesIO()
    brief_workbook(brief, stream)
    name = f"{brief.park_name}晨报 {brief.day:%Y-%m-%d}"
    return Reminder(
        id=f"brief_{park_id}_{brief.day:%Y%m%d}",
        at=brief.made_at,
        subject=f"{name}：{brief.headline}",
        text=brief_text(brief, rest="，见附件"),
        record=brief.as_json(),
        workbook=Attachment(f"{name}.xlsx", stream.getvalue()),
    )


def _strangers(outlets: Sequence[Outlet], parks: Sequence[ParkAnswer]) -> Iterator[Delivery]:
    """Codes that a setting names and no park has: a slip of the pen leaves no office without briefs."""
    known = {park.code for park in parks}
    for outlet in outlets:
        for code in sorted(outlet.by_park.keys() - known):
            error = NotFound(
                f"MATCHER_REMIND_TO 中的园区 {code} 不存在。",
                f"MATCHER_REMIND_TO names {code}, and there is no such park.",
                field="MATCHER_REMIND_TO",
            )
            yield Delivery(
                park=code,
                channel=outlet.channel,
                addresses=outlet.by_park[code],
                outcome="failed",
                error=error,
            )
