"""Listings as callers send them: the fields of their list, normalised, nothing unknown accepted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matcher.api.fields import ParkCode
from matcher.domain.entries import MAX_ID
from matcher.pipeline.lists.bulk import BulkAct, BulkChange
from matcher.pipeline.lists.fields import AchievementFields, DemandFields, ListingFields
from matcher.pipeline.lists.merging import MAX_DUPLICATES
from matcher.pipeline.lists.selection import FILTERED, MAX_LISTINGS, Selection
from matcher.pipeline.texts import FilledLine, Line, invalid

ACHIEVEMENT: Mapping[str, Any] = {
    "title": "疫苗冷库低扰动分区除霜控制装置",
    "code": "CG-2026-003",
    "organisation": "示例空港物流技术研究所",
    "industry": "临空经济",
    "keywords": ["疫苗", "冷库", "除霜"],
    "region": "北京市大兴区",
    "laboratory": "航空货运示例实验室",
    "maturity": {"low": 5, "high": 6, "text": "通过小试"},
    "modes": ["技术转让"],
    "contact": {"name": "示例刘工", "phone": "010-5550-0113"},
    "valid_until": "2028-12-31",
    "abstract": "针对冷库蒸发器除霜时库温回升的问题，将蒸发器分为四区轮换热气除霜，最高温升由3.1℃降到0.7℃。",
    "level": "国内先进",
    "price": {"low": 60, "high": 60, "text": "60万元"},
    "ip_type": "发明专利",
}
DEMAND: Mapping[str, Any] = {
    "title": "高温浓碱电解槽用低阻隔膜",
    "code": "XQ-QN-002",
    "organisation": "碱槽示例装备有限公司",
    "industry": "氢能与未来能源",
    "region": "北京市大兴区",
    "modes": ["技术许可"],
    "contact": {"name": "示例吴经理", "phone": "010-5550-0184"},
    "valid_until": "2027-06-30",
    "kind": "acquisition",
    "detail": "编织型材料厚度和气体交叉较大，换膜后单位氢电耗难下降，需要能大幅面制备、耐热碱的隔膜。",
    "targets": "面阻≤0.15 Ω·cm2；厚≤250 μm；幅宽≥1.5 m",
    "conditions": "1000 Nm3/h试验槽和30%碱液回路",
    "budget": {"low": 350, "high": 350, "text": "350万元"},
    "deadline": "2027-09-30",
    "released": True,
}
CHANGES: Mapping[str, Any] = {"keywords": ["电解水", "隔膜"], "valid_until": "2027-12-31"}


class AchievementChanges(AchievementFields):
    """科技成果的部分字段。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(CHANGES)]})

    title: FilledLine = Field("", description="名称", validate_default=False)


class DemandChanges(DemandFields):
    """企业需求的部分字段。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(CHANGES)]})

    title: FilledLine = Field("", description="名称", validate_default=False)


class MeantListing(BaseModel):
    """一个条目；写明版本时，只有当前版本仍是它才修改，否则全部不改。"""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, le=MAX_ID)
    version: int | None = Field(None, ge=1, description="读到的版本（ETag）")


class Duplicates(BaseModel):
    """要并入的重复条目。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"duplicates": [{"id": 5, "version": 1}, {"id": 9}]}]}
    )

    duplicates: Annotated[list[MeantListing], Field(min_length=1, max_length=MAX_DUPLICATES)]

    @property
    def versions(self) -> Mapping[int, int | None]:
        """The duplicates' ids, each with the version that the caller has read."""
        return {item.id: item.version for item in self.duplicates}


class _ListingFilter(BaseModel):
    """By what many listings are chosen."""

    model_config = ConfigDict(extra="forbid")

    q: Line = Field("", description="名称、编号或单位中的文字")
    organisation: Line | None = Field(None, description="单位，须完全相同")
    industry: Line | None = Field(None, description="所属领域，须完全相同；空文字指没有填写的")
    region: Line | None = Field(None, description="所属地区，须完全相同；空文字指没有填写的")
    include_withdrawn: bool = Field(False, description="包括已撤回的")
    count: int = Field(ge=1, description="看到的条数；实际条数不同时答 409，什么也不改")

    def selection(self) -> Selection:
        """The listings that the filter holds."""
        where = {name: getattr(self, name, None) for name in ("source", *FILTERED)}
        return Selection(
            search=self.q,
            where={name: text for name, text in where.items() if text is not None},
            include_withdrawn=self.include_withdrawn,
            count=self.count,
        )


