"""A park's and a demand's rules as they are sent."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.bands import LIKELY, POSSIBLE
from matcher.domain.rules import MAX_PRICE, MAX_TOP_K, MAX_WEIGHT, Constraints, ParkProfile
from matcher.pipeline.rules.stated import constraints_from, profile_from

_CONSTRAINTS: Mapping[str, Any] = {
    "max_price": 500.0,
    "min_maturity": 6,
    "modes": ["技术许可"],
    "regions": ["北京"],
    "strict": False,
}
_PROFILE: Mapping[str, Any] = {
    "industries": {"氢能": 1.2},
    "only_industries": False,
    "partners": ["北郊示例理工学院"],
    "partner_weight": 1.1,
    "only_partners": False,
    "excluded_organisations": [],
    "min_score": 0.2,
    "min_probability": None,
    "likely": None,
    "possible": None,
    "top_k": 8,
    "per_organisation": 3,
    "max_entries": None,
    "exploration": None,
    "constraints": dict(_CONSTRAINTS),
}

Names = list[str]
Weight = Annotated[float, Field(gt=0, le=MAX_WEIGHT, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Threshold = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class ConstraintsBody(BaseModel):
    """对成果的硬性条件，先于检索；未写的不限。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(_CONSTRAINTS)]})

    max_price: Annotated[float, Field(ge=0, le=MAX_PRICE, allow_inf_nan=False)] | None = Field(
        None, description="金额上限，万元；与成果的最低要价比较"
    )
    min_maturity: Annotated[int, Field(ge=1, le=9)] | None = Field(
        None, description="最低技术成熟度，1–9 级；与成果所称的最高级比较"
    )
    modes: Names = Field([], description="可接受的合作方式，有一种即可")
    regions: Names = Field([], description="成果所在或来源的地区，有一处即可")
    strict: bool = Field(False, description="清单没有写明的，是否也排除")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")

    def rule(self) -> Constraints:
        """The constraints as the domain holds them.

        Raises:
            InvalidInput: a name is blank or too long.
        """
        return constraints_from(self.model_dump())


class ProfileBody(BaseModel):
    """一园一方案；未写的与没有方案时一样。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [dict(_PROFILE)]})

    industries: dict[str, Weight] = Field({}, description="产业 → 权重；只影响排序，不改变得分")
    only_industries: bool = Field(False, description="只要上列产业的成果")
    partners: Names = Field([], description="合作单位")
    partner_weight: Weight = Field(1.0, description="合作单位的权重；只影响排序")
    only_partners: bool = Field(False, description="只要合作单位的成果")
    excluded_organisations: Names = Field([], description="不要这些单位的成果")
    min_score: Share | None = Field(None, description="得分门槛；低于它的不提出")
    min_probability: Share | None = Field(None, description="概率门槛；低于它的不推荐")
    likely: Threshold | None = Field(
        None, description=f"可信线：概率不低于它的为“可信”；不填为 {LIKELY:g}；不影响推荐"
    )
    possible: Threshold | None = Field(
        None, description=f"待看线：概率不低于它的为“待看”；不填为 {POSSIBLE:g}；不高于可信线"
    )
    top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K)] | None = Field(None, description="每项需求最多几条")
    per_organisation: Count | None = Field(None, description="每项需求中同一单位最多几条")
    max_entries: Count | None = Field(None, description="全园当前条目最多几条")
    exploration: float | None = Field(
        None, ge=0, le=0.5, description="探索位占每条需求匹配的比例；不填时，评分经学习得到的为 0.1，否则为 0"
    )
    constraints: ConstraintsBody = Field(default_factory=ConstraintsBody, description="硬性条件")

    def sent(self) -> dict[str, Any]:
        """What was sent, as JSON: by it a repeated request is known."""
        return self.model_dump(mode="json")

    def rule(self) -> ParkProfile:
        """The profile as the domain holds it.

        Raises:
            InvalidInput: a rule that cannot be.
        """
        return profile_from(self.model_dump())
