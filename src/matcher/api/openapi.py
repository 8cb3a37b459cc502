"""The OpenAPI document: its head, the examples, and the problems each operation may answer with."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from matcher import __version__
from matcher.api.errors import PROBLEM_TYPE, TITLES
from matcher.api.schemas.problems import Problem
from matcher.pipeline.answers import every_model

TITLE = "供需对接匹配服务 matcher"
DESCRIPTION = """科技成果供给清单与企业需求清单的匹配，以及供需对接台账。

Matches what research units can supply with what park enterprises need, and keeps the docking ledger.

每次调用须带 API 密钥（`Authorization: Bearer mk_…` 或 `X-API-Key`）、所配置的身份认证系统签发的
OpenID Connect 令牌（`Authorization: Bearer …`），或先登录取得浏览器会话。
其他园区的需求与不存在的一样，答 404。
错误一律为 RFC 9457 问题说明，`code` 稳定，中英文俱全。时间为 UTC 的 ISO 8601。
写操作可带 `Idempotency-Key`（重复发送只做一次）和 `If-Match`（版本即 ETag，已被他人修改则答 412）。
"""
TAGS = [
    {"name": "parks", "description": "园区 · parks"},
    {"name": "achievements", "description": "科技成果供给清单 · the supply list"},
    {"name": "demands", "description": "企业需求清单 · the demand lists"},
    {"name": "imports", "description": "导入记录与模板 · past imports and templates"},
    {"name": "rules", "description": "园区与需求的规则 · a park's and a demand's rules"},
    {"name": "match", "description": "按文字匹配 · matching a free text"},
    {"name": "ledger", "description": "供需对接台账 · the docking ledger"},
    {"name": "judgings", "description": "盲评 · blind grading"},
    {"name": "runs", "description": "匹配运行 · runs of the matching"},
    {"name": "access", "description": "密钥与登录 · keys and sessions"},
    {"name": "embed", "description": "嵌入其他网站 · results on other sites"},
    {"name": "health", "description": "运行状况 · health"},
]

_RECORDED = Path(__file__).with_name("examples.json")
"""Answers that `python -m tests.docs --write` recorded from an invented district, by their models' names."""

_REFERENCE = "#/components/schemas/{model}"
_EXAMPLES: Mapping[int, tuple[str, str, str]] = {
    400: ("bad_request", "无法读取请求正文。", "the request's body cannot be read."),
    401: (
        "unauthorized",
        "请提供 API 密钥（Authorization: Bearer mk_…）或先登录。",
        "give an API key (Authorization: Bearer mk_…) or sign in.",
    ),
    403: (
        "forbidden",
        "当前的密钥或登录无权修改需求清单。",
        "this key or login may not change the demand list.",
    ),
    404: ("not_found", "没有编号为 41 的需求。", "there is no demand 41."),
    409: (
        "conflict",
        "清单中已有同一条目；请修改那一条。",
        "the list holds this item already: update that one.",
    ),
    412: ("stale_version", "内容已被他人修改；请重新读取后再改。", "it has changed: read it again."),
    413: ("too_large", "内容超过 64 MB 的上限。", "the body is over the limit of 64 MB."),
    422: ("validation_failed", "名称：缺少必填项。", "title: Field required"),
    503: ("store_unavailable", "无法连接数据库。", "cannot open the database."),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that may answer with these problems.

    Whoever asks who is calling (401) may also find that the caller may not come in, or be unable to tell.
    """
    named = {*statuses, 403, 503} if 401 in statuses else {*statuses}
    return {status: _response(status) for status in sorted(named)}


def binary(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that answers with a file."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}


def install(app: FastAPI) -> None:
    """Make `app.openapi()` name the problem document among its schemas."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=TITLE, version=__version__, description=DESCRIPTION, tags=TAGS, routes=app.routes
            )
            schema = Problem.model_json_schema(ref_template=_REFERENCE)
            components = made["components"]["schemas"]
            components.update(schema.pop("$defs"), Problem=schema)
            app.openapi_schema = _with_plain_names(made)
            _put_examples(app.openapi_schema)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each page and list by its own name (`KeyList`), not that of its parts
    (`Listed_KeyAnswer_`, pydantic 2.14)."""
    components = document["components"]["schemas"]
    names = {name: schema["title"] for name, schema in components.items() if name.endswith("_")}
    document["components"]["schemas"] = {names.get(name, name): schema for name, schema in components.items()}
    text = json.dumps(document)
    for name, plain in names.items():
        text = text.replace(f'"{_REFERENCE.format(model=name)}"', f'"{_REFERENCE.format(model=plain)}"')
    named: dict[str, Any] = json.loads(text)
    return named


def _put_examples(document: dict[str, Any]) -> None:
    """Give answers their recorded examples, and what is sent the nulls that `get_openapi` leaves out of its
    own (fastapi 0.165)."""
    recorded = json.loads(_RECORDED.read_text("utf-8"))
    models = {model.__name__: model for model in every_model()}
    for name, schema in document["components"]["schemas"].items():
        if name in recorded:
            schema["examples"] = recorded[name]
        elif "examples" in schema:
            schema["examples"] = models[name].model_config["json_schema_extra"]["examples"]  # type: ignore[index]
    for item in document["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                problem = answer.get("content", {}).get(PROBLEM_TYPE)
                if problem is not None:
                    problem["example"]["field"] = None


def _response(status: int) -> dict[str, Any]:
    code, zh, en = _EXAMPLES[status]
    example = {
        "type": f"urn:matcher:problem:{code}",
        "title": TITLES[status][0],
        "status": status,
        "detail": zh,
        "code": code,
        "detail_zh": zh,
        "detail_en": en,
        "field": None,
        "errors": [],
        "blocked_by": [],
    }
    content = {PROBLEM_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}, "example": example}}
    return {"description": " · ".join(TITLES[status]), "content": content}
