"""What the service answers, and the short requests; listings as they are sent are in bodies.py."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from matcher.api.bodies import ACHIEVEMENT, DEMAND, AchievementBody, DemandBody
from matcher.api.fields import FilledLine, Line, ParkCode
from matcher.domain.access import Role
from matcher.domain.ledger import Cause, RunStatus, Standing, Trigger
from matcher.domain.listing import Side
from matcher.domain.stages import Stage

_MATCH: Mapping[str, Any] = {
    "rank": 1,
    "demand_id": 41,
    "demand_code": "XQ-QN-002",
    "demand_title": "高温浓碱电解槽用低阻隔膜",
    "demand_organisation": "碱槽示例装备有限公司",
    "achievement_id": 58,
    "achievement_code": "CG-2026-058",
    "achievement_title": "碱性电解水制氢用复合隔膜连续制备技术",
    "achievement_organisation": "北郊示例理工学院化工系",
    "park": "hydrogen",
    "similarity": 0.61,
    "score": 0.54,
    "probability": None,
    "contributions": {"dense": 0.12, "lexical_text": 0.25, "lexical_title": 0.17},
    "terms": ["电解槽", "隔膜"],
}
_KEY: Mapping[str, Any] = {
    "id": 5,
    "prefix": "9f86d081884c",
    "name": "氢能园脚本",
    "role": "operator",
    "parks": ["hydrogen"],
    "created_at": "2026-11-22T10:00:00+00:00",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
}
_OWN: Mapping[str, Any] = {
    "id": 41,
    "version": 3,
    "status": "live",
    "updated_at": "2026-11-22T10:05:00+00:00",
}


Moment = Annotated[
    datetime,
    PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment in UTC, written as everywhere in the service: 2026-11-22T10:05:00+00:00."""


class Answer(BaseModel):
    """Whatever the service answers; its keys are stable."""

    model_config = ConfigDict(extra="forbid")


class ParkAnswer(Answer):
    """园区。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "hydrogen", "name": "氢能与未来能源示例园", "industry": "氢能与未来能源"}]
        }
    )

    code: str = Field(description="园区代码")
    name: str = Field(description="名称")
    industry: str = Field(description="主导产业")


class ParkList(Answer):
    """调用者可见的园区。"""

    items: list[ParkAnswer]


class NewPark(BaseModel):
    """要新增的园区。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra=ParkAnswer.model_config["json_schema_extra"])

    code: ParkCode
    name: FilledLine
    industry: Line = ""


class _Listed(Answer):
    """The service's own fields of a listing."""

    id: int
    version: int = Field(description="版本；即 ETag")
    status: Literal["live", "expired", "withdrawn"] = Field(description="有效、已过期或已撤回")
    updated_at: Moment


class AchievementAnswer(AchievementBody, _Listed):
    """一项科技成果，联系方式已隐去。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_OWN, "source": "示例高校清单", **ACHIEVEMENT}]}
    )

    source: str = Field(description="哪一家的清单")


class DemandAnswer(DemandBody, _Listed):
    """一项企业需求，联系方式已隐去。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_OWN, "park": "hydrogen", **DEMAND}]})

    park: str = Field(description="园区代码")


class AchievementPage(Answer):
    """一页科技成果。"""

    items: list[AchievementAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class DemandPage(Answer):
    """一页企业需求。"""

    items: list[DemandAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class MatchAnswer(Answer):
    """一对匹配：相似度、得分和（校准后的）概率是三个数。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_MATCH)]})

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
    probability: float | None = Field(description="校准后的概率；尚未校准为 null")
    contributions: dict[str, float] = Field(description="各通道对得分的贡献")
    terms: list[str] = Field(description="两边共有的词语")


class ReasonAnswer(Answer):
    """没有结果的原因，以及怎样改变它。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "not_matched_yet",
                    "zh": "尚未匹配；服务运行时通常一分钟内完成。",
                    "en": "not matched yet: a running service does so within a minute.",
                }
            ]
        }
    )

    code: str
    zh: str
    en: str


