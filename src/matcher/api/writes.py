"""Writes that may be sent twice (Idempotency-Key in, ETag and replay out) or only tried (`dry_run`)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Request
from starlette.responses import JSONResponse, Response

from matcher.api.auth import Caller, Installation
from matcher.api.fields import IdempotencyKey
from matcher.pipeline import idempotency
from matcher.pipeline.answers import Answer
from matcher.pipeline.idempotency import Replayed, digest_of

Asking = Callable[[Mapping[str, Any]], idempotency.Request]


def _asking(
    request: Request, service: Installation, caller: Caller, idempotency_key: IdempotencyKey = None
) -> Asking:
    operation = request.scope["route"].operation_id
    path = dict(request.path_params)

    def asked(body: Mapping[str, Any]) -> idempotency.Request:
        digest = digest_of(operation, {"path": path, "body": body})
        return idempotency.Request(caller, service.now(), "rest", idempotency_key, digest)

    return asked


Asked = Annotated[Asking, Depends(_asking)]
"""Gives, for the body that was sent, the request as the use cases take it."""


def shown(answer: Answer, *, status: int = 200, location: str | None = None) -> Response:
    """An answer as it is given: read or written; `ETag` is its version where it has one.

    It was validated when it was made, and is not again.
    """
    headers = {}
    version = getattr(answer, "version", None)
    if version is not None:
        headers["ETag"] = f'"{version}"'
    if location is not None:
        headers["Location"] = location
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(answer.model_dump_json(), status, headers, "application/json")


def written(answer: Mapping[str, Any], *, status: int = 200, location: str | None = None) -> JSONResponse:
    """One thing as it is now, written or read; `ETag` is its version where it has one."""
    headers = {}
    if "version" in answer:
        headers["ETag"] = f'"{answer["version"]}"'
    if location is not None:
        headers["Location"] = location
    if isinstance(answer, Replayed):
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(dict(answer), status, headers)


def _dry_run(
    in_query: Annotated[bool, Query(alias="dry_run", description="只报告会怎样，不写入")] = False,
    in_form: Annotated[bool, Form(alias="dry_run", description="同查询参数 dry_run")] = False,
) -> bool:
    return in_query or in_form


DryRunOfFile = Annotated[bool, Depends(_dry_run)]
"""Whether a file is only tried: said in the query or in the form, so that neither place is overlooked."""
