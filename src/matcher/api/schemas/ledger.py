"""Ledger entries as they are answered."""

from pydantic import ConfigDict, Field

from matcher.api.schemas.common import MATCH, Answer, Moment
from matcher.api.schemas.matches import MatchAnswer
from matcher.domain.ledger import Cause, Standing
from matcher.domain.stages import Stage


class EntryAnswer(MatchAnswer):
    """一条台账。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **MATCH,
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
