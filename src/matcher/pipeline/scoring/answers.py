"""Scorings learned from grades, and which is in use, as they are answered."""

from pydantic import Field

from matcher.pipeline.answers import Answer, Moment


class OddsAnswer(Answer):
    """达到一个等级的可能性之比：factor ×（得分 + offset）^ power。"""

    factor: float
    power: float


class CalibrationAnswer(Answer):
    """概率校准：达到 1、2、3 级各自的可能性之比。"""

    version: str
    odds: list[OddsAnswer] = Field(description="1、2、3 级，依次")
    offset: float


class EvaluationAnswer(Answer):
    """在留出的需求上，与学习时现用的评分相比。"""

    current: dict[str, float | None] = Field(
        description="现用评分的数值：log_loss、brier、ece、ndcg@10、auc、grade_mae；无法计算为 null"
    )
    learned: dict[str, float | None] = Field(description="学得评分的同样数值")
    against: str = Field(description="与之相比的评分的版本")
    better: bool = Field(description="是否优于现用的；只有优于的才会由学习启用")
    why_zh: str
    why_en: str


class ScoringAnswer(Answer):
    """由评分学得的评分方案：权重、校准、学自多少评分、优劣，以及谁在使用。"""

    scoring_id: int
    scorer: str = Field(description="使用它时，匹配运行所记的评分与校准版本")
    park: str | None = Field(description="学自并只用于哪个园区；全区的为 null")
    source: str = Field(description="学自什么：ledger 为该园区的台账，否则为评测文件夹的名称")
    weights: dict[str, float] = Field(description="特征 → 权重，绝对值之和为 1")
    calibration: CalibrationAnswer
    learned_from: dict[str, int] = Field(
        description="学自多少：grades 评分、demands 需求、leads 较强以上、explored 出自探索位"
    )
    evaluation: EvaluationAnswer
    at: Moment
    actor: str | None = Field(description="谁学得；全区的只有区级密钥可见")
    in_use_by_installation: bool = Field(description="全区是否在用")
    in_use_by_parks: list[str] = Field(description="自行启用了它的园区，限调用者可见的")


class LearnedAnswer(ScoringAnswer):
    """刚学得的评分方案，以及是否已启用。"""

    adopted: bool


class InUseAnswer(Answer):
    """一个园区或全区现用的评分方案。"""

    park: str | None = Field(description="全区为 null")
    scoring_id: int | None = Field(description="不用学得的评分为 null")
    scorer: str | None = Field(description="评分的版本；园区沿用全区的为 null")
    at: Moment | None = Field(description="何时选用；从未选过为 null")


class ScoringPage(Answer):
    """一页评分方案，最新的在前；以及现用的。"""

    items: list[ScoringAnswer]
    in_use: list[InUseAnswer] = Field(description="全区现用的，和自行启用了评分方案的各园区的")
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")
