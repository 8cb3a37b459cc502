"""Demands without a credible supply: what binds, how near the nearest miss came, what would change it."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.labels import label
from matcher.domain.ledger import AbstentionReason
from matcher.domain.listing import Achievement
from matcher.domain.rules import Constraint, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """A live demand for which a run proposes nothing.

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


Sentences = tuple[str, str]
"""Chinese and English."""


def what_binds(abstention: Abstention) -> Sentences:
    """Why there is no credible supply, in a sentence."""
    counted = sorted(abstention.ruled_out.items(), key=lambda one: (-one[1], one[0]))
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
                f"允许的成果都没有达到得分门槛{besides[0]}。",
                f"nothing that is allowed reaches the score threshold{besides[1]}.",
            )
        case AbstentionReason.QUOTA:
            return (
                "园区台账条数已满，其他需求的匹配排在前面。",
                "the park's number of entries is used up by better matches of other demands.",
            )


def what_would_change(
    abstention: Abstention, rules: Rules, nearest: Achievement | None
) -> tuple[Sentences, ...]:
    """What would give the demand a match, one sentence for each condition that would have to change."""
    match abstention.reason:
        case AbstentionReason.TOO_LITTLE_TEXT:
            return (("请补充需求详情。", "describe the demand."),)
        case AbstentionReason.NO_SUPPLY:
            return (("请先导入成果清单。", "import a supply list."),)
        case AbstentionReason.QUOTA:
            return (("请提高园区的条数上限。", "raise the park's number of entries."),)
    if nearest is None:
        return (
            (
                "可用的成果都是本单位的或已被排除；可作为揭榜需求发布。",
                "all there is is the enterprise's own or excluded: post the demand as an open challenge.",
            ),
        )
    floor, score = rules.profile.min_score, abstention.score
    is_low = floor is not None and score is not None and score < floor
    if not abstention.nearest_failed:
        if not is_low:
            return (_AGAIN,)
        return (
            (
                f"最接近的成果得分 {score:.3f}，低于门槛 {floor:g}；门槛降到该得分即可匹配。",
                f"the nearest scores {score:.3f}, the threshold is {floor:g}: it would match at its score.",
            ),
        )
    still = rules.against(nearest)
    is_enough = len(abstention.nearest_failed) == 1 and not is_low
    sentences = tuple(
        _remedy(constraint, rules, nearest, is_enough=is_enough) if constraint in still else _AGAIN
        for constraint in abstention.nearest_failed
    )
    if not is_low:
        return sentences
    return (
        *sentences,
        (
            f"最接近的成果得分 {score:.3f}，也低于门槛 {floor:g}；门槛须同时降到该得分。",
            f"the nearest scores {score:.3f}, below the threshold of {floor:g}, too: it has to come down.",
        ),
    )


_AGAIN = (
    "规则或成果已有变动，下次匹配时重新判断。",
    "the rules or the achievement have changed since: the next run judges anew.",
)


def _remedy(constraint: Constraint, rules: Rules, nearest: Achievement, *, is_enough: bool) -> Sentences:
    """What one condition asks for and the nearest has; `is_enough` where nothing else is in its way."""
    wanted, stated = _wanted_and_stated(constraint, rules, nearest)
    zh, en = label(constraint, "zh"), label(constraint, "en")
    if not stated:
        return (
            f"{zh}：最接近的成果没有写明，按规则不予匹配；补充后重新判断。",
            f"{en}: the nearest states none, which the rule rules out; it is judged anew once stated.",
        )
    if constraint is Constraint.ORGANISATIONS:
        return (
            f"{zh}：最接近的成果出自被排除的“{stated}”。",
            f"{en}: the nearest is of {stated}, which is excluded.",
        )
    then_zh, then_en = (
        ("放宽到该值即可匹配", "it would match if that were allowed")
        if is_enough
        else ("须放宽到该值", "that has to be allowed")
    )
    return (
        f"{zh}：要求{wanted}，最接近的成果为{stated}；{then_zh}。",
        f"{en}: {wanted.strip()} is asked for, the nearest has {stated.strip()}: {then_en}.",
    )


def _wanted_and_stated(constraint: Constraint, rules: Rules, nearest: Achievement) -> tuple[str, str]:
    profile = rules.profile
    both = (profile.constraints, rules.own)
    match constraint:
        case Constraint.PRICE:
            low = nearest.price.low
            ceiling = min(one.max_price for one in both if one.max_price is not None)
            return f"≤ {ceiling:g} 万元", "" if low is None else f" {low:g} 万元"
        case Constraint.MATURITY:
            high = nearest.maturity.high
            floor = max(one.min_maturity for one in both if one.min_maturity is not None)
            return f" ≥ {floor} 级", "" if high is None else f" {high} 级"
        case Constraint.MODES:
            return _names(*(name for one in both for name in one.modes)), _names(*nearest.modes)
        case Constraint.REGIONS:
            wanted = _names(*(name for one in both for name in one.regions))
            return wanted, _names(nearest.region, nearest.source_region)
        case Constraint.INDUSTRIES:
            return _names(*profile.industries), nearest.industry
        case Constraint.PARTNERS:
            return _names(*profile.partners), nearest.organisation
        case _:
            return "", nearest.organisation


def _names(*names: str) -> str:
    return "、".join(dict.fromkeys(name for name in names if name))
