"""Why an entry was proposed, as it is answered."""

from typing import Literal

from pydantic import ConfigDict, Field

from matcher.domain.facts import Agreement
from matcher.domain.rules import Constraint, Verdict
from matcher.pipeline.answers import Answer


class StepAnswer(Answer):
    """得分的一个组成部分，以及累计到它为止的和。"""

    feature: str
    label_zh: str
    label_en: str
    explanation: str = Field(description="这一部分是什么（英文）")
    contribution: float = Field(description="对得分的贡献，可以为负")
    cumulative: float = Field(description="按次序累加到此的和；最后一个就是得分")


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


class ExplanationAnswer(Answer):
    """一条台账的理由：数值、词语和版本都是当时写下的，不重新计算；规则按现在的判断。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entry_id": 408,
                    "park": "hydrogen",
                    "demand_id": 41,
                    "demand_version": 2,
                    "achievement_id": 58,
                    "achievement_version": 1,
                    "run_id": 7,
                    "score": 0.5,
                    "probability": 0.53,
                    "similarity": 0.61,
                    "scorer": "2",
                    "calibration": "prior-2",
                    "explored": False,
                    "waterfall": [
                        {
                            "feature": "lexical_text",
                            "label_zh": "用词重合",
                            "label_en": "wording",
                            "explanation": "Both texts share wording.",
                            "contribution": 0.375,
                            "cumulative": 0.375,
                        },
                        {
                            "feature": "dense",
                            "label_zh": "文意相近",
                            "label_en": "meaning",
                            "explanation": "Both texts mean something alike.",
                            "contribution": 0.125,
                            "cumulative": 0.5,
                        },
                    ],
                    "terms": ["电解槽", "隔膜"],
                    "highlights": {
                        "demand": [
                            {
                                "field": "title",
                                "text": "高温浓碱电解槽用低阻隔膜",
                                "spans": [
                                    {"start": 4, "end": 7, "phrase": "电解槽"},
                                    {"start": 10, "end": 12, "phrase": "隔膜"},
                                ],
                            }
                        ],
                        "achievement": [
                            {
                                "field": "title",
                                "text": "碱性电解水制氢用复合隔膜连续制备技术",
                                "spans": [{"start": 10, "end": 12, "phrase": "隔膜"}],
                            }
                        ],
                    },
                    "stated": [
                        {
                            "feature": "maturity",
                            "label_zh": "成熟度",
                            "label_en": "maturity",
                            "explanation": "The achievement is as mature as the demand asks.",
                            "figure": None,
                            "verdict": "unknown",
                            "verdict_zh": "未知",
                            "verdict_en": "unknown",
                            "demand": "",
                            "achievement": "通过小试",
                        }
                    ],
                    "constraints": [
                        {
                            "of": "demand",
                            "constraint": "price",
                            "label_zh": "金额上限",
                            "label_en": "price ceiling",
                            "verdict": "met",
                            "verdict_zh": "满足",
                            "verdict_en": "met",
                            "rules_out": False,
                            "wanted": "≤ 100 万元",
                            "stated": "80 万元",
                        }
                    ],
                    "rules_version": {"park": 0, "demand": 1},
                    "judged": [],
                    "sentences_zh": [
                        "双方共有“电解槽”“隔膜”。",
                        "得分 0.500：用词重合贡献 0.375，文意相近贡献 0.125。",
                    ],
                    "sentences_en": [
                        "Both texts hold “电解槽”, “隔膜”.",
                        "The score is 0.500: wording adds 0.375, meaning adds 0.125.",
                    ],
                }
            ]
        }
    )

    entry_id: int
    park: str
    demand_id: int
    demand_version: int = Field(description="数值所依据的需求修订")
    achievement_id: int
    achievement_version: int = Field(description="数值所依据的成果修订")
    run_id: int | None = Field(description="数值出自哪一次运行；人工添加而从未提出的为 null，数值也为 null")
    score: float | None
    probability: float | None
    similarity: float | None
    scorer: str | None = Field(description="评分方法的版本")
    calibration: str | None = Field(description="概率校准的版本；没有概率时为 null")
    explored: bool = Field(description="是否为探索位")
    waterfall: list[StepAnswer] = Field(description="逐项累加成得分")
    terms: list[str] = Field(description="两边共有的词语")
    highlights: MarkedSides
    stated: list[FactAnswer]
    constraints: list[RulingAnswer]
    rules_version: RulesVersion
    judged: list[JudgedAnswer] = Field(description="本园区最相近的已评案例，至多三个")
    sentences_zh: list[str] = Field(description="以上各项的中文说明")
    sentences_en: list[str] = Field(description="以上各项的英文说明")
