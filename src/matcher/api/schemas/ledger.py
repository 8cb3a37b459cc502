"""A page of the ledger."""

from pydantic import Field

from matcher.pipeline.answers import Page
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.nights.runs import RunAnswer


class EntryPage(Page[EntryAnswer]):
    """一页台账，按需求和名次排列。"""

    run: RunAnswer | None = Field(description="有 `as_of` 时，是哪一次运行留下的台账")
