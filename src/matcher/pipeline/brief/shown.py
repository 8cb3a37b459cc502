"""A morning brief as people read it: as text, and as a workbook."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from matcher.domain.days import BEIJING
from matcher.domain.standings import Event
from matcher.files.brief_workbook import BriefBook, DutyRow, PairRow, UnsuppliedRow, write_brief
from matcher.pipeline.brief.answers import DAYS, LISTS, BriefAnswer, BriefPair
from matcher.pipeline.ledger.due import DueAnswer
from matcher.pipeline.matches.abstentions import AbstentionAnswer
from matcher.pipeline.nights.runs import RunAnswer

TOP = 5
"""How many of each list the text shows."""

_NAMES: Mapping[str, str] = {
    "overdue": "逾期",
    "due": f"{DAYS} 日内到期",
    "returns": "暂缓将恢复",
    "trials": "30 日内试用到期",
    "new": "新增",
    "changed": "变化",
    "vanished": "消失",
    "aside": "在办条目现状变动",
    "abstentions": "无可信供给的需求",
    "kept": "不变",
    "folded": "其余变化（不可信、无人处理）",
}
_DUTIES = ("overdue", "due", "returns", "trials")
_FIGURES = {"rank": "名次", "similarity": "相似度", "score": "得分", "probability": "概率"}


def brief_text(brief: BriefAnswer, *, rest: str = "") -> str:
    """The brief in plain text, with the top of each list; `rest` says where the others are."""
    return "\n".join(_lines(brief, rest)) + "\n"


def brief_workbook(brief: BriefAnswer, stream: BinaryIO) -> None:
    """Write the brief as an .xlsx workbook, with all of each list."""
    book = BriefBook(
        park_name=brief.park_name,
        day=brief.day,
        facts=_facts(brief),
        counts=[(_NAMES[name], count) for name, count in brief.counts],
        stages=[(stage.stage_label, stage.entries) for stage in brief.stages],
        duties=[_duty_row(duty) for duty in (*brief.overdue, *brief.due, *brief.returns, *brief.trials)],
        new=[_pair_row(pair) for pair in brief.new],
        changed=[_pair_row(pair) for pair in brief.changed],
        vanished=[_pair_row(pair) for pair in (*brief.vanished, *brief.aside)],
        unsupplied=[_unsupplied_row(unmatched) for unmatched in brief.abstentions],
    )
    write_brief(book, stream)


def _lines(brief: BriefAnswer, rest: str) -> Iterator[str]:
    yield f"{brief.park_name}　供需对接晨报　{brief.day:%Y-%m-%d}"
    for name, value in _facts(brief):
        yield f"{name}：{value}"
    yield ""
    yield "　".join(f"{_NAMES[name]} {count}" for name, count in brief.counts if name in _DUTIES)
    changes = [(name, count) for name, count in brief.counts if name not in _DUTIES]
    yield "　".join(f"{_NAMES[name]} {count}" for name, count in changes if count or name != "folded")
    stages = [f"{stage.stage_label} {stage.entries}" for stage in brief.stages if stage.entries]
    yield f"各阶段：{'、'.join(stages) or '没有条目'}"
    for name in LISTS:
        items = getattr(brief, name)
        if not items:
            continue
        yield ""
        yield f"【{_NAMES[name]}】{len(items)} 条"
        for number, item in enumerate(items[:TOP], start=1):
            yield f"{number}. {_line(item)}"
        if len(items) > TOP:
            yield f"……另有 {len(items) - TOP} 条{rest}"


def _line(item: DueAnswer | BriefPair | AbstentionAnswer) -> str:
    match item:
        case DueAnswer(entry=entry):
            parts = [f"{item.due_on}（{_wait(item.days)}）{item.kind_label}"]
            parts += [f"{entry.demand_title} ↔ {entry.achievement_title}"]
            parts += [f"负责人：{entry.owner or '未指定'}"]
            parts += [f"下一步：{entry.next_action}"] if entry.next_action else []
        case BriefPair():
            parts = [f"{item.demand_title} ↔ {item.achievement_title}"]
            parts += [_change(item) or f"得分 {_figure(item.score)}"]
            parts += ["、".join(item.causes_zh)] if item.causes_zh else []
        case AbstentionAnswer():
            parts = [item.demand_title, item.binding_zh]
    return "　".join(parts)


def _facts(brief: BriefAnswer) -> list[tuple[str, str]]:
    return [("本次匹配", _run(brief.run, "尚无")), ("对比", _run(brief.since, "从头算起"))]


def _run(run: RunAnswer | None, without: str) -> str:
    if run is None or run.finished_at is None:
        return without
    return f"第 {run.run_id} 次运行，{run.finished_at.astimezone(BEIJING):%Y-%m-%d %H:%M} 完成"


def _wait(days: int) -> str:
    if days == 0:
        return "今天"
    return f"还有 {days} 天" if days > 0 else f"逾期 {-days} 天"


def _change(pair: BriefPair) -> str:
    """The figures of a pair before and after, in words; of a new one or one that left, none."""
    if pair.event is not Event.CHANGED:
        return ""
    return "；".join(
        f"{_FIGURES[name]} {_figure(figure.before)} → {_figure(figure.after)}"
        for name, figure in pair.figures.items()
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _pair_row(pair: BriefPair) -> PairRow:
    return PairRow(
        demand_code=pair.demand_code,
        demand_title=pair.demand_title,
        enterprise=pair.demand_organisation,
        achievement_code=pair.achievement_code,
        achievement_title=pair.achievement_title,
        organisation=pair.achievement_organisation,
        rank=pair.rank,
        score=pair.score,
        probability=pair.probability,
        change=_change(pair),
        causes="、".join(pair.causes_zh),
        standing=pair.standing_label,
        stage=pair.stage_label,
        owner=pair.owner,
    )


def _duty_row(duty: DueAnswer) -> DutyRow:
    entry = duty.entry
    return DutyRow(
        kind=duty.kind_label,
        due_on=duty.due_on,
        wait=_wait(duty.days),
        demand_code=entry.demand_code,
        demand_title=entry.demand_title,
        enterprise=entry.demand_organisation,
        achievement_title=entry.achievement_title,
        organisation=entry.achievement_organisation,
        stage=entry.stage_label,
        owner=entry.owner,
        technology_manager=entry.technology_manager,
        next_action=entry.next_action,
    )


def _unsupplied_row(unmatched: AbstentionAnswer) -> UnsuppliedRow:
    nearest = unmatched.nearest
    return UnsuppliedRow(
        demand_code=unmatched.demand_code,
        demand_title=unmatched.demand_title,
        enterprise=unmatched.demand_organisation,
        reason=unmatched.reason_label,
        binding=unmatched.binding_zh,
        nearest_code="" if nearest is None else nearest.achievement_code,
        nearest_title="" if nearest is None else nearest.achievement_title,
        nearest_organisation="" if nearest is None else nearest.achievement_organisation,
        nearest_score=None if nearest is None else nearest.score,
        would_change="".join(unmatched.counterfactuals_zh),
    )
