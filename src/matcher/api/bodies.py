"""Listings as callers send them: the domain's fields, normalised, nothing unknown accepted."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from matcher.api.errors import invalid
from matcher.api.fields import Amount, FilledLine, Line, LongText, ParkCode
from matcher.domain.listing import Achievement, Confidentiality, Demand, DemandKind, Listing

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

_MAX_ITEMS = 50
Lines = Annotated[tuple[FilledLine, ...], Field(max_length=_MAX_ITEMS)]


class _Body(BaseModel):
    """What callers send; a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class MoneyBody(_Body):
    """金额：万元区间，或面议；`text` 保留原文。"""

    low: Amount | None = Field(None, description="下限，万元")
    high: Amount | None = Field(None, description="上限，万元")
    negotiable: bool = Field(False, description="面议")
    text: Line = Field("", description="原文")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.low, self.high)
        return self


class MaturityBody(_Body):
    """成熟度：技术就绪度（TRL）区间，两端都含；`text` 保留原文。"""

    low: int | None = Field(None, ge=1, le=9, description="TRL 下限")
    high: int | None = Field(None, ge=1, le=9, description="TRL 上限")
    text: Line = Field("", description="原文")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.low, self.high)
        return self


class ContactBody(_Body):
    """联系人；读取时隐去，除非有权并要求显示。"""

    name: Line = ""
    phone: Line = ""
    email: Line = ""


class ListingChanges(_Body):
    """Fields of either list; a partial update changes those that are sent."""

    title: FilledLine = Field("", description="名称", validate_default=False)
    code: Line = Field("", description="清单自己的编号；没有编号的条目以名称和单位识别")
    organisation: Line = Field("", description="单位：成果的完成单位，或提出需求的企业")
    industry: Line = Field("", description="所属领域")
    keywords: Lines = Field((), description="关键词")
    region: Line = Field("", description="所属地区")
    source_region: Line = Field("", description="来源区域标签")
    laboratory: Line = Field("", description="实验室")
    maturity: MaturityBody = Field(default_factory=MaturityBody, description="成熟度")
    modes: Lines = Field((), description="转化方式（成果）或合作方式（需求）")
    confidentiality: Confidentiality = Field(
        Confidentiality.PUBLIC, description="密级；internal 不对外嵌入，secret 不参与匹配"
    )
    contact: ContactBody = Field(default_factory=ContactBody, description="联系人")
    valid_until: date | None = Field(None, description="有效期至（含当日，北京时间）")
    extra: Annotated[dict[FilledLine, LongText], Field(max_length=_MAX_ITEMS)] = Field(
        {}, description="清单中的其他列"
    )

    def listing(self) -> Listing:
        """The listing this body states, every field that was not sent at its default."""
        raise NotImplementedError


class AchievementChanges(ListingChanges):
    """科技成果的部分字段。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(CHANGES)]})
    _domain: ClassVar = TypeAdapter(Achievement)

    title_en: Line = Field("", description="英文名称")
    abstract: LongText = Field("", description="成果简介")
    abstract_en: LongText = Field("", description="英文简介")
    inventors: Line = Field("", description="完成人")
    classification: Line = Field("", description="分类号")
    form: Line = Field("", description="成果体现形式")
    level: Line = Field("", description="技术水平")
    transfer_note: LongText = Field("", description="转化说明")
    price: MoneyBody = Field(default_factory=MoneyBody, description="拟转化金额，万元")
    ip_type: Line = Field("", description="知识产权类型")

    def listing(self) -> Achievement:
        """The achievement this body states."""
        stated: Achievement = self._domain.validate_python(_values(self, Achievement))
        return stated


class DemandChanges(ListingChanges):
    """企业需求的部分字段。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(CHANGES)]})
    _domain: ClassVar = TypeAdapter(Demand)

    kind: DemandKind | None = Field(None, description="需求类型")
    detail: LongText = Field("", description="需求详情")
    problems: LongText = Field("", description="拟解决的技术难题")
    targets: LongText = Field("", description="技术指标")
    conditions: LongText = Field("", description="现有基础条件")
    budget: MoneyBody = Field(default_factory=MoneyBody, description="拟投入资金，万元")
    organisation_nature: Line = Field("", description="单位性质")
    deadline: date | None = Field(None, description="需求时限")
    released: bool = Field(False, description="园区同意发布给研发单位（反向推送）")

    def listing(self) -> Demand:
        """The demand this body states."""
        stated: Demand = self._domain.validate_python(_values(self, Demand))
        return stated


class AchievementBody(AchievementChanges):
    """一项科技成果；只有名称必填，未知的留空。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(ACHIEVEMENT)]})

    title: FilledLine = Field(description="名称")


class DemandBody(DemandChanges):
    """一项企业需求；只有名称必填，未知的留空。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(DEMAND)]})

    title: FilledLine = Field(description="名称")


class NewAchievement(AchievementBody):
    """要新增的科技成果。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": "示例高校清单", **ACHIEVEMENT}]})

    source: Line = Field("", description="哪一家的清单")


class NewDemand(DemandBody):
    """要新增的企业需求。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"park": "hydrogen", **DEMAND}]})

    park: ParkCode = Field(description="园区代码")


def _values(body: ListingChanges, kind: type[Listing]) -> dict[str, Any]:
    return body.model_dump(include=set(kind.__dataclass_fields__))


def _require_order(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise invalid("range_reversed", "下限不得大于上限。", "the lower end is above the upper.")
