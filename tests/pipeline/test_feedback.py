"""What people think of one result moves the same demand's others at the next run, and nothing else."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.calibration import PRIOR
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.opinions import Opinion, opinion_of, opinions_digest
from matcher.domain.rules import ParkProfile
from matcher.domain.scoring import FEEDBACK
from matcher.domain.stages import Stage
from matcher.domain.standings import ChangeCause
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import edit_entry, grade_entry, move_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.exclusions import exclude_pair, lift_exclusion
from matcher.pipeline.ledger.explanations import read_explanation
from matcher.pipeline.ledger.past.differences import ledger_diff
from matcher.pipeline.ledger.past.replay import ledger_as_of
from matcher.pipeline.ledger.sheets.undo import undo_import
from matcher.pipeline.matches.written import matches_of_achievement
from matcher.pipeline.rules.profiles import dry_run_profile
from matcher.store import human_columns, ledger
from matcher.store.human_columns import Act
from matcher.store.past import excluded_at
from matcher.store.tables import HumanChange, LedgerEntry, RunRow
from tests.pipeline.conftest import NewDesk
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, dump, row
from tests.pipeline.test_ledger_import import brought, exported, with_cells

SUPPLY = [
    row("低温阀门密封处泄漏检测方法", "用声发射检测低温阀门密封处的泄漏", unit="甲所", code="S1"),
    row("氢气管道泄漏传感器", "钯合金薄膜传感器，检测管道氢气泄漏", unit="乙所", code="S2"),
    row("氢气泄漏报警用钯合金薄膜", "钯合金薄膜在氢气中电阻变化，用于泄漏检测", unit="丙所", code="S3"),
    row("真空腔体漏率测试台", "真空腔体漏率的测试与泄漏定位", unit="丁所", code="S4"),
    row("低温冷库门控制装置", "低温冷库门封处的除霜控制", unit="戊所", code="S5"),
    row("单克隆抗体层析填料", "单克隆抗体纯化用的层析填料", unit="己所", code="S6"),
]
"""S2 and S3 are alike, and no repeats."""

DEMAND = row("需要阀门泄漏检测", "低温阀门密封处泄漏，需要检测装置", unit="某公司", code="D1", released="是")
OTHER = row("冷库结霜", "冷库蒸发器结霜严重，需要除霜", unit="某公司", code="D2")

Figures = dict[str, tuple[Any, ...]]


class Valves:
    """Two parks with the same demand, and a second one in the first; matched once."""

    def __init__(self, desk: Desk, a: int, b: int) -> None:
        self.desk, self.database = desk, desk.database
        self.a, self.b = a, b

    def entries(self, park: int | None = None, demand: str = "D1") -> dict[str, EntryView]:
        wanted = EntryFilter(park_id=self.a if park is None else park)
        listed = list_entries(self.database, DISTRICT, wanted)[0]
        return {one.achievement_code: one for one in listed if one.demand_code == demand}

    def figures(self, park: int | None = None, demand: str = "D1") -> Figures:
        return {
            code: (one.rank, one.score, one.probability, one.similarity, one.contributions, one.like_id)
            for code, one in self.entries(park, demand).items()
        }

    def ranks(self) -> dict[str, int | None]:
        return {code: one.rank for code, one in self.entries().items()}

    def scores(self) -> dict[str, float]:
        return {code: one.score for code, one in self.entries().items() if one.score is not None}

    @property
    def request(self) -> Request:
        return Request(LOCAL_OPERATOR, self.desk.now)

    def grade(self, code: str, value: int) -> None:
        grade_entry(self.database, self.request, self.entries()[code].id, value, "")

    def move(self, code: str, *stages: Stage, reason: str | None = None) -> None:
        for stage in stages:
            given_reason = reason if stage is Stage.ENDED else None
            move_entry(self.database, self.request, self.entries()[code].id, stage, reason=given_reason)

    def exclude(self, code: str) -> int:
        entry = self.entries()[code]
        return exclude_pair(
            self.database, self.request, entry.demand_id, entry.achievement_id, "另有安排"
        ).exclusion_id

    @property
    def is_due(self) -> bool:
        return self.desk.refresher().is_due()


def matched(desk: Desk) -> tuple[int, int]:
    a, b = desk.park("a"), desk.park("b")
    desk.supply(*SUPPLY)
    desk.demands(a, DEMAND, OTHER)
    desk.demands(b, DEMAND)
    desk.refresh()
    return a, b


@pytest.fixture
def valves(desk_like: DeskLike) -> Valves:
    desk, parks = desk_like(matched)
    return Valves(desk, *parks)


@pytest.mark.both_engines
def test_the_best_grade_raises_what_is_like_it_and_the_worst_lowers_it(valves: Valves) -> None:
    before, place = valves.scores(), valves.ranks()
    valves.grade("S2", 3)
    valves.desk.refresh()
    raised = valves.scores()
    assert valves.ranks()["S3"] < place["S3"]  # type: ignore[operator]
    assert raised["S2"] == before["S2"], "its own grade does not move it"
    gained = {code: raised[code] - before[code] for code in before}
    assert max(gained, key=gained.__getitem__) == "S3"
    assert all(0 <= gain <= FEEDBACK / 2 for gain in gained.values())

    valves.grade("S2", 0)
    valves.desk.refresh()
    lowered = valves.scores()
    assert valves.ranks()["S3"] > place["S3"]  # type: ignore[operator]
    assert lowered["S2"] == before["S2"]
    lost = {code: before[code] - lowered[code] for code in before}
    assert max(lost, key=lost.__getitem__) == "S3"


def test_the_probability_is_that_of_the_score_it_comes_to(valves: Valves) -> None:
    for value in (3, 0):
        valves.grade("S2", value)
        valves.desk.refresh()
        for one in valves.entries().values():
            assert one.score is not None
            assert one.probability == PRIOR.probability(one.score)
            assert sum(one.contributions.values()) == one.score


@pytest.mark.both_engines
def test_neither_another_demand_nor_another_park_nor_the_feed_is_moved(valves: Valves) -> None:
    def elsewhere() -> Any:
        feed = [
            one.as_json()
            for achievement in valves.desk.shelf().values()
            for one in matches_of_achievement(
                valves.database, achievement.id, DISTRICT, valves.desk.now
            ).items
        ]
        return valves.figures(valves.b), valves.figures(demand="D2"), feed

    before, own = elsewhere(), valves.figures()
    assert valves.figures(valves.b).keys() == own.keys()
    valves.grade("S2", 3)
    valves.grade("S4", 0)
    valves.desk.refresh()
    assert valves.figures() != own
    assert elsewhere() == before


@pytest.mark.both_engines
def test_a_grade_that_is_taken_back_restores_the_former_scores_exactly(valves: Valves) -> None:
    before = valves.figures()
    number = [*valves.entries()].index("S2")
    done = brought(valves.desk, with_cells(exported(valves.desk), number, grade=3))
    assert valves.entries()["S2"].work.grade == 3
    valves.desk.refresh()
    assert valves.figures() != before
    undo_import(valves.database, valves.request, done["import_id"])
    assert valves.is_due
    valves.desk.refresh()
    assert valves.figures() == before
    assert all(one.like_opinion is None for one in valves.entries().values())


@pytest.mark.both_engines
def test_an_exclusion_lowers_what_is_like_it_until_it_is_lifted(valves: Valves) -> None:
    before, scores = valves.figures(), valves.scores()
    exclusion = valves.exclude("S2")
    valves.desk.refresh()
    assert valves.scores()["S3"] < scores["S3"]
    assert valves.entries()["S3"].like_opinion is Opinion.EXCLUDED
    lift_exclusion(valves.database, valves.request, exclusion)
    valves.desk.refresh()
    assert valves.figures() == before


@given(st.lists(st.tuples(st.sampled_from(["S2", "S3", "S4"]), st.integers(0, 3)), max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scores_follow_from_what_people_think_now_whatever_they_thought_before(
    new_desk: NewDesk, thoughts: list[tuple[str, int]]
) -> None:
    desk = new_desk()
    walked = Valves(desk, *matched(desk))
    for code, value in thoughts:
        walked.grade(code, value)
        desk.refresh()
    desk = new_desk()
    direct = Valves(desk, *matched(desk))
    for code, value in dict(thoughts).items():
        direct.grade(code, value)
    desk.refresh()
    assert walked.figures() == direct.figures()


@pytest.mark.both_engines
def test_what_a_run_read_can_be_told_from_the_history(valves: Valves) -> None:
    acts: list[Callable[[], object]] = [
        lambda: valves.grade("S2", 3),
        lambda: valves.move("S4", Stage.PENDING, Stage.PUSHED, Stage.ENGAGED),
        lambda: valves.exclude("S5"),
        lambda: valves.grade("S2", 0),
    ]
    for act in acts:
        act()
        valves.desk.now += timedelta(hours=1)
        valves.desk.refresh()
        valves.desk.now += timedelta(hours=1)
    with valves.database.reading() as session:
        held = session.scalars(select(RunRow).order_by(RunRow.id)).all()
        told = {run.id: opinions_digest(opinions_until(session, run)) for run in held}
        assert told == {run.id: run.opinions for run in held}
        assert len(set(told.values())) == 1 + len(acts)


def opinions_until(session: Session, run: RunRow) -> dict[int, dict[int, Opinion]]:
    """What people thought when a run read it: their changes up to the id it names, exclusions of its time."""
    pair_of = {one.id: (one.demand_id, one.achievement_id) for one in session.scalars(select(LedgerEntry))}
    changes: dict[int, list[Any]] = {}
    for change in session.scalars(select(HumanChange).order_by(HumanChange.id)):
        if change.id <= run.opinions_to:
            changes.setdefault(change.entry_id, []).append(change.changes)
    opinions: dict[int, dict[int, Opinion]] = {}
    for demand, achievement in excluded_at(session, DISTRICT, run.started_at):
        opinions.setdefault(demand, {})[achievement] = Opinion.EXCLUDED
    for entry_id, done in changes.items():
        work, (demand, achievement) = human_columns.folded(done), pair_of[entry_id]
        thought = opinion_of(
            grade=work.grade, stage=work.stage, paused_from=work.paused_from, declined=work.decline_code
        )
        if thought is not None:
            opinions.setdefault(demand, {})[achievement] = thought
    return opinions


ACTS: dict[str, tuple[Callable[[Valves], object], bool]] = {
    "a grade": (lambda v: v.grade("S2", 2), True),
    "talks begin": (lambda v: v.move("S2", Stage.PENDING, Stage.PUSHED, Stage.ENGAGED), True),
    "declined for what it says": (lambda v: v.move("S2", Stage.ENDED, reason="scientific_reason"), True),
    "declined for its maturity": (lambda v: v.move("S2", Stage.ENDED, reason="too_early"), False),
    "an exclusion": (lambda v: v.exclude("S2"), True),
    "sent to both sides": (lambda v: v.move("S2", Stage.PENDING, Stage.PUSHED), False),
    "a note": (
        lambda v: edit_entry(v.database, v.request, v.entries()["S2"].id, {"notes": "电话里说不错"}),
        False,
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_run_is_due_when_what_people_think_has_changed_and_only_then(valves: Valves, name: str) -> None:
    act, moves = ACTS[name]
    before = valves.figures()
    act(valves)
    assert valves.is_due == moves
    valves.desk.refresh()
    assert not valves.is_due
    assert (valves.figures() != before) == moves
    tables = ("run", "human_change", "ledger_human")
    left = dump(valves.database, *tables)
    report = valves.desk.refresh()
    assert (report.entries_created, report.entries_changed, report.entries_vanished) == (0, 0, 0)
    assert dump(valves.database, *tables) == left, "a run without a change writes nothing but itself"


def test_what_was_done_counts_less_than_the_best_grade_and_a_grade_goes_before_it(valves: Valves) -> None:
    before = valves.scores()["S3"]
    gained = []
    acts: list[Callable[[], None]] = [
        lambda: valves.move("S2", Stage.PENDING, Stage.PUSHED, Stage.ENGAGED),
        lambda: valves.grade("S2", 3),
        lambda: valves.grade("S2", 1),
    ]
    for act in acts:
        act()
        valves.desk.refresh()
        gained.append(valves.scores()["S3"] - before)
    engaged, best, weak = gained
    assert 0 < engaged < best
    assert weak == 0


def test_a_run_writes_no_column_of_peoples(valves: Valves) -> None:
    valves.grade("S2", 3)
    theirs = dump(valves.database, "run", "ledger_entry", "entry_state", "near_miss", "abstention")
    valves.desk.refresh()
    assert dump(valves.database, "run", "ledger_entry", "entry_state", "near_miss", "abstention") == theirs


@pytest.mark.both_engines
def test_the_explanation_names_the_contribution_and_what_moved_it_most(valves: Valves) -> None:
    valves.grade("S2", 3)
    valves.grade("S6", 1)
    valves.desk.refresh()
    entry = valves.entries()["S3"]
    assert (entry.like_id, entry.like_opinion) == (valves.entries()["S2"].achievement_id, Opinion.GRADED_3)
    told = read_explanation(valves.database, LOCAL_OPERATOR, entry.id).as_json()
    step = told["waterfall"][-1]
    assert (step["feature"], step["label_zh"], step["label_en"]) == (
        "feedback",
        "与已评价的成果相近",
        "like what was graded",
    )
    assert step["cumulative"] == entry.score
    assert told["like"] == {
        "achievement_id": entry.like_id,
        "achievement_title": "氢气管道泄漏传感器",
        "opinion": "graded_3",
        "opinion_zh": "评 3 分",
        "opinion_en": "graded 3",
    }
    assert "与您评 3 分的成果《氢气管道泄漏传感器》相近。" in told["sentences_zh"]
    assert "It is like the result “氢气管道泄漏传感器” that was graded 3." in told["sentences_en"]
    graded = read_explanation(valves.database, LOCAL_OPERATOR, valves.entries()["S2"].id).as_json()
    assert "feedback" not in [one["feature"] for one in graded["waterfall"]]
    assert graded["like"] is None
    assert not any("与您" in sentence for sentence in graded["sentences_zh"])


def test_the_workbook_says_it_in_its_line_of_reasons(valves: Valves) -> None:
    valves.grade("S2", 3)
    valves.desk.refresh()
    sheet = load_workbook(io.BytesIO(exported(valves.desk))).worksheets[0]
    said = "与评 3 分的成果相近"
    told = [row for row in sheet.iter_rows(values_only=True) if any(said in str(cell) for cell in row)]
    moved = {one.achievement_title for one in valves.entries().values() if one.like_id is not None}
    assert moved
    assert {title for title in moved for row in told if title in row} == moved
    assert len(told) == len(moved)


def test_an_explanation_tells_what_the_run_read_not_what_was_graded_since(valves: Valves) -> None:
    valves.grade("S2", 3)
    valves.desk.refresh()
    valves.grade("S2", 0)
    told = read_explanation(valves.database, LOCAL_OPERATOR, valves.entries()["S3"].id).as_json()
    assert "与您评 3 分的成果《氢气管道泄漏传感器》相近。" in told["sentences_zh"]


def test_what_is_moved_says_that_opinions_moved_it(valves: Valves) -> None:
    valves.grade("S2", 3)
    valves.desk.refresh()
    told = ledger_diff(valves.database, DISTRICT)
    causes = {one.achievement_code: one.causes for one in told.changed}
    assert causes["S3"] == [ChangeCause.FEEDBACK.value]
    assert causes["S2"] == [ChangeCause.COMPETITION.value], "it was overtaken, and its score stands"
    assert not told.new


def test_a_past_night_is_shown_with_the_opinions_of_that_night(valves: Valves) -> None:
    seen = []
    for value in (3, 0, 1):
        valves.grade("S2", value)
        report = valves.desk.refresh()
        seen.append((report.run_id, valves.figures()))
        valves.desk.now = valves.desk.now.replace(hour=valves.desk.now.hour + 1)
    assert len({str(figures) for _, figures in seen}) == 3
    for run_id, figures in seen:
        _, shown, _ = ledger_as_of(valves.database, DISTRICT, run_id, EntryFilter(park_id=valves.a))
        of_demand = [one for one in shown if one.demand_code == "D1"]
        assert {
            one.achievement_code: (
                one.rank,
                one.score,
                one.probability,
                one.similarity,
                one.contributions,
                one.like_id,
            )
            for one in of_demand
        } == figures


def test_trying_rules_reckons_with_the_same_opinions(valves: Valves) -> None:
    valves.grade("S2", 3)
    valves.desk.refresh()
    tried = dry_run_profile(valves.desk.refresher(), LOCAL_OPERATOR, "a", ParkProfile())
    assert (tried.new, tried.changed, tried.vanished) == ([], [], [])


def test_a_judged_result_that_leaves_the_list_moves_nothing_while_it_is_away(valves: Valves) -> None:
    before = valves.figures()
    valves.grade("S2", 3)
    valves.desk.edit(valves.desk.shelf()["氢气管道泄漏传感器"], valid_until=valves.desk.now.date())
    valves.desk.refresh()
    assert valves.figures() != before
    valves.desk.now = valves.desk.now.replace(day=valves.desk.now.day + 1)
    valves.desk.refresh()
    assert all(one.like_id is None for one in valves.entries().values() if one.achievement_code != "S3")
    assert valves.scores()["S4"] == before["S4"][1]


def test_opinions_of_an_entry_that_people_added_count_too(valves: Valves) -> None:
    before = valves.scores()["S3"]
    with valves.database.writing() as session:
        entry = ledger.entry(session, DISTRICT, valves.entries()["S2"].id)
        assert entry is not None
        act = Act(actor="示例赵", at=valves.desk.now, act="stage")
        human_columns.write(session, entry, replace(entry.work, stage=Stage.LANDED), act)
    valves.desk.refresh()
    assert valves.scores()["S3"] > before
    assert valves.entries()["S3"].like_opinion is Opinion.LANDED
