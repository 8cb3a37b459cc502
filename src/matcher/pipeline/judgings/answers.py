"""What blind grading answers. A pair is shown without score, rank or ranker."""

from pydantic import Field

from matcher.domain.text import mask_contacts
from matcher.pipeline.answers import Answer, Moment
from matcher.store.judgings import HeldJudging, PooledPair


class JudgingAnswer(Answer):
    """一场盲评：若干对供需，由几种排序各取前若干名汇成。"""

    judging_id: int
    park: str
    name: str
    pairs: int = Field(description="共有多少对")
    depth: int = Field(description="每种排序各取前多少名")
    seed: int = Field(description="抽取需求与排列次序所用的种子")
    rankers: list[str] = Field(description="参与汇集的评分版本：现用的、只看字词的、只看语义的")
    encoder_id: str = Field(description="当时的编码模型")
    at: Moment
    actor: str

    @classmethod
    def of(cls, judging: HeldJudging) -> "JudgingAnswer":
        """A session that is kept; a contact in its name is masked."""
        return cls.made_of(
            judging,
            judging_id=judging.id,
            park=judging.park_code,
            name=mask_contacts(judging.name),
            rankers=list(judging.rankers),
        )


class BlindPairAnswer(Answer):
    """要评的一对：只有两边的文字，联系方式已隐去。"""

    number: int = Field(description="第几对")
    demand_title: str
    demand_text: str
    achievement_title: str
    achievement_text: str

    @classmethod
    def of(cls, pair: PooledPair) -> "BlindPairAnswer":
        """A pair as a judge is shown it."""
        demand, achievement = pair.demand.text, pair.achievement.text
        return cls(
            number=pair.number,
            demand_title=demand.title,
            demand_text=demand.body,
            achievement_title=achievement.title,
            achievement_text=achievement.body,
        )


class NextPairAnswer(Answer):
    """某位评分人接下来要评的一对。"""

    pair: BlindPairAnswer | None = Field(description="都评过了为 null")


class BlindGradeAnswer(Answer):
    """一位评分人给一对的等级。"""

    judging_id: int
    number: int = Field(description="第几对")
    judge: str = Field(description="评分人")
    grade: int = Field(description="0 不匹配、1 较弱、2 较强、3 强")


class JudgeAnswer(Answer):
    """一位评分人评了多少对。"""

    judge: str
    graded: int


class AgreedAnswer(Answer):
    """两位评分人对同样若干对的一致程度。"""

    first: str
    second: str
    pairs: int = Field(description="两人都评了的有多少对")
    kappa: float | None = Field(description="二次加权 kappa；没有共同评过的，或两人只给过同一个等级，为 null")


class AgreementAnswer(Answer):
    """一场盲评评了多少，评分人两两之间有多一致。"""

    judging_id: int
    pairs: int = Field(description="共有多少对")
    judges: list[JudgeAnswer]
    agreements: list[AgreedAnswer]
