"""The reasons for a pair in words: sentences, and one short line for the ledger's sheet.

Words come in pairs, Chinese and English. They repeat what was written and judge nothing anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.explanation import feature_words
from matcher.domain.facts import Fact
from matcher.domain.judged import Near
from matcher.domain.labels import Words, words
from matcher.domain.opinions import Opinion
from matcher.domain.rulings import Ruling
from matcher.domain.standings import Cause, Standing
from matcher.domain.text import mask_contacts
from matcher.domain.verdicts import Agreement, Whose

LINE = 200
"""Characters of the short line that stands in the ledger's sheet."""

_WITH_VALUES = ("quantities", "money", "maturity")
"""Stated features of which the short line says what both sides state."""

_WITHOUT_VALUES = ("mode", "industry", "region")
"""Stated features of which it says the verdict alone; those of the achievement alone are left out."""

GRADE_WORDS: tuple[Words, ...] = (
    ("不匹配", "none"),
    ("较弱", "weak"),
    ("较强", "fairly strong"),
    ("强", "strong"),
)

_IN_LINE = 3
"""Shared phrases that the short line names."""

_SHOWN = 0.0005
"""The least contribution that does not read as 0.000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What is said of one pair; `score` is None where people added it and no run has proposed it.

    `like` is set where people's opinions of other achievements for the demand moved the score: the one that
    moved it most, of the achievement called `like_title`.
    """

    score: float | None
    probability: float | None
    calibration: str | None
    contributions: Mapping[str, float]
    terms: Sequence[str]
    explored: bool
    like: Opinion | None = None
    like_title: str = ""
    standing: Standing
    cause: Cause | None
    facts: Sequence[Fact]
    rulings: Sequence[Ruling] = ()
    judged: Sequence[Near] = ()

    def sentences(self) -> list[Words]:
        """All of it, the most telling first."""
        sentences = (
            [] if self.score is None else [_of_terms(self.terms), _of_score(self.score, self.contributions)]
        )
        if self.probability is not None:
            sentences.append(_of_probability(self.probability, self.calibration))
        if self.like is not None:
            sentences.append(_of_like(self.like, self.like_title))
        if self.explored:
            sentences.append(_EXPLORED)
        sentences += _ended([fact_words(fact) for fact in self.facts if fact.figure is not None])
        sentences += _ended(_of_unknown(self.facts))
        sentences += [_of_ruling(ruling) for ruling in self.rulings]
        sentences += [_of_judged(near) for near in self.judged]
        if self.standing is not Standing.CURRENT:
            sentences.append(_of_standing(self.standing, self.cause))
        return sentences

    def line(self) -> str:
        """One short Chinese line of at most `LINE` characters, without the figures that have columns."""
        named = {fact.feature: fact for fact in self.facts}
        pair = [named[name] for name in (*_WITH_VALUES, *_WITHOUT_VALUES) if name in named]
        parts: list[str] = []
        if self.score is None:
            parts.append(_ADDED[0])
        elif self.terms:
            parts.append(f"双方共有{_quoted(self.terms[:_IN_LINE])}")
        if leading := _leading(self.contributions):
            parts.append(f"主要因{leading}")
        if self.like is not None:
            parts.append(f"与{words(self.like)[0]}的成果相近")
        for fact in pair:
            if fact.figure is not None:
                in_words = fact_words if fact.feature in _WITH_VALUES else verdict_words
                parts.append(in_words(fact)[0])
        unsaid = [fact for fact in pair if fact.figure is None and _stated_by(fact) != (True, True)]
        if unsaid:
            parts.append(f"{'、'.join(feature_words(fact.feature)[0] for fact in unsaid)}未写明（未知）")
        if self.explored:
            parts.append("探索位")
        return _fitted(dict.fromkeys(" ".join(part.split()) for part in parts))


