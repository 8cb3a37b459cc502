"""One ledger entry and its history as tables: codes as labels, moments in Beijing time."""

from collections.abc import Iterable, Mapping
from typing import Any

from matcher.cli.output import beijing, print_json, print_table
from matcher.domain.columns import BY_KEY, COLUMNS, ORIGINAL, Kind, View
from matcher.domain.labels import label
from matcher.domain.reasons import GRADE_WORDS
from matcher.domain.standings import Event
from matcher.domain.work import REASONS
from matcher.pipeline.ledger.answers import EntryAnswer

_SHOWN = tuple(column for column in COLUMNS if View.ENTRY in column.views)
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


def print_entry(entry: EntryAnswer, *, as_json: bool) -> None:
    """One entry, column by column, and what both lists say beside; what is empty is left out."""
    values = entry.as_json()
    if as_json:
        print_json(values)
        return
    values |= _contacts(values)
    rows = [
        {"name": column.zh, "value": _said(column.key, values[column.key])}
        for column in _SHOWN
        if values[column.key] not in (None, "", []) and values[column.key] is not False
    ]
    rows += [
        {"name": start + heading, "value": text}
        for side, start in ORIGINAL.items()
        for heading, text in values[f"{side}_extra"].items()
        if text
    ]
    print_table({"name": "列", "value": "值"}, rows)


def _contacts(values: Mapping[str, Any]) -> dict[str, str]:
    """Each part of both sides' contacts, by its column."""
    return {
        f"{side}_contact_{part}": text
        for side in ORIGINAL
        for part, text in values[f"{side}_contact"].items()
    }


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
    return f"{BY_KEY[name].zh if name in BY_KEY else name}：{before} → {after}"


def _said(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    if isinstance(value, list):
        return "、".join(_said(name, part) for part in value)
    if value is True:
        return "是"
    if name == "grade_reason" and value in REASONS:
        return label(REASONS[value], "zh")
    return _cell(name, value)


def _cell(name: str, value: Any) -> str:
    column = BY_KEY.get(name)
    match None if column is None else column.kind:
        case Kind.CODE if column is not None and column.codes is not None:
            return label(column.codes(value), "zh")
        case Kind.GRADE:
            return f"{value}（{GRADE_WORDS[value][0]}）"
        case Kind.AMOUNT:
            return amount_text(value)
        case Kind.MOMENT:
            return beijing(value) or "—"
        case Kind.MILESTONES:
            return f"{value['name']}（计划 {value['planned_on'] or '—'}，完成 {value['done_on'] or '—'}）"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def amount_text(value: float) -> str:
    """An amount as people write it: 30.5, not 30.500."""
    return f"{value:.15g}"
