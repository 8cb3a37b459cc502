"""A write that may be asked for twice is done once: its answer is kept in the transaction that did it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from matcher.domain.access import Principal
from matcher.domain.errors import Conflict
from matcher.pipeline.answers import Answer
from matcher.store import idempotency
from matcher.store.database import Database, Transaction
from matcher.store.idempotency import KeptAnswer


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a write, when and through what (`rest`, `cli`).

    `key` is the Idempotency-Key, None where the write is done each time it is asked for; `digest` is the
    SHA-256 of what is asked, so that one key cannot stand for two requests.
    """

    principal: Principal
    now: datetime
    via: str = "rest"
    key: str | None = None
    digest: str = ""

    @property
    def caller(self) -> str:
        """Whose keys these are: one API key or session, or a named caller without one."""
        principal = self.principal
        if principal.key_id is not None:
            return f"key:{principal.key_id}"
        return f"account:{principal.account}" if principal.account else f"name:{principal.name}"


def digest_of(operation: str, asked: Mapping[str, Any]) -> str:
    """The SHA-256 of an operation and what it is asked."""
    text = json.dumps([operation, asked], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


A = TypeVar("A", bound=Answer)


def done_once(database: Database, request: Request, kind: type[A], write: Callable[[Transaction], A]) -> A:
    """What `write` answers, in one transaction; the kept answer where the request is a repeated one.

    Raises:
        Conflict: the Idempotency-Key stood for another request.
    """
    with database.writing() as session:
        if request.key is None:
            return write(session)
        kept = _held(session, request)
        if kept is not None:
            return kind.from_kept(kept)
        answer = write(session)
        _keep(session, request, answer.as_json())
        return answer


def done_before(database: Database, request: Request, kind: type[A]) -> A | None:
    """The answer to a request that was done before; for writes that take long to prepare.

    Raises:
        Conflict: as `done_once`.
    """
    if request.key is None:
        return None
    with database.reading() as session:
        kept = _held(session, request)
    return None if kept is None else kind.from_kept(kept)


def _keep(session: Transaction, request: Request, answer: Mapping[str, Any]) -> None:
    assert request.key is not None
    kept = KeptAnswer(request.digest, answer)
    idempotency.keep(session, request.caller, request.key, kept, request.now)


def _held(session: Transaction, request: Request) -> Mapping[str, Any] | None:
    assert request.key is not None
    kept = idempotency.find(session, request.caller, request.key, request.now)
    if kept is None:
        return None
    if kept.digest != request.digest:
        raise Conflict(
            "该 Idempotency-Key 已用于另一个请求；请换一个。",
            "this Idempotency-Key was used for another request: take a new one.",
            field="Idempotency-Key",
        )
    return kept.answer
