"""The fields of the two lists, defined once: as callers send them and as they are answered."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matcher.domain.listing import Confidentiality, Contact, DemandKind, Listing, Maturity, Money, Side
from matcher.pipeline.texts import Amount, FilledLine, Line, LongText, invalid
from matcher.store.records import from_record

_MAX_ITEMS = 50
Lines = Annotated[tuple[FilledLine, ...], Field(max_length=_MAX_ITEMS)]


class _Part(BaseModel):
    """Several values that are one field; a value nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class MoneyBody(_Part):
    """金额：万元区间，或面议；`text` 保留原文。"""

    low: Amount | None = Field(None, description="下限，万元")
    high: Amount | None = Field(None, description="上限，万元")
    negotiable: bool = Field(False, description="面议")
    text: Line = Field("", description="原文")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.low, self.high)
        return self


class MaturityBody(_Part):
    """成熟度：技术就绪度（TRL）区间，两端都含；`text` 保留原文。"""

    low: int | None = Field(None, ge=1, le=9, description="TRL 下限")
    high: int | None = Field(None, ge=1, le=9, description="TRL 上限")
    text: Line = Field("", description="原文")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _require_order(self.low, self.high)
        return self


class ContactBody(_Part):
    """联系人；读取时隐去，除非有权并要求显示。"""

    name: Line = ""
    phone: Line = ""
    email: Line = ""


class ListingFields(BaseModel):
    """Fields of either list; of all but the title nothing need be known."""

    title: FilledLine = Field(description="名称")
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
        """The listing that is stated, every field that was not sent at its default."""
        raise NotImplementedError


class AchievementFields(ListingFields):
    """Fields of a research result on offer."""

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

    def listing(self) -> Listing:
        """The achievement that is stated."""
        return from_record(Side.SUPPLY, self.model_dump(include=set(AchievementFields.model_fields)))


class DemandFields(ListingFields):
    """Fields of what an enterprise needs."""

    kind: DemandKind | None = Field(None, description="需求类型")
    detail: LongText = Field("", description="需求详情")
    problems: LongText = Field("", description="拟解决的技术难题")
    targets: LongText = Field("", description="技术指标")
    conditions: LongText = Field("", description="现有基础条件")
    budget: MoneyBody = Field(default_factory=MoneyBody, description="拟投入资金，万元")
    organisation_nature: Line = Field("", description="单位性质")
    deadline: date | None = Field(None, description="需求时限")
    released: bool = Field(False, description="园区同意发布给研发单位（反向推送）")

    def listing(self) -> Listing:
        """The demand that is stated."""
        return from_record(Side.DEMAND, self.model_dump(include=set(DemandFields.model_fields)))


def values_of(listing: Listing) -> dict[str, Any]:
    """A listing's values by field, to make an answer of; they are not checked again."""
    return {field.name: _part(getattr(listing, field.name)) for field in fields(listing)}


def _part(value: Any) -> Any:
    part = _PARTS.get(type(value))
    return value if part is None else part.model_construct(**asdict(value))


_PARTS: Mapping[type, type[BaseModel]] = {Money: MoneyBody, Maturity: MaturityBody, Contact: ContactBody}


def _require_order(low: float | None, high: float | None) -> None:
    if low is not None and high is not None and low > high:
        raise invalid("range_reversed", "下限不得大于上限。", "the lower end is above the upper.")
