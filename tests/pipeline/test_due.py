from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import Forbidden, InvalidInput, NotFound
from matcher.domain.stages import Stage
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits
from matcher.pipeline.ledger.due import list_due
from matcher.pipeline.ledger.entries import list_entries
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, operator_of, rows_of

TODAY = "2026-11-02"


@dataclass
class Office:
    """Two parks of two demands each; `entries` are the ids of the first park's, `foreign` of the other's."""

    desk: Desk
    own: int
    other: int
    entries: list[int]
    foreign: list[int]

    def edit(self, entry: int, **changes: Any) -> None:
        edits.edit_entry(self.desk.database, Request(LOCAL_OPERATOR, self.desk.now), entry, changes)

    def due(self, principal: Principal = LOCAL_OPERATOR, **wanted: Any) -> list[tuple[int, str, int]]:
        due = list_due(self.desk.database, principal, self.desk.now, **wanted).items
        assert all(one.overdue == (one.days < 0) for one in due)
        return [(one.entry.entry_id, one.kind, one.days) for one in due]


def matched(desk: Desk) -> tuple[int, int, list[int], list[int]]:
    own, other = desk.park("own"), desk.park("other")
    desk.supply(*rows_of("S", 2, unit="研究所"))
    for park in (own, other):
        desk.demands(park, *rows_of("D", 2, start=5, unit="企业"))
    desk.refresh()
    entries, foreign = (
        [one.id for one in list_entries(desk.database, DISTRICT, EntryFilter(park_id=park))[0]]
        for park in (own, other)
    )
    return own, other, entries, foreign


@pytest.fixture
def office(desk_like: DeskLike) -> Office:
    desk, made = desk_like(matched)
    return Office(desk, *made)


@pytest.mark.both_engines
def test_what_is_overdue_comes_first_then_day_by_day(office: Office) -> None:
    one, two, three, four = office.entries
    office.edit(one, due="2026-11-09")
    office.edit(two, due="2026-10-20", trial_end="2026-12-02")
    office.edit(three, due="2026-11-10", trial_end="2026-12-03")
    edits.move_entry(
        office.desk.database,
        Request(LOCAL_OPERATOR, office.desk.now),
        four,
        Stage.PAUSED,
        return_on=datetime(2026, 11, 4, tzinfo=UTC).date(),
    )
    assert office.due() == [
        (two, "action", -13),
        (four, "return", 2),
        (one, "action", 7),
        (two, "trial_end", 30),
    ]
    assert office.due(days=0) == [(two, "action", -13), (two, "trial_end", 30)]
    assert (three, "trial_end", 31) in office.due(days=31)


def test_an_item_says_what_it_is_in_words_and_shows_its_entry_masked(office: Office) -> None:
    office.edit(office.entries[0], due=TODAY, next_action="致电 13800005555")
    [item] = list_due(office.desk.database, LOCAL_OPERATOR, office.desk.now).as_json()["items"]
    assert (item["kind_label"], item["due_on"], item["days"], item["overdue"]) == ("下一步", TODAY, 0, False)
    assert item["entry"]["next_action"].startswith("致电 138")
    assert "13800005555" not in str(item)


def test_a_day_is_over_at_midnight_in_beijing(office: Office) -> None:
    office.edit(office.entries[0], due=TODAY)
    office.desk.now = datetime(2026, 11, 2, 15, 59, tzinfo=UTC)
    assert office.due() == [(office.entries[0], "action", 0)]
    office.desk.now += timedelta(minutes=1)
    assert office.due() == [(office.entries[0], "action", -1)]


def test_what_left_the_ranking_is_still_due(office: Office) -> None:
    for entry in office.entries:
        office.edit(entry, due=TODAY)
    office.desk.refresh(top_k=1)
    assert len(office.due()) == len(office.entries)


@pytest.mark.both_engines
def test_one_persons_due_list_holds_what_they_own_or_manage(office: Office) -> None:
    one, two, three, _ = office.entries
    office.edit(one, due=TODAY, owner="示例赵")
    office.edit(two, due=TODAY, technology_manager="示例赵")
    office.edit(three, due=TODAY, owner="示例赵三")
    assert [found[0] for found in office.due(person="示例赵")] == [one, two]


def test_a_caller_sees_what_is_due_in_its_own_parks(office: Office) -> None:
    office.edit(office.entries[0], due=TODAY)
    office.edit(office.foreign[0], due=TODAY)
    operator = operator_of(office.own)
    assert [found[0] for found in office.due(operator)] == [office.entries[0]]
    assert [found[0] for found in office.due(park="other")] == [office.foreign[0]]
    with pytest.raises(NotFound):
        office.due(operator, park="other")
    with pytest.raises(Forbidden):
        office.due(operator_of(office.own, role=Role.RESEARCH_UNIT))


@pytest.mark.parametrize("days", [-1, 367])
def test_the_days_ahead_are_within_a_year(office: Office, days: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        office.due(days=days)
    assert caught.value.field == "days"
