"""Answers as they are given (ETag, replay), and writes that are only tried (`dry_run`)."""

from typing import Annotated

from fastapi import Depends, Form, Query
from starlette.responses import Response

from matcher.pipeline.answers import Answer


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


def _dry_run(
    in_query: Annotated[bool, Query(alias="dry_run", description="只报告会怎样，不写入")] = False,
    in_form: Annotated[bool, Form(alias="dry_run", description="同查询参数 dry_run")] = False,
) -> bool:
    return in_query or in_form


DryRunOfFile = Annotated[bool, Depends(_dry_run)]
"""Whether a file is only tried: said in the query or in the form, so that neither place is overlooked."""