_ADDED = ("由人添加，尚无运行提出", "added by hand, no run has proposed it")
_EXPLORED = (
    "这是探索位：不因得分靠前、而为了解它而列出。",
    "This is shown to learn about it, not because it ranks so high.",
)
_COMES_TO: Mapping[str, tuple[Words, Words, Words]] = {
    "industry": (
        ("产业相符", "the industries agree"),
        ("产业相近", "the industries are near"),
        ("产业名称不同", "the industries have other names"),
    ),
    "maturity": (
        ("达到所需成熟度", "as mature as asked"),
        ("略低于所需成熟度", "a little less mature than asked"),
        ("低于所需成熟度", "less mature than asked"),
    ),
    "money": (
        ("在预算内", "within the budget"),
        ("略超预算", "a little over the budget"),
        ("超出预算", "over the budget"),
    ),
    "mode": (
        ("合作方式相符", "one way of cooperating suits both"),
        ("合作方式相近", "the ways of cooperating are near"),
        ("合作方式不同", "each names other ways of cooperating"),
    ),
    "region": (
        ("地区相符", "the regions agree"),
        ("地区相近", "the regions are near"),
        ("地区不同", "the regions differ"),
    ),
    "quantities": (
        ("指标达到", "the figures are met"),
        ("指标部分达到", "some figures are met"),
        ("指标未达到", "the figures are not met"),
    ),
    "freshness": (
        ("信息新近", "stated lately"),
        ("信息已有几年", "stated some years ago"),
        ("信息陈旧", "stated long ago"),
    ),
    "completeness": (
        ("信息完整", "complete"),
        ("信息部分填写", "complete in part"),
        ("信息缺失", "empty"),
    ),
}
"""Stated feature → what it comes to at its best, in between, and at 0 or below."""

_NO_LEAST = frozenset({"quantities"})
"""Features of which some part is fulfilled at 0, too."""


def verdict_words(fact: Fact) -> Words:
    """What a fact comes to."""
    if fact.figure is None:
        return words(Agreement.UNKNOWN)
    best, between, least = _COMES_TO[fact.feature]
    lowest = -1 if fact.feature in _NO_LEAST else 0
    return best if fact.figure >= 1 else between if fact.figure > lowest else least


def fact_words(fact: Fact) -> Words:
    """What both sides say, and what that comes to."""
    zh, en = verdict_words(fact)
    name_zh, name_en = feature_words(fact.feature)
    shown = " / ".join(text for text in (fact.demand, fact.achievement) if text)
    if not fact.demand or not fact.achievement:
        return f"{name_zh}：{shown}（{zh}）", f"{name_en}: {shown} ({en})"
    if fact.feature == "money":  # both texts say what they are
        return f"{fact.demand}，{fact.achievement}：{zh}", f"{name_en} ({shown}): {en}"
    return f"需求“{fact.demand}”，成果“{fact.achievement}”：{zh}", f"{name_en} ({shown}): {en}"


def _of_unknown(facts: Sequence[Fact]) -> list[Words]:
    """What is unknown, by who leaves it unsaid."""
    groups: dict[tuple[bool, bool], list[Words]] = {}
    for fact in facts:
        if fact.figure is None:
            groups.setdefault(_stated_by(fact), []).append(feature_words(fact.feature))
    sentences = []
    for stated_by, names in groups.items():
        who_zh, who_en = _UNSAID[stated_by]
        zh, en = "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
        sentences.append((f"{who_zh}{zh}（未知）", f"{who_en} {en} (unknown)"))
    return sentences


_UNSAID: Mapping[tuple[bool, bool], Words] = {
    (False, False): ("双方都未写明", "neither side states"),
    (False, True): ("需求未写明", "the demand does not state"),
    (True, False): ("成果未写明", "the achievement does not state"),
    (True, True): ("没有可比的", "nothing to compare is stated of the"),
}
"""Whether the demand and the achievement say something → why a fact is unknown."""


def _stated_by(fact: Fact) -> tuple[bool, bool]:
    """Who says something; of quantities only what was compared is known."""
    return (True, True) if fact.feature == "quantities" else (bool(fact.demand), bool(fact.achievement))


