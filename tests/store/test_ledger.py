import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from matcher.domain.access import DISTRICT
from matcher.domain.bands import LIKELY, POSSIBLE, Band
from matcher.domain.entries import EntryFilter
from matcher.domain.ledger import Proposal
from matcher.domain.listing import Achievement, Demand, Side
from matcher.domain.rules import ParkProfile
from matcher.domain.stages import Stage
from matcher.domain.standings import Standing, Trigger
from matcher.store import ledger, night, parks, revisions, rule_versions, runs
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.revisions import Change
from matcher.store.runs import NewRun, WorkedOn
from matcher.store.tables import FeedEntry, LedgerEntry, LedgerHuman

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)
WORKED_ON = WorkedOn(
    catalogue_revision=1, scorer="1", calibration=None, scorers={}, profiles={}, constraints_to=0
)


@pytest.fixture
def pairs(database: Database) -> list[Proposal]:
    """Proposals of three demands for three achievements, none written yet."""
    change = Change("local", NOW, "rest")
    with database.writing() as session:
        park = parks.add(session, "p", "园", "", NOW).id
        needs = [Demand(title=f"需求第{n}项") for n in range(3)]
        demands = revisions.add(session, Shelf(Side.DEMAND, park_id=park), needs, change)
        offers = [Achievement(title=f"成果第{n}项") for n in range(3)]
        supply = revisions.add(session, Shelf(Side.SUPPLY), offers, change)
        return [
            Proposal(
                demand_id=demand.id,
                achievement_id=achievement.id,
                park_id=park,
                rank=place,
                similarity=0.1 + 1 / 3,
                score=1 / (place + 1),
                contributions={"dense": 1 / 3, "lexical_text": 0.1},
                terms=("阀门", "低温"),
                demand_version=1,
                achievement_version=1,
            )
            for demand in demands
            for place, achievement in enumerate(supply, start=1)
        ]


def run(database: Database) -> int:
    with database.writing() as session:
        new = NewRun(
            trigger=Trigger.BATCH,
            actor="local",
            started_at=NOW,
            code_version="1",
            encoder_id="e",
            top_k=3,
            worked_on=WORKED_ON,
        )
        return runs.add(session, new)


def refresh(database: Database, proposals: list[Proposal]) -> tuple[int, int, int, int]:
    number = run(database)
    with database.writing() as session:
        told = night.apply_night(session, number, proposals, DAY)
        night.apply_feed(session, number, proposals)
    return len(told.created), len(told.changed), told.kept, len(told.vanished)


def test_figures_come_back_from_the_database_bit_by_bit(database: Database, pairs: list[Proposal]) -> None:
    assert refresh(database, pairs) == (9, 0, 0, 0)
    assert refresh(database, pairs) == (0, 0, 9, 0)


def test_what_left_the_feed_is_gone_and_what_left_the_ledger_stays(
    database: Database, pairs: list[Proposal]
) -> None:
    refresh(database, pairs)
    assert refresh(database, pairs[:4]) == (0, 0, 4, 5)
    with database.reading() as session:
        assert len(session.scalars(select(FeedEntry)).all()) == 4
        assert len(session.scalars(select(LedgerEntry)).all()) == 9
        assert ledger.count_standing(session) == (4, 4)


NIGHTS = st.lists(st.sets(st.tuples(st.integers(0, 8), st.integers(1, 3)), max_size=6), max_size=4)


