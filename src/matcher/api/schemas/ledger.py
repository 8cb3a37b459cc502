"""Ledger entries as they are answered: the pair, what the batch says of it, and the people's columns."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ConfigDict, Field

from matcher.api.schemas.common import MATCH
from matcher.api.schemas.runs import RunAnswer
from matcher.domain.ledger import Cause, Standing
from matcher.domain.stages import DeclineCode, Stage, StallCode, Teaming
from matcher.pipeline.answers import Answer, Moment

_UNTOUCHED: Mapping[str, Any] = {
    "stage": "screening",
    "paused_from": None,
    "return_on": None,
    "owner": "",
    "technology_manager": "",
    "responsible_unit": "",
    "next_action": "",
    "due": None,
    "last_contact": None,
    "stall_code": None,
    "decline_code": None,
    "amount": None,
    "trial_start": None,
    "trial_end": None,
    "payment_trigger": "",
    "teaming": None,
    "milestones": [],
    "notes": "",
    "grade": None,
    "grade_reason": "",
    "reply": "",
}
MILESTONE: Mapping[str, Any] = {
    "name": "样品送检",
    "planned_on": "2027-01-15",
    "done_on": None,
    "note": "两家用同一台试验槽",
}
COLUMNS: Mapping[str, Any] = {
    "owner": "示例赵",
    "technology_manager": "示例钱",
    "responsible_unit": "氢能园产业促进部",
    "next_action": "约双方看样品",
    "due": "2026-12-05",
    "last_contact": "2026-11-20",
    "amount": 120.0,
    "teaming": "race",
    "milestones": [dict(MILESTONE)],
    "notes": "企业希望先试用三个月。",
}
ENTRY: Mapping[str, Any] = {
    **MATCH,
    **_UNTOUCHED,
    **COLUMNS,
    "stage": "engaged",
    "entry_id": 408,
    "version": 4,
    "human_version": 3,
    "stage_label": "对接中",
    "moves": ["intent", "pushed", "paused", "ended"],
    "standing": "current",
    "standing_label": "当前",
    "cause": None,
    "cause_label": None,
    "excluded": False,
    "run_id": 7,
    "first_seen": "2026-11-22T10:06:00+00:00",
    "updated_at": "2026-11-23T01:30:00+00:00",
    "updated_by": "氢能园操作员",
}
ADDED: Mapping[str, Any] = {
    **MATCH,
    **_UNTOUCHED,
    **dict.fromkeys(("rank", "similarity", "score", "probability", "run_id", "cause", "cause_label")),
    "contributions": {},
    "terms": [],
    "entry_id": 990,
    "version": 2,
    "human_version": 1,
    "stage_label": "待研判",
    "moves": ["pending", "paused", "ended"],
    "standing": "added",
    "standing_label": "人工添加",
    "excluded": False,
    "first_seen": "2026-11-23T01:20:00+00:00",
    "updated_at": "2026-11-23T01:20:00+00:00",
    "updated_by": "氢能园操作员",
}


class MilestoneAnswer(Answer):
    """同一需求的几家供方据以比较的节点。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(MILESTONE)]})

    name: str = Field(description="名称，各家相同")
    planned_on: date | None = Field(description="计划日期")
    done_on: date | None = Field(description="完成日期")
    note: str = Field(description="说明")


class WorkColumns(Answer):
    """人工填写的各列；批处理从不改动。"""

    stage: Stage = Field(description="阶段")
    paused_from: Stage | None = Field(description="暂缓前的阶段")
    return_on: date | None = Field(description="暂缓的恢复日期")
    owner: str = Field(description="负责人")
    technology_manager: str = Field(description="技术经理人")
    responsible_unit: str = Field(description="责任单位")
    next_action: str = Field(description="下一步")
    due: date | None = Field(description="下一步的截止日期")
    last_contact: date | None = Field(description="最近联系日期")
    stall_code: StallCode | None = Field(description="受阻原因代码")
    decline_code: DeclineCode | None = Field(description="不接受的原因代码")
    amount: float | None = Field(description="金额，万元")
    trial_start: date | None = Field(description="试用开始（先使用后付费）")
    trial_end: date | None = Field(description="试用结束")
    payment_trigger: str = Field(description="付费条件")
    teaming: Teaming | None = Field(description="几家供方的关系：joint 联合攻关、race 赛马")
    milestones: list[MilestoneAnswer] = Field(description="里程碑")
    notes: str = Field(description="备注")
    grade: int | None = Field(description="企业评分：0 不匹配、1 较弱、2 较强、3 强")
    grade_reason: str = Field(description="评分理由")
    reply: str = Field(description="研发单位的答复")


class EntryAnswer(WorkColumns):
    """一条台账。人工添加而从未由批处理提出的，数值和 `run_id` 为 null。文字中的联系方式已隐去。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(ENTRY), dict(ADDED)]})

    rank: int | None = Field(description="名次，从 1 起")
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    park: str = Field(description="需求所在园区")
    similarity: float | None = Field(description="编码器给出的相似度，−1 到 1")
    score: float | None = Field(description="得分，0 到 1，由 contributions 合成")
    probability: float | None = Field(description="评为可用（2 级以上）的概率，由得分换算")
    contributions: dict[str, float] = Field(description="各通道对得分的贡献")
    terms: list[str] = Field(description="两边共有的词语")
    explored: bool = Field(description="是否为探索位")
    also: list[int] = Field(description="上一次运行认为与该成果相同的其他成果的编号；以往的台账中不列")
    entry_id: int
    version: int = Field(description="版本；即 ETag，批处理和人的每次改动都使它增加")
    human_version: int = Field(description="人工改动的次数；0 为尚无人处理")
    stage_label: str
    moves: list[Stage] = Field(description="可以转到的阶段，最常用的在前")
    standing: Standing = Field(description="现状：批处理怎么看这一对")
    standing_label: str
    cause: Cause | None = Field(description="不再当前的原因")
    cause_label: str | None
    excluded: bool = Field(description="这一对已被排除，不再提出")
    run_id: int | None = Field(description="数值出自哪一次运行")
    first_seen: Moment
    updated_at: Moment | None = Field(description="人工最近一次改动的时间")
    updated_by: str | None = Field(description="谁改的")


class EntryPage(Answer):
    """一页台账，按需求和名次排列。"""

    items: list[EntryAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
    run: RunAnswer | None = Field(description="有 `as_of` 时，是哪一次运行留下的台账")