def _of_terms(terms: Sequence[str]) -> Words:
    if not terms:
        return "双方没有共同的词语。", "The two texts share no phrase."
    return f"双方共有{_quoted(terms)}。", f"Both texts hold {', '.join(f'“{term}”' for term in terms)}."


def _of_score(score: float, contributions: Mapping[str, float]) -> Words:
    parts = [(feature_words(name), part) for name, part in contributions.items() if abs(part) >= _SHOWN]
    parts.sort(key=lambda named: -abs(named[1]))
    zh = "，".join(f"{name[0]}{'贡献' if part > 0 else '扣减'} {abs(part):.3f}" for name, part in parts)
    en = ", ".join(f"{name[1]} {'adds' if part > 0 else 'takes'} {abs(part):.3f}" for name, part in parts)
    return f"得分 {score:.3f}{zh and '：' + zh}。", f"The score is {score:.3f}{en and ': ' + en}."


def _of_probability(probability: float, calibration: str | None) -> Words:
    by = ("", "") if calibration is None else (f"（校准 {calibration}）", f" (calibration {calibration})")
    zh, en = (
        ("不到 1%", "under 1%")
        if probability < 0.01
        else (f"约 {probability:.0%}", f"about {probability:.0%}")
    )
    return (
        f"被评为可用（2 分以上）的概率{zh}{by[0]}。",
        f"The probability of a real lead (grade 2 or 3) is {en}{by[1]}.",
    )


def _of_like(like: Opinion, title: str) -> Words:
    zh, en = words(like)
    return f"与您{zh}的成果《{title}》相近。", f"It is like the result “{title}” that was {en}."


def _of_ruling(ruling: Ruling) -> Words:
    zh, en = words(ruling.constraint)
    owner_zh, owner_en = ("园区", "park") if ruling.whose is Whose.PARK else ("需求", "demand")
    said_zh, said_en = "成果未写明", "the achievement states none"
    wanted, stated = mask_contacts(ruling.wanted), mask_contacts(ruling.stated)
    if stated:
        said_zh, said_en = f"成果：{stated}", f"the achievement has {stated}"
    verdict_zh, verdict_en = words(ruling.verdict)
    return (
        f"{owner_zh}规则“{zh}”（{wanted}）：{verdict_zh}（{said_zh}）。",
        f"The {owner_en}'s rule on {en} ({wanted}): {verdict_en} ({said_en}).",
    )


def _of_judged(near: Near) -> Words:
    case = near.case
    zh, en = GRADE_WORDS[case.grade]
    return (
        f"相近的已评案例：“{case.demand_title}”与“{case.achievement_title}”，评 {case.grade} 分（{zh}）。",
        f"A near case, graded {case.grade} ({en}): “{case.demand_title}” and “{case.achievement_title}”.",
    )


def _of_standing(standing: Standing, cause: Cause | None) -> Words:
    if standing is Standing.ADDED:
        return f"{_ADDED[0]}。", f"It was {_ADDED[1]}."
    zh, en = words(standing)
    cause_zh, cause_en = ("", "") if cause is None else words(cause)
    return (
        f"现状：{zh}{cause_zh and f'（{cause_zh}）'}。",
        f"Its standing is {en}{cause_en and f' ({cause_en})'}.",
    )


def _ended(phrases: Sequence[Words]) -> list[Words]:
    return [(f"{zh}。", f"{en[:1].upper()}{en[1:]}.") for zh, en in phrases]


def _leading(contributions: Mapping[str, float]) -> str:
    parts = sorted(contributions.items(), key=lambda named: -named[1])[:2]
    return "、".join(feature_words(name)[0] for name, part in parts if part >= _SHOWN)


def _quoted(terms: Sequence[str]) -> str:
    return "".join(f"“{term}”" for term in terms)


def _fitted(parts: Mapping[str, None]) -> str:
    """The parts as far as they fit, at least the beginning of the first."""
    line = ""
    for part in parts:
        longer = f"{line}；{part}" if line else part
        if len(longer) <= LINE:
            line = longer
    return line if line or not parts else next(iter(parts))[: LINE - 1] + "…"