@given(NIGHTS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_nights_the_current_entries_are_the_last_nights_proposals(
    database: Database, pairs: list[Proposal], nights: list[set[tuple[int, int]]]
) -> None:
    for chosen in [*nights, {(0, 1)}]:
        ranks = dict(chosen)
        proposals = [replace(pairs[which], rank=rank) for which, rank in ranks.items()]
        refresh(database, proposals)
        wanted = {(one.demand_id, one.achievement_id): one.rank for one in proposals}
        with database.reading() as session:
            entries = session.scalars(select(LedgerEntry)).all()
            feed = session.scalars(select(FeedEntry)).all()
        current = [one for one in entries if one.standing == Standing.CURRENT.value]
        assert {(one.demand_id, one.achievement_id): one.rank for one in current} == wanted
        assert {(one.demand_id, one.achievement_id): one.rank for one in feed} == wanted
        assert all((one.cause is None) == (one.standing == "current") for one in entries)


def test_pages_of_the_ledger_follow_on_each_other_in_order(database: Database, pairs: list[Proposal]) -> None:
    refresh(database, pairs)
    seen: list[tuple[int, int, int]] = []
    with database.reading() as session:
        while found := ledger.entries(
            session, DISTRICT, EntryFilter(), after=seen[-1] if seen else None, limit=2
        ):
            seen += [(one.demand_id, one.rank or 0, one.id) for one in found]
    assert seen == sorted(seen)
    assert len(set(seen)) == 9


def test_entries_are_filtered_by_demand_score_standing_and_stage(
    database: Database, pairs: list[Proposal]
) -> None:
    refresh(database, pairs)
    refresh(database, pairs[:8])
    with database.writing() as session:
        first = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()[0]
        human = {
            "entry_id": first.id,
            "park_id": first.park_id,
            "updated_at": NOW,
            "version": 1,
            "updated_by": "某",
        }
        session.add(LedgerHuman(stage="engaged", **human))

    def count(**wanted: object) -> int:
        with database.reading() as session:
            return len(ledger.entries(session, DISTRICT, EntryFilter(**wanted)))  # type: ignore[arg-type]

    assert count(standing=Standing.CURRENT) == count(in_view=True) == 8
    assert count() == 9
    assert count(standing=Standing.VANISHED) == 1
    assert count(demand_id=pairs[0].demand_id) == 3
    assert count(achievement_id=pairs[0].achievement_id) == 3
    assert count(min_score=0.5) == 3
    assert count(stage=Stage.ENGAGED) == 1
    assert count(stage=Stage.SCREENING, in_view=True) == 7, "what nobody has touched is to be screened"


def test_a_band_is_filtered_by_as_it_is_read_at_its_very_edges(
    database: Database, pairs: list[Proposal]
) -> None:
    edges = (None, POSSIBLE, LIKELY)
    chances = [
        *edges,
        *(None if edge is None else math.nextafter(edge, 0) for edge in edges),
        0.01,
        0.99,
        0.2,
    ]
    refresh(database, [replace(one, probability=chance) for one, chance in zip(pairs, chances, strict=True)])
    for stated in (ParkProfile(), ParkProfile(likely=0.2), ParkProfile(likely=0.99, possible=LIKELY)):
        with database.writing() as session:
            rule_versions.save_profile(session, pairs[0].park_id, stated, actor="local", at=NOW)
            every = ledger.entries(session, DISTRICT, EntryFilter())
            assert [one.band for one in every] == [stated.bands.of(one.probability) for one in every]
            for band in Band:
                wanted = ledger.entries(session, DISTRICT, EntryFilter(band=band))
                assert [one.id for one in wanted] == [one.id for one in every if one.band is band]
            work = ledger.entries(session, DISTRICT, EntryFilter(work=True))
            expected = [one.id for one in every if one.band in {Band.LIKELY, None} or one.touched]
            assert [one.id for one in work] == expected


def test_a_dead_run_is_closed_and_a_finished_one_stays_as_it_ended(database: Database) -> None:
    finished, dead = run(database), run(database)
    with database.writing() as session:
        runs.succeed(session, finished, NOW, WORKED_ON, "f", {"entries_created": 1})
    with database.writing() as session:
        runs.close_interrupted(session, NOW)
    with database.reading() as session:
        states = {one.id: (one.status, one.error) for one in runs.page(session, before=None, limit=9)}
        latest = runs.last_success(session)
    assert states == {finished: ("succeeded", None), dead: ("failed", "interrupted: the process ended")}
    assert latest is not None
    assert latest.id == finished
