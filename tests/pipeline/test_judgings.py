"""Blind grading: what is pooled and shown, whose grades hold, what they measure, what they never touch."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import text

from matcher.domain.access import LOCAL_OPERATOR, Role
from matcher.domain.errors import Forbidden, InvalidInput, NotFound
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, LEXICAL
from matcher.learning.collections import read_collection
from matcher.pipeline.idempotency import Request
from matcher.pipeline.judgings import grading
from matcher.pipeline.judgings.answers import BlindPairAnswer, JudgingAnswer
from matcher.pipeline.judgings.export import exported
from matcher.pipeline.judgings.start import Plan, start_judging
from matcher.pipeline.scoring.park_grades import grades_of_park
from matcher.store import catalogue, judgings, ledger
from matcher.store.judgings import PooledPair
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, dump, operator_of, row, rows_of

PLAN = Plan(demands=3, depth=4)


@dataclass(frozen=True)
class Room:
    """An installation with two parks; "a" is the one whose pairs are graded."""

    desk: Desk
    a: int
    b: int

    def request(self) -> Request:
        return Request(LOCAL_OPERATOR, self.desk.now, "cli")

    def start(self, plan: Plan = PLAN, park: str = "a") -> JudgingAnswer:
        return start_judging(self.desk.refresher(), self.request(), park, plan)

    def next(self, judging: JudgingAnswer, judge: str) -> BlindPairAnswer | None:
        return grading.next_pair(self.desk.database, LOCAL_OPERATOR, judging.judging_id, judge).pair

    def grade(self, judging: JudgingAnswer, number: int, grade: int, judge: str) -> None:
        grading.grade_pair(self.desk.database, self.request(), judging.judging_id, number, grade, judge)

    def pairs(self, judging: JudgingAnswer) -> list[PooledPair]:
        with self.desk.database.reading() as session:
            held = judgings.find(session, LOCAL_OPERATOR.scope, judging.judging_id)
            assert held is not None
            return judgings.pairs(session, held)


def furnished(desk: Desk) -> tuple[int, int]:
    parks = desk.park("a"), desk.park("b")
    desk.supply(*rows_of("S", 24), row("氢气阀门", "联系人电话 13800005555，用于氢气阀门的检测。"))
    for park in parks:
        desk.demands(park, *rows_of("D", 8))
    return parks


@pytest.fixture
def room(desk_like: DeskLike) -> Room:
    desk, parks = desk_like(furnished)
    return Room(desk, *parks)


@pytest.mark.both_engines
def test_a_session_holds_the_first_places_of_every_ranker_once(room: Room) -> None:
    judging = room.start()
    assert judging.rankers == [DEFAULT_SCORER.version, LEXICAL.version, DENSE.version]
    pairs = room.pairs(judging)
    assert [pair.number for pair in pairs] == list(range(1, judging.pairs + 1))
    by_demand: dict[int, list[int]] = {}
    for pair in pairs:
        by_demand.setdefault(pair.demand.listing_id, []).append(pair.achievement.listing_id)
    assert len(by_demand) == PLAN.demands
    for achievements in by_demand.values():
        assert PLAN.depth <= len(achievements) == len(set(achievements)) <= 3 * PLAN.depth


def test_the_pool_holds_what_the_night_proposes_first(room: Room) -> None:
    room.desk.refresh(top_k=PLAN.depth)
    proposed = {
        (demand, achievement)
        for demand, achievement in _current(room)
        if demand in {pair.demand.listing_id for pair in room.pairs(room.start())}
    }
    pooled = {(one.demand.listing_id, one.achievement.listing_id) for one in room.pairs(room.start())}
    assert proposed
    assert proposed <= pooled


def _current(room: Room) -> set[tuple[int, int]]:
    with room.desk.database.reading() as session:
        return set(ledger.current_pairs(session, room.a))


def test_the_same_seed_gives_the_same_pairs_in_the_same_order_and_another_another(room: Room) -> None:
    first, again = room.pairs(room.start()), room.pairs(room.start())
    assert first == again
    assert room.pairs(room.start(replace(PLAN, seed=8))) != first


def test_what_is_shown_stays_as_it_was_and_hides_contacts(room: Room) -> None:
    judging = room.start(Plan(demands=8, depth=25))
    before = room.pairs(judging)
    assert any("138****5555" in pair.achievement.text.body for pair in before)
    held = room.desk.shelf()["氢气阀门"]
    room.desk.edit(held, abstract="改写过的简介，与先前毫不相干。")
    room.desk.withdraw(Side.DEMAND, room.desk.demand(room.a, rows_of("D", 1)[0]["title"]))
    assert room.pairs(judging) == before


def test_a_break_loses_nothing_and_each_judge_grades_alone(room: Room) -> None:
    judging = room.start()
    first = room.next(judging, "甲")
    assert first is not None
    assert first.number == 1
    room.grade(judging, 1, 3, "甲")
    assert (room.next(judging, "甲") or first).number == 2
    assert room.next(judging, "乙") == first
    for number in range(1, judging.pairs + 1):
        room.grade(judging, number, 0, "甲")
    assert room.next(judging, "甲") is None
    assert room.next(judging, "乙") == first


def test_a_grade_taken_back_stays_on_record_with_who_sent_it(room: Room) -> None:
    judging = room.start()
    for grade in (3, 1):
        room.grade(judging, 1, grade, "甲")
    with room.desk.database.reading() as session:
        rows = session.execute(text("SELECT judge, grade, actor FROM judging_grade ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("甲", 3, LOCAL_OPERATOR.name), ("甲", 1, LOCAL_OPERATOR.name)]


@pytest.mark.both_engines
def test_two_judges_agree_by_their_newest_grades(room: Room) -> None:
    judging = room.start()
    given = {"甲": (0, 1, 2, 3), "乙": (0, 1, 3, 3), "丙": (2,)}
    room.grade(judging, 1, 3, "甲")
    for judge, grades in given.items():
        for number, grade in enumerate(grades, start=1):
            room.grade(judging, number, grade, judge)
    told = grading.read_agreement(room.desk.database, LOCAL_OPERATOR, judging.judging_id)
    assert {one.judge: one.graded for one in told.judges} == {"甲": 4, "乙": 4, "丙": 1}
    agreed = {frozenset((one.first, one.second)): (one.pairs, one.kappa) for one in told.agreements}
    pairs, agreement = agreed[frozenset("甲乙")]
    assert pairs == 4
    assert agreement == pytest.approx(1 - 4 * 1 / 48), "one step apart; squares of all 16 crossings sum to 48"
    assert agreed[frozenset("甲丙")] == (1, 0.0)


def test_the_export_is_a_collection_with_the_lower_median_of_what_was_graded(
    room: Room, tmp_path: Path
) -> None:
    judging = room.start()
    with pytest.raises(InvalidInput):
        exported(room.desk.database, LOCAL_OPERATOR, judging.judging_id)
    for judge, grade in (("甲", 3), ("乙", 1)):
        room.grade(judging, 2, grade, judge)
    room.grade(judging, 3, 2, "甲")
    for name, content in exported(room.desk.database, LOCAL_OPERATOR, judging.judging_id).items():
        (tmp_path / name).write_bytes(content)
    read = read_collection(tmp_path)
    pairs = {pair.number: pair for pair in room.pairs(judging)}
    graded = {
        (f"d{pairs[number].demand.listing_id}", f"a{pairs[number].achievement.listing_id}"): grade
        for number, grade in ((2, 1), (3, 2))
    }
    assert {(query, one): grade for query, of in read.qrels.items() for one, grade in of.items()} == graded
    assert read.documents[f"a{pairs[2].achievement.listing_id}"] == pairs[2].achievement.text


def test_blind_grades_reach_neither_what_learns_nor_what_scores(room: Room) -> None:
    room.desk.refresh()
    judging = room.start()
    before = dump(room.desk.database, "judging_grade")
    for number in range(1, judging.pairs + 1):
        room.grade(judging, number, number % 4, "甲")
    assert dump(room.desk.database, "judging_grade") == before
    with room.desk.database.reading() as session:
        assert grades_of_park(session, room.a).grades == []
        revision = catalogue.revision(session)
    report = room.desk.refresh()
    assert (report.entries_changed, report.entries_created) == (0, 0)
    with room.desk.database.reading() as session:
        assert catalogue.revision(session) == revision


def test_another_parks_operator_sees_nothing_of_a_session(room: Room) -> None:
    database, judging = room.desk.database, room.start()
    stranger = operator_of(room.b)
    number = judging.judging_id
    for call in (
        lambda: grading.list_judgings(database, stranger, park="a"),
        lambda: grading.next_pair(database, stranger, number, "甲"),
        lambda: grading.grade_pair(database, Request(stranger, room.desk.now), number, 1, 3, "甲"),
        lambda: grading.read_agreement(database, stranger, number),
        lambda: exported(database, stranger, number),
        lambda: start_judging(room.desk.refresher(), Request(stranger, room.desk.now), "a", PLAN),
    ):
        with pytest.raises(NotFound):
            call()
    assert grading.list_judgings(database, stranger).items == []
    assert [one.judging_id for one in grading.list_judgings(database, operator_of(room.a)).items] == [number]


def test_who_may_not_grade_is_refused_and_so_is_what_is_no_grade(room: Room) -> None:
    database, judging = room.desk.database, room.start()
    reader = operator_of(room.a, role=Role.READER)
    with pytest.raises(Forbidden):
        grading.next_pair(database, reader, judging.judging_id, "甲")
    with pytest.raises(Forbidden):
        start_judging(room.desk.refresher(), Request(reader, room.desk.now), "a", PLAN)
    with pytest.raises(InvalidInput):
        room.grade(judging, 1, 4, "甲")
    with pytest.raises(InvalidInput):
        room.grade(judging, 1, 3, " ")
    with pytest.raises(NotFound):
        room.grade(judging, judging.pairs + 1, 3, "甲")
    with pytest.raises(InvalidInput):
        Plan(depth=0)


def test_a_park_without_demands_has_nothing_to_grade(room: Room) -> None:
    room.desk.park("c")
    with pytest.raises(InvalidInput):
        room.start(park="c")
