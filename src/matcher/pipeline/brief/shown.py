"""A morning brief as people read it: as text, and as a workbook."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from matcher.domain.days import BEIJING
from matcher.domain.labels import label
from matcher.domain.standings import Event
from matcher.files.brief_workbook import BriefBook, DutyRow, PairRow, UnsuppliedRow, write_brief
from matcher.pipeline.brief.contents import DAYS, LISTS, Brief, Record

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
}
_DUTIES = ("overdue", "due", "returns", "trials")
_FIGURES = {"rank": "名次", "similarity": "相似度", "score": "得分", "probability": "概率"}


def brief_text(brief: Brief, *, rest: str = "") -> str:
    """The brief in plain text, with the top of each list; `rest` says where the others are."""
    return "\n".join(_lines(brief, rest)) + "\n"


def brief_workbook(brief: Brief, stream: BinaryIO) -> None:
    """Write the brief as an .xlsx workbook, with all of each list."""
    lists = brief.lists
    book = BriefBook(
        park_name=brief.park_name,
        day=brief.day,
        facts=_facts(brief),
        counts=[(_NAMES[name], len(lists[name])) for name in LISTS] + [("不变", brief.kept)],
        stages=[(label(stage, "zh"), count) for stage, count in brief.stages.items()],
        duties=[_duty_row(one) for name in _DUTIES for one in lists[name]],
        new=[_pair_row(one) for one in lists["new"]],
        changed=[_pair_row(one) for one in lists["changed"]],
        vanished=[_pair_row(one) for name in ("vanished", "aside") for one in lists[name]],
        unsupplied=[_unsupplied_row(one) for one in lists["abstentions"]],
    )
    write_brief(book, stream)


def _lines(brief: Brief, rest: str) -> Iterator[str]:
    yield f"{brief.park_name}　供需对接晨报　{brief.day:%Y-%m-%d}"
    for name, value in _facts(brief):
        yield f"{name}：{value}"
    yield ""
    yield "　".join(f"{_NAMES[name]} {count}" for name, count in brief.counts.items() if name in _DUTIES)
    yield "　".join(
        f"{name} {count}"
        for name, count in (
            *((_NAMES[name], len(brief.lists[name])) for name in LISTS if name not in _DUTIES),
            ("不变", brief.kept),
        )
    )
    stages = [f"{label(stage, 'zh')} {count}" for stage, count in brief.stages.items() if count]
    yield f"各阶段：{'、'.join(stages) or '没有条目'}"
    for name in LISTS:
        found = brief.lists[name]
        if not found:
            continue
        yield ""
        yield f"【{_NAMES[name]}】{len(found)} 条"
        for number, record in enumerate(found[:TOP], start=1):
            yield f"{number}. {_line(name, record)}"
        if len(found) > TOP:
            yield f"……另有 {len(found) - TOP} 条{rest}"


def _line(name: str, record: Record) -> str:
    if name in _DUTIES:
        entry = record["entry"]
        said = [f"{record['due_on']}（{_wait(record['days'])}）{record['kind_label']}", _pair(entry)]
        said += [f"负责人：{entry['owner'] or '未指定'}"]
        said += [f"下一步：{entry['next_action']}"] if entry["next_action"] else []
        return "　".join(said)
    if name == "abstentions":
        return f"{record['demand_title']}　{record['binding_zh']}"
    figures = _change(record) or f"得分 {_figure(record['score'])}"
    said = [_pair(record), figures, "、".join(record["causes_zh"])]
    return "　".join(one for one in said if one)


def _facts(brief: Brief) -> list[tuple[str, str]]:
    return [
        ("本次匹配", "尚无" if brief.run is None else _run(brief.run)),
        ("对比", "从头算起" if brief.since is None else _run(brief.since)),
    ]


def _run(run: Record) -> str:
    ended = datetime.fromisoformat(run["finished_at"]).astimezone(BEIJING)
    return f"第 {run['run_id']} 次运行，{ended:%Y-%m-%d %H:%M} 完成"


def _pair(pair: Record) -> str:
    return f"{pair['demand_title']} ↔ {pair['achievement_title']}"


def _wait(days: int) -> str:
    if days == 0:
        return "今天"
    return f"还有 {days} 天" if days > 0 else f"逾期 {-days} 天"


def _change(record: Record) -> str:
    """The figures of a pair before and after, in words; of a new one or one that left, none."""
    if record["event"] != Event.CHANGED:
        return ""
    return "；".join(
        f"{_FIGURES[name]} {_figure(one['before'])} → {_figure(one['after'])}"
        for name, one in record["figures"].items()
        if name in _FIGURES
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _pair_row(record: Record) -> PairRow:
    figures: dict[str, Any] = {name: record[name] for name in ("rank", "score", "probability")}
    return PairRow(
        demand_code=record["demand_code"],
        demand_title=record["demand_title"],
        enterprise=record["demand_organisation"],
        achievement_code=record["achievement_code"],
        achievement_title=record["achievement_title"],
        organisation=record["achievement_organisation"],
        **figures,
        change=_change(record),
        causes="、".join(record["causes_zh"]),
        standing=record["standing_label"],
        stage=record["stage_label"],
        owner=record["owner"],
    )


def _duty_row(record: Record) -> DutyRow:
    entry = record["entry"]
    return DutyRow(
        kind=record["kind_label"],
        due_on=date.fromisoformat(record["due_on"]),
        wait=_wait(record["days"]),
        demand_code=entry["demand_code"],
        demand_title=entry["demand_title"],
        enterprise=entry["demand_organisation"],
        achievement_title=entry["achievement_title"],
        organisation=entry["achievement_organisation"],
        stage=entry["stage_label"],
        owner=entry["owner"],
        technology_manager=entry["technology_manager"],
        next_action=entry["next_action"],
    )


def _unsupplied_row(record: Record) -> UnsuppliedRow:
    nearest = record["nearest"] or {}
    return UnsuppliedRow(
        demand_code=record["demand_code"],
        demand_title=record["demand_title"],
        enterprise=record["demand_organisation"],
        reason=record["reason_label"],
        binding=record["binding_zh"],
        nearest_code=nearest.get("achievement_code", ""),
        nearest_title=nearest.get("achievement_title", ""),
        nearest_organisation=nearest.get("achievement_organisation", ""),
        nearest_score=nearest.get("score"),
        would_change="".join(record["counterfactuals_zh"]),
    )
