"""Problems, as RFC 9457 has them."""

from typing import Literal

from pydantic import ConfigDict, Field

from matcher.pipeline.answers import Answer
from matcher.pipeline.lists.import_answers import BlockingAnswer


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
    blocked_by: list[BlockingAnswer] = Field(
        description="撤销导入被拒绝时：是哪些条目、谁在何时改的、怎么办；其他情况为空"
    )
