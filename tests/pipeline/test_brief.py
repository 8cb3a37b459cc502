import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from matcher.domain.access import LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.bands import Band
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import Forbidden, InvalidCursor, NotFound
from matcher.domain.listing import Side
from matcher.domain.stages import Stage
from matcher.domain.standings import Standing
from matcher.pipeline.brief.answers import LISTS, BriefAnswer
from matcher.pipeline.brief.contents import make_brief
from matcher.pipeline.brief.shown import TOP, brief_text, brief_workbook
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.rules.profiles import save_profile
from matcher.pipeline.rules.stated import profile_from
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, operator_of, row, rows_of

DAY = timedelta(days=1)


def matched(desk: Desk) -> None:
    park = desk.park("hydrogen")
    desk.supply(*rows_of("CG", 4))
    desk.demands(park, *rows_of("XQ", 3), row("泵", code="XQ-little"))
    desk.refresh()
    desk.now += DAY


@pytest.fixture
def night(desk_like: DeskLike) -> Desk:
    """The day after a park's first night; it has a demand of too few words."""
    return desk_like(matched)[0]


def brief_of(desk: Desk, code: str = "hydrogen", **options: Any) -> BriefAnswer:
    return make_brief(desk.database, LOCAL_OPERATOR, code, desk.now, **options)


def entry_ids(desk: Desk) -> list[int]:
    """The park's entries, the best score first."""
    found, _ = list_entries(desk.database, LOCAL_OPERATOR.scope, EntryFilter(standing=Standing.CURRENT))
    return [one.id for one in sorted(found, key=lambda one: one.score or 0, reverse=True)]


def edit(desk: Desk, entry_id: int, **changes: Any) -> None:
    edits.edit_entry(desk.database, Request(LOCAL_OPERATOR, desk.now), entry_id, changes)


def move(desk: Desk, entry_id: int, *stages: Stage, **options: Any) -> None:
    for stage in stages:
        edits.move_entry(desk.database, Request(LOCAL_OPERATOR, desk.now), entry_id, stage, **options)


def filled(brief: BriefAnswer) -> dict[str, int]:
    return {name: count for name, count in brief.counts if count}


def stages(brief: BriefAnswer) -> dict[Stage, int]:
    return {count.stage: count.entries for count in brief.stages}


def test_before_the_first_run_a_brief_says_so_and_is_empty(desk: Desk) -> None:
    desk.park("hydrogen")
    brief = brief_of(desk)
    assert (brief.run, brief.since, filled(brief)) == (None, None, {})
    assert "本次匹配：尚无" in brief_text(brief)
    brief_workbook(brief, BytesIO())


def test_the_first_brief_holds_every_pair_as_new_the_best_score_first(night: Desk) -> None:
    night.now -= timedelta(hours=1)
    brief = brief_of(night)
    assert filled(brief) == {"new": 12, "abstentions": 1}
    assert brief.since is None
    scores = [one["score"] for one in brief.as_json()["new"]]
    assert scores == sorted(scores, reverse=True)
    assert stages(brief)[Stage.SCREENING] == 12


@pytest.mark.both_engines
def test_a_brief_compares_with_the_last_run_that_ended_a_day_ago(night: Desk) -> None:
    first = brief_of(night)
    assert first.run is not None
    assert first.since == first.run, "exactly a day ago counts"
    assert filled(first) == {"kept": 12, "abstentions": 1}
    demand = night.demand(1, rows_of("XQ", 1)[0]["title"])
    night.edit(demand, detail="液氢阀门在低温下反复开闭后泄漏，要求在线检测。")
    night.refresh()
    night.now += timedelta(hours=20)
    night.supply(*rows_of("CG", 1, start=9))
    night.refresh()
    brief = brief_of(night)
    assert brief.since is not None
    assert brief.since.run_id == 1
    changed, new = brief.changed, brief.new
    assert {one.demand_code for one in changed} >= {"XQ-0"}
    assert "需求内容修改" in str([one.causes_zh for one in changed])
    assert {one.achievement_code for one in new} == {"CG-9"}
    assert brief.counts.kept + len(changed) + len(new) == len(entry_ids(night))


