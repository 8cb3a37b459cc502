"""Whether the process is up, whether it can serve, and its metrics."""

from typing import Literal

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from starlette.responses import Response

from matcher.api.auth import Installation
from matcher.api.metrics import RequestMetrics
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.pipeline.answers import Answer

router = APIRouter(tags=["health"])


class HealthAnswer(Answer):
    """进程在运行，或已就绪。"""

    status: Literal["ok"]


_UP = HealthAnswer(status="ok").model_dump_json().encode()


@router.get("/healthz", operation_id="healthz", summary="进程在运行", response_model=HealthAnswer)
async def healthz() -> Response:
    """进程在运行。"""
    return Response(_UP, media_type="application/json")


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="已就绪",
    response_model=HealthAnswer,
    responses=problems(503),
)
def readyz(service: Installation) -> Response:
    """数据库可用且结构是程序所需的版本；否则答 503。"""
    service.database.check_schema()
    return shown(HealthAnswer(status="ok"))


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus 指标",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request) -> Response:
    """请求数与用时，以及台账和最近一次匹配的状态；不含任何园区的数据。"""
    measured: RequestMetrics = request.app.state.metrics
    return Response(generate_latest(measured.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
