"""Listings as callers send them: the fields of their list, normalised, nothing unknown accepted."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field

from matcher.api.fields import ParkCode
from matcher.pipeline.lists.fields import AchievementFields, DemandFields
from matcher.pipeline.texts import FilledLine, Line

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
