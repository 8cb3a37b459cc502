"""Matches as they are answered: as a run wrote them, as a free text finds them, and on other sites."""

from typing import Any

from pydantic import Field

from matcher.domain.bands import Band, Bands
from matcher.domain.entries import PairView
from matcher.domain.listing import LiveListing, Side
from matcher.domain.match import Match
from matcher.domain.text import TextView, mask_contacts
from matcher.pipeline.answers import Answer
from matcher.pipeline.pairs import pair_record


class MatchAnswer(Answer):
    """一对匹配：相似度、得分和（校准后的）概率是三个数。"""

    rank: int = Field(description="名次，从 1 起")
    demand_id: int | None
    demand_code: str | None
    demand_title: str
    demand_organisation: str | None
    achievement_id: int | None
    achievement_code: str | None
    achievement_title: str
    achievement_organisation: str | None
    park: str | None = Field(description="需求所在园区")
    similarity: float = Field(description="编码器给出的相似度，−1 到 1")
    score: float = Field(description="得分，0 到 1，由 contributions 合成")
    probability: float | None = Field(description="评为可用（2 级以上）的概率，由得分换算")
    band: Band | None = Field(
        description="概率所在的档：likely 可信、possible 待看、below 低于待看；没有概率为 null"
    )
    contributions: dict[str, float] = Field(description="各通道对得分的贡献")
    terms: list[str] = Field(description="两边共有的词语")
    explored: bool = Field(description="是否为探索位：不因得分靠前、而为了解它而列出")
    also: list[int] = Field(description="与该成果相同、因此未另列的其他成果的编号")

    @classmethod
    def of_pair(cls, pair: PairView, also: tuple[int, ...], **changes: Any) -> "MatchAnswer":
        """A pair that a run proposes, in the ledger or in the reverse feed; `also` repeat its achievement."""
        return cls(**{**pair_record(pair), "also": list(also), **changes})

    @classmethod
    def of_free_text(
        cls,
        match: Match,
        listed: LiveListing,
        asked: TextView,
        side: Side,
        *,
        terms: tuple[str, ...],
        park: str | None,
        also: tuple[int, ...],
        bands: Bands,
    ) -> "MatchAnswer":
        """What was found for a text that stands on `side`; the text has no id and no code."""
        free = {"id": None, "code": None, "title": mask_contacts(asked.title), "organisation": None}
        matched = {
            "id": listed.id,
            "code": mask_contacts(listed.listing.code),
            "title": mask_contacts(listed.listing.title),
            "organisation": mask_contacts(listed.listing.organisation),
        }
        demand, achievement = (free, matched) if side is Side.DEMAND else (matched, free)
        pair: dict[str, Any] = {f"demand_{name}": value for name, value in demand.items()}
        pair |= {f"achievement_{name}": value for name, value in achievement.items()}
        return cls(
            **pair,
            rank=match.rank,
            park=park,
            similarity=match.similarity,
            score=match.score,
            probability=match.probability,
            band=bands.of(match.probability),
            contributions=dict(match.contributions),
            terms=list(terms),
            explored=False,
            also=list(also),
        )


class ReasonAnswer(Answer):
    """没有结果或没有可信结果的原因，以及怎样改变它。"""

    code: str
    zh: str
    en: str


class MatchesAnswer(Answer):
    """上一次匹配写下的结果；没有结果、或没有一条可信时 `reason` 说明原因。"""

    items: list[MatchAnswer]
    reason: ReasonAnswer | None


class FoundAnswer(Answer):
    """按文字找到的结果，最好的在前。"""

    items: list[MatchAnswer]


class EmbeddedMatch(Answer):
    """嵌入页面可见的一条结果：只含公开成果的名称、单位、数值和词语。"""

    rank: int
    achievement_title: str
    achievement_organisation: str | None
    similarity: float
    score: float
    probability: float | None
    band: Band | None
    terms: list[str]
    explored: bool


class EmbeddedMatches(Answer):
    """嵌入页面可见的结果；没有结果、或没有一条可信时 `reason` 说明原因。"""

    items: list[EmbeddedMatch]
    reason: ReasonAnswer | None
