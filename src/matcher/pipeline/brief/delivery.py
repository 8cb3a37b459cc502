"""Morning briefs sent out: each park's by every channel that is set up, once a day."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Literal

from matcher.domain.access import Principal
from matcher.domain.days import beijing_day
from matcher.domain.errors import DeliveryFailed, MatcherError, NotFound
from matcher.domain.labels import label
from matcher.domain.reminder import Attachment, Outlet, Reminder, ReminderChannel
from matcher.pipeline.answers import Answer
from matcher.pipeline.brief.answers import BriefAnswer
from matcher.pipeline.brief.contents import make_brief
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


class Delivery(Answer):
    """What became of one park's brief by one channel; `refused` are addresses that did not get it.

    What would be sent is told in a dry run alone.
    """

    park: str
    channel: ReminderChannel
    channel_label: str
    addresses: list[str]
    outcome: Outcome
    outcome_label: str
    refused: list[str]
    error: str | None
    error_zh: str | None
    subject: str | None
    text: str | None

    @classmethod
    def of(
        cls,
        park: str,
        outlet: Outlet,
        outcome: Outcome,
        *,
        refused: Sequence[str] = (),
        error: MatcherError | None = None,
        would_send: Reminder | None = None,
    ) -> "Delivery":
        """The outcome for whoever the brief of the park with this code goes to by an outlet."""
        return cls(
            park=park,
            channel=outlet.channel,
            channel_label=label(outlet.channel, "zh"),
            addresses=list(outlet.addresses(park)),
            outcome=outcome,
            outcome_label=_LABELS[outcome],
            refused=list(refused),
            error=None if error is None else error.en,
            error_zh=None if error is None else error.zh,
            subject=None if would_send is None else would_send.subject,
            text=None if would_send is None else would_send.text,
        )

    @property
    def whole(self) -> bool:
        """Whether everyone has it who should."""
        return self.outcome != "failed" and not self.refused


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
        deliveries = [delivery for park in parks for delivery in tour.deliver(park, outlets)]
    return deliveries if park_code is not None else [*deliveries, *_strangers(outlets, parks)]


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
            lambda: reminder_of(
                make_brief(self.database, self.principal, park.code, self.now, work=True), park.id
            )
        )
        for outlet in outlets:
            if not outlet.addresses(park.code):
                continue
            with self.database.reading() as session:
                before = reminders.sent_at(session, park.id, day, outlet.channel)
            if before is not None:
                yield Delivery.of(park.code, outlet, "sent_before")
            elif self.dry_run:
                yield Delivery.of(park.code, outlet, "would_send", would_send=made())
            else:
                yield self._send(made(), outlet, park)

    def _send(self, reminder: Reminder, outlet: Outlet, park: ParkAnswer) -> Delivery:
        try:
            refused = outlet.send(reminder, outlet.addresses(park.code))
        except DeliveryFailed as error:
            return Delivery.of(park.code, outlet, "failed", error=error)
        with self.database.writing() as session:
            reminders.record(session, park.id, beijing_day(self.now), outlet.channel, self.now)
        return Delivery.of(park.code, outlet, "sent", refused=refused)


def reminder_of(brief: BriefAnswer, park_id: int) -> Reminder:
    """A brief as it goes out: the text with the top of each list, JSON, and the workbook."""
    stream = BytesIO()
    brief_workbook(brief, stream)
    return Reminder(
        id=f"brief_{park_id}_{brief.day:%Y%m%d}",
        at=brief.made_at,
        subject=f"{brief.title}：{brief.headline}",
        text=brief_text(brief, rest="，见附件"),
        record=brief.as_json(),
        workbook=Attachment(f"{brief.title}.xlsx", stream.getvalue()),
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
            yield Delivery.of(code, outlet, "failed", error=error)
