"""Demands without a credible supply: what binds, and how near the nearest miss came."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.labels import Words, label
from matcher.domain.standings import AbstentionReason
from matcher.domain.verdicts import Constraint


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """A live demand for which a run proposes nothing that is likely.

    `ruled_out` is constraint → number of achievements it rules out. The nearest miss is the best achievement
    where the park's and the demand's rules and the threshold are set aside; `nearest_failed` are the
    constraints that it fails, none where it is below the threshold or over a quota.
    """

    demand_id: int
    park_id: int
    reason: AbstentionReason
    ruled_out: Mapping[Constraint, int]
    nearest_id: int | None = None
    nearest_failed: tuple[Constraint, ...] = ()
    similarity: float | None = None
    score: float | None = None
    probability: float | None = None


def what_binds(abstention: Abstention) -> Words:
    """Why there is no credible supply, in a sentence."""
    counted = sorted(abstention.ruled_out.items(), key=lambda named: (-named[1], named[0]))
    zh = "、".join(f"{label(name, 'zh')} {count} 项" for name, count in counted)
    en = ", ".join(f"{label(name, 'en')} {count}" for name, count in counted)
    match abstention.reason:
        case AbstentionReason.TOO_LITTLE_TEXT:
            return "文字太少，无法判断。", "too little text to judge."
        case AbstentionReason.NO_SUPPLY:
            return "供给清单中没有可用的成果。", "the supply list holds nothing that may be matched."
        case AbstentionReason.CONSTRAINTS:
            return (
                f"没有成果满足硬性条件；各条件排除的成果：{zh}。",
                f"no achievement keeps the hard constraints; ruled out: {en}.",
            )
        case AbstentionReason.BELOW_THRESHOLD:
            besides = (f"；各条件排除的成果：{zh}", f"; ruled out: {en}") if counted else ("", "")
            return (
                f"允许的成果都没有达到门槛{besides[0]}。",
                f"nothing that is allowed reaches the threshold{besides[1]}.",
            )
        case AbstentionReason.QUOTA:
            return (
                "园区台账条数已满，其他需求的匹配排在前面。",
                "the park's number of entries is used up by better matches of other demands.",
            )
        case AbstentionReason.NONE_LIKELY:
            return "没有一条匹配达到“可信”。", "no match reaches the likely band."