def test_what_left_begins_with_what_people_work_on(night: Desk) -> None:
    worst = entry_ids(night)[-1]
    edit(night, worst, owner="示例赵", notes="已约样品")
    for supply in list(night.shelf().values()):
        night.withdraw(Side.SUPPLY, supply)
    night.refresh()
    brief = brief_of(night)
    vanished = brief.vanished
    assert len(vanished) == 12
    assert [one.touched for one in vanished] == [True] + [False] * 11
    assert vanished[0].entry_id == worst
    assert (vanished[0].standing_label, vanished[0].owner) == ("失效", "示例赵")
    assert vanished[0].causes_zh == ["成果已撤回"]
    assert stages(brief)[Stage.SCREENING] == 1


def test_an_entry_in_hand_whose_sides_go_after_it_vanished_is_told(night: Desk) -> None:
    [worst, other] = entry_ids(night)[-2:]
    edit(night, worst, owner="示例赵")
    night.refresh(top_k=1)
    night.now += DAY
    for supply in list(night.shelf().values()):
        night.withdraw(Side.SUPPLY, supply)
    night.refresh(top_k=1)
    brief = brief_of(night)
    assert [one.entry_id for one in brief.aside] == [worst]
    assert other not in [one.entry_id for one in brief.vanished]
    assert "【在办条目现状变动】1 条" in brief_text(brief)


def test_each_duty_is_in_one_list_with_its_owner(night: Desk) -> None:
    today = date(2026, 11, 3)
    late, soon, later, paused, trial, closed = entry_ids(night)[:6]
    edit(night, late, owner="示例赵", due=today - 2 * DAY, next_action="致电 13800005555 约样品")
    edit(night, soon, owner="示例钱", due=today + 7 * DAY)
    edit(night, later, due=today + 8 * DAY)
    move(night, paused, Stage.PAUSED, return_on=today + 3 * DAY)
    edit(night, trial, trial_start=today, trial_end=today + 30 * DAY)
    edit(night, closed, due=today - DAY)
    move(night, closed, Stage.ENDED, reason="too_early")
    brief = brief_of(night)
    found = {name: [one.entry.entry_id for one in getattr(brief, name)] for name in LISTS[:4]}
    assert found == {"overdue": [late], "due": [soon], "returns": [paused], "trials": [trial]}
    assert (stages(brief)[Stage.PAUSED], stages(brief)[Stage.ENDED]) == (1, 1)
    text = brief_text(brief)
    assert "2026-11-01（逾期 2 天）下一步" in text
    assert "负责人：示例赵　下一步：致电 138****5555 约样品" in text
    assert brief.headline == "逾期 1、将到期 3、新增 0、无可信供给 1"


def test_a_demand_without_supply_is_named_with_what_binds(night: Desk) -> None:
    brief = brief_of(night)
    [demand] = brief.abstentions
    assert (demand.demand_code, demand.reason) == ("XQ-little", "too_little_text")
    assert f"1. 泵　{demand.binding_zh}" in brief_text(brief)


def test_since_takes_a_run_or_a_day(night: Desk) -> None:
    night.supply(*rows_of("CG", 1, start=9))
    night.refresh()
    by_run = brief_of(night, since=1)
    by_day = brief_of(night, since=date(2026, 11, 3))
    assert by_run.counts.new == 3
    assert by_run.as_json() == by_day.as_json()
    assert brief_of(night, since=date(2026, 11, 2)).counts.new == 15
    with pytest.raises(NotFound):
        brief_of(night, since=99)


@pytest.mark.parametrize("limit", [1, 2, 5, 12])
def test_pages_of_a_brief_are_together_the_whole_of_it(night: Desk, limit: int) -> None:
    first, second, *others = entry_ids(night)
    edit(night, first, due=night.now.date(), owner="示例赵")
    edit(night, second, due=night.now.date() - DAY, owner="示例钱")
    edit(night, others[-1], owner="示例孙")
    night.withdraw(Side.SUPPLY, next(iter(night.shelf().values())))
    night.supply(*rows_of("CG", 3, start=9))
    night.refresh()
    whole = brief_of(night)
    pages = [brief_of(night, limit=limit)]
    while pages[-1].next_cursor is not None:
        pages.append(brief_of(night, limit=limit, cursor=pages[-1].next_cursor))
    assert whole.next_cursor is None
    assert {len(getattr(page, name)) <= limit for page in pages for name in LISTS} == {True}
    for name in LISTS:
        assert [one for page in pages for one in getattr(page, name)] == getattr(whole, name)
    assert all(page.counts == whole.counts for page in pages)


