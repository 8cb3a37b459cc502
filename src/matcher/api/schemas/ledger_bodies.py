"""Work on an entry as callers send it; nothing unknown is accepted."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from pydantic.config import JsonDict

from matcher.api.fields import ParkCode, Remark
from matcher.domain.columns import EDITABLE, PEOPLE, Kind, Milestone
from matcher.domain.entries import MAX_ID
from matcher.domain.stages import Stage
from matcher.domain.work import MAX_AMOUNT, REASONS, reasons_in_chinese
from matcher.pipeline.texts import FilledLine, invalid


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _known(reason: str) -> str:
    if reason not in REASONS:
        raise invalid(
            "enum", f"须为以下之一：{reasons_in_chinese()}。", f"it must be one of {', '.join(REASONS)}."
        )
    return reason


Reason = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(REASONS)})]
"""A decline code or a stall code."""

ListingId = Annotated[int, Field(ge=1, le=MAX_ID)]


_MILESTONE: JsonDict = {
    "name": "样品送检",
    "planned_on": "2027-01-15",
    "done_on": None,
    "note": "两家用同一台试验槽",
}


class MilestoneBody(_Sent):
    """同一需求的几家供方据以比较的节点。"""

    model_config = ConfigDict(json_schema_extra={"examples": [_MILESTONE]})

    name: FilledLine = Field(description="名称，各家相同")
    planned_on: date | None = Field(None, description="计划日期")
    done_on: date | None = Field(None, description="完成日期")
    note: Remark = Field("", description="说明")


class ColumnChanges(_Sent):
    """Columns to write; `EntryChanges` adds every one that people write as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "owner": "示例赵",
                    "due": "2026-12-05",
                    "amount": 120.0,
                    "milestones": [_MILESTONE],
                },
                {"due": None, "stall_code": "funding"},
            ]
        }
    )

    def columns(self) -> dict[str, Any]:
        """The columns that were sent, as the domain holds them."""
        sent = {name: getattr(self, name) for name in EDITABLE if name in self.model_fields_set}
        if "milestones" in sent:
            sent["milestones"] = tuple(Milestone(**point.model_dump()) for point in sent["milestones"])
        return sent


_SENT: Mapping[Kind, Any] = {
    Kind.TEXT: Remark,
    Kind.AMOUNT: Annotated[float, Field(ge=0, le=MAX_AMOUNT, allow_inf_nan=False)] | None,
    Kind.MILESTONES: Annotated[list[MilestoneBody], Field(max_length=20)],
}
"""How the columns of a kind are sent; others as the domain holds them."""

if TYPE_CHECKING:
    EntryChanges = ColumnChanges
else:
    EntryChanges = create_model(
        "EntryChanges",
        __base__=ColumnChanges,
        __module__=__name__,
        __doc__="要修改的列；未写的列不变，写 null（文字写空串）即清空。"
        "与隐去联系方式后的文字相同的，保留原文。",
        **{
            column.name: (
                _SENT.get(column.kind, column.holds),
                Field(column.default, description=column.about or column.zh),
            )
            for column in PEOPLE
            if column.name in EDITABLE
        },
    )


class NewEntry(EntryChanges):
    """由人添加的一对；其余各列可以同时填写。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "demand_id": 41,
                    "achievement_id": 58,
                    "stage": "pending",
                    "owner": "示例赵",
                    "notes": "路演上结识",
                }
            ]
        }
    )

    demand_id: ListingId = Field(description="需求的编号（id）")
    achievement_id: ListingId = Field(description="成果的编号（id）")
    stage: Stage = Field(Stage.SCREENING, description="从哪个阶段开始")


class StageMove(_Sent):
    """转到哪个阶段。终止须写 `reason`，暂缓须写 `return_on`。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"stage": "engaged"},
                {"stage": "ended", "reason": "too_early"},
                {"stage": "paused", "reason": "funding", "return_on": "2027-03-01"},
            ]
        }
    )

    stage: Stage = Field(description="阶段；可以转到的在台账的 `moves` 中")
    reason: Reason | None = Field(
        None, description="原因代码：不接受的原因（如 too_early），或受阻原因（如 funding）"
    )
    return_on: date | None = Field(None, description="暂缓的恢复日期，今天以后")


class NewGrade(_Sent):
    """企业对这一对的评分。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grade": 2, "reason": "指标接近，缺少放大数据"}, {"grade": 3}]}
    )

    grade: Annotated[int, Field(strict=True, ge=0, le=3)] = Field(
        description="0 不匹配、1 较弱、2 较强、3 强"
    )
    reason: Remark = Field("", description="理由：文字，或不接受的原因代码；可不填")


class NewReply(_Sent):
    """研发单位对评分的答复。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reply": "放大数据下月可提供。"}]})

    reply: Remark = Field(description="答复")


class NewLink(_Sent):
    """作为佐证的链接。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"title": "样品检测报告", "url": "https://reports.example.cn/2026/17"}]
        }
    )

    title: FilledLine = Field(description="名称")
    url: Annotated[str, StringConstraints(max_length=2_000)] = Field(description="http 或 https 地址")


class NewExclusion(_Sent):
    """不再提出的一对。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"demand_id": 41, "achievement_id": 58, "reason": "双方曾合作，企业明确不再考虑"}]
        }
    )

    demand_id: ListingId = Field(description="需求的编号（id）")
    achievement_id: ListingId = Field(description="成果的编号（id）")
    reason: Remark = Field(description="理由")


class HandOver(_Sent):
    """把一个人在一个园区的全部台账交给另一个人。"""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={"examples": [{"park": "hydrogen", "from": "示例赵", "to": "示例孙"}]},
    )

    park: ParkCode = Field(description="园区代码")
    giver: Remark = Field(alias="from", description="现在的负责人或技术经理人")
    taker: Remark = Field(alias="to", description="接手的人")