class MatchesAnswer(Answer):
    """上一次匹配写下的结果；没有结果时 `reason` 说明原因。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [dict(_MATCH)], "reason": None}]})

    items: list[MatchAnswer]
    reason: ReasonAnswer | None


class FreeText(BaseModel):
    """要匹配的文字；第一行视作名称。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "电解槽隔膜\n大幅面、耐高温浓碱、低面阻", "side": "demand", "top_k": 5},
                {"text": "碱性电解水制氢用复合隔膜连续制备技术", "side": "supply", "park": "hydrogen"},
            ]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    side: Side = Field(Side.DEMAND, description="这段文字是需求（demand，查成果）还是供给（supply，查需求）")
    top_k: int = Field(10, ge=1, le=50, description="最多几条")
    park: ParkCode | None = Field(None, description="只查这个园区的需求（side 为 supply 时）")


class FoundAnswer(Answer):
    """按文字找到的结果，最好的在前。"""

    items: list[MatchAnswer]


class EntryAnswer(MatchAnswer):
    """一条台账。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_MATCH,
                    "entry_id": 408,
                    "version": 1,
                    "stage": "screening",
                    "stage_label": "待研判",
                    "standing": "current",
                    "standing_label": "当前",
                    "cause": None,
                    "run_id": 7,
                    "first_seen": "2026-11-22T10:06:00+00:00",
                }
            ]
        }
    )

    entry_id: int
    version: int
    stage: Stage
    stage_label: str
    standing: Standing
    standing_label: str
    cause: Cause | None
    run_id: int
    first_seen: Moment


class EntryPage(Answer):
    """一页台账，按需求和名次排列。"""

    items: list[EntryAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class RunAnswer(Answer):
    """一次匹配运行。`actor`、`counts`、`error` 涉及全部园区，只有区级密钥可见。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "run_id": 7,
                    "trigger": "request",
                    "status": "succeeded",
                    "actor": "local",
                    "started_at": "2026-11-22T10:06:00+00:00",
                    "finished_at": "2026-11-22T10:06:02+00:00",
                    "code_version": "0.1.0",
                    "catalogue_revision": 12,
                    "encoder_id": "bundled@1/256",
                    "scorer": "1",
                    "top_k": 10,
                    "counts": {"run_id": 7, "demands": 99, "achievements": 171, "entries_created": 990},
                    "error": None,
                }
            ]
        }
    )

    run_id: int
    trigger: Trigger
    status: RunStatus
    actor: str | None
    started_at: Moment
    finished_at: Moment | None
    code_version: str
    catalogue_revision: int
    encoder_id: str
    scorer: str
    top_k: int
    counts: dict[str, int | float]
    error: str | None


class RunPage(Answer):
    """一页运行记录，最新的在前。"""

    items: list[RunAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class CellProblem(Answer):
    """清单中的一处问题：哪个文件、哪张表、哪一行、哪一列，原因和改法。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "需求清单.xlsx",
                    "sheet": "Sheet1",
                    "row": 7,
                    "column": "B 需求名称",
                    "code": "missing_title",
                    "message": "没有名称，请填写名称。",
                    "severity": "rejected",
                    "message_en": "no title; fill it in.",
                }
            ]
        }
    )

    file: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str
    severity: Literal["rejected", "doubtful"]
    message_en: str


class ImportAnswer(Answer):
    """导入的结果；`rows` 是读到的全部行数，含未导入的。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "dry_run": False,
                    "rows": 18,
                    "created": 16,
                    "updated": 1,
                    "unchanged": 0,
                    "withdrawn": 0,
                    "rejected": 1,
                    "problems": [],
                }
            ]
        }
    )

    import_id: int | None
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    problems: list[CellProblem]


