"""Nights that build on the last one leave the database that whole nights leave."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import update

from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.listing import Side
from matcher.domain.rules import Constraints, ParkProfile
from matcher.index.last_night import LastNight
from matcher.pipeline.idempotency import Request
from matcher.pipeline.rules.constraints import save_constraints
from matcher.pipeline.rules.profiles import save_profile
from matcher.store import runs
from matcher.store.catalogue import Shelf
from matcher.store.tables import RunRow
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import Desk, dump, row

THINGS = ("电解槽隔膜", "液氢阀门", "焊缝图像识别", "疫苗佐剂", "高温轴承涂层", "水质监测传感器")
MEANS = ("连续制备", "泄漏检测", "寿命预测", "成套装备", "工艺优化", "在线监测", "可靠性评价")
TITLES = [f"{thing}{way}" for thing in THINGS for way in MEANS]


def day_of_work(desk: Desk, chance: random.Random, park_id: int) -> None:
    """Some of what people do to both lists in a day, the same on every desk for the same chance."""
    supply, wanted = desk.shelf(), desk.shelf(Shelf(Side.DEMAND, park_id=park_id))
    for title in chance.sample(sorted(supply), 2):
        desk.edit(supply[title], abstract=f"用于{chance.choice(TITLES)}的新方法")
    desk.withdraw(Side.SUPPLY, supply[chance.choice(sorted(supply))])
    desk.supply(*(row(f"{chance.choice(TITLES)}装置{chance.random():.6f}", unit="新所") for _ in range(2)))
    title = chance.choice(sorted(wanted))
    desk.edit(wanted[title], detail=f"需要{chance.choice(TITLES)}", released=chance.random() < 0.7)


def filled(desk: Desk) -> int:
    park_id = desk.park("P1")
    desk.supply(*(row(title, unit=f"第{place % 5}研究所") for place, title in enumerate(TITLES)))
    desk.demands(
        park_id,
        *(row(f"求{title}", f"解决{title}的难题", released="是") for title in TITLES[::3]),
        row("求购", "第0研究所的产品", unit="第0研究所"),
    )
    return park_id


def forget(desk: Desk) -> None:
    (desk.service.settings.data_dir / "index" / "last-night.npz").unlink(missing_ok=True)


@pytest.mark.parametrize("seed", range(3))
def test_every_row_of_the_database_is_as_whole_nights_leave_it(new_desk: NewDesk, seed: int) -> None:
    building, whole = new_desk(), new_desk()
    parks = [filled(desk) for desk in (building, whole)]
    for night in range(5):
        for desk, park_id in zip((building, whole), parks, strict=True):
            chance = random.Random(f"{seed}/{night}")
            if night:
                day_of_work(desk, chance, park_id)
            if night == 3:
                rules = Constraints(max_price=50.0, strict=True)
                demand = desk.demand(park_id, f"求{TITLES[0]}")
                save_constraints(desk.database, Request(LOCAL_OPERATOR, desk.now), demand.id, rules)
            if night == 4:
                save_profile(desk.database, Request(LOCAL_OPERATOR, desk.now), "P1", ParkProfile(top_k=3))
            desk.now += timedelta(days=1)
        forget(whole)
        first, second = building.refresh(), whole.refresh()
        assert first == second
        assert dump(building.database) == dump(whole.database)


@pytest.mark.both_engines
def test_a_whole_night_finds_nothing_left_to_change(desk: Desk) -> None:
    park_id = filled(desk)
    desk.refresh()
    for night in range(3):
        day_of_work(desk, random.Random(night), park_id)
        desk.now += timedelta(days=1)
        desk.refresh()
    left = dump(desk.database, "run")
    forget(desk)
    with desk.database.writing() as session:  # else nothing is matched, for nothing has changed
        session.execute(update(RunRow).values(fingerprint="of no list"))
    desk.now += timedelta(days=1)
    report = desk.refresh()
    assert (report.entries_created, report.entries_changed, report.entries_vanished) == (0, 0, 0)
    assert dump(desk.database, "run") == left


@pytest.mark.parametrize("damage", [b"", b"not a file of arrays"])
def test_a_damaged_file_is_as_none(desk: Desk, damage: bytes) -> None:
    filled(desk)
    desk.refresh()
    kept = desk.service.settings.data_dir / "index" / "last-night.npz"
    whole = kept.read_bytes()
    for content in (damage, whole[:-200], whole[:300] + damage + whole[300 + len(damage) + 1 :]):
        kept.write_bytes(content)
        assert LastNight(kept.parent).read("another night's") is None
    desk.edit(desk.shelf()[TITLES[0]], abstract="改写")
    assert desk.refresh().entries_kept > 0


def test_what_is_kept_is_of_one_night_alone(desk: Desk) -> None:
    filled(desk)
    desk.refresh()
    with desk.database.reading() as session:
        last = runs.last_success(session)
    assert last is not None
    assert last.fingerprint is not None
    kept = LastNight(desk.service.settings.data_dir / "index")
    assert kept.read(last.fingerprint) is not None
    assert kept.read(last.fingerprint[::-1]) is None
