"""A night's difference: what is new, changed, vanished and kept, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Scope
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.listing import Side
from matcher.domain.standings import Trigger
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import edit_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.past.differences import DiffAnswer, ledger_diff
from tests.pipeline.given import NOON, Desk, row

SUPPLY = [
    row("低温阀门泄漏检测方法", "用于低温阀门密封处的泄漏检测", unit="甲所", code="S1"),
    row("氢气泄漏传感器", "氢气管道泄漏检测的传感器", unit="乙所", code="S2"),
    row("冷库除霜控制装置", "冷库蒸发器的除霜控制", unit="丙所", code="S3"),
]
DEMANDS = [
    row("需要阀门泄漏检测", "低温阀门密封处泄漏，需要检测", unit="某公司", code="D1"),
    row("需要冷库除霜", "冷库蒸发器结霜，致电 13800005555", unit="另公司", code="D2"),
]


@pytest.fixture
def park(desk: Desk) -> int:
    """A park with two demands, three achievements to choose from, and one night behind it."""
    park = desk.park("one")
    desk.supply(*SUPPLY)
    desk.demands(park, *DEMANDS)
    night(desk)
    return park


def night(desk: Desk, top_k: int = 2) -> int:
    desk.now += timedelta(hours=1)
    run_id = desk.refresh(top_k).run_id
    desk.now += timedelta(hours=1)
    return run_id


def kinds(found: DiffAnswer) -> dict[str, set[tuple[int, int]]]:
    return {
        name: {(one.demand_id, one.achievement_id) for one in getattr(found, name)}
        for name in ("new", "changed", "vanished", "aside")
    }


def current(desk: Desk) -> set[tuple[int, int]]:
    entries, _ = list_entries(desk.database, DISTRICT, EntryFilter())
    return {(one.demand_id, one.achievement_id) for one in entries if one.standing == "current"}


def test_before_the_first_night_there_was_nothing_and_everything_is_new(desk: Desk, park: int) -> None:
    found = ledger_diff(desk.database, DISTRICT)
    assert (found.run.run_id, found.since, found.kept) == (1, None, 0)
    assert kinds(found) == {"new": current(desk), "changed": set(), "vanished": set(), "aside": set()}
    [first, *_] = found.as_json()["new"]
    assert (first["event"], first["event_label"]) == ("created", "新增")
    assert first["causes"] == ["demand_added", "achievement_added"]
    assert first["causes_zh"] == ["新增需求", "新增成果"]
    assert first["figures"]["rank"] == {"before": None, "after": 1}
    titles = {one["demand_title"] for one in found.as_json()["new"]}
    assert titles == {"需要阀门泄漏检测", "需要冷库除霜"}


def test_a_night_without_news_keeps_everything(desk: Desk, park: int) -> None:
    run_id = night(desk)
    found = ledger_diff(desk.database, DISTRICT)
    assert (found.run.run_id, found.since and found.since.run_id) == (run_id, 1)
    assert kinds(found) == {"new": set(), "changed": set(), "vanished": set(), "aside": set()}
    assert found.kept == len(current(desk)) == 4


def test_an_edited_text_changes_the_figures_of_its_pairs_and_is_the_cause(desk: Desk, park: int) -> None:
    desk.edit(desk.demand(park, "需要阀门泄漏检测"), title="需要氢气泄漏传感器")
    report_of = night(desk)
    found = ledger_diff(desk.database, DISTRICT, run_id=report_of)
    changed = [one.as_json() for one in found.changed]
    assert changed
    for one in changed:
        assert one["causes"] == ["demand_edited"]
        assert one["demand_title"] == "需要氢气泄漏传感器"
        assert one["figures"]["score"]["after"] == one["score"] != one["figures"]["score"]["before"]
    assert found.kept + len(found.changed) + len(found.new) == 4


def test_a_withdrawn_side_makes_its_pairs_vanish_and_those_that_had_left_void(desk: Desk, park: int) -> None:
    night(desk, top_k=1)
    desk.withdraw(Side.DEMAND, desk.demand(park, "需要冷库除霜"))
    before = current(desk)
    run_id = night(desk, top_k=1)
    found = ledger_diff(desk.database, DISTRICT)
    assert found.run.run_id == run_id
    assert kinds(found)["vanished"] == before - current(desk)
    for one in (*found.vanished, *found.aside):
        record = one.as_json()
        assert (record["causes"], record["standing"]) == (["demand_withdrawn"], "void")
    assert len(found.aside) == 1, "one that the smaller k had taken away"
    assert found.aside[0].as_json()["event"] == "changed"


def test_causes_of_several_nights_are_united_in_their_order(desk: Desk, park: int) -> None:
    desk.edit(desk.demand(park, "需要阀门泄漏检测"), title="需要氢气泄漏传感器")
    night(desk)
    desk.edit(desk.shelf()["氢气泄漏传感器"], abstract="氢气管道泄漏检测，响应快")
    night(desk)
    causes = {tuple(one.causes) for one in ledger_diff(desk.database, DISTRICT, since=1).changed}
    assert ("demand_edited", "achievement_edited") in causes
    causes = {tuple(one.causes) for one in ledger_diff(desk.database, DISTRICT, since=2).changed}
    assert not any("demand_edited" in one for one in causes)


def test_a_pair_whose_side_is_back_has_returned_and_what_went_and_came_is_kept(desk: Desk, park: int) -> None:
    desk.withdraw(Side.SUPPLY, desk.shelf()["冷库除霜控制装置"])
    gone = night(desk)
    desk.supply(SUPPLY[2], overwrite=True)
    night(desk)
    returned = ledger_diff(desk.database, DISTRICT, since=gone).new
    assert {one.event.value for one in returned} == {"returned"}
    assert {one.causes[0] for one in returned} <= {"achievement_added", "competition"}
    assert any(tuple(one.causes) == ("achievement_added",) for one in returned)
    whole = ledger_diff(desk.database, DISTRICT, since=1)
    assert not whole.new + whole.vanished


@pytest.mark.both_engines
def test_a_difference_is_counted_as_the_run_itself_counted(desk: Desk, park: int) -> None:
    desk.edit(desk.demand(park, "需要阀门泄漏检测"), title="需要氢气泄漏传感器")
    desk.withdraw(Side.SUPPLY, desk.shelf()["冷库除霜控制装置"])
    desk.now += timedelta(hours=1)
    report = desk.refresh(2)
    found = ledger_diff(desk.database, DISTRICT)
    assert len(found.vanished) == report.entries_vanished
    assert len(found.new) + len(found.changed) == report.entries_created + report.entries_changed
    assert found.kept == report.entries_kept


@pytest.mark.both_engines
def test_a_day_means_the_ledger_that_stood_when_the_day_began_in_beijing(desk: Desk, park: int) -> None:
    midnight = datetime(2026, 11, 2, 16, tzinfo=UTC)  # the start of 3 November in Beijing
    for moment, k in ((midnight - timedelta(seconds=1), 1), (midnight, 3), (midnight + timedelta(days=1), 2)):
        desk.now = moment
        desk.refresh(k)
    since = {
        day: ledger_diff(desk.database, DISTRICT, since=date(2026, 11, day)).since for day in (2, 3, 4, 5)
    }
    assert {day: run and run.run_id for day, run in since.items()} == {2: None, 3: 2, 4: 3, 5: 4}
    assert len(ledger_diff(desk.database, DISTRICT, since=date(2026, 11, 2)).new) == 4


def test_only_the_parks_in_scope_and_the_park_asked_for_are_told_of(desk: Desk, park: int) -> None:
    other = desk.park("two")
    desk.demands(other, *DEMANDS)
    night(desk)
    mine = Scope(frozenset({park}))
    assert not ledger_diff(desk.database, mine).new
    assert ledger_diff(desk.database, mine).kept == 4
    assert ledger_diff(desk.database, mine).run.counts == {}
    assert {one.park for one in ledger_diff(desk.database, DISTRICT).new} == {"two"}
    asked = ledger_diff(desk.database, DISTRICT, park_id=park)
    assert (kinds(asked)["new"], asked.kept) == (set(), 4)
    assert ledger_diff(desk.database, mine, park_id=other).kept == 0


def test_what_people_write_is_no_difference_of_a_night(desk: Desk, park: int) -> None:
    [first, *_], _ = list_entries(desk.database, DISTRICT, EntryFilter())
    edit_entry(desk.database, Request(LOCAL_OPERATOR, desk.now), first.id, {"owner": "示例赵"})
    night(desk)
    assert ledger_diff(desk.database, DISTRICT).kept == 4


WRONG: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "an unknown run": ({"run_id": 99}, NotFound),
    "an unknown since": ({"since": 99}, NotFound),
    "a failed run": ({"run_id": 2}, InvalidInput),
    "a failed since": ({"since": 2}, InvalidInput),
    "a since after the run": ({"run_id": 1, "since": 3}, InvalidInput),
    "a day after the run": ({"run_id": 1, "since": date(2026, 12, 1)}, InvalidInput),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_run_that_left_no_ledger_and_a_since_after_the_run_are_refused(
    desk: Desk, park: int, case: str
) -> None:
    class Broken:
        encoder_id = "broken"

        def encode(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("the model is broken")

    with pytest.raises(RuntimeError):
        replace(desk.refresher(), encoder_in_use=Broken)(  # type: ignore[arg-type]
            LOCAL_OPERATOR, Trigger.BATCH
        )
    assert night(desk) == 3
    asked, error = WRONG[case]
    with pytest.raises(error) as refused:
        ledger_diff(desk.database, DISTRICT, **asked)
    if isinstance(refused.value, InvalidInput):
        assert refused.value.field == ("run_id" if "failed run" in case else "since")


def test_without_any_run_there_is_no_difference(desk: Desk) -> None:
    with pytest.raises(NotFound):
        ledger_diff(desk.database, DISTRICT)
    assert desk.now == NOON