class PastImport(Answer):
    """一次已完成的导入。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": 3,
                    "side": "demand",
                    "park": "hydrogen",
                    "source": "",
                    "files": ["需求清单.xlsx"],
                    "counts": {"created": 16, "updated": 1},
                    "actor": "氢能园操作员",
                    "created_at": "2026-11-22T10:05:00+00:00",
                    "undone_at": None,
                }
            ]
        }
    )

    import_id: int
    side: Side
    park: str | None
    source: str
    files: list[str]
    counts: dict[str, int]
    actor: str
    created_at: Moment
    undone_at: Moment | None


class PastImportPage(Answer):
    """一页导入记录，最新的在前。"""

    items: list[PastImport]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class NewKey(BaseModel):
    """要签发的密钥；`parks` 为 null 表示全部园区。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "氢能园脚本", "role": "operator", "parks": ["hydrogen"]}]},
    )

    name: FilledLine
    role: Role = Field(description="admin 管理、operator 操作、reader 只读、batch 批处理")
    parks: Annotated[list[ParkCode], Field(max_length=100)] | None = Field(
        description="园区代码；null 为全部园区"
    )
    expires_at: AwareDatetime | None = Field(None, description="到期时间；null 为不到期")


class KeyAnswer(Answer):
    """一把密钥，不含密文。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_KEY)]})

    id: int
    prefix: str
    name: str
    role: Role
    parks: list[str] | None
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Moment | None


class KeyList(Answer):
    """全部密钥，含已作废的。"""

    items: list[KeyAnswer]


class IssuedKey(KeyAnswer):
    """新签发的密钥；`key` 只显示这一次。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_KEY, "key": "mk_9f86d081884c_…"}]})

    key: str = Field(description="完整密钥 mk_…，只显示这一次")


class SignIn(BaseModel):
    """一次性登录令牌，或一把 API 密钥。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "mk_9f86d081884c_…"}]}
    )

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class WhoAnswer(Answer):
    """调用者。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "氢能园脚本", "role": "operator", "parks": ["hydrogen"]}]}
    )

    name: str
    role: Role
    parks: list[str] | None = Field(description="可见园区的代码；null 为全部园区")


class SessionAnswer(WhoAnswer):
    """新建立的浏览器会话。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "local",
                    "role": "admin",
                    "parks": None,
                    "expires_at": "2026-11-22T22:00:00+00:00",
                }
            ]
        }
    )

    expires_at: Moment


class NewEmbedToken(BaseModel):
    """要签发的嵌入令牌：一个园区，只在列出的来源的页面上可用。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"park": "hydrogen", "origins": ["https://portal.example.cn"], "lifetime_seconds": 3600}
            ]
        },
    )

    park: ParkCode
    origins: Annotated[list[Annotated[str, StringConstraints(max_length=300)]], Field(max_length=20)]
    lifetime_seconds: int = Field(3600, ge=1, le=86_400)


class EmbedTokenAnswer(Answer):
    """签发的嵌入令牌（JWT），只读。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…",
                    "park": "hydrogen",
                    "origins": ["https://portal.example.cn"],
                    "expires_at": "2026-11-22T11:00:00+00:00",
                }
            ]
        }
    )

    token: str
    park: str
    origins: list[str]
    expires_at: Moment


class EmbeddedMatch(Answer):
    """嵌入页面可见的一条结果：只含公开成果的名称、单位、数值和词语。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    name: _MATCH[name]
                    for name in (
                        "rank",
                        "achievement_title",
                        "achievement_organisation",
                        "similarity",
                        "score",
                        "probability",
                        "terms",
                    )
                }
            ]
        }
    )

    rank: int
    achievement_title: str
    achievement_organisation: str | None
    similarity: float
    score: float
    probability: float | None
    terms: list[str]


class EmbeddedMatches(Answer):
    """嵌入页面可见的结果。"""

    items: list[EmbeddedMatch]
    reason: ReasonAnswer | None


class HealthAnswer(Answer):
    """进程在运行，或已就绪。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]


class FieldProblem(Answer):
    """哪个字段有什么问题。"""

    model_config = ConfigDict(populate_by_name=True)

    place: Literal["body", "query", "path", "header"] = Field(alias="in")
    field: str
    code: str
    detail_zh: str
    detail_en: str


class Problem(Answer):
    """RFC 9457 的问题说明；`code` 是稳定的代码，`detail` 随 Accept-Language。"""

    type: str = Field(description="urn:matcher:problem:代码")
    title: str
    status: int
    detail: str
    code: str
    detail_zh: str
    detail_en: str
    field: str | None
    errors: list[FieldProblem]
