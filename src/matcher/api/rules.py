"""The park's own rules (一园一方案), and a demand's own: read, try, save."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from matcher.api.auth import Asked, Caller, Installation
from matcher.api.fields import Id, IfMatch, ParkCode, version_of
from matcher.api.openapi import problems
from matcher.api.schemas.rules import ConstraintsBody, ProfileBody
from matcher.api.writes import shown
from matcher.pipeline.answers import Answer
from matcher.pipeline.rules.answers import ConstraintsAnswer, ProfileAnswer, ProfileVersions
from matcher.pipeline.rules.constraints import dry_run_constraints, read_constraints, save_constraints
from matcher.pipeline.rules.dry_run import DryRunAnswer
from matcher.pipeline.rules.profiles import (
    dry_run_profile,
    list_profile_versions,
    read_profile,
    save_profile,
)

Code = Annotated[ParkCode, Path(description="园区代码", examples=["hydrogen"])]

router = APIRouter(tags=["rules"])


@dataclass
class _Put:
    """Who puts rules, in place of which version, and whether they are only tried."""

    service: Installation
    caller: Caller
    asked: Asked
    dry_run: Annotated[bool, Query(description="只试算：答今晚的台账会有的变化，不保存")] = False
    if_match: IfMatch = None

    def answer(
        self,
        owner: str | int,
        body: ProfileBody | ConstraintsBody,
        tried: Callable[..., DryRunAnswer],
        saved: Callable[..., Answer],
    ) -> Response:
        """What becomes of the rules of a park or a demand."""
        version = version_of(self.if_match)
        if self.dry_run:
            return shown(tried(self.service.refresh, self.caller, owner, body.rule(), version=version))
        request = self.asked(body.sent())
        return shown(saved(self.service.database, request, owner, body.rule(), version=version))


Put = Annotated[_Put, Depends()]


@router.get(
    "/v1/parks/{code}/profile",
    operation_id="read_profile",
    summary="读取园区方案",
    response_model=ProfileAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_park_profile(service: Installation, caller: Caller, code: Code) -> Response:
    """园区的方案（一园一方案）；从未保存的是默认方案，版本为 0。"""
    return shown(read_profile(service.database, caller, code))


@router.put(
    "/v1/parks/{code}/profile",
    operation_id="save_profile",
    summary="保存或试算园区方案",
    response_model=ProfileAnswer | DryRunAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422, 503),
)
def put_profile(put: Put, code: Code, body: ProfileBody) -> Response:
    """以正文为新版本；与现行的相同则不作改变。下一次匹配起生效。`dry_run=true` 时只答会有什么变化。"""
    return put.answer(code, body, dry_run_profile, save_profile)


@router.get(
    "/v1/parks/{code}/profile/versions",
    operation_id="list_profile_versions",
    summary="列出园区方案的版本",
    response_model=ProfileVersions,
    responses=problems(401, 403, 404, 422),
)
def list_versions(service: Installation, caller: Caller, code: Code) -> Response:
    """保存过的全部版本，最新的在前。"""
    return shown(list_profile_versions(service.database, caller, code))


@router.get(
    "/v1/demands/{demand_id}/constraints",
    operation_id="read_constraints",
    summary="读取需求的硬性条件",
    response_model=ConstraintsAnswer,
    responses=problems(401, 403, 404, 422),
)
def read_own_constraints(service: Installation, caller: Caller, demand_id: Id) -> Response:
    """这项需求自己的硬性条件；从未保存的，版本为 0。"""
    return shown(read_constraints(service.database, caller, demand_id))


@router.put(
    "/v1/demands/{demand_id}/constraints",
    operation_id="save_constraints",
    summary="保存或试算需求的硬性条件",
    response_model=ConstraintsAnswer | DryRunAnswer,
    responses=problems(401, 403, 404, 409, 412, 413, 422, 503),
)
def put_constraints(put: Put, demand_id: Id, body: ConstraintsBody) -> Response:
    """以正文为新版本；与园区方案的硬性条件同时适用。`dry_run=true` 时只答这项需求会有什么变化。"""
    return put.answer(demand_id, body, dry_run_constraints, save_constraints)
