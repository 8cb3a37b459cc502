"""Types of single values that callers send: remarks, ids, codes, pages and versions."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import AfterValidator, StringConstraints

from matcher.domain.entries import MAX_ID
from matcher.domain.errors import StaleVersion
from matcher.domain.work import MAX_TEXT
from matcher.pipeline.texts import plain

MAX_PAGE = 200


Remark = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(plain)]
"""What people write about a pair, kept line by line as they wrote it."""

Id = Annotated[int, Path(ge=1, le=MAX_ID, description="编号（id）", examples=[12])]

ParkCode = Annotated[str, StringConstraints(pattern=r"^[\w-]{1,64}$")]
"""1–64 letters, digits, `-` or `_`."""

Park = Annotated[ParkCode | None, Query(description="只看这个园区", examples=["hydrogen"])]

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="每页条数")]

Cursor = Annotated[str | None, Query(max_length=200, description="上一页的 `next_cursor`")]

IfMatch = Annotated[
    str | None,
    Header(description="只有当前版本（ETag）仍是它时才修改，否则答 412", examples=['"3"']),
]

AsOf = Annotated[
    str | None,
    Query(
        max_length=20,
        description="运行编号，或日期（年-月-日）：那次运行、或到那天（北京时间）结束时最后一次成功的运行，留下的台账",
        examples=["7", "2026-11-22"],
    ),
]

OriginalColumns = Annotated[
    bool, Query(description="附上双方清单中的其他列；表格中的列名前加“需求：”或“成果：”，导回时不读")
]

Unmask = Annotated[bool, Query(description="显示联系方式；须有权限，并会记录")]

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="同一调用者一天之内以同一个键再次发送同一请求时，不再重做，答以上次的回答"
        "（`Idempotent-Replayed: true`）；用于另一个请求时答 409",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]

Person = Annotated[
    Annotated[str, StringConstraints(max_length=200), AfterValidator(plain)] | None,
    Query(description="只看由此人负责（负责人或技术经理人）的"),
]


def version_of(if_match: str | None) -> int | None:
    """The version an `If-Match` header demands; None where it demands none.

    Raises:
        StaleVersion: no version could match it.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    # A proxy that compresses an answer makes its ETag a weak one.
    tag = if_match.strip().removeprefix("W/")
    digits = tag[1:-1]
    if tag != f'"{digits}"' or not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise StaleVersion(
            "If-Match 不是本服务给出的版本；请重新读取后再改。",
            "If-Match is no version of this service's: read the item again.",
            field="version",
        )
    return int(digits)
