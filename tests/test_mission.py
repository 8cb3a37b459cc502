"""One test for each complaint in the mission's table that the first issue answers, named after it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.domain.access import DISTRICT
from matcher.domain.calibration import PRIOR
from matcher.domain.errors import TooLittleText
from matcher.domain.listing import Side
from matcher.pipeline.matches.written import matches_of_demand
from matcher.ports import Encoder
from matcher.store.tables import LedgerEntry, LedgerHuman
from tests.pipeline.given import Desk, row, rows_of

NEED = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="乙公司", code="D-1")
FITTING = row("液氢低温阀门泄漏检测方法", "在线检测低温密封处的氢气泄漏", code="S-fit", unit="甲所")


@pytest.fixture
def desk(database_url: str, tmp_path: Path, encoder: Encoder) -> Iterator[Desk]:
    opened = Desk.at(database_url, tmp_path, encoder)
    yield opened
    opened.service.close()


def written(desk: Desk, park: int, title: str = NEED["title"]) -> list[tuple[str, float]]:
    found = matches_of_demand(desk.database, desk.demand(park, title).id, DISTRICT, desk.now)
    return [(one.achievement_code, one.score) for one in found.items if one.achievement_code]


def test_one_fused_number_near_a_hundredth_makes_every_threshold_meaningless(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(FITTING, *rows_of("S", 30, unit="研究所"))
    desk.demands(park, NEED)
    desk.refresh()
    with desk.database.reading() as session:
        entries = session.scalars(select(LedgerEntry).order_by(LedgerEntry.rank)).all()
    for one in entries:
        assert one.contributions.keys() == {"dense", "dense_title", "lexical_text", "lexical_title"}
        assert all(0 <= part <= 1 for part in one.contributions.values())
        assert sum(one.contributions.values()) == pytest.approx(one.score, abs=1e-12)
        assert one.score is not None
        assert one.probability == PRIOR.probability(one.score), "a documented prior, and no third opinion"
    best, worst = entries[0], entries[-1]
    assert best.score is not None
    assert worst.score is not None
    assert best.score != best.similarity
    assert best.score > 0.5 > 0.3 > worst.score, "a fit and chance lie far apart"


def test_a_match_of_45_percent_for_an_empty_profile(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(FITTING, row("阀", code="S-empty"), row("——", code="S-dash"))
    desk.demands(park, NEED, row("阀", code="D-empty"))
    desk.refresh()
    assert [code for code, _ in written(desk, park)] == ["S-fit"]
    empty = matches_of_demand(desk.database, desk.demand(park, "阀").id, DISTRICT, desk.now)
    assert empty.items == []
    assert empty.reason is not None
    assert empty.reason.code == "too_little_text"
    with pytest.raises(TooLittleText):
        desk.matching().match("阀", Side.DEMAND, DISTRICT, 10)


def test_missing_data_never_counts_as_agreement(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply({**FITTING, "unit": ""}, row("遥感土壤墒情反演算法", code="S-far"))
    desk.demands(park, {**NEED, "unit": ""})
    desk.refresh()
    found = dict(written(desk, park))
    assert found.keys() == {"S-fit", "S-far"}, "two unknown organisations are not the same one"
    assert found["S-far"] < 0.05, "nothing in common but blanks scores next to nothing"


def test_hidden_expired_and_own_items_are_recommended(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(
        FITTING,
        {**FITTING, "code": "S-secret", "level": "秘密"},
        {**FITTING, "code": "S-expired", "until": "2026-11-01"},
        {**FITTING, "code": "S-own", "unit": "乙公司"},
        {**FITTING, "code": "S-gone", "title": "撤回的方法"},
    )
    desk.withdraw(Side.SUPPLY, desk.shelf()["撤回的方法"])
    desk.demands(park, NEED)
    desk.refresh()
    assert [code for code, _ in written(desk, park)] == ["S-fit"]
    [asked] = desk.matching().match(NEED["title"], Side.DEMAND, DISTRICT, 10).items
    assert (asked.achievement_code, len(asked.also)) == ("S-fit", 1), "a free text has no organisation: S-own"


def test_filtering_after_the_search_returns_too_few_hits(desk: Desk) -> None:
    park = desk.park("one")
    better = [{**FITTING, "code": f"own-{number}", "unit": "乙公司"} for number in range(300)]
    desk.supply(*better, *rows_of("S", 10, unit="研究所"))
    desk.demands(park, NEED)
    desk.refresh()
    assert len(written(desk, park)) == 10
    assert all(code.startswith("S-") for code, _ in written(desk, park))


@pytest.mark.both_engines
def test_the_batch_overwrites_what_people_wrote(desk: Desk) -> None:
    park = desk.park("one")
    desk.supply(FITTING)
    desk.demands(park, NEED)
    desk.refresh()
    moment = datetime(2026, 11, 2, 5, tzinfo=UTC)
    with desk.database.writing() as session:
        [entry] = session.scalars(select(LedgerEntry.id))
        human = {
            "entry_id": entry,
            "park_id": park,
            "stage": "signed",
            "updated_at": moment,
            "version": 1,
            "updated_by": "王",
        }
        session.add(LedgerHuman(**human))
    desk.edit(desk.demand(park, NEED["title"]), detail="完全换了一件事")
    desk.refresh()
    desk.withdraw(Side.DEMAND, desk.demand(park, NEED["title"]))
    desk.now += timedelta(days=1)
    desk.refresh()
    with desk.database.reading() as session:
        [kept] = session.scalars(select(LedgerHuman))
        [machine] = session.scalars(select(LedgerEntry))
    assert {name: getattr(kept, name) for name in human} == human
    assert (machine.standing, machine.cause) == ("void", "demand_withdrawn"), "beside the stage, not over it"


def test_no_solution_with_no_reason(desk: Desk) -> None:
    park = desk.park("one")
    desk.demands(park, NEED)
    desk.refresh()
    found = matches_of_demand(desk.database, desk.demand(park, NEED["title"]).id, DISTRICT, desk.now)
    assert found.items == []
    assert found.reason is not None
    assert found.reason.code == "no_supply"
    assert "请先导入成果清单" in found.reason.zh, "it says what would change it"


def test_the_model_cannot_be_loaded_offline() -> None:
    code = """
import json, socket, sys
def refuse(*rest):
    raise RuntimeError("an outgoing connection")
socket.socket.connect = refuse
from matcher.domain.listing import Side
from matcher.embed.factory import load_encoder
encoder = load_encoder(None)
vectors = encoder.encode(["液氢阀门", "液氢阀门泄漏", "土壤墒情"], Side.DEMAND)
near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
print(json.dumps([near, far, "torch" in sys.modules]))
"""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MATCHER_", "HF_"))}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=kept, capture_output=True, timeout=60, check=True
    )
    near, far, torch = json.loads(ended.stdout)
    assert near > far
    assert not torch
