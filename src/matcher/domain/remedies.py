"""What would give a demand a match, as sentences in Chinese and in English."""

from collections.abc import Mapping, Sequence

from matcher.domain.abstention import Abstention
from matcher.domain.counterfactual import Change, Obstacle, obstacles
from matcher.domain.labels import Words, words
from matcher.domain.listing import Achievement
from matcher.domain.rules import Rules
from matcher.domain.standings import AbstentionReason
from matcher.domain.verdicts import Hindrance, Whose

_OF_REASON: Mapping[AbstentionReason, Words] = {
    AbstentionReason.TOO_LITTLE_TEXT: ("请补充需求详情。", "describe the demand."),
    AbstentionReason.NONE_LIKELY: (
        "“待看”的匹配可以一看；补充需求详情后重新判断，或作为揭榜需求发布。",
        "look at the possible ones, describe the demand in more detail, or post it as an open challenge.",
    ),
    AbstentionReason.QUOTA: ("请提高园区的条数上限。", "raise the park's number of entries."),
}
_NO_SUPPLY = ("请先导入成果清单。", "import a supply list.")
_NOTHING_LEFT = (
    "可用的成果都是本单位的或已被排除；可作为揭榜需求发布。",
    "all there is is the enterprise's own or excluded: post the demand as an open challenge.",
)
_TOO_FAR = (
    "规则无法放宽到最接近的成果；可作为揭榜需求发布。",
    "no rule can be widened to the nearest: post the demand as an open challenge.",
)
_JUDGED_ANEW = (
    "规则或成果已有变动，下次匹配时重新判断。",
    "the rules or the achievement have changed since: the next run judges anew.",
)


def remedies(
    abstention: Abstention, rules: Rules, nearest: Achievement | None, near_misses: Sequence[Obstacle]
) -> tuple[Words, ...]:
    """What would give a demand without a match one, by the rules and the nearest achievement as they are now.

    Any of the `near_misses`' changes would do; where there are none, what keeps the nearest out has to change
    together.
    """
    if abstention.reason in _OF_REASON:
        return (_OF_REASON[abstention.reason],)
    if near_misses:
        return tuple(dict.fromkeys(remedy(obstacle) for obstacle in near_misses))
    if nearest is None:
        return (_NO_SUPPLY if abstention.reason is AbstentionReason.NO_SUPPLY else _NOTHING_LEFT,)
    in_the_way = obstacles(rules, nearest, abstention.score, abstention.probability)
    if in_the_way is None:
        return (_TOO_FAR,)
    return tuple(remedy(obstacle, alone=len(in_the_way) == 1) for obstacle in in_the_way) or (_JUDGED_ANEW,)


def remedy(obstacle: Obstacle, *, alone: bool = True) -> Words:
    """The change that would do, `alone` or with others, or what the list has to say first."""
    change = obstacle.change
    if change.after is None:
        zh, en = _MISSING.get(obstacle.hindrance) or words(obstacle.hindrance)
        return (
            f"成果没有写明{zh}；补充{zh}后重新判断。",
            f"the list does not state its {en}: it is judged anew once stated.",
        )
    if obstacle.hindrance is Hindrance.VALIDITY:
        return (
            f"成果有效期已于 {change.before} 届满；延长到 {change.after} 或以后即可匹配。",
            f"its validity ended on {change.before}: it would match if extended to {change.after} or later.",
        )
    is_rule = change.whose is not Whose.ACHIEVEMENT
    zh, en = _of_rule(obstacle) if is_rule else _of_achievement(obstacle)
    whose_zh, whose_en = words(change.whose)
    owner_zh, owner_en = (f"（{whose_zh}）", f" ({whose_en})") if is_rule else ("", "")
    if alone:
        return f"{zh}即可匹配{owner_zh}。", f"it would match if {en}{owner_en}."
    return (
        f"{zh.rstrip()}，与其他改动一起才能匹配{owner_zh}。",
        f"with the other changes it would match if {en}{owner_en}.",
    )


_MISSING = {
    Hindrance.PRICE: ("价格", "price"),
    Hindrance.ORGANISATIONS: ("完成单位", "organisation"),
    Hindrance.PARTNERS: ("完成单位", "organisation"),
}


def _of_achievement(obstacle: Obstacle) -> Words:
    change = obstacle.change
    if obstacle.hindrance is Hindrance.PRICE:
        (before, after), en = _amounts(change)
        return f"成果价格由{before}降到{after}", f"its price came down {en}"
    return (
        f"成果成熟度由 {change.before} 级提高到 {change.after} 级",
        f"its maturity rose from level {change.before} to {change.after}",
    )


def _of_rule(obstacle: Obstacle) -> Words:
    change = obstacle.change
    match obstacle.hindrance:
        case Hindrance.PRICE:
            (before, after), en = _amounts(change)
            return f"金额上限由{before}提高到{after}", f"the price ceiling rose {en}"
        case Hindrance.MATURITY:
            return (
                f"成熟度要求由 {change.before} 级降到 {change.after} 级",
                f"maturity were asked for from level {change.after} instead of {change.before}",
            )
        case Hindrance.MODES:
            return f"若接受{_names(change, '、')}", f"{_names(change, ', ')} were accepted"
        case Hindrance.REGIONS:
            return f"若地区放宽到{_names(change, '、')}", f"the regions took in {_names(change, ', ')}"
        case Hindrance.INDUSTRIES if change.field == "only_industries":
            return "若不限产业", "the industries were not limited"
        case Hindrance.INDUSTRIES:
            return f"若产业放宽到{_names(change, '、')}", f"the industries took in {_names(change, ', ')}"
        case Hindrance.PARTNERS:
            return f"若把{_names(change, '、')}列为合作单位", f"{_names(change, ', ')} were a partner"
        case Hindrance.ORGANISATIONS:
            return f"若不再排除{_names(change, '、')}", f"{_names(change, ', ')} were no longer excluded"
        case hindrance:
            zh, en = _FIGURES[hindrance]
            figure, low = f"{obstacle.stated:.3f}", f"{change.after:g}"
            return (
                f"{zh} {figure}，低于门槛 {change.before:g}；门槛降到 {low} ",
                f"the threshold came down from {change.before:g} to {low}, its {en} being {figure}",
            )


_FIGURES = {Hindrance.MIN_SCORE: ("得分", "score"), Hindrance.MIN_PROBABILITY: ("概率", "probability")}


def _amounts(change: Change) -> tuple[tuple[str, str], str]:
    """From and to which amount, and by what share of it; in English both at once."""
    before, after = _plain(change.before), _plain(change.after)
    share = "" if change.by is None else f"{change.by:+,.0%}".replace("%", " %")
    zh = f" {before} 万元", f" {after} 万元" + (f"（{share}）" if share else "")
    en = f"from {before} to {after} (10,000 yuan" + (f", {share})" if share else ")")
    return zh, en


def _plain(amount: float) -> str:
    return f"{amount:,.4f}".rstrip("0").rstrip(".")


def _names(change: Change, between: str) -> str:
    return between.join(change.by)
