"""Keys, sessions and embed tokens as they are asked for."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from matcher.api.fields import ParkCode
from matcher.domain.access import Role
from matcher.pipeline.access import MAX_DAYS
from matcher.pipeline.texts import FilledLine, Line


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


class SignIn(BaseModel):
    """一次性登录令牌，或一把 API 密钥。"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "mk_9f86d081884c_…"}]}
    )

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


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
