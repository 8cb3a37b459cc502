"""Why an entry was proposed, as it is answered."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from matcher.domain.bands import Band
from matcher.domain.explanation import Step, about_feature, feature_words
from matcher.domain.facts import Fact
from matcher.domain.highlight import highlights
from matcher.domain.judged import Near
from matcher.domain.labels import words
from matcher.domain.listing import Listing
from matcher.domain.opinions import Opinion
from matcher.domain.reasons import GRADE_WORDS, verdict_words
from matcher.domain.rulings import Ruling
from matcher.domain.text import mask_contacts
from matcher.domain.verdicts import Agreement, Constraint, Verdict, Whose
from matcher.pipeline.answers import Answer


class StepAnswer(Answer):
    """得分的一个组成部分，以及累计到它为止的和。"""

    feature: str
    label_zh: str
    label_en: str
    explanation: str = Field(description="这一部分是什么（英文）")
    contribution: float = Field(description="对得分的贡献，可以为负")
    cumulative: float = Field(description="按次序累加到此的和；最后一个就是得分")

    @classmethod
    def of(cls, step: Step) -> "StepAnswer":
        """One contribution with its name and what it is."""
        zh, en = feature_words(step.feature)
        return cls(
            feature=step.feature,
            label_zh=zh,
            label_en=en,
            explanation=about_feature(step.feature),
            contribution=step.contribution,
            cumulative=step.cumulative,
        )


class SpanAnswer(Answer):
    """一个共有词语在文字中的位置：[start, end)，按 Unicode 码点计。"""

    start: int
    end: int
    phrase: str


class MarkedText(Answer):
    """参与比对的一段文字，联系方式已隐去，和其中的共有词语。"""

    field: str
    text: str
    spans: list[SpanAnswer] = Field(description="共有词语的位置，从前到后，互不重叠")

    @classmethod
    def of(cls, listing: Listing, fields: Sequence[str], terms: Sequence[str]) -> "list[MarkedText]":
        """Those fields of a listing that say something, with where the phrases stand in them."""
        marked = []
        for name in fields:
            value = getattr(listing, name)
            text = mask_contacts(value if isinstance(value, str) else " ".join(value))
            spans = [
                SpanAnswer(start=span.start, end=span.end, phrase=span.phrase)
                for span in highlights(text, terms)
            ]
            marked += [cls(field=name, text=text, spans=spans)] if text else []
        return marked


class MarkedSides(Answer):
    """两边参与比对的文字，取数值所依据的修订。"""

    demand: list[MarkedText]
    achievement: list[MarkedText]


class FactAnswer(Answer):
    """双方写明的一项内容，逐项对照。"""

    feature: str
    label_zh: str
    label_en: str
    explanation: str = Field(description="这一项怎样比较（英文）")
    figure: float | None = Field(description="−1（相反）到 1（相符）；有一方未写明时为 null")
    verdict: Agreement = Field(
        description="agrees 相符、against 不符（要求只达到一部分也算）、unknown 未写明，或不作判断"
    )
    verdict_zh: str
    verdict_en: str
    demand: str = Field(description="需求一方写的；未写明为空")
    achievement: str = Field(description="成果一方写的；未写明为空")

    @classmethod
    def of(cls, fact: Fact) -> "FactAnswer":
        """A fact with its name, what it is and what it comes to; contacts are hidden."""
        zh, en = feature_words(fact.feature)
        verdict_zh, verdict_en = verdict_words(fact)
        return cls(
            feature=fact.feature,
            label_zh=zh,
            label_en=en,
            explanation=about_feature(fact.feature),
            figure=fact.figure,
            verdict=fact.agreement,
            verdict_zh=verdict_zh,
            verdict_en=verdict_en,
            demand=mask_contacts(fact.demand),
            achievement=mask_contacts(fact.achievement),
        )


class RulingAnswer(Answer):
    """园区或需求的一条硬性规则，以及成果现在是否满足。"""

    of: Literal["park", "demand"] = Field(description="park 园区规则、demand 需求自己的规则")
    constraint: Constraint
    label_zh: str
    label_en: str
    verdict: Verdict = Field(description="met 满足、unknown 未知、failed 不满足")
    verdict_zh: str
    verdict_en: str
    rules_out: bool = Field(description="是否因此不予匹配；未知时由规则的 strict 决定")
    wanted: str = Field(description="规则的要求")
    stated: str = Field(description="成果写明的；未写明为空")

    @classmethod
    def by(cls, ruling: Ruling) -> "RulingAnswer":
        """A ruling with its labels; contacts are hidden."""
        zh, en = words(ruling.constraint)
        verdict_zh, verdict_en = words(ruling.verdict)
        return cls(
            of="park" if ruling.whose is Whose.PARK else "demand",
            constraint=ruling.constraint,
            label_zh=zh,
            label_en=en,
            verdict=ruling.verdict,
            verdict_zh=verdict_zh,
            verdict_en=verdict_en,
            rules_out=ruling.rules_out,
            wanted=mask_contacts(ruling.wanted),
            stated=mask_contacts(ruling.stated),
        )


class RulesVersion(Answer):
    """按哪一版规则判断；0 为尚未设置。"""

    park: int
    demand: int


class JudgedAnswer(Answer):
    """本园区已评分的一对，名称与这一对相近。"""

    entry_id: int
    grade: int = Field(description="0 不匹配、1 较弱、2 较强、3 强")
    grade_zh: str
    grade_en: str
    demand_title: str
    achievement_title: str
    nearness: float = Field(description="相近程度，0 到 1：两边名称各自的相近程度之积")

    @classmethod
    def of(cls, near: Near) -> "JudgedAnswer":
        """A judged case, and how near it is."""
        case = near.case
        zh, en = GRADE_WORDS[case.grade]
        return cls(
            entry_id=case.entry_id,
            grade=case.grade,
            grade_zh=zh,
            grade_en=en,
            demand_title=case.demand_title,
            achievement_title=case.achievement_title,
            nearness=near.nearness,
        )


class LikeAnswer(Answer):
    """对同一需求的另一项成果的评价；它使这一对的得分变动最多。"""

    achievement_id: int
    achievement_title: str = Field(description="运行时的名称")
    opinion: Opinion
    opinion_zh: str
    opinion_en: str

    @classmethod
    def of(cls, achievement_id: int, title: str, opinion: Opinion) -> "LikeAnswer":
        """An opinion with its label, and whose it is; contacts in the title are hidden."""
        zh, en = words(opinion)
        return cls(
            achievement_id=achievement_id,
            achievement_title=mask_contacts(title),
            opinion=opinion,
            opinion_zh=zh,
            opinion_en=en,
        )


class ExplanationAnswer(Answer):
    """一条台账的理由：数值、词语和版本都是当时写下的，不重新计算；规则按现在的判断。"""

    entry_id: int
    park: str
    demand_id: int
    demand_version: int = Field(description="数值所依据的需求修订")
    achievement_id: int
    achievement_version: int = Field(description="数值所依据的成果修订")
    run_id: int | None = Field(description="数值出自哪一次运行；人工添加而从未提出的为 null，数值也为 null")
    score: float | None
    probability: float | None
    band: Band | None
    similarity: float | None
    scorer: str | None = Field(description="评分方法的版本")
    calibration: str | None = Field(description="概率校准的版本；没有概率时为 null")
    explored: bool = Field(description="是否为探索位")
    waterfall: list[StepAnswer] = Field(description="逐项累加成得分")
    like: LikeAnswer | None = Field(description="与哪一项已评价的成果相近；评价没有影响得分时为 null")
    terms: list[str] = Field(description="两边共有的词语")
    highlights: MarkedSides
    stated: list[FactAnswer]
    constraints: list[RulingAnswer]
    rules_version: RulesVersion
    judged: list[JudgedAnswer] = Field(description="本园区最相近的已评案例，至多三个")
    sentences_zh: list[str] = Field(description="以上各项的中文说明")
    sentences_en: list[str] = Field(description="以上各项的英文说明")
