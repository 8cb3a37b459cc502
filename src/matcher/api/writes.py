"""Answers as they are given (ETag, replay), and writes that are only tried (`dry_run`)."""

from collections.abc import Callable, Hashable
from typing import Annotated

from fastapi import Depends, Form, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from matcher.pipeline.answers import Answer
from matcher.pipeline.kept import Kept

KeptAnswers = Kept[Hashable, bytes]
"""Bytes of answers that many ask for, by what was asked and what the caller may see."""

KEPT_BYTES = 32_000_000
"""Room for a thousand pages of the ledger, at 26 KB."""


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


async def kept(request: Request, asked: Hashable, make: Callable[[], Answer]) -> Response:
    """An answer without a version as `shown` gives it, made once until anything is written to the database.

    `asked` holds all that the answer depends on beside the database: what is asked for, of whom it may tell
    (the caller's scope), and the day where it does. The caller's dependency has taken the stamp.
    """
    answers: KeptAnswers = request.app.state.answers
    stamp = request.state.stamp
    body = answers.get(stamp, asked)
    if body is None:
        body = await run_in_threadpool(lambda: make().model_dump_json().encode())
        answers.keep(stamp, asked, body, len(body))
    return Response(body, media_type="application/json")


async def _dry_run(
    in_query: Annotated[bool, Query(alias="dry_run", description="只报告会怎样，不写入")] = False,
    in_form: Annotated[bool, Form(alias="dry_run", description="同查询参数 dry_run")] = False,
) -> bool:
    return in_query or in_form


DryRunOfFile = Annotated[bool, Depends(_dry_run)]
"""Whether a file is only tried: said in the query or in the form, so that neither place is overlooked."""
