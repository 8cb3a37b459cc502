"""A park's and a demand's rules as they are sent and answered, and what trying them shows."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.domain.rules import MAX_PRICE, MAX_TOP_K, MAX_WEIGHT, Constraints, ParkProfile
from matcher.domain.standings import AbstentionReason, Event
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.ledger.answers import FigureChange
from matcher.pipeline.rules.saved import constraints_from, profile_from

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
    "top_k": 8,
    "per_organisation": 3,
    "max_entries": None,
    "exploration": None,
    "constraints": dict(_CONSTRAINTS),
}

Names = list[str]
Weight = Annotated[float, Field(gt=0, le=MAX_WEIGHT, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
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


class ConstraintsShown(Answer):
    """硬性条件。"""

    max_price: float | None
    min_maturity: int | None
    modes: Names
    regions: Names
    strict: bool


class ProfileShown(Answer):
    """一园一方案的全部规则。"""

    industries: dict[str, float]
    only_industries: bool
    partners: Names
    partner_weight: float
    only_partners: bool
    excluded_organisations: Names
    min_score: float | None
    min_probability: float | None
    top_k: int | None
    per_organisation: int | None
    max_entries: int | None
    exploration: float | None
    constraints: ConstraintsShown


class _Versioned(Answer):
    version: int = Field(description="版本；即 ETag，0 为从未保存")
    at: Moment | None = Field(description="何时保存")
    actor: str | None = Field(description="由谁保存")


class ProfileAnswer(_Versioned):
    """一个园区的方案。"""

    park: str
    profile: ProfileShown


class ProfileVersions(Answer):
    """一个园区的方案的全部版本，最新的在前。"""

    items: list[ProfileAnswer]


class ConstraintsAnswer(_Versioned):
    """一项需求自己的硬性条件。"""

    demand_id: int
    constraints: ConstraintsShown


class TriedPair(Answer):
    """按试算的规则，一对供需会有的变化；台账中还没有的，`entry_id` 为 null。"""

    entry_id: int | None
    park: str
    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    event: Event
    event_label: str
    causes: list[str] = Field(description="消失的原因代码，再是不满足的条件")
    causes_zh: list[str]
    figures: dict[str, FigureChange] = Field(description="会变的数值")


class TriedAbstention(Answer):
    """一项没有可信供给的需求。"""

    demand_id: int
    demand_code: str
    demand_title: str
    demand_organisation: str
    reason: AbstentionReason
    reason_label: str
    binding_zh: str
    binding_en: str


class DryRunAnswer(Answer):
    """按试算的规则，今晚的台账与现在相比会有的变化；什么也没有写入。"""

    park: str
    dry_run: bool
    new: list[TriedPair] = Field(description="会提出的，包括重新出现的")
    changed: list[TriedPair] = Field(description="数值或文字会变的")
    vanished: list[TriedPair] = Field(description="不会再提出的，及其原因")
    kept: int = Field(description="不会有任何变化的有多少")
    abstentions_now: list[TriedAbstention] = Field(description="现在没有可信供给的需求")
    abstentions_then: list[TriedAbstention] = Field(description="届时没有可信供给的需求")
