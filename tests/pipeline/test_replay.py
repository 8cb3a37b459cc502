"""Replay: a past run's ledger is shown as it was listed when the run had ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Scope
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, IllegalMove, InvalidInput, NotFound
from matcher.domain.listing import Side
from matcher.domain.stages import Stage
from matcher.domain.standings import Standing, Trigger
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import add_entry, edit_entry, move_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.exclusions import exclude_pair, lift_exclusion, list_exclusions
from matcher.pipeline.ledger.past.named_runs import read_when
from matcher.pipeline.ledger.past.replay import ledger_as_of
from matcher.store.catalogue import Shelf
from tests.pipeline.given import NOON, Desk, row

SUPPLY = [
    row("低温阀门泄漏检测方法", "用于低温阀门密封处的泄漏检测", unit="甲所", code="S1"),
    row("氢气泄漏传感器", "氢气管道泄漏检测的传感器", unit="乙所", code="S2"),
    row("冷库除霜控制装置", "冷库蒸发器的除霜控制", unit="丙所", code="S3"),
    row("抗体层析填料", "单克隆抗体纯化的层析填料", unit="丁所", code="S4"),
]
DEMANDS = [
    row("需要阀门泄漏检测", "低温阀门密封处泄漏，需要检测", unit="某公司", code="D1"),
    row("需要冷库除霜", "冷库蒸发器结霜，需要控制装置", unit="另公司", code="D2"),
]
WORDS = st.sampled_from(["泄漏", "除霜", "抗体纯化"])
ACTS = {
    "night": st.integers(1, 3),
    "edit": WORDS,
    "withdraw": st.sampled_from(Side),
    "restore": st.sampled_from(Side),
    "expire": st.sampled_from(Side),
    "work": st.sampled_from(["示例赵", "示例钱"]),
    "move": st.none(),
    "add": st.none(),
    "exclude": st.none(),
    "lift": st.none(),
}
STEPS = st.lists(
    st.one_of(*(st.tuples(st.just(kind), st.integers(0, 7), ACTS[kind]) for kind in [*ACTS, "night"])),
    min_size=3,
    max_size=14,
)


def listed(desk: Desk, scope: Scope = DISTRICT, **wanted: Any) -> list[EntryView]:
    return list_entries(desk.database, scope, EntryFilter(**wanted))[0]


class Years:
    """A desk where things happen one after the other, never at the same moment."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.park = desk.park("one")
        desk.supply(*SUPPLY)
        desk.demands(self.park, *DEMANDS)
        self.seen: dict[int, list[EntryView]] = {}

    def do(self, kind: str, which: int, told: Any) -> None:
        self.desk.now += timedelta(minutes=1)
        act: Callable[[int, Any], None] = getattr(self, kind)
        act(which, told)

    def night(self, _: int, top_k: int) -> None:
        run = self.desk.refresh(top_k)
        self.seen[run.run_id] = listed(self.desk)

    def rows(self, side: Side) -> list[Any]:
        shelf = Shelf(side) if side is Side.SUPPLY else Shelf(side, park_id=self.park)
        return sorted(self.desk.shelf(shelf).values(), key=lambda one: one.id)

    def edit(self, which: int, words: str) -> None:
        side = (Side.SUPPLY, Side.DEMAND)[which % 2]
        live = [one for one in self.rows(side) if one.withdrawn_at is None]
        if live:
            chosen = live[which % len(live)]
            self.desk.edit(chosen, title=f"{chosen.title[:8]}{words}", industry=words)

    def withdraw(self, which: int, side: Side) -> None:
        live = [one for one in self.rows(side) if one.withdrawn_at is None]
        if live:
            self.desk.withdraw(side, live[which % len(live)])

    def restore(self, which: int, side: Side) -> None:
        if side is Side.SUPPLY:
            self.desk.supply(SUPPLY[which % len(SUPPLY)], overwrite=True)
        else:
            self.desk.demands(self.park, DEMANDS[which % len(DEMANDS)], overwrite=True)

    def expire(self, which: int, side: Side) -> None:
        live = [one for one in self.rows(side) if one.withdrawn_at is None]
        if live:
            self.desk.edit(live[which % len(live)], valid_until=date(2026, 11, 1))

    def request(self) -> Request:
        return Request(LOCAL_OPERATOR, self.desk.now)

    def work(self, which: int, owner: str) -> None:
        if entries := listed(self.desk):
            edit_entry(self.desk.database, self.request(), entries[which % len(entries)].id, {"owner": owner})

    def move(self, which: int, _: None) -> None:
        if entries := listed(self.desk):
            try:
                move_entry(
                    self.desk.database, self.request(), entries[which % len(entries)].id, Stage.PENDING
                )
            except IllegalMove:
                return

    def pair(self, which: int) -> tuple[int, int]:
        demands, supply = self.rows(Side.DEMAND), self.rows(Side.SUPPLY)
        return demands[which % len(demands)].id, supply[which // 2 % len(supply)].id

    def add(self, which: int, _: None) -> None:
        try:
            add_entry(self.desk.database, self.request(), *self.pair(which))
        except (Conflict, InvalidInput):
            return

    def exclude(self, which: int, _: None) -> None:
        try:
            exclude_pair(self.desk.database, self.request(), *self.pair(which), "试过，不合适")
        except Conflict:
            return

    def lift(self, which: int, _: None) -> None:
        held = list_exclusions(self.desk.database, LOCAL_OPERATOR).items
        if held:
            lift_exclusion(self.desk.database, self.request(), held[which % len(held)].exclusion_id)


FILTERS: list[dict[str, Any]] = [
    {"in_view": True},
    {"standing": Standing.CURRENT},
    {"standing": Standing.VOID},
    {"stage": Stage.PENDING},
    {"person": "示例赵"},
    {"min_score": 0.2},
]


@given(STEPS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_past_run_is_shown_as_the_ledger_was_listed_when_it_had_ended(
    new_desk: Callable[[], Desk], steps: list[tuple[str, int, Any]]
) -> None:
    hold_replays(Years(new_desk()), [*steps, ("night", 0, 2), ("edit", 1, "除霜"), ("night", 0, 3)])


def hold_replays(years: Years, steps: list[tuple[str, int, Any]]) -> None:
    for step in steps:
        years.do(*step)
    desk = years.desk
    for run_id, seen in years.seen.items():
        run, found, cursor = ledger_as_of(desk.database, DISTRICT, run_id)
        assert (run.run_id, cursor) == (run_id, None)
        assert found == seen
    newest = max(years.seen)
    if listed(desk) == years.seen[newest]:
        for wanted in FILTERS:
            assert ledger_as_of(desk.database, DISTRICT, newest, EntryFilter(**wanted))[1] == listed(
                desk, **wanted
            )


LIVED: list[tuple[str, int, Any]] = [
    ("night", 0, 2),
    ("work", 0, "示例赵"),
    ("add", 7, None),
    ("edit", 0, "抗体纯化"),
    ("night", 0, 2),
    ("withdraw", 0, Side.DEMAND),
    ("move", 1, None),
    ("night", 0, 1),
    ("exclude", 0, None),
    ("restore", 0, Side.DEMAND),
    ("night", 0, 3),
    ("lift", 0, None),
    ("expire", 1, Side.SUPPLY),
    ("night", 0, 3),
    ("work", 2, "示例钱"),
]


@pytest.mark.both_engines
def test_replays_hold_on_both_databases(desk: Desk) -> None:
    years = Years(desk)
    hold_replays(years, LIVED)
    standings = {one.standing for seen in years.seen.values() for one in seen}
    assert standings == set(Standing)
    assert any(one.excluded for one in years.seen[4]), "an exclusion is shown in the nights it held"
    assert not any(one.excluded for one in years.seen[5])


@pytest.mark.both_engines
def test_a_long_walk_replays_on_both_databases(desk: Desk) -> None:
    chance = Random(20261102)
    told: dict[str, list[Any]] = {
        "night": [1, 2, 3],
        "edit": ["泄漏", "除霜", "抗体纯化"],
        "work": ["示例赵", "示例钱"],
        **{kind: list(Side) for kind in ("withdraw", "restore", "expire")},
    }
    kinds = [chance.choice([*ACTS, "night", "night"]) for _ in range(40)]
    hold_replays(
        Years(desk),
        [(kind, chance.randrange(8), chance.choice(told.get(kind, [None]))) for kind in kinds],
    )


@pytest.mark.both_engines
def test_pages_of_a_replay_follow_on_each_other(desk: Desk) -> None:
    years = Years(desk)
    years.do("night", 0, 3)
    years.do("edit", 1, "除霜")
    years.do("night", 0, 2)
    pages: list[EntryView] = []
    cursor = None
    while True:
        _, page, cursor = ledger_as_of(desk.database, DISTRICT, 1, after=cursor, limit=2)
        pages += page
        if cursor is None:
            break
    assert pages == years.seen[1]
    assert len(pages) == 6


def test_a_day_means_the_last_run_that_ended_by_the_end_of_it_in_beijing(desk: Desk) -> None:
    years = Years(desk)
    late = datetime(2026, 11, 2, 15, 59, 59, tzinfo=UTC)  # a second before midnight in Beijing
    for moment in (NOON, late, late + timedelta(seconds=1)):
        desk.now = moment
        years.night(0, len(years.seen) + 1)
    runs = {day: ledger_as_of(desk.database, DISTRICT, date(2026, 11, day))[0].run_id for day in (2, 3, 30)}
    assert runs == {2: 2, 3: 3, 30: 3}
    with pytest.raises(NotFound, match="2026-11-01"):
        ledger_as_of(desk.database, DISTRICT, date(2026, 11, 1))


def test_a_replay_names_what_its_figures_depend_on(desk: Desk) -> None:
    Years(desk).do("night", 0, 3)
    run, _, _ = ledger_as_of(desk.database, DISTRICT, 1)
    assert run.encoder_id == desk.encoder.encoder_id
    assert all((run.code_version, run.scorer, run.catalogue_revision))
    assert (run.calibration, run.profiles) == ("prior-4", {})


def test_a_run_that_left_no_ledger_cannot_be_replayed(desk: Desk) -> None:
    years = Years(desk)
    years.do("night", 0, 3)

    class Broken:
        encoder_id = "broken"

        def encode(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("the model is broken")

    broken = replace(desk.refresher(), encoder_in_use=Broken)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError):
        broken(LOCAL_OPERATOR, Trigger.BATCH)
    with pytest.raises(InvalidInput, match="2") as refused:
        ledger_as_of(desk.database, DISTRICT, 2)
    assert refused.value.field == "as_of"
    with pytest.raises(NotFound):
        ledger_as_of(desk.database, DISTRICT, 99)
    desk.now += timedelta(days=1)
    assert ledger_as_of(desk.database, DISTRICT, desk.now.date())[0].run_id == 1


@pytest.mark.both_engines
def test_another_parks_entries_are_in_no_replay(desk: Desk) -> None:
    years = Years(desk)
    other = desk.park("two")
    desk.demands(other, *DEMANDS)
    years.do("night", 0, 2)
    mine = Scope(frozenset({years.park}))
    _, found, _ = ledger_as_of(desk.database, mine, 1)
    assert found == listed(desk, mine)
    assert {one.park_id for one in found} == {years.park}
    _, nothing, _ = ledger_as_of(desk.database, mine, 1, EntryFilter(park_id=other))
    assert nothing == []


@pytest.mark.parametrize("text", ["12", " 12 ", "2026-11-02"])
def test_a_run_is_named_by_its_number_or_by_a_day(text: str) -> None:
    assert read_when(text, "since") == (12 if "12" in text and "-" not in text else date(2026, 11, 2))


@pytest.mark.parametrize(
    "text", ["", "-1", "yesterday", "2026-13-01", "１２", "9" * 40, "1.5", "0001-01-01", "9999-12-31"]
)
def test_what_names_no_run_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_when(text, "since")
    assert refused.value.field == "since"
