"""One ledger entry and its history as tables: codes as labels, moments in Beijing time."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from matcher.cli.output import beijing, print_json, print_table
from matcher.domain.labels import label
from matcher.domain.ledger import Cause, Event, Standing
from matcher.domain.reasons import GRADE_WORDS
from matcher.domain.stages import DeclineCode, Stage, StallCode, Teaming
from matcher.domain.work import REASONS

NAMES = {
    "entry_id": "条目",
    "version": "版本",
    "park": "园区",
    "demand_code": "需求编号",
    "demand_title": "需求",
    "demand_organisation": "企业",
    "achievement_code": "成果编号",
    "achievement_title": "成果",
    "achievement_organisation": "完成单位",
    "standing_label": "现状",
    "cause_label": "原因",
    "rank": "名次",
    "score": "得分",
    "similarity": "相似度",
    "probability": "概率",
    "explored": "探索位",
    "stage_label": "阶段",
    "moves": "可转到",
    "return_on": "恢复日期",
    "owner": "负责人",
    "technology_manager": "技术经理人",
    "responsible_unit": "责任单位",
    "next_action": "下一步",
    "due": "截止日期",
    "last_contact": "最近联系",
    "stall_code": "受阻原因",
    "decline_code": "不接受原因",
    "amount": "金额（万元）",
    "trial_start": "试用开始",
    "trial_end": "试用结束",
    "payment_trigger": "付费条件",
    "teaming": "协作方式",
    "milestones": "里程碑",
    "notes": "备注",
    "grade": "评分",
    "grade_reason": "评分理由",
    "reply": "答复",
    "updated_at": "修改时间",
    "updated_by": "修改人",
}
"""What is shown of an entry, in this order, and its names."""

_CODES: Mapping[str, type[StrEnum]] = {
    "stage": Stage,
    "paused_from": Stage,
    "moves": Stage,
    "standing": Standing,
    "cause": Cause,
    "stall_code": StallCode,
    "decline_code": DeclineCode,
    "teaming": Teaming,
}
"""Columns that hold codes, which are shown as labels."""

_CHANGE_NAMES = NAMES | {
    "stage": "阶段",
    "paused_from": "暂缓前阶段",
    "standing": "现状",
    "cause": "现状原因",
    "evidence": "佐证",
    "demand_version": "需求修订",
    "achievement_version": "成果修订",
}
_ACTS = {event.value: label(event, "zh") for event in Event} | {
    "add": "添加",
    "edit": "填写",
    "stage": "转阶段",
    "grade": "评分",
    "reply": "答复",
    "hand_over": "交接",
    "import": "表格导入",
    "undo": "撤销导入",
    "evidence": "佐证",
    "erase": "清除个人信息",
}


def print_entry(entry: Mapping[str, Any], *, as_json: bool) -> None:
    """One entry, column by column; what is empty is left out."""
    if as_json:
        print_json(entry)
        return
    milestones = [
        f"{one['name']}（计划 {one['planned_on'] or '—'}，完成 {one['done_on'] or '—'}）"
        for one in entry["milestones"]
    ]
    shown = {**entry, "milestones": milestones, "updated_at": beijing(entry["updated_at"])}
    rows = [
        {"name": name, "value": _said(key, shown[key])}
        for key, name in NAMES.items()
        if shown[key] not in (None, "", []) and shown[key] is not False
    ]
    print_table({"name": "列", "value": "值"}, rows)


def print_history(items: Iterable[Mapping[str, Any]]) -> None:
    """Every change of one entry."""
    rows = [
        {
            **item,
            "at": beijing(item["at"]),
            "act": _ACTS[item["act"]],
            "changes": "\n".join(_change(name, change) for name, change in item["changes"].items()),
            "causes": item["causes_zh"],
        }
        for item in items
    ]
    columns = {"at": "时间", "actor": "谁", "act": "做了什么", "run_id": "批次"}
    print_table(columns | {"changes": "前 → 后", "causes": "原因"}, rows, right=("run_id",))


def _change(name: str, change: Mapping[str, Any]) -> str:
    before, after = _said(name, change["before"]), _said(name, change["after"])
    return f"{_CHANGE_NAMES.get(name, name)}：{before} → {after}"


def _said(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    if isinstance(value, list):
        return "、".join(_said(name, one) for one in value)
    if value is True:
        return "是"
    if name == "grade" and isinstance(value, int):
        return f"{value}（{GRADE_WORDS[value][0]}）"
    if name in _CODES:
        return label(_CODES[name](value), "zh")
    if name == "amount":
        return amount_text(value)
    if name == "grade_reason" and value in REASONS:
        return label(REASONS[value], "zh")
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def amount_text(value: float) -> str:
    """An amount as people write it: 30.5, not 30.500."""
    return f"{value:.15g}"
