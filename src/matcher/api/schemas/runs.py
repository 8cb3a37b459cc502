"""Runs of the matching, and the health of the process."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from matcher.domain.ledger import RunStatus, Trigger
from matcher.pipeline.answers import Answer, Moment

RUN: Mapping[str, Any] = {
    "run_id": 7,
    "trigger": "request",
    "status": "succeeded",
    "actor": "local",
    "started_at": "2026-11-22T10:06:00+00:00",
    "finished_at": "2026-11-22T10:06:02+00:00",
    "code_version": "0.1.0",
    "catalogue_revision": 12,
    "encoder_id": "bundled@1/256",
    "scorer": "2",
    "calibration": "prior-2",
    "scorers": {"hydrogen": "learned-3"},
    "profiles": {"hydrogen": 2},
    "top_k": 10,
    "counts": {"run_id": 7, "demands": 99, "achievements": 171, "entries_created": 990},
    "error": None,
}


class RunAnswer(Answer):
    """一次匹配运行。`actor`、`counts`、`error` 涉及全部园区，只有区级密钥可见。"""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(RUN)]})

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
    calibration: str | None = Field(description="概率校准的版本；尚未校准为 null")
    scorers: dict[str, str] = Field(description="园区自己启用的评分版本；沿用全区评分的园区不在其中")
    profiles: dict[str, int] = Field(description="各园区规则的版本；未设规则的园区不在其中")
    top_k: int
    counts: dict[str, int | float]
    error: str | None


class RunPage(Answer):
    """一页运行记录，最新的在前。"""

    items: list[RunAnswer]
    next_cursor: str | None = Field(description="下一页的游标；最后一页为 null")


class HealthAnswer(Answer):
    """进程在运行，或已就绪。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"]
