"""Keys, sessions and embed tokens."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from matcher.api.fields import FilledLine, Line, ParkCode
from matcher.domain.access import Right, Role
from matcher.pipeline.access import MAX_DAYS
from matcher.pipeline.answers import Answer, Moment

_KEY: Mapping[str, Any] = {
    "id": 5,
    "prefix": "9f86d081884c",
    "name": "氢能园脚本",
    "role": "operator",
    "role_label": "园区操作员",
    "parks": ["hydrogen"],
    "subject": "",
    "created_at": "2026-11-22T10:00:00+00:00",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
}
_WHO: Mapping[str, Any] = {
    "name": "氢能园脚本",
    "role": "reader",
    "role_label": "只读用户",
    "parks": ["hydrogen"],
    "subject": "",
    "rights": ["read_park", "read_supply"],
    "expires_at": None,
}


class NewKey(BaseModel):
    """要签发的密钥；`parks` 为 null 表示全部园区。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "氢能园脚本", "role": "operator", "parks": ["hydrogen"], "expires_in_days": 365},
                {
                    "name": "示例研究院",
                    "role": "research_unit",
                    "parks": None,
                    "subject": "示例新材料研究院",
                },
            ]
        },
    )

    name: FilledLine
    role: Role = Field(
        description="admin 区级管理员、operator 园区操作员、technology_manager 技术经理人、"
        "research_unit 研发单位、reader 只读、batch 批处理"
    )
    parks: Annotated[list[ParkCode], Field(max_length=100)] | None = Field(
        description="园区代码；null 为全部园区。研发单位的密钥不属于任何园区，填 null"
    )
    subject: Line = Field("", description="技术经理人在台账中的姓名，或研发单位在成果清单中的名称")
    expires_at: AwareDatetime | None = Field(None, description="到期时间，须在将来；null 为不到期")
    expires_in_days: int | None = Field(None, ge=1, le=MAX_DAYS, description="有效天数；与 expires_at 二选一")


class KeyAnswer(Answer):
    """一把密钥，不含密文。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_KEY)]})

    id: int
    prefix: str
    name: str
    role: Role
    role_label: str
    parks: list[str] | None = Field(description="园区代码；null 为全部园区，空为不属于任何园区")
    subject: str
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

    model_config = ConfigDict(json_schema_extra={"examples": [dict(_WHO)]})

    name: str
    role: Role
    role_label: str
    parks: list[str] | None = Field(description="可见园区的代码；null 为全部园区，空为不属于任何园区")
    subject: str = Field(description="技术经理人的姓名或研发单位的名称；其他角色为空")
    rights: list[Right] = Field(description="在可见范围内可以做什么")
    expires_at: Moment | None = Field(description="凭证自行到期的时间；null 为不到期")


class SessionAnswer(WhoAnswer):
    """新建立的浏览器会话。"""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_WHO, "expires_at": "2026-11-22T22:00:00+00:00"}]}
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