def test_later_pages_of_a_brief_are_of_the_runs_of_the_first(night: Desk) -> None:
    first = brief_of(night, since=date(2026, 11, 2), limit=5)
    assert (first.counts.new, first.next_cursor is None) == (12, False)
    night.supply(*rows_of("CG", 3, start=9))
    night.refresh()
    second = brief_of(night, limit=5, cursor=first.next_cursor)
    assert (second.run, second.since) == (first.run, first.since)
    assert second.counts == first.counts
    with pytest.raises(InvalidCursor):
        brief_of(night, cursor="of-another-list")


def test_a_brief_is_its_park_s_alone(night: Desk) -> None:
    other = night.park("space")
    night.demands(other, *rows_of("YQ", 2, start=200))
    night.refresh()
    mine, theirs = brief_of(night), brief_of(night, "space")
    assert filled(mine) == {"kept": 12, "abstentions": 1}
    assert {one.park for one in theirs.new} == {"space"}
    assert "YQ-" not in json.dumps(mine.as_json())
    with pytest.raises(NotFound):
        make_brief(night.database, operator_of(other), "hydrogen", night.now)
    unit = Principal("unit", Role.RESEARCH_UNIT, Scope(frozenset()), subject="示例理工学院")
    with pytest.raises(Forbidden):
        make_brief(night.database, unit, "hydrogen", night.now)


def test_a_narrower_caller_sees_no_counts_of_other_parks(night: Desk) -> None:
    brief = make_brief(night.database, operator_of(1), "hydrogen", night.now)
    assert brief.run is not None
    assert (brief.run.counts, brief.run.actor) == ({}, None)


def test_json_keeps_its_keys_and_the_text_and_workbook_say_the_same(night: Desk) -> None:
    night.supply(*rows_of("CG", 5, start=9))
    night.refresh()
    brief = brief_of(night)
    said = json.loads(json.dumps(brief.as_json()))
    head = ["park", "park_name", "day", "made_at", "run", "since", "counts", "stages"]
    assert list(said) == [*head, *LISTS, "next_cursor"]
    assert said["day"] == "2026-11-03"
    assert [one["stage"] for one in said["stages"]] == [stage.value for stage in Stage]
    text = brief_text(brief, rest="，见附件")
    count = brief.counts.new
    assert f"【新增】{count} 条" in text
    assert f"……另有 {count - TOP} 条，见附件" in text
    stream = BytesIO()
    brief_workbook(brief, stream)
    book = load_workbook(BytesIO(stream.getvalue()))
    assert book["新增"].max_row == 3 + count
    figures = {line[0].value: line[1].value for line in book["简报"].iter_rows()}
    kept = brief.counts.kept
    assert (figures["新增"], figures["不变"], figures["待研判"]) == (count, kept, len(entry_ids(night)))
    assert str(figures["本次匹配"]).startswith("第 2 次运行，2026-11-03 12:00")


def test_a_brief_of_work_counts_what_it_folds_away(night: Desk) -> None:
    last = entry_ids(night)[-1]
    found, _ = list_entries(night.database, LOCAL_OPERATOR.scope, EntryFilter())
    middle = sorted(one.probability or 0 for one in found)[len(found) // 2]
    rules = profile_from({"likely": middle, "possible": middle})
    save_profile(night.database, Request(LOCAL_OPERATOR, night.now), "hydrogen", rules)
    night.refresh()
    beginning: dict[str, Any] = {"since": date(2026, 1, 1)}
    whole, work = brief_of(night, **beginning), brief_of(night, work=True, **beginning)
    likely = [pair.entry_id for pair in whole.new if pair.band is Band.LIKELY]
    assert 0 < len(likely) < len(whole.new)
    assert [pair.entry_id for pair in work.new] == likely
    assert (whole.counts.folded, work.counts.folded) == (0, len(whole.new) - len(likely))
    assert sum(stage.entries for stage in work.stages) == len(likely)
    assert f"其余变化（不可信、无人处理） {work.counts.folded}" in brief_text(work)
    edit(night, last, notes="已联系")
    assert last not in likely
    assert {pair.entry_id for pair in brief_of(night, work=True, **beginning).new} == {*likely, last}
