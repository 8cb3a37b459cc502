import time
from dataclasses import replace
from datetime import timedelta

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.listing import Demand
from matcher.domain.standings import Trigger
from matcher.pipeline.lists import writing
from matcher.pipeline.matches.written import matches_of_demand
from matcher.pipeline.nights.runs import list_runs
from matcher.pipeline.nights.watch import ChangeWatcher
from tests.pipeline.given import Desk, row

VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲所", code="S-valve")


def test_a_run_is_due_when_the_lists_the_day_or_the_settings_moved_on(desk: Desk) -> None:
    refresh = desk.refresher()
    assert not refresh.is_due(), "there is nothing to match"
    desk.supply(VALVE)
    assert refresh.is_due()
    desk.refresh()
    assert not refresh.is_due()
    desk.edit(desk.shelf()["液氢低温阀门密封"], level="国内领先")
    assert refresh.is_due()
    desk.refresh()
    assert replace(refresh, top_k=refresh.top_k + 1).is_due(), "more matches are wanted"
    desk.now += timedelta(hours=11)
    assert not refresh.is_due()
    desk.now += timedelta(hours=1)
    assert refresh.is_due(), "it is tomorrow in Beijing"


def test_a_demand_added_over_rest_is_matched_while_the_service_runs(desk: Desk) -> None:
    desk.park("one")
    desk.supply(VALVE)
    desk.refresh()
    watcher = ChangeWatcher(desk.refresher(), interval=0.02)
    watcher.start()
    try:
        desk.now += timedelta(minutes=1)
        listing = Demand(title="液氢阀门泄漏检测", detail="低温密封")
        made = writing.create_listing(desk.database, LOCAL_OPERATOR, listing, desk.now, park="one")
        until = time.monotonic() + 30
        while True:
            written = matches_of_demand(desk.database, made.id, DISTRICT, desk.now)
            if written.items:
                break
            assert written.reason is not None
            assert written.reason.code == "not_matched_yet"
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        watcher.stop()
    assert [one.achievement_title for one in written.items] == ["液氢低温阀门密封"]
    runs = list_runs(desk.database, DISTRICT).items
    assert [run.trigger for run in runs] == [Trigger.CHANGE, Trigger.BATCH], "one run for one change"


@pytest.mark.both_engines
def test_the_watcher_waits_while_another_refresh_runs_and_then_does_its_work(desk: Desk) -> None:
    desk.supply(VALVE)
    watcher = ChangeWatcher(desk.refresher(), interval=0.02)
    with desk.database.exclusive("refresh", wait=False) as held:
        assert held
        watcher.start()
        time.sleep(0.2)
        assert list_runs(desk.database, DISTRICT).items == []
    until = time.monotonic() + 30
    while not list_runs(desk.database, DISTRICT).items and time.monotonic() < until:
        time.sleep(0.02)
    watcher.stop()
    [run] = list_runs(desk.database, DISTRICT).items
    assert run.status == "succeeded"
