"""Import profiles: the remembered mappings of each sender's lists, read and edited."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import Park, ParkCode
from matcher.api.openapi import problems
from matcher.api.writes import shown
from matcher.domain.listing import Side
from matcher.pipeline.answers import Listed
from matcher.pipeline.lists.import_profiles import (
    ImportProfileAnswer,
    list_import_profiles,
    save_import_profile,
)
from matcher.pipeline.lists.importing import import_shelf
from matcher.pipeline.texts import FilledLine, Line

_EXAMPLE: dict[str, Any] = {
    "park": "hydrogen",
    "headings": ["序号", "卡脖子问题", "谁家的", "怎么回事"],
    "mapping": {"卡脖子问题": "title", "谁家的": "organisation", "怎么回事": "detail"},
}

router = APIRouter(prefix="/v1/import-profiles", tags=["imports"])


class ImportProfileBody(BaseModel):
    """一个报送方（园区的需求清单，或某一家的成果清单）某一种表头的列对应；空的对应即不再使用。"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    park: ParkCode | None = Field(None, description="需求清单的园区；不写则为成果清单")
    source: Line = Field("", description="成果清单是哪一家的")
    headings: Annotated[list[FilledLine], Field(min_length=1, max_length=500)] = Field(
        description="表头，不计顺序"
    )
    mapping: Annotated[dict[FilledLine, FilledLine], Field(max_length=200)] = Field(
        description="表头 → 字段；keep 原样保留，ignore 不读取"
    )


@router.get(
    "",
    operation_id="list_import_profiles",
    summary="列出记住的列对应",
    response_model=Listed[ImportProfileAnswer],
    responses=problems(401, 403, 404, 422),
)
def list_profiles(
    service: Installation,
    principal: Caller,
    park: Park = None,
    source: Annotated[Line | None, Query(description="只看这一家的成果清单")] = None,
) -> Response:
    """调用者可以导入的清单的列对应，按报送方和表头。"""
    return shown(list_import_profiles(service.database, principal, park=park, source=source))


@router.put(
    "",
    operation_id="save_import_profile",
    summary="保存列对应",
    response_model=ImportProfileAnswer,
    responses=problems(401, 403, 404, 413, 422),
)
def save_profile(service: Installation, principal: Caller, body: ImportProfileBody) -> Response:
    """以正文取代该报送方同样表头的列对应；下一次导入起使用。"""
    side = Side.SUPPLY if body.park is None else Side.DEMAND
    shelf = import_shelf(service.database, side, principal, park=body.park, source=body.source)
    saved = save_import_profile(
        service.database, principal, shelf, body.headings, body.mapping, service.now()
    )
    return shown(saved)
