"""Runs as callers see them, and the state of the ledger for monitoring."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from matcher.domain.access import Scope
from matcher.domain.errors import NotFound
from matcher.domain.standings import RunStatus, Trigger
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Moment, Page
from matcher.store import ledger, parks, runs
from matcher.store.database import Database, Transaction
from matcher.store.runs import HeldRun


class RunAnswer(Answer):
    """一次匹配运行。`actor`、`counts`、`error` 涉及全部园区，只有区级密钥可见。"""

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
    counts: dict[str, int | float] = Field(
        description="处理了什么、改动了什么；`truncated` 是本次新编码（`encoded`）的文本中"
        "超过模型所读长度的条数，`max_tokens` 是所读的词元数，模型读全文时没有这一项"
    )
    error: str | None


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What monitoring watches, over all parks; None before the first run or success."""

    last_success: datetime | None
    last_status: RunStatus | None
    entries: int
    feed_entries: int


def list_runs(
    database: Database, scope: Scope, *, cursor: str | None = None, limit: int = 20
) -> Page[RunAnswer]:
    """Runs, newest first.

    Raises:
        InvalidCursor: it is not one of this list's.
    """
    before = cursors.before_id("runs", cursor)
    with database.reading() as session:
        rows = runs.page(session, before=before, limit=limit + 1)
        shown, following = cursors.cut(rows, limit, lambda run: cursors.encode("runs", run.id))
        items = [answer_of(session, scope, run) for run in shown]
    return Page[RunAnswer](items=items, next_cursor=following)


def get_run(database: Database, scope: Scope, run_id: int) -> RunAnswer:
    """One run.

    Raises:
        NotFound: no such run.
    """
    with database.reading() as session:
        run = runs.get(session, run_id)
        if run is None:
            raise no_run(run_id)
        return answer_of(session, scope, run)


def no_run(run_id: int) -> NotFound:
    """The error for a run that does not exist."""
    return NotFound(f"没有编号为 {run_id} 的运行记录。", f"there is no run {run_id}.")


def ledger_state(database: Database) -> LedgerState:
    """The state of the ledger at this moment."""
    with database.reading() as session:
        newest = runs.page(session, before=None, limit=1)
        success = runs.last_success(session)
        entries, feed = ledger.count_standing(session)
    return LedgerState(
        last_success=None if success is None else success.finished_at,
        last_status=newest[0].status if newest else None,
        entries=entries,
        feed_entries=feed,
    )


def answer_of(session: Transaction, scope: Scope, run: HeldRun) -> RunAnswer:
    """A run as a caller with this scope sees it; its profiles and scorers are those of the parks in scope."""
    whole = scope.parks is None
    codes = {}
    if run.profiles or run.scorers:
        codes = {str(park.id): park.code for park in parks.page(session, scope)}
    return RunAnswer(
        run_id=run.id,
        trigger=run.trigger,
        status=run.status,
        actor=run.actor if whole else None,
        started_at=run.started_at,
        finished_at=run.finished_at,
        code_version=run.code_version,
        catalogue_revision=run.catalogue_revision,
        encoder_id=run.encoder_id,
        scorer=run.scorer,
        calibration=run.calibration,
        scorers={codes[park]: version for park, version in run.scorers.items() if park in codes},
        profiles={codes[park]: version for park, version in run.profiles.items() if park in codes},
        top_k=run.top_k,
        counts=dict(run.counts) if whole else {},
        error=run.error if whole else None,
    )
