"""Runs of the matching: past ones, and starting one."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from time import sleep
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Cursor, Id, Limit, Park
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.bootstrap import Service
from matcher.domain.access import Principal, Right
from matcher.domain.errors import RefreshRunning
from matcher.domain.standings import Trigger
from matcher.pipeline.answers import Page
from matcher.pipeline.ledger.past.differences import DiffAnswer, ledger_diff
from matcher.pipeline.ledger.past.named_runs import read_when
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.nights.refresh import RefreshReport
from matcher.pipeline.nights.runs import RunAnswer, get_run, list_runs

_LOOK = 0.02
"""Seconds between two looks for the record of a run that is starting."""


class RunStarter:
    """Starts refreshes in a thread of their own, one at a time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="refresh")
        self._running: Future[RefreshReport] | None = None

    def start(self, principal: Principal) -> RunAnswer:
        """Start a run and return its record, as soon as it has one.

        Raises:
            RefreshRunning: another run holds the ledger, here or in another process.
        """
        with self._lock:
            if self._running is not None and not self._running.done():
                raise RefreshRunning(
                    "另一次匹配刷新正在进行，请等它结束后再试。",
                    "another refresh is running; try again when it has ended.",
                )
            former = self._newest(principal)
            request = copy_context()  # the run's log lines hold the id of the request
            self._running = self._threads.submit(
                request.run, self._service.refresh, principal, Trigger.REQUEST
            )
            while not self._running.done():
                newest = self._newest(principal)
                if newest is not None and newest != former:
                    return get_run(self._service.database, principal.scope, newest)
                sleep(_LOOK)
        report = self._running.result()
        return get_run(self._service.database, principal.scope, report.run_id)

    def stop(self) -> None:
        """Wait for the run under way."""
        self._threads.shutdown()

    def _newest(self, principal: Principal) -> int | None:
        newest = list_runs(self._service.database, principal.scope, limit=1).items
        return newest[0].run_id if newest else None


def _starter(request: Request) -> RunStarter:
    starter: RunStarter = request.app.state.runs
    return starter


router = APIRouter(prefix="/v1/runs", tags=["runs"])


@router.get(
    "",
    operation_id="list_runs",
    summary="列出匹配运行",
    response_model=Page[RunAnswer],
    responses=problems(401, 422),
)
def list_all(service: Installation, caller: Caller, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """匹配运行，最新的在前。"""
    return shown(list_runs(service.database, caller.scope, cursor=cursor, limit=limit))


@router.post(
    "",
    operation_id="start_run",
    summary="开始一次匹配",
    status_code=202,
    response_model=RunAnswer,
    responses=problems(401, 403, 409, 503),
)
def start(caller: Caller, starter: Annotated[RunStarter, Depends(_starter)]) -> Response:
    """在后台匹配全部园区；已有一次在进行时答 409（refresh_running）。"""
    caller.require(Right.START_RUN)
    run = starter.start(caller)
    return shown(run, status=202, location=f"/v1/runs/{run.run_id}")


@router.get(
    "/{run_id}",
    operation_id="read_run",
    summary="读取一次匹配运行",
    response_model=RunAnswer,
    responses=problems(401, 404, 422),
)
def read(service: Installation, caller: Caller, run_id: Id) -> Response:
    """一次匹配运行。"""
    return shown(get_run(service.database, caller.scope, run_id))


Since = Annotated[
    str | None,
    Query(
        max_length=32,
        description="与哪次运行之后的台账相比：运行编号，或日期（北京时间，指该日开始前最后一次成功的运行）；"
        "不填为此前最近一次成功的运行",
        examples=["2026-11-20"],
    ),
]


@router.get(
    "/{run_id}/diff",
    operation_id="read_diff",
    summary="一次运行改变了台账的什么",
    response_model=DiffAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_diff(
    service: Installation, caller: Caller, run_id: Id, park: Park = None, since: Since = None
) -> Response:
    """新增、变化、消失的供需对及其原因，与保持不变的数目；只含调用者可见的园区。"""
    caller.require(Right.READ_PARK)
    park_id = None if park is None else get_park(service.database, park, caller.scope).id
    start = None if since is None else read_when(since, "since")
    return shown(ledger_diff(service.database, caller.scope, run_id=run_id, since=start, park_id=park_id))
