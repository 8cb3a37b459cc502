"""The park's own rules (一园一方案), and a demand's own: read, try, save."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Id, IfMatch, ParkCode, version_of
from matcher.api.openapi import problems
from matcher.api.schemas.rules import (
    ConstraintsAnswer,
    ConstraintsBody,
    DryRunAnswer,
    ProfileAnswer,
    ProfileBody,
    ProfileVersions,
)
from matcher.api.writes import written
from matcher.pipeline.rules import saved

Code = Annotated[ParkCode, Path(description="园区代码", examples=["hydrogen"])]
DryRun = Annotated[bool, Query(description="只试算：答今晚的台账会有的变化，不保存")]

router = APIRouter(tags=["rules"])


@router.get(
    "/v1/parks/{code}/profile",
    operation_id="read_profile",
    summary="读取园区方案",
    response_model=ProfileAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_profile(service: Installation, caller: Caller, code: Code) -> JSONResponse:
    """园区的方案（一园一方案）；从未保存的是默认方案，版本为 0。"""
    return written(saved.read_profile(service.database, caller, code))


@router.put(
    "/v1/parks/{code}/profile",
    operation_id="save_profile",
    summary="保存或试算园区方案",
    response_model=ProfileAnswer | DryRunAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422, 503),
)
def save_profile(
    service: Installation,
    caller: Caller,
    asked: Asked,
    code: Code,
    body: ProfileBody,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
) -> JSONResponse:
    """以正文为新版本；与现行的相同则不作改变。下一次匹配起生效。`dry_run=true` 时只答会有什么变化。"""
    version = version_of(if_match)
    if dry_run:
        answer = saved.dry_run_profile(service.refresh, caller, code, body.rule(), version=version)
        return written(answer)
    request = asked(body.sent())
    return written(saved.save_profile(service.database, request, code, body.rule(), version=version))


@router.get(
    "/v1/parks/{code}/profile/versions",
    operation_id="list_profile_versions",
    summary="列出园区方案的版本",
    response_model=ProfileVersions,
    responses=problems(401, 403, 404, 422),
)
def list_profile_versions(service: Installation, caller: Caller, code: Code) -> Any:
    """保存过的全部版本，最新的在前。"""
    return {"items": saved.list_profile_versions(service.database, caller, code)}


@router.get(
    "/v1/demands/{demand_id}/constraints",
    operation_id="read_constraints",
    summary="读取需求的硬性条件",
    response_model=ConstraintsAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_constraints(service: Installation, caller: Caller, demand_id: Id) -> JSONResponse:
    """这项需求自己的硬性条件；从未保存的，版本为 0。"""
    return written(saved.read_constraints(service.database, caller, demand_id))


@router.put(
    "/v1/demands/{demand_id}/constraints",
    operation_id="save_constraints",
    summary="保存或试算需求的硬性条件",
    response_model=ConstraintsAnswer | DryRunAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422, 503),
)
def save_constraints(
    service: Installation,
    caller: Caller,
    asked: Asked,
    demand_id: Id,
    body: ConstraintsBody,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
) -> JSONResponse:
    """以正文为新版本；与园区方案的硬性条件同时适用。`dry_run=true` 时只答这项需求会有什么变化。"""
    version = version_of(if_match)
    if dry_run:
        answer = saved.dry_run_constraints(service.refresh, caller, demand_id, body.rule(), version=version)
        return written(answer)
    request = asked(body.sent())
    return written(saved.save_constraints(service.database, request, demand_id, body.rule(), version=version))
