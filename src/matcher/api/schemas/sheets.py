"""Erasing a person, as it is asked for."""

from pydantic import BaseModel, ConfigDict, Field

from matcher.pipeline.texts import Line


class NewErasure(BaseModel):
    """要删除谁的信息：姓名、电话、邮箱至少一项；给全则删得更全。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "吴示例", "phone": "138 0000 5555", "dry_run": True}]},
    )

    name: Line = Field("", description="姓名，至少两个字；文字中凡出现即删除，同名者亦然")
    phone: Line = Field("", description="电话，按数字比对，不论空格和国家代码")
    email: Line = Field("", description="邮箱，不分大小写")
    dry_run: bool = Field(False, description="只报告会删多少，不写入")
