"""What single change would propose a near miss, as a sentence in Chinese and in English."""

from matcher.domain.counterfactual import Change, Hindrance, Obstacle, Whose
from matcher.domain.labels import label

Sentences = tuple[str, str]
"""Chinese and English."""


def remedy(obstacle: Obstacle) -> Sentences:
    """The change that would do, or what the list has to say before anyone can tell."""
    change = obstacle.change
    if change.after is None:
        usual = label(obstacle.hindrance, "zh"), label(obstacle.hindrance, "en")
        zh, en = _MISSING.get(obstacle.hindrance, usual)
        return (
            f"成果没有写明{zh}；补充{zh}后重新判断。",
            f"the list does not state its {en}: it is judged anew once stated.",
        )
    if change.whose is Whose.ACHIEVEMENT:
        return _of_achievement(obstacle)
    zh, en = _of_rule(obstacle)
    whose = label(change.whose, "zh"), label(change.whose, "en")
    return f"{zh}即可匹配（{whose[0]}）。", f"it would match if {en} ({whose[1]})."


_MISSING = {
    Hindrance.PRICE: ("价格", "price"),
    Hindrance.ORGANISATIONS: ("完成单位", "organisation"),
    Hindrance.PARTNERS: ("完成单位", "organisation"),
}


def _of_achievement(obstacle: Obstacle) -> Sentences:
    change = obstacle.change
    match obstacle.hindrance:
        case Hindrance.PRICE:
            (before, after), en = _amounts(change)
            return f"成果价格由{before}降到{after}即可匹配。", f"it would match if its price came down {en}."
        case Hindrance.MATURITY:
            return (
                f"成果成熟度由 {change.before} 级提高到 {change.after} 级即可匹配。",
                f"it would match if its maturity rose from level {change.before} to {change.after}.",
            )
        case _:
            ended, until = change.before, change.after
            return (
                f"成果有效期已于 {ended} 届满；延长到 {until} 或以后即可匹配。",
                f"its validity ended on {ended}: it would match if extended to {until} or later.",
            )


def _of_rule(obstacle: Obstacle) -> Sentences:
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
