"""A park's profile and a demand's own constraints, as they are answered."""

from pydantic import ConfigDict, Field

from matcher.domain.rules import Constraints, ParkProfile
from matcher.pipeline.answers import Answer, Moment
from matcher.store.rule_versions import Saved


class ConstraintsShown(Answer):
    """硬性条件。"""

    model_config = ConfigDict(from_attributes=True)

    max_price: float | None
    min_maturity: int | None
    modes: list[str]
    regions: list[str]
    strict: bool


class ConstraintsAnswer(Answer):
    """一项需求自己的硬性条件。"""

    demand_id: int
    version: int = Field(description="版本；即 ETag，0 为从未保存")
    at: Moment | None = Field(description="何时保存")
    actor: str | None = Field(description="由谁保存")
    constraints: ConstraintsShown

    @classmethod
    def of(cls, demand_id: int, saved: Saved[Constraints]) -> "ConstraintsAnswer":
        """The constraints of a demand in one version."""
        shown = ConstraintsShown.model_validate(saved.rule)
        return cls(
            demand_id=demand_id, version=saved.version, at=saved.at, actor=saved.actor, constraints=shown
        )


class ProfileShown(Answer):
    """一园一方案的全部规则。"""

    model_config = ConfigDict(from_attributes=True)

    industries: dict[str, float]
    only_industries: bool
    partners: list[str]
    partner_weight: float
    only_partners: bool
    excluded_organisations: list[str]
    min_score: float | None
    min_probability: float | None
    likely: float | None
    possible: float | None
    top_k: int | None
    per_organisation: int | None
    max_entries: int | None
    exploration: float | None
    constraints: ConstraintsShown


class ProfileAnswer(Answer):
    """一个园区的方案。"""

    park: str
    version: int = Field(description="版本；即 ETag，0 为从未保存")
    at: Moment | None = Field(description="何时保存")
    actor: str | None = Field(description="由谁保存")
    profile: ProfileShown

    @classmethod
    def of(cls, park: str, saved: Saved[ParkProfile]) -> "ProfileAnswer":
        """The profile of the park with this code in one version."""
        shown = ProfileShown.model_validate(saved.rule)
        return cls(park=park, version=saved.version, at=saved.at, actor=saved.actor, profile=shown)


class ProfileVersions(Answer):
    """一个园区的方案的全部版本，最新的在前。"""

    items: list[ProfileAnswer]