class AchievementFilter(_ListingFilter):
    """按条件选择成果。"""

    source: Line | None = Field(None, description="来源（哪一家的清单），须完全相同")


class DemandFilter(_ListingFilter):
    """按条件选择一个园区的需求。"""

    park: ParkCode = Field(description="园区代码")

    def selection(self) -> Selection:
        """The listings that the filter holds."""
        return replace(super().selection(), park=self.park)


class _ListingsMeant(BaseModel):
    """Which listings are meant, and what is done to them."""

    model_config = ConfigDict(extra="forbid")

    act: BulkAct = Field(description="set 设置字段、withdraw 撤回、restore 恢复")
    items: Annotated[list[MeantListing], Field(max_length=MAX_LISTINGS)] | None = Field(
        None, description="按编号选择；与 filter 二选一"
    )

    @model_validator(mode="after")
    def _meant_once(self) -> Self:
        if (self.items is None) == (self.chosen_by is None):
            raise invalid(
                "items_or_filter",
                "条目（items）与选择条件（filter）须填其一。",
                "give either items or filter.",
            )
        return self

    @property
    def chosen_by(self) -> AchievementFilter | DemandFilter | None:
        """The filter that chooses the listings, where one does."""
        raise NotImplementedError

    @property
    def values(self) -> ListingFields | None:
        """The fields to set, where there are any."""
        raise NotImplementedError

    def selection(self) -> Selection:
        """The listings that are meant."""
        if self.items is not None:
            return Selection(versions={item.id: item.version for item in self.items})
        assert self.chosen_by is not None
        return self.chosen_by.selection()

    def change(self) -> BulkChange:
        """What is done to them."""
        if self.values is None:
            return BulkChange(act=self.act)
        return BulkChange(act=self.act, listing=self.values.listing(), fields=self.values.model_fields_set)


class AchievementBulk(_ListingsMeant):
    """要批量修改的科技成果，最多 2000 项。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"act": "set", "items": [{"id": 1, "version": 2}], "fields": {"region": "北京市"}}]
        }
    )

    filter: AchievementFilter | None = Field(None, description="按条件选择")
    fields: AchievementChanges | None = Field(None, description="要设置的字段；act 为 set 时必填")

    @property
    def chosen_by(self) -> AchievementFilter | None:
        """The filter that chooses the listings, where one does."""
        return self.filter

    @property
    def values(self) -> AchievementChanges | None:
        """The fields to set, where there are any."""
        return self.fields


class DemandBulk(_ListingsMeant):
    """要批量修改的企业需求，最多 2000 项。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "act": "set",
                    "filter": {"park": "hydrogen", "q": "隔膜", "count": 1},
                    "fields": {"valid_until": "2027-12-31"},
                },
                {"act": "withdraw", "items": [{"id": 2, "version": 3}]},
            ]
        }
    )

    filter: DemandFilter | None = Field(None, description="按条件选择")
    fields: DemandChanges | None = Field(None, description="要设置的字段；act 为 set 时必填")

    @property
    def chosen_by(self) -> DemandFilter | None:
        """The filter that chooses the listings, where one does."""
        return self.filter

    @property
    def values(self) -> DemandChanges | None:
        """The fields to set, where there are any."""
        return self.fields


class AchievementBody(AchievementFields):
    """一项科技成果；只有名称必填，未知的留空。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(ACHIEVEMENT)]})


class DemandBody(DemandFields):
    """一项企业需求；只有名称必填，未知的留空。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(DEMAND)]})


class NewAchievement(AchievementBody):
    """要新增的科技成果。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": "示例高校清单", **ACHIEVEMENT}]})

    source: Line = Field("", description="哪一家的清单")


class NewDemand(DemandBody):
    """要新增的企业需求。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"park": "hydrogen", **DEMAND}]})

    park: ParkCode = Field(description="园区代码")
