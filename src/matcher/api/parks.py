"""Parks: the tenants."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import ParkCode
from matcher.api.openapi import problems
from matcher.api.schemas.lists import NewPark
from matcher.api.writes import shown
from matcher.pipeline.answers import Listed
from matcher.pipeline.lists import parks
from matcher.pipeline.lists.parks import ParkAnswer

router = APIRouter(prefix="/v1/parks", tags=["parks"])


@router.get(
    "",
    operation_id="list_parks",
    summary="列出园区",
    response_model=Listed[ParkAnswer],
    responses=problems(401),
)
def list_parks(service: Installation, caller: Caller) -> Response:
    """调用者可见的全部园区。"""
    return shown(parks.list_parks(service.database, caller.scope))


@router.post(
    "",
    operation_id="create_park",
    summary="新增园区",
    status_code=201,
    response_model=ParkAnswer,
    responses=problems(401, 403, 409, 413, 422),
)
def create_park(service: Installation, caller: Caller, body: NewPark) -> Response:
    """新增一个园区，仅限区级；重复新增同一园区不作改变。"""
    park = parks.add_park(service.database, caller, body.code, body.name, body.industry, service.now())
    return shown(park, status=201)


@router.get(
    "/{code}",
    operation_id="read_park",
    summary="读取园区",
    response_model=ParkAnswer,
    responses=problems(401, 404, 422),
)
def read_park(
    service: Installation, caller: Caller, code: Annotated[ParkCode, Path(examples=["hydrogen"])]
) -> Response:
    """一个园区；不可见的园区答 404。"""
    return shown(parks.get_park(service.database, code, caller.scope))
